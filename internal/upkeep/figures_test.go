// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// figure is one number of doc/figures/faults.json.
type figure struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Budget  float64 `json:"budget"`
	Holds   bool    `json:"holds"`
	At      string  `json:"at"`
	Command string  `json:"command"`
}

// writeFigure puts a figure among those of other tests; an empty folder keeps none.
func writeFigure(t *testing.T, folder string, f figure) {
	t.Helper()
	if folder == "" {
		return
	}
	path := filepath.Join(folder, "faults.json")
	var all []json.RawMessage
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(r json.RawMessage) bool { return named(t, r) == f.Name })
	one, err := json.Marshal(f)
	must(t, err)
	all = append(all, one)
	slices.SortFunc(all, func(a, b json.RawMessage) int { return strings.Compare(named(t, a), named(t, b)) })
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	must(t, encoder.Encode(all))
	must(t, os.WriteFile(path, out.Bytes(), 0o644))
}

func named(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var f struct{ Name string }
	must(t, json.Unmarshal(raw, &f))
	return f.Name
}
