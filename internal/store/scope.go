// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"cmp"
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// The lists of this file are cut by a scope in the statement itself. A scope
// that matches nothing runs no statement; otherwise absent and withheld run
// the same ones.

// numbered is a person's id beside the internal number that orders her.
type numbered struct {
	id     record.PersonID
	number int64
}

// ScopedPersons returns at most limit persons known to a service of the scope,
// newest first, and where the next page starts: zero when there is none. With a
// zero service it takes every service of the scope.
func (r Reader) ScopedPersons(ctx context.Context, scope record.Scope, service record.ServiceID, before record.PersonID, limit int) ([]record.PersonID, record.PersonID, error) {
	var all []numbered
	for _, s := range scope.Services() {
		if !service.IsZero() && s != service {
			continue
		}
		some, err := list(ctx, r, func(row row, p *numbered) error { return row.Scan((*toID)(&p.id), &p.number) }, `
			SELECT e.id, e.number FROM known k JOIN entity e ON e.number = k.person
			WHERE k.service = (SELECT s.number FROM entity s WHERE s.id = $1)
				AND k.person < COALESCE((SELECT b.number FROM entity b WHERE b.id = $2), 9223372036854775807)
			ORDER BY k.person DESC LIMIT $3`, ident(s), ident(before), limit+1)
		if err != nil {
			return nil, record.PersonID{}, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(b.number, a.number) })
	var ids []record.PersonID
	for _, p := range slices.Compact(all) {
		ids = append(ids, p.id)
	}
	ids, next := page(ids, limit, func(id record.PersonID) record.PersonID { return id })
	return ids, next, nil
}

// page cuts a list that holds one more than limit when there is a next page.
func page[T, I any](all []T, limit int, id func(T) I) (cut []T, next I) {
	if len(all) <= limit || limit <= 0 {
		return all[:min(len(all), max(limit, 0))], next
	}
	return all[:limit], id(all[limit-1])
}

// ScopedPerson returns a person whom a service of the scope knows, or whom a
// case concerns whose circle the scope's member opens.
func (r Reader) ScopedPerson(ctx context.Context, scope record.Scope, id record.PersonID) (record.Person, error) {
	member, ok := scope.Member()
	if !ok {
		return record.Person{}, withheld()
	}
	found, err := list(ctx, r, scanNumber, `
		SELECT 1 FROM entity p JOIN case_person cp ON cp.person = p.number
			JOIN wrap w ON w.recipient = $2 AND w.recipient_kind = 1
				AND w.key > cp.number * 1048576 AND w.key < (cp.number + 1) * 1048576
			JOIN circle c ON c.key = w.circle AND c.kind = 4
		WHERE p.id = $1 LIMIT 1`, ident(id), ident(member))
	for _, s := range scope.Services() {
		if err != nil {
			return record.Person{}, err
		}
		var known []int64
		known, err = list(ctx, r, scanNumber, `
			SELECT 1 FROM known WHERE service = (SELECT number FROM entity WHERE id = $2)
			AND person = (SELECT number FROM entity WHERE id = $1)`, ident(id), ident(s))
		found = append(found, known...)
	}
	if err == nil && len(found) == 0 {
		err = withheld()
	}
	if err != nil {
		return record.Person{}, err
	}
	return record.Person{ID: id}, nil
}

// ScopedCases returns at most limit cases whose case circle the scope's member
// opens, newest first, and where the next page starts: zero when there is none.
func (r Reader) ScopedCases(ctx context.Context, scope record.Scope, before record.CaseID, limit int) ([]record.Case, record.CaseID, error) {
	member, ok := scope.Member()
	if !ok {
		return nil, record.CaseID{}, nil
	}
	all, err := r.cases(ctx, `
		SELECT e.id, k.service, k.mission, k.open, p.id
		FROM (
			SELECT DISTINCT w.key / 1048576 AS number FROM wrap w JOIN circle c ON c.key = w.circle AND c.kind = 4
			WHERE w.recipient = $1 AND w.recipient_kind = 1
				AND w.key / 1048576 < COALESCE((SELECT b.number FROM entity b WHERE b.id = $2), 9223372036854775807)
			ORDER BY number DESC LIMIT $3) mine
			JOIN "case" k ON k.number = mine.number JOIN entity e ON e.number = k.number
			LEFT JOIN case_person cp ON cp.number = k.number LEFT JOIN entity p ON p.number = cp.person
		ORDER BY k.number DESC, cp.place`, ident(member), ident(before), limit+1)
	if err != nil {
		return nil, record.CaseID{}, err
	}
	all, next := page(all, limit, func(c record.Case) record.CaseID { return c.ID })
	return all, next, nil
}

// ReachesCase says whether the scope's member opens something of a case: a circle,
// or an object granted alone. Otherwise, and of a case that is not there, Withheld.
func (r Reader) ReachesCase(ctx context.Context, scope record.Scope, id record.CaseID) error {
	member, ok := scope.Member()
	if !ok {
		return withheld()
	}
	_, err := one(ctx, r, scanNumber, `
		SELECT 1 FROM entity e JOIN wrap w ON w.recipient = $2 AND w.recipient_kind = 1
			AND w.key > e.number * 1048576 AND w.key < (e.number + 1) * 1048576
		WHERE +e.kind = $3 AND e.id = $1 LIMIT 1`, ident(id), ident(member), record.OwnerCase)
	return err
}

// ScopedCasesOfPerson returns the cases of a person of which the scope's member
// opens something, newest first.
func (r Reader) ScopedCasesOfPerson(ctx context.Context, scope record.Scope, person record.PersonID) ([]record.Case, error) {
	member, ok := scope.Member()
	if !ok {
		return nil, nil
	}
	return r.cases(ctx, `
		SELECT e.id, k.service, k.mission, k.open, p.id
		FROM entity her JOIN case_person hers ON hers.person = her.number
			JOIN "case" k ON k.number = hers.number JOIN entity e ON e.number = k.number
			JOIN case_person cp ON cp.number = k.number JOIN entity p ON p.number = cp.person
		WHERE her.id = $1 AND EXISTS (
			SELECT 1 FROM wrap w WHERE w.recipient = $2 AND w.recipient_kind = 1
				AND w.key > k.number * 1048576 AND w.key < (k.number + 1) * 1048576)
		ORDER BY k.number DESC, cp.place`, ident(person), ident(member))
}
