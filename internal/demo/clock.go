// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"sync"
	"time"
)

// Clock is the time that the rooms of a demonstration read, so that what was
// written over three weeks takes a few seconds. It never goes back, and never
// passes its end. It is safe for concurrent use.
type Clock struct {
	mu       sync.Mutex
	now, end time.Time
}

// NewClock returns a clock that begins where the story does, and ends at end.
func NewClock(end time.Time) *Clock {
	return &Clock{now: end.AddDate(0, 0, -days-1), end: end}
}

// Finish brings the clock to its end.
func (c *Clock) Finish() { c.Set(c.end) }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Set brings the clock to t, unless it is there already or t is after the end.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case t.After(c.end):
		c.now = c.end
	case t.After(c.now):
		c.now = t
	}
}
