// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the scorer writes into doc/figures/tasks.json.
const tasksCommand = "DEPOSITAIRE_FIGURES=1 go test -run TestTasks ./..."

// task reads one of tasks/.
func task(t *testing.T, id string) Task {
	t.Helper()
	return LoadTasks(t, filepath.Join(here(), "tasks", id+".json"))[0]
}

// report fails over budget and keeps the figures.
func report(t *testing.T, r Result) {
	t.Helper()
	NoFindings(t, r.Task.ID, r.Findings)
	s := r.Score
	t.Logf("%s%s: %d keys, %d clicks, %d fields of %d shown, %d pages, %.1f KB, %d words read, %.1f s overhead (%.1f s of waiting), %.1f s content",
		r.Task.ID, map[bool]string{true: " (keyboard)"}[r.Keyboard], s.Keys, s.Clicks, s.Fields, s.Shown, s.Pages, s.KB, s.Words, s.Overhead, s.Response, s.Content)
	now := r.Figures(tasksCommand)
	if before := ReadFigures(t, "tasks"); !r.Keyboard {
		for _, grew := range Regressions(before, now) {
			t.Log(grew) // waiting depends on the machine: the budget is the gate
		}
	}
	WriteFigures(t, "tasks", now)
}

// at puts somebody of the demonstration in front of a device.
func at(t *testing.T, p *Product, login string) *worker {
	t.Helper()
	var people published
	p.JSON(&people)
	w := withMouse(Launch(t).Device(login, Options{Base: p.URL}), people.account(t, login))
	w.signIn()
	return w
}

// TestTasksOfEveryDay scores what a worker does each day, with a mouse and
// without.
func TestTasksOfEveryDay(t *testing.T) {
	p := StartProduct(t, "demo", "-json")
	w := at(t, p, "lucie")
	holder := w.addPasskey()
	w.Goto("/cases")
	w.by.Click("text:Chantal Rahmani")
	readers := w.under("Premier passage", "readers")
	vars := map[string]string{"readers": readers[strings.Index(readers, "a["):]}
	vars["readers"] = "a[href=" + quote(w.Attr(readers, "href")) + "]"
	for i, keyboard := range []bool{false, true} {
		vars["note"] = []string{
			"Vue ce matin avec le courrier du fournisseur, échéancier compris. Elle paie le 5, me rappelle pour la cantine.",
			"Vue ce soir, deux échéances réglées. Elle demande un rendez-vous pour la cantine, je la rappelle le 3.",
		}[i]
		for _, id := range []string{"T2", "T2b", "T3", "T12"} {
			report(t, w.Replay(task(t, id), Replay{Keyboard: keyboard, Vars: vars}))
		}
		w.Goto("/today")
		w.signOut()
		report(t, w.Replay(task(t, "T1"), Replay{Keyboard: keyboard, Vars: vars}))
	}
	if n := holder.Passkeys(); n != 1 {
		t.Errorf("%d passkeys, want 1", n)
	}
	counter := at(t, p, "karim")
	for keyboard, family := range map[bool]string{false: "Vantrac", true: "Ormont"} {
		lines := fmt.Sprintf("Odile %[1]s 2/4/88\nRené %[1]s 5/9/85 mari\nSami 9 ans\nInès 4 ans\nFatma 1/1/1950 mère", family)
		report(t, counter.Replay(task(t, "T9"), Replay{Keyboard: keyboard, Vars: map[string]string{"household": lines}}))
	}
}

// addPasskey makes one in Ma sécurité.
func (w *worker) addPasskey() *Authenticator {
	w.t.Helper()
	holder := w.Authenticator()
	w.menu()
	w.by.Click("a[href='/security']")
	w.by.Click("form[data-passkey=create] button")
	w.must("see the passkey", w.poll(`location.pathname === '/security' && [...document.querySelectorAll('ul.rows .who')].some(e => e.textContent.startsWith('Clé d’accès'))`))
	return holder
}

// A day has twenty interruptions (T13); a draft is begun for every five.
const fives = 4

// TestTasksInterrupted scores two days with twenty interruptions, lifted by a
// passkey on one and by a day code on the other: several drafts wait, and each
// unlocking must come back to the one that was on the screen.
func TestTasksInterrupted(t *testing.T) {
	w := at(t, StartProduct(t, "demo", "-json"), "lucie")
	w.addPasskey()
	day := task(t, "T13")
	run := w.Begin(day, Replay{})
	w.interrupted(run, "passkey")
	report(t, run.End())
	w.Goto("/security/day-code")
	w.by.Fill("[name=day_code]", told["day code"])
	w.press()
	day.ID = "T13 by day code"
	run = w.Begin(day, Replay{})
	w.interrupted(run, "day code")
	report(t, run.End())
}

// interrupted is the day: what is written between two interruptions is not
// counted.
func (w *worker) interrupted(run *Run, by string) {
	w.t.Helper()
	w.Slow(false)
	w.Goto("/cases")
	dossiers := ask[[]string](w.Device, "list the dossiers", `[...document.querySelectorAll('a.who')].map(a => a.getAttribute('href'))`)
	for round := range fives {
		words := fmt.Sprintf("Commencé entre deux portes, par %s, reprise %d.", by, round+1)
		w.Goto(dossiers[round%len(dossiers)] + "/notes/new")
		w.by.Tell("[name=words]", words)
		w.WaitText("Brouillon gardé")
		for range 5 {
			w.Key("Control+Alt+v")
			w.on("/lift")
			w.Slow(true)
			w.resume(run, words, by)
			w.Slow(false)
		}
	}
}

// resume unlocks and goes on writing, as cheaply as the product lets.
func (w *worker) resume(run *Run, words, by string) {
	w.t.Helper()
	if by == "passkey" {
		run.Do(Step{Click: "text:Lever le voile avec une clé d’accès"})
	} else {
		run.Do(Step{Type: "[name=day_code]", Text: withoutShift(told["day code"]), Focus: "none", Nav: true})
	}
	w.must("come back", w.poll(`!location.pathname.startsWith('/lift')`))
	if strings.HasPrefix(w.Path(), "/security/day-code") { // offered once a day
		run.Do(Step{Click: "main form a", Nav: true})
	}
	if !w.Sees("[name=words]") || w.Value("[name=words]") != words {
		run.Do(Step{Click: "nav a[href='/today']", Nav: true})
		run.Do(Step{Click: "main a.button[href^='/drafts/']", Nav: true})
	}
	if got := w.Value("[name=words]"); got != words {
		w.t.Errorf("after the interruption the note says %q, want %q", got, words)
	}
}

// withoutShift is a code of digits as a French keyboard writes it when Shift is
// not pressed, which the page says is enough.
func withoutShift(code string) string {
	return strings.NewReplacer(" ", "", "0", "à", "1", "&", "2", "é", "3", `"`, "4", "'", "5", "(", "6", "-", "7", "è", "8", "_", "9", "ç").Replace(code)
}

// sheet is what it takes to fetch one paper from the printer and fold it: an
// assumption of this project, like the operators of a phone.
const sheet = 15.0

// TestTasksFirstDay scores the first day: from the link of an empty folder to
// the first notes of two workers and somebody received by reception. Each of
// them reads every word of a page, the first time she meets it.
func TestTasksFirstDay(t *testing.T) {
	h := valmont()
	h.people = slices.DeleteFunc(h.people, func(one *invited) bool { return one.role == "lead" || one.service != h.services[0] })
	p, b := StartProduct(t, "serve"), Launch(t)
	device := func(name string) *Device { return b.Device(name, Options{Base: p.URL}) }
	helene := &worker{Device: device("Hélène"), named: account{Name: "Hélène Garnier", Login: "helene", Passphrase: "clocher lavoir montrelune six"}}
	first := task(t, "T0")
	run := helene.Begin(first, Replay{Vars: map[string]string{"link": p.StartLink()[len(p.URL):]}})
	papers := 0
	sit := func(w *worker) *worker {
		w.by = scored{run}
		met := map[string]bool{}
		w.look = func(*worker) {
			if page := w.Title() + w.Text("h1"); !met[page] {
				met[page] = true
				run.Do(Step{Read: "main"})
			}
		}
		return w
	}
	sit(helene).found(p.StartLink(), h)
	papers += 1 + 3 + 1 + len(h.people)
	for _, slip := range h.people {
		w := &worker{Device: device(slip.Name), named: slip.account}
		w.Goto("/invitation")
		run.On(w.Device)
		sit(w).enrol(h, slip)
		papers++
		switch slip.role {
		case "reception":
			w.receive(told["nadia"])
		case "worker":
			w.go_("/persons/new")
			w.by.Tell("[name=called]", slip.Name[:3]+"uella Plandre")
			w.by.Click("button[name=then][value=note]")
			w.jot(jot{words: slip.Name + " l’a reçue : " + told["first"]})
			run.Do(Step{See: "Note enregistrée"})
		}
	}
	run.meter.score.Overhead += float64(papers) * sheet
	r := run.End()
	report(t, r)
	all := (r.Score.Overhead + r.Score.Content) / 60
	t.Logf("T0 in all: %.1f minutes, of which %d papers of %.0f s", all, papers, sheet)
	total := Gate("T0 in all", all, "min", 20, tasksCommand)
	// The figure says what was measured. The test does not fail for a machine that
	// was busy: of the waiting, it counts a minute at the most.
	busy := max(0, r.Score.Response-60) / 60
	if all-busy > 20 {
		t.Errorf("T0 takes %.1f minutes, %.1f of them of a busy machine; budget 20", all, busy)
	}
	WriteFigures(t, "tasks", []Figure{total})
}
