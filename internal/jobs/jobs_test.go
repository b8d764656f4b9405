// SPDX-License-Identifier: AGPL-3.0-or-later

package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/record"
)

// ledger notes what the clock did; broken makes one job fail.
type ledger struct {
	done   []string
	at     record.Minute
	broken string
}

func (l *ledger) did(what string) error {
	if what == l.broken {
		return errors.New("disk full")
	}
	l.done = append(l.done, what)
	return nil
}

func (l *ledger) DropExpiredWraps(_ context.Context, now record.Minute) (int, error) {
	l.at = now
	return 0, l.did("wraps")
}

func (l *ledger) ScratchBefore(_ context.Context, m record.Minute) (int, error) {
	return 0, l.did("scratchpads before " + at(int64(m)*60))
}

func (l *ledger) ExpireSessions(_ context.Context, idle, started, deposit int64) error {
	return l.did("sessions idle since " + at(idle) + ", begun before " + at(started) + ", ended before " + at(deposit))
}

func at(unix int64) string { return time.Unix(unix, 0).UTC().Format("2 Jan 15:04") }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (l *ledger) clock(log *strings.Builder) Clock {
	return Clock{
		Write: func(_ context.Context, fn func(Tx) error) error { return fn(l) },
		Now:   func() time.Time { return noon },
		Log:   slog.New(slog.NewTextHandler(log, nil)),
	}
}

func TestEachJobHasItsLimit(t *testing.T) {
	var l ledger
	if err := l.clock(&strings.Builder{}).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"wraps",
		"sessions idle since 23 Nov 08:00, begun before 22 Nov 23:00, ended before 22 Nov 08:00",
		"scratchpads before 24 Oct 12:00",
	}
	if diff := cmp.Diff(want, l.done); diff != "" || l.at != record.Minute(noon.Unix()/60) {
		t.Errorf("at %d (-want +got):\n%s", l.at, diff)
	}
}

func TestAJobThatFailsHoldsNoOtherBack(t *testing.T) {
	l := ledger{broken: "wraps"}
	if err := l.clock(&strings.Builder{}).Tick(t.Context()); err == nil || len(l.done) != 2 {
		t.Errorf("%v, done %q", err, l.done)
	}
}

func TestTheClockTicksAtOnceThenEveryMinuteUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ledger{broken: "wraps"}
		var log strings.Builder
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute+time.Second)
		defer stop()
		l.clock(&log).Run(ctx)
		if len(l.done) != 3*2 || strings.Count(log.String(), "disk full") != 3 {
			t.Errorf("done %d jobs\n%s", len(l.done), log.String())
		}
	})
}
