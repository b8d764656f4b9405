// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
)

// Where the budgets of architecture.md §5 that speak of a size begin. Under it a
// figure is written, and judged by nobody.
const (
	fullSize  = 1_000_000
	startSize = 100_000
	flatFrom  = 10_000
)

// sized is a gate at a size, and a plain figure under it.
func sized(name string, value float64, unit string, budget float64, from int) figure {
	name = fmt.Sprintf("%s, %d persons", name, *size)
	if *size < from {
		return plain(name, value, unit)
	}
	return gate(name, value, unit, budget)
}

// atSize are the figures of an organisation of this size: how long it took to make,
// and whether a case opens as fast as among ten thousand persons.
func atSize(where string, m made, opened []figure) []figure {
	took := m.Wall
	all := []figure{plain(fmt.Sprintf("demo time, %s, %d persons", where, *size), took.Minutes(), "min")}
	if where == "SQLite" {
		all[0] = sized("demo time, "+where, took.Minutes(), "min", 15, fullSize)
	}
	now := opened[1].Value // CPU of a request
	name := func(persons int) string {
		return fmt.Sprintf("open a case, %s, CPU of a request, %d persons", where, persons)
	}
	all = append(all, plain(name(*size), now, "µs"))
	if before := kept(name(flatFrom)); before > 0 && *size > flatFrom {
		all = append(all, sized("open a case, "+where+", beside itself among 10000", now/before, "× itself", 1.2, fullSize))
	}
	return asked(all...)
}

// kept is a figure of an earlier run; 0 if there is none.
func kept(name string) float64 {
	raw, err := os.ReadFile(filepath.Join(*folder, "bench.json"))
	var all []figure
	if err != nil || json.Unmarshal(raw, &all) != nil {
		return 0
	}
	for _, f := range all {
		if f.Name == name {
			return f.Value
		}
	}
	return 0
}

// asked says by which command figures of this size are measured.
func asked(all ...figure) []figure {
	for i := range all {
		all[i].Command = fmt.Sprintf("%s PERSONS=%d", command, *size)
	}
	return all
}

// ofFile are the figures of the database file: its size, the memory that serving it
// took, everybody's name among it, and the time from opening it to the first page.
func (s *street) ofFile(t *testing.T, dir string) []figure {
	u, err := s.unlock(t.Context(), lucie)
	must(t, err)
	asks := time.Now()
	found, err := s.People.Find(t.Context(), u, confided.NewText("Traore Fatumata"))
	must(t, err)
	if len(found) == 0 {
		t.Error("nobody is found")
	}
	first := time.Since(asks)
	debug.FreeOSMemory() // the measuring is in it too
	memory := resident(t, os.Getpid())
	must(t, s.db.Close())
	path := filepath.Join(dir, database)
	var bytes int64
	for _, file := range []string{path, path + "-wal"} {
		if info, err := os.Stat(file); err == nil {
			bytes += info.Size()
		}
	}
	secrets, err := os.ReadFile(filepath.Join(dir, hostFile))
	must(t, err)
	begin := time.Now()
	again := newStreet(t, sqliteAt(t, path), secrets, forgotten)
	if w := again.get("/signin"); w.Code != http.StatusOK {
		t.Errorf("the first page answers %d", w.Code)
	}
	start := time.Since(begin)
	return asked(
		sized("demo size, SQLite", float64(bytes)/(1<<30), "GiB", 12, fullSize),
		sized("memory serving, SQLite", memory, "MiB", 250, fullSize),
		plain(fmt.Sprintf("first search since the start, SQLite, %d persons", *size), first.Seconds(), "s"),
		sized("start to first page, SQLite", start.Seconds()*1000, "ms", 300, startSize),
	)
}

// resident is the memory of a process, in MiB.
func resident(t *testing.T, pid int) float64 {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kb float64
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb / 1024
			}
		}
	}
	t.Fatal("the system does not say how much memory is used")
	return 0
}
