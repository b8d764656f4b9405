// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Times returns how many times an act was counted in a service and a month.
func (r Reader) Times(ctx context.Context, service record.ServiceID, month record.Month, act record.Counted) (int, error) {
	return one(ctx, r, func(row row, n *int) error { return row.Scan(n) }, `
		SELECT COALESCE(SUM(times), 0) FROM tally WHERE service = $1 AND month = $2 AND act = $3`,
		ident(service), month, string(act))
}

// Count adds one to what the fact is.
func (tx *Tx) Count(ctx context.Context, f record.Fact) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `
		INSERT INTO tally (service, month, act, medium, theme, times) VALUES ($1, $2, $3, $4, $5, 1)
		ON CONFLICT (service, month, act, medium, theme) DO UPDATE SET times = tally.times + 1`,
		ident(f.Service), f.Month, string(f.Act), string(f.Medium), string(f.Theme))
}

// Uncount takes one away; Withheld when there is none.
func (tx *Tx) Uncount(ctx context.Context, f record.Fact) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.set(ctx, `
		UPDATE tally SET times = times - 1
		WHERE service = $1 AND month = $2 AND act = $3 AND medium = $4 AND theme = $5 AND times > 0`,
		ident(f.Service), f.Month, string(f.Act), string(f.Medium), string(f.Theme))
}
