// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"testing"
)

// TestTheStory: a stranger founds a house, somebody is received, a note is
// written, the page says who reads it, and a colleague outside is refused.
func TestTheStory(t *testing.T) {
	h := testSite(t)
	rose, karim, lucie := h.as(t, "rose"), h.as(t, "karim"), h.as(t, "lucie")
	person := rose.receive("Nadia")
	form := karim.get(person + "/notes/new")
	form.says(t, "Cette première note ouvre le dossier", "Lira cette note\u202f: vous — 1 personne.", "Pas l’accueil.", "Pas Nadia.")
	at := karim.note(person, "Vue ce matin avec sa quittance.")
	karim.get("/cases").says(t, "Nadia")
	if a := lucie.get(at); a.status != 404 {
		t.Errorf("a colleague outside gets %d", a.status)
	}
	a := karim.get(at + "/readers/add")
	colleague := choice(t, a, "Lucie Petit")
	a = karim.submit(a, at+"/readers/add", "member", colleague, "reason", "pair")
	a.says(t, "Lucie Petit", "visite à deux")
	lucie.get(at).says(t, "Vue ce matin avec sa quittance.")
	karim.get(at+"/readers?days=all").says(t, "Qui a lu", "Lucie Petit")
	a = lucie.get(at + "/notes/new")
	a.says(t, "vous et Karim Benaïssa — 2 personnes")
}
