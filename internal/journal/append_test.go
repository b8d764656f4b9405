// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package journal

import (
	"errors"
	"testing"

	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: Append returning a proof when the row was not kept.
func TestAProofIsGivenForWhatWasKeptOnly(t *testing.T) {
	e := record.Entry{ID: record.NewID[record.Entry](), Slips: []record.EntrySlip{{}}}
	kept := &tx{}
	p, err := Append(t.Context(), kept, e)
	if err != nil || !p.For(e.ID) || len(kept.kept) != 1 {
		t.Errorf("%v, %d kept, proof %v", err, len(kept.kept), p.For(e.ID))
	}
	full := errors.New("the disk is full")
	if p, err := Append(t.Context(), &tx{err: full}, e); !errors.Is(err, full) || p.For(e.ID) {
		t.Errorf("a proof of what was not kept: %v", err)
	}
}
