// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const impossible = "Cette demi-journée n’est pas possible ici"

// keptApart receives two persons and notes that they are not to meet.
func (b *browser) keptApart(first, second string) (one, other string) {
	b.t.Helper()
	one, other = b.receive(first), b.receive(second)
	at := one + "/relations"
	found := b.submit(b.get(at), at, "filter", strings.ToLower(second))
	b.submit(found, at, "kin", strings.TrimPrefix(other, "/persons/"), "nature", "apart").says(b.t, second)
	return one, other
}

// TestTwoWhoAreKeptApartNeverShareAHalfDayAndAPlace: the refusal names nobody.
//
// Seen to kill: an afternoon told from a morning by the first minute alone; a place
// that was written not looked at; every appointment of a service taken for its office.
func TestTwoWhoAreKeptApartNeverShareAHalfDayAndAPlace(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	one, other := rose.keptApart("Sidonie Vauquelin", "Gaspard Trémeau")
	karim := memberOf(t, h, "karim")
	give := func(person, hour, medium, spot string) answer {
		at := person + "/appointments/new"
		return rose.submit(rose.get(at), at, "day", "30/11/2026", "hour", hour, "length", "45", "medium", medium, "spot", spot, "member", karim)
	}
	give(one, "11h30", "office", "Salle bleue").at(t, "/agenda/2026-11-30") // it ends after noon
	for name, tt := range map[string]struct {
		hour, medium, spot string
		refused            bool
	}{
		"the same morning, in another room":   {"9h", "office", "Salle verte", true},
		"the afternoon that the first enters": {"17h", "office", "", true},
		"the same place out of doors":         {"9h", "outside", "Salle bleue", true},
		"elsewhere":                           {"9h", "outside", "Parc", false},
		"by telephone":                        {"10h", "phone", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			a := give(other, tt.hour, tt.medium, tt.spot)
			if !tt.refused {
				a.at(t, "/agenda/2026-11-30")
				return
			}
			a.says(t, impossible)
			lacks(t, a, "Sidonie", "Vauquelin", "11\u202fh\u202f30", "croiser")
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="day-error"`) {
				t.Errorf("%d, and not at the day", a.status)
			}
		})
	}
	give(rose.receive("Tiphaine Roux"), "9h", "office", "").at(t, "/agenda/2026-11-30")
}

// TestAnAppointmentIsNotMovedNorRestoredBesideWhoIsKeptApart.
//
// Seen to kill: one restored without asking.
func TestAnAppointmentIsNotMovedNorRestoredBesideWhoIsKeptApart(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	one, other := rose.keptApart("Mahaut Delorme", "Lubin Carpentier")
	karim := memberOf(t, h, "karim")
	rose.expects(one, "", "day", "1/12/2026", "hour", "9h", "member", karim).at(t, "/agenda/2026-12-01")
	list := rose.expects(other, "", "day", "2/12/2026", "hour", "9h", "member", karim)
	at := "/appointments/" + appointmentSaying(t, list, "Lubin")
	rose.submit(rose.get(at), at, "day", "1/12/2026").says(t, impossible)
	answers := func(said string) answer {
		return rose.post(at+"/answer", url.Values{"session": {"1"}, "answer": {said}})
	}
	answers("cancelled")
	first := "/appointments/" + appointmentSaying(t, rose.get("/agenda/2026-12-01"), "Mahaut")
	rose.submit(rose.get(first), first, "day", "2/12/2026").at(t, "/agenda/2026-12-02") // his was called off
	if a := answers("expected"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("restored beside her: %d", a.status)
	}
	rose.get(at).says(t, "Ce rendez-vous est annulé")
	rose.post(first+"/answer", url.Values{"session": {"1"}, "answer": {"excused"}})
	answers("expected")
	lacks(t, rose.get(at), "Ce rendez-vous est annulé")
}

// TestAfterADeathNobodyIsExpected: what was to come is cancelled in the act that
// notes it, and nothing new is proposed nor given.
//
// Seen to kill: an appointment given after a death; one to come left as it was; one
// that has been cancelled too.
func TestAfterADeathNobodyIsExpected(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	her, karim := rose.receive("Honorine Tassel"), memberOf(t, h, "karim")
	rose.expects(her, "", "day", "20/11/2026", "hour", "9h", "member", karim)
	list := rose.expects(her, "", "day", "3/12/2026", "hour", "9h", "member", karim)
	at, new := "/appointments/"+appointmentSaying(t, list, "Honorine"), her+"/appointments/new"
	form := rose.get(new).fields(t, new)
	form.Set("hour", "10h")
	form.Set("day", "4/12/2026")
	form.Set("member", karim)
	rose.submit(rose.get(her+"/edit"), her+"/edit", "died", "22/11/2026").says(t, "Plus aucun message ne part.")
	rose.get(at).says(t, "Ce rendez-vous est annulé")
	lacks(t, rose.get("/agenda/2026-11-20"), "Annulé")
	lacks(t, rose.get(her), "Donner un rendez-vous")
	rose.get(new).says(t, "Décès")
	rose.post(new, form).says(t, "aucun rendez-vous ne se donne plus")
	lacks(t, rose.get("/agenda/2026-12-04"), "Honorine")
	rose.post(at+"/answer", url.Values{"session": {"1"}, "answer": {"expected"}}).says(t, "aucun rendez-vous ne se donne plus")
}

// TestHowToReachHerIsSaidBeforeAnAppointmentIsGiven.
func TestHowToReachHerIsSaidBeforeAnAppointmentIsGiven(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	her := rose.receive("Eudoxie Lamarre")
	rose.submit(rose.get(her+"/contact"), her+"/contact", "contact_answer", "asked", "way", "sms")
	rose.get(her+"/appointments/new").says(t, "Ne pas téléphoner.", "Ne pas laisser de message vocal.")
}
