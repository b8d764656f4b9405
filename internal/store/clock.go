// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// ScratchBefore deletes the objects that stand in scratchpads only and were last
// written before minute, with all that hangs from them, and counts them.
// CROSS JOIN keeps SQLite from reading every slip.
func (tx *Tx) ScratchBefore(ctx context.Context, minute record.Minute) (int, error) {
	keys, err := list(ctx, tx.Reader, scanNumber, `
		SELECT DISTINCT s.object FROM circle c CROSS JOIN slip s
		WHERE c.kind = 7 AND s.circle = c.key
			AND NOT EXISTS (SELECT 1 FROM slip t JOIN circle d ON d.key = t.circle WHERE t.object = s.object AND d.kind <> 7)
			AND (SELECT MAX(v.minute) FROM version v WHERE v.object = s.object) < $1`, minute)
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		if err := tx.dropObject(ctx, key); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// dropObject deletes an object by its internal key and retires its order.
func (tx *Tx) dropObject(ctx context.Context, key int64) error {
	err := tx.put(ctx, `UPDATE entity SET spent = $2 WHERE number = $1 AND spent < $2`, key/span, key%span)
	for _, statement := range []string{
		`DELETE FROM version WHERE object = $1`,
		`DELETE FROM slip WHERE object = $1`,
		`DELETE FROM wrap WHERE object = $1`,
		`DELETE FROM mark WHERE object = $1`,
		`DELETE FROM file WHERE object = $1`,
		`DELETE FROM object WHERE key = $1`,
	} {
		if err != nil {
			return err
		}
		err = tx.put(ctx, statement, key)
	}
	return err
}

// DropExpiredWraps deletes the wraps of which every link that gives their
// recipient their circle or object is over at now, and counts them. A wrap that
// no link gives, such as a scratchpad's, stays.
func (tx *Tx) DropExpiredWraps(ctx context.Context, now record.Minute) (int, error) {
	circles, err := tx.exec(ctx, `
		DELETE FROM wrap WHERE key IN (
			SELECT w.key FROM link l JOIN circle c ON c.id = l.target
				JOIN wrap w ON w.circle = c.key
					AND w.recipient = l.recipient AND w.recipient_kind = l.recipient_kind
			WHERE l.class = 1 AND l.target_kind = 1 AND l.until <> 0 AND l.until <= $1
				AND NOT EXISTS (
					SELECT 1 FROM link live
					WHERE live.key > l.key / 1048576 * 1048576 AND live.key < (l.key / 1048576 + 1) * 1048576
						AND live.class = 1 AND live.target_kind = 1 AND live.target = l.target
						AND live.recipient = l.recipient AND live.recipient_kind = l.recipient_kind
						AND (live.until = 0 OR live.until > $1)))`, now)
	if err != nil {
		return 0, err
	}
	objects, err := tx.exec(ctx, `
		DELETE FROM wrap WHERE key IN (
			SELECT w.key FROM link l JOIN object o ON o.id = l.target
				JOIN wrap w ON w.object = o.key
					AND w.recipient = l.recipient AND w.recipient_kind = l.recipient_kind
			WHERE l.class = 1 AND l.target_kind = 2 AND l.until <> 0 AND l.until <= $1
				AND NOT EXISTS (
					SELECT 1 FROM link live
					WHERE live.key > l.key / 1048576 * 1048576 AND live.key < (l.key / 1048576 + 1) * 1048576
						AND live.class = 1 AND live.target_kind = 2 AND live.target = l.target
						AND live.recipient = l.recipient AND live.recipient_kind = l.recipient_kind
						AND (live.until = 0 OR live.until > $1)))`, now)
	return int(circles + objects), err
}
