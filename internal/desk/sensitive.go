// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"slices"
	"strings"
	"unicode"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/web"
)

// sensitiveStems begin words about health, offences,n or sexuality (GDPR
// articles 9 and 10), without accents. Those as common in other senses are left out
// (« Secours catholique », « rue de l’Église », « pénalité »): a line that comes too
// often is not read.
const sensitiveStems = `
	addict alcool alzheimer avort bipolair cancer chimiother cirrhose demenc depress diabet drogu enceint epilep
	grossesse handicap hepatit hospitalis ivg maladi medicament psychiatr psychos schizo seropositi sida suicid toxicoman tumeur vih
	condamn delinquan detenu detention ecrou incarcer infraction prison probation
	chretien evangeli islam juif juive jehovah mosquee musulman pratiquant protestant ramadan religi synagog
	bisexu gay homosexu lesb prostitu sexu transgenre transsexu
	abortion convict dementia disab drug hospital illness jail jew muslim pregnan religio sexual`

// sensitive reports whether a text has a word that asks to be weighed: the page
// says so in one line, and never refuses. Nothing is kept of the answer.
func sensitive(text confided.Text) bool {
	stems := strings.Fields(sensitiveStems)
	words := strings.FieldsFunc(web.Fold(text.Reveal()), func(c rune) bool { return !unicode.IsLetter(c) })
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(word, stem) })
	})
}
