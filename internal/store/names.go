// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// What the index of names is built from, and how it learns what changed. The
// journal is the counter of changes: whatever touches a person leaves a slip for
// her and the service, in the order of its leaves, and in the queue before them.

const namedColumns = `
	SELECT e.id, o.id, o.key % 1048576, v.number, v.minute, v.sealed, c.id, s.epoch, s.sealed,
		w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed`

// namedRows leads from a person whom a service knows to her first two objects, the
// slip of each in her own circle, and the wrap of that circle to the service's
// Office: a person who is in no Office has no row.
const namedRows = `
	JOIN entity e ON e.number = page.person
	JOIN object o ON o.key > e.number * 1048576 AND o.key <= e.number * 1048576 + 2
	JOIN version v ON v.object = o.key AND v.number = (SELECT MAX(l.number) FROM version l WHERE l.object = o.key)
	JOIN slip s ON s.object = o.key
	JOIN circle c ON c.key = s.circle AND c.kind = 2
	JOIN wrap w ON w.circle = c.key AND w.recipient_kind = 2
	JOIN circle f ON f.id = w.recipient AND f.kind = 1
		AND f.key > page.service * 1048576 AND f.key < (page.service + 1) * 1048576`

// ScopedNamed returns what keeps the names of at most limit persons whom a service
// of the scope knows, after one, oldest first, and the last of them: zero at the end.
func (r Reader) ScopedNamed(ctx context.Context, scope record.Scope, service record.ServiceID, after record.PersonID, limit int) ([]record.Named, record.PersonID, error) {
	var last record.PersonID
	if !slices.Contains(scope.Services(), service) {
		return nil, last, nil
	}
	const some = `(
		SELECT k.service, k.person FROM known k WHERE k.service = (SELECT s.number FROM entity s WHERE s.id = $1)
			AND k.person > COALESCE((SELECT a.number FROM entity a WHERE a.id = $2), 0)
		ORDER BY k.person LIMIT $3) page`
	ids, err := list(ctx, r, func(row row, id *record.PersonID) error { return row.Scan((*toID)(id)) },
		`SELECT e.id FROM `+some+` JOIN entity e ON e.number = page.person ORDER BY page.person`, ident(service), ident(after), limit)
	if err != nil || len(ids) == 0 {
		return nil, last, err
	}
	if len(ids) == limit {
		last = ids[limit-1]
	}
	rows, err := list(ctx, r, scanNamed, namedColumns+` FROM `+some+namedRows+` ORDER BY o.key`, ident(service), ident(after), limit)
	return rows, last, err
}

// ScopedNamedOf returns what keeps one person's name; nothing when the service is
// not of the scope, or does not know her.
func (r Reader) ScopedNamedOf(ctx context.Context, scope record.Scope, service record.ServiceID, person record.PersonID) ([]record.Named, error) {
	if !slices.Contains(scope.Services(), service) {
		return nil, nil
	}
	return list(ctx, r, scanNamed, namedColumns+`
		FROM (
			SELECT k.service, k.person FROM known k WHERE k.service = (SELECT s.number FROM entity s WHERE s.id = $1)
				AND k.person = (SELECT p.number FROM entity p WHERE p.id = $2)) page`+namedRows+`
		ORDER BY o.key`, ident(service), ident(person))
}

func scanNamed(row row, n *record.Named) error {
	err := row.Scan((*toID)(&n.Person), (*toID)(&n.Object), number(&n.Order), number(&n.Version.Number), number(&n.Version.Minute),
		(*toBytes)(&n.Version.Sealed), (*toID)(&n.Slip.Circle), number(&n.Slip.Epoch), (*toBytes)(&n.Slip.Sealed),
		number(&n.Wrap.Recipient.Kind), (*toID)(&n.Wrap.Recipient.ID), number(&n.Wrap.Epoch), number(&n.Wrap.Form), (*toBytes)(&n.Wrap.Sealed))
	n.Version.Object, n.Slip.Object, n.Wrap.Circle = n.Object, n.Object, n.Slip.Circle
	return err
}

// ScopedTouched returns the persons whom an act or an opening of a service touched
// since a leaf of the journal, and the leaf to ask from next. What waits to become
// a leaf is told each time. SQLite takes a CROSS JOIN in the order in which it is
// written: the other one reads the whole queue for each slip of the journal.
func (r Reader) ScopedTouched(ctx context.Context, scope record.Scope, service record.ServiceID, since int64) ([]record.PersonID, int64, error) {
	if !slices.Contains(scope.Services(), service) {
		return nil, since, nil
	}
	size, err := r.TreeSize(ctx)
	if err != nil {
		return nil, since, err
	}
	scan := func(row row, id *record.PersonID) error { return row.Scan((*toID)(id)) }
	ids, err := list(ctx, r, scan, `
		SELECT DISTINCT j.person FROM waiting CROSS JOIN journal_slip j
		WHERE j.key > waiting.entry * 1048576 AND j.key < (waiting.entry + 1) * 1048576
			AND j.service = $1 AND j.person IS NOT NULL`, ident(service))
	if err != nil {
		return nil, since, err
	}
	placed, err := list(ctx, r, scan, `
		SELECT DISTINCT j.person FROM leaf n CROSS JOIN journal_slip j
		WHERE j.key > n.entry * 1048576 AND j.key < (n.entry + 1) * 1048576
			AND n.sequence >= $2 AND j.service = $1 AND j.person IS NOT NULL`, ident(service), since)
	seen := map[record.PersonID]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	for _, id := range placed {
		if !seen[id] {
			ids = append(ids, id)
		}
	}
	return ids, size, err
}
