// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/demo"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

// base is one way of keeping rows: open makes and opens a new database, fill fills
// one and opens it.
type base struct {
	name string
	open func(*testing.T) *store.DB
	fill func(t *testing.T, number int64, fn func(*store.Filler) error, then func(*store.Tx) error) (*store.DB, error)
	// again fills one that holds tables already.
	again func(t *testing.T, number int64, fn func(*store.Filler) error) error
}

// bases are both databases. PostgreSQL's absence is a failure, but under -short on
// a machine that is not asked for everything.
func bases(t *testing.T) []base {
	t.Helper()
	all := []base{{"SQLite", openFile, fillFile, nil}}
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn == "" && (!testing.Short() || os.Getenv("DEPOSITAIRE_TEST_REQUIRE_ALL") == "1") {
		t.Fatal("DEPOSITAIRE_TEST_POSTGRES names no server")
	}
	if dsn != "" {
		all = append(all, base{
			"PostgreSQL",
			func(t *testing.T) *store.DB {
				t.Helper()
				db, err := postgres.Open(t.Context(), dsn, schema())
				return closing(t, db, err)
			},
			func(t *testing.T, number int64, fn func(*store.Filler) error, then func(*store.Tx) error) (*store.DB, error) {
				t.Helper()
				name := schema()
				if err := postgres.Fill(t.Context(), dsn, name, number, fn, then); err != nil {
					return nil, err
				}
				db, err := postgres.Open(t.Context(), dsn, name)
				return closing(t, db, err), nil
			},
			func(t *testing.T, number int64, fn func(*store.Filler) error) error {
				t.Helper()
				name := schema()
				db, err := postgres.Open(t.Context(), dsn, name)
				closing(t, db, err)
				return postgres.Fill(t.Context(), dsn, name, number, fn, func(*store.Tx) error { return nil })
			},
		})
	}
	return all
}

// schema names one; the throw-away server goes with it.
func schema() string {
	id := record.NewID[record.Entry]()
	return "test_" + hex.EncodeToString(id[:8])
}

func openFile(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "depositaire.db"))
	return closing(t, db, err)
}

func fillFile(t *testing.T, number int64, fn func(*store.Filler) error, then func(*store.Tx) error) (*store.DB, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "depositaire.db")
	if err := sqlite.Fill(t.Context(), path, number, fn, then); err != nil {
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Errorf("a failed restoration left %d files", len(left))
		}
		return nil, err
	}
	db, err := sqlite.Open(t.Context(), path)
	return closing(t, db, err), nil
}

func closing(t *testing.T, db *store.DB, err error) *store.DB {
	t.Helper()
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// world is a small organisation, its host and the file of the host's secrets.
type world struct {
	demo.Rooms
	db   *store.DB
	host *strongroom.Host
	file []byte
}

// newWorld makes the organisation that the canary's maker makes, with a host, a
// root and codes of its own.
func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{db: db}
	var err error
	w.host, err = strongroom.NewHost(func(b []byte) error { w.file = bytes.Clone(b); return nil })
	must(t, err)
	w.Rooms = rooms(db, w.host)
	_, err = demo.MakeCanary(t.Context(), w.Rooms, func(ctx context.Context, s record.Slot) error {
		return db.Write(ctx, func(tx *store.Tx) error { return tx.PutSlot(ctx, s) })
	})
	must(t, err)
	return w
}

func rooms(db *store.DB, host *strongroom.Host) (r demo.Rooms) {
	r.Clock = demo.NewClock(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), 0)
	now := r.Clock.Now
	r.Strong = strongroom.New(db, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, now)
	r.Organisation = organisation.New(db, write(db, func(tx *store.Tx) organisation.Tx { return tx }), r.Strong, host, now)
	r.People = people.New(db, r.Strong, write(db, func(tx *store.Tx) people.Tx { return tx }), now)
	r.Cases = cases.New(db, r.Strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), now)
	r.Document = document.New(db, r.Strong, r.Cases, nil, now)
	r.Casework = casework.New(db, r.Strong, r.Cases, r.People, r.Document, write(db, func(tx *store.Tx) casework.Tx { return tx }), now)
	r.Agenda = agenda.New(db, r.Strong, r.People, write(db, func(tx *store.Tx) agenda.Tx { return tx }), now)
	return r
}

func snapshots(db *store.DB) func(context.Context, func(Snapshot) error) error {
	return func(ctx context.Context, fn func(Snapshot) error) error {
		return db.Snapshot(ctx, func(s store.Snapshot) error { return fn(s) })
	}
}

// keys are two offline keys and their recipients.
func keys(t *testing.T) (to []Recipient, of [][]Identity) {
	t.Helper()
	var lines []string
	for range 2 {
		file, recipient, err := NewKey()
		must(t, err)
		key, err := Identities(strings.NewReader(file))
		must(t, err)
		lines, of = append(lines, recipient), append(of, key)
	}
	to, err := Recipients(strings.NewReader(strings.Join(lines, "\n")))
	must(t, err)
	return to, of
}

// taken is a backup of a world, its recipients and their keys.
type taken struct {
	Taken
	to   []Recipient
	keys [][]Identity
}

func (w *world) backup(t *testing.T) taken {
	t.Helper()
	to, of := keys(t)
	b := Backup{Snapshot: snapshots(w.db), Host: w.host, Secrets: w.file, Recipients: to, Now: w.Clock.Now}
	out, err := b.To(t.Context(), t.TempDir())
	must(t, err)
	return taken{out, to, of}
}

// open opens both files as an operator does.
func (b taken) open() (*Restore, error) {
	kept, err := OpenSecrets(b.Secrets, b.keys[0])
	if err != nil {
		return nil, err
	}
	return OpenBackup(b.Database, b.keys[0], kept)
}

// read reads both files to their ends, and keeps nothing.
func (b taken) read(ctx context.Context) error {
	r, err := b.open()
	if err != nil {
		return err
	}
	return r.Fill(ctx, nowhere{})
}

type nowhere struct{}

func (nowhere) Table(context.Context, string, []string) error { return nil }
func (nowhere) Row(context.Context, []any) error              { return nil }

// pack makes the canary dossier in a world of its own.
func pack(t *testing.T, w *world) []byte {
	t.Helper()
	made, err := demo.MakeCanary(t.Context(), w.Rooms, func(ctx context.Context, s record.Slot) error {
		return w.db.Write(ctx, func(tx *store.Tx) error { return tx.PutSlot(ctx, s) })
	})
	must(t, err)
	content, err := PackCanary(t.Context(), made, w.host, snapshots(w.db), w.Clock.Now())
	must(t, err)
	return content
}
