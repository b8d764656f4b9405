// SPDX-License-Identifier: AGPL-3.0-or-later

package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Seen to kill: a Run that signs nothing at its end; one job that waits for another.
func TestTheRegisterIsKeptAndSignedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sequenced, signed, verified, purged, nights, late atomic.Int32
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Hour+time.Minute+time.Millisecond)
		defer stop()
		count := func(n *atomic.Int32) func(context.Context) error {
			return func(context.Context) error { n.Add(1); return nil }
		}
		var log strings.Builder
		k := Keeper{
			Sequence: count(&sequenced), Purge: count(&purged), Nightly: count(&nights), Log: slog.New(slog.NewTextHandler(&log, nil)),
			Checkpoint: func(now context.Context) error {
				signed.Add(1)
				if ctx.Err() != nil && now.Err() == nil {
					late.Add(1)
				}
				return nil
			},
			Verify: func(context.Context) error { verified.Add(1); return errors.New("disk full") },
		}
		k.Run(ctx)
		if n := sequenced.Load(); n != 2*3600+60+1 {
			t.Errorf("sequenced %d times", n)
		}
		if signed.Load() != 12+1+1 || late.Load() != 1 {
			t.Errorf("signed %d times, %d of them at the end", signed.Load(), late.Load())
		}
		if verified.Load() != 3 || purged.Load() != 1 || nights.Load() != 3 || strings.Count(log.String(), "disk full") != 3 {
			t.Errorf("verified %d times, purged %d\n%s", verified.Load(), purged.Load(), log.String())
		}
	})
}
