// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// span is how many internal keys an owner has in each table: key = number of
// the owner * span + n, n from 1 (architecture.md §3). The statements write it
// out.
const span = 1 << 20

// Circle returns one circle.
func (r Reader) Circle(ctx context.Context, id record.CircleID) (record.Circle, error) {
	return one(ctx, r, scanCircle, `
		SELECT c.id, c.kind, e.kind, e.id, c.service, c.member, c.person, c.epoch
		FROM circle c JOIN entity e ON e.number = c.key / 1048576 WHERE c.id = $1`, ident(id))
}

// Circles returns the circles of an owner.
func (r Reader) Circles(ctx context.Context, owner record.Owner) ([]record.Circle, error) {
	return list(ctx, r, scanCircle, `
		SELECT c.id, c.kind, e.kind, e.id, c.service, c.member, c.person, c.epoch
		FROM entity e JOIN circle c ON c.key > `+here+` * 1048576 AND c.key < (`+here+` + 1) * 1048576
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY c.key`, owner.Kind, ident(owner.ID))
}

func scanCircle(row row, c *record.Circle) error {
	return row.Scan((*toID)(&c.ID), number(&c.Kind), number(&c.Owner.Kind), (*toID)(&c.Owner.ID),
		(*toID)(&c.Service), (*toID)(&c.Member), (*toID)(&c.Person), number(&c.Epoch))
}

// Epochs returns the epochs of a circle, from the first.
func (r Reader) Epochs(ctx context.Context, circle record.CircleID) ([]record.Epoch, error) {
	return list(ctx, r, scanEpoch, `
		SELECT c.id, p.number, p.public, p.print, p.back
		FROM circle c JOIN epoch p ON p.circle = c.key WHERE c.id = $1 ORDER BY p.number`, ident(circle))
}

// OwnerEpochs returns the epochs of every circle of an owner.
func (r Reader) OwnerEpochs(ctx context.Context, owner record.Owner) ([]record.Epoch, error) {
	return list(ctx, r, scanEpoch, `
		SELECT c.id, p.number, p.public, p.print, p.back
		FROM entity e JOIN epoch p ON p.key > `+here+` * 1048576 AND p.key < (`+here+` + 1) * 1048576
			JOIN circle c ON c.key = p.circle
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY p.key`, owner.Kind, ident(owner.ID))
}

func scanEpoch(row row, e *record.Epoch) error {
	return row.Scan((*toID)(&e.Circle), number(&e.Number), (*toBytes)(&e.Public), (*toBytes)(&e.Check), (*toBytes)(&e.Back))
}

// Wraps returns the wraps of a circle's key, to every recipient.
func (r Reader) Wraps(ctx context.Context, circle record.CircleID) ([]record.Wrap, error) {
	return list(ctx, r, scanWrap, `
		SELECT c.id, NULL, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed
		FROM circle c JOIN wrap w ON w.circle = c.key
		WHERE c.id = $1 ORDER BY w.key`, ident(circle))
}

// WrapTo returns the wrap of a circle's key to one recipient.
func (r Reader) WrapTo(ctx context.Context, circle record.CircleID, to record.Recipient) (record.Wrap, error) {
	return one(ctx, r, scanWrap, `
		SELECT c.id, NULL, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed
		FROM circle c JOIN wrap w ON w.circle = c.key
		WHERE c.id = $1 AND w.recipient = $2 AND w.recipient_kind = $3`, ident(circle), ident(to.ID), to.Kind)
}

// ObjectWraps returns the wraps of the key of an object granted alone.
func (r Reader) ObjectWraps(ctx context.Context, object record.ObjectID) ([]record.Wrap, error) {
	return list(ctx, r, scanWrap, `
		SELECT NULL, o.id, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed
		FROM object o JOIN wrap w ON w.object = o.key
		WHERE o.id = $1 ORDER BY w.key`, ident(object))
}

// WrapsTo returns the wraps of an owner's circles and objects to these
// recipients, in the order in which they were put for each four recipients.
//
// A service has as many wraps as members: one recipient is sought through the
// index. Persons and cases have few, and several recipients ask: their rows are
// passed over once, and COALESCE keeps SQLite from the index, through which it
// would read every person whom an Office knows.
func (r Reader) WrapsTo(ctx context.Context, owner record.Owner, recipients ...record.Recipient) ([]record.Wrap, error) {
	if len(recipients) == 1 && recipients[0].Kind == record.ToMember {
		return list(ctx, r, scanWrap, `
			SELECT c.id, o.id, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed
			FROM entity e JOIN wrap w ON w.recipient = $3 AND w.recipient_kind = 1
				AND w.key > `+here+` * 1048576 AND w.key < (`+here+` + 1) * 1048576
				LEFT JOIN circle c ON c.key = w.circle LEFT JOIN object o ON o.key = w.object
			WHERE +e.kind = $1 AND e.id = $2 ORDER BY w.key`, owner.Kind, ident(owner.ID), ident(recipients[0].ID))
	}
	var all []record.Wrap
	for some := range slices.Chunk(recipients, together) {
		args := []any{owner.Kind, ident(owner.ID), nil, nil, nil, nil}
		for i, to := range some {
			args[2+i] = ident(to.ID)
		}
		wraps, err := list(ctx, r, scanWrap, `
			SELECT c.id, o.id, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed
			FROM entity e JOIN wrap w ON w.key > `+here+` * 1048576 AND w.key < (`+here+` + 1) * 1048576
				AND COALESCE(w.recipient, e.id) IN ($3, $4, $5, $6)
				LEFT JOIN circle c ON c.key = w.circle LEFT JOIN object o ON o.key = w.object
			WHERE +e.kind = $1 AND e.id = $2 ORDER BY w.key`, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, slices.DeleteFunc(wraps, func(w record.Wrap) bool { return !slices.Contains(some, w.Recipient) })...)
	}
	return all, nil
}

// Recall returns what WrapsTo returns and, unless that is nothing, the links of the
// owner's chain from number n on. A chain that a node knows has one to tell, its
// newest: one statement costs half of two.
func (r Reader) Recall(ctx context.Context, owner record.Owner, n uint32, recipients ...record.Recipient) ([]record.Wrap, []record.Link, error) {
	const (
		found = `
		SELECT c.id, o.id, w.recipient_kind, w.recipient, w.epoch, w.form, w.sealed, ` + linkColumns + `
		FROM entity e JOIN wrap w ON w.key > ` + here + ` * 1048576 AND w.key < (` + here + ` + 1) * 1048576 AND `
		joined = `
			LEFT JOIN circle c ON c.key = w.circle LEFT JOIN object o ON o.key = w.object
			JOIN link l ON l.key > ` + here + ` * 1048576 + $3 AND l.key < (` + here + ` + 1) * 1048576
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY l.key, w.key`
	)
	if len(recipients) == 1 && recipients[0].Kind == record.ToMember {
		return r.recall(ctx, owner, recipients, found+`w.recipient = $4 AND w.recipient_kind = 1`+joined, n, ident(recipients[0].ID))
	}
	var wraps []record.Wrap
	var links []record.Link
	for some := range slices.Chunk(recipients, together) {
		args := []any{n, nil, nil, nil, nil}
		for i, to := range some {
			args[1+i] = ident(to.ID)
		}
		w, l, err := r.recall(ctx, owner, some, found+`COALESCE(w.recipient, e.id) IN ($4, $5, $6, $7)`+joined, args...)
		if err != nil {
			return nil, nil, err
		}
		wraps = append(wraps, w...)
		if len(w) > 0 {
			links = l
		}
	}
	return wraps, links, nil
}

// recalled is a wrap beside a link.
type recalled struct {
	wrap record.Wrap
	link record.Link
}

func (r Reader) recall(ctx context.Context, owner record.Owner, to []record.Recipient, query string, args ...any) (wraps []record.Wrap, links []record.Link, err error) {
	rows, err := list(ctx, r, func(row row, it *recalled) error {
		return row.Scan(append(wrapTo(&it.wrap), linkTo(&it.link)...)...)
	}, query, append([]any{owner.Kind, ident(owner.ID)}, args...)...)
	for _, row := range rows {
		if !slices.Contains(to, row.wrap.Recipient) {
			continue
		}
		if len(links) == 0 || links[len(links)-1].N != row.link.N {
			row.link.Owner = owner
			links = append(links, row.link)
		}
		if len(links) == 1 { // each link comes with every wrap
			wraps = append(wraps, row.wrap)
		}
	}
	return wraps, links, err
}

// together is how many recipients one statement of WrapsTo or Recall has room for.
const together = 4

// Holders returns the members to whom a circle's key is wrapped.
func (r Reader) Holders(ctx context.Context, circle record.CircleID) ([]record.Holder, error) {
	scan := func(row row, h *record.Holder) error {
		return row.Scan((*toID)(&h.ID), &h.Name, &h.Login, &h.Regime, number(&h.State),
			(*toBytes)(&h.Keys.KEM), (*toBytes)(&h.Keys.Sign), (*toBytes)(&h.Keys.LetterBox), number(&h.Epoch), &h.Slots)
	}
	return list(ctx, r, scan, `
		SELECT e.id, m.name, m.login, m.regime, m.state, m.kem, m.sign, m.letter_box, w.epoch,
			(SELECT COUNT(*) FROM slot s WHERE s.member = e.id)
		FROM circle c JOIN wrap w ON w.circle = c.key AND w.recipient_kind = 1
			JOIN entity e ON e.id = w.recipient JOIN member m ON m.number = e.number
		WHERE c.id = $1 ORDER BY w.key`, ident(circle))
}

func scanWrap(row row, w *record.Wrap) error { return row.Scan(wrapTo(w)...) }

func wrapTo(w *record.Wrap) []any {
	return []any{
		(*toID)(&w.Circle), (*toID)(&w.Object), number(&w.Recipient.Kind), (*toID)(&w.Recipient.ID),
		number(&w.Epoch), number(&w.Form), (*toBytes)(&w.Sealed),
	}
}

// PutCircle adds a circle to its owner.
func (tx *Tx) PutCircle(ctx context.Context, c record.Circle) error {
	return tx.place(ctx, tx.exists(ctx, c.Owner), `
		INSERT INTO circle (key, id, kind, service, member, person, epoch)
		SELECT a.next, $3, $4, $5, $6, $7, $8 FROM (
			SELECT COALESCE(
				(SELECT o.key FROM circle o WHERE o.key > e.number * 1048576 AND o.key < (e.number + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), e.number * 1048576) + 1 AS next
			FROM entity e WHERE +e.kind = $1 AND e.id = $2) a
		WHERE a.next % 1048576 > 0`,
		c.Owner.Kind, ident(c.Owner.ID), ident(c.ID), c.Kind, ident(c.Service), ident(c.Member), ident(c.Person), c.Epoch)
}

// hasCircle tells place whether a circle is there.
func (tx *Tx) hasCircle(ctx context.Context, id record.CircleID) func() error {
	return func() error { _, err := tx.Circle(ctx, id); return err }
}

// PutEpoch adds an epoch and makes it its circle's current one, unless a later
// one is.
func (tx *Tx) PutEpoch(ctx context.Context, e record.Epoch) error {
	err := tx.place(ctx, tx.hasCircle(ctx, e.Circle), `
		INSERT INTO epoch (key, circle, number, public, print, back)
		SELECT a.next, a.key, $2, $3, $4, $5 FROM (
			SELECT c.key, COALESCE(
				(SELECT o.key FROM epoch o
				 WHERE o.key > c.key / 1048576 * 1048576 AND o.key < (c.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), c.key / 1048576 * 1048576) + 1 AS next
			FROM circle c WHERE c.id = $1) a
		WHERE a.next % 1048576 > 0`, ident(e.Circle), e.Number, sealed(e.Public), sealed(e.Check), sealed(e.Back))
	if err != nil {
		return err
	}
	return tx.put(ctx, `UPDATE circle SET epoch = $2 WHERE id = $1 AND epoch < $2`, ident(e.Circle), e.Number)
}

// PutWrap adds the wrap of a circle, or of the object when one is set, to its
// recipient; it replaces the one that the recipient had. The circle of an
// object's wrap is not kept.
func (tx *Tx) PutWrap(ctx context.Context, w record.Wrap) error {
	if !w.Object.IsZero() {
		return tx.putObjectWrap(ctx, w)
	}
	return tx.place(ctx, tx.hasCircle(ctx, w.Circle), `
		INSERT INTO wrap (key, circle, recipient_kind, recipient, epoch, form, sealed)
		SELECT a.next, a.key, $2, $3, $4, $5, $6 FROM (
			SELECT c.key, COALESCE(
				(SELECT o.key FROM wrap o
				 WHERE o.key > c.key / 1048576 * 1048576 AND o.key < (c.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), c.key / 1048576 * 1048576) + 1 AS next
			FROM circle c WHERE c.id = $1) a
		WHERE a.next % 1048576 > 0
		ON CONFLICT (circle, recipient, recipient_kind)
		DO UPDATE SET epoch = excluded.epoch, form = excluded.form, sealed = excluded.sealed`,
		ident(w.Circle), w.Recipient.Kind, ident(w.Recipient.ID), w.Epoch, w.Form, sealed(w.Sealed))
}

func (tx *Tx) putObjectWrap(ctx context.Context, w record.Wrap) error {
	return tx.place(ctx, tx.hasObject(ctx, w.Object), `
		INSERT INTO wrap (key, object, recipient_kind, recipient, epoch, form, sealed)
		SELECT a.next, a.key, $2, $3, $4, $5, $6 FROM (
			SELECT b.key, COALESCE(
				(SELECT o.key FROM wrap o
				 WHERE o.key > b.key / 1048576 * 1048576 AND o.key < (b.key / 1048576 + 1) * 1048576
				 ORDER BY o.key DESC LIMIT 1), b.key / 1048576 * 1048576) + 1 AS next
			FROM object b WHERE b.id = $1) a
		WHERE a.next % 1048576 > 0
		ON CONFLICT (object, recipient, recipient_kind) WHERE object IS NOT NULL
		DO UPDATE SET epoch = excluded.epoch, form = excluded.form, sealed = excluded.sealed`,
		ident(w.Object), w.Recipient.Kind, ident(w.Recipient.ID), w.Epoch, w.Form, sealed(w.Sealed))
}

// DropWrap deletes the wrap with w's object, or circle, and recipient, if it is
// there.
func (tx *Tx) DropWrap(ctx context.Context, w record.Wrap) error {
	if !w.Object.IsZero() {
		return tx.put(ctx, `
			DELETE FROM wrap WHERE object = (SELECT key FROM object WHERE id = $1)
			AND recipient = $2 AND recipient_kind = $3`, ident(w.Object), ident(w.Recipient.ID), w.Recipient.Kind)
	}
	return tx.put(ctx, `
		DELETE FROM wrap WHERE circle = (SELECT key FROM circle WHERE id = $1)
		AND recipient = $2 AND recipient_kind = $3`, ident(w.Circle), ident(w.Recipient.ID), w.Recipient.Kind)
}

// DropWrapsTo deletes every wrap to a recipient, of circles and of objects.
func (tx *Tx) DropWrapsTo(ctx context.Context, to record.Recipient) error {
	return tx.put(ctx, `DELETE FROM wrap WHERE recipient = $1 AND recipient_kind = $2`, ident(to.ID), to.Kind)
}
