// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

// dump is every table of a database, as its rows are copied, but what restoring
// itself writes.
func dump(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	must(t, db.Snapshot(t.Context(), func(s store.Snapshot) error {
		tables, err := s.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			all[table] = []string{}
			err := s.Rows(t.Context(), table, func([]string) error { return nil }, func(values []any) error {
				var b bytes.Buffer
				c := &copyWriter{to: &b, sum: discard{}}
				err := c.row(values)
				all[table] = append(all[table], b.String())
				return err
			})
			if err != nil {
				return err
			}
			slices.Sort(all[table])
		}
		return nil
	}))
	delete(all, "schema_version")
	return all
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Sum(b []byte) []byte         { return b }
func (discard) Reset()                      {}
func (discard) Size() int                   { return 0 }
func (discard) BlockSize() int              { return 1 }

// A backup of one database goes back into the other, too. Seen to kill: a table
// left out; a row left out; a boolean that comes back a number; internal keys that
// are given out twice afterwards.
func TestABackupComesBackRowForRowOnEitherDatabase(t *testing.T) {
	for _, from := range bases(t) {
		w := newWorld(t, from.open(t))
		want := dump(t, w.db)
		if len(want) < 25 || len(want["link"]) < 10 || len(want["wrap"]) < 10 {
			t.Fatalf("%d tables, %d links", len(want), len(want["link"]))
		}
		b := w.backup(t)
		for _, to := range bases(t) {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				r, err := b.open()
				must(t, err)
				db, err := to.fill(t, r.Schema(), func(f *store.Filler) error { return r.Fill(t.Context(), f) }, func(*store.Tx) error { return nil })
				must(t, err)
				if diff := cmp.Diff(want, dump(t, db)); diff != "" {
					t.Errorf("(-taken +restored):\n%s", diff)
				}
				goesOn(t, db, w.host)
			})
		}
	}
}

// goesOn writes as if nothing had happened: new rows find free internal keys.
func goesOn(t *testing.T, db *store.DB, host *strongroom.Host) {
	t.Helper()
	members, err := db.Members(t.Context())
	must(t, err)
	slots, err := db.Slots(t.Context(), members[0].ID)
	must(t, err)
	room := rooms(db, host)
	secret, err := room.Strong.OpenPasskey(slots[2], strongroom.CanaryPublished().Passkey)
	must(t, err)
	by, err := room.Strong.Unlock(t.Context(), members[0].ID, secret, "")
	must(t, err)
	_, err = room.Organisation.AddService(t.Context(), by, "Après", []record.MissionCode{record.MissionGeneral}, true)
	must(t, err)
}

// Seen to kill: reading without a transaction.
func TestABackupIsOneStateWhileOthersWrite(t *testing.T) {
	for _, on := range bases(t) {
		t.Run(on.name, func(t *testing.T) {
			w := newWorld(t, on.open(t))
			before := dump(t, w.db)
			late := &writesLate{Snapshot: snapshots(w.db), write: func() {
				must(t, w.db.Write(t.Context(), func(tx *store.Tx) error {
					return tx.PutPerson(t.Context(), record.Person{ID: record.NewID[record.Person]()})
				}))
				must(t, w.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutCanary(t.Context(), []byte("late")) }))
			}}
			to, of := keys(t)
			out, err := Backup{Snapshot: late.take, Host: w.host, Secrets: w.file, Recipients: to, Now: w.Clock.Now}.To(t.Context(), t.TempDir())
			must(t, err)
			r, err := taken{out, to, of}.open()
			must(t, err)
			db, err := on.fill(t, r.Schema(), func(f *store.Filler) error { return r.Fill(t.Context(), f) }, func(*store.Tx) error { return nil })
			must(t, err)
			if diff := cmp.Diff(before, dump(t, db)); diff != "" || !late.done {
				t.Errorf("written meanwhile: %v (-before +restored):\n%s", late.done, diff)
			}
		})
	}
}

// writesLate lets somebody write once the first table is read.
type writesLate struct {
	Snapshot func(context.Context, func(Snapshot) error) error
	write    func()
	done     bool
}

func (l *writesLate) take(ctx context.Context, fn func(Snapshot) error) error {
	return l.Snapshot(ctx, func(s Snapshot) error { return fn(lateSnapshot{s, l}) })
}

type lateSnapshot struct {
	Snapshot
	late *writesLate
}

func (s lateSnapshot) Rows(ctx context.Context, table string, begin func([]string) error, row func([]any) error) error {
	err := s.Snapshot.Rows(ctx, table, begin, row)
	if !s.late.done {
		s.late.done = true
		s.late.write()
	}
	return err
}

// age tells these; what it cannot tell is in the next test, with its mutants.
func TestAByteChangedAnywhereIsTold(t *testing.T) {
	w := newWorld(t, openFile(t))
	b := w.backup(t)
	must(t, b.read(t.Context()))
	for _, path := range []string{b.Database, b.Secrets} {
		whole, err := os.ReadFile(path)
		must(t, err)
		tried := 0
		for at := 0; at < len(whole); at += 1 + at/97 {
			broken := bytes.Clone(whole)
			broken[at] ^= 1 << (at % 8)
			must(t, os.WriteFile(path, broken, 0o600))
			if err := b.read(t.Context()); err == nil {
				t.Errorf("byte %d of %s", at, filepath.Base(path))
			}
			tried++
		}
		for _, cut := range []int{0, 1, 200, len(whole) / 2, len(whole) - 17, len(whole) - 1} {
			must(t, os.WriteFile(path, whole[:cut], 0o600))
			if err := b.read(t.Context()); err == nil {
				t.Errorf("%s cut at %d of %d", filepath.Base(path), cut, len(whole))
			}
		}
		must(t, os.WriteFile(path, append(bytes.Clone(whole), 'x'), 0o600))
		if err := b.read(t.Context()); err == nil {
			t.Errorf("a byte more in %s", filepath.Base(path))
		}
		must(t, os.WriteFile(path, whole, 0o600))
		if tried < 200 {
			t.Errorf("%d bytes were tried", tried)
		}
	}
}

// Whoever knows the recipients can seal anything to them: what is inside is
// checked as well. Seen to kill: the sum is not compared; bytes may follow the end.
func TestAFrameChangedInsideIsTold(t *testing.T) {
	w := newWorld(t, openFile(t))
	var inside bytes.Buffer
	h := header{Purpose: ofDatabase, ID: newHeaderID(), Organisation: w.host.Organisation(), At: 1}
	c, err := newCopyWriter(&inside, h)
	must(t, err)
	must(t, c.table("backup", []string{"day"}))
	must(t, c.row([]any{int64(5)}))
	must(t, c.row([]any{int64(6)}))
	must(t, c.end(w.host.SignCopy))
	read := func(b []byte) error {
		c, err := newCopyReader(bytes.NewReader(b), ofDatabase)
		if err != nil {
			return err
		}
		return fill(t.Context(), c, nowhere{}, nil, w.host)
	}
	whole := inside.Bytes()
	must(t, read(whole))
	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 4
		if read(broken) == nil {
			t.Errorf("byte %d", at)
		}
		if read(whole[:at]) == nil {
			t.Errorf("cut at %d", at)
		}
	}
	if read(append(bytes.Clone(whole), 0)) == nil {
		t.Error("a byte more")
	}
}

// Seen to kill: the ids of both files are not compared; the purpose is not; a
// signature is not asked for.
func TestFilesOfTwoBackupsDoNotGoTogether(t *testing.T) {
	w := newWorld(t, openFile(t))
	one, two := w.backup(t), w.backup(t)
	kept, err := OpenSecrets(two.Secrets, two.keys[0])
	must(t, err)
	_, err = OpenBackup(one.Database, one.keys[0], kept)
	wantKey(t, "fault.backup_swapped", err)
	_, err = OpenSecrets(one.Database, one.keys[0])
	wantKey(t, "fault.backup_swapped", err)
	_, err = OpenBackup(one.Secrets, one.keys[0], kept)
	wantKey(t, "fault.backup_swapped", err)
	_, err = OpenSecrets(one.Secrets, two.keys[0])
	wantKey(t, "fault.backup_other_key", err)

	// somebody who has no host key writes a backup to the same recipients
	mine, err := OpenSecrets(one.Secrets, one.keys[0])
	must(t, err)
	forger, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	path := filepath.Join(t.TempDir(), "database.age")
	forge(t, path, one.to, mine.header, forger)
	r, err := OpenBackup(path, one.keys[0], mine)
	must(t, err)
	wantKey(t, "fault.backup_not_signed", r.Fill(t.Context(), nowhere{}))
}

// forge writes an empty database's copy, signed by another host.
func forge(t *testing.T, path string, to []Recipient, h header, by *strongroom.Host) {
	t.Helper()
	must(t, Backup{Recipients: to}.seal(path, func(w io.Writer) error {
		h.Purpose = ofDatabase
		c, err := newCopyWriter(w, h)
		if err != nil {
			return err
		}
		return c.end(by.SignCopy)
	}))
}

func wantKey(t *testing.T, key string, err error) {
	t.Helper()
	if err == nil || fault.As(err).Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

// Seen to kill: a second recipient that is the first again; one recipient.
func TestFewerThanTwoRecipientsAreRefused(t *testing.T) {
	_, a, err := NewKey()
	must(t, err)
	_, b, err := NewKey()
	must(t, err)
	old, err := age.GenerateX25519Identity()
	must(t, err)
	older, err := age.GenerateX25519Identity()
	must(t, err)
	for name, c := range map[string]struct {
		file string
		want string
	}{
		"two hybrid ones":           {"# ours\n" + a + "\n\n" + b + "\n", ""},
		"two older ones":            {old.Recipient().String() + "\n" + older.Recipient().String(), ""},
		"one":                       {a, "fault.backup_two_recipients"},
		"the same twice":            {a + "\n" + a, "fault.backup_two_recipients"},
		"the same again beside two": {a + "\n" + b + "\n" + a, "fault.backup_two_recipients"},
		"none":                      {"# none\n", "fault.backup_recipients"},
		"a secret key among them":   {a + "\n" + old.String(), "fault.backup_recipients"},
		"a line that is no key":     {a + "\nnobody\n", "fault.backup_recipients"},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Recipients(strings.NewReader(c.file))
			if c.want == "" {
				must(t, err)
				if len(all) != 2 {
					t.Errorf("%d recipients", len(all))
				}
				return
			}
			wantKey(t, c.want, err)
		})
	}
	mixed, err := Recipients(strings.NewReader(a + "\n" + old.Recipient().String()))
	must(t, err)
	w := &world{}
	w.host, err = strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	dir := t.TempDir()
	_, err = Backup{Host: w.host, Recipients: mixed, Now: rooms(nil, w.host).Clock.Now}.To(t.Context(), dir)
	wantKey(t, "fault.backup_mixed_recipients", err)
	empty(t, dir)
	_, err = Backup{Host: w.host, Recipients: mixed[:1], Now: rooms(nil, w.host).Clock.Now}.To(t.Context(), dir)
	wantKey(t, "fault.backup_two_recipients", err)
}

func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// Seen to kill: the first file left when the second fails; a temporary file left.
func TestABackupThatFailsLeavesNothing(t *testing.T) {
	w := newWorld(t, openFile(t))
	to, _ := keys(t)
	dir := t.TempDir()
	broken := errors.New("the disk is gone")
	b := Backup{Snapshot: snapshots(w.db), Host: w.host, Secrets: w.file, Recipients: to, Now: w.Clock.Now}
	b.Snapshot = func(ctx context.Context, fn func(Snapshot) error) error {
		return errors.Join(snapshots(w.db)(ctx, fn), broken)
	}
	if _, err := b.To(t.Context(), dir); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	empty(t, dir)
	b.Snapshot, b.Secrets = snapshots(w.db), make([]byte, maxFrame+1) // the second file fails
	if _, err := b.To(t.Context(), dir); err == nil {
		t.Error("no error")
	}
	empty(t, dir)
}

// Seen to kill: writing beside age instead of through it.
func TestABackupShowsNothing(t *testing.T) {
	w := newWorld(t, openFile(t))
	b := w.backup(t)
	for _, path := range []string{b.Database, b.Secrets} {
		raw, err := os.ReadFile(path)
		must(t, err)
		for _, clear := range []string{"Canari", copyLabel, "link", "pepper", "organisation"} {
			if bytes.Contains(raw, []byte(clear)) {
				t.Errorf("%s shows %q", filepath.Base(path), clear)
			}
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
	left, err := os.ReadDir(filepath.Dir(b.Database))
	if err != nil || len(left) != 2 {
		t.Errorf("%d files, %v", len(left), err)
	}
}

// Seen to kill: filling a schema that holds tables; a file left after a failure.
func TestARestorationIsWholeOrNothing(t *testing.T) {
	w := newWorld(t, openFile(t))
	b := w.backup(t)
	r, err := b.open()
	must(t, err)
	for _, on := range bases(t) {
		t.Run(on.name, func(t *testing.T) {
			rows := 0
			_, err := on.fill(t, r.Schema(), func(f *store.Filler) error {
				rows = 0
				return r.Fill(t.Context(), failsAt{f, &rows})
			}, func(*store.Tx) error { return nil })
			if !errors.Is(err, errDamaged) || rows < 50 {
				t.Fatalf("after %d rows: %v", rows, err)
			}
			if on.again == nil {
				return
			}
			wantKey(t, "fault.backup_place", on.again(t, r.Schema(), func(f *store.Filler) error { return r.Fill(t.Context(), f) }))
		})
	}
}

// failsAt fails in the middle.
type failsAt struct {
	Filler
	rows *int
}

func (f failsAt) Row(ctx context.Context, values []any) error {
	if *f.rows++; *f.rows > 50 {
		return errDamaged
	}
	return f.Filler.Row(ctx, values)
}
