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

// NewClock returns a clock that ends at end, and begins where the story does; a
// year before that, when there are so many persons that some dossiers are busy.
func NewClock(end time.Time, persons int) *Clock {
	c := &Clock{now: storyOf(end), end: end}
	if persons >= busyFrom {
		c.now = c.now.AddDate(0, -busyMonths, 0)
	}
	return c
}

func storyOf(end time.Time) time.Time { return end.AddDate(0, 0, -days-1) }

// Story brings the clock to where the story begins.
func (c *Clock) Story() { c.Set(storyOf(c.end)) }

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
