// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// entryRow is an entry with one of its slips.
type entryRow struct {
	record.Entry
	slip record.EntrySlip
}

// JournalOf returns the last limit entries with a slip in a journal circle,
// written at or after since, last appended first. Each comes with the slips of
// that circle only.
func (r Reader) JournalOf(ctx context.Context, circle record.CircleID, since record.Minute, limit int) ([]record.Entry, error) {
	rows, err := list(ctx, r, scanEntry, `
		SELECT j.id, j.minute, j.body, s.epoch, s.person, s.service, s.sealed
		FROM (
			SELECT DISTINCT f.circle, f.entry FROM circle c JOIN journal_slip f ON f.circle = c.key
				JOIN journal w ON w.number = f.entry
			WHERE c.id = $1 AND w.minute >= $2 ORDER BY f.entry DESC LIMIT $3) last
			JOIN journal j ON j.number = last.entry
			JOIN journal_slip s ON s.circle = last.circle AND s.entry = last.entry
		ORDER BY j.number DESC, s.key`, ident(circle), since, limit)
	if err != nil {
		return nil, err
	}
	var all []record.Entry
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.ID {
			all = append(all, row.Entry)
		}
		row.slip.Circle = circle
		last := &all[len(all)-1]
		last.Slips = append(last.Slips, row.slip)
	}
	return all, nil
}

func scanEntry(row row, e *entryRow) error {
	return row.Scan((*toID)(&e.ID), number(&e.Minute), (*toBytes)(&e.Body),
		number(&e.slip.Epoch), (*toID)(&e.slip.Person), (*toID)(&e.slip.Service), (*toBytes)(&e.slip.Sealed))
}

// AppendEntry appends an entry and its slips, and lets them wait for their place
// in the tree. Nothing here changes or deletes one, and triggers refuse it.
func (tx *Tx) AppendEntry(ctx context.Context, e record.Entry) error {
	if len(e.Slips) >= span {
		return full()
	}
	err := tx.put(ctx, `INSERT INTO journal (id, minute, body) VALUES ($1, $2, $3)`, ident(e.ID), e.Minute, sealed(e.Body))
	for i, s := range e.Slips {
		if err != nil {
			return err
		}
		err = tx.set(ctx, `
			INSERT INTO journal_slip (key, entry, circle, epoch, person, service, sealed)
			SELECT j.number * 1048576 + $7, j.number, c.key, $3, $4, $5, $6 FROM journal j, circle c WHERE j.id = $1 AND c.id = $2`,
			ident(e.ID), ident(s.Circle), s.Epoch, ident(s.Person), ident(s.Service), sealed(s.Sealed), i+1)
	}
	if err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO waiting (entry) SELECT number FROM journal WHERE id = $1`, ident(e.ID))
}
