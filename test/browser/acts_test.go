// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"cmp"
	"regexp"
	"strings"
	"testing"
)

// invited is one invitation that a founder prepares.
type invited struct {
	account
	service string // "" for an account of the whole organisation
	role    string
	code    string // filled when the slip is on the screen
}

// house is what a first start is told.
type house struct {
	organisation string
	services     []string // "general" is their mission
	own          string   // the founder's function in the first of them
	people       []*invited
	printed      []string // every code that came out of the printer
}

// codes are what a page prints in large letters.
const codes = "main .code"

// print reads the codes on the screen and keeps them as printed.
func (h *house) print(w *worker) []string {
	w.t.Helper()
	w.WaitFor(codes)
	w.pause()
	got := w.Texts(codes)
	h.printed = append(h.printed, got...)
	return got
}

// found goes through the wizard of secrecy.md §4, from the link of an empty
// folder to Today.
func (w *worker) found(link string, h *house) {
	w.t.Helper()
	w.Goto(link)
	w.nameHouse(h)
	w.prove(h)
	w.envelopes(h, "control_1", "control_2", "control_3")
	w.envelopes(h, "control_dpo")
	w.services(h)
	for _, one := range h.people {
		w.invite(h, one)
		if one != h.people[len(h.people)-1] {
			w.by.Click("main .acts a:nth-of-type(1)")
		}
	}
	w.by.Click("main .acts a:nth-of-type(2)")
	w.on("/start/done")
	w.pause()
	w.by.Click("main a.primary")
	w.on("/today")
}

func (w *worker) nameHouse(h *house) {
	w.t.Helper()
	w.by.Tell("[name=organisation]", h.organisation)
	w.by.Tell("[name=name]", w.named.Name)
	w.by.Tell("[name=login]", w.named.Login)
	w.press()
	w.choosePassphrase()
}

// choosePassphrase types a new one, once.
func (w *worker) choosePassphrase() {
	w.t.Helper()
	w.by.Fill("[name=new_passphrase]", w.named.Passphrase)
	w.press()
}

// prove types the paper code back.
func (w *worker) prove(h *house) {
	w.t.Helper()
	w.named.Paper = h.print(w)[0]
	w.by.Fill("[name=paper_code]", plain(w.named.Paper))
	w.press()
}

// plain is a code as one types it who has read that dashes and capitals do not
// count.
func plain(code string) string { return strings.ToLower(strings.ReplaceAll(code, "-", "")) }

// envelopes prints some and types their control words back. The control word
// is the first that an envelope shows.
func (w *worker) envelopes(h *house, fields ...string) {
	w.t.Helper()
	w.WaitFor("section.slip")
	h.print(w)
	words := w.Texts("section.slip h3:first-of-type + .code")
	if len(words) != len(fields) {
		w.t.Fatalf("%s: %d envelopes, want %d", w.Name, len(words), len(fields))
	}
	w.by.Click("main form p.end button")
	for i, field := range fields {
		w.by.Fill("[name="+field+"]", words[i])
	}
	w.press()
}

func (w *worker) services(h *house) {
	w.t.Helper()
	for i, name := range h.services {
		field := []string{"#service-0", "#service-1", "#service-2"}[i]
		w.by.Tell(field, name)
		if i < len(h.services)-1 {
			w.by.Click("[name=more]")
		}
	}
	w.by.Click("#role-" + h.own)
	w.press()
	w.on("/start/invitations")
}

// invite prepares one slip; the window shows it afterwards.
func (w *worker) invite(h *house, one *invited) {
	w.t.Helper()
	w.by.Tell("[name=name]", one.Name)
	role := "#role-" + cmp.Or(one.role, "worker")
	if !w.Sees(role) {
		w.by.Click("#role summary")
	}
	w.by.Click(role)
	if one.service != "" && w.Sees("#service") {
		w.by.Click("text:" + one.service)
	}
	w.by.Click("#regime-profession")
	w.press()
	w.WaitFor("main .slip")
	one.code = h.print(w)[0]
}

// enrol opens an account with the slip that was handed over.
func (w *worker) enrol(h *house, slip *invited) {
	w.t.Helper()
	w.Goto("/invitation")
	w.by.Fill("[name=invitation_code]", plain(slip.code))
	w.press()
	w.by.Fill("[name=login]", w.named.Login)
	w.press()
	w.choosePassphrase()
	w.prove(h)
	w.on("/today")
}

// signIn opens a session on a browser that does not know the account.
func (w *worker) signIn() {
	w.t.Helper()
	w.Goto("/signin")
	w.by.Fill("[name=login]", w.named.Login)
	w.by.Fill("[name=passphrase]", w.named.Passphrase)
	if w.Sees("[name=paper_code]") {
		w.by.Fill("[name=paper_code]", w.named.Paper)
	}
	w.press()
	w.on("/today")
}

// receive creates somebody with one field and returns her path.
func (w *worker) receive(called string) string {
	w.t.Helper()
	w.go_("/persons/new")
	w.by.Tell("[name=called]", called)
	w.by.Click("button[name=then][value=person]")
	w.must("see her page", w.poll(`/^\/persons\/[0-9a-z]{26}$/.test(location.pathname)`))
	return w.Path()
}

// go_ follows the link that leads to a path: nobody types addresses. From a
// page without it, one passes by Today.
func (w *worker) go_(path string) {
	w.t.Helper()
	link := "a[href=" + quote(path) + "]"
	if !w.Sees(link) {
		w.by.Click("header a.mark")
	}
	w.by.Click(link)
}

// jot is what one writes, and who reads it.
type jot struct {
	ink     string   // "case", "reserved", "shared", "scratch"
	readers []string // for a reserved one
	words   string
}

// ready fills the page of a note, which is on the screen, up to the audience
// line, and returns that line.
func (w *worker) ready(n jot) string {
	w.t.Helper()
	w.WaitFor("[name=words]")
	w.by.Tell("[name=words]", n.words)
	if n.ink != "" {
		w.by.Click("#ink-" + n.ink)
	}
	for _, r := range n.readers {
		w.by.Click("text:" + r)
	}
	if w.Sees("[name=preview]") {
		w.by.Click("[name=preview]")
	}
	w.WaitFor("#audience:not([aria-busy])")
	return w.Text("#audience")
}

// jot fills the page of a note and saves it; the window shows the dossier.
func (w *worker) jot(n jot) string {
	w.t.Helper()
	line := w.ready(n)
	w.press()
	w.must("see the dossier", w.poll(`/^\/cases\/[0-9a-z]{26}$/.test(location.pathname)`))
	w.WaitText(n.words)
	return line
}

// notes are the words of a dossier's timeline, as the reader sees them.
func (w *worker) notes() []string {
	w.t.Helper()
	w.WaitFor("article.note .words")
	return w.Texts("article.note .words")
}

// under returns the selector of a link or button under the note that says some
// words: what carries the act's address.
func (w *worker) under(words, act string) string {
	w.t.Helper()
	w.WaitFor("article.note")
	w.WaitText(words)
	id := ask[string](w.Device, "find the note "+words, `[...document.querySelectorAll('article.note')].find(a => a.innerText.includes(`+quote(words)+`))?.id ?? ''`)
	if id == "" {
		w.t.Fatalf("%s: no note says %q\n%s", w.Name, words, w.glance())
	}
	return "#" + id + " a[href$=" + quote("/"+act) + "]"
}

// menu opens the menu of the member's name.
func (w *worker) menu() {
	w.t.Helper()
	if !w.Sees("#veil-form button") {
		w.by.Click("details.menu summary")
	}
}

func (w *worker) veil() { w.t.Helper(); w.menu(); w.by.Click("#veil-form button"); w.on("/lift") }

func (w *worker) signOut() {
	w.t.Helper()
	w.menu()
	w.by.Click("form[action='/signout'] button")
}

// lift lifts the veil with a day code, or the passphrase; it declines the offer
// of a day code.
func (w *worker) lift(dayCode string) {
	w.t.Helper()
	if dayCode != "" {
		w.by.Fill("[name=day_code]", dayCode)
		if w.opt.NoScript {
			w.press()
		}
		w.must("lift the veil", w.poll(`!document.querySelector('[name=day_code]')`))
		return
	}
	if !w.Sees("[name=passphrase]") {
		w.by.Click("main details.more summary")
	}
	w.by.Fill("[name=passphrase]", w.named.Passphrase)
	w.by.Click("form:has([name=passphrase]) button")
	if w.Sees("[name=day_code]") && strings.HasPrefix(w.Path(), "/security/day-code") {
		w.by.Click("main form a")
	}
}

// withheldAs is a page stripped of what a visitor typed into the address
// herself, to be compared with another.
func (w *worker) withheldAs(path string) (int, string) {
	w.t.Helper()
	status := w.Goto(path)
	page := strings.ReplaceAll(w.HTML(), path, "PATH")
	return status, requestNumber.ReplaceAllString(page, "NUMBER")
}

// requestNumber is the one thing by which two answers to the same visitor differ.
var requestNumber = regexp.MustCompile(`\d{6}-[0-9a-z]+`)

// absent is an id that nothing has, as long as a real one.
func absent(path string) string {
	return regexp.MustCompile(`[0-9a-z]{26}`).ReplaceAllStringFunc(path, func(id string) string {
		if id[0] == '7' {
			return "8" + id[1:]
		}
		return "7" + id[1:]
	})
}

// tells fails unless a part of the page comes to say every word.
func (w *worker) tells(what, selector string, words ...string) {
	w.t.Helper()
	for _, word := range words {
		if err := w.poll("squeeze(find(" + quote(selector) + ")?.innerText).includes(squeeze(" + quote(word) + "))"); err != nil {
			w.t.Errorf("%s: %s does not say %q\n%s", w.Name, what, word, w.glance())
		}
	}
}

// contains fails unless the text says every word.
func contains(t testing.TB, what, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s does not say %q: %s", what, word, text)
		}
	}
}

// lacks fails when the text says one of the words.
func lacks(t testing.TB, what, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%s says %q", what, word)
		}
	}
}
