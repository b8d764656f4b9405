// SPDX-License-Identifier: AGPL-3.0-or-later

package agenda

import (
	"context"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// lister lists appointments: the room's reader, or its transaction.
type lister interface {
	ScopedAppointments(ctx context.Context, s record.Scope, service record.ServiceID, m record.MemberID, from, to record.Minute) ([]record.Appointment, error)
}

// nearby are the appointments of those with whom a person is kept apart, in the
// half-days of one of hers: looked at before it is given, and again as it is written.
type nearby struct {
	whom []record.PersonID
	rows []record.Appointment
}

// possible asks of an appointment with a person that she lives, and that it makes
// nobody meet who is kept apart from her (product.md §6). What it answers says
// neither who else comes nor that somebody does.
func (r *Room) possible(ctx context.Context, by *strongroom.Unlocked, a Appointment) (nearby, error) {
	if a.Person.IsZero() {
		return nearby{}, nil
	}
	her, err := r.people.Records(ctx, by, a.Person)
	if err != nil {
		return nearby{}, err
	}
	if her[0].Name.Empty() { // not opened: nothing is known of whom she is kept apart from
		return nearby{}, fault.New(fault.Withheld, "")
	}
	var near nearby
	for _, who := range her {
		if !who.Died.Empty() && a.Start >= record.Minute(r.now().Unix()/60) {
			return near, fault.New(fault.Refused, "fault.died")
		}
		near.whom = append(near.whom, who.KeptApart()...)
	}
	if near.rows, err = r.near(ctx, r.read, by, a.Appointment, near.whom); err != nil {
		return near, err
	}
	return near, r.meets(ctx, by, a, near.rows)
}

// still asks, in the transaction that writes an appointment, that nothing was given
// beside it since it was found possible.
func (r *Room) still(ctx context.Context, tx Tx, by *strongroom.Unlocked, a record.Appointment, seen nearby) error {
	rows, err := r.near(ctx, tx, by, a, seen.whom)
	if err == nil && !slices.Equal(rows, seen.rows) {
		err = fault.New(fault.Conflict, "fault.conflict")
	}
	return err
}

// near lists what some persons have in the half-days of an appointment, in the
// services of the actor's: of the others she is to learn nothing, not by a refusal
// either.
func (r *Room) near(ctx context.Context, in lister, by *strongroom.Unlocked, a record.Appointment, whom []record.PersonID) ([]record.Appointment, error) {
	if len(whom) == 0 {
		return nil, nil
	}
	from, to := halfDays(a, r.now().Location())
	var all []record.Appointment
	for _, s := range by.Actor().Services() {
		some, err := in.ScopedAppointments(ctx, policy.Scope(by.Actor()), s, record.MemberID{}, from-longest, to)
		if err != nil {
			return nil, err
		}
		for _, other := range some {
			off := other.Presence == record.Cancelled || other.Presence == record.Excused
			_, ends := halfDays(other, r.now().Location())
			if !off && ends > from && slices.Contains(whom, other.Person) {
				all = append(all, other)
			}
		}
	}
	return all, nil
}

// meets refuses an appointment at a place where one of others is. One whose words
// the actor's keys do not open counts as being there.
func (r *Room) meets(ctx context.Context, by *strongroom.Unlocked, a Appointment, others []record.Appointment) error {
	if len(others) == 0 || a.remote() {
		return nil
	}
	var asks []strongroom.Ask
	for _, o := range others {
		asks = append(asks, strongroom.Ask{Owner: owner(o), Objects: []record.ObjectID{o.Words()}, Via: o.Service})
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Listed, Purpose: journal.ForReception}, asks...)
	if err != nil && fault.KindOf(err) != fault.Withheld {
		return err
	}
	words := map[record.ObjectID]strongroom.Words{}
	for _, it := range items {
		words[it.Object] = it.Words
	}
	for _, o := range others {
		w, opened := words[o.Words()]
		if !opened || a.beside(o.Service, w[record.TagMedium], w[record.TagSpot]) {
			return fault.Field("day", "fault.half_day")
		}
	}
	return nil
}

// remote reports whether nobody goes anywhere.
func (a Appointment) remote() bool {
	return a.Medium == record.ByPhone || a.Medium == record.ByVideo
}

// beside reports whether an appointment is where another is: in the office of one
// service, whatever the room, or where the same place was written.
func (a Appointment) beside(service record.ServiceID, medium, spot confided.Text) bool {
	if medium.Is(string(record.ByPhone)) || medium.Is(string(record.ByVideo)) {
		return false
	}
	office := a.Service == service && a.Medium == record.AtOffice && medium.Is(string(record.AtOffice))
	return office || !spot.Empty() && a.Spot.Equal(spot)
}

// halfDays are the bounds of the mornings and afternoons that an appointment is in.
func halfDays(a record.Appointment, zone *time.Location) (from, to record.Minute) {
	bound := func(at record.Minute, after int) record.Minute {
		t := time.Unix(int64(at)*60, 0).In(zone)
		half := t.Hour()/12 + after
		return record.Minute(time.Date(t.Year(), t.Month(), t.Day(), half*12, 0, 0, 0, zone).Unix() / 60)
	}
	last := a.Start + record.Minute(max(a.Length, 1)) - 1
	return bound(a.Start, 0), bound(last, 1)
}
