// SPDX-License-Identifier: AGPL-3.0-or-later

// Package people is about persons: receiving somebody, knowing her name and how
// to reach her safely, who her family is. One record per person, never per family
// (S-30).
package people

import (
	"context"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what the room reads.
type Reader interface {
	ScopedPersons(ctx context.Context, s record.Scope, service record.ServiceID, before record.PersonID, limit int) ([]record.PersonID, record.PersonID, error)
	ScopedPerson(ctx context.Context, s record.Scope, id record.PersonID) (record.Person, error)
	Known(ctx context.Context, p record.PersonID) ([]record.ServiceID, error)
	ScopedNamed(ctx context.Context, s record.Scope, service record.ServiceID, after record.PersonID, limit int) ([]record.Named, record.PersonID, error)
	ScopedNamedOf(ctx context.Context, s record.Scope, service record.ServiceID, p record.PersonID) ([]record.Named, error)
	TreeSize(ctx context.Context) (int64, error)
	ScopedTouched(ctx context.Context, s record.Scope, service record.ServiceID, since int64) ([]record.PersonID, int64, error)
	CasesOf(ctx context.Context, p record.PersonID) ([]record.Case, error)
}

// Tx is what the room writes.
type Tx interface {
	strongroom.Tx
	PutPerson(ctx context.Context, p record.Person) error
	PutKnown(ctx context.Context, k record.Known) error
	CancelAppointments(ctx context.Context, p record.PersonID, from record.Minute) error
}

// Room is about persons.
type Room struct {
	read   Reader
	strong *strongroom.Room
	write  func(context.Context, func(Tx) error) error
	now    func() time.Time

	registry registry
}

// New returns the room.
func New(read Reader, strong *strongroom.Room, write func(context.Context, func(Tx) error) error, now func() time.Time) *Room {
	return &Room{read: read, strong: strong, write: write, now: now}
}

// The orders of a person's first two objects: what a list opens, and what it
// leaves closed.
const (
	orderIdentity = 1
	orderContact  = 2
)

// Person is what a member sees of a person.
type Person struct {
	ID         record.PersonID
	Name       confided.Text // what to call her by; never empty
	FamilyName confided.Text
	Birth      confided.Text // for ReadBirth
	Phone      confided.Text
	Language   confided.Text
	Contact    confided.Text // how to reach her without risk; empty: not asked
	NoVoice    bool          // no voice message
	Rules      Rules
	Died       confided.Text // for ReadBirth
	Email      confided.Text
	Address    []confided.Text // where she can be written to: its lines, none empty
	Reference  confided.Text   // her number in the software that she came from
	Answers    confided.Text   // for ReadAnswers
	Identity   Saved
	Reach      Saved // zero when only her identity was opened
	Services   []record.ServiceID
	Relations  []Relation
	Same       record.PersonID // another record of hers; zero: none is known
	Merged     confided.Text   // the day that was said, 2006-01-02

	reach    strongroom.Words // all that is kept of how to reach her
	identity strongroom.Words // and of who she is
}

// Saved is where a part of a person is kept, which version was shown, and who
// wrote it.
type Saved struct {
	Object  record.ObjectID
	Version uint32
	Author  record.MemberID
	At      int64 // seconds since 1970
}

// Called returns her whole name, as she is called.
func (p Person) Called() confided.Text {
	if p.FamilyName.Empty() {
		return p.Name
	}
	return confided.Join(" ", p.Name, p.FamilyName)
}

// Get opens a person whom a service of the actor's knows.
func (r *Room) Get(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) (Person, error) {
	facts, err := r.may(ctx, by, policy.ReadPerson, id)
	if err != nil {
		return Person{}, err
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Opened, Purpose: journal.ForReception},
		strongroom.Ask{Owner: owner(id), In: record.Own, Via: facts.Via})
	if err != nil {
		return Person{}, err
	}
	p := Collect(items)[id]
	if p.Services, err = r.read.Known(ctx, id); err != nil {
		return Person{}, err
	}
	return p, nil
}

// may asks policy, and returns what the chain says of a person.
func (r *Room) may(ctx context.Context, by *strongroom.Unlocked, op policy.Operation, id record.PersonID) (strongroom.PersonFacts, error) {
	_, err := r.read.ScopedPerson(ctx, policy.Scope(by.Actor()), id)
	knows := err == nil
	if err != nil && fault.KindOf(err) != fault.Withheld {
		return strongroom.PersonFacts{}, err
	}
	if err := policy.Decide(by.Actor(), op, policy.Subject{Knows: knows}).Err(); err != nil {
		return strongroom.PersonFacts{}, r.strong.Refuse(ctx, by, journal.ForReception, strongroom.Ask{Owner: owner(id)}, err)
	}
	return r.strong.PersonFacts(ctx, by, id)
}

// Known opens a person for the page of a case. A colleague who holds one note of
// the case, and whose service does not know the person, sees no name: the zero
// Person but its id.
func (r *Room) Known(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) (Person, error) {
	asks, err := r.Asks(ctx, by, id)
	if err != nil || len(asks) == 0 {
		return Person{ID: id}, err
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Opened, Purpose: journal.ForFollowUp}, asks...)
	if err != nil {
		return Person{ID: id}, err
	}
	return Collect(items)[id], nil
}

// Asks says how to open some persons together with something else: one screen is
// one entry. Those whom the actor's keys do not open are left out.
func (r *Room) Asks(ctx context.Context, by *strongroom.Unlocked, ids ...record.PersonID) ([]strongroom.Ask, error) {
	var asks []strongroom.Ask
	for _, id := range ids {
		facts, err := r.strong.PersonFacts(ctx, by, id)
		if err != nil && fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
		if err == nil && facts.Opens {
			asks = append(asks, strongroom.Ask{Owner: owner(id), In: record.Own, Via: facts.Via})
		}
	}
	return asks, nil
}

// Edit keeps what changed of a person. base is what the page had shown: a part
// that somebody else changed meanwhile gives fault.Conflict. Who has died is expected
// nowhere any more: her appointments to come are cancelled in the same act.
func (r *Room) Edit(ctx context.Context, by *strongroom.Unlocked, id record.PersonID, base Person, f Form) error {
	facts, err := r.may(ctx, by, policy.EditPerson, id)
	if err != nil {
		return err
	}
	identity, contact, err := f.words(r.now())
	if err != nil {
		return err
	}
	contact = base.rulesWith(contact, record.TagPhone, record.TagAnswers)
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if _, err := a.Correct(ctx, owner(id), base.Identity.Object, base.Identity.Version, base.identified(identity)); err != nil {
			return err
		}
		if _, err := a.Correct(ctx, owner(id), base.Reach.Object, base.Reach.Version, text(record.ItemContact, id, contact)); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, about(id, facts.Via))
	}, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			if err := a.Apply(ctx, tx); err != nil || identity[record.TagDied].Empty() {
				return err
			}
			for _, one := range []record.PersonID{id, base.Same} {
				if err := tx.CancelAppointments(ctx, one, record.Minute(r.now().Unix()/60)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// List opens the names of the persons that the actor's services know, newest
// first; next is where the following page begins, zero at the end.
func (r *Room) List(ctx context.Context, by *strongroom.Unlocked, service record.ServiceID, before record.PersonID, limit int) (all []Person, next record.PersonID, err error) {
	if err := policy.Decide(by.Actor(), policy.ListPersons, policy.Subject{}).Err(); err != nil {
		return nil, next, err
	}
	ids, next, err := r.read.ScopedPersons(ctx, policy.Scope(by.Actor()), service, before, limit)
	if err != nil || len(ids) == 0 {
		return nil, next, err
	}
	named, err := r.Names(ctx, by, ids...)
	if err != nil {
		return nil, next, err
	}
	for _, id := range ids {
		if p, ok := named[id]; ok {
			all = append(all, p)
		}
	}
	return all, next, nil
}

// Names opens the names of some persons at once: one screen, one entry, a slip
// for each of them that tells her nothing of the others. Those whose name the
// actor's keys do not open are left out.
func (r *Room) Names(ctx context.Context, by *strongroom.Unlocked, ids ...record.PersonID) (map[record.PersonID]Person, error) {
	var asks []strongroom.Ask
	for _, id := range ids {
		facts, err := r.strong.PersonFacts(ctx, by, id)
		if err != nil && fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
		if facts.Opens {
			asks = append(asks, strongroom.Ask{Owner: owner(id), Orders: []uint32{orderIdentity}, Via: facts.Via})
		}
	}
	if len(asks) == 0 {
		return nil, nil
	}
	items, err := r.strong.Open(ctx, by, strongroom.Why{Act: journal.Listed, Purpose: journal.ForFollowUp}, asks...)
	if err != nil {
		return nil, err
	}
	return Collect(items), nil
}

// NameOf asks for a person's name alone, in the name of a service, to be opened
// together with something else.
func NameOf(id record.PersonID, via record.ServiceID) strongroom.Ask {
	return strongroom.Ask{Owner: owner(id), Orders: []uint32{orderIdentity}, Via: via}
}

// Collect gathers opened items into persons; items of others are passed over.
func Collect(items []strongroom.Item) map[record.PersonID]Person {
	out := map[record.PersonID]Person{}
	for _, it := range items {
		if it.Owner.Kind != record.OwnerPerson {
			continue
		}
		id := record.PersonID(it.Owner.ID)
		p := out[id]
		p.ID = id
		p.take(it)
		out[id] = p
	}
	return out
}

func (p *Person) take(it strongroom.Item) {
	saved := Saved{it.Object, it.Version, it.Author, it.At}
	switch it.Kind {
	case record.ItemAddress:
		p.Email, p.Reference = it.Words[record.TagEmail], it.Words[record.TagReference]
		town := confided.Join(" ", it.Words[record.TagPostcode], it.Words[record.TagTown])
		for _, line := range []confided.Text{it.Words[record.TagStreet], it.Words[record.TagComplement], town} {
			if !line.Empty() {
				p.Address = append(p.Address, line)
			}
		}
	case record.ItemIdentity:
		p.Identity = saved
		p.Name, p.FamilyName = it.Words[record.TagName], it.Words[record.TagFamilyName]
		p.Birth, p.Language = it.Words[record.TagBirth], it.Words[record.TagLanguage]
		p.Died, p.identity = it.Words[record.TagDied], it.Words
		p.Merged = it.Words[record.TagMerged]
		for _, one := range it.Persons {
			if one != p.ID {
				p.Same = one
			}
		}
	case record.ItemContact:
		p.Reach = saved
		p.Phone, p.Contact = it.Words[record.TagPhone], it.Words[record.TagSafeContact]
		p.NoVoice = !it.Words[record.TagNoVoicemail].Empty()
		p.Rules, p.reach = rules(it.Words), it.Words
	case record.ItemRelation:
		p.Relations = append(p.Relations, relation(p.ID, it))
		return
	default: // another room's, in a circle of hers
		return
	}
	p.Answers = confided.Join(" ", p.Answers, it.Words[record.TagAnswers])
}

func owner(id record.PersonID) record.Owner { return record.OwnerOf(record.OwnerPerson, id) }

func text(k record.ItemKind, id record.PersonID, w strongroom.Words) strongroom.Text {
	return strongroom.Text{Kind: k, Persons: []record.PersonID{id}, Words: w}
}

func about(id record.PersonID, s record.ServiceID) strongroom.Subject {
	return strongroom.Subject{Person: id, Service: s}
}
