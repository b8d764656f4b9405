// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// again signs out and in.
func (b *browser) again(t testing.TB, login string) answer {
	t.Helper()
	b.post("/signout", url.Values{"session": {"1"}})
	return b.submit(b.get("/signin"), "/signin", "login", login, "passphrase", phrase)
}

// A whole older database contradicts what a browser was shown. Seen to kill: the
// newest checkpoint handed out whatever the browser remembered; a contradiction
// that the house's journal is not told.
func TestABrowserIsAWitnessOfTheJournal(t *testing.T) {
	h := ownSite(t)
	karim := h.as(t, "karim")
	karim.note(h.as(t, "rose").receive("Nadia"), "Vue ce matin.")
	_, err := h.register.Checkpoint(t.Context())
	ok(t, err)
	karim.again(t, "karim").at(t, "/today")
	genuine := karim.cookies[witnessCookie]
	size, rest, _ := strings.Cut(genuine, ".")
	if size == "" || size == "0" {
		t.Fatalf("the browser was shown nothing: %q", genuine)
	}
	usual := 1 << 20 // entries of a sign-in, when nothing else happens
	for range 3 {
		before := h.entries(t)
		karim.again(t, "karim").at(t, "/today")
		usual = min(usual, h.entries(t)-before)
	}

	const told = "a browser remembers another journal"
	n, err := strconv.Atoi(size)
	ok(t, err)
	for name, remembered := range map[string]string{
		"a longer journal":  strconv.Itoa(n+1000) + "." + rest,
		"another journal":   size + "." + strings.Replace(rest, rest[:1], map[bool]string{true: "B", false: "A"}[rest[:1] == "A"], 1),
		"a journal cut off": strconv.Itoa(n-1) + "." + rest,
	} {
		karim.cookies[witnessCookie] = remembered
		before, said := h.entries(t), strings.Count(h.logs.String(), told)
		page := karim.again(t, "karim")
		page.at(t, "/witness")
		page.says(t, "n’est pas celui que ce navigateur a vu", size[:1])
		if karim.cookies[witnessCookie] != remembered {
			t.Errorf("%s: what the browser remembers was taken from it", name)
		}
		karim.get("/today") // which writes an entry too when drafts wait there
		if h.entries(t) <= before+usual || strings.Count(h.logs.String(), told) != said+1 {
			t.Errorf("%s: nobody was told: %d entries after %d, %d usually", name, h.entries(t), before, usual)
		}
		karim.submit(page, "/witness").at(t, "/today")
		karim.again(t, "karim").at(t, "/today")
		if karim.cookies[witnessCookie] == remembered {
			t.Errorf("%s: it is told for ever", name)
		}
	}
	for _, odd := range []string{"x", "1.2", "-1.." + rest, "9." + rest + ".9", strings.Repeat("9", 4000)} {
		karim.cookies[witnessCookie] = odd
		karim.again(t, "karim").at(t, "/today")
	}
}

// entries counts those of the house's journal.
func (h *hall) entries(t testing.TB) int {
	t.Helper()
	house, err := h.db.Organisation(t.Context())
	ok(t, err)
	circles, err := h.db.Circles(t.Context(), record.OwnerOf(record.OwnerOrganisation, house.ID))
	ok(t, err)
	for _, c := range circles {
		if c.Kind == record.HouseJournal {
			all, err := h.db.JournalOf(t.Context(), c.ID, 0, 1<<20)
			ok(t, err)
			return len(all)
		}
	}
	t.Fatal("the house has no journal")
	return 0
}

var _ Register = (*journal.Register)(nil)
