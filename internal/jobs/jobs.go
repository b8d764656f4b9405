// SPDX-License-Identifier: AGPL-3.0-or-later

// Package jobs is what happens by the clock. It handles envelopes and dates, and
// opens nothing: nobody is unlocked.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// Tx is what the clock writes.
type Tx interface {
	DropExpiredWraps(ctx context.Context, now record.Minute) (int, error)
	ScratchBefore(ctx context.Context, m record.Minute) (int, error)
	ExpireSessions(ctx context.Context, idleBefore, startedBefore, depositBefore int64) error
}

// The limits of secrecy.md §4 and §2.
const (
	SessionIdle    = 4 * time.Hour
	SessionLongest = 13 * time.Hour // a night and its handover
	DepositLongest = 24 * time.Hour
	ScratchLongest = 30 * 24 * time.Hour
)

// Clock does every minute what the clock must do.
type Clock struct {
	Write  func(context.Context, func(Tx) error) error
	Now    func() time.Time
	Log    *slog.Logger
	Forget func() // drops from memory what nobody asked for of late; nil: nothing
}

// Run ticks until ctx ends.
func (c Clock) Run(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		if err := c.Tick(ctx); err != nil && ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "clock", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Tick deletes expired wraps, ends sessions and erases scratchpads, each in a
// transaction of its own: one that fails does not hold the others back.
func (c Clock) Tick(ctx context.Context) error {
	now := c.Now()
	if c.Forget != nil {
		c.Forget()
	}
	var first error
	for _, job := range []func(Tx) error{
		func(tx Tx) error { _, err := tx.DropExpiredWraps(ctx, record.Minute(now.Unix()/60)); return err },
		func(tx Tx) error {
			return tx.ExpireSessions(ctx, now.Add(-SessionIdle).Unix(), now.Add(-SessionLongest).Unix(), now.Add(-SessionIdle-DepositLongest).Unix())
		},
		func(tx Tx) error {
			_, err := tx.ScratchBefore(ctx, record.Minute(now.Add(-ScratchLongest).Unix()/60))
			return err
		},
	} {
		if err := c.Write(ctx, job); err != nil && first == nil {
			first = err
		}
	}
	return first
}
