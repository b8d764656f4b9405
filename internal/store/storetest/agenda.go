// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func agendaTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"a day's appointments come earliest first, of one member or of all": appointmentsOfADay,
		"an appointment comes back to who works in its service":             appointmentScoped,
		"an appointment is moved and answered":                              appointmentChanges,
		"what a person is expected at from a minute on is cancelled":        appointmentsCancelled,
		"an appointment without its words is not written":                   appointmentWordless,
		"a service's own objects are told from its appointments":            settingsApart,
	}
}

// appointment puts an appointment with its words.
func (h *house) appointment(service, member int, person record.PersonID, start record.Minute) record.Appointment {
	h.t.Helper()
	owner := record.OwnerOf(record.OwnerService, h.services[service].ID)
	if !person.IsZero() {
		owner = record.OwnerOf(record.OwnerPerson, person)
	}
	a := record.Appointment{
		ID: record.AppointmentID(h.object(owner).ID), Service: h.services[service].ID, Member: h.members[member].ID,
		Person: person, Start: start, Length: 30,
	}
	h.write(func(tx *store.Tx) error { return tx.PutAppointment(h.t.Context(), a) })
	return a
}

func appointmentsOfADay(t *testing.T, h *house) {
	ctx := t.Context()
	late, early := h.appointment(0, 0, h.person.ID, 200), h.appointment(0, 1, record.PersonID{}, 100)
	h.appointment(0, 0, h.person.ID, 300) // the day after
	elsewhere := h.appointment(1, 0, record.PersonID{}, 150)
	north, south := h.services[0].ID, h.services[1].ID
	get := func(s record.Scope, service record.ServiceID, m record.MemberID) []record.Appointment {
		return must[[]record.Appointment](t)(h.db.ScopedAppointments(ctx, s, service, m, 100, 300))
	}
	both := h.scope(0, 0, 1)
	same(t, []record.Appointment{early, late}, get(both, north, record.MemberID{}))
	same(t, []record.Appointment{late}, get(both, north, h.members[0].ID))
	same(t, []record.Appointment{elsewhere}, get(both, south, record.MemberID{}))
	same(t, nil, get(h.scope(0, 0), south, record.MemberID{}))
	same(t, nil, get(record.Scope{}, north, record.MemberID{}))
}

func appointmentScoped(t *testing.T, h *house) {
	ctx := t.Context()
	a := h.appointment(0, 1, h.person.ID, 100)
	same(t, a, must[record.Appointment](t)(h.db.ScopedAppointment(ctx, h.scope(0, 1, 0), a.ID)))
	same(t, a, must[record.Appointment](t)(h.db.Appointment(ctx, a.ID)))
	for _, s := range []record.Scope{h.scope(0, 1), h.scope(1), {}} { // whose it is, in another service, sees nothing
		got, err := h.db.ScopedAppointment(ctx, s, a.ID)
		withheld(t, got, err)
	}
	got, err := h.db.Appointment(ctx, record.NewID[record.Appointment]())
	withheld(t, got, err)
}

func appointmentChanges(t *testing.T, h *house) {
	ctx := t.Context()
	a, other := h.appointment(0, 0, h.person.ID, 100), h.appointment(0, 0, h.person.ID, 100)
	a.Member, a.Start, a.Length, a.Presence = h.members[1].ID, 500, 45, record.Missed
	h.write(func(tx *store.Tx) error { return tx.SetAppointment(ctx, a) })
	same(t, a, must[record.Appointment](t)(h.db.Appointment(ctx, a.ID)))
	same(t, other, must[record.Appointment](t)(h.db.Appointment(ctx, other.ID)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetAppointment(ctx, record.Appointment{ID: record.NewID[record.Appointment](), Member: a.Member})
	})
}

func appointmentsCancelled(t *testing.T, h *house) {
	ctx := t.Context()
	past, next, away := h.appointment(0, 0, h.person.ID, 99), h.appointment(0, 0, h.person.ID, 100), h.appointment(1, 1, h.person.ID, 300)
	excused, nobody := h.appointment(0, 0, h.person.ID, 200), h.appointment(0, 0, record.PersonID{}, 200)
	excused.Presence = record.Excused
	h.write(func(tx *store.Tx) error { return tx.SetAppointment(ctx, excused) })
	for range 2 { // the second finds nothing, which is no fault
		h.write(func(tx *store.Tx) error { return tx.CancelAppointments(ctx, h.person.ID, 100) })
	}
	next.Presence, away.Presence = record.Cancelled, record.Cancelled
	for _, want := range []record.Appointment{past, next, away, excused, nobody} {
		same(t, want, must[record.Appointment](t)(h.db.Appointment(ctx, want.ID)))
	}
}

func appointmentWordless(_ *testing.T, h *house) {
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutAppointment(ctx, record.Appointment{ID: record.NewID[record.Appointment](), Service: h.services[0].ID, Member: h.members[0].ID})
	})
	twice := h.appointment(0, 0, h.person.ID, 100)
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutAppointment(ctx, twice) })
}

func settingsApart(t *testing.T, h *house) {
	h.appointment(0, 0, record.PersonID{}, 100)
	setting := h.object(record.OwnerOf(record.OwnerService, h.services[0].ID))
	same(t, []record.Object{setting}, must[[]record.Object](t)(h.db.Settings(t.Context(), h.services[0].ID)))
	same(t, nil, must[[]record.Object](t)(h.db.Settings(t.Context(), h.services[1].ID)))
}
