// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"net/http"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/pace"
)

// Limits is how much may be asked. They slow down whoever asks faster than people
// do; a limit that is zero does not limit.
type Limits struct {
	AtOnce    int       // requests of one network under way at the same time
	Strangers pace.Rate // pages and forms of one network, by whom nobody knows yet
	Session   pace.Rate // pages of one session
}

// DefaultLimits lets a session ask for some pages a minute, after four minutes'
// worth at once. A whole agency behind one address arrives at nine o'clock.
func DefaultLimits(pages int) Limits {
	return Limits{
		AtOnce:    400,
		Strangers: pace.Rate{Burst: 600, Every: time.Second / 2},
		Session:   pace.Rate{Burst: 4 * pages, Every: time.Minute / time.Duration(pages)},
	}
}

// Stranger takes one request from what the network of somebody unknown may ask.
func (s *Site) Stranger(r *http.Request) error {
	if ok, _ := s.strangers.Take(Network(r), s.Now()); !ok {
		return errHasty()
	}
	return nil
}

// Turn takes one page from what a session may ask for; session names it and opens
// nothing. first is true when this refusal begins a slow-down. What is left of a
// burst is remembered, in memory, until it is whole again: there is no count of
// anybody's pages.
func (s *Site) Turn(session string) (first bool, err error) {
	ok, first := s.sessions.Take(session, s.Now())
	if !ok {
		err = errHasty()
	}
	return first, err
}

func errHasty() error { return fault.New(fault.TooMany, "fault.hasty") }

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
