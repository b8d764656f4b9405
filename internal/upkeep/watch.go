// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// Watch verifies from time to time, and remembers what was found last.
type Watch struct {
	Verifier
	Register *journal.Register
	Save     func([]byte) error // keeps the bytes of a report where ParseReport's caller finds them
	Log      *slog.Logger
	last     atomic.Pointer[Report]
	whole    record.Minute // when every chain was verified last
}

// wholeEvery is how often every chain is verified, in minutes: between, those
// whose links are leaves already verified are not verified again.
const wholeEvery = 24 * 60

// Keep gives every row its place, then verifies: what the process that serves does
// every hour, and never twice at a time. At its first run, once a day and after
// anything was found, every chain is verified.
func (w *Watch) Keep(ctx context.Context) error {
	if _, err := w.Register.Sequence(ctx); err != nil {
		return err
	}
	since, now := int64(0), record.Minute(w.Now().Unix()/60)
	if last, ran := w.Last(); ran && last.Sound() && now-w.whole < wholeEvery {
		since = last.Leaves
	} else {
		w.whole = now
	}
	return w.run(ctx, since)
}

// Run verifies everything once, keeps the report and tells the log, without a name.
func (w *Watch) Run(ctx context.Context) error { return w.run(ctx, 0) }

func (w *Watch) run(ctx context.Context, since int64) error {
	report, err := w.verify(ctx, since)
	if err != nil {
		return err
	}
	w.last.Store(&report)
	level := slog.LevelInfo
	if !report.Sound() {
		level = slog.LevelError
	}
	w.Log.Log(ctx, level, "verified", "leaves", report.Leaves, "links", report.Links, "checkpoints", report.Checkpoints,
		"witnessed", report.Witnessed, "unsigned", report.Unsigned, "waiting", report.Waiting, "found", report.Found, "kinds", report.Kinds())
	raw, err := json.Marshal(report)
	if err == nil {
		err = w.Save(raw)
	}
	if err != nil {
		return fault.Because(fault.Unavailable, err)
	}
	return nil
}

// Last returns what was found last, if this process has verified yet.
func (w *Watch) Last() (Report, bool) {
	if r := w.last.Load(); r != nil {
		return *r, true
	}
	return Report{}, false
}

// ParseReport reads what Save was given.
func ParseReport(raw []byte) (Report, error) {
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fault.Because(fault.Unavailable, err)
	}
	return r, nil
}

// Purge deletes the entries that are twelve months old, and tells the house's
// journal.
func (w *Watch) Purge(ctx context.Context) error {
	n, err := w.Register.Purge(ctx, func(ctx context.Context) (record.Entry, error) {
		return w.Strong.HostEntry(ctx, journal.Purged)
	})
	if n > 0 {
		w.Log.InfoContext(ctx, "purged", "entries", n)
	}
	return err
}
