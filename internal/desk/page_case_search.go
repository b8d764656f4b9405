// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/web"
)

// CaseSearchPage is GET /cases/{id}/search/{search}: what of a dossier holds the
// words looked for. Before anything is looked for, it has no name.
type CaseSearchPage struct {
	CasePage
	Forgotten bool
}

// Count is how many notes and papers were found.
func (p *CaseSearchPage) Count() int { return len(p.Notes) + len(p.Papers) }

// Passage is a piece of a text; Found when it is one of the words looked for.
type Passage struct {
	Words confided.Text
	Found bool
}

// Passages cuts a text around the words looked for: joined again, it is the same.
func (p *CaseSearchPage) Passages(t confided.Text) []Passage {
	wanted := strings.Fields(web.Fold(p.Within.Reveal()))
	var out []Passage
	add := func(s string, found bool) {
		if last := len(out) - 1; last >= 0 && !found && !out[last].Found {
			s, out = out[last].Words.Reveal()+s, out[:last]
		}
		out = append(out, Passage{confided.NewText(s), found})
	}
	for rest := t.Reveal(); rest != ""; {
		word := wordAt(rest)
		piece := len(word)
		if piece == 0 {
			_, piece = utf8.DecodeRuneInString(rest)
		}
		folded := web.Fold(word)
		add(rest[:piece], word != "" && slices.ContainsFunc(wanted, func(w string) bool { return strings.HasPrefix(folded, w) }))
		rest = rest[piece:]
	}
	return out
}

// wordAt is the word that s begins with.
func wordAt(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) })
	if end < 0 {
		return s
	}
	return s[:end]
}
