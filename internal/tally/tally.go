// SPDX-License-Identifier: AGPL-3.0-or-later

// Package tally keeps what statistics are made of: coded facts, counted by month, that
// name nobody (T-10). They come from what was chosen, never from what was written, and
// no file is opened for them.
package tally

import (
	"context"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Reader is what the room reads.
type Reader interface {
	Times(ctx context.Context, service record.ServiceID, month record.Month, act record.Counted) (int, error)
}

// Tx is what it writes.
type Tx interface {
	Count(ctx context.Context, f record.Fact) error
	Uncount(ctx context.Context, f record.Fact) error
}

// Room counts.
type Room struct {
	read  Reader
	write func(context.Context, func(Tx) error) error
	now   func() time.Time
}

// New returns the room over a store.
func New(read Reader, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{read: read, write: write, now: now}
}

// Count counts an act of this month, and returns the fact: what takes it back.
func (r *Room) Count(ctx context.Context, f record.Fact) (record.Fact, error) {
	f.Month = record.MonthOf(r.now())
	if err := valid(f); err != nil {
		return record.Fact{}, err
	}
	return f, r.write(ctx, func(tx Tx) error { return tx.Count(ctx, f) })
}

// TakeBack takes an act away again, from the month in which it was counted.
func (r *Room) TakeBack(ctx context.Context, f record.Fact) error {
	if err := valid(f); err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error { return tx.Uncount(ctx, f) })
}

// ThisMonth is how many times an act was counted in a service since the first of the
// month. The total of an act is exact (T-13).
func (r *Room) ThisMonth(ctx context.Context, s record.ServiceID, act record.Counted) (int, error) {
	return r.read.Times(ctx, s, record.MonthOf(r.now()), act)
}

// valid refuses what is in no list: words could stand there.
func valid(f record.Fact) error {
	if f.Service.IsZero() || f.Act != record.FirstConversation || !slices.Contains(record.Mediums(), f.Medium) || !slices.Contains(record.Themes(), f.Theme) {
		return fault.New(fault.Invalid, "")
	}
	return nil
}
