// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package names

import (
	"flag"
	"math"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/demo/crowd"
	"depositaire.org/depositaire/internal/house/figures"
)

var (
	folder = flag.String("figures", "", "folder of the figures; empty: they are printed only")
	crowds = flag.Int("crowd", 1_000_000, "how many persons the index has")
)

// TestNamesFigures measures the search of architecture.md §5. It gates nothing:
// a figure over its budget is written, and stays visible.
func TestNamesFigures(t *testing.T) {
	const questions, best = 4_000, 5
	entries := make([]Entry, *crowds)
	for n := range entries {
		entries[n] = entry(n)
	}
	asked := crowd.Misspelt(crowd.Seed, questions, *crowds)
	before := live()
	begin := time.Now()
	x := Build(entries)
	took := time.Since(begin)
	size := float64(live()-before) / (1 << 20)
	found := recall(t, x, asked)
	p99 := math.Inf(1)
	for range best {
		p99 = min(p99, slowest(t, x, asked))
	}
	runtime.KeepAlive(entries)
	name := "find a misspelt name among 1,000,000"
	all := []figures.Figure{
		figures.AtLeast(name+": recall@10", math.Round(found*10_000)/10_000, "of 1", 0.99),
		figures.AtMost(name+": CPU p99, best of five runs", math.Round(p99*100)/100, "ms", 20),
		figures.AtMost("names of 1,000,000 in memory", math.Round(size*10)/10, "MiB", 120),
		figures.AtMost("names of 1,000,000, built in", math.Round(took.Seconds()*100)/100, "s", 10),
	}
	for _, f := range all {
		t.Logf("%-60s %10.4f %s", f.Name, f.Value, f.Unit)
	}
	if err := figures.Keep(*folder, "bench", "make bench", time.Now(), all...); err != nil {
		t.Fatal(err)
	}
}

// live is what the heap holds after a collection.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// slowest is the processor time, in milliseconds, that 99 questions of a hundred
// stay below.
func slowest(t *testing.T, x *Index, asked []crowd.Query) float64 {
	each := make([]float64, len(asked))
	for i, q := range asked {
		begin := spent(t)
		x.Find(confided.NewText(q.Text), 10)
		each[i] = (spent(t) - begin).Seconds() * 1000
	}
	slices.Sort(each)
	return each[len(each)*99/100]
}

// spent is the processor time of this process: what collects garbage counts too.
func spent(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
