// SPDX-License-Identifier: AGPL-3.0-or-later

package powercut

import (
	"context"
	"database/sql"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver" // the driver "sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"depositaire.org/depositaire/internal/house/figures"
	"depositaire.org/depositaire/internal/store/sqlite"
)

var (
	cuts  = flag.Int("cuts", 20, "how many times the power goes, under each of both drivers")
	shelf = flag.String("figures", "", "folder of the figures; empty: none is written")
)

// perRun is how many times the power goes in one run of the story: each cut is an
// image of the disk at a moment, and the run goes on.
const perRun = 10

// childFolder names the folder in which a child process runs the story.
const childFolder = "DEPOSITAIRE_TEST_FOLDER"

// recorded is the story, in a file that the tests of internal/desk wrote.
var recorded string

func TestMain(m *testing.M) {
	if at := os.Getenv(childFolder); at != "" {
		if err := live(at, os.Args[1], os.Args[2] != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(withStory(m))
}

// withStory has internal/desk record what the store asks, then runs the tests.
func withStory(m *testing.M) int {
	dir, err := os.MkdirTemp("", "powercut")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	recorded = filepath.Join(dir, "story.gob")
	c := exec.CommandContext(context.Background(), "go", "test", "./internal/desk", "-count=1", "-run", "^TestTheTransactionsOfTheStoryCanBeRunAgain$", "-record", recorded)
	c.Dir = filepath.Join("..", "..")
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the story cannot be recorded: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// states are the prints of the database before the story and after each of its
// transactions, on a disk that forgets nothing.
func states(t *testing.T, s Story) [][32]byte {
	t.Helper()
	db, err := sql.Open("sqlite", sqlite.DSN(filepath.Join(t.TempDir(), "depositaire.db")))
	must(t, err)
	defer func() { _ = db.Close() }()
	look := func() [32]byte {
		p, err := Print(t.Context(), db)
		must(t, err)
		return p
	}
	all := [][32]byte{look()}
	must(t, s.Run(t.Context(), db, func(int) { all = append(all, look()) }))
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// verdict is what power cuts left.
type verdict struct{ cuts, lost, torn int }

// keep writes the figures of the cuts.
func (v verdict) keep(t *testing.T, by string) {
	t.Helper()
	keep(t, figures.Plain("power cuts ("+by+")", float64(v.cuts), "cuts"),
		figures.AtMost("acknowledged lost, power cuts ("+by+")", float64(v.lost), "times", 0),
		figures.AtMost("half a transaction, power cuts ("+by+")", float64(v.torn), "times", 0))
}

func keep(t *testing.T, found ...figures.Figure) {
	t.Helper()
	must(t, figures.Keep(*shelf, "faults", "make proof", time.Now(), found...))
}

// judge opens what a power cut left: it must be exactly what stood after one of
// the transactions, the last that was answered or the one under way.
func (v *verdict) judge(t *testing.T, i Image, states [][32]byte) string {
	t.Helper()
	v.cuts++
	dir := t.TempDir()
	for name, b := range i.Files {
		if !strings.HasSuffix(name, "-shm") {
			must(t, os.WriteFile(filepath.Join(dir, filepath.Base(name)), b, 0o600))
		}
	}
	db, err := sql.Open("sqlite", sqlite.DSN(filepath.Join(dir, "depositaire.db")))
	must(t, err)
	defer func() { _ = db.Close() }()
	whole, err := column(t.Context(), db, `PRAGMA integrity_check`)
	if err != nil || len(whole) != 1 || whole[0] != "ok" {
		v.torn++
		return fmt.Sprintf("after transaction %d: the file is damaged: %v %v", i.Acked, whole, err)
	}
	print, err := Print(t.Context(), db)
	must(t, err)
	after := -1
	for n, state := range states {
		if state == print {
			after = n
		}
	}
	switch {
	case after < 0:
		v.torn++
		return fmt.Sprintf("after transaction %d: half a transaction", i.Acked)
	case after < i.Acked:
		v.lost++
		return fmt.Sprintf("transaction %d was answered, and the disk has %d", i.Acked, after)
	}
	return ""
}

// unsynced is the mutant that each run must catch: no sync for each commit.
func unsynced(dsn string) string { return strings.Replace(dsn, "FULL", "NORMAL", 1) }

// onVFS runs the story on a disk that forgets, and cuts its power. With no cut it
// only counts the operations.
func onVFS(t *testing.T, s Story, dsn func(string) string, at []int) *Disk {
	t.Helper()
	answered := 0
	d := NewDisk(rand.Uint64(), at, func(*Disk) int { return answered })
	name := fmt.Sprintf("cut%d", rand.Uint64())
	vfs.Register(name, under{d, t.TempDir()})
	defer vfs.Unregister(name)
	db, err := sql.Open("sqlite3", dsn("/depositaire.db")+"&vfs="+name)
	must(t, err)
	db.SetMaxOpenConns(1)
	must(t, s.Run(t.Context(), db, func(n int) { answered = n }))
	must(t, db.Close())
	return d
}

// moments are when the power goes.
func moments(ops int) []int {
	at := make([]int, perRun)
	for i := range at {
		at[i] = 1 + rand.IntN(ops)
	}
	return at
}

// TestAPowerCutLosesNothingThatWasAnswered: the schema, the settings and the
// transactions of the store, on a disk that forgets what was not synced.
//
// Seen to kill: synchronous=NORMAL, in each run.
func TestAPowerCutLosesNothingThatWasAnswered(t *testing.T) {
	s, err := ReadStory(recorded)
	must(t, err)
	want := states(t, s)
	product := func(path string) string { return sqlite.DSN(path) }
	lazy := func(path string) string { return unsynced(sqlite.DSN(path)) }
	if lazy("x") == product("x") {
		t.Fatal("the settings do not say synchronous=FULL")
	}
	for _, tt := range []struct {
		name  string
		dsn   func(string) string
		cuts  int
		loses bool
	}{
		{"as the product is set", product, *cuts, false},
		{"with synchronous=NORMAL, which this disk must catch", lazy, min(*cuts, 40), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ops := onVFS(t, s, tt.dsn, nil).Ops()
			var v verdict
			for v.cuts < tt.cuts {
				for _, i := range onVFS(t, s, tt.dsn, moments(ops)).Images() {
					if wrong := v.judge(t, i, want); wrong != "" && !tt.loses {
						t.Error(wrong)
					}
				}
			}
			t.Logf("%d transactions, %d operations; %d cuts: %d lost what was answered, %d tore it", len(s), ops, v.cuts, v.lost, v.torn)
			if tt.loses {
				if v.lost == 0 {
					t.Error("nothing was lost: this disk forgets nothing")
				}
				keep(t, figures.Plain("power cuts (VFS) that lost what was answered, with synchronous=NORMAL", float64(v.lost), fmt.Sprintf("of %d", v.cuts)))
				return
			}
			v.keep(t, "VFS")
		})
	}
}

// TestAPowerCutUnderTheShippedDriver: the same, through the system, in a folder
// that forgets.
func TestAPowerCutUnderTheShippedDriver(t *testing.T) {
	s, err := ReadStory(recorded)
	must(t, err)
	want := states(t, s)
	var ops int
	if d, why := onFUSE(t, "", nil); why != "" {
		t.Logf("NO FUSE HERE (%s): the shipped driver was not tried in a folder that forgets; the figure says so", why)
		keep(t, figures.Plain("power cuts (FUSE)", 0, "cuts: no FUSE where this ran"))
		return
	} else if ops = d.Ops(); ops == 0 {
		t.Fatal("nothing was written")
	}
	for _, tt := range []struct {
		name, lazy string
		cuts       int
	}{
		{"as the product is set", "", *cuts},
		{"with synchronous=NORMAL, which this folder must catch", "lazy", perRun},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var v verdict
			for v.cuts < tt.cuts {
				d, why := onFUSE(t, tt.lazy, moments(ops))
				if why != "" {
					t.Fatal(why)
				}
				for _, i := range d.Images() {
					if wrong := v.judge(t, i, want); wrong != "" && tt.lazy == "" {
						t.Error(wrong)
					}
				}
			}
			t.Logf("%d transactions, about %d operations; %d cuts: %d lost what was answered, %d tore it", len(s), ops, v.cuts, v.lost, v.torn)
			if tt.lazy != "" {
				if v.lost == 0 {
					t.Error("nothing was lost: this folder forgets nothing")
				}
				return
			}
			v.keep(t, "FUSE")
		})
	}
}

// acks is the file in which a child says how many transactions were answered: it
// passes through the disk, so that the disk knows at each moment.
const acks = "acks"

func answeredOn(d *Disk) int {
	f := d.names[acks]
	if f == nil || len(f.now) < 8 {
		return 0
	}
	return int(binary.LittleEndian.Uint64(f.now))
}

// onFUSE has a child run the story in a folder of FUSE; why says that there is no
// FUSE here.
func onFUSE(t *testing.T, lazy string, at []int) (d *Disk, why string) {
	t.Helper()
	d = NewDisk(rand.Uint64(), at, answeredOn)
	dir := t.TempDir()
	server, err := Mount(d, dir)
	if err != nil {
		return nil, err.Error()
	}
	defer func() { must(t, server.Unmount()) }()
	c := exec.CommandContext(t.Context(), os.Args[0], recorded, lazy)
	c.Env = append(slices.Clone(os.Environ()), childFolder+"="+dir)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("the child: %v\n%s", err, out)
	}
	return d, ""
}

// live runs the story in a folder, with the shipped driver.
func live(dir, story string, lazy bool) error {
	s, err := ReadStory(story)
	if err != nil {
		return err
	}
	said, err := os.OpenFile(filepath.Join(dir, acks), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	dsn := sqlite.DSN(filepath.Join(dir, "depositaire.db"))
	if lazy {
		dsn = unsynced(dsn)
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	failed := s.Run(context.Background(), db, func(n int) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		if _, err := said.WriteAt(b[:], 0); err != nil {
			panic(err)
		}
	})
	if failed != nil {
		return failed
	}
	return db.Close()
}
