// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"slices"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/pace"
)

// How much may fail (secrecy.md §4). A known device spends from a bucket of
// its own, so that nobody elsewhere can lock its owner out, and none of its
// network's, so that a whole agency may arrive at nine o'clock.
const (
	accountBurst = 10
	accountEvery = time.Minute
	networkBurst = 40
	networkEvery = 2 * time.Second
	queueLength  = 100 // of those who wait from unknown devices
)

// Caller is who asks to be let in, as far as the gate needs to know.
type Caller struct {
	Account string // the sign-in name typed, whether it exists or not
	Network string // where the request comes from
	Known   bool   // the device is one of the account's
}

// Gate admits what costs a passphrase: a token per account and per network, then
// one at a time per core, known devices first. It is safe for concurrent use.
type Gate struct {
	now func() time.Time

	mu       sync.Mutex
	accounts *pace.Pace
	networks *pace.Pace
	free     int
	known    []chan struct{} // who waits, in order
	others   []chan struct{}
}

// NewGate returns a gate with a place per core.
func NewGate(cores int, now func() time.Time) *Gate {
	return &Gate{
		now: now, free: max(cores, 1),
		accounts: pace.New(pace.Rate{Burst: accountBurst, Every: accountEvery}),
		networks: pace.New(pace.Rate{Burst: networkBurst, Every: networkEvery}),
	}
}

// Enter waits for a place and returns how to leave it. fault.TooMany when the
// account or the network has failed too often or too many wait; the context's
// error, as fault.Unavailable, when the caller left.
func (g *Gate) Enter(ctx context.Context, c Caller) (leave func(), err error) {
	if err := g.Spend(c); err != nil {
		return nil, err
	}
	turn, err := g.queue(c.Known)
	if err != nil {
		return nil, err
	}
	select {
	case <-turn:
		return g.leave, nil
	case <-ctx.Done():
		g.giveUp(turn)
		return nil, fault.Because(fault.Unavailable, ctx.Err())
	}
}

// Spend takes the tokens of one try: before anything is known of it, so that
// trying many at once costs as much as one after the other.
func (g *Gate) Spend(c Caller) error {
	now := g.now()
	if c.Known {
		return enough(g.accounts.Take("known "+c.Account, now))
	}
	if err := enough(g.networks.Take(c.Network, now)); err != nil {
		return err
	}
	return enough(g.accounts.Take(c.Account, now))
}

// GiveBack returns the tokens of a try that opened: only failures count. It gives
// back what that try took, no more, to the account, device and network that took
// it: who opens her own cannot pay with it for a guess at another's, nor at her own.
func (g *Gate) GiveBack(c Caller) {
	if c.Known {
		g.accounts.GiveBack("known " + c.Account)
		return
	}
	g.networks.GiveBack(c.Network)
	g.accounts.GiveBack(c.Account)
}

func enough(ok, _ bool) error {
	if !ok {
		return fault.New(fault.TooMany, "")
	}
	return nil
}

func (g *Gate) queue(known bool) (chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	turn := make(chan struct{})
	switch {
	case g.free > 0:
		g.free--
		close(turn)
	case known:
		g.known = append(g.known, turn)
	case len(g.others) >= queueLength:
		return nil, fault.New(fault.TooMany, "")
	default:
		g.others = append(g.others, turn)
	}
	return turn, nil
}

// leave gives the place to who waits, known devices first.
func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, line := range []*[]chan struct{}{&g.known, &g.others} {
		if len(*line) > 0 {
			close((*line)[0])
			*line = (*line)[1:]
			return
		}
	}
	g.free++
}

// giveUp leaves the queue, or the place that was given meanwhile.
func (g *Gate) giveUp(turn chan struct{}) {
	g.mu.Lock()
	before := len(g.known) + len(g.others)
	is := func(t chan struct{}) bool { return t == turn }
	g.known, g.others = slices.DeleteFunc(g.known, is), slices.DeleteFunc(g.others, is)
	given := len(g.known)+len(g.others) == before
	g.mu.Unlock()
	if given {
		g.leave()
	}
}
