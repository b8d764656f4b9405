// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// watcher is the store as the rooms read it. While somebody watches, it notes
// each read once, and the sizes of the envelopes among its rows.
type watcher struct {
	*store.DB
	mu      sync.Mutex
	on      bool
	order   []string
	seen    map[string]seen
	circles map[record.CircleID]bool // journals that were read about
}

// seen is one read.
type seen struct {
	again func(context.Context) error
	sizes []int
}

func (w *watcher) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on, w.order, w.seen, w.circles = true, nil, map[string]seen{}, map[record.CircleID]bool{}
}

// end returns what was read since begin, in order, and the envelopes in it.
func (w *watcher) end() (reads []func(context.Context) error, sizes []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on = false
	for _, k := range w.order {
		reads = append(reads, w.seen[k].again)
		sizes = append(sizes, w.seen[k].sizes...)
	}
	return reads, sizes
}

// watch does a read and notes it; the same one again replaces what was noted.
func watch[T any](ctx context.Context, w *watcher, key string, read func(context.Context) (T, error), sealed func(T) []int) (T, error) {
	out, err := read(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.on {
		return out, err
	}
	if _, twice := w.seen[key]; !twice {
		w.order = append(w.order, key)
	}
	s := seen{again: func(ctx context.Context) error { _, err := read(ctx); return err }}
	if err != nil { // what is not there is not there again
		s.again = func(ctx context.Context) error { _, _ = read(ctx); return nil }
	}
	if sealed != nil {
		s.sizes = sealed(out)
	}
	w.seen[key] = s
	return out, err
}

func key(method string, args ...any) string { return method + fmt.Sprintf("%x", args) }

// sizes measures the envelope of each row.
func sizes[T any](of func(T) []byte) func([]T) []int {
	return func(all []T) (n []int) {
		for _, one := range all {
			n = append(n, len(of(one)))
		}
		return n
	}
}

// The reads that bring envelopes. WrapsTo is asked again with more recipients:
// the last answer holds the others.

func (w *watcher) WrapsTo(ctx context.Context, o record.Owner, to ...record.Recipient) ([]record.Wrap, error) {
	return watch(ctx, w, key("WrapsTo", o), func(ctx context.Context) ([]record.Wrap, error) { return w.DB.WrapsTo(ctx, o, to...) },
		sizes(func(x record.Wrap) []byte { return x.Sealed }))
}

func (w *watcher) Slips(ctx context.Context, o record.Owner) ([]record.Slip, error) {
	return watch(ctx, w, key("Slips", o), func(ctx context.Context) ([]record.Slip, error) { return w.DB.Slips(ctx, o) },
		sizes(func(x record.Slip) []byte { return x.Sealed }))
}

func (w *watcher) LatestVersions(ctx context.Context, o record.Owner) ([]record.Version, error) {
	return watch(ctx, w, key("LatestVersions", o), func(ctx context.Context) ([]record.Version, error) { return w.DB.LatestVersions(ctx, o) },
		sizes(func(x record.Version) []byte { return x.Sealed }))
}

func (w *watcher) MarksOf(ctx context.Context, o record.Owner) ([]record.Mark, error) {
	return watch(ctx, w, key("MarksOf", o), func(ctx context.Context) ([]record.Mark, error) { return w.DB.MarksOf(ctx, o) },
		sizes(func(x record.Mark) []byte { return x.Sealed }))
}

// Wraps are read to say who reads; nobody opens them.
func (w *watcher) Wraps(ctx context.Context, c record.CircleID) ([]record.Wrap, error) {
	return watch(ctx, w, key("Wraps", c), func(ctx context.Context) ([]record.Wrap, error) { return w.DB.Wraps(ctx, c) }, nil)
}

func (w *watcher) ObjectWraps(ctx context.Context, o record.ObjectID) ([]record.Wrap, error) {
	return watch(ctx, w, key("ObjectWraps", o), func(ctx context.Context) ([]record.Wrap, error) { return w.DB.ObjectWraps(ctx, o) }, nil)
}

func (w *watcher) Circles(ctx context.Context, o record.Owner) ([]record.Circle, error) {
	all, err := watch(ctx, w, key("Circles", o), func(ctx context.Context) ([]record.Circle, error) { return w.DB.Circles(ctx, o) }, nil)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range all {
		if w.on && c.Kind == record.HerJournal {
			w.circles[c.ID] = true
		}
	}
	return all, err
}

// asked counts the queries by their method.
func (w *watcher) asked() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := map[string]int{}
	for _, k := range w.order {
		method, _, _ := strings.Cut(k, "[")
		count[method]++
	}
	var all []string
	for _, method := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%s %d", method, count[method]))
	}
	return strings.Join(all, ", ")
}

// journals are the journal circles that were read about.
func (w *watcher) journals() (all []record.CircleID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.circles {
		all = append(all, c)
	}
	return all
}

// The others.

func (w *watcher) Case(ctx context.Context, id record.CaseID) (record.Case, error) {
	return watch(ctx, w, key("Case", id), func(ctx context.Context) (record.Case, error) { return w.DB.Case(ctx, id) }, nil)
}

func (w *watcher) Service(ctx context.Context, id record.ServiceID) (record.Service, error) {
	return watch(ctx, w, key("Service", id), func(ctx context.Context) (record.Service, error) { return w.DB.Service(ctx, id) }, nil)
}

func (w *watcher) Member(ctx context.Context, id record.MemberID) (record.Member, error) {
	return watch(ctx, w, key("Member", id), func(ctx context.Context) (record.Member, error) { return w.DB.Member(ctx, id) }, nil)
}

func (w *watcher) Object(ctx context.Context, id record.ObjectID) (record.Object, error) {
	return watch(ctx, w, key("Object", id), func(ctx context.Context) (record.Object, error) { return w.DB.Object(ctx, id) }, nil)
}

func (w *watcher) ScopedPerson(ctx context.Context, s record.Scope, id record.PersonID) (record.Person, error) {
	return watch(ctx, w, key("ScopedPerson", s, id), func(ctx context.Context) (record.Person, error) { return w.DB.ScopedPerson(ctx, s, id) }, nil)
}

func (w *watcher) Organisation(ctx context.Context) (record.Organisation, error) {
	return watch(ctx, w, key("Organisation"), func(ctx context.Context) (record.Organisation, error) { return w.DB.Organisation(ctx) }, nil)
}

func (w *watcher) Services(ctx context.Context) ([]record.Service, error) {
	return watch(ctx, w, key("Services"), func(ctx context.Context) ([]record.Service, error) { return w.DB.Services(ctx) }, nil)
}

func (w *watcher) Members(ctx context.Context) ([]record.Member, error) {
	return watch(ctx, w, key("Members"), func(ctx context.Context) ([]record.Member, error) { return w.DB.Members(ctx) }, nil)
}

func (w *watcher) Seats(ctx context.Context) ([]record.Seat, error) {
	return watch(ctx, w, key("Seats"), func(ctx context.Context) ([]record.Seat, error) { return w.DB.Seats(ctx) }, nil)
}

func (w *watcher) Missions(ctx context.Context, id record.ServiceID) ([]record.Mission, error) {
	return watch(ctx, w, key("Missions", id), func(ctx context.Context) ([]record.Mission, error) { return w.DB.Missions(ctx, id) }, nil)
}

func (w *watcher) Functions(ctx context.Context, id record.MemberID) ([]record.Function, error) {
	return watch(ctx, w, key("Functions", id), func(ctx context.Context) ([]record.Function, error) { return w.DB.Functions(ctx, id) }, nil)
}

func (w *watcher) ServiceFunctions(ctx context.Context, id record.ServiceID) ([]record.Function, error) {
	return watch(ctx, w, key("ServiceFunctions", id), func(ctx context.Context) ([]record.Function, error) { return w.DB.ServiceFunctions(ctx, id) }, nil)
}

func (w *watcher) Slots(ctx context.Context, id record.MemberID) ([]record.Slot, error) {
	return watch(ctx, w, key("Slots", id), func(ctx context.Context) ([]record.Slot, error) { return w.DB.Slots(ctx, id) }, nil)
}

func (w *watcher) SlotCount(ctx context.Context, id record.MemberID) (int, error) {
	return watch(ctx, w, key("SlotCount", id), func(ctx context.Context) (int, error) { return w.DB.SlotCount(ctx, id) }, nil)
}

func (w *watcher) Locks(ctx context.Context, o record.Owner) ([]record.Lock, error) {
	return watch(ctx, w, key("Locks", o), func(ctx context.Context) ([]record.Lock, error) { return w.DB.Locks(ctx, o) }, nil)
}

func (w *watcher) CasesOf(ctx context.Context, id record.PersonID) ([]record.Case, error) {
	return watch(ctx, w, key("CasesOf", id), func(ctx context.Context) ([]record.Case, error) { return w.DB.CasesOf(ctx, id) }, nil)
}

func (w *watcher) Known(ctx context.Context, id record.PersonID) ([]record.ServiceID, error) {
	return watch(ctx, w, key("Known", id), func(ctx context.Context) ([]record.ServiceID, error) { return w.DB.Known(ctx, id) }, nil)
}

func (w *watcher) ScopedCasesOfPerson(ctx context.Context, s record.Scope, id record.PersonID) ([]record.Case, error) {
	return watch(ctx, w, key("ScopedCasesOfPerson", s, id), func(ctx context.Context) ([]record.Case, error) { return w.DB.ScopedCasesOfPerson(ctx, s, id) }, nil)
}

func (w *watcher) Chain(ctx context.Context, o record.Owner) ([]record.Link, error) {
	return watch(ctx, w, key("Chain", o), func(ctx context.Context) ([]record.Link, error) { return w.DB.Chain(ctx, o) }, nil)
}

func (w *watcher) ChainSince(ctx context.Context, o record.Owner, n uint32) ([]record.Link, error) {
	return watch(ctx, w, key("ChainSince", o, n), func(ctx context.Context) ([]record.Link, error) { return w.DB.ChainSince(ctx, o, n) }, nil)
}

func (w *watcher) OwnerEpochs(ctx context.Context, o record.Owner) ([]record.Epoch, error) {
	return watch(ctx, w, key("OwnerEpochs", o), func(ctx context.Context) ([]record.Epoch, error) { return w.DB.OwnerEpochs(ctx, o) }, nil)
}

func (w *watcher) Objects(ctx context.Context, o record.Owner) ([]record.Object, error) {
	return watch(ctx, w, key("Objects", o), func(ctx context.Context) ([]record.Object, error) { return w.DB.Objects(ctx, o) }, nil)
}

func (w *watcher) Drafts(ctx context.Context, id record.MemberID) ([]record.Draft, error) {
	return watch(ctx, w, key("Drafts", id), func(ctx context.Context) ([]record.Draft, error) { return w.DB.Drafts(ctx, id) }, nil)
}
