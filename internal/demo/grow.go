// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"runtime"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/people"
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
	busyMonths     = 12 // over which their notes were written
)

// Tx is what many persons are written with.
type Tx interface {
	people.Tx
	PutCase(ctx context.Context, c record.Case) error
}

// together is how many persons are received in one act: as an import receives a
// list, each with her own keys, chain and journal entry.
const together = 30

// busy returns how many of so many persons have a busy dossier. They are the first.
func busy(persons int) int {
	if persons < busyFrom {
		return 0
	}
	return busyCases
}

// dossiered reports whether the nth person has a dossier: those who are busy, and
// as many of the others as make a third of all.
func dossiered(n, busy int) bool {
	return n < busy || n >= busy*personsPerCase && n%personsPerCase == 0
}

// grow receives the persons from one number to another at the social service and
// opens a dossier for every third. Acts are prepared side by side: the store
// commits many at once.
func (m *maker) grow(ctx context.Context, from, to int) error {
	if from >= to {
		return nil
	}
	like, err := m.plan(ctx)
	if err != nil {
		return err
	}
	told := lines()
	return inParallel((to-from+together-1)/together, func(batch int) error {
		first := from + batch*together
		_, err := m.arriveAll(ctx, like, first, min(to, first+together), func(n int) []line {
			if !dossiered(n, from) {
				return nil
			}
			return turned(told, n, notesPerCase)
		})
		return err
	})
}

// arriveAll receives the persons from one number to another, and what is told of
// each, in one act.
func (m *maker) arriveAll(ctx context.Context, like cases.Plan, from, to int, told func(n int) []line) ([]arrival, error) {
	names := newCast()
	return m.receive(ctx, func(a *strongroom.Act) (all []arrival, err error) {
		for n := from; n < to; n++ {
			one, err := m.arrive(ctx, a, like, names.identity(story+n), told(n))
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, nil
	})
}

// plan is how a dossier opens at the social service. Somebody is asked about once:
// the wraps made for the writer while she was absent shrink (secrecy.md §5), and
// every act after costs less.
func (m *maker) plan(ctx context.Context) (cases.Plan, error) {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return cases.Plan{}, err
	}
	all, _, err := m.People.List(ctx, by, m.services[social], record.PersonID{}, 1)
	if err != nil || len(all) == 0 {
		return cases.Plan{}, err
	}
	return m.Cases.Plan(ctx, by, record.NewID[record.Case](), all[0].ID)
}

// turned takes count lines of the story, from the nth on and round again.
func turned(told []line, n, count int) []line {
	all := make([]line, count)
	for i := range all {
		all[i] = told[(n+i)%len(told)]
	}
	return all
}

// arrival is somebody received, and the dossier that her first note opened.
type arrival struct {
	person record.PersonID
	opened *record.Case
}

// receive writes those whom an act receives, in one transaction.
func (m *maker) receive(ctx context.Context, prepare func(*strongroom.Act) ([]arrival, error)) (all []arrival, err error) {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return nil, err
	}
	err = m.Strong.Do(ctx, by, func(a *strongroom.Act) error {
		all, err = prepare(a)
		return err
	}, func(ctx context.Context, a *strongroom.Act) error {
		return m.Write(ctx, func(tx Tx) error {
			for _, one := range all {
				if err := people.Put(ctx, tx, one.person, m.services[social]); err != nil {
					return err
				}
				if one.opened == nil {
					continue
				}
				if err := tx.PutCase(ctx, *one.opened); err != nil {
					return err
				}
			}
			return a.Apply(ctx, tx)
		})
	})
	return all, err
}

// arrive adds to an act somebody who is received, and the dossier of what is told
// of her, if anything is.
func (m *maker) arrive(ctx context.Context, a *strongroom.Act, like cases.Plan, f people.Form, told []line) (arrival, error) {
	one := arrival{person: record.NewID[record.Person]()}
	if _, err := m.People.Prepare(ctx, a, people.Newcomer{ID: one.person, Form: f}, m.services[social]); err != nil {
		return one, err
	}
	about := strongroom.Subject{Person: one.person, Service: m.services[social]}
	if err := a.Journal(ctx, journal.Created, journal.ForReception, about); err != nil || len(told) == 0 {
		return one, err
	}
	like.Case.ID, like.Case.Persons = record.NewID[record.Case](), []record.PersonID{one.person}
	one.opened = &like.Case
	if err := m.Cases.Open(ctx, a, like); err != nil {
		return one, err
	}
	for _, l := range told {
		if err := m.add(ctx, a, like.Case, l); err != nil {
			return one, err
		}
	}
	return one, nil
}

// add seals one more note into a case's circle.
func (m *maker) add(ctx context.Context, a *strongroom.Act, c record.Case, told line) error {
	main, err := a.Ink(ctx, c, record.CaseCircle)
	if err != nil {
		return err
	}
	obj, err := a.Add(ctx, record.OwnerOf(record.OwnerCase, c.ID), []record.CircleID{main}, strongroom.Text{
		Kind: record.ItemNote, Persons: c.Persons, Words: strongroom.Words{
			record.TagText:     confided.NewText(told.words),
			record.TagNoteKind: confided.NewText(string(told.kind)),
			record.TagOrigin:   confided.NewText(string(told.origin)),
			record.TagDay:      confided.NewText(m.Clock.Now().Format(time.DateOnly)),
		},
	})
	if err != nil {
		return err
	}
	return a.Journal(ctx, journal.Wrote, journal.ForFollowUp, a.InJournal(c, obj)...)
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
