// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Newcomer is a person about to be received.
type Newcomer struct {
	ID     record.PersonID // comes with the form: posted twice, she is received once
	Form   Form
	Nature record.Nature   // who she is to the first of her household; "" for the first
	Same   record.PersonID // who she is, when the service knows her already: nothing of the form is kept
}

// Known reports whether a record of hers is used again.
func (n Newcomer) Known() bool { return !n.Same.IsZero() }

// Person is her record: the one that is known, or the one about to be made.
func (n Newcomer) Person() record.PersonID {
	if n.Known() {
		return n.Same
	}
	return n.ID
}

// Household is who comes together: the person received first. Draft is the form
// that waited for it, if one did; it goes with the act.
type Household struct {
	Service record.ServiceID
	All     []Newcomer
	Draft   record.DraftID
}

// Create receives a person in a service of the actor's.
func (r *Room) Create(ctx context.Context, by *strongroom.Unlocked, id record.PersonID, service record.ServiceID, f Form) error {
	return r.Receive(ctx, by, Household{Service: service, All: []Newcomer{{ID: id, Form: f}}})
}

// texts are what is sealed of a newcomer.
func (n Newcomer) texts(r *Room) ([]strongroom.Text, error) {
	identity, contact, err := n.Form.words(r.now())
	return []strongroom.Text{text(record.ItemIdentity, n.ID, identity), text(record.ItemContact, n.ID, contact)}, err
}

// Receive receives a household in a service of the actor's, in one transaction:
// each has a record of her own (S-30), and relations with the first. Children of
// the first are each other's siblings. Of who is known already nothing is written
// but her relations; two who are linked already, or were separated, stay as they
// are.
func (r *Room) Receive(ctx context.Context, by *strongroom.Unlocked, h Household) error {
	if err := policy.Decide(by.Actor(), policy.CreatePerson, policy.Subject{Service: h.Service}).Err(); err != nil {
		return err
	}
	in, err := r.arrive(ctx, by, h)
	if err != nil {
		return err
	}
	if known, err := r.read.Known(ctx, h.All[0].ID); err != nil || len(known) > 0 {
		return err
	}
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if !h.Draft.IsZero() {
			a.UseDraft(h.Draft)
		}
		for _, n := range h.All {
			if n.Known() {
				continue
			}
			own, err := r.receive(ctx, a, n.ID, h.Service, in.texts[n.ID])
			if err != nil {
				return err
			}
			in.ends[n.ID] = end{person: n.ID, own: own}
		}
		for _, t := range in.ties {
			if err := r.relate(ctx, a, in.ends[t.one], in.ends[t.other], t.Tie); err != nil {
				return err
			}
		}
		return in.journal(ctx, a)
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error { return known(ctx, tx, a, h) })
	})
	if fault.KindOf(err) == fault.Withheld {
		return fault.New(fault.Refused, "fault.not_welcomed") // she works there, and holds no key of it yet
	}
	return err
}

// arrival is a household made ready: what is sealed of the new ones, where the
// known ones have their relations, and who is linked with whom.
type arrival struct {
	texts   map[record.PersonID][]strongroom.Text
	ends    map[record.PersonID]end
	ties    []knot
	created []strongroom.Subject
	written []strongroom.Subject // known ones who get a relation
}

// knot is a relation about to be made.
type knot struct {
	one, other record.PersonID
	Tie
}

func (r *Room) arrive(ctx context.Context, by *strongroom.Unlocked, h Household) (*arrival, error) {
	in := &arrival{texts: map[record.PersonID][]strongroom.Text{}, ends: map[record.PersonID]end{}}
	via := map[record.PersonID]strongroom.Subject{}
	for i, n := range h.All {
		if slices.ContainsFunc(h.All[:i], func(m Newcomer) bool { return m.Person() == n.Person() }) {
			return nil, fault.New(fault.Invalid, "fault.same_twice")
		}
		if n.Known() {
			facts, err := r.may(ctx, by, policy.EditPerson, n.Same)
			if err != nil {
				return nil, err
			}
			in.ends[n.Same], via[n.Same] = end{person: n.Same, own: facts.Own}, about(n.Same, facts.Via)
			continue
		}
		texts, err := n.texts(r)
		if err != nil {
			return nil, err
		}
		in.texts[n.ID], in.created = texts, append(in.created, about(n.ID, h.Service))
	}
	for _, k := range knots(h.All) {
		_, one := via[k.one]
		_, other := via[k.other]
		if one && other {
			linked, err := r.linked(ctx, by, k.one, k.other)
			if err != nil {
				return nil, err
			}
			if linked {
				continue
			}
		}
		in.ties = append(in.ties, k)
	}
	for _, n := range h.All {
		if s, ok := via[n.Same]; ok && slices.ContainsFunc(in.ties, func(k knot) bool { return k.one == n.Same || k.other == n.Same }) {
			in.written = append(in.written, s)
		}
	}
	return in, nil
}

// linked reports whether two known persons have a relation, or were told apart.
func (r *Room) linked(ctx context.Context, by *strongroom.Unlocked, one, other record.PersonID) (bool, error) {
	her, err := r.Get(ctx, by, one)
	return her.toldApart(other) || slices.ContainsFunc(her.Relations, func(was Relation) bool { return was.Other == other && !was.Ended() }), err
}

func (in *arrival) journal(ctx context.Context, a *strongroom.Act) error {
	for _, e := range []struct {
		act   journal.Act
		about []strongroom.Subject
	}{{journal.Created, in.created}, {journal.Wrote, in.written}} {
		if len(e.about) == 0 {
			continue
		}
		if err := a.Journal(ctx, e.act, journal.ForReception, e.about...); err != nil {
			return err
		}
	}
	return nil
}

// Prepare adds to an act a person whom a service receives, and returns her Own
// circle. Put writes her rows in the act's transaction; the entry is the caller's.
func (r *Room) Prepare(ctx context.Context, a *strongroom.Act, n Newcomer, service record.ServiceID) (record.CircleID, error) {
	texts, err := n.texts(r)
	if err != nil {
		return record.CircleID{}, err
	}
	return r.receive(ctx, a, n.ID, service, texts)
}

func (*Room) receive(ctx context.Context, a *strongroom.Act, id record.PersonID, service record.ServiceID, texts []strongroom.Text) (record.CircleID, error) {
	own, err := a.MakePerson(ctx, id, service)
	if err != nil {
		return own, err
	}
	for _, t := range texts {
		if _, err := a.Add(ctx, owner(id), []record.CircleID{own}, t); err != nil {
			return own, err
		}
	}
	return own, nil
}

// known writes the clear rows of those who are new in a household, then the act.
func known(ctx context.Context, tx Tx, a *strongroom.Act, h Household) error {
	for _, n := range h.All {
		if n.Known() {
			continue
		}
		if err := Put(ctx, tx, n.ID, h.Service); err != nil {
			return err
		}
	}
	return a.Apply(ctx, tx)
}

// Put writes the clear rows of a person whom a service receives.
func Put(ctx context.Context, tx Tx, id record.PersonID, service record.ServiceID) error {
	if err := tx.PutPerson(ctx, record.Person{ID: id}); err != nil {
		return err
	}
	return tx.PutKnown(ctx, record.Known{Person: id, Service: service})
}

// knots are the relations of a household with its first person, and those that
// follow from them.
func knots(all []Newcomer) (out []knot) {
	for i, n := range all[1:] {
		out = append(out, knot{all[0].Person(), n.Person(), Tie{Nature: n.Nature}})
		for _, before := range all[1 : i+1] {
			if n.Nature == record.NatureChild && before.Nature == record.NatureChild {
				out = append(out, knot{before.Person(), n.Person(), Tie{Nature: record.NatureSibling}})
			}
		}
	}
	return out
}
