// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package journal

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Append writes an entry in the transaction of its act and returns the proof. A
// proof is good only after the transaction was committed.
func Append(ctx context.Context, tx Tx, e record.Entry) (Proof, error) {
	if err := check(e); err != nil {
		return Proof{}, err
	}
	if err := tx.AppendEntry(ctx, e); err != nil {
		return Proof{}, err
	}
	return Proof{entry: e.ID}, nil
}
