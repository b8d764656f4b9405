// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"fmt"
	"slices"
	"strings"
)

// maxModules is how many modules the binary may use directly (architecture §3).
const maxModules = 15

const dependencies = "doc/dependencies.md"

// checkModules wants a row in doc/dependencies.md for each module that we
// import, tests included, no row for a module that go.mod does not have, and at
// most maxModules in the binary.
func checkModules(tr *tree) []string {
	t, findings := tr.tableOf(dependencies, "module")
	var listed []string
	for _, row := range t.rows {
		listed = append(listed, names(row[0])...)
		if len(row) != 4 || slices.Contains(row, "") {
			findings = append(findings, fmt.Sprintf("%s: row %s is not module, used by, why, how to leave", dependencies, row[0]))
		}
	}
	for _, m := range tr.modules(true) {
		if !slices.Contains(listed, m) {
			findings = append(findings, fmt.Sprintf("%s: module %s has no row", dependencies, m))
		}
	}
	for _, m := range listed {
		if !slices.Contains(tr.requires, m) {
			findings = append(findings, fmt.Sprintf("%s: module %s is not in go.mod", dependencies, m))
		}
	}
	if n := len(tr.modules(false)); n > maxModules {
		findings = append(findings, fmt.Sprintf("the binary uses %d modules directly, more than %d", n, maxModules))
	}
	return findings
}

// modules returns the modules that the product's files import, or all files of
// its module with tests, sorted. It counts imports, since go.mod does not say
// which module ends in the binary.
func (tr *tree) modules(tests bool) []string {
	var all []string
	for _, f := range tr.files {
		if f.room == "" || f.test && !tests {
			continue
		}
		for _, s := range f.Imports {
			if m := tr.moduleOf(importPath(s)); m != "" {
				all = append(all, m)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// moduleOf returns the required module that an import path is in, "" if none.
func (tr *tree) moduleOf(name string) (best string) {
	for _, m := range tr.requires {
		if (name == m || strings.HasPrefix(name, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}
