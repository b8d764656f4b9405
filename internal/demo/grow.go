// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"runtime"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// The shape of a large organisation (architecture.md §5).
const (
	personsPerCase = 3
	notesPerCase   = 3
	busyFrom       = 10_000 // persons: from here on, some dossiers are busy
	busyCases      = 1_000
	busyLeast      = 20
	busyMost       = 200
)

// grow receives n persons at the social service and opens a dossier for every
// third. Gestures run side by side: the store commits many at once.
func (m *maker) grow(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	if err := m.warm(ctx); err != nil {
		return err
	}
	names := newCast()
	return inParallel(n, func(i int) error {
		id := record.NewID[record.Person]()
		by, err := m.unlock(ctx, lucie)
		if err != nil {
			return err
		}
		if err := m.People.Create(ctx, by, id, m.services[social], names.identity(12+i)); err != nil {
			return err
		}
		if i%personsPerCase != 0 {
			return nil
		}
		return m.fill(ctx, id, i, notes(n, i/personsPerCase))
	})
}

// warm lets the writer read once: the wraps made for her while she was absent
// shrink (secrecy.md §5), and every gesture after costs less.
func (m *maker) warm(ctx context.Context) error {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return err
	}
	_, _, err = m.People.List(ctx, by, m.services[social], record.PersonID{}, 1)
	return err
}

// notes returns how many notes the nth dossier has.
func notes(persons, n int) int {
	if persons < busyFrom || n >= busyCases {
		return notesPerCase
	}
	return busyLeast + n*37%(busyMost-busyLeast+1)
}

// fill opens a person's dossier by its first note, as everybody does, and adds
// the others in one act: the same bytes, and a journal entry for each, without
// reading the dossier again between them.
func (m *maker) fill(ctx context.Context, p record.PersonID, i, count int) error {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return err
	}
	told := lines()[i%len(lines())]
	id, err := m.Casework.AddNote(ctx, by, casework.Draft{
		ID: record.NewID[record.Object](), Person: p, Ink: record.CaseCircle,
		Words: told.words, Kind: told.kind, Origin: told.origin, Minutes: told.minutes, Day: m.Clock.Now(),
	})
	if err != nil {
		return err
	}
	d, err := m.Cases.May(ctx, by, policy.WriteNote, id, record.MemberID{})
	if err != nil {
		return err
	}
	return m.Strong.Do(ctx, by, func(a *strongroom.Act) error {
		for n := range count - 1 {
			if err := m.add(ctx, a, d, lines()[(i+n+1)%len(lines())]); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// add seals one more note into a case's circle.
func (m *maker) add(ctx context.Context, a *strongroom.Act, d cases.Dossier, told line) error {
	obj, err := a.Add(ctx, record.OwnerOf(record.OwnerCase, d.ID), []record.CircleID{d.Main}, strongroom.Text{
		Kind: record.ItemNote, Persons: d.Persons, Words: strongroom.Words{
			record.TagText:     confided.NewText(told.words),
			record.TagNoteKind: confided.NewText(string(told.kind)),
			record.TagOrigin:   confided.NewText(string(told.origin)),
			record.TagDay:      confided.NewText(m.Clock.Now().Format(time.DateOnly)),
		},
	})
	if err != nil {
		return err
	}
	return a.Journal(ctx, journal.Wrote, journal.ForFollowUp, a.InJournal(d.Case, obj)...)
}

// hands is how many gestures are under way for each core: they wait for the disk
// together.
const hands = 16

// inParallel does n things and returns the first failure, after which nothing
// more is begun.
func inParallel(n int, do func(int) error) error {
	var wg sync.WaitGroup
	next := make(chan int)
	failed := make(chan error, hands*runtime.NumCPU())
	for range cap(failed) {
		wg.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	hand(n, next, failed)
	close(next)
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// hand gives out numbers until there are no more, or something failed.
func hand(n int, next chan<- int, failed chan error) {
	for i := range n {
		select {
		case next <- i:
		case err := <-failed:
			failed <- err // for who waits for all
			return
		}
	}
}
