// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// An oldRoad is the way from a telephone whose browser knows nothing of Fetch
// Metadata: whatever is sent of it is taken away, and all else arrives.
type oldRoad struct {
	url             string
	stripped, posts atomic.Int64
}

func newOldRoad(t *testing.T, p *Product) *oldRoad {
	t.Helper()
	to, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	road := &oldRoad{}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		for name := range r.Out.Header {
			if strings.HasPrefix(name, "Sec-") {
				r.Out.Header.Del(name)
				road.stripped.Add(1)
			}
		}
		for _, name := range []string{"Origin", "Referer"} {
			if v := r.Out.Header.Get(name); v != "" {
				r.Out.Header.Set(name, strings.Replace(v, road.url, p.URL, 1))
			}
		}
		if r.Out.Method == http.MethodPost {
			road.posts.Add(1)
		}
	}})
	t.Cleanup(server.Close)
	road.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return road
}

// TestTheCounterOnAnOldPhone: reception does its tasks on a narrow screen, by touch,
// over 3G, with a processor four times slower and no Sec-Fetch-Site.
//
// Seen to kill: a form refused without Sec-Fetch-Site, though its origin is ours.
func TestTheCounterOnAnOldPhone(t *testing.T) {
	p := StartProduct(t, "demo", "-json")
	road := newOldRoad(t, p)
	var people published
	p.JSON(&people)
	w := withMouse(Launch(t).Device("karim", Options{Base: road.url, Width: 360, Height: 640, Touch: true, Slow: true}), people.account(t, "karim"))
	w.signIn()
	for _, a := range []act{
		{"finds somebody despite the spelling", func() {
			w.by.Tell("#query", "rahmany")
			w.by.Click(".search button")
			w.WaitText("Chantal Rahmani")
		}},
		{"registers a household", func() {
			w.Goto("/persons/new")
			w.by.Tell("[name=called]", "Odile Vantrac 2/4/88\nRené Vantrac 5/9/85 mari\nSami 9 ans")
			w.by.Click("button[name=then][value=person]")
			w.WaitText("J’ai compris 3 personnes")
			w.by.Click("text:Valider")
			w.WaitText("Famille de 3")
		}},
		{"gives an appointment without a file, and says that she came", func() {
			w.Goto("/appointments/new")
			w.by.Tell("[name=called]", "Accueil du matin")
			w.by.Fill("[name=hour]", "23 h")
			w.by.Select("[name=member]", w.Attr("[name=member] option:last-child", "value"))
			w.press()
			w.WaitText("Le rendez-vous est donné")
			w.Goto("/today")
			if w.Sees("ul.day li:last-child summary") { // the last of the day, told before
				w.by.Click("ul.day li:last-child summary")
			}
			w.by.Click("ul.day li:last-child button[value=arrived]")
			w.WaitText("Corriger")
		}},
		{"counts a conversation without a name, and takes it back", func() {
			w.Goto("/conversations/new")
			w.press()
			w.WaitText("Compté")
			w.by.Click("form[action$='/undo'] button")
			w.WaitText("n’est plus compté")
		}},
		{"writes how to reach somebody without risk", func() {
			w.Goto("/persons")
			w.by.Click("text:Chantal Rahmani")
			person := w.Path()
			w.Goto(person + "/contact")
			w.by.Click("[name=contact_answer][value=asked]")
			w.press()
			w.on(person)
		}},
	} {
		t.Run(a.name, func(*testing.T) {
			a.play()
			none(t, a.name, w.Overflow())
		})
	}
	if road.stripped.Load() == 0 || road.posts.Load() < 5 {
		t.Errorf("%d headers taken away, %d forms sent: this was no old phone", road.stripped.Load(), road.posts.Load())
	}
}

// TestTheScriptsAreOfTheirTime: each parses as ES2018, what a telephone of 2018
// understands. A script that does not is one that does nothing there.
//
// Seen to kill: a script with an optional chain.
func TestTheScriptsAreOfTheirTime(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(here(), "../../internal/web/asset/*.js"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no script found: %v", err)
	}
	acorn := filepath.Join(here(), "node_modules", "acorn", "bin", "acorn")
	later := regexp.MustCompile(`\.(flat|flatMap|matchAll|replaceAll|at|allSettled|fromEntries|trimStart|trimEnd)\(|structuredClone|globalThis`)
	for _, script := range scripts {
		out, err := exec.CommandContext(t.Context(), "node", acorn, "--ecma2018", "--module", "--silent", script).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v %s", filepath.Base(script), err, out)
		}
		for _, found := range later.FindAllString(read(t, script), -1) {
			t.Errorf("%s calls %s, younger than 2018", filepath.Base(script), found)
		}
	}
}
