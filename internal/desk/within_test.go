// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// looks searches inside a dossier.
func (b *browser) looks(dossier, words string) answer {
	b.t.Helper()
	return b.submit(b.get(dossier), dossier+"/search", "within", words)
}

// TestWordsAreFoundInsideADossier: what the reader's keys open, and nothing of
// another dossier; what was typed is in no address and in no log.
//
// Seen to kill: every item kept whatever was typed.
func TestWordsAreFoundInsideADossier(t *testing.T) {
	h := testSite(t)
	karim, lucie := h.as(t, "karim"), h.as(t, "lucie")
	at := karim.note(karim.receive("Selma"), "Bailleur rappelé : plan d’apurement envoyé.")
	karim.submit(karim.get(at+"/readers/add"), at+"/readers/add", "member", memberOf(t, h, "lucie"), "reason", "advice")
	karim.note(at, "Parle de son travail au bailleur social.", "ink", "reserved")
	karim.note(karim.receive("Octave"), "Un autre bailleur.")
	for typed, want := range map[string]int{"BAILLEUR": 2, "apure": 1, "rappele envoye": 1, "bailleur introuvable": 0, "ailleur": 0} {
		a := karim.looks(at, typed)
		if got := strings.Count(a.body, "<article"); got != want {
			t.Errorf("%q: %d notes, want %d", typed, got, want)
		}
		if !strings.HasPrefix(a.path, at+"/search/") || strings.Contains(strings.ToLower(a.path), "bailleur") {
			t.Errorf("%q: the address is %s", typed, a.path)
		}
		if strings.Contains(a.body, "Un autre") {
			t.Errorf("%q finds another dossier's words", typed)
		}
	}
	if a := karim.looks(at, "bailleur"); !strings.Contains(a.body, "<mark>Bailleur</mark> rappelé") {
		t.Error("what was found is not marked")
	}
	if a := lucie.looks(at, "bailleur"); strings.Count(a.body, "<article") != 1 || strings.Contains(a.body, "travail") {
		t.Error("Lucie does not find the team’s note alone")
	}
	if strings.Contains(strings.ToLower(h.logs.String()), "bailleur") {
		t.Error("what was looked for is in the log")
	}
	mine := karim.looks(at, "bailleur")
	lucie.cookies[withinCookie] = karim.cookies[withinCookie]
	lucie.get(mine.path).says(t, "est oublié")
}

// TestOnlyWhatASearchFindsIsMarkedAsRead: the rest stays new to her.
//
// Seen to kill: everything looked through marked as read; nothing marked.
func TestOnlyWhatASearchFindsIsMarkedAsRead(t *testing.T) {
	h := testSite(t)
	karim, lucie := h.as(t, "karim"), h.as(t, "lucie")
	at := karim.note(karim.receive("Violette"), "Une échéance de loyer.")
	karim.submit(karim.get(at+"/readers/add"), at+"/readers/add", "member", memberOf(t, h, "lucie"), "reason", "advice")
	karim.note(at, "Une visite à domicile.")
	lucie.follow(lucie.post(at+"/search", url.Values{"session": {"1"}, "within": {"loyer"}})).says(t, "échéance")
	page := karim.get(at).body
	for words, read := range map[string]string{"Une échéance": "lu par 2 sur 2", "Une visite": "lu par 1 sur 2"} {
		article := page[:strings.Index(page, words)]
		if article = strings.ToLower(article[strings.LastIndex(article, "<article"):]); !strings.Contains(article, read) {
			t.Errorf("%s: not %s in %s", words, read, article)
		}
	}
}

// TestALookInsideIsAnOpening: an entry each time, whatever is found.
func TestALookInsideIsAnOpening(t *testing.T) {
	h := testSite(t)
	karim := h.as(t, "karim")
	at := karim.note(karim.receive("Basile"), "Une phrase.")
	for _, typed := range []string{"phrase", "introuvable"} {
		page := karim.looks(at, typed)
		before := h.written()
		karim.get(page.path)
		if h.written() == before {
			t.Errorf("%q: nothing was written", typed)
		}
	}
}

func TestPassagesJoinedAgainAreTheText(t *testing.T) {
	for _, tt := range []struct {
		name, typed, text string
		found             []string
	}{
		{"the beginning of a word finds the word", "apur", "Plan d’apurement", []string{"apurement"}},
		{"accents and capitals do not matter", "ECHEANCE", "L’échéance, ÉCHÉANCE.", []string{"échéance", "ÉCHÉANCE"}},
		{"the middle of a word does not", "chéance", "échéance", nil},
		{"figures are words", "12", "le 12/12", []string{"12", "12"}},
		{"nothing in nothing", "a", "", nil},
		{"what is not text stays", "a", "\xff a\n<b>", []string{"a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := CaseSearchPage{CasePage: CasePage{Within: words(tt.typed)}}
			var whole string
			var found []string
			for _, part := range p.Passages(words(tt.text)) {
				whole += part.Words.Reveal()
				if part.Found {
					found = append(found, part.Words.Reveal())
				}
			}
			if whole != tt.text {
				t.Errorf("joined again: %q", whole)
			}
			if d := cmp.Diff(tt.found, found); d != "" {
				t.Error(d)
			}
		})
	}
}
