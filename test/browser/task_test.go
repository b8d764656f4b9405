// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const content = "Bailleur rappelé, plan envoyé." // 30 characters, 2 of them shifted

func note() Task {
	five, two, one, ten, twenty := 5.0, 2.0, 1.0, 10.0, 20.0
	return Task{
		ID: "T2", Start: "/", Profile: Desk,
		Steps: []Step{
			{Click: "#note1", Nav: true},
			{Type: "#text", Text: content, Content: true, Focus: "none"},
			{Key: "Control+Enter", Nav: true},
		},
		Assert: []Assert{{Text: "Note enregistrée"}, {Text: content}, {Absent: "Erreur"}, {Path: "^/saved"}, {DB: "notes=+1"}},
		Budget: Budget{Keys: &five, Clicks: &one, Pages: &two, Overhead: &ten, KB: &twenty},
	}
}

func TestTheMeterAgreesWithAHandComputedExample(t *testing.T) {
	// From an appointment: press Noter (M + P + BB), write (M + H), Control+Enter
	// (M + 2 K), and two answers of 0.5 s of which 0.1 s is free each.
	want := (1.35 + 1.1 + 0.2) + (1.35 + 0.4) + (1.35 + 2*0.28) + 2*0.4
	op, _ := Desk.operators()
	m := meter{op: op}
	m.click("#note1")
	m.waits(0.5)
	m.enter(true)
	m.words(content)
	m.chord("Control+Enter")
	m.waits(0.5)
	near(t, "overhead", m.score.Overhead, want)
	near(t, "content", m.score.Content, 32*0.28)
	m.score.Overhead, m.score.Content = 0, 0
	if diff := cmp.Diff(Score{Keys: 2, Clicks: 1, Fields: 1, Response: 0.8}, m.score); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
}

func TestTheMeterFollowsItsRules(t *testing.T) {
	for name, c := range map[string]struct {
		profile Profile
		do      func(*meter)
		want    float64
	}{
		"the same target twice is one decision":           {Desk, func(m *meter) { m.click("a"); m.click("a") }, 1.35 + 2*1.3},
		"two targets are two":                             {Desk, func(m *meter) { m.click("a"); m.click("b") }, 2 * (1.35 + 1.3)},
		"a list is two decisions and two presses":         {Desk, func(m *meter) { m.list("a") }, 2*1.35 + 2*1.3},
		"a field reached inside a chord needs no thought": {Desk, func(m *meter) { m.chord("Control+k"); m.enter(false); m.keys(6) }, 1.35 + 8*0.28},
		"hands travel both ways":                          {Desk, func(m *meter) { m.keys(1); m.click("a"); m.keys(1) }, 2*0.28 + 2*0.4 + 1.35 + 1.3},
		"a phone has no hand to move":                     {Phone, func(m *meter) { m.click("a"); m.keys(1) }, 1.35 + 0.9 + 0.33},
		"a person reads slowly":                           {Person, func(m *meter) { m.click("a"); m.reads(10) }, 2.7 + 1.3 + 6},
		"an answer within 100 ms is free":                 {Desk, func(m *meter) { m.waits(0.09) }, 0},
		"the first 100 ms of a long one are":              {Desk, func(m *meter) { m.waits(1) }, 0.9},
	} {
		op, known := c.profile.operators()
		if !known {
			t.Fatalf("no profile %q", c.profile)
		}
		m := meter{op: op}
		c.do(&m)
		near(t, name, m.score.Overhead, c.want)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %.3f s, want %.3f", what, got, want)
	}
}

func TestKeystrokesCountShift(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "mokrany": 7, "Mokrani": 8, "2/4/88": 12, "été, déjà": 9, "hôte": 5, "naïf": 6,
		"a@b.fr": 8, "un\ndeux": 7, "Élodie": 7, content: 32,
	} {
		if got := keystrokes(text); got != want {
			t.Errorf("%q: %d strokes, want %d", text, got, want)
		}
	}
}

func TestATaskIsReplayedAndScored(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	asked := ""
	got := d.Replay(note(), Replay{DB: func(want string) error { asked = want; return nil }})
	none(t, "T2", got.Findings)
	s := got.Score
	near(t, "overhead without the answers", s.Overhead-s.Response, 2.65+1.75+1.91)
	if s.Response < 0.1 || s.Response > 5 {
		t.Errorf("answers took %.2f s on the slow line", s.Response)
	}
	if s.KB < 0.3 || s.KB > 10 {
		t.Errorf("%.2f KB", s.KB)
	}
	want := Score{Keys: 2, Clicks: 1, Fields: 1, Shown: 6, Required: 1, Pages: 2, Requests: 3}
	s.Overhead, s.Content, s.Response, s.KB = 0, 0, 0, 0
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
	if asked != "notes=+1" {
		t.Errorf("the database was asked %q", asked)
	}
}

func TestWithoutAMouseTheSameTaskSucceedsWithNoPointing(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	task := note()
	task.Steps = []Step{
		{Click: "#note1", Nav: true},
		{Type: "#text", Text: content, Content: true, Focus: "none"},
		{Click: "text:Réservé"},
		{Click: "text:Urgent"},
		{Select: "#kind", Value: "phone"},
		{Click: "text:Enregistrer", Nav: true},
	}
	got := d.Replay(task, Replay{Keyboard: true, DB: func(string) error { return nil }})
	none(t, "T2", got.Findings)
	// Tab ×6 and Enter; Tab and an arrow; Tab and Space; Tab and an arrow; Tab and Enter.
	if got.Score.Keys != 7+2+2+2+2 || got.Score.Clicks != 0 || got.Score.Fields != 2 {
		t.Errorf("score %+v, want 15 keys, no click, 2 fields", got.Score)
	}
}

func TestAReplaySaysWhyATaskFails(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	twice := []Step{{Type: "#a", Text: "Mokrani"}, {Type: "#b", Text: " mokrani "}}
	none := 0.0
	for name, c := range map[string]struct {
		task Task
		want string
	}{
		"a double entry":       {Task{ID: "T9", Start: "/twice", Steps: twice, Assert: []Assert{{Text: "Deux fois"}}}, "typed twice"},
		"a budget":             {Task{ID: "T9", Start: "/twice", Steps: twice[:1], Assert: []Assert{{Text: "Deux fois"}}, Budget: Budget{Keys: &none}}, "keys: 8.0, budget 0.0"},
		"words that are there": {Task{ID: "T9", Start: "/", Assert: []Assert{{Absent: "Aujourd’hui"}}}, "the page says"},
		"an address":           {Task{ID: "T9", Start: "/", Assert: []Assert{{Path: "^/saved"}}}, "the address is"},
		"a refusing database":  {Task{ID: "T9", Start: "/", Assert: []Assert{{DB: "notes=+1"}}}, "no note"},
		"a value nobody gave":  {Task{ID: "T9", Start: "/", Steps: []Step{{Type: "#search", Text: "${name}"}}, Assert: []Assert{{Text: "Aujourd’hui"}}}, "no value for ${name}"},
	} {
		t.Run(name, func(t *testing.T) {
			got := d.Replay(c.task, Replay{DB: func(string) error { return errors.New("no note") }})
			one(t, got.Findings, c.want)
		})
	}
}

func TestASecretGivenAgainLaterIsAProof(t *testing.T) {
	secret := fieldKey{Page: "/signin", Field: "passphrase", Secret: true}
	veil := fieldKey{Page: "/veil", Field: "passphrase", Secret: true}
	again := fieldKey{Page: "/signin", Field: "again", Secret: true}
	for name, c := range map[string]struct {
		typed []entry
		want  int
	}{
		"on another page":           {[]entry{{"quatre mots", secret, 1}, {"quatre mots", veil, 2}}, 0},
		"twice in the same field":   {[]entry{{"quatre mots", secret, 1}, {"quatre mots", secret, 2}}, 0},
		"to confirm, on one page":   {[]entry{{"quatre mots", secret, 1}, {"quatre mots", again, 1}}, 1},
		"a datum on two pages":      {[]entry{{"Nadia", fieldKey{Page: "/a", Field: "n"}, 1}, {"nadia", fieldKey{Page: "/b", Field: "n"}, 2}}, 1},
		"different data, two pages": {[]entry{{"Nadia", fieldKey{Page: "/a", Field: "n"}, 1}, {"Samir", fieldKey{Page: "/b", Field: "n"}, 2}}, 0},
	} {
		if got := doubles(c.typed); len(got) != c.want {
			t.Errorf("%s: %q, want %d", name, got, c.want)
		}
	}
}

func TestARunGoesOnWithAnotherPerson(t *testing.T) {
	p := startStandin(t, "serve")
	b := Launch(t)
	julie, karim := b.Device("julie", Options{Base: p.URL}), b.Device("karim", Options{Base: p.URL})
	karim.Goto("/note")
	r := julie.Begin(Task{ID: "T0", Start: "/", Assert: []Assert{{Text: "${text}"}}}, Replay{Vars: map[string]string{"text": "Bonjour"}})
	r.Do(Step{Click: "#note1", Nav: true})
	r.On(karim)
	r.Do(Step{Type: "#text", Text: "${text}", Content: true})
	r.Do(Step{Click: "text:Enregistrer", Nav: true})
	got := r.End()
	none(t, "T0", got.Findings)
	if got.Score.Pages != 2 || got.Score.Clicks != 3 || got.Score.Requests != 3 {
		t.Errorf("score %+v, want 2 pages, 3 clicks, 3 requests", got.Score)
	}
}

func TestTasksThatWouldNotMeanWhatTheySayAreRefused(t *testing.T) {
	const ok = `[{"id":"T2","start":"/","steps":[{"key":"Control+k"},{"type":"#q","text":"mok","m":0}],"assert":[{"text":"a"}],"budget":{"keys":0,"overhead_s":10}}]`
	tasks, err := parseTasks([]byte(ok))
	if err != nil || *tasks[0].Budget.Keys != 0 || tasks[0].Budget.Clicks != nil {
		t.Fatalf("a good task: %+v, %v", tasks, err)
	}
	for name, swap := range map[string][2]string{
		"an unknown word":             {`"start"`, `"begin"`},
		"two verbs":                   {`{"key":"Control+k"}`, `{"key":"Control+k","click":"#a"}`},
		"no verb":                     {`{"key":"Control+k"}`, `{"nav":true}`},
		"no thought without a chord":  {`{"key":"Control+k"},`, ``},
		"text without a field":        {`"type":"#q"`, `"click":"#q"`},
		"a profile nobody has":        {`"start":"/"`, `"start":"/","profile":"watch"`},
		"nothing to assert":           {`[{"text":"a"}]`, `[]`},
		"an id that is not a task's":  {`"T2"`, `"note"`},
		"a focus that does not exist": {`"m":0`, `"focus":"tab"`},
	} {
		bad := strings.Replace(ok, swap[0], swap[1], 1)
		if bad == ok {
			t.Fatalf("%s: nothing was swapped", name)
		}
		if _, err := parseTasks([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := parseTasks([]byte(`[]`)); err == nil {
		t.Error("no task at all is accepted")
	}
}
