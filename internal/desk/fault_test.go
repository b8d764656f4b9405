// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"depositaire.org/depositaire/internal/house/figures"
)

var (
	every  = flag.Int("every", 80, "one step in so many meets a fault; 1: all of them")
	deaths = flag.Int("deaths", 300, "at one step in so many the process dies; 1: at all of them")
)

// chapter is a gesture with the house as it was before, as it is after, and what
// it wrote in between.
type chapter struct {
	gesture
	before, after string // folders
	had, has      hands
	steps         []string         // of its transactions
	states        []map[string]int // the rows before, and after each transaction
	knew, knows   map[fact]bool    // by everybody, of everything
}

// told does every gesture once, without a fault.
func told(t *testing.T) (all []chapter, sites map[string]bool) {
	t.Helper()
	dir, has, facts := t.TempDir(), newHands(), []fact{}
	sites = map[string]bool{}
	knew := map[fact]bool{}
	for _, g := range gestures() {
		c := chapter{gesture: g, before: dir, after: copyHouse(t, dir), had: has, knew: knew}
		s := enter(t, c.after, has.clone())
		c.states = []map[string]int{ground{Dir: c.after}.tables(t)}
		s.tape.done = func() { c.states = append(c.states, ground{Dir: c.after}.tables(t)) }
		s.tape.begin(0, nil)
		if why := s.attempt(g.do); why != "" {
			t.Fatalf("%s: %s", g.name, why)
		}
		c.steps, c.has = s.tape.steps, s.leave()
		maps.Copy(sites, s.h.sites)
		facts = append(append(facts, g.shows...), g.hides...)
		c.knows = look(t, c.after, c.has, facts)
		c.knew = maps.Clone(knew)
		for _, f := range append(g.shows, g.hides...) {
			c.knew[f] = !c.knows[f]
		}
		all = append(all, c)
		dir, has, knew = c.after, c.has, c.knows
	}
	return all, sites
}

// look goes round a copy of a house.
func look(t testing.TB, dir string, has hands, facts []fact) map[fact]bool {
	t.Helper()
	s := enter(t, copyHouse(t, dir), has.clone())
	defer s.leave()
	return s.finds(facts)
}

// TestAFaultAtAnyStepOfATransactionLeavesAllOfItOrNothing: each step of every
// transaction of the product meets a full disk, then the death of the process.
// The server starts again: what was there is there, what was under way is there
// whole or not at all, and it can be done again.
//
// Seen to kill: callers answered before the commit; a closure that fails not undone;
// the words of a case shown though its entry was not written; a case and its first
// note in two transactions; a narrowing that deletes in a transaction of its own,
// before it writes; a code proved in one transaction and forgotten in another.
func TestAFaultAtAnyStepOfATransactionLeavesAllOfItOrNothing(t *testing.T) {
	long(t)
	all, sites := told(t)
	for _, missing := range unwritten(t, sites) {
		t.Errorf("no gesture writes at %s", missing)
	}
	var n tried
	t.Run("steps", func(t *testing.T) {
		for _, c := range all {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				for k := range c.chosen(*every) {
					n.full.Add(1)
					c.full(t, &n, k)
				}
				for k := range c.chosen(*deaths) {
					n.died.Add(1)
					c.dies(t, &n, k)
				}
			})
		}
	})
	t.Logf("of %d gestures, %d steps met a full disk and %d the death of the process", len(all), n.full.Load(), n.died.Load())
	if n.full.Load() == 0 || n.died.Load() == 0 {
		t.Error("nothing was tried")
	}
	keep(t, figures.Plain("failpoints tried, full disk", float64(n.full.Load()), "steps"),
		figures.Plain("failpoints tried, kill -9", float64(n.died.Load()), "steps"),
		figures.AtMost("acknowledged lost, at failpoints", float64(n.lost.Load()), "gestures", 0),
		figures.AtMost("shown but not journalled, at failpoints", float64(n.shown.Load()), "pages", 0))
}

// tried counts what was tried, and what went wrong.
type tried struct{ full, died, lost, shown atomic.Int64 }

// at names a step.
func (c chapter) at(k int) string {
	return fmt.Sprintf("step %d of %d, %.60q", k, len(c.steps), strings.Join(strings.Fields(c.steps[k-1]), " "))
}

// full lets step k meet a full disk.
func (c chapter) full(t *testing.T, n *tried, k int) {
	g := ground{Dir: copyHouse(t, c.before)}
	s := enterOn(t, g, c.had.clone())
	last := c.states[0]
	s.tape.done = func() { last = g.tables(t) }
	s.tape.begin(k, func() error { return &fs.PathError{Op: "write", Path: "depositaire.db", Err: syscall.ENOSPC} })
	why := s.attempt(c.do)
	has := s.leave()
	for _, wrong := range s.wrong {
		n.shown.Add(1)
		t.Errorf("%s: %s", c.at(k), wrong)
	}
	if strings.Contains(s.h.logs.String(), "panic") {
		t.Errorf("%s: a page panicked", c.at(k))
	}
	if got := g.tables(t); !maps.Equal(got, last) {
		t.Errorf("%s: rows that no transaction wrote: %s", c.at(k), differing(last, got))
	}
	c.check(t, n, c.at(k), g, has, why == "")
}

// dies lets the process die at step k.
func (c chapter) dies(t *testing.T, n *tried, k int) {
	g := ground{Dir: copyHouse(t, c.before)}
	p, said := spawn(t, plan{Ground: g, Has: c.had, Gesture: c.name, Step: k})
	for said.Scan() {
		t.Log(said.Text())
	}
	_ = p.Wait()
	if p.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s: the child ended by itself: %v", c.at(k), p.ProcessState)
	}
	got := g.tables(t)
	if !slices.ContainsFunc(c.states, func(state map[string]int) bool { return maps.Equal(state, got) }) {
		t.Errorf("%s: half a transaction: %s", c.at(k), differing(c.states[0], got))
	}
	has := c.had.clone()
	has.Clock = c.has.Clock // a restart does not take time back
	c.check(t, n, c.at(k), g, has, false)
}

// chosen is one step in so many.
func (c chapter) chosen(every int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range c.steps {
			if (k+len(c.name))%every == 0 && !yield(k+1) {
				return
			}
		}
	}
}

// check looks at a house after a fault; did says that the gesture was answered as
// done.
func (c chapter) check(t *testing.T, n *tried, at string, g ground, has hands, did bool) {
	t.Helper()
	for _, wrong := range g.sound(t) {
		t.Errorf("%s: %s", at, wrong)
	}
	var own []fact
	for f := range c.knows {
		if c.knows[f] != c.knew[f] {
			own = append(own, f)
		}
	}
	s := enter(t, copyHouse(t, g.Dir), has.clone())
	for _, wrong := range s.verifies() {
		t.Errorf("%s: %s", at, wrong)
	}
	found := s.finds(slices.Collect(maps.Keys(c.knows)))
	s.leave()
	before, after := true, true
	for f, was := range found {
		mine := slices.Contains(own, f)
		if !mine && was != c.knew[f] {
			n.lost.Add(1)
			t.Errorf("%s: %v is found: %v", at, f, was)
		}
		before = before && (!mine || was == c.knew[f])
		after = after && (!mine || was == c.knows[f])
	}
	switch {
	case !before && !after && !c.apart:
		t.Errorf("%s: half of it is done: %v", at, found)
	case did && !after:
		n.lost.Add(1)
		t.Errorf("%s: it was answered as done, and is not", at)
	case c.once && !maps.Equal(g.tables(t), c.states[0]) || after && len(own) > 0 && !c.apart:
		return
	}
	s = enterOn(t, g, has.clone())
	why := s.attempt(c.do)
	has = s.leave()
	if why != "" {
		t.Errorf("%s: it cannot be done again: %s", at, why)
	}
	for f, was := range look(t, g.Dir, has, own) {
		if was != c.knows[f] {
			t.Errorf("%s: done again, %v is found: %v", at, f, was)
		}
	}
}

// differing says which counts are not the same.
func differing(want, got map[string]int) string {
	var all []string
	for name := range got {
		if want[name] != got[name] {
			all = append(all, fmt.Sprintf("%s %d, not %d", name, got[name], want[name]))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// elsewhere are the lines that write and that no gesture of pages reaches.
var elsewhere = map[string]string{
	"signin/passkey.go": "needs an authenticator: test/browser has one",
}

// unwritten are the lines of the product that write, and where nothing was.
func unwritten(t *testing.T, seen map[string]bool) (missing []string) {
	t.Helper()
	root, err := filepath.Abs("..")
	ok(t, err)
	sites := writeSites(t, root)
	if len(sites) < 20 {
		t.Errorf("only %d lines write", len(sites))
	}
	for _, site := range sites {
		short, _ := filepath.Rel(root, site)
		file, _, _ := strings.Cut(short, ":")
		if !seen[site] && elsewhere[file] == "" {
			missing = append(missing, short)
		}
	}
	return missing
}

// writeSites finds the calls of a room's write: two arguments, the second of them
// what is done in the transaction.
func writeSites(t *testing.T, root string) (all []string) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "store" || d.Name() == "testdata" || d.Name() == "demo") {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) != 2 {
				return true
			}
			if fn, is := call.Fun.(*ast.SelectorExpr); is && (fn.Sel.Name == "write" || fn.Sel.Name == "Write") {
				all = append(all, fmt.Sprintf("%s:%d", path, files.Position(call.Pos()).Line))
			}
			return true
		})
		return nil
	})
	ok(t, err)
	return all
}
