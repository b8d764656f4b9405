// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAPassphraseIsLongAndOfAnyLetters: ASVS 6.2. Nothing but its length is asked,
// and it opens as it was chosen, to its last letter.
//
// Seen to kill: a limit of 64 characters; the case forgotten; 14 characters enough.
func TestAPassphraseIsLongAndOfAnyLetters(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	h.found(t)
	b := h.as(t, "lucie")
	change := func(chosen string) answer {
		return b.submit(b.get("/security/passphrase"), "/security/passphrase", "new_passphrase", chosen, "again", chosen)
	}
	change("quatorze lett.").says(t, "au moins 15 caractères")
	for _, chosen := range []string{
		strings.Repeat("une longue phrase ", 10) + "Fin",
		"ooooooooooooooo", "{}[]%$\\'\"<>;--%00 ok", "Ωμέγα 密码 пароль ok", "👩‍👧👩‍👧👩‍👧👩‍👧👩‍👧👩‍👧👩‍👧👩‍👧",
	} {
		t.Run(chosen, func(t *testing.T) {
			change(chosen).says(t, "Ma sécurité")
			tries := map[string]bool{chosen: true, chosen + "x": false, chosen[:len(chosen)-1]: false, strings.ToLower(chosen): strings.ToLower(chosen) == chosen}
			for typed, opens := range tries {
				c := h.browser(t)
				c.cookies["__Host-device"] = b.cookies["__Host-device"]
				a := c.submit(c.get("/signin"), "/signin", "login", "lucie", "passphrase", typed)
				if got := a.path == "/today"; got != opens {
					t.Errorf("%q opens: %v", typed, got)
				}
			}
		})
	}
}

// TestAPassphraseOfNamesIsRefused: ASVS 6.2.11, at each door where one is chosen.
//
// Seen to kill: no names given at the start, at an enrolment, at a change; accents and
// capitals that hide a name.
func TestAPassphraseOfNamesIsRefused(t *testing.T) {
	const refused = "Cette phrase est faite surtout de noms connus."
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	b := h.browser(t)
	a := b.submit(b.get("/start/"+startCode), "/start", "organisation", "CCAS de Valmont", "name", "Odile Faure", "login", "odile")
	b.submit(a, "/start/passphrase", "new_passphrase", "odile.faure.VALMONT.2026").says(t, refused)
	h.found(t)
	by := h.devices["odile"]
	slip := by.submit(by.get("/start/invitations"), "/start/invitations", "name", "Hélène Garnier", "role", "worker", "regime", "profession")
	c := h.browser(t)
	a = c.submit(c.get("/invitation"), "/invitation", "invitation_code", slip.code(t, 0))
	a = c.submit(a, "/invitation/identity", "login", "helene")
	c.submit(a, "/invitation/passphrase", "new_passphrase", "Helene GARNIER action sociale").says(t, refused)
	k := h.as(t, "karim")
	change := func(chosen string) answer {
		return k.submit(k.get("/security/passphrase"), "/security/passphrase", "new_passphrase", chosen)
	}
	change("karim benaissa valmont ccas 1234").says(t, refused)
	change("karim benaïssa aime les lentilles").says(t, "Ma sécurité")
}

// TestEverySignInLeavesAnEntry: ASVS 16.3.1.
//
// Seen to kill: no entry for a refusal; no entry for a success.
func TestEverySignInLeavesAnEntry(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	h.found(t)
	for name, typed := range map[string][]string{
		"who comes in":             {"login", "karim", "passphrase", phrase},
		"who mistypes":             {"login", "karim", "passphrase", "rien de tout cela ici"},
		"who is nobody":            {"login", "personne", "passphrase", phrase},
		"who has only found paper": {"login", "karim", "passphrase", "", "paper_code", h.papers["lucie"]},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.browser(t)
			b.cookies["__Host-device"] = h.devices["karim"].cookies["__Host-device"]
			before := h.securityEntries(t)
			v := b.get("/signin").fields(t, "/signin")
			for i := 0; i < len(typed); i += 2 {
				v.Set(typed[i], typed[i+1])
			}
			b.send(request("/signin", v))
			if said := h.securityEntries(t) - before; said != 1 {
				t.Errorf("%d entries, want 1", said)
			}
		})
	}
}

// TestEveryAnswerSaysWhatItIs: ASVS 3.4.2 and 4.1.1, on every route.
//
// Seen to kill: a page sent without its charset; any origin let in.
func TestEveryAnswerSaysWhatItIs(t *testing.T) {
	h := testSite(t)
	all := h.everyRoute(t)
	all["nowhere"] = func() *http.Request { return httptest.NewRequest(http.MethodGet, "/no/such/page", nil) }
	for name, b := range map[string]*browser{"nobody": h.browser(t), "lucie": h.as(t, "lucie")} {
		for pattern, r := range all {
			a := b.copy(t).send(r())
			kind := a.header.Get("Content-Type")
			if a.body != "" && !strings.HasSuffix(kind, "; charset=utf-8") && kind != "application/json" {
				t.Errorf("%s, %s: %q", name, pattern, kind)
			}
			if a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s, %s: another origin is let in", name, pattern)
			}
		}
	}
}
