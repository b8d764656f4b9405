// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Waiting is a colleague who lacks a key of a service that the reader holds.
type Waiting struct {
	Member  record.Member
	Service record.Service
	Roles   []record.Role // hers in that service
}

// ToWelcome returns the colleagues of a member's services who lack the Office, or
// the emergency key that their role holds, and whom she can give it.
func (r *Room) ToWelcome(ctx context.Context, by *strongroom.Unlocked) ([]Waiting, error) {
	var all []Waiting
	for _, id := range by.Actor().Services() {
		s, err := r.read.Service(ctx, id)
		if err != nil {
			return nil, err
		}
		some, err := r.waiting(ctx, by, s)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (r *Room) waiting(ctx context.Context, by *strongroom.Unlocked, s record.Service) ([]Waiting, error) {
	given, err := r.given(ctx, by, s)
	if err != nil {
		return nil, err
	}
	roles, order, err := r.rolesIn(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	var all []Waiting
	for _, id := range order {
		if !slices.ContainsFunc(given, func(g givenKey) bool { return g.lacks(id, roles[id]) }) {
			continue
		}
		m, err := r.read.Member(ctx, id)
		if err != nil {
			return nil, err
		}
		if m.State == record.MemberActive {
			all = append(all, Waiting{m, s, roles[id]})
		}
	}
	return all, nil
}

// rolesIn returns what each member does in a service, in the order in which they
// came.
func (r *Room) rolesIn(ctx context.Context, s record.ServiceID) (map[record.MemberID][]record.Role, []record.MemberID, error) {
	functions, err := r.read.ServiceFunctions(ctx, s)
	roles := map[record.MemberID][]record.Role{}
	var order []record.MemberID
	for _, f := range functions {
		if !f.Role.InService() {
			continue
		}
		if len(roles[f.Member]) == 0 {
			order = append(order, f.Member)
		}
		roles[f.Member] = append(roles[f.Member], f.Role)
	}
	return roles, order, err
}

// givenKey is a key of a service that the reader holds, and who holds it.
type givenKey struct {
	emergency bool
	holders   map[record.MemberID]bool
}

func (g givenKey) lacks(m record.MemberID, roles []record.Role) bool {
	return !g.holders[m] && (!g.emergency || slices.ContainsFunc(roles, record.Role.HoldsEmergency))
}

// given returns the keys of a service that a member holds and may give: the
// emergency key only where the service uses it.
func (r *Room) given(ctx context.Context, by *strongroom.Unlocked, s record.Service) ([]givenKey, error) {
	circles, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, s.ID))
	if err != nil {
		return nil, err
	}
	var all []givenKey
	for _, c := range circles {
		g := givenKey{emergency: c.Kind == record.Emergency}
		if g.holders, err = r.holdersOf(ctx, c); err != nil {
			return nil, err
		}
		if g.holders[by.Member()] && (!g.emergency || s.Emergency) {
			all = append(all, g)
		}
	}
	return all, nil
}

// holdersOf returns the members to whom a circle's key of today is wrapped.
func (r *Room) holdersOf(ctx context.Context, c record.Circle) (map[record.MemberID]bool, error) {
	wraps, err := r.read.Wraps(ctx, c.ID)
	all := map[record.MemberID]bool{}
	for _, w := range wraps {
		if w.Recipient.Kind == record.ToMember && w.Epoch == c.Epoch {
			all[record.MemberID(w.Recipient.ID)] = true
		}
	}
	return all, err
}

// Welcome gives a colleague the keys of a service that the inviter did not hold:
// Accueillir. It does nothing when she lacks none. An account without a function
// in the service is refused, whoever asks: who only administers, directs or
// oversees never receives an Office (secrecy.md §4).
func (r *Room) Welcome(ctx context.Context, by *strongroom.Unlocked, service record.ServiceID, id record.MemberID) error {
	if err := may(by, policy.Welcome, policy.Subject{Service: service}); err != nil {
		return err
	}
	roles, _, err := r.rolesIn(ctx, service)
	if err != nil {
		return err
	}
	if len(roles[id]) == 0 {
		return fault.New(fault.Refused, "fault.house_only")
	}
	s, err := r.read.Service(ctx, service)
	if err != nil {
		return err
	}
	given, err := r.given(ctx, by, s)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(given, func(g givenKey) bool { return g.lacks(id, roles[id]) }) {
		return nil
	}
	emergency := s.Emergency && slices.ContainsFunc(roles[id], record.Role.HoldsEmergency)
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.Welcome(ctx, service, id, emergency) }, nil)
}
