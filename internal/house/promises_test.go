// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// promising are the documents that promise. A promise whose test is gone is none.
func promising() []string {
	return []string{"SECURITY.md", "doc/threat-model.md", "doc/format.md", "doc/security-scan.md"}
}

var namedTest = regexp.MustCompile(`\b((?:Test|Fuzz)[A-Z]\w+)`)

// checkPromises wants every test that a promising document names to exist, and
// every row of SECURITY.md's table of promises to name one.
func checkPromises(tr *tree) (findings []string) {
	tests := tr.testNames()
	for _, doc := range promising() {
		named := namedTest.FindAllString(tr.texts[doc], -1)
		if len(named) == 0 {
			findings = append(findings, doc+": names no test")
		}
		for _, name := range named {
			if !tests[name] {
				findings = append(findings, fmt.Sprintf("%s: %s does not exist", doc, name))
			}
		}
	}
	table, missing := tr.tableOf("SECURITY.md", "promise")
	findings = append(findings, missing...)
	for _, row := range table.rows {
		if len(row) != 2 || !namedTest.MatchString(row[1]) {
			findings = append(findings, fmt.Sprintf("SECURITY.md: %q names no test", row[0]))
		}
	}
	return findings
}

// testNames are the test functions of every module of the repository.
func (tr *tree) testNames() map[string]bool {
	all := map[string]bool{}
	for _, f := range tr.files {
		if !f.test {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && namedTest.MatchString(fn.Name.Name) {
				all[fn.Name.Name] = true
			}
		}
	}
	return all
}

const (
	asvs     = "doc/asvs.csv"
	asvsList = "internal/house/testdata/asvs.txt" // the requirements that must be answered, with their levels
)

// checkASVS wants an answer to each requirement of the list, in its order: a test
// that exists, or a reason.
func checkASVS(tr *tree) []string {
	list, err := fs.ReadFile(tr.fsys, asvsList)
	if err != nil {
		return []string{err.Error()}
	}
	want := strings.Fields(string(list))
	raw, err := fs.ReadFile(tr.fsys, asvs)
	if err != nil {
		return []string{err.Error()}
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Equal(rows[0], []string{"id", "level", "requirement", "answer", "where"}) {
		return []string{fmt.Sprintf("%s: no table of id, level, requirement, answer, where (%v)", asvs, err)}
	}
	var findings, got []string
	tests := tr.testNames()
	for _, row := range rows[1:] {
		got = append(got, row[0], row[1])
		findings = append(findings, answered(row, tests)...)
	}
	for pair := range slices.Chunk(want, 2) {
		i := slices.Index(got, pair[0])
		switch {
		case i < 0:
			findings = append(findings, fmt.Sprintf("%s: %s is not answered", asvs, pair[0]))
		case got[i+1] != pair[1]:
			findings = append(findings, fmt.Sprintf("%s: %s is of level %s", asvs, pair[0], pair[1]))
		}
	}
	if len(got) != len(want) {
		findings = append(findings, fmt.Sprintf("%s: %d rows, want %d", asvs, len(got)/2, len(want)/2))
	}
	return findings
}

// answered judges one row: a test names one, the others give a reason.
func answered(row []string, tests map[string]bool) (findings []string) {
	id, requirement, answer, where := row[0], row[2], row[3], row[4]
	named := namedTest.FindAllString(where, -1)
	for _, name := range named {
		if !tests[name] {
			findings = append(findings, fmt.Sprintf("%s: %s names %s, which does not exist", asvs, id, name))
		}
	}
	switch {
	case requirement == "", where == "":
		findings = append(findings, fmt.Sprintf("%s: %s says nothing", asvs, id))
	case answer == "test" && len(named) == 0:
		findings = append(findings, fmt.Sprintf("%s: %s names no test", asvs, id))
	case !slices.Contains([]string{"test", "not applicable", "gap"}, answer):
		findings = append(findings, fmt.Sprintf("%s: %s answers %q", asvs, id, answer))
	}
	return findings
}
