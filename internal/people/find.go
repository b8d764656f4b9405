// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"iter"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/names"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// ShownLines is how many persons a search may show: a line shown is an opening.
const ShownLines = 10

// idle is how long an index stays in memory without anybody looking for a name
// (secrecy.md §4).
const idle = 30 * time.Minute

// batch is how many persons are read at once while an index is built.
const batch = 500

// registry is where a process keeps the names it finds people by, one index for
// each service. Nothing of it touches the disk.
type registry struct {
	mu       sync.Mutex
	services map[record.ServiceID]*register
}

// register is the index of one service, and up to which leaf of the journal it
// knows what changed.
type register struct {
	mu     sync.Mutex
	index  *names.Index
	since  int64
	wanted time.Time // under the registry's lock
}

// of returns the register of a service, and drops those nobody asks any more.
func (g *registry) of(s record.ServiceID, now time.Time) *register {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(now)
	if g.services == nil {
		g.services = map[record.ServiceID]*register{}
	}
	if g.services[s] == nil {
		g.services[s] = &register{}
	}
	g.services[s].wanted = now
	return g.services[s]
}

func (g *registry) drop(now time.Time) {
	for s, one := range g.services {
		if now.Sub(one.wanted) >= idle {
			delete(g.services, s)
		}
	}
}

// Forget drops the names of the services in which nobody looked for any for half
// an hour. The clock calls it.
func (r *Room) Forget() {
	r.registry.mu.Lock()
	defer r.registry.mu.Unlock()
	r.registry.drop(r.now())
}

// Find opens the names of at most ShownLines persons who may be meant by a query,
// the likeliest first, among those whom the actor's services know. Who is in no
// Office, a discreet identity, is found by nobody and by the same statements as
// who does not exist; finding nobody leaves an entry too. Two records of one person
// are one row.
func (r *Room) Find(ctx context.Context, by *strongroom.Unlocked, query confided.Text) ([]Person, error) {
	if err := policy.Decide(by.Actor(), policy.ListPersons, policy.Subject{}).Err(); err != nil {
		return nil, err
	}
	ids, err := r.resembling(ctx, by, query)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, r.strong.Note(ctx, by, journal.Body{Act: journal.Searched, Purpose: journal.ForReception})
	}
	named, err := r.Names(ctx, by, ids...)
	if err != nil {
		return nil, err
	}
	var all []Person
	for _, id := range ids {
		if p, ok := named[id]; ok {
			all = append(all, p)
		}
	}
	return onePerPerson(all), nil
}

// resembling asks the index of each service of the actor's whose key she holds.
// With several, each gives its likeliest first, in turn.
func (r *Room) resembling(ctx context.Context, by *strongroom.Unlocked, query confided.Text) ([]record.PersonID, error) {
	var found [][]record.PersonID
	for _, s := range by.Actor().Services() {
		one := r.registry.of(s, r.now())
		ids, err := r.within(ctx, by, one, s, query)
		if err != nil && fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
		found = append(found, ids)
	}
	var all []record.PersonID
	seen := map[record.PersonID]bool{}
	for at := range ShownLines {
		for _, ids := range found {
			if at < len(ids) && !seen[ids[at]] && len(all) < ShownLines {
				seen[ids[at]] = true
				all = append(all, ids[at])
			}
		}
	}
	return all, nil
}

func (r *Room) within(ctx context.Context, by *strongroom.Unlocked, one *register, s record.ServiceID, query confided.Text) ([]record.PersonID, error) {
	one.mu.Lock()
	defer one.mu.Unlock()
	if err := r.strong.InOffice(ctx, by, s); err != nil {
		return nil, err
	}
	if err := r.catchUp(ctx, by, one, s); err != nil {
		return nil, err
	}
	return one.index.Find(query, ShownLines), nil
}

// catchUp builds the index with the asking session's key, or tells it what changed
// since it was last asked.
func (r *Room) catchUp(ctx context.Context, by *strongroom.Unlocked, one *register, s record.ServiceID) error {
	scope := policy.Scope(by.Actor())
	if one.index == nil {
		since, err := r.read.TreeSize(ctx) // before what it reads
		if err != nil {
			return err
		}
		fresh := names.New(0)
		if err := r.tell(ctx, by, fresh, s, r.everybody(ctx, scope, s)); err != nil {
			return err
		}
		one.index, one.since = fresh, since
		return nil
	}
	touched, since, err := r.read.ScopedTouched(ctx, scope, s, one.since)
	if err != nil {
		return err
	}
	var changed [][]record.Named
	for _, id := range touched {
		rows, err := r.read.ScopedNamedOf(ctx, scope, s, id)
		if err != nil {
			return err
		}
		switch known, ok := one.index.Stamp(id); {
		case len(rows) == 0:
			one.index.Remove(id)
		case !ok || known != stamp(rows):
			changed = append(changed, rows)
		}
	}
	if len(changed) > 0 {
		if err := r.tell(ctx, by, one.index, s, all(changed)); err != nil {
			return err
		}
	}
	one.since = since
	return nil
}

// everybody reads what keeps the names of a whole service.
func (r *Room) everybody(ctx context.Context, scope record.Scope, s record.ServiceID) iter.Seq2[[]record.Named, error] {
	return func(yield func([]record.Named, error) bool) {
		var after record.PersonID
		for more := true; more; more = !after.IsZero() {
			rows, last, err := r.read.ScopedNamed(ctx, scope, s, after, batch)
			if !yield(rows, err) || err != nil {
				return
			}
			after = last
		}
	}
}

func all(some [][]record.Named) iter.Seq2[[]record.Named, error] {
	return func(yield func([]record.Named, error) bool) {
		for _, rows := range some {
			if !yield(rows, nil) {
				return
			}
		}
	}
}

// stamp tells which versions of a person's parts these are.
func stamp(rows []record.Named) (s uint32) {
	for _, n := range rows {
		s = s<<16 | n.Version.Number&0xffff
	}
	return s
}

// tell opens names for an index. A person's parts come one after the other.
func (r *Room) tell(ctx context.Context, by *strongroom.Unlocked, to *names.Index, s record.ServiceID, rows iter.Seq2[[]record.Named, error]) error {
	var e names.Entry
	var parts []record.Named
	flush := func() {
		if len(parts) > 0 {
			e.Stamp = stamp(parts)
			to.Change(e)
		}
	}
	err := r.strong.OpenForIndex(ctx, by, s, rows, func(n record.Named, w strongroom.Words) {
		if n.Person != e.ID {
			flush()
			e, parts = names.Entry{ID: n.Person}, parts[:0]
		}
		parts = append(parts, n)
		switch n.Order {
		case orderIdentity:
			e.Name, e.Family, e.Birth = w[record.TagName], w[record.TagFamilyName], w[record.TagBirth]
		case orderContact:
			e.Phone = w[record.TagPhone]
		}
	})
	flush()
	return err
}
