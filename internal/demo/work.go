// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// notes returns how many notes the nth busy dossier has.
func notes(n int) int { return busyLeast + n*37%(busyMost-busyLeast+1) }

// inMonth returns which notes of so many are written in a month: they are spread
// evenly, and none is left over.
func inMonth(month, notes int) (from, to int) {
	return month * notes / busyMonths, (month + 1) * notes / busyMonths
}

// work is a year of it on n dossiers, before the story begins: each month some
// notes are written in each, and it is read.
func (m *maker) work(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	like, err := m.firstPlan(ctx)
	if err != nil {
		return err
	}
	opened := make([]record.Case, n)
	begin := m.Clock.Now()
	for month := range busyMonths {
		m.Clock.Set(begin.AddDate(0, month, 0))
		err := inParallel((n+together-1)/together, func(batch int) error {
			from := batch * together
			to := min(n, from+together)
			if month > 0 {
				return m.goOn(ctx, opened, from, to, month)
			}
			return m.begin(ctx, like, opened, from, to)
		})
		if err != nil {
			return err
		}
	}
	m.Clock.Story()
	return nil
}

// firstPlan is a plan where nobody was received yet: she without a dossier, with
// whom the year begins, is one more than was asked for.
func (m *maker) firstPlan(ctx context.Context) (cases.Plan, error) {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return cases.Plan{}, err
	}
	first := newCast().identity(story + busyCases*personsPerCase)
	if err := m.People.Create(ctx, by, record.NewID[record.Person](), m.services[social], first); err != nil {
		return cases.Plan{}, err
	}
	return m.plan(ctx)
}

// begin opens dossiers, with what is told in their first month.
func (m *maker) begin(ctx context.Context, like cases.Plan, opened []record.Case, from, to int) error {
	told := lines()
	made, err := m.arriveAll(ctx, like, from, to, func(n int) []line {
		_, count := inMonth(0, notes(n))
		return turned(told, n, count)
	})
	for i, one := range made {
		opened[from+i] = *one.opened
	}
	return err
}

// goOn is one more month of dossiers.
func (m *maker) goOn(ctx context.Context, opened []record.Case, from, to, month int) error {
	by, err := m.unlock(ctx, lucie)
	if err != nil {
		return err
	}
	told := lines()
	return m.Strong.Do(ctx, by, func(a *strongroom.Act) error {
		for n := from; n < to; n++ {
			if err := a.Journal(ctx, journal.Opened, journal.ForFollowUp, strongroom.InJournal(opened[n])...); err != nil {
				return err
			}
			first, last := inMonth(month, notes(n))
			for _, l := range turned(told, n+first, last-first) {
				if err := m.add(ctx, a, opened[n], l); err != nil {
					return err
				}
			}
		}
		return nil
	}, nil)
}
