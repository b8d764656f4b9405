// SPDX-License-Identifier: AGPL-3.0-or-later

// Package figures keeps the numbers that checks ask for in doc/figures, where the
// README's tables find them. Tests write there, none of it is in a binary.
package figures

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Figure is one number (architecture.md §5).
type Figure struct {
	Name    string   `json:"name"`
	Value   float64  `json:"value"`
	Unit    string   `json:"unit"`
	Budget  *float64 `json:"budget"` // null when nothing is promised
	Holds   bool     `json:"holds"`
	Aim     bool     `json:"aim,omitempty"` // hoped for, not a gate
	At      string   `json:"at"`            // day of the measure
	Command string   `json:"command"`       // what measures it again
}

// Plain is a figure that promises nothing.
func Plain(name string, value float64, unit string) Figure {
	return Figure{Name: name, Value: value, Unit: unit, Holds: true}
}

// AtMost is a figure that holds up to its budget.
func AtMost(name string, value float64, unit string, budget float64) Figure {
	return Figure{Name: name, Value: value, Unit: unit, Budget: &budget, Holds: value <= budget}
}

// AtLeast is a figure that holds from its budget on.
func AtLeast(name string, value float64, unit string, budget float64) Figure {
	return Figure{Name: name, Value: value, Unit: unit, Budget: &budget, Holds: value >= budget}
}

// Keep replaces the figures of the same names in folder's file of an area, which
// stays sorted. An empty folder keeps nothing.
func Keep(folder, area, command string, at time.Time, found ...Figure) error {
	if folder == "" {
		return nil
	}
	path := filepath.Join(folder, area+".json")
	var all []Figure
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, f := range found {
		f.At, f.Command = at.UTC().Format(time.DateOnly), command
		all = slices.DeleteFunc(all, func(old Figure) bool { return old.Name == f.Name })
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Figure) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
