// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

// A backup of what each older program left is put back by this one on either
// database, is brought up to date, and opens. Seen to kill: Fill that begins with
// the newest schema; a migration left out.
func TestTheBackupOfEveryOlderSchemaComesBack(t *testing.T) {
	all, err := filepath.Glob(filepath.Join("..", "..", "cmd", "depositaire", "testdata", "release", "*", "depositaire.db.gz"))
	must(t, err)
	if len(all) == 0 {
		t.Fatal("no older program left anything")
	}
	for _, packed := range all {
		w := olderWorld(t, packed)
		b := w.backup(t)
		for _, on := range bases(t) {
			t.Run(filepath.Base(filepath.Dir(packed))+" on "+on.name, func(t *testing.T) {
				r, err := b.open()
				must(t, err)
				if r.Schema() >= store.Newest() {
					t.Fatalf("schema %d is not older", r.Schema())
				}
				db, err := on.fill(t, r.Schema(), func(f *store.Filler) error { return r.Fill(t.Context(), f) }, func(*store.Tx) error { return nil })
				must(t, err)
				if at, err := db.Schema(t.Context()); err != nil || at != store.Newest() {
					t.Errorf("schema %d, %v", at, err)
				}
				opens(t, db, w.host)
			})
		}
	}
}

// olderWorld is what an older program left, looked at and not touched.
func olderWorld(t *testing.T, packed string) *world {
	t.Helper()
	f, err := os.Open(packed)
	must(t, err)
	defer func() { _ = f.Close() }()
	whole, err := gzip.NewReader(f)
	must(t, err)
	rows, err := io.ReadAll(whole)
	must(t, err)
	path := filepath.Join(t.TempDir(), "depositaire.db")
	must(t, os.WriteFile(path, rows, 0o600))
	db, _, err := sqlite.Look(t.Context(), path)
	w := &world{db: closing(t, db, err)}
	w.file, err = os.ReadFile(filepath.Join(filepath.Dir(packed), "host-secrets.json"))
	must(t, err)
	w.host, err = strongroom.LoadHost(w.file, nil)
	must(t, err)
	w.Rooms = rooms(db, w.host)
	return w
}

// opens reads every dossier of the founder's, who signs in as she always did.
func opens(t *testing.T, db *store.DB, host *strongroom.Host) {
	t.Helper()
	r := rooms(db, host)
	r.Clock.Finish()
	founder, err := db.MemberByLogin(t.Context(), "canari")
	must(t, err)
	slots, err := db.Slots(t.Context(), founder.ID)
	must(t, err)
	at := slices.IndexFunc(slots, func(s record.Slot) bool { return s.Kind == record.SlotPassphrase })
	secret, err := r.Strong.OpenPassphrase(slots[at], strongroom.CanaryPublished().Passphrase)
	must(t, err)
	by, err := r.Strong.Unlock(t.Context(), founder.ID, secret, journal.DeviceConsole)
	must(t, err)
	mine, _, err := r.Cases.Mine(t.Context(), by, record.CaseID{}, 10)
	must(t, err)
	notes := 0
	for _, c := range mine {
		line, err := r.Casework.Timeline(t.Context(), by, c.ID)
		must(t, err)
		notes += len(line.Notes)
	}
	if notes != 2 {
		t.Errorf("%d notes open", notes)
	}
	key, err := host.CheckpointKey()
	must(t, err)
	witness := NewWitnessFile(filepath.Join(t.TempDir(), "witness"), key.Public())
	register := journal.NewRegister(db, write(db, func(tx *store.Tx) journal.RegisterTx { return tx }), key, witness, r.Clock.Now)
	_, err = register.Checkpoint(t.Context())
	must(t, err)
	report, err := (&Verifier{Read: db, Strong: r.Strong, Witness: witness, Public: key.Public(), Now: r.Clock.Now}).Verify(t.Context())
	must(t, err)
	if !report.Sound() || report.Links < 40 {
		t.Errorf("%d links, found %v", report.Links, report.Kinds())
	}
}
