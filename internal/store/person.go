// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Known returns the services that know a person.
func (r Reader) Known(ctx context.Context, person record.PersonID) ([]record.ServiceID, error) {
	return list(ctx, r, func(row row, id *record.ServiceID) error { return row.Scan((*toID)(id)) }, `
		SELECT s.id FROM entity p JOIN known k ON k.person = p.number JOIN entity s ON s.number = k.service
		WHERE p.id = $1 ORDER BY s.number`, ident(person))
}

// Case returns one case, whoever asks: for the strong room, which verifies its
// chain. Pages ask ScopedCase.
func (r Reader) Case(ctx context.Context, id record.CaseID) (record.Case, error) {
	all, err := r.cases(ctx, `
		SELECT e.id, k.service, k.mission, k.open, p.id
		FROM entity e JOIN "case" k ON k.number = e.number
			LEFT JOIN case_person cp ON cp.number = k.number LEFT JOIN entity p ON p.number = cp.person
		WHERE e.id = $1 ORDER BY cp.place`, ident(id))
	return only(all, err)
}

// CasesOf returns a person's cases, newest first, whoever asks.
func (r Reader) CasesOf(ctx context.Context, person record.PersonID) ([]record.Case, error) {
	return r.cases(ctx, `
		SELECT e.id, k.service, k.mission, k.open, p.id
		FROM entity her JOIN case_person hers ON hers.person = her.number
			JOIN "case" k ON k.number = hers.number JOIN entity e ON e.number = k.number
			JOIN case_person cp ON cp.number = k.number JOIN entity p ON p.number = cp.person
		WHERE her.id = $1 ORDER BY k.number DESC, cp.place`, ident(person))
}

// CasesHeld returns the cases of a service, or of every one when it is zero, in
// which something is wrapped to a member, newest first: for the strong room, when
// she leaves.
func (r Reader) CasesHeld(ctx context.Context, service record.ServiceID, member record.MemberID) ([]record.Case, error) {
	return r.cases(ctx, `
		SELECT e.id, k.service, k.mission, k.open, p.id
		FROM (
			SELECT DISTINCT w.key / 1048576 AS number FROM wrap w WHERE w.recipient = $2 AND w.recipient_kind = 1) mine
			JOIN "case" k ON k.number = mine.number JOIN entity e ON e.number = k.number
			LEFT JOIN case_person cp ON cp.number = k.number LEFT JOIN entity p ON p.number = cp.person
		WHERE k.service = COALESCE($1, k.service)
		ORDER BY k.number DESC, cp.place`, ident(service), ident(member))
}

// caseRow is a case with one of its persons.
type caseRow struct {
	record.Case
	person record.PersonID
}

// cases folds rows of (id, service, mission, open, person) into cases.
func (r Reader) cases(ctx context.Context, query string, args ...any) ([]record.Case, error) {
	rows, err := list(ctx, r, func(row row, c *caseRow) error {
		return row.Scan((*toID)(&c.ID), (*toID)(&c.Service), (*toID)(&c.Mission), &c.Open, (*toID)(&c.person))
	}, query, args...)
	if err != nil {
		return nil, err
	}
	var all []record.Case
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.ID {
			all = append(all, row.Case)
		}
		if last := &all[len(all)-1]; !row.person.IsZero() {
			last.Persons = append(last.Persons, row.person)
		}
	}
	return all, nil
}

func only[T any](all []T, err error) (T, error) {
	if err == nil && len(all) == 0 {
		err = withheld()
	}
	if err != nil {
		return *new(T), err
	}
	return all[0], nil
}

// PutPerson adds a person.
func (tx *Tx) PutPerson(ctx context.Context, p record.Person) error {
	return tx.addEntity(ctx, record.OwnerOf(record.OwnerPerson, p.ID))
}

// PutKnown says that a service knows a person.
func (tx *Tx) PutKnown(ctx context.Context, k record.Known) error {
	return tx.set(ctx, `
		INSERT INTO known (service, person)
		SELECT s.number, p.number FROM entity s, entity p
		WHERE s.id = $1 AND s.kind = $2 AND p.id = $3 AND p.kind = $4`,
		ident(k.Service), record.OwnerService, ident(k.Person), record.OwnerPerson)
}

// DropKnown takes a person out of a service's lists, if she is there.
func (tx *Tx) DropKnown(ctx context.Context, k record.Known) error {
	return tx.put(ctx, `
		DELETE FROM known WHERE service = (SELECT number FROM entity WHERE id = $1)
		AND person = (SELECT number FROM entity WHERE id = $2)`, ident(k.Service), ident(k.Person))
}

// PutCase adds a case with its persons, in the order given.
func (tx *Tx) PutCase(ctx context.Context, c record.Case) error {
	if err := tx.addEntity(ctx, record.OwnerOf(record.OwnerCase, c.ID)); err != nil {
		return err
	}
	err := tx.put(ctx, `
		INSERT INTO "case" (number, service, mission, open)
		SELECT number, $2, $3, $4 FROM entity WHERE id = $1`, ident(c.ID), ident(c.Service), ident(c.Mission), c.Open)
	for i, person := range c.Persons {
		if err != nil {
			return err
		}
		err = tx.set(ctx, `
			INSERT INTO case_person (number, place, person)
			SELECT c.number, $2, p.number FROM entity c, entity p
			WHERE c.id = $1 AND p.id = $3 AND p.kind = $4`, ident(c.ID), i, ident(person), record.OwnerPerson)
	}
	return err
}

// SetCaseOpen opens or closes a case.
func (tx *Tx) SetCaseOpen(ctx context.Context, id record.CaseID, open bool) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.set(ctx, `UPDATE "case" SET open = $2 WHERE number = (SELECT number FROM entity WHERE id = $1)`,
		ident(id), open)
}
