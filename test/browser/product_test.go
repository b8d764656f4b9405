// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestTheProductStartsStopsAndStartsAgain(t *testing.T) {
	p := startStandin(t, "serve")
	if link := p.StartLink(); link != p.URL+"/start/abc-def" {
		t.Errorf("start link %s", link)
	}
	p.Stop()
	if resp, err := http.Get("http://" + p.Listen + "/"); err == nil {
		_ = resp.Body.Close()
		t.Error("it still answers after Stop")
	}
	p.Start()
	resp, err := http.Get("http://" + p.Listen + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || !strings.Contains(string(body), "Aujourd") {
		t.Errorf("after a second start: %q, %v", body, err)
	}
}

func TestTheDemoPrintsItsPeople(t *testing.T) {
	p := startStandin(t, "demo", "-json")
	var demo struct {
		People []struct{ Name, Passphrase string }
	}
	p.JSON(&demo)
	if len(demo.People) != 1 || demo.People[0].Passphrase != "quatre mots de test" {
		t.Errorf("demo %+v", demo)
	}
}

func TestASecretInTheLogOrOnDiskIsFound(t *testing.T) {
	const canary = "Nadia Mokrani dort à la gare"
	for name, leak := range map[string]string{
		"in clear":       canary,
		"in hexadecimal": "4e61646961204d6f6b72616e6920646f727420c3a0206c612067617265",
		"in base64":      base64.URLEncoding.EncodeToString([]byte("say: " + canary + ".")),
		"in base64 too":  base64.StdEncoding.EncodeToString([]byte("note " + canary + "...")),
	} {
		p := startStandin(t, "serve", "-leak", leak)
		p.canaries = []string{canary}
		if leaks := p.Leaks(); len(leaks) != 1 {
			t.Errorf("%s: leaks %q, want 1", name, leaks)
		}
		p.canaries = nil // the real test must not fail
		if files := p.OnDisk(canary); len(files) != 1 {
			t.Errorf("%s: files %q, want 1", name, files)
		}
	}
	p := startStandin(t, "serve")
	p.Forbid(canary)
	if leaks, files := p.Leaks(), p.OnDisk(canary); len(leaks)+len(files) != 0 {
		t.Errorf("found %q %q where there is nothing", leaks, files)
	}
}

func TestAProductThatEndsByItselfIsNotWaitedFor(t *testing.T) {
	p := startStandin(t, "serve")
	p.Stop()
	p.args[0] = "fail"
	failing := &fatal{TB: t}
	p.t = failing
	func() {
		defer func() { _ = recover() }()
		p.Start()
	}()
	if !strings.Contains(failing.said, "it ended by itself: exit status 3") || !strings.Contains(failing.said, "standin: refused") {
		t.Errorf("said %q", failing.said)
	}
	p.t = t
}
