// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package journal_test

import (
	"testing"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func (a *archive) sample() record.Entry {
	return record.Entry{
		ID: record.NewID[record.Entry](), Minute: 5, Body: make([]byte, 285),
		Slips: []record.EntrySlip{{Circle: a.circle, Epoch: 1, Person: record.NewID[record.Person](), Sealed: make([]byte, 126)}},
	}
}

// What appending costs is on the path of every opening; sequencing is beside it.
func BenchmarkAppend(b *testing.B) {
	a := newArchive(b)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	left := b.N
	b.ResetTimer()
	for left > 0 {
		must(a.db.Write(a.ctx, func(tx *store.Tx) error {
			for range min(left, 500) {
				if _, err := journal.Append(a.ctx, tx, a.sample()); err != nil {
					return err
				}
			}
			return nil
		}))
		left -= min(left, 500)
	}
}

func BenchmarkSequence(b *testing.B) {
	a := newArchive(b)
	for range b.N {
		a.entry(b)
	}
	b.ResetTimer()
	n, err := a.reg.Sequence(a.ctx)
	if err != nil || n != b.N {
		b.Fatal(n, err)
	}
}
