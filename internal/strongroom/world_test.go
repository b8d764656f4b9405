// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
)

// world is a small organisation on a real store: two services, their members.
type world struct {
	t       testing.TB
	db      *store.DB
	room    *Room
	clock   time.Time
	secrets map[record.MemberID]Secret
	founder record.MemberID
	found   Founded
	north   record.ServiceID
	south   record.ServiceID
}

var ctx = context.Background()

const words = "six mots tirés au sort ensemble"

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "depositaire.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), secrets: map[record.MemberID]Secret{}}
	host, err := NewHost(func([]byte) error { return nil })
	must(t, err)
	w.room = New(db, func(ctx context.Context, fn func(Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, host, func() time.Time { return w.clock })
	w.establish()
	w.north, w.south = w.service("Nord"), w.service("Sud")
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) establish() {
	w.t.Helper()
	f := record.Member{ID: record.NewID[record.Member](), Name: "Odile Faure", Login: "odile", Regime: record.RegimeFunction}
	var err error
	w.found, err = w.room.Found(ctx, Founding{Name: "CCAS", Founder: f, Passphrase: words}, func(ctx context.Context, out Founded, a *Act) error {
		return w.db.Write(ctx, func(tx *store.Tx) error {
			o := record.Organisation{ID: w.room.host.organisation, Name: "CCAS"}
			return first(tx.PutOrganisation(ctx, o), tx.PutMember(ctx, out.Member), w.put(tx, out.Slots), w.seats(tx, out.Seats), w.pad(tx, f.ID), a.Apply(ctx, tx))
		})
	})
	must(w.t, err)
	w.founder, w.secrets[f.ID] = f.ID, w.found.Secret
}

func first(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) put(tx *store.Tx, slots []record.Slot) error {
	for _, s := range slots {
		if err := tx.PutSlot(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) seats(tx *store.Tx, seats []record.Seat) error {
	for _, s := range seats {
		if err := tx.PutSeat(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) pad(tx *store.Tx, m record.MemberID) error {
	return tx.PutCircle(ctx, record.Circle{
		ID: record.NewID[record.Circle](), Kind: record.Scratchpad, Owner: record.OwnerOf(record.OwnerMember, m), Epoch: 1,
	})
}

func (w *world) service(name string) record.ServiceID {
	w.t.Helper()
	s := record.Service{ID: record.NewID[record.Service](), Name: name, Emergency: true}
	must(w.t, w.db.Write(ctx, func(tx *store.Tx) error {
		return first(tx.PutService(ctx, s), tx.PutMission(ctx, record.Mission{ID: record.NewID[record.Mission](), Service: s.ID, Code: record.MissionGeneral}))
	}))
	return s.ID
}

// unlock puts a member's keys in hand, as a request does.
func (w *world) unlock(m record.MemberID) *Unlocked {
	w.t.Helper()
	u, err := w.room.Unlock(ctx, m, w.secrets[m], journal.DeviceDesk)
	must(w.t, err)
	return u
}

// hire invites and enrols a member in one service, and makes the Office when she
// is its first.
func (w *world) hire(by record.MemberID, name string, functions ...record.Function) record.MemberID {
	w.t.Helper()
	m := record.Member{ID: record.NewID[record.Member](), Name: name, Login: name, Regime: record.RegimeProfession, State: record.MemberInvited}
	for i := range functions {
		functions[i].Member = m.ID
	}
	var code string
	var inv record.Invitation
	u := w.unlock(by)
	must(w.t, w.room.Do(ctx, u, func(a *Act) (err error) {
		code, inv, err = a.Invite(ctx, m, functions)
		return err
	}, func(ctx context.Context, a *Act) error {
		return w.db.Write(ctx, func(tx *store.Tx) error {
			err := first(tx.PutMember(ctx, m), w.pad(tx, m.ID))
			for _, f := range functions {
				err = first(err, tx.PutFunction(ctx, f))
			}
			return first(err, tx.PutInvitation(ctx, inv), a.Apply(ctx, tx))
		})
	}))
	out, err := w.room.Enrol(ctx, Enrolment{Invitation: inv, Member: m, Functions: functions, Code: code, Passphrase: words},
		func(ctx context.Context, out Enrolled, a *Act) error {
			return w.db.Write(ctx, func(tx *store.Tx) error {
				return first(tx.SetMember(ctx, out.Member), w.put(tx, out.Slots), tx.DropInvitation(ctx, inv.ID), a.Apply(ctx, tx))
			})
		})
	must(w.t, err)
	w.secrets[m.ID] = out.Secret
	for _, f := range functions {
		w.settle(m.ID, f.Service)
	}
	return m.ID
}

func (w *world) settle(m record.MemberID, s record.ServiceID) {
	w.t.Helper()
	if s.IsZero() {
		return
	}
	has, err := w.room.HasOffice(ctx, s)
	must(w.t, err)
	if !has {
		must(w.t, w.room.Do(ctx, w.unlock(m), func(a *Act) error { return a.MakeService(ctx, s) }, nil))
	}
}

func worker(s record.ServiceID) record.Function {
	return record.Function{Service: s, Role: record.RoleWorker}
}

func as(r record.Role, s record.ServiceID) record.Function {
	return record.Function{Service: s, Role: r}
}

// receive makes a person in a service.
func (w *world) receive(by record.MemberID, s record.ServiceID, name string) record.PersonID {
	w.t.Helper()
	p := record.NewID[record.Person]()
	must(w.t, w.room.Do(ctx, w.unlock(by), func(a *Act) error {
		own, err := a.MakePerson(ctx, p, s)
		if err != nil {
			return err
		}
		_, err = a.Add(ctx, record.OwnerOf(record.OwnerPerson, p), []record.CircleID{own}, Text{
			Kind: record.ItemIdentity, Persons: []record.PersonID{p}, Words: Words{record.TagName: confided.NewText(name)},
		})
		return err
	}, func(ctx context.Context, a *Act) error {
		return w.db.Write(ctx, func(tx *store.Tx) error {
			return first(tx.PutPerson(ctx, record.Person{ID: p}), tx.PutKnown(ctx, record.Known{Person: p, Service: s}), a.Apply(ctx, tx))
		})
	}))
	return p
}

// open opens a case for persons, by one member, with a referent and readers.
func (w *world) open(by record.MemberID, s record.ServiceID, referent record.MemberID, readers []record.MemberID, ps ...record.PersonID) record.Case {
	w.t.Helper()
	missions, err := w.db.Missions(ctx, s)
	must(w.t, err)
	c := record.Case{ID: record.NewID[record.Case](), Service: s, Mission: missions[0].ID, Open: true, Persons: ps}
	must(w.t, w.room.Do(ctx, w.unlock(by), func(a *Act) error {
		return a.OpenCase(ctx, Opening{Case: c, Referent: referent, Readers: readers, Reason: record.ReasonTeam})
	}, func(ctx context.Context, a *Act) error {
		return w.db.Write(ctx, func(tx *store.Tx) error { return first(tx.PutCase(ctx, c), a.Apply(ctx, tx)) })
	}))
	return c
}

// write adds a note to a circle of a case.
func (w *world) write(by record.MemberID, c record.Case, in record.CircleID, text string) record.Object {
	w.t.Helper()
	var obj record.Object
	must(w.t, w.room.Do(ctx, w.unlock(by), func(a *Act) (err error) {
		obj, err = a.Add(ctx, caseOwner(c), []record.CircleID{in}, note(c, text))
		return err
	}, nil))
	return obj
}

func note(c record.Case, text string) Text {
	return Text{Kind: record.ItemNote, Persons: c.Persons, Words: Words{record.TagText: confided.NewText(text)}}
}

func caseOwner(c record.Case) record.Owner { return record.OwnerOf(record.OwnerCase, c.ID) }

func (w *world) main(c record.Case) record.CircleID {
	w.t.Helper()
	circles, err := w.db.Circles(ctx, caseOwner(c))
	must(w.t, err)
	for _, k := range circles {
		if k.Kind == record.CaseCircle {
			return k.ID
		}
	}
	w.t.Fatal("a case without its circle")
	return record.CircleID{}
}

var followUp = Why{Act: journal.Opened, Purpose: journal.ForFollowUp}

// reads opens a case and returns the words that a member reads there.
func (w *world) reads(m record.MemberID, c record.Case) []string {
	w.t.Helper()
	items, err := w.room.Open(ctx, w.unlock(m), followUp, Ask{Owner: caseOwner(c)})
	if fault.KindOf(err) == fault.Withheld {
		return nil
	}
	must(w.t, err)
	var out []string
	for _, it := range items {
		out = append(out, it.Words[record.TagText].Reveal())
	}
	return out
}
