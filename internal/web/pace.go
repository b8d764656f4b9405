// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/fault"
)

// Limits is how much may be asked. They slow down whoever asks faster than people
// do; a limit that is zero does not limit.
type Limits struct {
	AtOnce    int  // requests of one network under way at the same time
	Strangers Rate // pages and forms of one network, by whom nobody knows yet
	Session   Rate // pages of one session
}

// Rate lets Burst requests through at once, then one each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// DefaultLimits lets a session ask for some pages a minute, after four minutes'
// worth at once. A whole agency behind one address arrives at nine o'clock.
func DefaultLimits(pages int) Limits {
	return Limits{
		AtOnce:    400,
		Strangers: Rate{Burst: 600, Every: time.Second / 2},
		Session:   Rate{Burst: 4 * pages, Every: time.Minute / time.Duration(pages)},
	}
}

// Stranger takes one request from what the network of somebody unknown may ask.
func (s *Site) Stranger(r *http.Request) error {
	if ok, _ := s.strangers.take(Network(r), s.Now()); !ok {
		return errHasty()
	}
	return nil
}

// Turn takes one page from what a session may ask for. first is true when this
// refusal begins a slow-down. What is remembered is a hash of the session's name
// and what is left of its burst, in memory, until it is whole again: there is no
// count of anybody's pages.
func (s *Site) Turn(session string) (first bool, err error) {
	ok, first := s.sessions.take(session, s.Now())
	if !ok {
		err = errHasty()
	}
	return first, err
}

func errHasty() error { return fault.New(fault.TooMany, "fault.hasty") }

// pacesKept bounds the memory that strangers can take.
const pacesKept = 10_000

// pace holds what is left, by key. It is safe for concurrent use.
type pace struct {
	rate Rate
	mu   sync.Mutex
	all  map[[32]byte]left
}

type left struct {
	tokens float64
	at     time.Time
	slowed bool // was refused since it was whole
}

func newPace(r Rate) *pace { return &pace{rate: r, all: map[[32]byte]left{}} }

// take takes one. first is true for the first refusal since the burst was whole.
func (p *pace) take(key string, now time.Time) (ok, first bool) {
	if p == nil || p.rate.Burst == 0 {
		return true, false
	}
	hash := sha256.Sum256([]byte(key))
	p.mu.Lock()
	defer p.mu.Unlock()
	one, seen := p.all[hash]
	if !seen {
		p.makeRoom(now)
		one = left{tokens: float64(p.rate.Burst), at: now}
	}
	one = p.filled(one, now)
	if ok = one.tokens >= 1; ok {
		one.tokens--
	} else {
		first, one.slowed = !one.slowed, true
	}
	p.all[hash] = one
	return ok, first
}

func (p *pace) filled(one left, now time.Time) left {
	one.tokens = min(float64(p.rate.Burst), one.tokens+float64(now.Sub(one.at))/float64(p.rate.Every))
	one.at = now
	one.slowed = one.slowed && one.tokens < float64(p.rate.Burst)
	return one
}

// makeRoom forgets what is whole again, then anything, a quarter at once.
func (p *pace) makeRoom(now time.Time) {
	if len(p.all) < pacesKept {
		return
	}
	for key, one := range p.all {
		if p.filled(one, now).tokens >= float64(p.rate.Burst) {
			delete(p.all, key)
		}
	}
	for key := range p.all {
		if len(p.all) <= pacesKept*3/4 {
			return
		}
		delete(p.all, key)
	}
}

// crowd counts the requests under way of each network.
type crowd struct {
	limit int
	mu    sync.Mutex
	here  map[string]int
}

func (c *crowd) enter(network string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.limit > 0 && c.here[network] >= c.limit {
		return false
	}
	c.here[network]++
	return true
}

func (c *crowd) leave(network string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.here[network]--; c.here[network] <= 0 {
		delete(c.here, network)
	}
}

// few refuses what one network asks beyond what it may have under way.
func (s *Site) few(next http.Handler) http.Handler {
	all := &crowd{limit: s.Limits.AtOnce, here: map[string]int{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		network := Network(r)
		if !all.enter(network) {
			s.serveError(w, r, errHasty())
			return
		}
		defer all.leave(network)
		next.ServeHTTP(w, r)
	})
}
