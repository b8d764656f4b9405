// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"

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
	Nature record.Nature // who she is to the first of her household; "" for the first
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
// the first are each other's siblings.
func (r *Room) Receive(ctx context.Context, by *strongroom.Unlocked, h Household) error {
	if err := policy.Decide(by.Actor(), policy.CreatePerson, policy.Subject{Service: h.Service}).Err(); err != nil {
		return err
	}
	all := map[record.PersonID][]strongroom.Text{}
	var about []strongroom.Subject
	for _, n := range h.All {
		texts, err := n.texts(r)
		if err != nil {
			return err
		}
		all[n.ID], about = texts, append(about, strongroom.Subject{Person: n.ID, Service: h.Service})
	}
	if known, err := r.read.Known(ctx, h.All[0].ID); err != nil || len(known) > 0 {
		return err
	}
	err := r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		own := map[record.PersonID]record.CircleID{}
		for _, n := range h.All {
			var err error
			if own[n.ID], err = r.receive(ctx, a, n.ID, h.Service, all[n.ID]); err != nil {
				return err
			}
		}
		if err := r.relateAll(ctx, a, h.All, own); err != nil {
			return err
		}
		if !h.Draft.IsZero() {
			a.DropDraft(h.Draft)
		}
		return a.Journal(ctx, journal.Created, journal.ForReception, about...)
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error { return known(ctx, tx, a, h) })
	})
	if fault.KindOf(err) == fault.Withheld {
		return fault.New(fault.Refused, "fault.not_welcomed") // she works there, and holds no key of it yet
	}
	return err
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

// known writes the clear rows of a household, then the act.
func known(ctx context.Context, tx Tx, a *strongroom.Act, h Household) error {
	for _, n := range h.All {
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

// relateAll makes the relations of a household with its first person, and those
// that follow from them.
func (r *Room) relateAll(ctx context.Context, a *strongroom.Act, all []Newcomer, own map[record.PersonID]record.CircleID) error {
	end := func(n Newcomer) end { return end{person: n.ID, own: own[n.ID]} }
	for i, n := range all[1:] {
		if err := r.relate(ctx, a, end(all[0]), end(n), Tie{Nature: n.Nature}); err != nil {
			return err
		}
		for _, before := range all[1 : i+1] {
			if n.Nature != record.NatureChild || before.Nature != record.NatureChild {
				continue
			}
			if err := r.relate(ctx, a, end(before), end(n), Tie{Nature: record.NatureSibling}); err != nil {
				return err
			}
		}
	}
	return nil
}
