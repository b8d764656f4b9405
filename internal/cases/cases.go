// SPDX-License-Identifier: AGPL-3.0-or-later

// Package cases is about dossiers: who opens one, who carries it, who reads it,
// and who has read. It knows no word of a note.
package cases

import (
	"context"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what the room reads.
type Reader interface {
	ReachesCase(ctx context.Context, scope record.Scope, id record.CaseID) error
	Case(ctx context.Context, id record.CaseID) (record.Case, error)
	Missions(ctx context.Context, s record.ServiceID) ([]record.Mission, error)
	Services(ctx context.Context) ([]record.Service, error)
	ScopedPerson(ctx context.Context, s record.Scope, id record.PersonID) (record.Person, error)
	ScopedCases(ctx context.Context, s record.Scope, before record.CaseID, limit int) ([]record.Case, record.CaseID, error)
	ScopedCasesOfPerson(ctx context.Context, s record.Scope, p record.PersonID) ([]record.Case, error)
	ServiceFunctions(ctx context.Context, s record.ServiceID) ([]record.Function, error)
	Known(ctx context.Context, p record.PersonID) ([]record.ServiceID, error)
	Slips(ctx context.Context, o record.Owner) ([]record.Slip, error)
}

// Tx is what the room writes.
type Tx interface {
	strongroom.Tx
	PutCase(ctx context.Context, c record.Case) error
}

// Settings answers whom a service names when a dossier opens.
type Settings interface {
	UsualReaders(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID) ([]record.MemberID, error)
}

// Room is about dossiers.
type Room struct {
	read   Reader
	strong *strongroom.Room
	team   Settings
	write  func(context.Context, func(Tx) error) error
	now    func() time.Time
}

// New returns the room.
func New(read Reader, strong *strongroom.Room, team Settings, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{read: read, strong: strong, team: team, write: write, now: now}
}

// Dossier is a case and what its chain says, without a key.
type Dossier struct {
	record.Case
	strongroom.CaseFacts
}

func owner(id record.CaseID) record.Owner { return record.OwnerOf(record.OwnerCase, id) }

// May asks policy whether the actor may do op on a case, and returns the case. A
// refusal of what one may not see is written down, and looks like what does not
// exist.
func (r *Room) May(ctx context.Context, by *strongroom.Unlocked, op policy.Operation, id record.CaseID, author record.MemberID) (Dossier, error) {
	d := Dossier{}
	err := r.gate(ctx, by, op, id)
	if err == nil {
		d, err = r.dossier(ctx, by, id)
	}
	if err == nil {
		err = policy.Decide(by.Actor(), op, policy.Subject{
			Service: d.Service, Reads: d.Reads, Holds: d.Holds, Referent: d.Referent, Author: author,
		}).Err()
	}
	if fault.KindOf(err) == fault.Withheld {
		err = r.strong.Refuse(ctx, by, journal.ForFollowUp, strongroom.Ask{Owner: owner(id)}, err)
	}
	return d, err
}

// Readable returns a case in which the actor has a place.
func (r *Room) Readable(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (Dossier, error) {
	return r.May(ctx, by, policy.ReadCase, id, record.MemberID{})
}

// Writable returns a case in which the actor may write.
func (r *Room) Writable(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (Dossier, error) {
	return r.May(ctx, by, policy.WriteNote, id, record.MemberID{})
}

// gate refuses somebody who holds no key of a case before anything of it is read:
// what does not exist is asked for by the same statements. Who leads the service
// may name a referent without a key.
func (r *Room) gate(ctx context.Context, by *strongroom.Unlocked, op policy.Operation, id record.CaseID) error {
	err := r.read.ReachesCase(ctx, policy.Scope(by.Actor()), id)
	if fault.KindOf(err) != fault.Withheld || op == policy.NameReferent {
		return err
	}
	return policy.Decide(by.Actor(), op, policy.Subject{}).Err()
}

func (r *Room) dossier(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (Dossier, error) {
	facts, err := r.strong.CaseFacts(ctx, by, id)
	return Dossier{facts.Case, facts}, err
}

// Mine lists the cases in which the actor has a place, newest first.
func (r *Room) Mine(ctx context.Context, by *strongroom.Unlocked, before record.CaseID, limit int) ([]Dossier, record.CaseID, error) {
	rows, next, err := r.read.ScopedCases(ctx, policy.Scope(by.Actor()), before, limit)
	if err != nil {
		return nil, next, err
	}
	all, err := r.facts(ctx, by, rows)
	return all, next, err
}

// Of lists a person's cases in which the actor has a place.
func (r *Room) Of(ctx context.Context, by *strongroom.Unlocked, p record.PersonID) ([]Dossier, error) {
	rows, err := r.read.ScopedCasesOfPerson(ctx, policy.Scope(by.Actor()), p)
	if err != nil {
		return nil, err
	}
	return r.facts(ctx, by, rows)
}

func (r *Room) facts(ctx context.Context, by *strongroom.Unlocked, rows []record.Case) ([]Dossier, error) {
	var all []Dossier
	for _, c := range rows {
		f, err := r.strong.CaseFacts(ctx, by, c.ID)
		if err != nil {
			return nil, err
		}
		if f.Holds { // a grant whose time has not come, or is over, is no place
			all = append(all, Dossier{f.Case, f})
		}
	}
	return all, nil
}

// Plan is how a case will open: the author's mission, the author as referent,
// the readers whom the team's setting names (product.md §5).
type Plan struct {
	Case     record.Case
	Referent record.MemberID
	Readers  []record.MemberID
}

// Plan prepares the opening of a case by its first note. id comes with the form,
// so that a form posted twice opens one.
func (r *Room) Plan(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, p record.PersonID) (Plan, error) {
	services, err := r.read.Known(ctx, p)
	if err != nil {
		return Plan{}, err
	}
	knows, err := r.knows(ctx, by, p)
	if err != nil {
		return Plan{}, err
	}
	known := false
	for _, s := range services {
		if !policy.Decide(by.Actor(), policy.OpenCase, policy.Subject{Knows: knows, Service: s}).Allowed() {
			continue
		}
		facts, err := r.strong.PersonFacts(ctx, by, p)
		if err != nil {
			return Plan{}, err
		}
		if facts.Opens {
			return r.plan(ctx, by, id, p, s, by.Member())
		}
		known = true // to the service, and not to a newcomer without its key
	}
	err = policy.Decide(by.Actor(), policy.OpenCase, policy.Subject{Knows: knows}).Err()
	if err == nil || known {
		err = fault.New(fault.Withheld, "")
	}
	return Plan{}, r.strong.Refuse(ctx, by, journal.ForFollowUp, strongroom.Ask{Owner: record.OwnerOf(record.OwnerPerson, p)}, err)
}

func (r *Room) knows(ctx context.Context, by *strongroom.Unlocked, p record.PersonID) (bool, error) {
	_, err := r.read.ScopedPerson(ctx, policy.Scope(by.Actor()), p)
	if fault.KindOf(err) == fault.Withheld {
		return false, nil
	}
	return err == nil, err
}

func (r *Room) plan(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, p record.PersonID, s record.ServiceID, referent record.MemberID) (Plan, error) {
	missions, err := r.read.Missions(ctx, s)
	if err != nil || len(missions) == 0 {
		return Plan{}, fault.New(fault.Refused, "fault.no_mission")
	}
	usual, err := r.team.UsualReaders(ctx, by, s)
	if err != nil {
		return Plan{}, err
	}
	alive, err := r.strong.FutureReaders(ctx, by, s, usual)
	if err != nil {
		return Plan{}, err
	}
	return Plan{
		Case:     record.Case{ID: id, Service: s, Mission: missions[0].ID, Open: true, Persons: []record.PersonID{p}},
		Referent: referent, Readers: alive.Members,
	}, nil
}

// Open adds the opening of a planned case to an act; the caller puts the case's
// row with PutCase in the same transaction, before applying the act.
func (r *Room) Open(ctx context.Context, a *strongroom.Act, p Plan) error {
	err := a.OpenCase(ctx, strongroom.Opening{Case: p.Case, Referent: p.Referent, Readers: p.Readers, Reason: record.ReasonTeam})
	if err != nil {
		return err
	}
	return a.Journal(ctx, journal.Created, journal.ForFollowUp, strongroom.InJournal(p.Case)...)
}

// Assign opens a case for a colleague, by a lead of the service: she names the
// referent and keeps no key.
func (r *Room) Assign(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, p record.PersonID, s record.ServiceID, referent record.MemberID) error {
	knows, err := r.knows(ctx, by, p)
	if err != nil {
		return err
	}
	if err := policy.Decide(by.Actor(), policy.AssignCase, policy.Subject{Knows: knows, Service: s}).Err(); err != nil {
		return r.strong.Refuse(ctx, by, journal.ForFollowUp, strongroom.Ask{Owner: record.OwnerOf(record.OwnerPerson, p)}, err)
	}
	if err := r.carries(ctx, s, referent); err != nil {
		return err
	}
	if _, err := r.read.Case(ctx, id); err == nil {
		return nil // the form was posted twice
	}
	plan, err := r.plan(ctx, by, id, p, s, referent)
	if err != nil {
		return err
	}
	plan.Readers = slices.DeleteFunc(plan.Readers, func(m record.MemberID) bool { return m == by.Member() })
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error { return r.Open(ctx, a, plan) },
		func(ctx context.Context, a *strongroom.Act) error {
			return r.write(ctx, func(tx Tx) error {
				if err := tx.PutCase(ctx, plan.Case); err != nil {
					return err
				}
				return a.Apply(ctx, tx)
			})
		})
}

// carries refuses a referent who may not carry cases in a service.
func (r *Room) carries(ctx context.Context, s record.ServiceID, m record.MemberID) error {
	all, err := r.read.ServiceFunctions(ctx, s)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Member == m && f.Role.CarriesCases() {
			return nil
		}
	}
	return fault.Field("referent", "fault.referent_carries")
}

// Admit lets a colleague read a case, for one of the team's usual reasons: inside
// one service and mission the ground and the information follow (S-11).
func (r *Room) Admit(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, w strongroom.Widening) error {
	d, err := r.May(ctx, by, policy.AdmitToCase, id, record.MemberID{})
	if err != nil {
		return err
	}
	if err := r.Inside(ctx, d.Service, &w); err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.AdmitToCase(ctx, d.Case, w) }, nil)
}

// Inside checks that a widening stays in one service and completes its ground
// and its information.
func (r *Room) Inside(ctx context.Context, s record.ServiceID, w *strongroom.Widening) error {
	if !slices.Contains(record.UsualReasons(), w.Reason) {
		return fault.Field("reason", "fault.reason")
	}
	if w.Until != 0 && w.Until <= record.Minute(r.now().Unix()/60) {
		return fault.Field("until", "fault.until_past")
	}
	all, err := r.read.ServiceFunctions(ctx, s)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Member == w.To && (f.Role == record.RoleWorker || f.Role == record.RoleLead) {
			w.Ground, w.Informed = record.GroundContinuity, record.InformedNotice
			return nil
		}
	}
	return fault.Field("member", "fault.other_service")
}

// End ends a colleague's place in a case.
func (r *Room) End(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, m record.MemberID) error {
	d, err := r.May(ctx, by, policy.EndInCase, id, record.MemberID{})
	if err != nil {
		return err
	}
	if m == d.Referent {
		return fault.New(fault.Refused, "fault.referent_stays")
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.EndInCase(ctx, d.Case, m) }, nil)
}

// NameReferent names who carries a case, among its readers.
func (r *Room) NameReferent(ctx context.Context, by *strongroom.Unlocked, id record.CaseID, m record.MemberID) error {
	d, err := r.May(ctx, by, policy.NameReferent, id, record.MemberID{})
	if err != nil {
		return err
	}
	if err := r.carries(ctx, d.Service, m); err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error { return a.NameReferent(ctx, d.Case, m) }, nil)
}
