// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func namesTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"what keeps the names of a service comes page by page": namedPages,
		"who is in no Office has no name":                      namedOffice,
		"what touched a person is told from a leaf on":         namedTouched,
	}
}

// called gives a person an identity in her own circle, opened by an Office.
func (h *house) called(id record.PersonID, office record.Circle) record.Named {
	owner := record.OwnerOf(record.OwnerPerson, id)
	own, o := h.circle(record.Own, owner), h.object(owner)
	n := record.Named{
		Person: id, Object: o.ID, Order: o.Order, Version: record.Version{Object: o.ID, Number: 1, Minute: 7, Sealed: raw(2, 60)},
		Slip: record.Slip{Object: o.ID, Circle: own.ID, Epoch: 1, Sealed: raw(3, 60)},
		Wrap: record.Wrap{
			Circle: own.ID, Recipient: record.RecipientOf(record.ToCircle, office.ID), Epoch: 1, Form: record.WrapOwn, Sealed: raw(1, 100),
		},
	}
	h.write(func(tx *store.Tx) error {
		if err := tx.PutVersion(h.t.Context(), n.Version); err != nil {
			return err
		}
		if err := tx.PutSlip(h.t.Context(), n.Slip); err != nil {
			return err
		}
		return tx.PutWrap(h.t.Context(), n.Wrap)
	})
	return n
}

func (h *house) office(n int) record.Circle {
	return h.circle(record.Office, record.OwnerOf(record.OwnerService, h.services[n].ID))
}

func namedPages(t *testing.T, h *house) {
	ctx, office := t.Context(), h.office(1)
	var want []record.Named
	for _, id := range h.newPersons(3, h.services[1]) {
		want = append(want, h.called(id, office))
	}
	scope, service := h.scope(0, 1), h.services[1].ID
	some, last, err := h.db.ScopedNamed(ctx, scope, service, record.PersonID{}, 2)
	same(t, want[:2], must[[]record.Named](t)(some, err))
	same(t, want[1].Person, last)
	some, last, err = h.db.ScopedNamed(ctx, scope, service, last, 2)
	same(t, want[2:], must[[]record.Named](t)(some, err))
	same(t, record.PersonID{}, last)
	same(t, want[1:2], must[[]record.Named](t)(h.db.ScopedNamedOf(ctx, scope, service, want[1].Person)))
	for _, other := range []record.Scope{{}, h.scope(0), h.scope(0, 0)} {
		some, _, err := h.db.ScopedNamed(ctx, other, service, record.PersonID{}, 2)
		same(t, nil, must[[]record.Named](t)(some, err))
		same(t, nil, must[[]record.Named](t)(h.db.ScopedNamedOf(ctx, other, service, want[1].Person)))
	}
}

func namedOffice(t *testing.T, h *house) {
	ctx, office := t.Context(), h.office(1)
	person := h.newPersons(1, h.services[1], h.services[0])[0]
	n := h.called(person, office)
	of := func(service int) []record.Named {
		return must[[]record.Named](t)(h.db.ScopedNamedOf(ctx, h.scope(0, 0, 1), h.services[service].ID, person))
	}
	same(t, []record.Named{n}, of(1))
	same(t, nil, of(0)) // known there, and its Office opens nothing of hers
	h.write(func(tx *store.Tx) error { return tx.DropWrap(ctx, n.Wrap) })
	same(t, nil, of(1))
}

func namedTouched(t *testing.T, h *house) {
	ctx, scope, service := t.Context(), h.scope(0, 0), h.services[0].ID
	touched := func(since int64) ([]record.PersonID, int64) {
		ids, next, err := h.db.ScopedTouched(ctx, scope, service, since)
		if err != nil {
			t.Fatal(err)
		}
		return ids, next
	}
	slip := h.journalCircle()
	slip.Person, slip.Service = h.person.ID, service
	h.entry(5, slip)
	ids, before := touched(0)
	same(t, []record.PersonID{h.person.ID}, ids) // it waits
	h.placeAll()
	ids, after := touched(before)
	same(t, []record.PersonID{h.person.ID}, ids) // it is a leaf
	ids, after = touched(after)
	same(t, nil, ids)
	if after <= before {
		t.Errorf("from leaf %d to %d", before, after)
	}
	ids, _, err := h.db.ScopedTouched(ctx, h.scope(0, 1), service, 0)
	same(t, nil, must[[]record.PersonID](t)(ids, err))
}
