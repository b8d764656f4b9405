// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Seats returns every seat.
func (r Reader) Seats(ctx context.Context) ([]record.Seat, error) {
	return list(ctx, r, scanSeat, `SELECT id, kind, public, proved FROM seat ORDER BY number`)
}

// Seat returns one seat.
func (r Reader) Seat(ctx context.Context, id record.SeatID) (record.Seat, error) {
	return one(ctx, r, scanSeat, `SELECT id, kind, public, proved FROM seat WHERE id = $1`, ident(id))
}

func scanSeat(row row, s *record.Seat) error {
	return row.Scan((*toID)(&s.ID), number(&s.Kind), (*toBytes)(&s.Public), number(&s.Proved))
}

// lockRow is a lock with one of its shares.
type lockRow struct {
	lock  record.Lock
	share record.Share
}

// Locks returns the recovery locks of an owner, each with its shares by index.
func (r Reader) Locks(ctx context.Context, owner record.Owner) ([]record.Lock, error) {
	rows, err := list(ctx, r, scanLock, `
		SELECT l.id, l.public, l.threshold, s.seat, s.place, s.sealed
		FROM entity e JOIN lock l ON l.owner = e.number JOIN share s ON s.lock = l.number
		WHERE +e.kind = $1 AND e.id = $2
		ORDER BY l.number, s.place`, owner.Kind, ident(owner.ID))
	if err != nil {
		return nil, err
	}
	var all []record.Lock
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.lock.ID {
			row.lock.Owner = owner
			all = append(all, row.lock)
		}
		last := &all[len(all)-1]
		last.Shares = append(last.Shares, row.share)
	}
	return all, nil
}

func scanLock(row row, l *lockRow) error {
	return row.Scan((*toID)(&l.lock.ID), (*toBytes)(&l.lock.Public), number(&l.lock.Threshold),
		(*toID)(&l.share.Seat), number(&l.share.Index), (*toBytes)(&l.share.Sealed))
}

// PutSeat adds a seat.
func (tx *Tx) PutSeat(ctx context.Context, s record.Seat) error {
	return tx.put(ctx, `INSERT INTO seat (id, kind, public, proved) VALUES ($1, $2, $3, $4)`,
		ident(s.ID), s.Kind, sealed(s.Public), s.Proved)
}

// SetSeat replaces everything of a seat but its id.
func (tx *Tx) SetSeat(ctx context.Context, s record.Seat) error {
	return tx.set(ctx, `UPDATE seat SET kind = $2, public = $3, proved = $4 WHERE id = $1`,
		ident(s.ID), s.Kind, sealed(s.Public), s.Proved)
}

// PutLock adds a lock and its shares; a lock without a share opens nothing and
// is not returned.
func (tx *Tx) PutLock(ctx context.Context, l record.Lock) error {
	err := tx.set(ctx, `
		INSERT INTO lock (id, owner, public, threshold)
		SELECT $3, number, $4, $5 FROM entity WHERE kind = $1 AND id = $2`,
		l.Owner.Kind, ident(l.Owner.ID), ident(l.ID), sealed(l.Public), l.Threshold)
	for _, s := range l.Shares {
		if err != nil {
			return err
		}
		err = tx.put(ctx, `
			INSERT INTO share (lock, place, seat, sealed)
			SELECT number, $2, $3, $4 FROM lock WHERE id = $1`, ident(l.ID), s.Index, ident(s.Seat), sealed(s.Sealed))
	}
	return err
}

// SetShare replaces the share of a lock that has the index of s.
func (tx *Tx) SetShare(ctx context.Context, lock record.LockID, s record.Share) error {
	return tx.set(ctx, `
		UPDATE share SET seat = $3, sealed = $4
		WHERE lock = (SELECT number FROM lock WHERE id = $1) AND place = $2`,
		ident(lock), s.Index, ident(s.Seat), sealed(s.Sealed))
}
