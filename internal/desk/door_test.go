// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestASessionThatLapsedKeepsWhatWasTyped(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "lucie")
	person := b.receive("Jean")
	form := b.get(person+"/notes/new").fields(t, person+"/notes")
	form.Set("words", "Écrite pendant que l’écran dormait.")
	h.pass(6 * time.Minute)
	a := b.post(person+"/notes", form)
	if a.status != http.StatusForbidden {
		t.Fatalf("a veiled session answers %d", a.status)
	}
	a.says(t, "Lucie, votre écran est voilé", "Votre texte est gardé comme brouillon.")
	a = b.submit(a, "/lift", "passphrase", phrase)
	a.says(t, "Un code court pour aujourd’hui")
	b.get("/today").says(t, "Notes en attente", "Jean")
	a = b.submit(a, "/security/day-code", "day_code", "482 913") // and back to what she was writing
	a.says(t, "Écrite pendant que l’écran dormait.", "Brouillon gardé à")
	a = b.post(person+"/notes", a.fields(t, person+"/notes"))
	a.says(t, "Note enregistrée", "Écrite pendant que l’écran dormait.")
	if strings.Contains(visible(b.get("/today").doc), "Écrite pendant") { // other tests leave her other drafts
		t.Error("the draft outlives its note")
	}
	h.pass(6 * time.Minute)
	b.submit(b.get(a.path), "/lift", "day_code", "482913").at(t, a.path)
}

func TestASessionThatEndedKeepsWhatWasTyped(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "lucie")
	person := b.receive("Mariam")
	form := b.get(person+"/notes/new").fields(t, person+"/notes")
	form.Set("words", "Écrite la veille au soir.")
	h.pass(5 * time.Hour)
	a := b.post(person+"/notes", form)
	a.says(t, "Votre session est terminée", "Votre brouillon est gardé.")
	delete(b.cookies, "__Host-s1")
	a = b.post(person+"/notes", form) // no session at all: the page gives the words back
	a.says(t, "Vous n’êtes pas connecté.", "Écrite la veille au soir.")
	h.as(t, "lucie").get("/today").says(t, "Mariam")
}

// TestAForgottenTabNeverPostsAsSomebodyElse: two sessions in one browser.
func TestAForgottenTabNeverPostsAsSomebodyElse(t *testing.T) {
	h := ownSite(t) // no other draft of hers waits
	b := h.as(t, "karim")
	person := b.receive("Youssef")
	form := b.get(person+"/notes/new").fields(t, person+"/notes")
	form.Set("words", "De la main de Karim.")
	b.submit(b.get("/signin"), "/signin", "login", "lucie", "passphrase", phrase).says(t, "n’ouvre rien")
	b.submit(b.get("/signin"), "/signin", "login", "lucie", "passphrase", phrase, "paper_code", h.papers["lucie"]).at(t, "/today")
	a := b.post(person+"/notes", form)
	a.says(t, "Karim, votre écran est voilé", "Votre texte est gardé comme brouillon.", "Lucie")
	if strings.Contains(visible(b.get("/today").doc), "Youssef") {
		t.Error("the draft is shown to the colleague")
	}
	b.get(person).says(t, "Votre première note en ouvrira un") // nothing was written in her name
	a = b.submit(b.get("/lift?session=1"), "/lift", "passphrase", phrase)
	a.says(t, "Un code court")
	a = b.get("/today")
	a.says(t, "Youssef")
	a = b.get(link(t, a, "Reprendre"))
	a.says(t, "De la main de Karim.")
	form = a.fields(t, person+"/notes")
	b.post("/drafts/"+form.Get("draft")+"/discard", form).says(t, "Le brouillon est effacé.")
	b.post("/signout", url.Values{"session": {"1"}}).says(t, "Lucie, votre écran est voilé")
}

func TestAutosaveKeepsSeveralDrafts(t *testing.T) {
	h := ownSite(t)
	b := h.as(t, "karim")
	one, two := b.receive("Fatou"), b.receive("Ivan")
	for _, place := range []string{one, two} {
		form := b.get(place+"/notes/new").fields(t, place+"/notes")
		for _, words := range []string{"Un début", "Un début de note " + place} {
			form.Set("words", words)
			h.pass(time.Second)
			if a := b.post("/drafts", form); a.status != 200 || !strings.Contains(a.body, "Brouillon gardé à") {
				t.Fatalf("%d %s", a.status, a.body)
			}
		}
	}
	a := b.get("/today")
	a.says(t, "Fatou", "Ivan")
	if n := strings.Count(a.body, ">Reprendre"); n != 2 {
		t.Errorf("%d drafts wait, want 2", n)
	}
	a = b.get(link(t, a, "Reprendre"))
	a.says(t, "Un début de note "+two)
	form := a.fields(t, two+"/notes")
	discard := "/drafts/" + form.Get("draft") + "/discard"
	a = b.post(discard, form)
	a.says(t, "Le brouillon est effacé.", "Fatou")
	h.as(t, "lucie").get(link(t, a, "Reprendre")).at(t, "/today") // somebody else's, or nobody's
	b.post(strings.Replace(discard, form.Get("draft"), b.get(link(t, a, "Reprendre")).fields(t, one+"/notes").Get("draft"), 1), form)
}

func TestFiveWrongDayCodesEndTheSession(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "rose")
	b.submit(b.get("/security/day-code"), "/security/day-code", "day_code", "111111").at(t, "/today")
	b.post("/veil", url.Values{"session": {"1"}})
	for range 4 {
		b.submit(b.get("/lift?session=1"), "/lift", "day_code", "222222").says(t, "n’ouvre rien")
	}
	b.submit(b.get("/lift?session=1"), "/lift", "day_code", "222222").says(t, "Votre session est terminée")
}

func TestAPaperCodeAloneAsksForANewPassphrase(t *testing.T) {
	h := ownSite(t)
	b := h.browser(t)
	b.cookies["__Host-device"] = h.devices["paul"].cookies["__Host-device"]
	a := b.submit(b.get("/signin"), "/signin", "login", "paul", "passphrase", "oubliée pour de bon")
	a = b.submit(a, "/signin", "login", "paul", "paper_code", h.papers["paul"], "passphrase", "")
	a.at(t, "/security/passphrase")
	a = b.submit(a, "/security/passphrase", "new_passphrase", "trop courte")
	a.says(t, "au moins 15 caractères")
	b.submit(a, "/security/passphrase", "new_passphrase", phrase).at(t, "/security")
}

func TestTheDoorGoesBackWhereOneCameFromAndNowhereElse(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	b.post("/signout", url.Values{"session": {"1"}})
	a := b.get("/cases")
	a.at(t, "/signin")
	b.submit(a, "/signin", "login", "karim", "passphrase", phrase).at(t, "/cases")
	b.post("/signout", url.Values{"session": {"1"}})
	for _, back := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/%0d%0aSet-Cookie:x"} {
		a := b.get("/signin?back=" + url.QueryEscape(back))
		b.submit(a, "/signin", "login", "karim", "passphrase", phrase, "back", back)
		b.post("/signout", url.Values{"session": {"1"}})
	}
	if a := b.get("/cases/%0d%0a"); a.status != 200 || a.path != "/signin" {
		t.Errorf("%d at %s", a.status, a.path)
	}
}

func TestCookiesOfAnotherHouseOpenNothing(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	c := b.copy(t)
	for _, name := range []string{"__Host-s1", "__Host-half"} {
		c.cookies[name] = "1." + strings.Repeat("A", 43)
	}
	c.get("/today").at(t, "/signin")
	d := b.copy(t)
	delete(d.cookies, "__Host-half")
	if a := d.get("/today"); a.status != http.StatusForbidden {
		t.Errorf("without its half a session answers %d", a.status)
	}
}

func TestAPostThatDoesNotSayWhereItComesFromIsRefused(t *testing.T) {
	h := testSite(t)
	r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader("login=karim"))
	r.Host = host
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
}

func TestTheFirstStartSurvivesAReloadAndAClosedPage(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	b := h.browser(t)
	if a := b.get("/"); a.status != http.StatusServiceUnavailable {
		t.Errorf("an empty house answers %d without its link", a.status)
	}
	if a := b.get("/start/wrong"); a.status != http.StatusNotFound {
		t.Errorf("a wrong link answers %d", a.status)
	}
	a := b.get("/start/" + startCode)
	b.submit(a, "/start", "organisation", "", "name", "Odile", "login", "odile").says(t, "Écrivez le nom de l’organisme")
	a = b.submit(a, "/start", "organisation", "CCAS", "name", "Odile Faure", "login", "odile")
	a.says(t, "En proposer d’autres")
	b.submit(a, "/start/passphrase", "new_passphrase", "court").says(t, "au moins 15 caractères")
	a = b.submit(a, "/start/passphrase", "new_passphrase", phrase)
	a.at(t, "/start/paper")
	code := a.code(t, 0)
	if again := b.get("/start/paper").code(t, 0); again != code {
		t.Error("a reload shows another code")
	}
	b.submit(a, "/start/paper", "paper_code", "0000").says(t, "faute de frappe")
	b.post("/signout", url.Values{"session": {"1"}})
	a = b.submit(b.get("/signin"), "/signin", "login", "odile", "passphrase", phrase)
	a.at(t, "/start/paper")
	a = b.submit(a, "/start/paper", "paper_code", code)
	a.at(t, "/start/envelopes")
	b.get("/start/services").at(t, "/start/envelopes")
	b.get("/start").at(t, "/start/envelopes")
	words := []string{a.code(t, 0), a.code(t, 3), a.code(t, 6)}
	a = b.submit(a, "/start/envelopes")
	b.submit(a, "/start/controls", "control_1", words[0], "control_2", "autre", "control_3", words[2]).says(t, "Ce n’est pas le mot de cette enveloppe")
	b.get("/start/controls").at(t, "/start/controls")
	a = b.submit(a, "/start/controls", "control_1", words[0], "control_2", words[1], "control_3", words[2])
	word := a.code(t, 0)
	a = b.submit(b.submit(a, "/start/dpo"), "/start/dpo-control", "control_dpo", word)
	a.at(t, "/start/services")
	a = b.submit(a, "/start/services", "service", "Action sociale", "more", "yes")
	a.says(t, "Service 2")
	a = b.post("/start/services", url.Values{"session": {"1"}, "service": {"Action sociale", "Logement"}, "mission": {"general", "housing"}, "role": {"worker"}})
	a.at(t, "/start/invitations")
	form := a.fields(t, "/start/invitations")
	form.Set("name", "Karim Benaïssa")
	form.Set("role", "worker")
	a = b.post("/start/invitations", form)
	a.says(t, "D’où vient le secret professionnel", "Cette réponse est nécessaire.")
}

func link(t testing.TB, a answer, words string) string {
	t.Helper()
	for n := range elements(a.doc) {
		if n.Data == "a" && strings.HasPrefix(strings.TrimSpace(visible(n)), words) {
			return attr(n, "href")
		}
	}
	t.Fatalf("%s has no link %q:\n%s", a.path, words, visible(a.doc))
	return ""
}
