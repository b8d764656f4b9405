// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
)

// same says on a person's page that another record is hers too.
func (b *browser) same(person, other string) answer {
	b.t.Helper()
	at := person + "/merge"
	return b.post(at, url.Values{"session": {"1"}, "filter": {"a"}, "kin": {strings.TrimPrefix(other, "/persons/")}})
}

// find is what a search for a name answers.
func (b *browser) find(name string) answer {
	b.t.Helper()
	return b.post("/search", url.Values{"session": {"1"}, "query": {name}})
}

// links are the signed chain of a person.
func (h *hall) links(t testing.TB, person string) []record.Link {
	t.Helper()
	id, err := record.ParseID[record.Person](strings.TrimPrefix(person, "/persons/"))
	ok(t, err)
	links, err := h.db.Chain(t.Context(), record.OwnerOf(record.OwnerPerson, id))
	ok(t, err)
	return links
}

// TestTwoRecordsOfOnePersonAreOneRowAndBothPages, with what is said of her safety
// under either, for thirty days or for good; parted, neither says anything of the
// other.
//
// Seen to kill: the pointer dropped when her identity is edited; a search that
// shows both rows; no last day.
func TestTwoRecordsOfOnePersonAreOneRowAndBothPages(t *testing.T) {
	h := ownSite(t)
	rose, karim := h.as(t, "rose"), h.as(t, "karim")
	one, other := rose.receive("Ysaline Corbrion"), rose.receive("Isaline Corbrion")
	dossier := karim.note(other, "Écrit sous l’autre nom.")
	rose.submit(rose.get(other+"/contact"), other+"/contact", "contact_answer", "asked", "way", "sms")
	rose.find("Ysaline Corbrion").says(t, "Ysaline Corbrion", "Isaline Corbrion")

	at := one + "/merge"
	found := rose.submit(rose.get(at), at, "filter", "corbrion")
	rose.submit(found, at, "kin", strings.TrimPrefix(other, "/persons/")).says(t, "Les deux fiches sont rapprochées.", "Isaline Corbrion", "Ne pas téléphoner.", "Remettre les fiches à part")
	rose.same(one, other).at(t, one) // posted twice
	for _, p := range []string{one, other} {
		links := h.links(t, p)
		if last := links[len(links)-1]; last.Class != record.LinkOther || last.Author.String() != memberOf(t, h, "rose") {
			t.Errorf("the chain of %s ends with %+v: nobody signed it", p, last)
		}
	}
	rose.get(other).says(t, "Autre fiche de la même personne", "Ysaline Corbrion")
	karim.get(one).says(t, "Dossier", "Autre fiche de la même personne")
	if a := karim.get(one); !strings.Contains(a.body, dossier) {
		t.Error("her page lists no dossier of her other record")
	}
	if a := rose.get(one); strings.Contains(a.body, dossier) {
		t.Error("reception is led to a dossier it does not read")
	}
	if got := strings.Count(rose.find("Ysaline Corbrion").body, `class="who"`); got != 1 {
		t.Errorf("a search shows %d rows, want 1", got)
	}
	rose.submit(rose.get(one+"/edit"), one+"/edit", "language", "russe").says(t, "Autre fiche de la même personne", "russe")

	h.clock = h.clock.AddDate(0, 0, 31)
	late := h.as(t, "rose")
	lacks(t, late.get(one), "Remettre les fiches à part")
	late.post(one+"/unmerge", url.Values{"session": {"1"}}).says(t, "Ces fiches sont rapprochées depuis plus de 30 jours.")
	h.clock = h.clock.AddDate(0, 0, -2)
	soon := h.as(t, "rose")
	soon.submit(soon.get(other), other+"/unmerge").says(t, "Les deux fiches sont à part.")
	for _, page := range []string{one, other} {
		lacks(t, soon.get(page), "Autre fiche")
	}
	lacks(t, soon.get(one), "Ne pas téléphoner.")
	soon.get(one).says(t, "russe")
}

// TestAMergeIsOneStepAndNeverOfTwoWhoAreKeptApart.
//
// Seen to kill: a second pointer over the first; kept apart, and merged.
func TestAMergeIsOneStepAndNeverOfTwoWhoAreKeptApart(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	a, b, c := rose.receive("Mélusine Aubart"), rose.receive("Mélusina Aubart"), rose.receive("Mélisende Aubart")
	rose.same(a, a).says(t, "Choisissez")
	rose.same(a, b).at(t, a)
	for _, pair := range [][2]string{{a, c}, {c, a}, {b, c}, {c, b}} {
		rose.same(pair[0], pair[1]).says(t, "L’une de ces fiches est déjà rapprochée d’une autre.")
	}
	d, e := rose.receive("Odalric Sennes"), rose.receive("Odalrik Sennes")
	at := d + "/relations"
	found := rose.submit(rose.get(at), at, "filter", "odalrik")
	rose.submit(found, at, "kin", strings.TrimPrefix(e, "/persons/"), "nature", "apart")
	for _, pair := range [][2]string{{d, e}, {e, d}} {
		rose.same(pair[0], pair[1]).says(t, "Elles sont deux.")
	}
	f := rose.receive("Odalrick Sennes")
	rose.same(d, f).at(t, d)
	rose.get(f).says(t, "À ne pas faire se croiser : Odalrik Sennes")
	rose.post("/persons/"+record.NewID[record.Person]().String()+"/unmerge", url.Values{"session": {"1"}}).withheld(t)
}

func (a answer) withheld(t testing.TB) {
	t.Helper()
	if a.status != http.StatusNotFound {
		t.Errorf("%s answers %d", a.path, a.status)
	}
}
