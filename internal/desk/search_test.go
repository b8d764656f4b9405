// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// search looks for somebody from the header of a page.
func (b *browser) search(words string) answer {
	b.t.Helper()
	return b.submit(b.get("/today"), "/search", "query", words)
}

func TestAMisspeltNameIsFoundFromTheHeaderOfAnyPage(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	nadia := rose.receive("Nadia Mokrani")
	edit := nadia + "/edit"
	rose.submit(rose.get(edit), edit, "called", "Nadia", "last_name", "Mokrani", "birth", "2/4/88")
	for _, typed := range []string{"mokrany", "MOKRANI nadya", "mokrani 88", "nadia 2/4/1983"} {
		a := rose.search(typed)
		a.says(t, "Nadia Mokrani", typed)
		if !strings.Contains(a.body, `href="`+nadia+`"`) {
			t.Errorf("%q does not lead to her", typed)
		}
		if strings.Contains(a.path, "mok") || !strings.HasPrefix(a.path, "/search/") {
			t.Errorf("the address is %s", a.path)
		}
	}
	rose.search("zzyqx").says(t, "Personne à ce nom")
	if strings.Contains(strings.ToLower(h.logs.String()), "mok") {
		t.Error("what was looked for is in the log")
	}
}

// Seen to kill: changes not told to the index.
func TestTheIndexFollowsWhatChanges(t *testing.T) {
	h := testSite(t)
	rose, karim := h.as(t, "rose"), h.as(t, "karim")
	rose.search("belkacem").says(t, "Personne à ce nom")
	place := karim.receive("Samia Belkacem")
	rose.search("belkacem").says(t, "Samia Belkacem")
	karim.submit(karim.get(place+"/edit"), place+"/edit", "called", "Samia", "last_name", "Hadjeri")
	rose.search("hadgeri").says(t, "Samia Hadjeri")
	rose.search("belkacem").says(t, "Personne à ce nom")
	h.pass(time.Hour)
	rose = h.as(t, "rose")
	rose.search("hadjeri").says(t, "Samia Hadjeri")
}

// Seen to kill: a cookie read whatever the search in the address; no end to what is
// kept.
func TestASearchIsForgotten(t *testing.T) {
	h := testSite(t)
	rose, karim := h.as(t, "rose"), h.as(t, "karim")
	rose.receive("Nadia Mokrani")
	first := rose.search("mokrani")
	second := rose.search("moktani")
	const gone = "est oublié"
	rose.get(second.path).says(t, "Nadia Mokrani")
	rose.get(first.path).says(t, gone)
	karim.cookies[searchCookie] = rose.cookies[searchCookie]
	karim.get(second.path).says(t, gone)
	for range 3 {
		h.pass(4 * time.Minute)
		rose.get("/today")
	}
	rose.get(second.path).says(t, gone)
}

func TestALookIsWrittenDown(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	rose.receive("Nadia Mokrani")
	for _, typed := range []string{"mokrani", "nobody of that name"} {
		page := rose.search(typed)
		before := h.written()
		rose.get(page.path)
		if got := h.written(); got != before+1 {
			t.Errorf("%q: %d transactions, want that of one entry", typed, got-before)
		}
	}
}

func TestANewPersonBeginsWithWhatWasLookedFor(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	a := rose.search("Zoulikha Benna 3/3/90")
	a.says(t, "Nouvelle personne")
	rose.get("/persons/new?search="+strings.TrimPrefix(a.path, "/search/")).says(t, "Zoulikha Benna 3/3/90")
	if page := rose.get("/persons/new?search=other"); strings.Contains(page.body, "Zoulikha") {
		t.Error("another search's words are shown")
	}
}

// Who is in no list of the service's, as a discreet identity is, is answered as who
// does not exist.
//
// Seen to kill: who is no longer known stays in the index.
func TestWhoIsInNoOfficeIsAnsweredAsWhoDoesNotExist(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	place := rose.receive("Théodora Vassilakis")
	rose.search("vasilakis").says(t, "Théodora Vassilakis")
	id, err := record.ParseID[record.Person](strings.TrimPrefix(place, "/persons/"))
	ok(t, err)
	known, err := h.db.Known(t.Context(), id)
	ok(t, err)
	ok(t, h.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.DropKnown(t.Context(), record.Known{Person: id, Service: known[0]})
	}))
	rose.get(place) // whatever is done to her leaves an entry: this one stands for it
	hidden, absent := rose.search("vasilakis"), rose.search("vasilakot")
	same := strings.NewReplacer("vasilakot", "vasilakis", absent.path, hidden.path, strings.TrimPrefix(absent.path, "/search/"), strings.TrimPrefix(hidden.path, "/search/"))
	if got := same.Replace(plainBody(absent)); got != plainBody(hidden) {
		t.Errorf("they look different:\n%s\n%s", visible(hidden.doc), visible(absent.doc))
	}
}
