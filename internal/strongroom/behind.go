// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// behind finds the people behind a circle to which another is wrapped: an Office
// or an emergency key of a service, or a circle of a case.
func (r *Room) behind(ctx context.Context, u *Unlocked, s *shelf, c record.CircleID) (record.ServiceID, Readers, error) {
	likely := append([]record.ServiceID{s.service}, u.actor.Services()...)
	service, inner, found, err := r.behindServices(ctx, u, c, likely)
	if found || err != nil {
		return service, inner, err
	}
	rows, err := r.read.Services(ctx)
	if err != nil {
		return record.ServiceID{}, Readers{}, err
	}
	var others []record.ServiceID
	for _, row := range rows {
		others = append(others, row.ID)
	}
	service, inner, found, err = r.behindServices(ctx, u, c, others)
	if found || err != nil {
		return service, inner, err
	}
	if s.owner.Kind != record.OwnerPerson {
		return record.ServiceID{}, Readers{}, nil
	}
	return r.behindCases(ctx, u, s, c)
}

// behindServices looks for a circle among those of some services; it names the
// service of an Office.
func (r *Room) behindServices(ctx context.Context, u *Unlocked, c record.CircleID, services []record.ServiceID) (_ record.ServiceID, _ Readers, found bool, _ error) {
	for _, id := range services {
		if id.IsZero() {
			continue
		}
		of, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerService, id))
		if err != nil {
			return record.ServiceID{}, Readers{}, false, err
		}
		k, ok := of.circles[c]
		if !ok {
			continue
		}
		inner, err := r.reach(ctx, u, of, c)
		if k.Kind != record.Office {
			id = record.ServiceID{}
		}
		return id, inner, true, err
	}
	return record.ServiceID{}, Readers{}, false, nil
}

func (r *Room) behindCases(ctx context.Context, u *Unlocked, s *shelf, c record.CircleID) (record.ServiceID, Readers, error) {
	cases, err := r.read.CasesOf(ctx, record.PersonID(s.owner.ID))
	if err != nil {
		return record.ServiceID{}, Readers{}, err
	}
	for _, k := range cases {
		of, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerCase, k.ID))
		if err != nil {
			return record.ServiceID{}, Readers{}, err
		}
		if _, ok := of.circles[c]; ok {
			inner, err := r.reach(ctx, u, of, c)
			return record.ServiceID{}, inner, err
		}
	}
	return record.ServiceID{}, Readers{}, nil
}
