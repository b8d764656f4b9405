// SPDX-License-Identifier: AGPL-3.0-or-later

package pace

import (
	"fmt"
	"testing"
	"time"
)

// TestWhoAsksTooFastIsSlowed.
//
// Seen to kill: no refill; a refusal told each time; a slow-down told once for ever;
// one burst for everybody; more left than a burst; nothing given back; no room made.
func TestWhoAsksTooFastIsSlowed(t *testing.T) {
	now := time.Unix(0, 0)
	p := New(Rate{Burst: 3, Every: time.Second})
	takes := func(key string) string { ok, first := p.Take(key, now); return fmt.Sprint(ok, first) }
	const yes, told, no = "true false", "false true", "false false"
	for i, step := range []struct {
		wait      time.Duration
		key, want string
	}{
		{0, "a", yes},
		{0, "a", yes},
		{0, "a", yes},
		{0, "a", told},
		{0, "a", no},
		{0, "b", yes},
		{time.Second, "a", yes},
		{0, "a", no},
		{3 * time.Second, "a", yes},
		{0, "a", yes},
		{0, "a", yes},
		{0, "a", told},
	} {
		now = now.Add(step.wait)
		if got := takes(step.key); got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
	for i := range 3 * Kept {
		takes(fmt.Sprint(i))
	}
	if p.Len() > Kept {
		t.Errorf("%d are remembered", p.Len())
	}
	p = New(Rate{Burst: 2, Every: time.Hour})
	for i, step := range []string{yes, yes, told} {
		if got := takes("a"); got != step {
			t.Errorf("step %d: %s, want %s", i, got, step)
		}
	}
	p.GiveBack("a")
	p.GiveBack("a")
	p.GiveBack("a")
	p.GiveBack("nobody")
	for i, step := range []string{yes, yes, told} {
		if got := takes("a"); got != step {
			t.Errorf("step %d, given back: %s, want %s", i, got, step)
		}
	}
	unlimited := New(Rate{})
	for range 1000 {
		if ok, _ := unlimited.Take("a", now); !ok {
			t.Fatal("no limit limits")
		}
	}
}
