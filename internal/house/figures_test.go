// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the figures into README.md")

// measured is one line of doc/figures that promises something.
type measured struct {
	Name   string
	Value  float64
	Unit   string
	Budget *float64
	Holds  bool
	Aim    bool
}

func (m measured) row() string {
	held := map[bool]string{true: "holds", false: "**over**"}[m.Holds]
	if m.Aim && !m.Holds {
		held = "not yet (an aim)"
	}
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	return fmt.Sprintf("| %s | %s %s | %s | %s |\n", m.Name, number(m.Value), m.Unit, number(*m.Budget), held)
}

// figuresTable is what README.md shows of doc/figures: the promises of the areas
// that are there, in this order; of the pages, which are many, the heaviest and
// those over their budget.
func figuresTable(doc fs.FS) (string, error) {
	rows := ""
	for _, area := range []string{"tasks", "pages", "bench", "matrix"} {
		raw, err := fs.ReadFile(doc, area+".json")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var all []measured
		if err == nil {
			err = json.Unmarshal(raw, &all)
		}
		if err != nil {
			return "", fmt.Errorf("%s.json: %w", area, err)
		}
		all = slices.DeleteFunc(all, func(m measured) bool { return m.Budget == nil })
		if area == "pages" {
			all = heaviest(all)
		}
		for _, m := range all {
			rows += m.row()
		}
	}
	if rows == "" {
		return "", nil
	}
	return "| what | measured | budget | |\n|---|---|---|---|\n" + rows, nil
}

const heavy = 3 // pages shown although they hold

// heaviest keeps the figures nearest to their budget, and all those over it.
func heaviest(all []measured) []measured {
	share := func(m measured) float64 { return m.Value / max(*m.Budget, 1) }
	slices.SortStableFunc(all, func(a, b measured) int { return cmp.Compare(share(b), share(a)) })
	held := 0
	return slices.DeleteFunc(all, func(m measured) bool {
		if m.Holds {
			held++
		}
		return m.Holds && held > heavy
	})
}

const (
	figuresBegin = "<!-- figures: go test ./internal/house -update -->\n"
	figuresEnd   = "<!-- /figures -->"
)

func TestTheReadmeShowsTheFiguresThatWereMeasured(t *testing.T) {
	root := filepath.Join("..", "..")
	table, err := figuresTable(os.DirFS(filepath.Join(root, "doc", "figures")))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "README.md")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), figuresBegin)
	shown, after, ended := strings.Cut(rest, figuresEnd)
	if !found || !ended {
		t.Fatal("README.md has no place for the figures")
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+figuresBegin+table+figuresEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(table, shown); diff != "" {
		t.Errorf("run go test ./internal/house -update (-measured +shown):\n%s", diff)
	}
}

func TestAFigureOverItsBudgetStaysVisible(t *testing.T) {
	budget := 2.5
	for want, m := range map[string]measured{
		"| open | 2.4 × | 2.5 | holds |\n":            {"open", 2.4, "×", &budget, true, false},
		"| open | 2.6 × | 2.5 | **over** |\n":         {"open", 2.6, "×", &budget, false, false},
		"| open | 2.6 × | 2.5 | not yet (an aim) |\n": {"open", 2.6, "×", &budget, false, true},
	} {
		if diff := gocmp.Diff(want, m.row()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	table, err := figuresTable(os.DirFS(t.TempDir()))
	if table != "" || err != nil {
		t.Errorf("nothing measured gives %q, %v", table, err)
	}
}
