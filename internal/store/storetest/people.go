// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func peopleTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"a case comes back with its persons in order": casesComeBack,
		"a case opens and closes":                     caseOpens,
		"services come to know and forget a person":   knownComesBack,
	}
}

func scopeTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"persons of the scope's services come page by page, newest first": scopedPersons,
		"one person known twice is listed once":                           scopedTwice,
		"a person outside the services is seen through her case":          scopedThroughCase,
		"cases are listed to those who open their circle":                 scopedCases,
		"a case opens to a reader of one of its parts":                    scopedPart,
		"an outsider gets nothing":                                        scopedOutsider,
		"a scope that matches nothing runs no statement":                  scopedZero,
	}
}

func (h *house) newPersons(n int, services ...record.Service) []record.PersonID {
	all := ids[record.Person](n)
	for _, id := range all {
		h.write(func(tx *store.Tx) error {
			err := tx.PutPerson(h.t.Context(), record.Person{ID: id})
			for _, s := range services {
				if err == nil {
					err = tx.PutKnown(h.t.Context(), record.Known{Person: id, Service: s.ID})
				}
			}
			return err
		})
	}
	return all
}

// newCase puts a case of these persons; its circle opens to the readers.
func (h *house) newCase(persons []record.PersonID, readers ...int) (record.Case, record.Circle) {
	ctx := h.t.Context()
	c := h.dossier
	c.ID, c.Persons = record.NewID[record.Case](), persons
	h.write(func(tx *store.Tx) error { return tx.PutCase(ctx, c) })
	circle := h.circle(record.CaseCircle, record.OwnerOf(record.OwnerCase, c.ID))
	for _, n := range readers {
		h.wrap(record.Wrap{Circle: circle.ID, Recipient: h.toMember(n), Epoch: 1})
	}
	return c, circle
}

func (h *house) wrap(w record.Wrap) {
	w.Form, w.Sealed = record.WrapOwn, raw(1, 100)
	h.write(func(tx *store.Tx) error { return tx.PutWrap(h.t.Context(), w) })
}

func (h *house) scope(member int, services ...int) record.Scope {
	var all []record.ServiceID
	for _, n := range services {
		all = append(all, h.services[n].ID)
	}
	return record.NewScope(h.members[member].ID, all)
}

func casesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	persons := h.newPersons(3)
	couple, _ := h.newCase([]record.PersonID{persons[2], persons[0]})
	empty, _ := h.newCase(nil)
	later, _ := h.newCase(persons[:1])
	same(t, couple, must[record.Case](t)(h.db.Case(ctx, couple.ID)))
	same(t, empty, must[record.Case](t)(h.db.Case(ctx, empty.ID)))
	same(t, []record.Case{later, couple}, must[[]record.Case](t)(h.db.CasesOf(ctx, persons[0])))
	same(t, nil, must[[]record.Case](t)(h.db.CasesOf(ctx, persons[1])))
	got, err := h.db.Case(ctx, record.NewID[record.Case]())
	withheld(t, got, err)
}

func caseOpens(t *testing.T, h *house) {
	ctx := t.Context()
	for _, open := range []bool{false, true} {
		h.write(func(tx *store.Tx) error { return tx.SetCaseOpen(ctx, h.dossier.ID, open) })
		same(t, open, must[record.Case](t)(h.db.Case(ctx, h.dossier.ID)).Open)
	}
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetCaseOpen(ctx, record.NewID[record.Case](), true)
	})
}

func knownComesBack(t *testing.T, h *house) {
	ctx := t.Context()
	person := h.newPersons(1, h.services[1], h.services[0])[0]
	same(t, []record.ServiceID{h.services[0].ID, h.services[1].ID}, must[[]record.ServiceID](t)(h.db.Known(ctx, person)))
	h.write(func(tx *store.Tx) error {
		return tx.DropKnown(ctx, record.Known{Person: person, Service: h.services[0].ID})
	})
	same(t, []record.ServiceID{h.services[1].ID}, must[[]record.ServiceID](t)(h.db.Known(ctx, person)))
}

// pages reads every page of a scope's persons.
func (h *house) pages(scope record.Scope, service record.ServiceID, limit int) (all [][]record.PersonID) {
	h.t.Helper()
	var before record.PersonID
	for range 20 {
		some, next, err := h.db.ScopedPersons(h.t.Context(), scope, service, before, limit)
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, some)
		if next.IsZero() {
			return all
		}
		before = next
	}
	h.t.Fatal("the pages do not end")
	return nil
}

func scopedPersons(t *testing.T, h *house) {
	first, second := h.newPersons(3, h.services[0]), h.newPersons(2, h.services[1])
	zero := record.ServiceID{}
	mine := reversed(append([]record.PersonID{h.person.ID}, first...))
	everyone := append(reversed(second), mine...)
	same(t, [][]record.PersonID{mine}, h.pages(h.scope(0, 0), zero, 10))
	same(t, [][]record.PersonID{mine[:3], mine[3:]}, h.pages(h.scope(0, 0), zero, 3))
	same(t, [][]record.PersonID{mine}, h.pages(h.scope(0, 0), zero, 4)) // the last page is full
	same(t, [][]record.PersonID{everyone[:4], everyone[4:]}, h.pages(h.scope(0, 0, 1), zero, 4))
	same(t, [][]record.PersonID{reversed(second)}, h.pages(h.scope(0, 0, 1), h.services[1].ID, 10))
	same(t, [][]record.PersonID{nil}, h.pages(h.scope(0, 0), h.services[1].ID, 10))
}

func scopedTwice(t *testing.T, h *house) {
	ctx := t.Context()
	both := h.newPersons(1, h.services[0], h.services[1])[0]
	same(t, [][]record.PersonID{{both}, {h.person.ID}}, h.pages(h.scope(0, 0, 1), record.ServiceID{}, 1))
	same(t, record.Person{ID: both}, must[record.Person](t)(h.db.ScopedPerson(ctx, h.scope(0, 0, 1), both)))
}

func scopedThroughCase(t *testing.T, h *house) {
	ctx := t.Context()
	discreet := h.newPersons(1)
	_, circle := h.newCase(discreet, 0)
	same(t, record.Person{ID: discreet[0]}, must[record.Person](t)(h.db.ScopedPerson(ctx, h.scope(0, 0), discreet[0])))
	same(t, record.Person{ID: discreet[0]}, must[record.Person](t)(h.db.ScopedPerson(ctx, h.scope(0), discreet[0])))
	got, err := h.db.ScopedPerson(ctx, h.scope(1, 0), discreet[0])
	withheld(t, got, err)
	h.write(func(tx *store.Tx) error {
		return tx.DropWrap(ctx, record.Wrap{Circle: circle.ID, Recipient: h.toMember(0)})
	})
	got, err = h.db.ScopedPerson(ctx, h.scope(0, 0), discreet[0])
	withheld(t, got, err)
}

func scopedCases(t *testing.T, h *house) {
	ctx := t.Context()
	persons := h.newPersons(2)
	var mine []record.Case
	for range 3 {
		c, _ := h.newCase(persons, 0)
		mine = append([]record.Case{c}, mine...)
	}
	theirs, _ := h.newCase(persons, 1)
	some, next, err := h.db.ScopedCases(ctx, h.scope(0), record.CaseID{}, 2)
	same(t, mine[:2], must[[]record.Case](t)(some, err))
	some, next, err = h.db.ScopedCases(ctx, h.scope(0), next, 2)
	same(t, mine[2:], must[[]record.Case](t)(some, err))
	same(t, record.CaseID{}, next)
	some, _, err = h.db.ScopedCases(ctx, h.scope(1), record.CaseID{}, 9)
	same(t, []record.Case{theirs}, must[[]record.Case](t)(some, err))
	same[error](t, nil, h.db.ReachesCase(ctx, h.scope(0), mine[0].ID))
	same(t, mine, must[[]record.Case](t)(h.db.ScopedCasesOfPerson(ctx, h.scope(0), persons[1])))
	same(t, mine, must[[]record.Case](t)(h.db.CasesHeld(ctx, record.ServiceID{}, h.members[0].ID)))
	same(t, mine, must[[]record.Case](t)(h.db.CasesHeld(ctx, mine[0].Service, h.members[0].ID)))
	same(t, nil, must[[]record.Case](t)(h.db.CasesHeld(ctx, record.NewID[record.Service](), h.members[0].ID)))
	wantFault(t, fault.Withheld, h.db.ReachesCase(ctx, h.scope(0), theirs.ID))
	wantFault(t, fault.Withheld, h.db.ReachesCase(ctx, h.scope(0), record.CaseID(persons[0]))) // no case
}

func scopedPart(t *testing.T, h *house) {
	ctx := t.Context()
	persons := h.newPersons(1)
	c, _ := h.newCase(persons, 0)
	object := h.object(record.OwnerOf(record.OwnerCase, c.ID))
	wantFault(t, fault.Withheld, h.db.ReachesCase(ctx, h.scope(1), c.ID))
	h.wrap(record.Wrap{Object: object.ID, Recipient: h.toMember(1)})
	same[error](t, nil, h.db.ReachesCase(ctx, h.scope(1), c.ID))
	same(t, []record.Case{c}, must[[]record.Case](t)(h.db.ScopedCasesOfPerson(ctx, h.scope(1), persons[0])))
	some, _, err := h.db.ScopedCases(ctx, h.scope(1), record.CaseID{}, 9)
	same(t, nil, must[[]record.Case](t)(some, err)) // not one of hers
	person, err := h.db.ScopedPerson(ctx, h.scope(1), persons[0])
	withheld(t, person, err)
}

func scopedOutsider(t *testing.T, h *house) {
	ctx := t.Context()
	persons := h.newPersons(2, h.services[0])
	c, circle := h.newCase(persons, 0)
	h.wrap(record.Wrap{Circle: circle.ID, Epoch: 1, Recipient: record.Recipient{Kind: record.ToCircle, ID: h.members[1].ID.Ref()}})
	outsider := h.scope(1, 1)
	same(t, [][]record.PersonID{nil}, h.pages(outsider, record.ServiceID{}, 9))
	some, next, err := h.db.ScopedCases(ctx, outsider, record.CaseID{}, 9)
	same(t, nil, must[[]record.Case](t)(some, err))
	same(t, record.CaseID{}, next)
	same(t, nil, must[[]record.Case](t)(h.db.ScopedCasesOfPerson(ctx, outsider, persons[0])))
	for _, id := range []record.CaseID{c.ID, record.NewID[record.Case](), {}} {
		wantFault(t, fault.Withheld, h.db.ReachesCase(ctx, outsider, id))
	}
	for _, id := range []record.PersonID{persons[0], record.NewID[record.Person](), {}} {
		got, err := h.db.ScopedPerson(ctx, outsider, id)
		withheld(t, got, err)
	}
}

func scopedZero(t *testing.T, h *house) {
	ctx := t.Context()
	h.newCase([]record.PersonID{h.person.ID}, 0)
	if err := h.db.Close(); err != nil { // a statement would fail from here on
		t.Fatal(err)
	}
	_, err := h.db.Organisation(ctx)
	wantFault(t, fault.Unavailable, err)
	for _, scope := range []record.Scope{{}, record.NewScope(record.MemberID{}, []record.ServiceID{h.services[0].ID})} {
		persons, _, err := h.db.ScopedPersons(ctx, scope, record.ServiceID{}, record.PersonID{}, 9)
		same(t, nil, must[[]record.PersonID](t)(persons, err))
		cases, _, err := h.db.ScopedCases(ctx, scope, record.CaseID{}, 9)
		same(t, nil, must[[]record.Case](t)(cases, err))
		same(t, nil, must[[]record.Case](t)(h.db.ScopedCasesOfPerson(ctx, scope, h.person.ID)))
		person, err := h.db.ScopedPerson(ctx, scope, h.person.ID)
		withheld(t, person, err)
		wantFault(t, fault.Withheld, h.db.ReachesCase(ctx, scope, h.dossier.ID))
	}
}
