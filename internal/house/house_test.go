// SPDX-License-Identifier: AGPL-3.0-or-later

// Package house holds the house's own rules: what ARCHITECTURE.md, the glossary
// and the style say about this repository, as tests. It reads files itself: a
// test that asked the go command would be cached with the violation in the tree.
package house

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// A rule looks at the whole tree and says, one line each, what breaks it.
type rule struct {
	name  string
	check func(*tree) []string
}

// rules lists every rule of the house. Each has a mutant in testdata/mutants.
func rules() []rule {
	return []rule{
		{"rooms", checkRooms},
		{"imports", checkImports},
		{"uses", checkUses},
		{"modules", checkModules},
		{"licence-header", checkLicenceHeader},
		{"package-comment", checkPackageComment},
		{"exported-documented", checkExported},
		{"type-names", checkTypeNames},
		{"workers-not-counted", checkTallies},
		{"explained-exceptions", checkExceptions},
		{"links", checkLinks},
		{"glossary", checkGlossary},
		{"limits", checkLimits},
		{"promises", checkPromises},
		{"asvs", checkASVS},
	}
}

// root returns the repository as a tree.
func root(t *testing.T) *tree {
	t.Helper()
	tr, err := load(os.DirFS(filepath.Join("..", "..")))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestTheHouseKeepsItsRules(t *testing.T) {
	tr := root(t)
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, finding := range r.check(tr) {
				t.Error(finding)
			}
		})
	}
}

// TestEachRuleCanFail lays every mutant of testdata/mutants over the sound tree
// and compares what its rule says with the mutant's first lines. A mutant is
// named rule.what.txtar; its comment holds the findings, one a line; a file of
// the single word "absent" removes that file from the sound tree.
func TestEachRuleCanFail(t *testing.T) {
	sound := archive(t, filepath.Join("testdata", "sound.txtar"))
	mutants, err := filepath.Glob(filepath.Join("testdata", "mutants", "*.txtar"))
	if err != nil || len(mutants) == 0 {
		t.Fatalf("no mutant found (%v)", err)
	}
	left := len(mutants)
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			if got := r.check(plant(t, sound)); len(got) > 0 {
				t.Errorf("the sound tree is found at fault: %q", got)
			}
			mine, _ := filepath.Glob(filepath.Join("testdata", "mutants", r.name+".*.txtar"))
			if len(mine) == 0 {
				t.Fatal("no mutant: nothing shows that this rule can fail")
			}
			left -= len(mine)
			for _, name := range mine {
				t.Run(filepath.Base(name), func(t *testing.T) {
					mutant := archive(t, name)
					got := ""
					for _, finding := range r.check(plant(t, sound, mutant)) {
						got += finding + "\n"
					}
					if diff := cmp.Diff(string(mutant.Comment), got); diff != "" || got == "" {
						t.Errorf("findings (-want +got):\n%s", diff)
					}
				})
			}
		})
	}
	if left != 0 {
		t.Errorf("%d mutants belong to no rule", left)
	}
}

func TestATreeWithoutGoFilesIsRefused(t *testing.T) {
	if _, err := load(fstest.MapFS{"go.mod": {Data: []byte("module m\n")}}); err == nil {
		t.Error("load accepted a tree with no Go file")
	}
}

func archive(t *testing.T, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// plant loads the layers, later ones over earlier ones.
func plant(t *testing.T, layers ...*txtar.Archive) *tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, layer := range layers {
		for _, f := range layer.Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			if string(f.Data) == "absent\n" {
				delete(fsys, f.Name)
			}
		}
	}
	tr, err := load(fsys)
	if err != nil {
		t.Fatal(fmt.Errorf("planting: %w", err))
	}
	return tr
}
