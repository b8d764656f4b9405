// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/confided"
)

// Seen to kill: accents that count, and stems looked for inside words.
func TestSensitiveWordsAreThoseOfTheLaw(t *testing.T) {
	for words, want := range map[string]bool{
		"Elle parle de sa DÉPRESSION depuis mars.":                  true,
		"Sortie d’écrou prévue le 3.":                               true,
		"Il va à la mosquée le vendredi.":                           true,
		"Elle est enceinte de cinq mois.":                           true,
		"She was in hospital.":                                      true,
		"Vue avec le courrier du fournisseur, échéancier compris.":  false,
		"Traitement du dossier en cours, sursis de paiement obtenu": false,
		"Les emprisonner est un mot d’ailleurs":                     false,
		"Place de l’Église, Secours catholique, pénalité, hiver":    false,
		"": false,
	} {
		if got := sensitive(confided.NewText(words)); got != want {
			t.Errorf("%q: %t", words, got)
		}
	}
}

// Seen to kill: an autosave and a page that do not look.
func TestASensitiveNoteIsAskedAboutAndNeverRefused(t *testing.T) {
	const asked = "Ce passage est sensible. Est-il utile au suivi\u202f?"
	h := testSite(t)
	karim := h.as(t, "karim")
	page := karim.get(karim.receive("Maïa") + "/notes/new")
	at := strings.TrimSuffix(page.path, "/new")
	form := page.fields(t, at)
	for words, want := range map[string]bool{"Elle sort de prison lundi.": true, "Elle sort lundi.": false} {
		form.Set("words", words)
		kept := karim.post("/drafts", form)
		if kept.status != 200 || strings.Contains(kept.body, asked) != want {
			t.Errorf("%q is kept with %d %q", words, kept.status, kept.body)
		}
		form.Set("preview", "yes")
		if shown := karim.post(at, form); strings.Contains(visible(shown.doc), asked) != want {
			t.Errorf("%q is shown with the line: %t", words, !want)
		}
		form.Del("preview")
	}
	form.Set("words", "Elle sort de prison lundi.")
	karim.post(at, form).says(t, "Note enregistrée.", "Elle sort de prison lundi.")
}
