// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Awaited is a service of a member whose Office she does not hold yet, and who
// could give it to her: until then she knows nobody there, and receives nobody.
type Awaited struct {
	Service   record.Service
	Welcomers []record.Member
}

// Awaiting returns the services in which nobody has welcomed a member yet.
func (r *Room) Awaiting(ctx context.Context, by *strongroom.Unlocked) ([]Awaited, error) {
	var all []Awaited
	for _, id := range by.Actor().Services() {
		s, err := r.read.Service(ctx, id)
		if err != nil {
			return nil, err
		}
		circles, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, id))
		if err != nil {
			return nil, err
		}
		office := slices.IndexFunc(circles, func(c record.Circle) bool { return c.Kind == record.Office })
		if office < 0 {
			continue // her own sign-in makes it
		}
		holders, err := r.holdersOf(ctx, circles[office])
		if err != nil {
			return nil, err
		}
		if holders[by.Member()] {
			continue
		}
		one := Awaited{Service: s}
		if one.Welcomers, err = r.welcomers(ctx, id, holders); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// welcomers returns those of a service who hold its Office and may still come in.
func (r *Room) welcomers(ctx context.Context, s record.ServiceID, holders map[record.MemberID]bool) ([]record.Member, error) {
	_, order, err := r.rolesIn(ctx, s)
	var all []record.Member
	for _, id := range order {
		if !holders[id] {
			continue
		}
		m, err := r.read.Member(ctx, id)
		if err != nil {
			return nil, err
		}
		if m.State == record.MemberActive {
			all = append(all, m)
		}
	}
	return all, err
}
