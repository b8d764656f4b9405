// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/fault"
)

// TestWhateverIsTypedIsRefusedAtItsFieldOrKept: a clear error or a correct
// record, never a 500, never a loss.
func TestWhateverIsTypedIsRefusedAtItsFieldOrKept(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	for _, tt := range []struct{ name, typed, kept string }{
		{"a megabyte of text", strings.Repeat("é", 500_000), strings.Repeat("é", 500_000)},
		{"NUL", "avant\x00après", "avantaprès"},
		{"marks that reorder", "a\u202Eb\u2066c", "abc"},
		{"an emoji of several", "👩‍👧 va mieux", "👩‍👧 va mieux"},
		{"decomposed accents", "Ai\u0308ssatou", "Aïssatou"},
		{"markup", "<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"a formula", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"},
		{"a template", "{{.Words.Reveal}} %s ${x}", "{{.Words.Reveal}} %s ${x}"},
		{"bytes that are no text", "a\xffb", "a\uFFFDb"},
		{"lines", "un\r\n\r\ndeux", "un\n\ndeux"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.copy(t)
			person := b.receive("Alex")
			form := b.get(person+"/notes/new").fields(t, person+"/notes")
			form.Set("words", tt.typed)
			a := b.post(person+"/notes", form)
			if a.status != http.StatusOK || shownNote(a) != tt.kept {
				t.Errorf("%d, %d characters kept", a.status, len(shownNote(a)))
			}
			if strings.Contains(a.body, "<script>alert") {
				t.Error("markup reached the page")
			}
		})
	}
}

func shownNote(a answer) string {
	for n := range elements(a.doc) {
		if n.Data == "p" && attr(n, "class") == "words" {
			var s strings.Builder
			for m := range n.Descendants() {
				if m.Type == html.TextNode {
					s.WriteString(m.Data)
				}
			}
			return s.String()
		}
	}
	return ""
}

func TestAFormThatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	person := b.receive("Camille")
	for _, tt := range []struct {
		name, page, action string
		typed              url.Values
		says               []string
		keeps              map[string]string
	}{
		{"no name", "/persons/new", "/persons/new", url.Values{"phone": {"06 11 22 33 44"}, "no_voice": {"yes"}}, []string{"Écrivez au moins un prénom"}, map[string]string{"phone": "06 11 22 33 44"}},
		{"31 February", "/persons/new", "/persons/new", url.Values{"called": {"Noé\nLina 31/02/2018"}}, []string{"Ligne 2", "je n’ai pas trouvé la date"}, map[string]string{"called": "Noé\nLina 31/02/2018"}},
		{"a name of 300 letters", "/persons/new", "/persons/new", url.Values{"called": {strings.Repeat("n", 300)}}, []string{"C’est trop long"}, map[string]string{"called": strings.Repeat("n", 300)}},
		{"a note on 31 February", person + "/notes/new", person + "/notes", url.Values{"words": {"Reçu."}, "day": {"31/02/2026"}}, []string{"Cette date n’existe pas"}, map[string]string{"words": "Reçu.", "day": "31/02/2026"}},
		{"a note of tomorrow's year", person + "/notes/new", person + "/notes", url.Values{"words": {"Reçu."}, "day": {"1/1/2099"}}, []string{"ou elle est à venir"}, map[string]string{"words": "Reçu.", "day": "1/1/2099"}},
		{"an empty note", person + "/notes/new", person + "/notes", url.Values{"words": {"   "}}, []string{"Écrivez au moins un mot"}, nil},
		{"an ink that does not exist", person + "/notes/new", person + "/notes", url.Values{"words": {"Reçu."}, "ink": {"office"}}, []string{"Choisissez une des réponses"}, map[string]string{"words": "Reçu."}},
		{"a kind that does not exist", person + "/notes/new", person + "/notes", url.Values{"words": {"Reçu."}, "kind": {"gold"}}, []string{"Choisissez une des réponses"}, map[string]string{"words": "Reçu."}},
		{"a reserved note to a stranger", person + "/notes/new", person + "/notes", url.Values{"words": {"Reçu."}, "ink": {"reserved"}, "reader": {memberOf(t, h, "ada")}}, []string{"n’est pas dans le service"}, map[string]string{"words": "Reçu."}},
		{"two megabytes", person + "/notes/new", person + "/notes", url.Values{"words": {strings.Repeat("a", 2<<20)}}, []string{"trop long"}, map[string]string{"words": strings.Repeat("a", 2<<20)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.copy(t)
			form := b.get(tt.page).fields(t, tt.action)
			for name, all := range tt.typed {
				form[name] = all
			}
			a := b.post(tt.action, form)
			if a.status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", a.status)
			}
			a.says(t, append(tt.says, "À corriger")...)
			again := a.fields(t, tt.action)
			for name, want := range tt.keeps {
				if got := again.Get(name); got != want {
					t.Errorf("%s: %d characters given back, want %d", name, len(got), len(want))
				}
			}
			for _, e := range summary(a) {
				if first(a.doc, func(n *html.Node) bool { return attr(n, "id") == e }) == nil {
					t.Errorf("the summary leads to #%s, which is not there", e)
				}
			}
		})
	}
}

// summary returns where the lines of the error summary lead.
func summary(a answer) []string {
	var all []string
	for n := range elements(a.doc) {
		if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "#") && href != "#main" {
			all = append(all, href[1:])
		}
	}
	return all
}

// endless is a body that nobody should read to its end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 1<<30 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestABodyOfAGigabyteIsNotRead(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	for _, path := range []string{"/persons/new", "/signin", "/drafts", "/language"} {
		body := &endless{}
		r := httptest.NewRequest(http.MethodPost, path, io.MultiReader(strings.NewReader("session=1&words="), body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := b.send(r); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, a.status)
		}
		if body.read > 16<<20 {
			t.Errorf("%s: %d bytes were read", path, body.read)
		}
	}
}

func TestAFormPostedTwiceActsOnce(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	form := b.get("/persons/new").fields(t, "/persons/new")
	form.Set("called", "Sacha")
	form.Set("then", "person")
	person := b.post("/persons/new", form).path
	if again := b.post("/persons/new", form).path; again != person {
		t.Errorf("a second person at %s", again)
	}
	note := b.get(person+"/notes/new").fields(t, person+"/notes")
	note.Set("words", "Une seule fois.")
	at := b.post(person+"/notes", note).path
	if a := b.post(person+"/notes", note); a.path != at || strings.Count(a.body, "Une seule fois.") != 1 {
		t.Errorf("written twice, at %s", a.path)
	}
	note.Set("words", "Un tout autre texte.")
	a := b.post(person+"/notes", note)
	a.says(t, "Cette note est déjà enregistrée, avec un autre texte.", "Un tout autre texte.")
	a = b.post(at+"/notes", a.fields(t, at+"/notes"))
	a.says(t, "Une seule fois.", "Un tout autre texte.")

	odile := h.as(t, "odile")
	invite := odile.get("/administration/invitations").fields(t, "/administration/invitations")
	for name, value := range map[string]string{"name": "Hugo Blanc", "role": "worker", "regime": "profession"} {
		invite.Set(name, value)
	}
	slip := odile.post("/administration/invitations", invite)
	if again := odile.post("/administration/invitations", invite); again.path != slip.path || again.code(t, 0) != slip.code(t, 0) {
		t.Error("invited twice")
	}
	list := odile.get("/administration")
	if n := strings.Count(list.body, "hugo.blanc"); n != 1 {
		t.Errorf("%d accounts", n)
	}
	cancel := ""
	for n := range elements(list.doc) {
		if action := attr(n, "action"); n.Data == "form" && strings.HasSuffix(action, "/cancel") {
			cancel = action
		}
	}
	asked := odile.submit(list, cancel)
	asked.says(t, "Annuler cette invitation")
	odile.submit(asked, cancel).says(t, "L’invitation est annulée.")
	if a := odile.get(slip.path); a.status != http.StatusGone {
		t.Errorf("the slip of a cancelled invitation: %d", a.status)
	}
}

func TestTwoPeopleEditingKeepBothTexts(t *testing.T) {
	h := testSite(t)
	karim, lucie := h.as(t, "karim"), h.as(t, "lucie")
	person := karim.receive("Dominique")
	mine, hers := karim.get(person+"/edit").fields(t, person+"/edit"), lucie.get(person+"/edit").fields(t, person+"/edit")
	hers.Set("phone", "06 11 11 11 11")
	lucie.post(person+"/edit", hers).says(t, "06\u00a011\u00a011\u00a011\u00a011")
	mine.Set("phone", "06 22 22 22 22")
	mine.Set("language", "wolof")
	a := karim.post(person+"/edit", mine)
	if a.status != http.StatusConflict {
		t.Errorf("status %d", a.status)
	}
	a.says(t, "Lucie Petit a modifié cette fiche", "06\u00a011\u00a011\u00a011\u00a011")
	again := a.fields(t, person+"/edit")
	if again.Get("phone") != "06 22 22 22 22" || again.Get("language") != "wolof" {
		t.Errorf("what was typed is lost: %v", again)
	}
	karim.post(person+"/edit", again).says(t, "06\u00a022\u00a022\u00a022\u00a022", "wolof")
	karim.post(person+"/edit", again).at(t, person) // posted twice

	at := karim.note(person, "Premier texte.")
	note := noteOf(t, karim.get(at))
	one := karim.get("/notes/"+note+"/correct").fields(t, "/notes/"+note+"/correct")
	two := karim.get("/notes/"+note+"/correct").fields(t, "/notes/"+note+"/correct")
	one.Set("words", "Correction d’un onglet.")
	two.Set("words", "Correction de l’autre.")
	karim.post("/notes/"+note+"/correct", one).says(t, "Correction d’un onglet.")
	karim.post("/notes/"+note+"/correct", one).at(t, at)
	a = karim.post("/notes/"+note+"/correct", two)
	a.says(t, "Les deux textes sont gardés", "Correction d’un onglet.", "Correction de l’autre.")
	karim.post("/notes/"+note+"/correct", a.fields(t, "/notes/"+note+"/correct")).says(t, "Correction de l’autre.")
	karim.get("/notes/"+note+"/versions").says(t, "Premier texte.", "Correction d’un onglet.", "Correction de l’autre.")
}

func TestTwoNotesAtOnceAreBothKept(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	at := b.note(b.receive("Charlie"), "La première.")
	var forms []url.Values
	for range 6 {
		forms = append(forms, b.get(at+"/notes/new").fields(t, at+"/notes"))
	}
	var wait sync.WaitGroup
	for i, form := range forms {
		wait.Go(func() {
			c := b.copy(t)
			form.Set("words", "Note numéro "+string(rune('a'+i)))
			a := c.post(at+"/notes", form)
			for range 4 { // said, with the words given back: a person presses the button again
				if a.status == http.StatusConflict {
					a = c.post(at+"/notes", a.fields(t, at+"/notes"))
				}
			}
			if a.status != http.StatusOK {
				t.Errorf("%d:\n%s", a.status, visible(a.doc))
			}
		})
	}
	wait.Wait()
	text := visible(b.get(at).doc)
	for i := range forms {
		if !strings.Contains(text, "Note numéro "+string(rune('a'+i))) {
			t.Errorf("note %d is lost", i)
		}
	}
}

// TestNothingIsShownOrHalfWrittenWhenTheCellarFails: the journal, the disk or the
// database cannot serve.
func TestNothingIsShownOrHalfWrittenWhenTheCellarFails(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	person := b.receive("Prénom-Introuvable")
	at := b.note(person, "Texte-Introuvable.")
	form := b.get(at+"/notes/new").fields(t, at+"/notes")
	form.Set("words", "Frappe-Introuvable.")
	new := b.get("/persons/new").fields(t, "/persons/new")
	new.Set("called", "Saisie-Introuvable")
	for name, err := range map[string]error{
		"the journal": fault.New(fault.Unavailable, "fault.journal"), "the disk is full": fault.Because(fault.Unavailable, errors.New("disk full")),
		"something nobody foresaw": errors.New("SELECT Prénom-Introuvable"),
	} {
		t.Run(name, func(t *testing.T) {
			c := b.copy(t)
			h.breaks(err)
			defer h.breaks(nil)
			for _, path := range []string{at, person, "/persons", "/cases", at + "/readers"} {
				a := c.get(path)
				if a.status != http.StatusServiceUnavailable && a.status != http.StatusInternalServerError || strings.Contains(a.body, "Introuvable") {
					t.Errorf("%s: %d", path, a.status)
				}
			}
			a := c.post(at+"/notes", form)
			if a.status < 500 || !strings.Contains(visible(a.doc), "Frappe-Introuvable.") {
				t.Errorf("a note: %d, its words are lost:\n%s", a.status, visible(a.doc))
			}
			a = c.post("/persons/new", new)
			if a.status < 500 || !strings.Contains(a.body, "Saisie-Introuvable") {
				t.Errorf("a person: %d, her name is lost:\n%s", a.status, visible(a.doc))
			}
			if a := c.post("/drafts", form); a.status < 500 {
				t.Errorf("a draft: %d", a.status)
			}
		})
	}
	for _, gone := range []string{"Frappe-Introuvable", "Saisie-Introuvable"} {
		if slices.ContainsFunc([]answer{b.get(at), b.get("/persons"), b.get("/today")}, func(a answer) bool { return strings.Contains(a.body, gone) }) {
			t.Errorf("%s was half written", gone)
		}
	}
	if strings.Contains(h.logs.String(), "Introuvable") {
		t.Error("the log names somebody")
	}
}
