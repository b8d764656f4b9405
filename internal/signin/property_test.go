// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"maps"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"pgregory.net/rapid"
)

// believed is what must be true of the one session of a browser, kept beside it.
type believed struct {
	started, used time.Time
	half          string // the one that the last lifting gave
	live, open    bool   // the session was not signed out; the account is open
	veiled        bool
}

func (b believed) lifted(now time.Time, jar browser) bool {
	return b.live && b.open && !b.veiled && jar[halfCookie] == b.half &&
		now.Sub(b.used) <= HalfTime && now.Sub(b.started) <= SessionTime
}

func (b believed) over(now time.Time) bool {
	return !b.live || !b.open || now.Sub(b.used) > IdleTime || now.Sub(b.started) > SessionTime
}

// TestKeysComeOutOnlyWhenBothHalvesAreFreshAndTheAccountIsOpen plays histories
// against a browser that keeps every cookie it ever had.
//
// Seen to kill: a second half that never lapses; a closed account that still opens.
func TestKeysComeOutOnlyWhenBothHalvesAreFreshAndTheAccountIsOpen(t *testing.T) {
	w := newWorld(t)
	lifted, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w.setState(record.MemberActive)
		must(t, w.db.Write(ctx, func(tx *store.Tx) error { return tx.DropSessions(ctx, w.odile) }))
		p := &play{w: w, jar: w.enrolled()}
		p.b = believed{started: w.clock, used: w.clock, half: p.jar[halfCookie], live: true, open: true}
		p.halves = []string{p.jar[halfCookie]}
		rt.Repeat(map[string]func(*rapid.T){
			"time passes":        p.wait,
			"a person uses it":   func(rt *rapid.T) { p.use(rt, true) },
			"a timer asks":       func(rt *rapid.T) { p.use(rt, false) },
			"veil":               p.veil,
			"lift":               p.lift,
			"an old half":        p.oldHalf,
			"sign out":           p.signOut,
			"account closes":     func(*rapid.T) { w.setState(record.MemberClosed); p.b.open = false },
			"account opens":      func(*rapid.T) { w.setState(record.MemberActive); p.b.open = true },
			"the clock comes by": p.expire,
			"": func(rt *rapid.T) {
				if p.use(rt, false) {
					lifted++
				} else {
					refused++
				}
			},
		})
	})
	if lifted == 0 || refused == 0 {
		t.Errorf("%d times lifted and %d times not: nothing was shown", lifted, refused)
	}
}

type play struct {
	w       *world
	jar     browser
	b       believed
	halves  []string
	expired bool // Expire came by when it was over
}

func (p *play) wait(rt *rapid.T) {
	seconds := rapid.OneOf(rapid.IntRange(1, 400), rapid.IntRange(400, 5*3600)).Draw(rt, "seconds")
	p.w.clock = p.w.clock.Add(time.Duration(seconds) * time.Second)
}

func (p *play) use(rt *rapid.T, active bool) bool {
	jar := maps.Clone(p.jar) // what the answer deletes stays in this browser
	v := p.w.who(jar, active)
	want := p.b.lifted(p.w.clock, p.jar) && !p.expired
	if (v.Unlocked != nil) != want {
		rt.Fatalf("keys in hand: %v, want %v, for %+v at %v", v.Unlocked != nil, want, p.b, p.w.clock)
	}
	if active && want && p.w.clock.Sub(p.b.used) >= touchEvery {
		p.b.used = p.w.clock
	}
	return want
}

func (p *play) veil(rt *rapid.T) {
	if _, err := p.w.door.Veil(ctx, p.jar.cookies(), 1); err != nil {
		rt.Fatal(err)
	}
	if p.b.over(p.w.clock) || p.expired {
		return // nothing to veil
	}
	p.b.veiled = true
	if lapsed := p.w.clock.Add(-HalfTime - time.Second); p.b.used.After(lapsed) {
		p.b.used = lapsed
	}
}

// lift opens the veil with the secret, as a slot does.
func (p *play) lift(rt *rapid.T) {
	row, err := p.w.door.veiled(ctx, p.jar.cookies(), 1)
	if (err == nil) != (!p.b.over(p.w.clock) && !p.expired) {
		rt.Fatalf("lifting: %v, for %+v at %v", err, p.b, p.w.clock)
	}
	if err != nil {
		return
	}
	o, err := p.w.door.lift(ctx, p.jar.cookies(), 1, row, opening{member: p.w.odile, secret: p.w.secret})
	if err != nil {
		rt.Fatal(err)
	}
	p.jar.take(o.Set)
	p.b.half, p.b.used, p.b.veiled = p.jar[halfCookie], p.w.clock, false
	p.halves = append(p.halves, p.b.half)
}

func (p *play) oldHalf(rt *rapid.T) { p.jar[halfCookie] = rapid.SampledFrom(p.halves).Draw(rt, "half") }

func (p *play) signOut(rt *rapid.T) {
	if _, err := p.w.door.SignOut(ctx, p.jar.cookies(), 1); err != nil {
		rt.Fatal(err)
	}
	p.b.live = false
}

func (p *play) expire(rt *rapid.T) {
	if err := p.w.door.Expire(ctx); err != nil {
		rt.Fatal(err)
	}
	idle, age := p.w.clock.Sub(p.b.used), p.w.clock.Sub(p.b.started)
	p.expired = p.expired || idle > IdleTime || age > SessionTime
}
