// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

// world is the rooms over a real store.
type world struct {
	Rooms
	db *store.DB
}

func newWorld(t testing.TB) world {
	t.Helper()
	host, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	return newWorldOf(t, host)
}

func newWorldOf(t testing.TB, host *strongroom.Host) world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "depositaire.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	clock := NewClock(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), 0)
	w := world{db: db}
	w.Clock = clock
	w.Strong = strongroom.New(db, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, clock.Now)
	w.Organisation = organisation.New(db, write(db, func(tx *store.Tx) organisation.Tx { return tx }), w.Strong, host, clock.Now)
	w.People = people.New(db, w.Strong, write(db, func(tx *store.Tx) people.Tx { return tx }), clock.Now)
	w.Cases = cases.New(db, w.Strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), clock.Now)
	files, err := blob.Open(t.TempDir())
	must(t, err)
	w.Document = document.New(db, w.Strong, w.Cases, files, clock.Now)
	w.Casework = casework.New(db, w.Strong, w.Cases, w.People, w.Document, write(db, func(tx *store.Tx) casework.Tx { return tx }), clock.Now)
	w.Agenda = agenda.New(db, w.Strong, w.People, write(db, func(tx *store.Tx) agenda.Tx { return tx }), clock.Now)
	w.Write = write(db, func(tx *store.Tx) Tx { return tx })
	return w
}

func write[T any](db *store.DB, as func(*store.Tx) T) func(context.Context, func(T) error) error {
	return func(ctx context.Context, fn func(T) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(as(tx)) })
	}
}

// nobody is a team whose settings name nobody.
type nobody struct{}

func (nobody) UsualReaders(context.Context, *strongroom.Unlocked, record.ServiceID) ([]record.MemberID, error) {
	return nil, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// in signs somebody in by her published codes.
func (w world) in(t testing.TB, a Account) *strongroom.Unlocked {
	t.Helper()
	m, err := w.db.MemberByLogin(t.Context(), a.Login)
	must(t, err)
	slots, err := w.db.Slots(t.Context(), m.ID)
	must(t, err)
	for _, s := range slots {
		if s.Kind != record.SlotPaper {
			continue
		}
		secret, err := w.Strong.OpenPaper(s, a.Paper)
		must(t, err)
		u, err := w.Strong.Unlock(t.Context(), m.ID, secret, journal.DeviceDesk)
		must(t, err)
		return u
	}
	t.Fatal("no paper code")
	return nil
}

func TestADemonstrationIsASmallTownsService(t *testing.T) {
	w := newWorld(t)
	made, err := Make(t.Context(), w.Rooms, 30)
	must(t, err)
	var roles []record.Role
	in := map[string]*strongroom.Unlocked{}
	for _, a := range made.People {
		roles = append(roles, a.Role)
		in[a.Name] = w.in(t, a)
	}
	want := []record.Role{
		record.RoleAdministrator, record.RoleLead, record.RoleReception,
		record.RoleWorker, record.RoleWorker, record.RoleWorker,
	}
	if diff := cmp.Diff(want, roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	t.Run("reception sees the people of her service", func(t *testing.T) {
		all, _, err := w.People.List(t.Context(), in[reception], record.ServiceID{}, record.PersonID{}, 100)
		must(t, err)
		if len(all) != 9+2+30 {
			t.Errorf("%d persons, want 41", len(all))
		}
	})
	t.Run("each worker has dossiers, and notes in the inks she may read", func(t *testing.T) {
		for _, c := range []struct {
			name  string
			cases int
			inks  []record.CircleKind
		}{
			{lucie, 2 + 10, []record.CircleKind{record.CaseCircle, record.Reserved, record.Shared, record.Scratchpad}},
			{thomas, 2 + 1, []record.CircleKind{record.CaseCircle, record.Shared}},
			{ines, 1, []record.CircleKind{record.CaseCircle}},
		} {
			mine, _, err := w.Cases.Mine(t.Context(), in[c.name], record.CaseID{}, 100)
			must(t, err)
			if len(mine) != c.cases {
				t.Errorf("%s has a place in %d dossiers, want %d", c.name, len(mine), c.cases)
			}
			seen := map[record.CircleKind]bool{}
			for _, d := range mine {
				file, err := w.Casework.Timeline(t.Context(), in[c.name], d.ID)
				must(t, err)
				for _, n := range file.Notes {
					seen[n.Ink] = true
				}
			}
			for _, ink := range c.inks {
				if !seen[ink] {
					t.Errorf("%s reads no note in the ink %d", c.name, ink)
				}
			}
		}
	})
	t.Run("Thomas reads the two notes that Lucie let him read, and nothing else of that dossier", func(t *testing.T) {
		all, _, err := w.People.List(t.Context(), in[thomas], record.ServiceID{}, record.PersonID{}, 100)
		must(t, err)
		var alone int
		for _, p := range all {
			of, err := w.Cases.Of(t.Context(), in[thomas], p.ID)
			must(t, err)
			for _, d := range of {
				if d.Reads {
					continue
				}
				file, err := w.Casework.Timeline(t.Context(), in[thomas], d.ID)
				must(t, err)
				alone += len(file.Notes)
			}
		}
		if alone != 2 {
			t.Errorf("%d notes, want 2", alone)
		}
	})
	t.Run("nobody administers and reads", func(t *testing.T) {
		_, _, err := w.People.List(t.Context(), in[staff()[0].name], record.ServiceID{}, record.PersonID{}, 100)
		if err == nil {
			t.Error("the administrator lists persons")
		}
	})
}

func TestNotesOfBusyDossiersStayWithinTheirBounds(t *testing.T) {
	total := 0
	for n := range busyCases {
		k := notes(n)
		if k < busyLeast || k > busyMost {
			t.Fatalf("dossier %d has %d notes", n, k)
		}
		total += k
	}
	if mean := total / busyCases; mean < 90 || mean > 130 {
		t.Errorf("%d notes in the mean", mean)
	}
	if busy(busyFrom-1) != 0 || busy(busyFrom) != busyCases {
		t.Error("a small organisation has busy dossiers, or a large one none")
	}
}

func TestAYearSpreadsTheNotesOfADossierOverItsMonths(t *testing.T) {
	for _, notes := range []int{busyLeast, 101, busyMost} {
		next := 0
		for month := range busyMonths {
			from, to := inMonth(month, notes)
			if from != next || to == from {
				t.Fatalf("%d notes: month %d has those from %d to %d, after %d", notes, month, from, to, next)
			}
			next = to
		}
		if next != notes {
			t.Errorf("%d of %d notes are written", next, notes)
		}
	}
}

func TestAThirdOfThePersonsHaveADossier(t *testing.T) {
	for _, persons := range []int{30, busyFrom, 100_000} {
		have := 0
		for n := range persons {
			if dossiered(n, busy(persons)) {
				have++
			}
		}
		if want := (persons + personsPerCase - 1) / personsPerCase; have != want {
			t.Errorf("%d of %d persons have a dossier, want %d", have, persons, want)
		}
	}
}

func TestAYearOfWorkIsInTheJournalMonthByMonth(t *testing.T) {
	w := newWorld(t)
	w.Clock.now = w.Clock.now.AddDate(0, -busyMonths, 0)
	m := newMaker(w.Rooms)
	for _, step := range []func(context.Context) error{m.found, m.open, m.hire} {
		must(t, step(t.Context()))
	}
	must(t, m.work(t.Context(), 2))
	by, err := m.unlock(t.Context(), lucie)
	must(t, err)
	mine, _, err := w.Cases.Mine(t.Context(), by, record.CaseID{}, 10)
	must(t, err)
	if len(mine) != 2 {
		t.Fatalf("%d dossiers, want 2", len(mine))
	}
	for _, d := range mine {
		file, err := w.Casework.Timeline(t.Context(), by, d.ID)
		must(t, err)
		months := map[string]bool{}
		for _, n := range file.Notes {
			months[time.Unix(n.At, 0).UTC().Format("2006-01")] = true
		}
		if len(file.Notes) < busyLeast || len(months) != busyMonths {
			t.Errorf("%d notes in %d months", len(file.Notes), len(months))
		}
	}
}

func TestPeopleAreTheSameEachTime(t *testing.T) {
	seen := map[string]bool{}
	for n := range 1000 {
		f := newCast().identity(n)
		if diff := cmp.Diff(f, newCast().identity(n)); diff != "" {
			t.Fatalf("person %d (-first +second):\n%s", n, diff)
		}
		seen[f.Name+" "+f.FamilyName] = true
	}
	if len(seen) < 900 {
		t.Errorf("%d names among 1,000 persons", len(seen))
	}
}

func TestTheClockStopsAtItsEndAndNeverGoesBack(t *testing.T) {
	end := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	c := NewClock(end, 0)
	c.Advance(time.Hour)
	c.Set(end.AddDate(-1, 0, 0))
	if got := c.Now(); !got.Equal(end.AddDate(0, 0, -days-1).Add(time.Hour)) {
		t.Errorf("went back to %v", got)
	}
	c.Advance(1000 * time.Hour)
	if !c.Now().Equal(end) {
		t.Errorf("passed its end: %v", c.Now())
	}
}

func TestTheFirstFailureStopsTheRest(t *testing.T) {
	broken := errors.New("broken")
	var done atomic.Int64
	err := inParallel(1_000_000, func(i int) error {
		if done.Add(1); i == 500 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || done.Load() == 1_000_000 {
		t.Errorf("%v after %d", err, done.Load())
	}
	if err := inParallel(100, func(int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("the failure of the last is lost: %v", err)
	}
}
