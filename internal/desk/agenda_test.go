// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// expected is the form of an appointment, and what else is typed.
func expected(typed ...string) url.Values {
	v := url.Values{"day": {"23/11/2026"}, "hour": {"14h"}, "length": {"30"}, "medium": {"office"}}
	for i := 0; i < len(typed); i += 2 {
		v.Set(typed[i], typed[i+1])
	}
	return v
}

// expects gives an appointment with whoever gives it, today: to a person, or without
// a file.
func (b *browser) expects(person, place string, typed ...string) answer {
	b.t.Helper()
	at := person + "/appointments/new"
	return b.submit(b.get(at), at, append([]string{"hour", "14h", "spot", place}, typed...)...)
}

// saying returns an answer that says some texts.
func saying(t testing.TB, a answer, texts ...string) answer {
	t.Helper()
	a.says(t, texts...)
	return a
}

// appointmentSaying is the appointment of a list that shows a text.
func appointmentSaying(t testing.TB, a answer, text string) string {
	t.Helper()
	for n := range elements(a.doc) {
		if n.Data != "li" || !strings.Contains(visible(n), text) {
			continue
		}
		for l := range elements(n) {
			if id, found := strings.CutPrefix(attr(l, "href"), "/appointments/"); found {
				return id
			}
		}
	}
	t.Fatalf("%s shows no appointment with %q: %s", a.path, text, visible(a.doc))
	return ""
}

// A day of a house: reception gives it, sees all of it, and says who came; each
// worker sees her own; a note begins where the appointment ends.
//
// Seen to kill: a worker who is listed everybody's.
func TestADayIsGivenAndLived(t *testing.T) {
	h := testSite(t)
	rose, karim, lucie := h.as(t, "rose"), h.as(t, "karim"), h.as(t, "lucie")
	person := rose.receive("Ousmane-au-chapeau")
	page := rose.get(person + "/appointments/new")
	rose.submit(page, person+"/appointments/new", "hour", "9 h 30", "length", "45", "medium", "home", "member", memberOf(t, h, "karim")).
		says(t, "Le rendez-vous est donné", "Ousmane-au-chapeau", "Domicile", "45\u00a0minutes", "avec Karim")
	rose.submit(rose.get("/appointments/new"), "/appointments/new", "called", "Dame-au-parapluie", "hour", "8h", "member", memberOf(t, h, "lucie"))
	all := saying(t, rose.get("/today"), "Dame-au-parapluie", "Ousmane-au-chapeau", "Arrivé·e", "Excusé·e")
	if a, b := strings.Index(all.body, "Dame-au-parapluie"), strings.Index(all.body, "Ousmane-au-chapeau"); a > b {
		t.Error("the earliest does not come first")
	}
	if strings.Contains(lucie.get("/today").body, "Ousmane") || strings.Contains(karim.get("/today").body, "parapluie") {
		t.Error("a worker sees somebody else's day")
	}
	received := rose.get(link(t, rose.get("/today"), "Recevoir")) // nothing is typed twice
	if got := received.fields(t, "/persons/new").Get("called"); got != "Dame-au-parapluie" {
		t.Errorf("she is received as %q", got)
	}
	his := saying(t, karim.get("/today"), "Ousmane-au-chapeau", "9\u202fh\u202f30")
	id := appointmentSaying(t, his, "Ousmane")
	rose.post("/appointments/"+id+"/answer", url.Values{"session": {"1"}, "answer": {"arrived"}, "back": {"/today"}}).says(t, "Noté")
	karim.get("/today").says(t, "Arrivé·e")

	note := saying(t, karim.get(link(t, karim.get("/today"), "Noter")), "Repris du rendez-vous", "9\u202fh\u202f30", "à domicile", "45 min")
	form := note.fields(t, person+"/notes")
	for field, want := range map[string]string{"kind": "visit", "day": "23/11/2026", "minutes": "45"} {
		if got := form.Get(field); got != want {
			t.Errorf("%s is %q, not %q", field, got, want)
		}
	}
	karim.submit(note, person+"/notes", "words", "Vu chez lui, calme.").says(t, "Vu chez lui", "visite")
}

// A move forgets a presence, a form posted twice gives one, a stale form is refused.
//
// Seen to kill: a move that keeps a presence; words corrected whatever was seen.
func TestAnAppointmentIsMovedCancelledAndGivenOnce(t *testing.T) {
	h := testSite(t)
	karim := h.as(t, "karim")
	page := karim.get("/appointments/new")
	form := page.fields(t, "/appointments/new")
	for k, v := range map[string]string{"called": "Passante", "hour": "16h", "member": memberOf(t, h, "karim")} {
		form.Set(k, v)
	}
	for range 2 {
		karim.post("/appointments/new", form)
	}
	today := karim.get("/today")
	if n := strings.Count(today.body, "rendez-vous de <span>Passante</span>"); n != 1 {
		t.Errorf("given twice, it is there %d times", n)
	}
	at := "/appointments/" + appointmentSaying(t, today, "Passante")
	karim.post(at+"/answer", url.Values{"session": {"1"}, "answer": {"missed"}})
	karim.submit(karim.get(at), at, "day", "24/11/2026", "hour", "10h", "called", "Passante").at(t, "/agenda/2026-11-24")
	if a := karim.get("/agenda/2026-11-24"); strings.Contains(visible(a.doc), "Pas venu·e Bureau") {
		t.Error("somebody did not come to an appointment of tomorrow")
	}
	if strings.Contains(karim.get("/today").body, ">Passante<") {
		t.Error("it stands on both days")
	}
	stale := url.Values{"session": {"1"}, "version": {"1"}}
	for k, v := range expected("called", "Passante", "member", memberOf(t, h, "karim")) {
		stale[k] = v
	}
	if a := karim.post(at, stale); a.status != http.StatusConflict {
		t.Errorf("a form of before the move answers %d", a.status)
	}
	karim.post(at+"/answer", url.Values{"session": {"1"}, "answer": {"cancelled"}})
	karim.get(at).says(t, "Ce rendez-vous est annulé", "Rétablir")
	if a := karim.post(at+"/answer", url.Values{"session": {"1"}, "answer": {"won"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a presence that is none answers %d", a.status)
	}
}

// What cannot be an appointment is said at its field, and nothing typed is lost.
func TestAnAppointmentThatCannotBeIsAnswered(t *testing.T) {
	h := testSite(t)
	karim := h.as(t, "karim")
	me := memberOf(t, h, "karim")
	for name, tt := range map[string]struct {
		typed []string
		says  string
	}{
		"nobody":                   {[]string{"called", ""}, "Écrivez au moins un prénom"},
		"no hour":                  {[]string{"hour", ""}, "Écrivez une heure"},
		"an hour that is none":     {[]string{"hour", "25h"}, "Écrivez une heure"},
		"a day that is none":       {[]string{"day", "31/02/2026"}, "n’existe pas"},
		"nobody to expect her":     {[]string{"member", ""}, "Choisissez une des réponses"},
		"a stranger to expect her": {[]string{"member", record.NewID[record.Member]().String()}, "Choisissez une des réponses"},
		"no length":                {[]string{"length", "1"}, "Durée"},
		"a way that is none":       {[]string{"medium", "dream"}, "Choisissez une des réponses"},
	} {
		t.Run(name, func(t *testing.T) {
			typed := append([]string{"called", "Gardée-telle-quelle", "hour", "11h", "member", me, "spot", "Salle bleue"}, tt.typed...)
			form := karim.get("/appointments/new").fields(t, "/appointments/new")
			for i := 0; i < len(typed); i += 2 {
				form.Set(typed[i], typed[i+1])
			}
			a := karim.post("/appointments/new", form)
			a.says(t, tt.says)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Salle bleue") {
				t.Errorf("%d; %s", a.status, visible(a.doc))
			}
		})
	}
	if strings.Contains(karim.get("/today").body, "Gardée") {
		t.Error("it was given all the same")
	}
}

// The days on which clocks change, on the pages of a house in Paris.
func TestAnHourThatIsNotOneIsSaidOnThePage(t *testing.T) {
	h := ownSite(t)
	paris, err := time.LoadLocation("Europe/Paris")
	ok(t, err)
	h.clock = h.clock.In(paris)
	karim := h.as(t, "karim")
	karim.expects("", "Bureau 9", "called", "Printanière", "day", "29/3/2027", "hour", "2h30").at(t, "/agenda/2027-03-29") // the day after
	karim.expects("", "Bureau 9", "called", "Printanière", "day", "28/3/2027", "hour", "2h30").says(t, "n’existe pas ce jour-là")
	karim.expects("", "Bureau 9", "called", "Automnale", "day", "25/10/2026", "hour", "2h30").says(t, "deux fois")
	karim.expects("", "Bureau 9", "called", "Automnale", "day", "25/10/2026", "hour", "9h").at(t, "/agenda/2026-10-25")
	if strings.Contains(karim.get("/agenda/2026-10-24").body, "Automnale") {
		t.Error("it stands on the day before too")
	}
}
