// SPDX-License-Identifier: AGPL-3.0-or-later

// Package mutants breaks the product's security rules one at a time and looks
// whether a named test notices. Its list is data; go test reads it to keep it true
// to the code, make mutants plays it.
package mutants

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is one way of breaking one rule, and who must notice.
type mutant struct {
	rule string // broken, as a sentence
	file string
	old  string // stands in the file exactly once
	now  string // stands there instead
	dir  string // of the tests that must fail
	run  string // their names, separated by |
	tags string // of the build they belong to; "" for the one that ships
}

const root = "../../.." // of the repository, seen from here

// least is how many rules are broken at least.
const least = 40

// A list that names what is no longer there breaks nothing, and says so here.
// Seen to kill: an old text that stands twice; a test that is not there.
func TestEveryMutantFindsWhatItBreaksAndWhoMustNotice(t *testing.T) {
	if len(all) < least {
		t.Fatalf("%d mutants, want at least %d", len(all), least)
	}
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m.rule] {
			t.Errorf("%s: twice", m.rule)
		}
		seen[m.rule] = true
		if n := strings.Count(read(t, m.file), m.old); n != 1 || m.old == m.now {
			t.Errorf("%s: what it breaks stands %d times in %s, want once", m.rule, n, m.file)
		}
		for name := range strings.SplitSeq(m.run, "|") {
			if !strings.Contains(tests(t, m.dir), "\nfunc "+name+"(") {
				t.Errorf("%s: no %s in %s", m.rule, name, m.dir)
			}
		}
	}
}

// tests is the text of a folder's tests.
func tests(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test in %s: %v", dir, err)
	}
	var b strings.Builder
	for _, f := range files {
		b.WriteString(read(t, strings.TrimPrefix(f, root)))
	}
	return b.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
