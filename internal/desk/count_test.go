// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"testing"
	"time"
)

// TestAConversationWithoutANameIsCountedAndTakenBack: no row but the count, whoever
// counts; only who has just counted can take it back, once.
//
// Seen to kill: the receipt kept after it was used.
func TestAConversationWithoutANameIsCountedAndTakenBack(t *testing.T) {
	h := ownSite(t)
	rose, karim := h.as(t, "rose"), h.as(t, "karim")
	count := func(b *browser, theme string) answer {
		return b.submit(b.get("/conversations/new"), "/conversations", "theme", theme, "medium", "office")
	}
	count(rose, "housing").says(t, "Compté", "1 premier accueil sans nom ce mois-ci")
	a := count(karim, "unasked")
	a.says(t, "2 premiers accueils sans nom ce mois-ci", "Non demandé")
	rose.cookies[countedCookie] = karim.cookies[countedCookie]
	rose.get(a.path).says(t, "reste compté")
	kept := karim.cookies[countedCookie]
	karim.submit(a, a.path+"/undo").says(t, "n’est plus compté")
	if karim.cookies[countedCookie] == kept {
		t.Error("the receipt is kept after it was used")
	}
	b := count(rose, "housing")
	b.says(t, "2 premiers accueils")
	h.pass(4 * time.Minute)
	rose.get("/today")
	h.pass(4 * time.Minute)
	rose.get("/today")
	h.pass(4 * time.Minute)
	rose.get(b.path).says(t, "reste compté")
}

func TestACountAsksForNoWords(t *testing.T) {
	h := testSite(t)
	rose := h.as(t, "rose")
	page := rose.get("/conversations/new")
	form := page.fields(t, "/conversations")
	form.Set("theme", "Madame M.")
	if a := rose.post("/conversations", form); a.status != 422 {
		t.Errorf("words for a theme: %d", a.status)
	}
}
