// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

var (
	size    = flag.Int("persons", 10_000, "how many persons the organisation has")
	folder  = flag.String("figures", "", "folder of the figures; empty: they are printed only")
	databas = flag.String("database", "both", "sqlite, postgresql or both")
	data    = flag.String("data", "", "folder where SQLite's organisations are kept, one for each size; empty: they are made each time")
)

// What an organisation that is kept is made of, beside made.json.
const (
	database = "depositaire.db"
	hostFile = "host-secrets.json"
)

const command = "make bench"

// What the figures are measured on.
const (
	openedCases = 100 // of twenty notes
	readCases   = 1000
	caseNotes   = 20
	atOnce      = 8 // requests under way at once, so that commits group
	requests    = 800
	best        = 5 // runs, of which the best counts
)

// TestFigures measures architecture.md §5 on both databases. It gates nothing:
// a figure over its budget is written, and stays visible.
func TestFigures(t *testing.T) {
	dir := place(t)
	var bench []figure
	for _, d := range []struct {
		name string
		open func(testing.TB) (*street, made)
	}{
		{"SQLite", func(t testing.TB) (*street, made) { return atHome(t, dir) }},
		{"PostgreSQL", func(t testing.TB) (*street, made) {
			s := newStreet(t, openPostgres(t), nil, forgotten)
			return s, s.filled(t)
		}},
	} {
		if *databas != "both" && !strings.EqualFold(*databas, d.name) {
			continue
		}
		s, m := d.open(t)
		s.warm(t)
		opened := s.openCase(t, d.name)
		bench = append(bench, opened...)
		bench = append(bench, atSize(d.name, m, opened)...)
		bench = append(bench, s.writeNote(t, d.name)...)
		if d.name == "SQLite" {
			keepFigures(t, "pages", s.weights(t))
			bench = append(bench, s.ofFile(t, dir)...)
		}
	}
	if len(bench) == 0 {
		t.Fatal("nothing was measured")
	}
	keepFigures(t, "bench", bench)
}

func openSQLite(t testing.TB) *store.DB {
	return sqliteAt(t, filepath.Join(t.TempDir(), "depositaire.db"))
}

func sqliteAt(t testing.TB, path string) *store.DB {
	db, err := sqlite.Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func openPostgres(t testing.TB) *store.DB {
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn == "" {
		t.Fatal("DEPOSITAIRE_TEST_POSTGRES names no server: run make bench")
	}
	db, err := postgres.Open(t.Context(), dsn, "bench")
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// spent is the processor time of this process; PostgreSQL's own is not in it.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cost is what one request costs, at the best of several runs.
type cost struct {
	cpu  time.Duration
	wall time.Duration // of the run, divided by its requests
}

// measure does n things together, several times, and keeps the best of each.
// prepare makes what one run needs, outside the measure.
func measure[T any](n int, prepare func(i int) T, do func(int, T)) cost {
	c := cost{math.MaxInt64, math.MaxInt64}
	for range best {
		ready := make([]T, n)
		for i := range ready {
			ready[i] = prepare(i)
		}
		runtime.GC()
		begin, cpu := time.Now(), spent()
		var wg sync.WaitGroup
		next := make(chan int)
		for range atOnce {
			wg.Go(func() {
				for i := range next {
					do(i, ready[i])
				}
			})
		}
		for i := range n {
			next <- i
		}
		close(next)
		wg.Wait()
		c.cpu = min(c.cpu, (spent()-cpu)/time.Duration(n))
		c.wall = min(c.wall, time.Since(begin)/time.Duration(n))
	}
	return c
}

// openCase compares the page of a dossier of twenty notes with its floor.
func (s *street) openCase(t *testing.T, where string) []figure {
	floors := make([]*floor, len(s.opened))
	for i, id := range s.opened {
		floors[i] = s.floorOf(t, id)
	}
	t.Logf("%s: the floor asks %d queries, opens %d envelopes, writes %d bytes", where,
		len(floors[0].reads), len(floors[0].envelopes), len(floors[0].body))
	none := func(int) struct{} { return struct{}{} }
	product := measure(requests, none, func(i int, _ struct{}) {
		if w := s.get("/cases/" + s.opened[i%len(s.opened)].String()); w.Code != http.StatusOK {
			t.Errorf("the dossier answers %d", w.Code)
		}
	})
	bare := measure(requests, none, func(i int, _ struct{}) { floors[i%len(floors)].answer(t) })
	ratio := float64(product.cpu) / float64(bare.cpu)
	t.Logf("%s: open a case: %s of CPU, floor %s, ratio %.2f; %.0f a second", where, product.cpu, bare.cpu, ratio, 1/product.wall.Seconds())
	name := "open a case, " + where
	return []figure{
		gate(name+", CPU", ratio, "× floor", 2.5),
		aim(name+", CPU of a request", micro(product.cpu), "µs", 650, micro(product.cpu) <= 650),
		plain(name+", CPU of the floor", micro(bare.cpu), "µs"),
		aim(name+", together", 1/product.wall.Seconds(), "a second", 2000, 1/product.wall.Seconds() >= 2000),
	}
}

// writeNote compares casework.AddNote with a bare transaction that writes the
// same rows and bytes.
func (s *street) writeNote(t *testing.T, where string) []figure {
	told := lines()[0]
	unlocked := func(int) *strongroom.Unlocked {
		u, err := s.maker.unlock(t.Context(), lucie)
		must(t, err)
		return u
	}
	product := measure(requests, unlocked, func(i int, u *strongroom.Unlocked) {
		_, err := s.Casework.AddNote(t.Context(), u, casework.Draft{
			ID: record.NewID[record.Object](), Case: s.quiet[i%len(s.quiet)], Ink: record.CaseCircle,
			Words: told.words, Kind: told.kind, Origin: told.origin, Minutes: told.minutes, Day: s.Clock.Now(),
		})
		if err != nil {
			t.Error(err)
		}
	})
	rows := s.lastNote(t)
	none := func(int) struct{} { return struct{}{} }
	bare := measure(requests, none, func(i int, _ struct{}) {
		if err := s.writeBare(t.Context(), rows, s.bare[i%len(s.bare)]); err != nil {
			t.Error(err)
		}
	})
	ratio := float64(product.cpu) / float64(bare.cpu)
	t.Logf("%s: write a note: %s of CPU, bare %s, ratio %.2f", where, product.cpu, bare.cpu, ratio)
	name := "write a note, " + where
	return []figure{
		gate(name+", CPU", ratio, "× bare", 2),
		plain(name+", CPU of AddNote", micro(product.cpu), "µs"),
		plain(name+", CPU of the bare transaction", micro(bare.cpu), "µs"),
	}
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// weights are the bodies of the pages that grow with a real organisation. What a
// browser receives of every page, headers and assets included, is measured by
// test/browser.
func (s *street) weights(t *testing.T) (all []figure) {
	for _, p := range []struct{ name, path string }{
		{"my dossiers, a full page", "/cases"},
		{"persons, a full page", "/persons"},
		{"a dossier of 20 notes", "/cases/" + s.opened[0].String()},
	} {
		w := s.get(p.path)
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", p.path, w.Code)
		}
		all = append(all, gate("later page: "+p.name, kilo(w.Body.Len()), "KB", 20))
	}
	return all
}

func kilo(n int) float64 { return float64(n) / 1024 }

// figure is one line of doc/figures (architecture.md §5).
type figure struct {
	Name    string   `json:"name"`
	Value   float64  `json:"value"`
	Unit    string   `json:"unit"`
	Budget  *float64 `json:"budget"` // null when nothing is promised
	Holds   bool     `json:"holds"`
	Aim     bool     `json:"aim,omitempty"` // hoped for, not a gate
	At      string   `json:"at"`
	Command string   `json:"command"`
}

func plain(name string, value float64, unit string) figure {
	places := 10.0
	if strings.HasPrefix(unit, "×") {
		places = 100
	}
	return figure{
		Name: name, Value: math.Round(value*places) / places, Unit: unit, Holds: true,
		At: time.Now().UTC().Format(time.DateOnly), Command: command,
	}
}

func gate(name string, value float64, unit string, budget float64) figure {
	f := plain(name, value, unit)
	f.Budget, f.Holds = &budget, value <= budget
	return f
}

func aim(name string, value float64, unit string, hoped float64, holds bool) figure {
	f := plain(name, value, unit)
	f.Budget, f.Holds, f.Aim = &hoped, holds, true
	return f
}

// keepFigures replaces the figures of the same name in an area's file.
func keepFigures(t *testing.T, area string, found []figure) {
	t.Helper()
	for _, f := range found {
		t.Logf("%-50s %10.2f %s", f.Name, f.Value, f.Unit)
	}
	if *folder == "" {
		return
	}
	file := filepath.Join(*folder, area+".json")
	var all []figure
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range found {
		all = slices.DeleteFunc(all, func(old figure) bool { return old.Name == f.Name })
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b figure) int { return cmp.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(t, e.Encode(all))
	must(t, os.MkdirAll(*folder, 0o755))
	must(t, os.WriteFile(file, out.Bytes(), 0o644))
	fmt.Println("wrote", file)
}

// TestMake makes the organisation of -data and measures nothing.
func TestMake(t *testing.T) {
	if *data == "" {
		t.Fatal("-data names no folder: run make bench-data")
	}
	_, m := atHome(t, place(t))
	t.Logf("%d persons: %s, %s of CPU, on %s, load %s", *size, m.Wall.Round(time.Second), m.CPU.Round(time.Second), m.At, m.Load)
}
