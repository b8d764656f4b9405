// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/demo"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

// house is an organisation of synthetic people on a disk of its own: a database,
// host secrets, a witness file.
type house struct {
	dir    string
	now    time.Time
	db     *store.DB
	strong *strongroom.Room
	cases  *cases.Room
	work   *casework.Room
	watch  *Watch
	log    strings.Builder
	saved  []byte
	made   demo.Made
}

var begun = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write[T any](db *store.DB, as func(*store.Tx) T) func(context.Context, func(T) error) error {
	return func(ctx context.Context, fn func(T) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(as(tx)) })
	}
}

type nobody struct{}

func (nobody) UsualReaders(context.Context, *strongroom.Unlocked, record.ServiceID) ([]record.MemberID, error) {
	return nil, nil
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// open opens what is in the folder, as a process that starts.
func (h *house) open(t testing.TB) demo.Rooms {
	t.Helper()
	db, err := sqlite.Open(t.Context(), h.path("depositaire.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	save := func(b []byte) error { return os.WriteFile(h.path("host.json"), b, 0o600) }
	raw, err := os.ReadFile(h.path("host.json"))
	var host *strongroom.Host
	if errors.Is(err, os.ErrNotExist) {
		host, err = strongroom.NewHost(save)
	} else if err == nil {
		host, err = strongroom.LoadHost(raw, save)
	}
	must(t, err)
	key, err := host.CheckpointKey()
	must(t, err)
	h.db = db
	clock := demo.NewClock(begun, 0)
	if h.now.IsZero() {
		h.now = begun
	} else {
		clock.Finish()
	}
	now := func() time.Time { return h.now }
	h.strong = strongroom.New(db, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, now)
	rooms := demo.Rooms{Clock: clock}
	rooms.Strong = strongroom.New(db, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, clock.Now)
	rooms.Organisation = organisation.New(db, write(db, func(tx *store.Tx) organisation.Tx { return tx }), rooms.Strong, host, clock.Now)
	rooms.People = people.New(db, rooms.Strong, write(db, func(tx *store.Tx) people.Tx { return tx }), clock.Now)
	rooms.Cases = cases.New(db, rooms.Strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), clock.Now)
	rooms.Document = document.New(db, rooms.Strong, rooms.Cases, nil, clock.Now)
	rooms.Casework = casework.New(db, rooms.Strong, rooms.Cases, rooms.People, rooms.Document, write(db, func(tx *store.Tx) casework.Tx { return tx }), clock.Now)
	rooms.Agenda = agenda.New(db, rooms.Strong, rooms.People, write(db, func(tx *store.Tx) agenda.Tx { return tx }), clock.Now)
	h.cases = cases.New(db, h.strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), now)
	h.work = casework.New(db, h.strong, h.cases, rooms.People, document.New(db, h.strong, h.cases, nil, now), write(db, func(tx *store.Tx) casework.Tx { return tx }), now)
	witness := NewWitnessFile(h.path("witness"), key.Public())
	h.watch = &Watch{
		Verifier: Verifier{Read: db, Strong: h.strong, Witness: witness, Public: key.Public(), Now: now},
		Register: journal.NewRegister(db, write(db, func(tx *store.Tx) journal.RegisterTx { return tx }), key, witness, now),
		Save:     func(b []byte) error { h.saved = b; return nil },
		Log:      slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	return rooms
}

// in signs somebody in by her published codes.
func (h *house) in(t testing.TB, name string) (*strongroom.Unlocked, error) {
	t.Helper()
	i := slices.IndexFunc(h.made.People, func(a demo.Account) bool { return a.Name == name })
	m, err := h.db.MemberByLogin(t.Context(), h.made.People[i].Login)
	must(t, err)
	slots, err := h.db.Slots(t.Context(), m.ID)
	must(t, err)
	paper := slices.IndexFunc(slots, func(s record.Slot) bool { return s.Kind == record.SlotPaper })
	secret, err := h.strong.OpenPaper(slots[paper], h.made.People[i].Paper)
	must(t, err)
	return h.strong.Unlock(t.Context(), m.ID, secret, journal.DeviceDesk)
}

// reads opens every case of a member's, and returns the first thing that went wrong.
func (h *house) reads(t testing.TB, name string) error {
	t.Helper()
	u, err := h.in(t, name)
	if err != nil {
		return err
	}
	mine, _, err := h.cases.Mine(t.Context(), u, record.CaseID{}, 100)
	for _, c := range mine {
		if err == nil {
			_, err = h.work.Timeline(t.Context(), u, c.ID)
		}
	}
	if err == nil && len(mine) == 0 {
		t.Fatal("no case to read")
	}
	return err
}

func (h *house) sign(t testing.TB) record.Checkpoint {
	t.Helper()
	c, err := h.watch.Register.Checkpoint(t.Context())
	must(t, err)
	return c
}

// sample is the organisation that tests copy: its story, then half an hour of
// readings, signed every ten minutes.
var sample struct {
	once  sync.Once
	files map[string][]byte
	made  demo.Made
}

func makeSample(t testing.TB) {
	h := &house{dir: t.TempDir()}
	rooms := h.open(t)
	made, err := demo.Make(t.Context(), rooms, 0)
	must(t, err)
	h.made = made
	h.sign(t)
	for range 3 {
		h.now = h.now.Add(10 * time.Minute)
		must(t, h.reads(t, "Lucie Moreau"))
		h.sign(t)
	}
	must(t, h.db.Close())
	sample.made, sample.files = made, h.files(t)
}

// files returns every file of the folder.
func (h *house) files(t testing.TB) map[string][]byte {
	t.Helper()
	all, err := os.ReadDir(h.dir)
	must(t, err)
	files := map[string][]byte{}
	for _, f := range all {
		files[f.Name()], err = os.ReadFile(h.path(f.Name()))
		must(t, err)
	}
	return files
}

// newHouse is a copy of the sample, not opened yet.
func newHouse(t testing.TB) *house {
	t.Helper()
	sample.once.Do(func() { makeSample(t) })
	h := &house{dir: t.TempDir(), now: begun.Add(35 * time.Minute), made: sample.made}
	h.put(t, sample.files)
	return h
}

// put replaces the files of the folder.
func (h *house) put(t testing.TB, files map[string][]byte) {
	t.Helper()
	if len(files) < 3 {
		t.Fatal("no files")
	}
	for name, b := range files {
		must(t, os.WriteFile(h.path(name), b, 0o600))
	}
}

// alter runs statements on the closed database, as who has its file does: no
// trigger is in the way.
func (h *house) alter(t testing.TB, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", h.path("depositaire.db"))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	var triggers []string
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
	must(t, err)
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		triggers = append(triggers, "DROP TRIGGER "+name)
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	for _, s := range append(triggers, statements...) {
		result, err := db.ExecContext(t.Context(), s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if n, _ := result.RowsAffected(); n == 0 && !strings.HasPrefix(s, "DROP") {
			t.Fatalf("%s: changes nothing", s)
		}
	}
}

func (h *house) verify(t testing.TB) Report {
	t.Helper()
	r, err := h.watch.Verify(t.Context())
	must(t, err)
	return r
}
