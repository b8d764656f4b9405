// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/pace"
	"github.com/google/go-cmp/cmp"
)

func testGate(cores int) (*Gate, *time.Time) {
	clock := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return NewGate(cores, func() time.Time { return clock }), &clock
}

// tries counts how many of n tries the gate lets through.
func tries(g *Gate, n int, caller func(int) Caller) int {
	through := 0
	for i := range n {
		if leave, err := g.Enter(ctx, caller(i)); err == nil {
			through++
			leave()
		}
	}
	return through
}

// TestTheGateCountsTriesPerAccountAndPerNetwork tries from devices known and not.
//
// Seen to kill: tries that cost the account nothing; that cost the network nothing.
func TestTheGateCountsTriesPerAccountAndPerNetwork(t *testing.T) {
	for name, c := range map[string]struct {
		caller func(int) Caller
		want   int
	}{
		"one account from many networks":  {func(i int) Caller { return Caller{Account: "odile", Network: fmt.Sprint(i)} }, accountBurst},
		"many accounts from one network":  {func(i int) Caller { return Caller{Account: fmt.Sprint(i), Network: "n"} }, networkBurst},
		"one account from a known device": {func(int) Caller { return Caller{Account: "odile", Network: "n", Known: true} }, accountBurst},
		"an agency of known devices":      {func(i int) Caller { return Caller{Account: fmt.Sprint(i), Network: "n", Known: true} }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := testGate(1)
			if got := tries(g, 200, c.caller); got != c.want {
				t.Errorf("%d of 200 tries went through, want %d", got, c.want)
			}
		})
	}
}

// unlocks counts how many of n right tries the gate lets through.
func unlocks(g *Gate, n int, caller Caller) int {
	through := 0
	for range n {
		if leave, err := g.Enter(ctx, caller); err == nil {
			through++
			g.GiveBack(caller)
			leave()
		}
	}
	return through
}

// Seen to kill: GiveBack without a token given back.
func TestWhatOpensIsNotCounted(t *testing.T) {
	for name, c := range map[string]Caller{
		"from a known device": {Account: "odile", Network: "n", Known: true},
		"from a new one":      {Account: "odile", Network: "n"},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := testGate(1)
			if got := unlocks(g, 50, c); got != 50 {
				t.Errorf("%d of 50 right tries went through", got)
			}
		})
	}
}

// Seen to kill: a success that fills the bucket, one that gives back to the known
// devices what it took from the others, and one that gives back to every account
// of its network.
func TestWhatOpensPaysForNoGuess(t *testing.T) {
	known, elsewhere := Caller{Account: "odile", Network: "n", Known: true}, Caller{Account: "odile", Network: "m"}
	other := Caller{Account: "karim", Network: "m"}
	for name, c := range map[string]struct {
		right, wrong Caller
		want         int
	}{
		"who knows one secret and guesses another":     {known, known, accountBurst},
		"the owner at work while a stranger guesses":   {known, elsewhere, accountBurst},
		"a stranger with an account guesses another's": {other, elsewhere, accountBurst},
		"the owner from elsewhere, a shared machine":   {elsewhere, known, accountBurst},
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := testGate(1)
			guesses := 0
			for range 100 {
				unlocks(g, 1, c.right)
				guesses += tries(g, 1, func(int) Caller { return c.wrong })
			}
			if guesses != c.want {
				t.Errorf("%d guesses between right tries, want %d", guesses, c.want)
			}
		})
	}
}

// Seen to kill: a token given back to a network for each account on it.
func TestANetworkPaysOncePerGuess(t *testing.T) {
	g, _ := testGate(1)
	own := Caller{Account: "own", Network: "m"}
	guesses := 0
	for i := range 200 {
		unlocks(g, 1, own)
		guesses += tries(g, 1, func(int) Caller { return Caller{Account: fmt.Sprint(i), Network: "m"} })
	}
	if guesses != networkBurst {
		t.Errorf("%d guesses at many accounts from one network, want %d", guesses, networkBurst)
	}
}

func TestNobodyElsewhereLocksTheOwnerOut(t *testing.T) {
	g, clock := testGate(1)
	stranger := func(int) Caller { return Caller{Account: "odile", Network: "elsewhere"} }
	owner := func(int) Caller { return Caller{Account: "odile", Network: "elsewhere", Known: true} }
	tries(g, 100, stranger)
	if tries(g, 1, stranger) != 0 || tries(g, 1, owner) != 1 {
		t.Error("a stranger's tries count against the owner")
	}
	*clock = clock.Add(accountEvery)
	if tries(g, 2, stranger) != 1 {
		t.Error("one token a minute comes back")
	}
}

func TestTheGateForgetsRatherThanGrowing(t *testing.T) {
	g, clock := testGate(1)
	for range 3 {
		for i := range pace.Kept {
			_ = g.Spend(Caller{Account: fmt.Sprint(clock, i), Network: fmt.Sprint(clock, i)})
		}
		*clock = clock.Add(time.Second)
	}
	if g.accounts.Len() > pace.Kept || g.networks.Len() > pace.Kept {
		t.Errorf("%d and %d are remembered", g.accounts.Len(), g.networks.Len())
	}
}

// line is a fake stretch: it counts who is inside, and in which order they came.
type line struct {
	mu    sync.Mutex
	in    int
	most  int
	order []string
}

func (l *line) stretch(who string, hold <-chan struct{}) {
	l.mu.Lock()
	l.in++
	l.most = max(l.most, l.in)
	l.order = append(l.order, who)
	l.mu.Unlock()
	<-hold
	l.mu.Lock()
	l.in--
	l.mu.Unlock()
}

func (g *Gate) waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.known) + len(g.others)
}

func TestKnownDevicesGoFirstAndOneAtATimePerCore(t *testing.T) {
	g, _ := testGate(1)
	var l line
	var wg sync.WaitGroup
	hold := make(chan struct{})
	for i, c := range []Caller{
		{Account: "first"},
		{Account: "second", Network: "2"},
		{Account: "third", Network: "3"},
		{Account: "known", Known: true},
	} {
		wg.Go(func() {
			leave, err := g.Enter(ctx, c)
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			l.stretch(c.Account, hold)
		})
		for g.waiting() < i { // the first is inside, the others wait in order
			time.Sleep(time.Millisecond)
		}
		for i == 0 && l.entered() == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	close(hold)
	wg.Wait()
	if diff := cmp.Diff([]string{"first", "known", "second", "third"}, l.order); diff != "" || l.most != 1 {
		t.Errorf("%s, %d at once", diff, l.most)
	}
}

func (l *line) entered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.order)
}

func TestWhoLeavesTheQueueTakesNoPlace(t *testing.T) {
	g, _ := testGate(1)
	leave, err := g.Enter(ctx, Caller{Account: "a"})
	must(t, err)
	gone, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() {
		_, err := g.Enter(gone, Caller{Account: "b"})
		done <- err
	}()
	for g.waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	wantKind(t, <-done, fault.Unavailable)
	leave()
	leave, err = g.Enter(ctx, Caller{Account: "c"})
	must(t, err)
	leave()
	if g.free != 1 || g.waiting() != 0 {
		t.Errorf("%d free, %d waiting", g.free, g.waiting())
	}
}
