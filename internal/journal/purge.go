// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"context"
	"errors"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// EntryKept is how long an entry is kept, in minutes: 365 days (secrecy.md §8).
// The schema says the same.
const EntryKept = 365 * 24 * 60

// purgeBatch is how many entries one transaction deletes.
const purgeBatch = 200

// Purge deletes the entries whose place a checkpoint signed twelve months ago, and
// counts them. Leaves stay, and so do links. What tell returns is written into the
// house's journal in the transaction that allows it, when there is anything to
// purge.
func (r *Register) Purge(ctx context.Context, tell func(context.Context) (record.Entry, error)) (int, error) {
	if _, err := r.Checkpoint(ctx); err != nil {
		return 0, err
	}
	p, err := r.purgeable(ctx)
	if err != nil || p.Below == 0 {
		return 0, err
	}
	if p.Note == "" {
		if p, err = r.mark(ctx, p, tell); err != nil {
			return 0, err
		}
	}
	total := 0
	for {
		gone, err := r.read.Purgeable(ctx, p.Below, p.Minute-EntryKept, purgeBatch)
		if err != nil || len(gone) == 0 {
			return total, err
		}
		err = r.write(ctx, func(tx RegisterTx) error {
			for _, id := range gone {
				if err := tx.PurgeEntry(ctx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if fault.KindOf(err) == fault.Withheld { // another process purges
			return total, nil
		}
		if err != nil {
			return total, err
		}
		total += len(gone)
	}
}

// purgeable says below which place entries may go: a mark that an earlier purge
// made and did not finish, or one to be made; zero when there is nothing to do.
func (r *Register) purgeable(ctx context.Context) (record.Purge, error) {
	now := r.minute()
	c, err := r.read.CheckpointBefore(ctx, now-EntryKept)
	if fault.KindOf(err) == fault.Withheld {
		return record.Purge{}, nil
	}
	if err != nil {
		return record.Purge{}, err
	}
	if signed, err := ReadCheckpoint(r.key.Public(), c.Note); err != nil || signed != c {
		return record.Purge{}, fault.Because(fault.Unavailable, errors.New("journal: a checkpoint is not ours"))
	}
	first, err := r.read.Purgeable(ctx, c.Size, now-EntryKept, 1)
	if err != nil || len(first) == 0 {
		return record.Purge{}, err
	}
	all, err := r.read.Purges(ctx)
	if n := len(all); n > 0 && all[n-1].Below == c.Size {
		return all[n-1], err
	}
	return record.Purge{Below: c.Size, Since: c.Minute, Minute: now}, err
}

// mark signs a purge, and writes the entry that tells it.
func (r *Register) mark(ctx context.Context, p record.Purge, tell func(context.Context) (record.Entry, error)) (record.Purge, error) {
	e, err := tell(ctx)
	if err != nil {
		return p, err
	}
	p.Entry = e.ID
	if p, err = r.key.signPurge(p); err != nil {
		return p, err
	}
	return p, r.write(ctx, func(tx RegisterTx) error {
		if _, err := Append(ctx, tx, e); err != nil {
			return err
		}
		return tx.PutPurge(ctx, p)
	})
}
