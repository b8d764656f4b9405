// SPDX-License-Identifier: AGPL-3.0-or-later

package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	sentenceEnd = regexp.MustCompile(`[.!?]+(\s|$)`)
	word        = regexp.MustCompile(`[\pL\pN]+`)
	vowels      = regexp.MustCompile(`(?i)[aeiouyàâäéèêëîïôöùûüœæ]+`)
	mute        = regexp.MustCompile(`(?i)[^aeiouyàâäéèêëîïôöùûüœæ](e|es)$`)
)

// syllables counts those of a French word as it is said: groups of vowels, without
// a mute e at the end. It is right to five in a hundred, which is enough to compare.
func syllables(w string) int {
	n := len(vowels.FindAllString(w, -1))
	if n > 1 && mute.MatchString(w) {
		n--
	}
	return max(n, 1)
}

// sentences cuts texts where a reader takes breath.
func sentences(texts []string) [][]string {
	var all [][]string
	for _, text := range texts {
		for _, s := range sentenceEnd.Split(text, -1) {
			if words := word.FindAllString(s, -1); len(words) > 0 {
				all = append(all, words)
			}
		}
	}
	return all
}

// ease is Kandel and Moles's score (1958): 60 to 80 ordinary, from 80 on easy.
func ease(all [][]string) float64 {
	words, said := 0, 0
	for _, s := range all {
		for _, w := range s {
			words++
			said += syllables(w)
		}
	}
	return 207 - 1.015*float64(words)/float64(len(all)) - 0.736*100*float64(said)/float64(words)
}

// french returns the sentences of the French catalogue under a prefix: addresses
// and titles are no sentences.
func french(t *testing.T, prefix string, but ...string) []string {
	t.Helper()
	var keys []string
	all := catalogues(t)[French]
	for key, m := range all {
		if strings.HasPrefix(key, prefix) && strings.ContainsAny(m.Other, ".?!") && !slices.Contains(but, key) {
			keys = append(keys, key)
		}
	}
	if slices.Sort(keys); len(keys) == 0 {
		t.Fatalf("no sentence under %s", prefix)
	}
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = all[key].Other
	}
	return texts
}

// ux.md §4.4: what colleagues read is ordinary French, what the person reads or
// hears is easy, in short sentences. Seen to kill: a sentence of the law in the
// notice; a paragraph of 30 words a sentence in help.
func TestPagesThatExplainAreEasyToRead(t *testing.T) {
	for _, tt := range []struct {
		prefix  string
		but     string
		least   float64
		longest int // words a sentence
	}{
		{"page.help.", "", 65, 25},
		{"page.accessibility.", "page.accessibility.complain_post", 65, 25},
		{"page.notice.say_", "", 80, 12},
		{"page.notice.", "page.notice.ask_cnil", 80, 12},
	} {
		all := sentences(french(t, tt.prefix, tt.but))
		score := ease(all)
		t.Logf("%s: %.0f, %d sentences", tt.prefix, score, len(all))
		if score < tt.least {
			t.Errorf("%s: %.0f, want %.0f at least", tt.prefix, score, tt.least)
		}
		for _, s := range all {
			if len(s) > tt.longest {
				t.Errorf("%s: %d words in one sentence, at most %d: %s", tt.prefix, len(s), tt.longest, strings.Join(s, " "))
			}
		}
	}
}

// Long words that have no short one of the same meaning, and are said aloud with
// their meaning beside them.
var longWords = []string{"information", "internet"}

func TestThePersonMeetsFewLongWords(t *testing.T) {
	for _, s := range sentences(french(t, "page.notice.", "page.notice.ask_cnil")) {
		for _, w := range s {
			if syllables(w) >= 4 && !slices.Contains(longWords, strings.ToLower(w)) && !unicode.IsDigit(rune(w[0])) {
				t.Errorf("%q has %d syllables, in: %s", w, syllables(w), strings.Join(s, " "))
			}
		}
	}
}

// Read aloud at 150 words a minute, the spoken notice takes a minute at most.
func TestTheSpokenNoticeTakesLessThanAMinute(t *testing.T) {
	n := 0
	for _, s := range sentences(french(t, "page.notice.say_")) {
		n += len(s)
	}
	if n < 60 || n > 150 {
		t.Errorf("%d words", n)
	}
}

func TestSyllablesAreCountedAsTheyAreSaid(t *testing.T) {
	for w, want := range map[string]int{"note": 1, "personne": 2, "dossier": 2, "équipe": 2, "lire": 1, "accessibilité": 6, "le": 1, "DPO": 1, "gratuite": 2, "voix": 1} {
		if got := syllables(w); got != want {
			t.Errorf("%s: %d, want %d", w, got, want)
		}
	}
	if easy, hard := ease(sentences([]string{"Je lis. Tu lis."})), ease(sentences([]string{"Conformément à la réglementation européenne applicable, vos informations personnelles sont conservées proportionnellement aux finalités déterminées."})); easy < 90 || hard > 30 {
		t.Errorf("easy %.0f, hard %.0f", easy, hard)
	}
}
