// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/house/figures"
)

var (
	kills = flag.Int("kills", 10, "how many times a server is killed under its writers, on each database")
	hurry = flag.Duration("hurry", 30*time.Minute, "how long the killing may last, at most")
)

// childPlan names the file that says what a child of these tests does.
const childPlan = "DEPOSITAIRE_TEST_CHILD"

// plan is what a child process does: one gesture, until it dies at a step of it;
// or what many people do at once, until it is killed.
type plan struct {
	Ground  ground
	Has     hands
	Gesture string
	Step    int
	Hands   int
}

// child does a plan. It returns when there was nothing to die of.
func child(path string) int {
	var p plan
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s := enterOn(&trial{}, p.Ground, p.Has)
	if p.Gesture == "" {
		s.crowd(p.Hands)
		return 1
	}
	s.tape.begin(p.Step, func() error { return syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	for _, g := range gestures() {
		if g.name == p.Gesture {
			fmt.Println(s.attempt(g.do))
		}
	}
	return 0
}

// spawn starts a child for a plan; its output is read by the caller.
func spawn(t testing.TB, p plan) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	raw, err := json.Marshal(p)
	ok(t, err)
	path := filepath.Join(t.TempDir(), "plan.json")
	ok(t, os.WriteFile(path, raw, 0o600))
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childPlan+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	ok(t, err)
	ok(t, c.Start())
	return c, bufio.NewScanner(out)
}

// crowd is many people at work at once, each in a browser of her own: she opens a
// dossier, writes there, reads and corrects, and tells what was answered.
func (s *scene) crowd(hands int) {
	var out sync.Mutex
	say := func(format string, args ...any) {
		out.Lock()
		defer out.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	var all sync.WaitGroup
	for n := range hands {
		who := []string{"karim", "lucie", "paul"}[n%3]
		b := s.by(who).copy(s.t)
		all.Go(func() {
			if why := s.attempt(func(*scene) { b.works(who, say) }); why != "" {
				fmt.Fprintln(os.Stderr, why)
			}
		})
	}
	all.Wait()
}

// works receives a person and writes about her for as long as the server lives.
func (b *browser) works(who string, say func(string, ...any)) {
	name := "Confié-" + unheard()
	person := b.receive(name)
	say("person %s %s %s", who, person, name)
	say("shown")
	at := person
	for {
		words := "Confié-" + unheard()
		page := b.get(at + "/notes/new")
		say("shown")
		action := strings.TrimSuffix(page.path, "/new")
		form := page.fields(b.t, action)
		form.Set("words", words)
		a := b.send(request(action, form))
		if a.status == 303 {
			at = a.header.Get("Location")
			at, _, _ = strings.Cut(at, "?")
			say("wrote %s %s %s", who, at, words)
		}
		if a := b.follow(a); strings.Contains(a.body, words) {
			say("shown")
		}
		note := noteSaying(b.t, b.get(at), words)
		say("shown")
		page = b.get("/notes/" + note + "/correct")
		say("shown")
		form = page.fields(b.t, "/notes/"+note+"/correct")
		form.Set("words", words+"-bis")
		if b.send(request("/notes/"+note+"/correct", form)).status == 303 {
			say("wrote %s %s %s", who, at, words+"-bis")
		}
	}
}

// unheard is a word that nobody typed before.
func unheard() string { return fmt.Sprintf("%012x", rand.Uint64()>>16) }

// told is what children said was done, before they were killed.
type answered struct {
	who, at, words string
}

// TestAKilledServerLosesNothingThatItAnswered: a server is killed again and again
// under its writers and readers, who are told what it has done.
//
// Seen to kill: callers answered before the commit of what others wrote with them.
func TestAKilledServerLosesNothingThatItAnswered(t *testing.T) {
	long(t)
	for name, make := range map[string]func(*testing.T) ground{
		"SQLite": func(t *testing.T) ground { return ground{Dir: t.TempDir()} }, "PostgreSQL": postgresGround,
	} {
		t.Run(name, func(t *testing.T) {
			g := make(t)
			has := g.settled(t)
			var all []answered
			begin, done, lost, unwritten := time.Now(), 0, 0, 0
			for done < *kills && time.Since(begin) < *hurry {
				before := g.rows(t, "journal")
				said, shown := killed(t, g, has)
				if n, want := g.rows(t, "journal")-before, shown+len(said); n < want {
					unwritten += want - n
					t.Errorf("%d pages were shown and %d things written, with %d entries", shown, len(said), n)
				}
				lost += missing(t, g, has, said)
				all = append(all, said...)
				done++
			}
			lost += missing(t, g, has, all)
			t.Logf("%d kills, %d writes acknowledged, %d lost", done, len(all), lost)
			if len(all) < done {
				t.Errorf("only %d writes were acknowledged", len(all))
			}
			keep(t, figures.Plain("kills, "+name, float64(done), "of the server"),
				figures.Plain("acknowledged before a kill, "+name, float64(len(all)), "writes"),
				figures.AtMost("acknowledged lost, kills, "+name, float64(lost), "writes", 0),
				figures.AtMost("shown but not journalled, kills, "+name, float64(unwritten), "pages", 0))
		})
	}
}

// long keeps a test of minutes out of make check.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("too long for -short")
	}
}

// keep writes figures among those of faults.json, when a folder is named.
func keep(t *testing.T, found ...figures.Figure) {
	t.Helper()
	ok(t, figures.Keep(*folder, "faults", "make proof", time.Now(), found...))
}

// settled founds a house and brings its people in.
func (g ground) settled(t *testing.T) hands {
	t.Helper()
	s := enterOn(t, g, newHands())
	for _, one := range slices.Concat(foundings(), arrivals()) {
		if why := s.attempt(one.do); why != "" {
			t.Fatalf("%s: %s", one.name, why)
		}
	}
	return s.leave()
}

// killed lets a child work for a moment, kills it, and returns what it had said.
func killed(t *testing.T, g ground, has hands) (said []answered, shown int) {
	t.Helper()
	c, lines := spawn(t, plan{Ground: g, Has: has, Hands: 6})
	var last *time.Timer
	for lines.Scan() {
		if last == nil {
			last = time.AfterFunc(time.Duration(rand.IntN(300))*time.Millisecond, func() { _ = c.Process.Kill() })
		}
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 1 && f[0] == "shown":
			shown++
		case len(f) == 4:
			said = append(said, answered{f[1], f[2], f[3]})
		}
	}
	_ = c.Wait()
	if c.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended by itself: %v", c.ProcessState)
	}
	return said, shown
}

// missing counts what was answered as done and is not there after a restart, and
// looks at the whole house.
func missing(t *testing.T, g ground, has hands, said []answered) (lost int) {
	t.Helper()
	s := enterOn(t, g, has.clone())
	defer s.leave()
	pages := map[string]string{}
	for _, one := range said {
		if pages[one.at] == "" {
			a := s.by(one.who).get(one.at)
			pages[one.at] = visible(a.doc)
		}
		corrected := slices.Contains(said, answered{one.who, one.at, one.words + "-bis"})
		if !strings.Contains(pages[one.at], one.words) && !corrected {
			t.Errorf("%s was told that %s has %s: %.200s", one.who, one.at, one.words, pages[one.at])
			lost++
		}
	}
	for _, wrong := range slices.Concat(s.wrong, g.sound(t), s.verifies()) {
		t.Error(wrong)
	}
	return lost
}
