// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"crypto/rand"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What was typed and read is not in the browser's profile once its member has
// signed out: not in its cache, its history, what it would fill in or restore
// (secrecy.md §10).
// Seen to kill: dossiers that the browser may store.
func TestNothingConfidedStaysInTheBrowsersProfile(t *testing.T) {
	t.Parallel()
	h := valmont()
	h.people = h.people[:1]
	product, b := StartProduct(t, "serve"), Launch(t)
	opt := Options{Base: product.URL}
	helene := withMouse(b.Device("Hélène", opt), account{Name: "Hélène Garnier", Login: "helene", Passphrase: "clocher lavoir montrelune six"})
	helene.found(product.StartLink(), h)
	w := withMouse(b.Resident("Lucie", opt), h.people[0].account)
	w.enrol(h, h.people[0])

	var typed []string
	token := func(what string) string {
		typed = append(typed, "zq"+strings.ToLower(rand.Text())[:14]+what)
		return typed[len(typed)-1]
	}
	person := w.receive(token("called"))
	w.Goto(person + "/edit")
	for _, field := range []string{"last_name", "language"} {
		w.by.Tell("[name="+field+"]", token(field))
	}
	w.press()
	w.on(person)
	w.Goto(person + "/contact")
	for _, field := range []string{"hours", "answerer", "if_other", "contact"} {
		w.by.Tell("[name="+field+"]", token(field))
	}
	w.press()
	w.on(person)
	w.by.Click("a[href='" + person + "/notes/new']")
	w.jot(jot{words: token("note")})
	dossier := w.Path()
	for _, ink := range []string{"reserved", "shared", "scratch"} {
		w.Goto(dossier + "/notes/new")
		w.jot(jot{ink: ink, words: token(ink)})
	}
	w.Goto("/appointments/new")
	w.by.Tell("[name=called]", token("alias"))
	w.by.Tell("[name=spot]", token("spot"))
	w.by.Fill("[name=hour]", "9h")
	w.press()
	w.WaitText("Le rendez-vous est donné")
	w.Goto("/persons")
	w.by.Tell("[name=filter]", token("filter"))
	w.by.Key("Enter")
	w.Goto(dossier + "/notes/new")
	w.by.Tell("[name=words]", token("draft")) // a draft, never finished
	w.WaitFor("[data-draft-status]:not(:empty)")
	w.Goto(dossier)
	typed = append(typed, h.people[0].Passphrase, h.people[0].code, w.named.Paper)
	w.Goto("/today")
	w.signOut()
	w.on("/signin")
	w.Back()
	b.Close()

	if found := searched(t, typed, b.profile); found != "" {
		t.Errorf("the profile keeps:\n%s", found)
	}
	if searched(t, []string{strings.TrimPrefix(product.URL, "http://")}, b.profile) == "" {
		t.Error("the profile does not even know where its member went: nothing was searched")
	}
}

// searched is what internal/proof finds of some tokens in a folder.
func searched(t *testing.T, tokens []string, folder string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "run", "./internal/proof", folder)
	c.Dir = filepath.Join(here(), "..", "..")
	c.Stdin = strings.NewReader(strings.Join(tokens, "\n"))
	out, err := c.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || len(out) == 0) {
		t.Fatalf("search the profile: %v", err)
	}
	return string(out)
}
