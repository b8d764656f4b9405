// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// adminHall is a house of its own: what these tests change, others count on.
var adminHall = struct {
	sync.Once
	hall *hall
}{}

func adminSite(t testing.TB) *hall {
	t.Helper()
	adminHall.Do(func() {
		h := emptyHall(t, adminDir)
		h.found(t)
		adminHall.hall = h
	})
	if adminHall.hall == nil {
		t.Fatal("the house could not be founded")
	}
	return adminHall.hall
}

// invite invites somebody from the page of administration, and enrols her.
func (h *hall) invite(t testing.TB, by *browser, login, name string, typed ...string) *browser {
	t.Helper()
	const at = "/administration/invitations"
	slip := by.submit(by.get(at), at, append([]string{"name", name, "regime", "profession"}, typed...)...)
	slip.says(t, name)
	b := h.browser(t)
	a := b.submit(b.get("/invitation"), "/invitation", "invitation_code", slip.code(t, 0))
	a = b.submit(a, "/invitation/identity", "login", login)
	a = b.submit(a, "/invitation/passphrase", "new_passphrase", phrase)
	h.papers[login] = a.code(t, 0)
	b.submit(a, "/invitation/paper", "paper_code", h.papers[login]).at(t, "/today")
	h.devices[login] = b
	return b
}

// A service that comes years after the first start is made by the same rooms as
// the first: its first member makes its Office at her enrolment, and writes.
func TestAServiceAddedLaterIsReadyWithItsFirstMember(t *testing.T) {
	h := adminSite(t)
	ada := h.as(t, "ada")
	const add = "/administration/services/new"
	ada.submit(ada.get(add), add).says(t, "Nommez au moins un service", "Logement (FSL, ASLL)")
	ada.submit(ada.get(add), add, "service", "ACTION sociale", "mission", "housing").says(t, "Un service porte déjà ce nom.")
	form := ada.get(add).fields(t, add)
	form.Set("service", "Logement")
	form["mission"] = []string{"housing", "shelter"}
	a := ada.post(add, form)
	a.says(t, "Le service est créé.", "Logement (FSL, ASLL), Hébergement et insertion", "Pas encore prêt")

	service := choice(t, ada.get("/administration/invitations"), "Logement")
	zoe := h.invite(t, ada, "zoe", "Zoé Adam", "role", "worker", "service", service)
	if strings.Contains(visible(ada.get("/administration").doc), "Pas encore prêt") {
		t.Error("the service waits for its first member after she enrolled")
	}
	person := zoe.receive("Ibrahim")
	zoe.note(person, "Première note du service Logement.")
	if a := h.as(t, "karim").get(person); a.status != http.StatusNotFound {
		t.Errorf("another service reads her: %d", a.status)
	}

	at := "/administration/services/" + service + "/name"
	page := ada.get(at)
	page.says(t, "Il a déjà\u202f: Logement (FSL, ASLL), Hébergement et insertion.")
	ada.submit(page, at, "service", "Action sociale").says(t, "Un service porte déjà ce nom.")
	ada.submit(page, at, "service", "Habitat", "mission", "domicile").says(t, "Habitat", "Domiciliation")
	zoe.get("/cases").says(t, "Ibrahim")
	zoe.get("/administration/services/"+service).says(t, "Habitat")
}
