// SPDX-License-Identifier: AGPL-3.0-or-later

// Package agenda is who is expected when: appointments, with or without a file
// (P-03), and what became of them. Nothing here says why anybody comes.
package agenda

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what the room reads.
type Reader interface {
	ScopedAppointments(ctx context.Context, s record.Scope, service record.ServiceID, m record.MemberID, from, to record.Minute) ([]record.Appointment, error)
	ScopedAppointment(ctx context.Context, s record.Scope, id record.AppointmentID) (record.Appointment, error)
	Appointment(ctx context.Context, id record.AppointmentID) (record.Appointment, error)
	ScopedPerson(ctx context.Context, s record.Scope, id record.PersonID) (record.Person, error)
	Circles(ctx context.Context, o record.Owner) ([]record.Circle, error)
	ServiceFunctions(ctx context.Context, s record.ServiceID) ([]record.Function, error)
}

// Tx is what the room writes.
type Tx interface {
	strongroom.Tx
	lister
	PutAppointment(ctx context.Context, a record.Appointment) error
	SetAppointment(ctx context.Context, a record.Appointment) error
}

// Room is the agenda.
type Room struct {
	read   Reader
	strong *strongroom.Room
	people *people.Room
	write  func(context.Context, func(Tx) error) error
	now    func() time.Time
}

// New returns the room.
func New(read Reader, strong *strongroom.Room, p *people.Room, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{read: read, strong: strong, people: p, write: write, now: now}
}

// Appointment is one appointment, opened.
type Appointment struct {
	record.Appointment
	Name    confided.Text // of the person, or the alias given without a file
	Medium  record.Medium
	Spot    confided.Text
	Version uint32 // of its words
}

// Form is what is typed about an appointment.
type Form struct {
	ID      record.AppointmentID // comes with the form: posted twice, it is given once
	Service record.ServiceID     // zero: the one that knows the person
	Member  record.MemberID
	Person  record.PersonID // zero: without a file
	Start   record.Minute
	Length  int // minutes
	Medium  record.Medium
	Spot    string // where
	Alias   string // without a file: what to call her by
}

const (
	longestLine = 200     // characters
	longest     = 12 * 60 // minutes: a day's outing
)

// words checks a form and returns what is sealed.
func (f Form) words() (strongroom.Words, error) {
	var bad fault.Fields
	if f.Person.IsZero() && strings.TrimSpace(f.Alias) == "" {
		bad.Add("name", "fault.name_missing")
	}
	for field, s := range map[string]string{"name": f.Alias, "spot": f.Spot} {
		if utf8.RuneCountInString(s) > longestLine {
			bad.Add(field, "fault.too_long")
		}
	}
	if f.Length < 5 || f.Length > longest {
		bad.Add("length", "fault.minutes")
	}
	if !slices.Contains(record.Mediums(), f.Medium) {
		bad.Add("medium", "fault.choose")
	}
	w := strongroom.Words{record.TagMedium: confided.NewText(string(f.Medium)), record.TagSpot: confided.NewText(strings.TrimSpace(f.Spot))}
	if f.Person.IsZero() {
		w[record.TagName] = confided.NewText(strings.TrimSpace(f.Alias))
	}
	return w, bad.Err()
}

// row is what stands in clear of an appointment just typed.
func (f Form) row() record.Appointment {
	return record.Appointment{
		ID: f.ID, Service: f.Service, Member: f.Member, Person: f.Person, Start: f.Start,
		Length: uint32(f.Length), //nolint:gosec // words has bounded it
	}
}

// text is what an appointment's object keeps.
func text(a record.Appointment, w strongroom.Words) strongroom.Text {
	t := strongroom.Text{ID: a.Words(), Kind: record.ItemAppointment, Words: w}
	if !a.Person.IsZero() {
		t.Persons = []record.PersonID{a.Person}
	}
	return t
}

// owner is whose object an appointment's words are.
func owner(a record.Appointment) record.Owner {
	if a.Person.IsZero() {
		return record.OwnerOf(record.OwnerService, a.Service)
	}
	return record.OwnerOf(record.OwnerPerson, a.Person)
}

// subject is whose journal says what was done to an appointment: hers, or the
// house's when there is no file.
func subject(a record.Appointment) strongroom.Subject {
	if a.Person.IsZero() {
		return strongroom.Subject{}
	}
	return strongroom.Subject{Person: a.Person, Service: a.Service}
}

// Give gives an appointment with a member of a service of the actor's.
func (r *Room) Give(ctx context.Context, by *strongroom.Unlocked, f Form) error {
	in, err := r.place(ctx, by, &f)
	if err != nil {
		return err
	}
	if _, err := r.read.Appointment(ctx, f.ID); fault.KindOf(err) != fault.Withheld {
		return err // given already: the form was posted twice
	}
	words, err := f.words()
	if err != nil {
		return err
	}
	if err := r.serves(ctx, f.Service, f.Member); err != nil {
		return err
	}
	row := f.row()
	near, err := r.possible(ctx, by, Appointment{Appointment: row, Medium: f.Medium, Spot: words[record.TagSpot]})
	if err != nil {
		return err
	}
	err = r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if _, err := a.Add(ctx, owner(row), []record.CircleID{in}, text(row, words)); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, subject(row))
	}, r.with(func(ctx context.Context, tx Tx) error {
		if err := r.still(ctx, tx, by, row, near); err != nil {
			return err
		}
		return tx.PutAppointment(ctx, row)
	}))
	if fault.KindOf(err) == fault.Withheld {
		return fault.New(fault.Refused, "fault.not_welcomed") // she works there, and holds no key of it yet
	}
	return err
}

// with commits an act, then what the room writes itself.
func (r *Room) with(own func(context.Context, Tx) error) strongroom.Commit {
	return func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			if err := a.Apply(ctx, tx); err != nil { // the words first: the row refers to them
				return err
			}
			return own(ctx, tx)
		})
	}
}

// place asks policy, completes the form's service, and returns the circle that
// keeps the words: her Counter there, or the Office.
func (r *Room) place(ctx context.Context, by *strongroom.Unlocked, f *Form) (in record.CircleID, err error) {
	if f.Person.IsZero() {
		if err := policy.Decide(by.Actor(), policy.GiveAppointment, policy.Subject{Service: f.Service}).Err(); err != nil {
			return in, err
		}
		return r.office(ctx, f.Service)
	}
	facts, err := r.knows(ctx, by, f.Person)
	if err != nil {
		return in, err
	}
	if f.Service.IsZero() {
		f.Service = facts.Via
	}
	in, known := facts.Counts[f.Service]
	if !known { // a case of hers in another service tells the name, and keeps no agenda
		return in, fault.New(fault.Refused, "fault.not_her_service")
	}
	return in, policy.Decide(by.Actor(), policy.GiveAppointment, policy.Subject{Service: f.Service}).Err()
}

// knows asks that a service of the actor's knows a person.
func (r *Room) knows(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) (strongroom.PersonFacts, error) {
	_, err := r.read.ScopedPerson(ctx, policy.Scope(by.Actor()), id)
	if err != nil && fault.KindOf(err) != fault.Withheld {
		return strongroom.PersonFacts{}, err
	}
	if err := policy.Decide(by.Actor(), policy.ReadPerson, policy.Subject{Knows: err == nil}).Err(); err != nil {
		return strongroom.PersonFacts{}, r.strong.Refuse(ctx, by, journal.ForReception, strongroom.Ask{Owner: record.OwnerOf(record.OwnerPerson, id)}, err)
	}
	return r.strong.PersonFacts(ctx, by, id)
}

func (r *Room) office(ctx context.Context, s record.ServiceID) (record.CircleID, error) {
	all, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, s))
	if err != nil {
		return record.CircleID{}, err
	}
	for _, c := range all {
		if c.Kind == record.Office {
			return c.ID, nil
		}
	}
	return record.CircleID{}, fault.New(fault.Refused, "fault.no_office")
}

// serves asks that a member works in a service.
func (r *Room) serves(ctx context.Context, s record.ServiceID, m record.MemberID) error {
	all, err := r.read.ServiceFunctions(ctx, s)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(f record.Function) bool { return f.Member == m }) {
		return fault.Field("member", "fault.choose")
	}
	return nil
}

// Day opens the appointments that start within [from, to), earliest first: the
// actor's own, and everybody's in the services where she holds the desk. One list
// is one entry, with a slip for each person on it.
func (r *Room) Day(ctx context.Context, by *strongroom.Unlocked, from, to record.Minute) ([]Appointment, error) {
	if err := policy.Decide(by.Actor(), policy.SeeAgenda, policy.Subject{}).Err(); err != nil {
		return nil, err
	}
	var rows []record.Appointment
	for _, s := range by.Actor().Services() {
		whose := by.Member()
		if by.Actor().Has(record.RoleReception, s) {
			whose = record.MemberID{}
		}
		some, err := r.read.ScopedAppointments(ctx, policy.Scope(by.Actor()), s, whose, from, to)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortStableFunc(rows, func(a, b record.Appointment) int { return cmp.Compare(a.Start, b.Start) })
	if len(rows) == 0 {
		return nil, nil
	}
	all, err := r.open(ctx, by, journal.Listed, rows...)
	if fault.KindOf(err) == fault.Withheld { // she waits for a key: her page says so
		return nil, nil
	}
	return all, err
}

// open opens the words of appointments, and the names of those who come. What the
// actor's keys do not open is left out.
func (r *Room) open(ctx context.Context, by *strongroom.Unlocked, act journal.Act, rows ...record.Appointment) ([]Appointment, error) {
	var asks []strongroom.Ask
	for _, a := range rows {
		asks = append(asks, strongroom.Ask{Owner: owner(a), Objects: []record.ObjectID{a.Words()}, Via: a.Service})
		if !a.Person.IsZero() {
			asks = append(asks, people.NameOf(a.Person, a.Service))
		}
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: act, Purpose: journal.ForReception}, asks...)
	if err != nil {
		return nil, err
	}
	words := map[record.ObjectID]strongroom.Item{}
	for _, it := range items {
		words[it.Object] = it
	}
	named := people.Collect(items)
	var all []Appointment
	for _, row := range rows {
		it, opened := words[row.Words()]
		if !opened {
			continue
		}
		a := Appointment{Appointment: row, Name: it.Words[record.TagName], Spot: it.Words[record.TagSpot], Version: it.Version}
		a.Medium = record.Medium(it.Words[record.TagMedium].Reveal())
		if !row.Person.IsZero() {
			a.Name = named[row.Person].Called()
		}
		all = append(all, a)
	}
	return all, nil
}

// Get opens one appointment of a service of the actor's.
func (r *Room) Get(ctx context.Context, by *strongroom.Unlocked, id record.AppointmentID) (Appointment, error) {
	row, err := r.may(ctx, by, policy.GiveAppointment, id)
	if err != nil {
		return Appointment{}, err
	}
	all, err := r.open(ctx, by, journal.Opened, row)
	if err != nil {
		return Appointment{}, err
	}
	if len(all) == 0 {
		return Appointment{}, fault.New(fault.Withheld, "")
	}
	return all[0], nil
}

// may finds an appointment that the actor may see, and asks policy. One of another
// service looks like one that does not exist.
func (r *Room) may(ctx context.Context, by *strongroom.Unlocked, op policy.Operation, id record.AppointmentID) (record.Appointment, error) {
	row, err := r.read.ScopedAppointment(ctx, policy.Scope(by.Actor()), id)
	if err == nil {
		return row, policy.Decide(by.Actor(), op, policy.Subject{Service: row.Service, Author: row.Member}).Err()
	}
	if fault.KindOf(err) != fault.Withheld {
		return row, err
	}
	refused := strongroom.Ask{Owner: record.OwnerOf(record.OwnerPerson, record.PersonID(id))} // nobody: the house's journal
	elsewhere, found := r.read.Appointment(ctx, id)
	if found == nil && !elsewhere.Person.IsZero() {
		refused = strongroom.Ask{Owner: owner(elsewhere)}
	}
	if found != nil && fault.KindOf(found) != fault.Withheld {
		return row, found
	}
	return row, r.strong.Refuse(ctx, by, journal.ForReception, refused, err)
}

// Move says again when, where and with whom. seen is the version of the words that
// the page had shown; fault.Conflict when somebody wrote others meanwhile.
func (r *Room) Move(ctx context.Context, by *strongroom.Unlocked, seen uint32, f Form) error {
	old, err := r.Get(ctx, by, f.ID)
	if err != nil {
		return err
	}
	f.Service, f.Person = old.Service, old.Person
	words, err := f.words()
	if err != nil {
		return err
	}
	if err := r.serves(ctx, f.Service, f.Member); err != nil {
		return err
	}
	row := f.row()
	if row.Start == old.Start { // who said that she would come still does
		row.Presence = old.Presence
	}
	near, err := r.possible(ctx, by, Appointment{Appointment: row, Medium: f.Medium, Spot: words[record.TagSpot]})
	if err != nil {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if _, err := a.Correct(ctx, owner(row), row.Words(), seen, text(row, words)); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, subject(row))
	}, r.with(func(ctx context.Context, tx Tx) error {
		if err := r.still(ctx, tx, by, row, near); err != nil {
			return err
		}
		return tx.SetAppointment(ctx, row)
	}))
}

// Answer says what became of an appointment: reception of its service does, and
// whose appointment it is. Cancelling one is anybody's there, as giving one is.
func (r *Room) Answer(ctx context.Context, by *strongroom.Unlocked, id record.AppointmentID, p record.Presence) error {
	op := policy.MarkPresence
	if p == record.Cancelled || p == record.Expected {
		op = policy.GiveAppointment
	}
	row, err := r.may(ctx, by, op, id)
	if err != nil {
		return err
	}
	if p > record.Cancelled {
		return fault.Field("answer", "fault.choose")
	}
	if row.Presence == p {
		return nil
	}
	var near nearby
	if p == record.Expected { // given again
		if near, err = r.restorable(ctx, by, id); err != nil {
			return err
		}
	}
	row.Presence = p
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		return a.Journal(ctx, journal.Wrote, journal.ForReception, subject(row))
	}, r.with(func(ctx context.Context, tx Tx) error {
		if err := r.still(ctx, tx, by, row, near); err != nil {
			return err
		}
		return tx.SetAppointment(ctx, row)
	}))
}

// restorable asks of an appointment that was called off what is asked of a new one.
func (r *Room) restorable(ctx context.Context, by *strongroom.Unlocked, id record.AppointmentID) (nearby, error) {
	was, err := r.Get(ctx, by, id)
	if err != nil {
		return nearby{}, err
	}
	return r.possible(ctx, by, was)
}
