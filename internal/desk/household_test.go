// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

const mokrani = "Nadia Mokrani 2/4/88\nKarim Mokrani 5/9/85 mari\nSami 9 ans\nInès 4 ans\nHADDAD Fatma 1/1/1950"

// typed fills the page of who is received with lines.
func (b *browser) typed(lines string) answer {
	b.t.Helper()
	form := b.get("/persons/new").fields(b.t, "/persons/new")
	form.Set("called", lines)
	form.Set("phone", "06 11 22 33 44")
	form.Set("then", "person")
	return b.post("/persons/new", form)
}

// TestAHouseholdIsReceivedFromItsLines: shown as it was understood, then written.
func TestAHouseholdIsReceivedFromItsLines(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	page := rose.typed(mokrani)
	page.says(t, "J’ai compris 5 personnes : 3 adultes, 2 enfants.", "Nadia Mokrani", "né·e le 5/9/1985, 41 ans", "Fatma Haddad", "personne reçue")
	if strings.Contains(page.path, "Nadia") || !strings.HasPrefix(page.path, "/households/") {
		t.Errorf("the lines wait at %s", page.path)
	}
	form := page.fields(t, page.path)
	if got := strings.Join(form["nature"], " "); got != "partner child child other" {
		t.Errorf("relations proposed: %s", got)
	}
	form["nature"][3] = "parent"
	form.Set("same-1", another) // should another test know a namesake
	nadia := rose.post(page.path, form)
	nadia.says(t, "Les personnes sont créées", "Nadia Mokrani", "06\u00a011\u00a022\u00a033\u00a044", "Famille de 5 :", "Sami, 9 ans", "Fatma Haddad parent, 76 ans")
	if again := rose.post(page.path, form); again.path != nadia.path {
		t.Errorf("posted twice, it leads to %s", again.path)
	}
	sami := rose.get(link(t, nadia, "Sami"))
	sami.says(t, "Famille de 3 :", "Nadia Mokrani parent", "Inès frère ou sœur")
	lacks(t, sami, "06\u00a011\u00a022\u00a033\u00a044", "Famille de 5", "Fatma", "Karim Mokrani")
	if a := rose.get("/today"); strings.Contains(visible(a.doc), "Nadia Mokrani 2/4/88") {
		t.Error("the lines still wait")
	}
	h.as(t, "karim").get("/persons").says(t, "Nadia Mokrani", "Sami", "Inès", "Fatma Haddad")
}

func TestLinesThatWaitAreCorrectedWithoutTypingThemAgain(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	page := rose.typed("Ophélie Vantrac 2/4/88\nÉloi Vantrac 3 ans")
	form := rose.get(link(t, page, "Corriger")).fields(t, "/persons/new")
	if got, want := form.Get("called"), "Ophélie Vantrac 2/4/88\nÉloi Vantrac 3 ans"; got != want {
		t.Errorf("the lines came back as %q", got)
	}
	if form.Get("phone") != "06 11 22 33 44" {
		t.Error("the telephone did not come back")
	}
	form.Set("called", form.Get("called")+"\nLina 31/02/2020")
	form.Set("then", "person")
	rose.post("/persons/new", form).says(t, "Ligne 3 : je n’ai pas trouvé la date. Écrivez-la comme 8/8/22, ou laissez le nom seul.")
	form.Set("called", "Ophélie Vantrac 2/4/88\nÉloi Vantrac 3 ans\nLina")
	again := rose.post("/persons/new", form)
	if again.path != page.path {
		t.Errorf("one form waits twice: %s and %s", page.path, again.path)
	}
	rose.submit(again, again.path).says(t, "Famille de 3 :", "Lina")
	rose.get("/persons").says(t, "Éloi Vantrac")
}

// TestLinesThatWaitAreTheirAuthors: a colleague finds nothing at their address.
func TestLinesThatWaitAreTheirAuthors(t *testing.T) {
	h := testSite(t)
	page := h.as(t, "rose").typed("Zélie Ormont 1990\nTiméo 2 ans")
	karim := h.as(t, "karim")
	for _, a := range []answer{karim.get(page.path), karim.post(page.path, url.Values{"session": {"1"}})} {
		if a.status != http.StatusNotFound || strings.Contains(a.body, "Ormont") {
			t.Errorf("a colleague gets %d", a.status)
		}
	}
}

func lacks(t testing.TB, a answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(visible(a.doc), w) {
			t.Errorf("%s says %q:\n%s", a.path, w, visible(a.doc))
		}
	}
}

// linkTo is the address at which the link with somebody is changed.
func linkTo(t testing.TB, a answer, name string) string {
	t.Helper()
	for n := range elements(a.doc) {
		if n.Data == "a" && strings.HasPrefix(visible(n), "Modifier") && strings.Contains(visible(n), name) {
			return attr(n, "href")
		}
	}
	t.Fatalf("%s has no link with %s:\n%s", a.path, name, visible(a.doc))
	return ""
}

// TestSeparatedTheyReadNothingOfEachOther: after it, no page of one side says
// anything written about the other since, nor leads there (S-30, S-41).
//
// Seen to kill: one side alone ended.
func TestSeparatedTheyReadNothingOfEachOther(t *testing.T) {
	h := testSite(t)
	rose, karim := h.as(t, "rose"), h.as(t, "karim")
	a := rose.typed("Salomé Tardieu 2/4/88\nBruno Tardieu 5/9/85 mari\nMilo 9 ans")
	salome := rose.submit(a, a.path).path
	bruno := link(t, rose.get(salome), "Bruno Tardieu")
	sides := map[string]string{salome: karim.note(salome, "Reçue seule."), bruno: karim.note(bruno, "Reçu seul.")}
	at := linkTo(t, rose.get(salome+"/relations"), "Bruno")
	rose.submit(rose.get(salome+"/contact"), salome+"/contact", "contact_answer", "asked", "way", "sms", "answerer", "Bruno")
	rose.get(salome).says(t, "Ne pas téléphoner.", "Ne pas laisser de message vocal.", "Peut répondre\u202f: Bruno")
	page := rose.get(at + "/separate")
	page.says(t, "Séparer ces deux personnes")
	lacks(t, page, "Tardieu")
	rose.submit(page, at+"/separate").says(t, "C’est fait.", "Bruno Tardieu conjoint·e, jusqu’à 23/11/2026")

	rose.get(salome).says(t, "À redemander\u202f: comment joindre sans risque", "Ne pas laisser de message vocal.")
	since := map[string]string{}
	for _, side := range []struct{ person, token string }{{salome, "Quivrange"}, {bruno, "Boislande"}} {
		form := rose.get(side.person+"/edit").fields(t, side.person+"/edit")
		for name, typed := range map[string]string{"called": side.token + "-nom", "language": side.token + "-langue"} {
			form.Set(name, typed)
		}
		rose.post(side.person+"/edit", form).at(t, side.person)
		karim.note(sides[side.person], side.token+" a déménagé rue Haute.")
		since[side.person] = side.token
	}
	for person, other := range map[string]string{salome: bruno, bruno: salome} {
		for _, path := range []string{person, person + "/edit", person + "/relations", sides[person], sides[person] + "/readers", sides[person] + "/notes/new"} {
			got := karim.get(path)
			if got.status != http.StatusOK {
				t.Errorf("%s answers %d", path, got.status)
			}
			for _, secret := range []string{since[other], strings.TrimPrefix(other, "/persons/"), strings.TrimPrefix(sides[other], "/cases/")} {
				if strings.Contains(got.body, secret) {
					t.Errorf("%s says %q of the other", path, secret)
				}
			}
		}
	}
	karim.get(salome).says(t, "Famille de 2", "Milo")
	if again := rose.post(at+"/separate", url.Values{"session": {"1"}, "confirmed": {"yes"}}); again.status != http.StatusNotFound {
		t.Errorf("separated twice: %d", again.status)
	}
}

// TestTwoWhoAreKeptApartAreSaidToBeOnBothSides, without opening the other.
func TestTwoWhoAreKeptApartAreSaidToBeOnBothSides(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	one, other := rose.receive("Apolline Grès"), rose.receive("Cyriaque Lanoue")
	at := one + "/relations"
	found := rose.submit(rose.get(at), at, "filter", "cyriaque")
	a := rose.submit(found, at, "kin", strings.TrimPrefix(other, "/persons/"), "nature", "apart")
	a.says(t, "Cyriaque Lanoue à ne pas faire se croiser")
	rose.get(one).says(t, "À ne pas faire se croiser\u202f: Cyriaque Lanoue")
	rose.get(other).says(t, "À ne pas faire se croiser\u202f: Apolline Grès")
	ends := linkTo(t, a, "Cyriaque")
	rose.submit(rose.get(ends), ends, "today", "yes").says(t, "Le lien est enregistré.")
	lacks(t, rose.get(other), "croiser\u202f:")
}

// TestWhoWasNotAskedOrHasDiedIsSentNothing asks what other rooms ask before a
// message is made.
//
// Seen to kill: who died still reachable; every way taken for accepted.
func TestWhoWasNotAskedOrHasDiedIsSentNothing(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	her := rose.receive("Philomène Auvray")
	id, _ := record.ParseID[record.Person](strings.TrimPrefix(her, "/persons/"))
	unlocked := func() *strongroom.Unlocked {
		return (&teller{hall: h, t: t, in: map[string]*browser{"rose": rose}}).unlocked("rose")
	}
	reached := func(want string) {
		t.Helper()
		var got []string
		for _, w := range record.ContactWays() {
			yes, err := h.desk.People.Reachable(t.Context(), unlocked(), id, w)
			ok(t, err)
			if yes {
				got = append(got, string(w))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("reached by %q, want %q", got, want)
		}
	}
	reached("")
	form := rose.get(her+"/contact").fields(t, her+"/contact")
	form.Set("contact_answer", "asked")
	form["way"] = []string{"sms", "letter"}
	rose.post(her+"/contact", form).says(t, "Ne pas téléphoner.", "Ne pas laisser de message vocal.")
	reached("sms letter")
	rose.submit(rose.get(her+"/edit"), her+"/edit", "language", "arabe").says(t, "Ne pas téléphoner.")
	reached("sms letter")
	rose.submit(rose.get(her+"/edit"), her+"/edit", "died", "2/11/2026").says(t, "Plus aucun message ne part.")
	reached("")
}
