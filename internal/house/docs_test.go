// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	fence    = regexp.MustCompile("(?ms)^```.*?^```")
	target   = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"]+)"`)
	external = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:|^#`)
	// A path of ours between backticks; one with a placeholder or a star is no path.
	quotedPath = regexp.MustCompile("`((?:internal|cmd|doc|scripts|tools|test|\\.ci)/[\\w./-]+)`")
)

// checkLinks wants every relative link of a document, and every path of ours
// that it quotes, to name something that exists.
func checkLinks(tr *tree) (findings []string) {
	docs := tr.paths(".md")
	if len(docs) == 0 {
		return []string{"no document found"}
	}
	for _, doc := range docs {
		text := fence.ReplaceAllString(tr.texts[doc], "")
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			link, _, _ := strings.Cut(m[1]+m[2], "#")
			if external.MatchString(m[1] + m[2]) {
				continue
			}
			if !tr.exists(path.Join(path.Dir(doc), link)) {
				findings = append(findings, fmt.Sprintf("%s: dead link %s", doc, link))
			}
		}
		for _, m := range quotedPath.FindAllStringSubmatch(text, -1) {
			if !tr.exists(path.Clean(m[1])) {
				findings = append(findings, fmt.Sprintf("%s: %s does not exist", doc, m[1]))
			}
		}
	}
	return findings
}

const (
	glossary  = "doc/glossary.md"
	catalogue = "internal/locale/fr.json"
)

// checkGlossary compares the glossary with the exported types of record and with
// the French catalogue. An id type (PersonID) is covered by its noun's row; a
// word that is never on screen has a dash for a key.
func checkGlossary(tr *tree) []string {
	t, findings := tr.tableOf(glossary, "code")
	nouns := tr.nouns()
	if len(nouns) == 0 {
		findings = append(findings, "internal/record has no exported type: the glossary cannot be checked")
	}
	keys, err := tr.catalogueKeys()
	if err != nil {
		findings = append(findings, err.Error())
	}
	var rows []string
	for _, row := range t.rows {
		if len(row) != 4 {
			findings = append(findings, fmt.Sprintf("%s: row %s is not code, key, French, meaning", glossary, row[0]))
			continue
		}
		for _, noun := range names(row[0]) {
			rows = append(rows, noun)
			if !slices.Contains(nouns, noun) {
				findings = append(findings, fmt.Sprintf("%s: record has no type %s", glossary, noun))
			}
		}
		for _, key := range names(row[1]) {
			if _, ok := keys[key]; !ok {
				findings = append(findings, fmt.Sprintf("%s: %s has no key %s", glossary, catalogue, key))
			}
		}
	}
	for _, noun := range nouns {
		if !slices.Contains(rows, noun) && !slices.Contains(rows, strings.TrimSuffix(noun, "ID")) {
			findings = append(findings, fmt.Sprintf("%s: type %s of record has no row", glossary, noun))
		}
	}
	return findings
}

// nouns returns the exported types of record, sorted.
func (tr *tree) nouns() (all []string) {
	types(tr.product(), func(f *file, s *ast.TypeSpec) {
		if f.room == "record" && s.Name.IsExported() {
			all = append(all, s.Name.Name)
		}
	})
	slices.Sort(all)
	return all
}

func (tr *tree) catalogueKeys() (map[string]json.RawMessage, error) {
	b, err := fs.ReadFile(tr.fsys, catalogue)
	if err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return nil, fmt.Errorf("%s: %w", catalogue, err)
	}
	return keys, nil
}
