// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nojournal

package journal

import (
	"testing"

	"depositaire.org/depositaire/internal/record"
)

// This build shows that without a journal nothing opens: appending must prove nothing.
func TestWithoutAJournalNothingIsProved(t *testing.T) {
	e := record.Entry{ID: record.NewID[record.Entry](), Slips: []record.EntrySlip{{}}}
	to := &tx{}
	if p, err := Append(t.Context(), to, e); err != nil || p.For(e.ID) || len(to.kept) > 0 {
		t.Errorf("%v, %d kept, proof %v", err, len(to.kept), p.For(e.ID))
	}
}
