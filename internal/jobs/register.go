// SPDX-License-Identifier: AGPL-3.0-or-later

package jobs

import (
	"context"
	"log/slog"
	"time"
)

// How often the journal is looked after (secrecy.md §8).
const (
	SequenceEvery   = time.Second
	CheckpointEvery = 10 * time.Minute
	VerifyEvery     = time.Hour
	PurgeEvery      = 24 * time.Hour
	NightlyEvery    = time.Hour // it asks whether a night has passed
)

// Keeper looks after the journal's tree and the rosters: each of its jobs runs at once, then as
// often as it is due, beside the others.
type Keeper struct {
	Sequence, Checkpoint, Verify, Purge func(context.Context) error
	Nightly                             func(context.Context) error // asked every hour

	Log *slog.Logger
}

// Run works until ctx ends, then signs a last checkpoint.
func (k Keeper) Run(ctx context.Context) {
	done := make(chan struct{})
	jobs := []struct {
		name  string
		every time.Duration
		do    func(context.Context) error
	}{
		{"sequence", SequenceEvery, k.Sequence},
		{"checkpoint", CheckpointEvery, k.Checkpoint},
		{"verify", VerifyEvery, k.Verify},
		{"purge", PurgeEvery, k.Purge},
		{"nightly", NightlyEvery, k.Nightly},
	}
	for _, j := range jobs {
		go func() {
			defer func() { done <- struct{}{} }()
			k.repeat(ctx, j.name, j.every, j.do)
		}()
	}
	for range jobs {
		<-done
	}
	last := context.WithoutCancel(ctx)
	k.say(last, "checkpoint", k.Checkpoint(last))
}

// repeat does a job until ctx ends.
func (k Keeper) repeat(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := do(ctx); ctx.Err() == nil {
			k.say(ctx, name, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// say logs what failed: a fault, which carries no name.
func (k Keeper) say(ctx context.Context, job string, err error) {
	if err != nil {
		k.Log.ErrorContext(ctx, "journal", "job", job, "err", err)
	}
}
