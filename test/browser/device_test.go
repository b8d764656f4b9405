// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"strings"
	"testing"
	"time"
)

func TestIncidentsFailTheTestThatDidNotAnnounceThem(t *testing.T) {
	p := startStandin(t, "serve")
	b := Launch(t)
	for _, c := range []struct {
		page string
		want []string
	}{
		{"/bad-third", []string{"third-party: GET (http://elsewhere.example/pixel.png)"}},
		{"/bad-inline", []string{"policy: "}},
		{"/bad-missing", []string{"failed: status 404"}},
		{"/bad-script", []string{"console: \"said aloud\"", "thrown aloud"}},
		{"/broken", []string{"failed: status 500"}},
	} {
		t.Run(c.page, func(t *testing.T) {
			failing := &recorder{TB: t}
			d := b.Device("visitor", Options{Base: p.URL})
			d.t = failing
			d.Goto(c.page)
			d.Check()
			for _, want := range c.want {
				one(t, failing.errors, want)
			}
			if d.Check(); len(failing.errors) < len(c.want) {
				t.Errorf("incidents %q", failing.errors)
			}
		})
	}
}

func TestAnAnnouncedIncidentIsNoErrorAndMustHappen(t *testing.T) {
	p := startStandin(t, "serve")
	failing := &recorder{TB: t}
	d := Launch(t).Device("visitor", Options{Base: p.URL})
	d.t = failing
	d.Expect(Failed, "/broken")
	d.Goto("/broken")
	d.Check()
	if len(failing.errors) != 0 {
		t.Errorf("errors %q, want none", failing.errors)
	}
	d.Expect(Failed, "/broken")
	d.Goto("/")
	d.Check()
	one(t, failing.errors, "did not happen")
}

func TestARefusalIsAPage(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("visitor", Options{Base: p.URL})
	if status := d.Goto("/elsewhere"); status != 404 {
		t.Errorf("status %d, want 404", status)
	}
	d.WaitText("ne vous est pas ouverte")
	if status := d.Goto("/"); status != 200 {
		t.Errorf("status %d, want 200", status)
	}
}

func TestDevicesShareNothingAndTabsShareCookies(t *testing.T) {
	p := startStandin(t, "serve")
	b := Launch(t)
	julie, karim := b.Device("julie", Options{Base: p.URL}), b.Device("karim", Options{Base: p.URL})
	for _, d := range []*Device{julie, karim} {
		d.Goto("/note")
	}
	julie.Type("#text", "Bailleur rappelé ; l’œuvre à 12 € ¿ 😀")
	julie.Click("text:Enregistrer")
	if got, want := julie.Text("#kept"), "Bailleur rappelé ; l’œuvre à 12 € ¿ 😀"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	tab := julie.Tab()
	tab.Goto("/")
	if a, b, c := len(julie.Cookies()), len(karim.Cookies()), len(tab.Cookies()); a != 1 || b != 0 || c != 1 {
		t.Errorf("cookies: julie %d, karim %d, julie's second tab %d, want 1, 0, 1", a, b, c)
	}
	julie.Back()
	if got := julie.Path(); got != "/note" {
		t.Errorf("back at %s, want /note", got)
	}
	julie.ForgetCookies()
	if n := len(julie.Cookies()); n != 0 {
		t.Errorf("%d cookies kept", n)
	}
}

func TestVerbsReadAndWrite(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL, Language: "en-GB"})
	d.Goto("/")
	if ua := d.Text("#ua"); strings.Contains(ua, "Headless") || !strings.Contains(ua, "Chrome/") {
		t.Errorf("user agent %q", ua)
	}
	if l := d.Text("#lang"); !strings.HasPrefix(l, "en-GB") {
		t.Errorf("language %q", l)
	}
	d.Click("#fragment")
	d.WaitText("late")
	d.Key("Control+k")
	if !ask[bool](d, "focus", "document.activeElement.id === 'search'") {
		t.Error("the chord did not reach the page")
	}
	d.Goto("/note")
	d.Type("#text", "un\ndeux")
	if v := d.Value("#text"); v != "un\ndeux" {
		t.Errorf("value %q", v)
	}
	d.Fill("#text", "trois")
	d.Click("text:Réservé")
	d.Select("#kind", "phone")
	got := ask[string](d, "form", "[...new FormData(document.forms[0])].map(p => p.join('=')).join('&')")
	if want := "text=trois&ink=reserved&kind=phone"; got != want {
		t.Errorf("form %q, want %q", got, want)
	}
	if !d.Sees("text:Enregistrer") || d.Sees("#absent") || !d.Reads("ce   qu’il faut") && !d.Reads("Ce qu’il faut retenir") {
		t.Error("the page is not read as it stands")
	}
	d.Fill("#text", "")
	if v := d.Value("#text"); v != "" {
		t.Errorf("value %q, want none", v)
	}
	d.Print(true)
	if d.Sees("nav a") {
		t.Error("the navigation is printed")
	}
}

func TestACutNetworkIsNoIncident(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	d.Goto("/")
	d.Offline(true)
	if ask[bool](d, "network", "navigator.onLine") {
		t.Error("the page believes it is on line")
	}
	err := d.open("/note")
	if err == nil || !strings.Contains(err.Error(), "ERR_INTERNET_DISCONNECTED") {
		t.Errorf("offline, a page opens: %v", err)
	}
	d.Offline(false)
	if status := d.Goto("/note"); status != 200 {
		t.Errorf("status %d", status)
	}
}

func TestTheSlowLineIsSlow(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL, Slow: true})
	took := func() time.Duration {
		d.EmptyCache()
		begun := time.Now()
		d.Goto("/")
		return time.Since(begun)
	}
	slow := took()
	d.Slow(false)
	fast := took()
	// Two round trips one after the other (the page, then its style), 150 ms each.
	if slow < 300*time.Millisecond || slow < fast+200*time.Millisecond {
		t.Errorf("slow %v, fast %v", slow, fast)
	}
}

func TestAPasskeyOpensTheSameKeyTwice(t *testing.T) {
	p := startStandin(t, "serve")
	d := Launch(t).Device("julie", Options{Base: p.URL})
	holder := d.Authenticator()
	d.Goto("/passkey")
	d.Click("#make")
	d.WaitText("made true")
	if n := holder.Passkeys(); n != 1 {
		t.Errorf("%d passkeys, want 1", n)
	}
	var secrets [2]string
	for i := range secrets {
		d.Reload()
		d.Click("#use")
		d.WaitText("key ")
		secrets[i] = d.Text("#out")
	}
	if len(secrets[0]) != len("key ")+64 || secrets[0] != secrets[1] {
		t.Errorf("keys %q, want the same 32 bytes twice", secrets)
	}
	holder.Verifies(false)
	d.Click("#use")
	d.WaitText("refused NotAllowedError")
}
