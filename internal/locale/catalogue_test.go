// SPDX-License-Identifier: AGPL-3.0-or-later

package locale

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func catalogues(t *testing.T) map[string]map[string]message {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.messages
}

func TestCataloguesHaveTheSameKeys(t *testing.T) {
	all := catalogues(t)
	fr, en := slices.Sorted(maps.Keys(all[French])), slices.Sorted(maps.Keys(all[English]))
	if len(fr) == 0 {
		t.Fatal("no sentence found")
	}
	if diff := cmp.Diff(fr, en); diff != "" {
		t.Errorf("keys (-fr +en):\n%s", diff)
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func TestCataloguesHaveTheSamePlaceholders(t *testing.T) {
	all := catalogues(t)
	places := func(s string) []string {
		found := placeholder.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for key, fr := range all[French] {
		en := all[English][key]
		if diff := cmp.Diff(places(fr.Other), places(en.Other)); diff != "" {
			t.Errorf("%s (-fr +en):\n%s", key, diff)
		}
		if (fr.One == "") != (en.One == "") {
			t.Errorf("%s: plural in one language only", key)
		}
		for _, p := range append(places(fr.Other), places(fr.One)...) {
			if !regexp.MustCompile(`^\{[0-9]\}$`).MatchString(p) {
				t.Errorf("%s: %s is not a place", key, p)
			}
		}
	}
}

func TestCataloguesAreSorted(t *testing.T) {
	for _, lang := range []string{French, English} {
		b, err := files.ReadFile(lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for line := range bytes.Lines(b) {
			if m := regexp.MustCompile(`^\t"([^"]+)": `).FindSubmatch(line); m != nil {
				keys = append(keys, string(m[1]))
			}
		}
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Errorf("%s.json is not sorted, or has a key twice", lang)
		}
		var any map[string]any
		if err := json.Unmarshal(b, &any); err != nil || len(any) != len(keys) {
			t.Errorf("%s.json: %d keys read, %d lines (%v)", lang, len(any), len(keys), err)
		}
	}
}

// frenchRules are what French values must not contain: a wide space or none
// before double punctuation and inside guillemets, straight apostrophes, and
// the words that product.md §3 keeps off the screen.
var frenchRules = []struct {
	name string
	bad  *regexp.Regexp
}{
	{"double punctuation needs U+202F before it", regexp.MustCompile(`[^\x{202F}?!][:;!?]( |$)|[ \x{00A0}][:;!?]`)},
	{"guillemets need U+202F inside", regexp.MustCompile(`«[^\x{202F}]|[^\x{202F}]»`)},
	{"apostrophes are curved", regexp.MustCompile(`'`)},
	{"three dots are one sign", regexp.MustCompile(`\.\.\.`)},
	{"a word of product.md §3 is never on screen", regexp.MustCompile(`(?i)\b(cercles?|encres?|scellée?s?|foyers?|protégée?s?|confiée?s?|registres?|cheffes?|usagers?|bénéficiaires?)\b`)},
}

func TestFrenchTypography(t *testing.T) {
	for key, m := range catalogues(t)[French] {
		for _, s := range []string{m.One, m.Other} {
			for _, rule := range frenchRules {
				if rule.bad.MatchString(s) {
					t.Errorf("%s: %q: %s", key, s, rule.name)
				}
			}
		}
	}
}

func TestFrenchRulesCatchWhatTheyForbid(t *testing.T) {
	for _, bad := range []string{"Non !", "Non!", "« oui »", "l'ami", "Et...", "Le registre du jour"} {
		caught := slices.ContainsFunc(frenchRules, func(r struct {
			name string
			bad  *regexp.Regexp
		},
		) bool {
			return r.bad.MatchString(bad)
		})
		if !caught {
			t.Errorf("%q was not caught", bad)
		}
	}
}

// uses are the keys that Go and the templates name, and the families
// ("fault.", "ink.") they complete with a value.
type uses struct {
	keys, families map[string]string // where they were seen
}

var (
	goLiteral = regexp.MustCompile(`"([a-z][a-z_]*(?:\.[a-z0-9_]+)+\.?|[a-z][a-z_]*\.)"`)
	tmplKey   = regexp.MustCompile(`\.T "([^"]+)"`)
	tmplOf    = regexp.MustCompile(`\.Of "([^"]+)"`)
	tmplError = regexp.MustCompile(`\.Error "([^"]+)"`)
	goSame    = regexp.MustCompile(`\.AddAt\("(same)"`) // a choice for each line, which no template names alone
	tmplInput = regexp.MustCompile(`\.Input "[^"]+" "([^"]+)"`)
)

func TestEveryKeyExistsAndIsUsed(t *testing.T) {
	used := scan(t)
	fr := catalogues(t)[French]
	if len(used.keys) == 0 || len(used.families) == 0 {
		t.Fatal("no use of any key found")
	}
	for key, where := range used.keys {
		if _, ok := fr[key]; !ok {
			t.Errorf("%s uses %q, which no catalogue has", where, key)
		}
	}
	for family, where := range used.families {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(fr)), func(k string) bool { return strings.HasPrefix(k, family) }) {
			t.Errorf("%s uses the family %q, which no catalogue has", where, family)
		}
	}
	for key := range fr {
		if !used.has(key) {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

func (u uses) has(key string) bool {
	if u.keys[key] != "" {
		return true
	}
	for i, r := range key {
		if r == '.' && u.families[key[:i+1]] != "" {
			return true
		}
	}
	return false
}

// scan reads every Go file and template of the tree. In Go, a literal counts
// when its first word is one of the catalogue's.
func scan(t *testing.T) uses {
	t.Helper()
	u := uses{keys: map[string]string{}, families: map[string]string{}}
	roots := map[string]bool{}
	for key := range catalogues(t)[French] {
		first, _, _ := strings.Cut(key, ".")
		roots[first] = true
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case strings.HasSuffix(path, ".tmpl"):
			u.template(path, read(t, path))
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			u.source(path, read(t, path), roots)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (u uses) template(path, text string) {
	for _, m := range tmplKey.FindAllStringSubmatch(text, -1) {
		u.keys[m[1]] = path
	}
	for _, m := range tmplOf.FindAllStringSubmatch(text, -1) {
		u.families[m[1]+"."] = path
	}
	for _, m := range tmplError.FindAllStringSubmatch(text, -1) {
		u.families["field."+m[1]+"."] = path
	}
	for _, m := range tmplInput.FindAllStringSubmatch(text, -1) {
		u.keys["field."+m[1]+".label"] = path
		u.families["field."+m[1]+"."] = path
	}
}

func (u uses) source(path, text string, roots map[string]bool) {
	for _, m := range goSame.FindAllStringSubmatch(text, -1) {
		u.keys["field."+m[1]+".label"] = path
	}
	for _, m := range goLiteral.FindAllStringSubmatch(text, -1) {
		first, _, _ := strings.Cut(m[1], ".")
		switch {
		case !roots[first] || m[1] == "field.": // fields are counted where templates ask for them
		case strings.HasSuffix(m[1], "."):
			u.families[m[1]] = path
		default:
			u.keys[m[1]] = path
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
