// SPDX-License-Identifier: AGPL-3.0-or-later

package cases

import (
	"context"
	"maps"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Audience is who reads, computed from the keys: the sentence shown before
// anything is saved (S-19, S-20).
type Audience = strongroom.Readers

// Will computes who will read a note in a circle kind of a case: the team, the
// author and those she names, the person too, or the author alone.
func (r *Room) Will(ctx context.Context, by *strongroom.Unlocked, d Dossier, ink record.CircleKind, p record.PersonID, named []record.MemberID) (Audience, error) {
	switch ink {
	case record.CaseCircle:
		return r.strong.CircleReaders(ctx, by, owner(d.ID), d.Main)
	case record.Shared:
		return r.strong.CircleReaders(ctx, by, owner(d.ID), d.Shared[p])
	case record.Reserved:
		return r.alone(ctx, by, d.Service, append([]record.MemberID{by.Member()}, named...))
	}
	return r.alone(ctx, by, d.Service, []record.MemberID{by.Member()})
}

// alone is an audience of named people whom no emergency joins.
func (r *Room) alone(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID, named []record.MemberID) (Audience, error) {
	a, err := r.strong.FutureReaders(ctx, by, s, named)
	a.Emergency = nil
	return a, err
}

// WillOpen computes who will read the first note of a case that a plan opens.
func (r *Room) WillOpen(ctx context.Context, by *strongroom.Unlocked, p Plan, ink record.CircleKind, named []record.MemberID) (Audience, error) {
	all := append([]record.MemberID{p.Referent}, p.Readers...)
	switch ink {
	case record.CaseCircle:
		return r.strong.FutureReaders(ctx, by, p.Case.Service, all)
	case record.Shared:
		a, err := r.alone(ctx, by, p.Case.Service, all)
		a.Person = p.Case.Persons[0]
		return a, err
	}
	return r.Will(ctx, by, Dossier{Case: p.Case}, ink, p.Case.Persons[0], named)
}

// Readers is the page of who can read and who has read.
type Readers struct {
	Dossier
	Places    []strongroom.Place
	Emergency []record.MemberID
	Offices   []Office // who reads the identity
	Looks     []Look
}

// Office is a service whose reception and members read the person's identity.
type Office struct {
	Service record.Service
	Members []record.MemberID
}

// Look is what somebody read of the case, or of the identity of its persons, on
// one day: by day, never by hour.
type Look struct {
	Member   record.MemberID
	Day      time.Time
	Identity bool
	Pieces   int
	Orders   map[uint32]bool // of the case's objects
}

const mostLooks = 5000 // entries read for one page

// Readers computes who can read a case and reads who has, after writing that it
// was looked at. since zero reads as far back as the keys go.
func (r *Room) Readers(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, since time.Time) (Readers, error) {
	d, err := r.May(ctx, by, policy.SeeReaders, id, record.MemberID{})
	if err != nil {
		return Readers{}, err
	}
	out := Readers{Dossier: d}
	told, err := r.strong.Told(ctx, by, d.Case)
	if err != nil {
		return out, err
	}
	out.Places = told.Places
	if d.Reads {
		main, err := r.strong.CircleReaders(ctx, by, owner(id), d.Main)
		if err != nil {
			return out, err
		}
		out.Emergency = main.Emergency
	}
	if out.Offices, err = r.offices(ctx, by, d.Case); err != nil {
		return out, err
	}
	for _, p := range d.Persons {
		looks, err := told.Looks(ctx, p, record.Minute(max(since.Unix(), 0)/60), mostLooks)
		if err != nil {
			return out, err
		}
		out.Looks = byDay(out.Looks, id, p, looks)
	}
	return out, nil
}

// Receipt is one member's place in a case, to be told to the person on paper
// (S-16).
type Receipt struct {
	Dossier
	strongroom.Place
}

// Receipt returns a member's place in a case, after writing that who reads it was
// looked at. Withheld when she has none.
func (r *Room) Receipt(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, m record.MemberID) (Receipt, error) {
	d, err := r.May(ctx, by, policy.SeeReaders, id, record.MemberID{})
	if err != nil {
		return Receipt{}, err
	}
	told, err := r.strong.Told(ctx, by, d.Case)
	if err != nil {
		return Receipt{}, err
	}
	for _, p := range told.Places {
		if p.Member == m {
			return Receipt{d, p}, nil
		}
	}
	return Receipt{}, fault.New(fault.Withheld, "")
}

// Team is who reads a case already, and how many notes a newcomer would read
// with them.
type Team struct {
	Dossier
	Members []record.MemberID
	Notes   int
}

// Team returns the readers of a case to who may let a colleague in.
func (r *Room) Team(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (Team, error) {
	d, err := r.May(ctx, by, policy.AdmitToCase, id, record.MemberID{})
	if err != nil {
		return Team{}, err
	}
	main, err := r.strong.CircleReaders(ctx, by, owner(id), d.Main)
	if err != nil {
		return Team{}, err
	}
	slips, err := r.read.Slips(ctx, owner(id))
	if err != nil {
		return Team{}, err
	}
	t := Team{Dossier: d, Members: main.Members}
	for _, s := range slips {
		if s.Circle == d.Main {
			t.Notes++
		}
	}
	return t, nil
}

// offices lists who reads the identity of a case's persons.
func (r *Room) offices(ctx context.Context, by *strongroom.Unlocked, c record.Case) ([]Office, error) {
	services, err := r.read.Services(ctx)
	if err != nil {
		return nil, err
	}
	var out []Office
	for _, p := range c.Persons {
		who, err := r.strong.OwnReaders(ctx, by, p)
		if err != nil {
			return nil, err
		}
		for _, s := range services {
			if members, ok := who[s.ID]; ok && !slices.ContainsFunc(out, func(o Office) bool { return o.Service.ID == s.ID }) {
				out = append(out, Office{s, members})
			}
		}
	}
	return out, nil
}

// byDay adds what a journal's entries show to have been read, by member and day,
// newest day first. Writing, refusals and looking at the journal itself are no
// reading.
func byDay(out []Look, id record.CaseID, p record.PersonID, looks []strongroom.Look) []Look {
	for _, l := range looks {
		orders, identity := read(id, p, l)
		if len(orders) == 0 && !identity {
			continue
		}
		day := time.Unix(l.At/86400*86400, 0).UTC()
		i := slices.IndexFunc(out, func(o Look) bool { return o.Member == l.Actor && o.Day.Equal(day) })
		if i < 0 {
			i = len(out)
			out = append(out, Look{Member: l.Actor, Day: day, Orders: map[uint32]bool{}})
		}
		maps.Copy(out[i].Orders, orders)
		out[i].Pieces, out[i].Identity = len(out[i].Orders), out[i].Identity || identity
	}
	slices.SortStableFunc(out, func(a, b Look) int { return b.Day.Compare(a.Day) })
	return out
}

// mostOrders bounds a span of a damaged journal.
const mostOrders = 1 << 20

// read says which objects of a case an entry shows to have been read, and whether
// it was a person's identity.
func read(id record.CaseID, p record.PersonID, l strongroom.Look) (orders map[uint32]bool, identity bool) {
	if l.Act != journal.Opened && l.Act != journal.Listed {
		return nil, false
	}
	orders = map[uint32]bool{}
	for _, s := range l.Spans {
		identity = identity || s.Owner == record.OwnerOf(record.OwnerPerson, p)
		if s.Owner != owner(id) {
			continue
		}
		for n := s.From; n <= s.To && n-s.From < mostOrders; n++ {
			orders[n] = true
		}
	}
	return orders, identity
}
