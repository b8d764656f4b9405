// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Relation is one side of a dated link between two persons, as one of them has it.
// Each side is an object of its own, in that person's Own circle: the rows do not
// show that two persons are linked, and cutting the link cuts no object in two.
type Relation struct {
	Object  record.ObjectID
	Version uint32
	Other   record.PersonID
	Nature  record.Nature // who the other is to her
	Since   confided.Text // for ReadBirth
	Until   confided.Text
	Custody confided.Text // where a child lives, and when
	Called  confided.Text // what the other was called, of a side that opens nothing of the other any more
	twin    confided.Text // equal on both sides
}

// Parted reports whether the two were separated: nothing of the link is written any
// more, on either side.
func (r Relation) Parted() bool { return !r.Called.Empty() && r.Nature != record.NatureApart }

// Ended reports whether the link is over.
func (r Relation) Ended() bool { return !r.Until.Empty() }

func relation(her record.PersonID, it strongroom.Item) Relation {
	out := Relation{
		Object: it.Object, Version: it.Version,
		Since: it.Words[record.TagSince], Until: it.Words[record.TagUntil], Custody: it.Words[record.TagCustody],
		Called: it.Words[record.TagCalled], twin: it.Words[record.TagTwin], Nature: record.NatureOther,
	}
	for _, p := range it.Persons {
		if p != her {
			out.Other = p
		}
	}
	for _, n := range natures() {
		if it.Words[record.TagNature].Is(string(n)) {
			out.Nature = n
		}
	}
	return out
}

func natures() []record.Nature { return append(record.Natures(), record.NatureApart) }

// Tie is what is typed about a relation.
type Tie struct {
	Nature       record.Nature // who the other is to her
	Since, Until string
	Custody      string
}

func (t Tie) words(now time.Time, twin string) (strongroom.Words, error) {
	var bad fault.Fields
	if !slices.Contains(natures(), t.Nature) {
		bad.Add("nature", "fault.choose")
	}
	kept := map[string]string{"since": t.Since, "ended": t.Until}
	for field, typed := range kept {
		b, ok := ParseBirth(typed, now)
		if !ok || b.AsOf > 0 {
			bad.Add(field, "fault.birth")
		}
		kept[field] = b.kept()
	}
	if utf8.RuneCountInString(t.Custody) > longestContact {
		bad.Add("custody", "fault.too_long")
	}
	if kept["ended"] != "" && kept["ended"] < kept["since"] {
		bad.Add("ended", "fault.ended_before")
	}
	return sealed(map[record.Tag]string{
		record.TagNature: string(t.Nature), record.TagSince: kept["since"], record.TagUntil: kept["ended"],
		record.TagCustody: t.Custody, record.TagTwin: twin,
	}), bad.Err()
}

// inverse is the tie as the other has it.
func (t Tie) inverse() Tie {
	t.Nature = t.Nature.Inverse()
	return t
}

func side(her, other record.PersonID, w strongroom.Words) strongroom.Text {
	return strongroom.Text{Kind: record.ItemRelation, Persons: []record.PersonID{her, other}, Words: w}
}

// end is one end of a relation: a person, and the circle where she has it.
type end struct {
	person record.PersonID
	own    record.CircleID
	called confided.Text // needed of two who are kept apart
}

// relate adds both sides of a relation to an act.
func (r *Room) relate(ctx context.Context, a *strongroom.Act, her, other end, t Tie) error {
	twin := record.NewID[record.Object]().String()
	for _, s := range []struct {
		of, to end
		tie    Tie
	}{{her, other, t}, {other, her, t.inverse()}} {
		w, err := s.tie.words(r.now(), twin)
		if err != nil {
			return err
		}
		if t.Nature == record.NatureApart {
			w[record.TagCalled] = s.to.called
		}
		if _, err := a.Add(ctx, owner(s.of.person), []record.CircleID{s.of.own}, side(s.of.person, s.to.person, w)); err != nil {
			return err
		}
	}
	return nil
}

// Relate links two persons whom services of the actor's know. The same link posted
// twice is one.
func (r *Room) Relate(ctx context.Context, by *strongroom.Unlocked, her Person, other record.PersonID, t Tie) error {
	if _, err := t.words(r.now(), ""); err != nil {
		return err
	}
	if other == her.ID {
		return fault.Field("kin", "fault.choose")
	}
	one, two, err := r.both(ctx, by, her.ID, other)
	if err != nil {
		return err
	}
	for _, was := range her.Relations {
		if was.Other == other && was.Nature == t.Nature && !was.Ended() {
			return nil
		}
	}
	named, err := r.Names(ctx, by, other)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if err := r.relate(ctx, a, end{her.ID, one.Own, her.Called()}, end{other, two.Own, named[other].Called()}, t); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, about(her.ID, one.Via), about(other, two.Via))
	}, nil)
}

// both asks policy about both ends of a relation: it is written by who may write
// both.
func (r *Room) both(ctx context.Context, by *strongroom.Unlocked, her, other record.PersonID) (one, two strongroom.PersonFacts, err error) {
	if one, err = r.may(ctx, by, policy.EditPerson, her); err != nil {
		return one, two, err
	}
	two, err = r.may(ctx, by, policy.EditPerson, other)
	return one, two, err
}

// Amend corrects or ends a relation, on both sides. version is the one that the
// page had shown: fault.Conflict when somebody wrote meanwhile.
func (r *Room) Amend(ctx context.Context, by *strongroom.Unlocked, her Person, of record.ObjectID, version uint32, t Tie) error {
	if _, err := t.words(r.now(), ""); err != nil {
		return err
	}
	mine, err := her.relation(of)
	if err != nil {
		return err
	}
	if mine.Parted() {
		return fault.New(fault.Withheld, "")
	}
	if mine.Version != version {
		return fault.New(fault.Conflict, "fault.conflict")
	}
	one, two, err := r.both(ctx, by, her.ID, mine.Other)
	if err != nil {
		return err
	}
	theirs, err := r.twin(ctx, by, her.ID, mine)
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if err := r.correct(ctx, a, her.ID, mine, t); err != nil {
			return err
		}
		if err := r.correct(ctx, a, mine.Other, theirs, t.inverse()); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, about(her.ID, one.Via), about(mine.Other, two.Via))
	}, nil)
}

// relation finds a relation of hers.
func (p Person) relation(id record.ObjectID) (Relation, error) {
	for _, one := range p.Relations {
		if one.Object == id {
			return one, nil
		}
	}
	return Relation{}, fault.New(fault.Withheld, "")
}

// twin opens what the other has of a relation.
func (r *Room) twin(ctx context.Context, by *strongroom.Unlocked, her record.PersonID, mine Relation) (Relation, error) {
	other, err := r.Get(ctx, by, mine.Other)
	if err != nil {
		return Relation{}, err
	}
	for _, one := range other.Relations {
		if one.twin.Equal(mine.twin) && one.Other == her {
			return one, nil
		}
	}
	return Relation{}, fault.New(fault.Withheld, "")
}

// correct writes one side of a relation again.
func (r *Room) correct(ctx context.Context, a *strongroom.Act, her record.PersonID, was Relation, t Tie) error {
	w, err := t.words(r.now(), "")
	if err != nil {
		return err
	}
	w[record.TagTwin], w[record.TagCalled] = was.twin, was.Called
	_, err = a.Correct(ctx, owner(her), was.Object, was.Version, side(her, was.Other, w))
	return err
}

// Kin is somebody linked to a person, by her name and birth.
type Kin struct {
	Relation
	Person Person
}

// Kin opens the names of those linked to a person, the links that are over after
// the others. Whom the actor's keys do not open is left out: nothing says that
// there is somebody. Of who was separated from her, or is kept apart, nothing is
// opened: the name is the one that was known then.
func (r *Room) Kin(ctx context.Context, by *strongroom.Unlocked, her Person) ([]Kin, error) {
	var ids []record.PersonID
	for _, one := range her.Relations {
		if one.Called.Empty() && !slices.Contains(ids, one.Other) {
			ids = append(ids, one.Other)
		}
	}
	named, err := r.Names(ctx, by, ids...)
	if err != nil {
		return nil, err
	}
	var out []Kin
	for _, one := range her.Relations {
		p, ok := named[one.Other]
		if !one.Called.Empty() {
			p, ok = Person{ID: one.Other, Name: one.Called}, true
		}
		if ok {
			out = append(out, Kin{one, p})
		}
	}
	slices.SortStableFunc(out, func(a, b Kin) int {
		switch {
		case a.Ended() == b.Ended():
			return 0
		case b.Ended():
			return -1
		}
		return 1
	})
	return out, nil
}
