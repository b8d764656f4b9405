// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

// known counts the persons that the services know.
func (h *hall) known(t testing.TB, b *browser) int {
	t.Helper()
	return strings.Count(b.get("/persons").body, `class="who"`)
}

// TestWhoIsKnownIsNotTypedTwice: reception names somebody whom the service knows,
// and is asked, line by line, whether it is her.
//
// Seen to kill: who is said to be the same created again; created without a choice.
func TestWhoIsKnownIsNotTypedTwice(t *testing.T) {
	h := ownSite(t)
	rose := h.as(t, "rose")
	fatma := rose.receive("Fatma Boukhobza")
	id := strings.TrimPrefix(fatma, "/persons/")
	rose.submit(rose.get(fatma+"/edit"), fatma+"/edit", "called", "Fatma", "last_name", "Boukhobza", "birth", "11/3/1950")

	before := h.known(t, rose)
	page := rose.typed("Noûr Delmas-Petit 2/4/91\nFatma BOUKOBZA 11/3/50 mère\nSacha 9 ans")
	page.says(t, "Fatma Boukobza ressemble à une personne connue", "C’est la même\u202f: Fatma Boukhobzané·e le 11/3/1950, 76 ans", "C’est une autre personne", "sa fiche reste comme elle est")
	rose.submit(page, page.path).says(t, "Choisissez une des réponses proposées.", "ressemble à une personne connue")
	rose.submit(page, page.path, "same-2", strings.Replace(id, id[:4], "ffff", 1)).says(t, "Choisissez une des réponses proposées.")
	if got := h.known(t, rose); got != before {
		t.Fatalf("%d persons before anything was chosen, want %d", got, before)
	}
	noor := rose.submit(page, page.path, "same-2", id)
	noor.says(t, "Les personnes sont créées", "Famille de 3", "Fatma Boukhobza parent", "Sacha")
	if got := h.known(t, rose); got != before+2 {
		t.Errorf("%d persons, want 2 more than %d", got, before)
	}
	rose.get(fatma).says(t, "Noûr Delmas-Petit enfant", "76 ans")
	lacks(t, rose.get(fatma), "Boukobza", "06\u00a011")

	first := rose.typed("Fatma Boukhobza 11/3/50\nLéopold Boukhobza 1946 mari")
	form := first.fields(t, first.path)
	form.Set("same-1", id)
	rose.post(first.path, form).at(t, fatma)
	rose.get(fatma).says(t, "Léopold Boukhobza conjoint·e", "Famille de 3")
	lacks(t, rose.get(fatma), "06\u00a011")
	rose.post(first.path, form).at(t, fatma) // posted twice
	if got := h.known(t, rose); got != before+3 {
		t.Errorf("%d persons, want 3 more than %d", got, before)
	}

	again := rose.typed("Noûr Delmas-Petit 2/4/91\nFatma Boukhobza 11/3/50 mère")
	rose.submit(again, again.path, "same-1", strings.TrimPrefix(noor.path, "/persons/"), "same-2", id).at(t, noor.path)
	if got := strings.Count(visible(rose.get(noor.path).doc), "Fatma Boukhobza"); got != 1 {
		t.Errorf("they are linked %d times, want once", got)
	}
	both := rose.typed("Fatma Boukhobza 11/3/50\nFatma Boukobza 11/3/50")
	rose.submit(both, both.path, "same-1", id, "same-2", id).says(t, "Deux lignes sont la même personne.")
}

// TestWhoIsAloneIsAskedAboutOnlyWhenSomebodyIsNear: a name that nobody resembles is
// received at once.
func TestWhoIsAloneIsAskedAboutOnlyWhenSomebodyIsNear(t *testing.T) {
	h := ownSite(t)
	rose := h.as(t, "rose")
	one := rose.typed("Bérénice Malaussart")
	one.says(t, "La personne est créée")
	asked := rose.typed("MALAUSSART Bérénisse")
	if !strings.HasPrefix(asked.path, "/households/") {
		t.Fatalf("she is at %s, received twice", asked.path)
	}
	rose.submit(asked, asked.path, "same-1", strings.TrimPrefix(one.path, "/persons/")).at(t, one.path)
	lacks(t, rose.get(one.path), "La personne est créée")
	asked = rose.typed("MALAUSSART Bérénisse")
	other := rose.submit(asked, asked.path, "same-1", "other")
	other.says(t, "La personne est créée", "MALAUSSART Bérénisse")
	if other.path == one.path {
		t.Error("who is another person has no record of her own")
	}
	paul := h.as(t, "paul")
	if got := paul.get(asked.path); strings.Contains(got.body, "alaussart") {
		t.Error("a colleague reads whom the lines resemble")
	}
}

// TestAComparisonIsWrittenDown: the question, whatever its answer; and each name
// that it shows, as an opening. Who is in no Office is answered as who does not
// exist, by the same transactions.
//
// Seen to kill: a comparison without an entry.
func TestAComparisonIsWrittenDown(t *testing.T) {
	h := ownSite(t)
	rose := h.as(t, "rose")
	place := rose.receive("Théodora Vassilakis")
	count := func(typed string) (int, answer) {
		form := rose.get("/persons/new").fields(t, "/persons/new")
		form.Set("called", typed)
		form.Set("then", "person")
		rose.search("zzyqx") // the index opens what changed, and says so
		before := h.written()
		a := rose.post("/persons/new", form)
		return h.written() - before, a
	}
	near, page := count("Théodora Vassilaki")
	page.says(t, "Théodora Vassilakis")
	if near != 5 { // the question, the draft; of the page: the draft's opening, the question, the openings
		t.Errorf("%d transactions for somebody near, want 5", near)
	}
	before := h.written()
	rose.get(page.path).says(t, "C’est la même")
	if got := h.written() - before; got != 3 {
		t.Errorf("the page writes %d transactions, want the draft's opening, the question and the openings", got)
	}
	id, err := record.ParseID[record.Person](strings.TrimPrefix(place, "/persons/"))
	ok(t, err)
	services, err := h.db.Known(t.Context(), id)
	ok(t, err)
	ok(t, h.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.DropKnown(t.Context(), record.Known{Person: id, Service: services[0]})
	}))
	rose.get(place) // whatever is done to her leaves an entry: this one stands for it
	hidden, one := count("Théodora Vassilakis")
	absent, other := count("Anastasia Papadiamantis")
	one.says(t, "La personne est créée")
	other.says(t, "La personne est créée")
	if hidden != absent || absent != 3 { // the question, the person, her page
		t.Errorf("%d transactions for who is in no Office, %d for who does not exist, want 3", hidden, absent)
	}
}

// TestLinesThatWaitBecomeOneHousehold: whoever clicks twice makes one child of a
// known mother, even when both clicks found the lines.
//
// Seen to kill: a draft that is dropped, used or not.
func TestLinesThatWaitBecomeOneHousehold(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	place := rose.receive("Gwenaëlle Quintric")
	mother, err := record.ParseID[record.Person](strings.TrimPrefix(place, "/persons/"))
	ok(t, err)
	services, err := h.db.Known(t.Context(), mother)
	ok(t, err)
	by := (&teller{hall: h, t: t, in: map[string]*browser{"rose": rose}}).unlocked("rose")
	draft := record.NewID[record.Draft]()
	ok(t, h.desk.Strong.KeepDraft(t.Context(), by, draft, strongroom.Words{record.TagText: confided.NewText("Gwenaëlle")}))
	click := func() error {
		return h.desk.People.Receive(t.Context(), by, people.Household{Service: services[0], Draft: draft, All: []people.Newcomer{
			{ID: record.NewID[record.Person](), Same: mother},
			{ID: record.NewID[record.Person](), Form: people.Form{Name: "Yaël"}, Nature: record.NatureChild},
		}})
	}
	ok(t, click())
	if err := click(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the second click gives %v, want a conflict", err)
	}
	rose.get(place).says(t, "Famille de 2", "Yaël")
}
