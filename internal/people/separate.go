// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Separate cuts every link between two persons, in one act: it ends on both sides
// today, and each side keeps what the other was called that day and nothing that
// leads to the other any more (S-30, S-41). How to reach each of them safely is to
// be asked again: what was answered when they lived together holds no longer. It is
// refused while one dossier is about both.
func (r *Room) Separate(ctx context.Context, by *strongroom.Unlocked, her Person, of record.ObjectID) error {
	mine, err := her.relation(of)
	if err != nil || mine.Parted() {
		return err // done already, when the form was posted twice
	}
	one, two, err := r.both(ctx, by, her.ID, mine.Other)
	if err != nil {
		return err
	}
	if err := r.joint(ctx, her.ID, mine.Other); err != nil {
		return err
	}
	other, err := r.Get(ctx, by, mine.Other)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if err := r.part(ctx, a, her, other); err != nil {
			return err
		}
		if err := r.part(ctx, a, other, her); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, about(her.ID, one.Via), about(other.ID, two.Via))
	}, nil)
}

// joint refuses what would leave one dossier about two who are separated: it is
// not split yet.
func (r *Room) joint(ctx context.Context, her, other record.PersonID) error {
	all, err := r.read.CasesOf(ctx, her)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(c record.Case) bool { return slices.Contains(c.Persons, other) }) {
		return fault.New(fault.Refused, "fault.joint_case")
	}
	return nil
}

// part ends what one person has of the links with another.
func (r *Room) part(ctx context.Context, a *strongroom.Act, her, other Person) error {
	today := r.now().Format("2006-01-02")
	for _, was := range her.Relations {
		if was.Other != other.ID || was.Nature == record.NatureApart {
			continue
		}
		w := sealed(map[record.Tag]string{record.TagNature: string(was.Nature), record.TagUntil: today})
		w[record.TagSince], w[record.TagTwin], w[record.TagCalled] = was.Since, was.twin, other.Called()
		if was.Ended() {
			w[record.TagUntil] = was.Until
		}
		if _, err := a.Correct(ctx, owner(her.ID), was.Object, was.Version, side(her.ID, was.Other, w)); err != nil {
			return err
		}
	}
	if her.Rules.Asked.Empty() {
		return nil
	}
	again := her.rulesWith(strongroom.Words{}, record.TagAsked)
	_, err := a.Correct(ctx, owner(her.ID), her.Reach.Object, her.Reach.Version, text(record.ItemContact, her.ID, again))
	return err
}

// KeptApart are those with whom she is never to share a half-day and a place: asked
// before an appointment is given.
func (p Person) KeptApart() []record.PersonID {
	var out []record.PersonID
	for _, one := range p.Relations {
		if one.Nature == record.NatureApart && !one.Ended() {
			out = append(out, one.Other)
		}
	}
	return out
}
