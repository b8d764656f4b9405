// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Objects returns the objects of an owner, by order.
func (r Reader) Objects(ctx context.Context, owner record.Owner) ([]record.Object, error) {
	return list(ctx, r, scanObject, `
		SELECT o.id, e.kind, e.id, o.key % 1048576
		FROM entity e JOIN object o ON o.key > `+here+` * 1048576 AND o.key < (`+here+` + 1) * 1048576
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY o.key`, owner.Kind, ident(owner.ID))
}

// NextOrder returns the order that the next object of an owner takes.
func (r Reader) NextOrder(ctx context.Context, owner record.Owner) (uint32, error) {
	next, err := one(ctx, r, scanNumber, `
		SELECT COALESCE(
			(SELECT o.key FROM object o
			 WHERE o.key > e.number * 1048576 + e.spent AND o.key < (e.number + 1) * 1048576
			 ORDER BY o.key DESC LIMIT 1), e.number * 1048576 + e.spent) % 1048576 + 1
		FROM entity e WHERE +e.kind = $1 AND e.id = $2`, owner.Kind, ident(owner.ID))
	return uint32(next), err //nolint:gosec // at most 2²⁰
}

// pieceRow is a piece with one of its slips, which may be none.
type pieceRow struct {
	record.Piece
	slip record.Slip
}

// Pieces returns the objects of an owner, by order, each with its newest version
// and its slips.
func (r Reader) Pieces(ctx context.Context, owner record.Owner) ([]record.Piece, error) {
	return r.pieces(ctx, owner, `
		SELECT o.id, o.key % 1048576, v.number, v.minute, v.sealed, c.id, COALESCE(s.epoch, 0), s.sealed
		FROM entity e JOIN object o ON o.key > `+here+` * 1048576 AND o.key < (`+here+` + 1) * 1048576
			JOIN version v ON v.object = o.key AND v.number = (SELECT MAX(l.number) FROM version l WHERE l.object = o.key)
			LEFT JOIN slip s ON s.object = o.key LEFT JOIN circle c ON c.key = s.circle
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY o.key, s.key`, owner.Kind, ident(owner.ID))
}

// Piece returns one object of an owner, with its newest version and its slips.
func (r Reader) Piece(ctx context.Context, owner record.Owner, id record.ObjectID) (record.Piece, error) {
	return only(r.pieces(ctx, owner, `
		SELECT o.id, o.key % 1048576, v.number, v.minute, v.sealed, c.id, COALESCE(s.epoch, 0), s.sealed
		FROM object o JOIN entity e ON e.number = o.key / 1048576
			JOIN version v ON v.object = o.key AND v.number = (SELECT MAX(l.number) FROM version l WHERE l.object = o.key)
			LEFT JOIN slip s ON s.object = o.key LEFT JOIN circle c ON c.key = s.circle
		WHERE o.id = $3 AND e.kind = $1 AND e.id = $2 ORDER BY s.key`, owner.Kind, ident(owner.ID), ident(id)))
}

// pieces folds rows of objects and their slips into pieces.
func (r Reader) pieces(ctx context.Context, owner record.Owner, query string, args ...any) ([]record.Piece, error) {
	rows, err := list(ctx, r, scanPiece, query, args...)
	if err != nil {
		return nil, err
	}
	all := make([]record.Piece, 0, len(rows))
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.ID {
			row.Owner, row.Version.Object = owner, row.ID
			all = append(all, row.Piece)
		}
		if last := &all[len(all)-1]; !row.slip.Circle.IsZero() {
			row.slip.Object = last.ID
			last.Slips = append(last.Slips, row.slip)
		}
	}
	return all, nil
}

func scanPiece(row row, p *pieceRow) error {
	return row.Scan((*toID)(&p.ID), number(&p.Order), number(&p.Version.Number), number(&p.Version.Minute), (*toBytes)(&p.Version.Sealed),
		(*toID)(&p.slip.Circle), number(&p.slip.Epoch), (*toBytes)(&p.slip.Sealed))
}

// Object returns one object.
func (r Reader) Object(ctx context.Context, id record.ObjectID) (record.Object, error) {
	return one(ctx, r, scanObject, `
		SELECT o.id, e.kind, e.id, o.key % 1048576
		FROM object o JOIN entity e ON e.number = o.key / 1048576 WHERE o.id = $1`, ident(id))
}

func scanObject(row row, o *record.Object) error {
	return row.Scan((*toID)(&o.ID), number(&o.Owner.Kind), (*toID)(&o.Owner.ID), number(&o.Order))
}

// Slips returns the slips of an owner's objects.
func (r Reader) Slips(ctx context.Context, owner record.Owner) ([]record.Slip, error) {
	return list(ctx, r, scanSlip, `
		SELECT o.id, c.id, s.epoch, s.sealed
		FROM entity e JOIN slip s ON s.key > `+here+` * 1048576 AND s.key < (`+here+` + 1) * 1048576
			JOIN object o ON o.key = s.object JOIN circle c ON c.key = s.circle
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY s.key`, owner.Kind, ident(owner.ID))
}

// ObjectSlips returns the slips of one object.
func (r Reader) ObjectSlips(ctx context.Context, object record.ObjectID) ([]record.Slip, error) {
	return list(ctx, r, scanSlip, `
		SELECT o.id, c.id, s.epoch, s.sealed
		FROM object o JOIN slip s ON s.object = o.key JOIN circle c ON c.key = s.circle
		WHERE o.id = $1 ORDER BY s.key`, ident(object))
}

func scanSlip(row row, s *record.Slip) error {
	return row.Scan((*toID)(&s.Object), (*toID)(&s.Circle), number(&s.Epoch), (*toBytes)(&s.Sealed))
}

// LatestVersions returns the last version of each object of an owner.
func (r Reader) LatestVersions(ctx context.Context, owner record.Owner) ([]record.Version, error) {
	return list(ctx, r, scanVersion, `
		SELECT o.id, v.number, v.minute, v.sealed
		FROM entity e JOIN version v ON v.key > `+here+` * 1048576 AND v.key < (`+here+` + 1) * 1048576
			JOIN object o ON o.key = v.object
		WHERE +e.kind = $1 AND e.id = $2
			AND NOT EXISTS (SELECT 1 FROM version later WHERE later.object = v.object AND later.number > v.number)
		ORDER BY v.object`, owner.Kind, ident(owner.ID))
}

// ObjectVersions returns every version of an object, from the first.
func (r Reader) ObjectVersions(ctx context.Context, object record.ObjectID) ([]record.Version, error) {
	return list(ctx, r, scanVersion, `
		SELECT o.id, v.number, v.minute, v.sealed
		FROM object o JOIN version v ON v.object = o.key WHERE o.id = $1 ORDER BY v.number`, ident(object))
}

func scanVersion(row row, v *record.Version) error {
	return row.Scan((*toID)(&v.Object), number(&v.Number), number(&v.Minute), (*toBytes)(&v.Sealed))
}

// MarksOf returns what readers have read of an owner's circles and objects.
func (r Reader) MarksOf(ctx context.Context, owner record.Owner) ([]record.Mark, error) {
	return list(ctx, r, func(row row, m *record.Mark) error {
		return row.Scan((*toID)(&m.Circle), (*toID)(&m.Object), (*toID)(&m.Reader), (*toBytes)(&m.Sealed))
	}, `
		SELECT c.id, o.id, m.reader, m.sealed
		FROM entity e JOIN mark m ON m.key > `+here+` * 1048576 AND m.key < (`+here+` + 1) * 1048576
			LEFT JOIN circle c ON c.key = m.circle LEFT JOIN object o ON o.key = m.object
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY m.key`, owner.Kind, ident(owner.ID))
}

// Drafts returns an author's drafts.
func (r Reader) Drafts(ctx context.Context, author record.MemberID) ([]record.Draft, error) {
	return list(ctx, r, scanDraft,
		`SELECT id, author, form, sealed FROM draft WHERE author = $1 ORDER BY number`, ident(author))
}

// Draft returns one of an author's drafts; somebody else's is Withheld.
func (r Reader) Draft(ctx context.Context, id record.DraftID, author record.MemberID) (record.Draft, error) {
	return one(ctx, r, scanDraft,
		`SELECT id, author, form, sealed FROM draft WHERE id = $1 AND author = $2`, ident(id), ident(author))
}

func scanDraft(row row, d *record.Draft) error {
	return row.Scan((*toID)(&d.ID), (*toID)(&d.Author), number(&d.Form), (*toBytes)(&d.Sealed))
}

// PutObject adds an object to its owner and returns its order there; the
// object's own Order is not read. An order is given once, even if its object
// is deleted.
func (tx *Tx) PutObject(ctx context.Context, o record.Object) (uint32, error) {
	if err := tx.record(ctx); err != nil {
		return 0, err
	}
	keys, err := list(ctx, tx.Reader, scanNumber, `
		INSERT INTO object (key, id)
		SELECT a.next, $3 FROM (
			SELECT COALESCE(
				(SELECT o.key FROM object o
				 WHERE o.key > e.number * 1048576 + e.spent AND o.key < (e.number + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), e.number * 1048576 + e.spent) + 1 AS next
			FROM entity e WHERE +e.kind = $1 AND e.id = $2) a
		WHERE a.next % 1048576 > 0
		RETURNING key`, o.Owner.Kind, ident(o.Owner.ID), ident(o.ID))
	if err != nil {
		return 0, err
	}
	if len(keys) == 0 {
		if _, err := tx.ownerNumber(ctx, o.Owner); err != nil {
			return 0, err
		}
		return 0, full()
	}
	return uint32(keys[0] % span), nil
}

// hasObject tells place whether an object is there.
func (tx *Tx) hasObject(ctx context.Context, id record.ObjectID) func() error {
	return func() error { _, err := tx.Object(ctx, id); return err }
}

// PutSlip puts an object into a circle; a second slip in the same circle is a
// Conflict.
func (tx *Tx) PutSlip(ctx context.Context, s record.Slip) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.place(ctx, func() error {
		if err := tx.hasCircle(ctx, s.Circle)(); err != nil {
			return err
		}
		return tx.hasObject(ctx, s.Object)()
	}, `
		INSERT INTO slip (key, object, circle, epoch, sealed)
		SELECT a.next, a.key, c.key, $3, $4 FROM (
			SELECT b.key, COALESCE(
				(SELECT o.key FROM slip o
				 WHERE o.key > b.key / 1048576 * 1048576 AND o.key < (b.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), b.key / 1048576 * 1048576) + 1 AS next
			FROM object b WHERE b.id = $1) a
			JOIN circle c ON c.id = $2
		WHERE a.next % 1048576 > 0`, ident(s.Object), ident(s.Circle), s.Epoch, sealed(s.Sealed))
}

// DropSlips takes an object out of every circle.
func (tx *Tx) DropSlips(ctx context.Context, object record.ObjectID) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `DELETE FROM slip WHERE object = (SELECT key FROM object WHERE id = $1)`, ident(object))
}

// PutVersion adds a version to its object; one whose number is not the next is
// a Conflict: two people were editing.
func (tx *Tx) PutVersion(ctx context.Context, v record.Version) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.place(ctx, func() error {
		if err := tx.hasObject(ctx, v.Object)(); err != nil {
			return err
		}
		last, err := one(ctx, tx.Reader, scanNumber, `
			SELECT COALESCE(MAX(v.number), 0) FROM object o JOIN version v ON v.object = o.key WHERE o.id = $1`,
			ident(v.Object))
		if err == nil && last+1 != int64(v.Number) {
			err = conflict()
		}
		return err
	}, `
		INSERT INTO version (key, object, number, minute, sealed)
		SELECT a.next, a.key, $2, $3, $4 FROM (
			SELECT b.key, COALESCE(
				(SELECT o.key FROM version o
				 WHERE o.key > b.key / 1048576 * 1048576 AND o.key < (b.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), b.key / 1048576 * 1048576) + 1 AS next
			FROM object b WHERE b.id = $1) a
		WHERE a.next % 1048576 > 0
			AND COALESCE((SELECT MAX(v.number) FROM version v WHERE v.object = a.key), 0) = $5`,
		ident(v.Object), v.Number, v.Minute, sealed(v.Sealed), int64(v.Number)-1)
}

// DropVersions deletes every version of an object; the next one is number 1.
func (tx *Tx) DropVersions(ctx context.Context, object record.ObjectID) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `DELETE FROM version WHERE object = (SELECT key FROM object WHERE id = $1)`, ident(object))
}

// DropObject deletes an object with its versions, slips, wraps and marks, and
// retires its order. Deleting what is not there is nothing.
func (tx *Tx) DropObject(ctx context.Context, id record.ObjectID) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	keys, err := list(ctx, tx.Reader, scanNumber, `SELECT key FROM object WHERE id = $1`, ident(id))
	for _, key := range keys {
		if err := tx.dropObject(ctx, key); err != nil {
			return err
		}
	}
	return err
}

// PutMark replaces what a reader has read of a circle, or of the object when
// one is set. The circle of an object's mark is not kept.
func (tx *Tx) PutMark(ctx context.Context, m record.Mark) error {
	if !m.Object.IsZero() {
		return tx.putObjectMark(ctx, m)
	}
	return tx.place(ctx, tx.hasCircle(ctx, m.Circle), `
		INSERT INTO mark (key, circle, reader, sealed)
		SELECT a.next, a.key, $2, $3 FROM (
			SELECT c.key, COALESCE(
				(SELECT o.key FROM mark o
				 WHERE o.key > c.key / 1048576 * 1048576 AND o.key < (c.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), c.key / 1048576 * 1048576) + 1 AS next
			FROM circle c WHERE c.id = $1) a
		WHERE a.next % 1048576 > 0
		ON CONFLICT (circle, reader) DO UPDATE SET sealed = excluded.sealed`,
		ident(m.Circle), ident(m.Reader), sealed(m.Sealed))
}

func (tx *Tx) putObjectMark(ctx context.Context, m record.Mark) error {
	return tx.place(ctx, tx.hasObject(ctx, m.Object), `
		INSERT INTO mark (key, object, reader, sealed)
		SELECT a.next, a.key, $2, $3 FROM (
			SELECT b.key, COALESCE(
				(SELECT o.key FROM mark o
				 WHERE o.key > b.key / 1048576 * 1048576 AND o.key < (b.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), b.key / 1048576 * 1048576) + 1 AS next
			FROM object b WHERE b.id = $1) a
		WHERE a.next % 1048576 > 0
		ON CONFLICT (object, reader) DO UPDATE SET sealed = excluded.sealed`,
		ident(m.Object), ident(m.Reader), sealed(m.Sealed))
}

// PutDraft adds or replaces a draft; one with the id of somebody else's is
// Withheld.
func (tx *Tx) PutDraft(ctx context.Context, d record.Draft) error {
	return tx.set(ctx, `
		INSERT INTO draft (id, author, form, sealed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET form = excluded.form, sealed = excluded.sealed
		WHERE draft.author = excluded.author`, ident(d.ID), ident(d.Author), d.Form, sealed(d.Sealed))
}

// DropDraft deletes one of an author's drafts, if it is there.
func (tx *Tx) DropDraft(ctx context.Context, id record.DraftID, author record.MemberID) error {
	return tx.put(ctx, `DELETE FROM draft WHERE id = $1 AND author = $2`, ident(id), ident(author))
}

// UseDraft deletes one of a member's drafts, which becomes something else; what is
// not there, or was used meanwhile, is Withheld.
func (tx *Tx) UseDraft(ctx context.Context, id record.DraftID, author record.MemberID) error {
	return tx.set(ctx, `DELETE FROM draft WHERE id = $1 AND author = $2`, ident(id), ident(author))
}
