// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// ScopedAppointments returns the appointments of a service of the scope that start
// within [from, to), earliest first: those of one member, or of everybody when it is
// zero.
func (r Reader) ScopedAppointments(ctx context.Context, scope record.Scope, service record.ServiceID, member record.MemberID, from, to record.Minute) ([]record.Appointment, error) {
	for _, s := range scope.Services() {
		if s == service {
			return list(ctx, r, scanAppointment, `
				SELECT id, service, member, person, start, length, answer FROM appointment
				WHERE service = $1 AND start >= $2 AND start < $3 AND member = COALESCE($4, member)
				ORDER BY start, number`, ident(service), from, to, ident(member))
		}
	}
	return nil, nil
}

// ScopedAppointment returns an appointment of a service of the scope.
func (r Reader) ScopedAppointment(ctx context.Context, scope record.Scope, id record.AppointmentID) (record.Appointment, error) {
	var found []record.Appointment
	for _, s := range scope.Services() {
		some, err := list(ctx, r, scanAppointment, `
			SELECT id, service, member, person, start, length, answer FROM appointment
			WHERE id = $1 AND service = $2`, ident(id), ident(s))
		if err != nil {
			return record.Appointment{}, err
		}
		found = append(found, some...)
	}
	return only(found, nil)
}

// Appointment returns one appointment, whoever asks: to say in whose journal a
// refusal stands. Pages ask ScopedAppointment.
func (r Reader) Appointment(ctx context.Context, id record.AppointmentID) (record.Appointment, error) {
	return one(ctx, r, scanAppointment, `
		SELECT id, service, member, person, start, length, answer FROM appointment WHERE id = $1`, ident(id))
}

func scanAppointment(row row, a *record.Appointment) error {
	return row.Scan((*toID)(&a.ID), (*toID)(&a.Service), (*toID)(&a.Member), (*toID)(&a.Person),
		number(&a.Start), number(&a.Length), number(&a.Presence))
}

// PutAppointment adds an appointment, whose words are an object already.
func (tx *Tx) PutAppointment(ctx context.Context, a record.Appointment) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `
		INSERT INTO appointment (id, service, member, person, start, length, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		ident(a.ID), ident(a.Service), ident(a.Member), ident(a.Person), a.Start, a.Length, a.Presence)
}

// SetAppointment says again who expects somebody, when, and what became of it.
func (tx *Tx) SetAppointment(ctx context.Context, a record.Appointment) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.set(ctx, `UPDATE appointment SET member = $2, start = $3, length = $4, answer = $5 WHERE id = $1`,
		ident(a.ID), ident(a.Member), a.Start, a.Length, a.Presence)
}

// CancelAppointments cancels all that a person is expected at from a minute on,
// in whatever service.
func (tx *Tx) CancelAppointments(ctx context.Context, p record.PersonID, from record.Minute) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE appointment SET answer = $3 WHERE person = $1 AND start >= $2 AND answer = $4`,
		ident(p), from, record.Cancelled, record.Expected)
	return err
}

// Settings returns the objects of a service that are no appointment: what the
// service decided.
func (r Reader) Settings(ctx context.Context, service record.ServiceID) ([]record.Object, error) {
	return list(ctx, r, scanObject, `
		SELECT o.id, e.kind, e.id, o.key % 1048576
		FROM entity e JOIN object o ON o.key > `+here+` * 1048576 AND o.key < (`+here+` + 1) * 1048576
		WHERE +e.kind = $1 AND e.id = $2 AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.id = o.id)
		ORDER BY o.key`, record.OwnerService, ident(service))
}
