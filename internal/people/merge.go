// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// UnmergeDays is for how many days two merged records can be unmerged
// (product.md §5).
const UnmergeDays = 30

// Merge says that two records are of one person. It is a pointer between them,
// sealed in the identity of each and signed in the chain of each: both keep their
// circles, so it opens nothing to anybody (secrecy.md §2). One step alone: a
// record points to one other. Two whom somebody separated, or keeps apart, are two.
func (r *Room) Merge(ctx context.Context, by *strongroom.Unlocked, id, with record.PersonID) error {
	if with == id {
		return fault.Field("kin", "fault.choose")
	}
	her, other, about, err := r.pair(ctx, by, id, with)
	switch {
	case err != nil:
		return err
	case her.Same == other.ID && other.Same == her.ID:
		return nil // done already, when the form was posted twice
	case !her.Same.IsZero() || !other.Same.IsZero():
		return fault.New(fault.Refused, "fault.merged")
	case her.toldApart(other.ID) || other.toldApart(her.ID):
		return fault.New(fault.Refused, "fault.told_apart")
	}
	today := r.now().Format(time.DateOnly)
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if err := r.point(ctx, a, her, other.ID, today); err != nil {
			return err
		}
		if err := r.point(ctx, a, other, her.ID, today); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Merged, journal.ForReception, about...)
	}, nil)
}

// Unmerge deletes the pointer, on both sides, within the days that allow it.
func (r *Room) Unmerge(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) error {
	her, err := r.Get(ctx, by, id)
	if err != nil || her.Same.IsZero() {
		return err // done already
	}
	her, other, about, err := r.pair(ctx, by, id, her.Same)
	if err != nil {
		return err
	}
	if !r.MayUnmerge(her) {
		return fault.New(fault.Refused, "fault.merged_long_ago")
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		for _, p := range []Person{her, other} {
			if err := r.point(ctx, a, p, record.PersonID{}, ""); err != nil {
				return err
			}
		}
		return a.Journal(ctx, journal.Unmerged, journal.ForReception, about...)
	}, nil)
}

// pair opens two persons whom the actor may write.
func (r *Room) pair(ctx context.Context, by *strongroom.Unlocked, id, with record.PersonID) (her, other Person, both []strongroom.Subject, err error) {
	one, two, err := r.both(ctx, by, id, with)
	if err != nil {
		return her, other, nil, err
	}
	if her, err = r.Get(ctx, by, id); err != nil {
		return her, other, nil, err
	}
	other, err = r.Get(ctx, by, with)
	return her, other, []strongroom.Subject{about(id, one.Via), about(with, two.Via)}, err
}

// Records opens a person, and her other record when the actor's keys open it: what
// was said of her there holds too.
func (r *Room) Records(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) ([]Person, error) {
	p, err := r.Known(ctx, by, id)
	if err != nil || p.Same.IsZero() {
		return []Person{p}, err
	}
	other, err := r.Known(ctx, by, p.Same)
	return []Person{p, other}, err
}

// toldApart reports whether somebody said that another is not her: they were separated,
// or are not to cross.
func (p Person) toldApart(other record.PersonID) bool {
	return slices.ContainsFunc(p.Relations, func(one Relation) bool {
		return one.Other == other && (!one.Called.Empty() || one.Nature == record.NatureApart)
	})
}

// point writes her identity again, with a pointer to another record of hers, or
// without one; her chain says which was done.
func (r *Room) point(ctx context.Context, a *strongroom.Act, her Person, to record.PersonID, today string) error {
	act, whom := record.ActMerge, to
	if to.IsZero() {
		act, whom = record.ActUnmerge, her.Same
	}
	was := her.Identity
	her.Same, her.Merged = to, sealed(map[record.Tag]string{record.TagMerged: today})[record.TagMerged]
	if _, err := a.Correct(ctx, owner(her.ID), was.Object, was.Version, her.identified(her.identity)); err != nil {
		return err
	}
	return a.Declare(ctx, her.ID, act, whom)
}

// identified is what is sealed of who she is, with the pointer that she has.
func (p Person) identified(said strongroom.Words) strongroom.Text {
	t := text(record.ItemIdentity, p.ID, strongroom.Words{})
	for tag, words := range said {
		t.Words[tag] = words
	}
	delete(t.Words, record.TagMerged)
	if !p.Same.IsZero() {
		t.Persons, t.Words[record.TagMerged] = append(t.Persons, p.Same), p.Merged
	}
	return t
}

// MayUnmerge reports whether a person's two records can still be unmerged.
func (r *Room) MayUnmerge(p Person) bool {
	for n := range UnmergeDays + 1 {
		if p.Merged.Is(r.now().AddDate(0, 0, -n).Format(time.DateOnly)) {
			return true
		}
	}
	return false
}

// onePerPerson leaves out who is a further record of somebody already there.
func onePerPerson(all []Person) []Person {
	seen := map[record.PersonID]bool{}
	return slices.DeleteFunc(all, func(p Person) bool {
		seen[p.ID] = true
		return seen[p.Same]
	})
}
