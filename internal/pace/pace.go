// SPDX-License-Identifier: AGPL-3.0-or-later

// Package pace slows down whoever asks faster than people do: a burst at once, then
// one by one. It remembers what is left of each burst, in memory, until it is whole
// again, and no count of anything.
package pace

import (
	"sync"
	"time"
)

// Kept bounds how many keys are remembered: strangers do not choose our memory.
const Kept = 10_000

// Rate lets Burst through at once, then one each Every. The zero Rate lets all through.
type Rate struct {
	Burst int
	Every time.Duration
}

// Pace holds what is left of a burst, by key. It is safe for concurrent use.
type Pace struct {
	rate Rate
	mu   sync.Mutex
	all  map[string]left
}

type left struct {
	tokens float64
	at     time.Time
	slowed bool // was refused since it was whole
}

// New returns a pace at which every burst is whole.
func New(r Rate) *Pace { return &Pace{rate: r, all: map[string]left{}} }

// Take takes one. first is true for the first refusal since the burst was whole.
func (p *Pace) Take(key string, now time.Time) (ok, first bool) {
	if p.rate.Burst == 0 {
		return true, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one, seen := p.all[key]
	if !seen {
		p.makeRoom(now)
		one = left{tokens: p.burst(), at: now}
	}
	one = p.filled(one, now)
	if ok = one.tokens >= 1; ok {
		one.tokens--
	} else {
		first, one.slowed = !one.slowed, true
	}
	p.all[key] = one
	return ok, first
}

// GiveBack returns one; a burst that was forgotten is whole.
func (p *Pace) GiveBack(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if one, seen := p.all[key]; seen {
		one.tokens++ // Take keeps it within the burst
		p.all[key] = one
	}
}

// Len returns how many keys are remembered.
func (p *Pace) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.all)
}

func (p *Pace) burst() float64 { return float64(p.rate.Burst) }

func (p *Pace) filled(one left, now time.Time) left {
	one.tokens = min(p.burst(), one.tokens+float64(now.Sub(one.at))/float64(p.rate.Every))
	one.at = now
	one.slowed = one.slowed && one.tokens < p.burst()
	return one
}

// makeRoom forgets what is whole again, then anything: a quarter at once, so that the
// search is rare.
func (p *Pace) makeRoom(now time.Time) {
	if len(p.all) < Kept {
		return
	}
	for key, one := range p.all {
		if p.filled(one, now).tokens >= p.burst() {
			delete(p.all, key)
		}
	}
	for key := range p.all {
		if len(p.all) <= Kept*3/4 {
			return
		}
		delete(p.all, key)
	}
}
