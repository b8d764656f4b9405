// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// figures is where make matrix keeps what the matrix counted.
var figures = flag.String("figures", "", "the folder of figures to write to")

// figure is one line of doc/figures (architecture.md §5).
type figure struct {
	Name    string `json:"name"`
	Value   int    `json:"value"`
	Unit    string `json:"unit"`
	Budget  int    `json:"budget"`
	Holds   bool   `json:"holds"`
	At      string `json:"at"`
	Command string `json:"command"`
}

// least is a figure that holds from its budget upwards, most one that holds up to it.
func least(name string, value, budget int) figure {
	return figure{name, value, "found", budget, value >= budget, time.Now().UTC().Format(time.DateOnly), "make matrix"}
}

func most(name string, value, budget int) figure {
	f := least(name, value, budget)
	f.Holds = value <= budget
	return f
}

// keepFigures fails on what does not hold, and replaces the figures of the same
// name in matrix.json when make asks for it.
func keepFigures(t *testing.T, found ...figure) {
	t.Helper()
	for _, f := range found {
		if !f.Holds {
			t.Errorf("%s: %d, want %d", f.Name, f.Value, f.Budget)
		}
	}
	if *figures == "" {
		return
	}
	file := filepath.Join(*figures, "matrix.json")
	var all []figure
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range found {
		all = slices.DeleteFunc(all, func(old figure) bool { return old.Name == f.Name })
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b figure) int { return cmp.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	ok(t, e.Encode(all))
	ok(t, os.WriteFile(file, out.Bytes(), 0o644))
}
