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

// A second service and back: no key comes with a function, all of them go with
// the last one, and the page says so before.
func TestAMemberChangesServiceAndTheKeysFollow(t *testing.T) {
	h := adminSite(t)
	ada, karim := h.as(t, "ada"), h.as(t, "karim")
	const add = "/administration/services/new"
	ada.submit(ada.get(add), add, "service", "Insertion", "mission", "rsa").says(t, "Le service est créé.")
	place := choice(t, ada.get("/administration/invitations"), "Insertion")
	office := choice(t, ada.get("/administration/invitations"), "Action sociale")
	nour := h.invite(t, ada, "nour", "Nour Haddad", "role", "worker", "service", place)
	sami := h.invite(t, ada, "sami", "Sami Lopez", "role", "worker", "service", office)
	welcome := link(t, karim.get("/today"), "Accueillir Sami")
	karim.submit(karim.get(welcome), welcome)
	of := "/administration/members/" + memberOf(t, h, "sami")

	ada.submit(ada.get(of), of, "role", "worker", "service", office).says(t, "Cette fonction est déjà la sienne.")
	ada.submit(ada.get(of), of, "role", "reception", "service", place).says(t, "Une ou un collègue du service doit encore l’accueillir", "Accueil Insertion")
	person := nour.receive("Wassim")
	if a := sami.get(person); a.status == http.StatusOK && strings.Contains(visible(a.doc), "Wassim") {
		t.Error("a function alone opens a name")
	}
	welcome = link(t, nour.get("/today"), "Accueillir Sami")
	nour.submit(nour.get(welcome), welcome).says(t, "C’est fait.")
	sami.get(person).says(t, "Wassim")

	hers := sami.receive("Leïla")
	dossier := sami.note(hers, "Écrite avant de changer de service.")
	end := of + "/functions/worker-" + office + "/end"
	a := ada.get(end)
	a.says(t, "Quitter Action sociale", "Sami n’ouvrira plus rien du service Action sociale", "1 dossier que Sami lit aujourd’hui se fermera.",
		"Cette personne est seule à lire des dossiers de ce service.", "Sami garde\u202f: Accueil, Insertion.")
	if ada.post(end, map[string][]string{"session": {"1"}, "confirmed": {"yes"}}).status != http.StatusUnprocessableEntity {
		t.Error("who alone reads a dossier leaves it to nobody")
	}
	readers := dossier + "/readers/add"
	sami.submit(sami.get(readers), readers, "member", choice(t, sami.get(readers), "Karim"), "reason", "replacement")
	a = ada.get(end)
	a.says(t, "1 dossier n’aura plus de référent·e.", "Sami ne pourra plus rien y ouvrir en urgence.")
	ada.submit(a, end).says(t, "C’est fait.", "Accueil Insertion")
	for _, gone := range []string{dossier, hers} {
		if a := sami.get(gone); a.status != http.StatusNotFound {
			t.Errorf("%s still opens to who left: %d", gone, a.status)
		}
	}
	sami.get(person).says(t, "Wassim")
	karim.note(dossier, "Écrite après le départ.")

	shut := of + "/close"
	a = ada.get(shut)
	a.says(t, "Fermer ce compte", "Sami Lopez", "Le compte et toutes ses sessions se ferment tout de suite.")
	ada.submit(a, shut).says(t, "Le compte est fermé")
	sami.get("/today").at(t, "/signin")
	if a := ada.get(of); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a closed account has a page: %d", a.status)
	}
}
