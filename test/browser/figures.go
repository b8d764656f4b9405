// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Figure is one number that a check asks for (design architecture.md §5).
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

// Figures turns a result into entries of doc/figures/tasks.json. A task that
// failed holds in no figure.
func (r Result) Figures(command string) []Figure {
	ok := len(r.Findings) == 0
	zero := 0.0
	if r.Keyboard {
		return []Figure{
			figure(r.Task.ID+" keyboard only, overhead", r.Score.Overhead, "s", nil, ok, command),
			figure(r.Task.ID+" keyboard only, clicks", float64(r.Score.Clicks), "clicks", &zero, ok, command),
		}
	}
	done := !slices.ContainsFunc(r.Findings, func(f string) bool { return strings.HasPrefix(f, "step ") })
	var out []Figure
	for _, l := range r.Task.Budget.lines(r.Score) {
		within := l.budget == nil || l.value <= *l.budget
		out = append(out, figure(r.Task.ID+" "+l.name, l.value, l.unit, l.budget, done && within, command))
	}
	return append(out,
		figure(r.Task.ID+" content", r.Score.Content, "s", nil, done, command),
		figure(r.Task.ID+" fields", float64(r.Score.Fields), "fields", nil, done, command),
		figure(r.Task.ID+" requests", float64(r.Score.Requests), "requests", nil, done, command),
		figure(r.Task.ID+" double entry", float64(r.Score.DoubleEntries), "entries", &zero, done && r.Score.DoubleEntries == 0, command))
}

func figure(name string, value float64, unit string, budget *float64, holds bool, command string) Figure {
	return Figure{
		Name: name, Value: math.Round(value*10) / 10, Unit: unit, Budget: budget, Holds: holds,
		At: time.Now().UTC().Format(time.DateOnly), Command: command,
	}
}

// Gate makes a figure that holds when the value is at most the budget.
func Gate(name string, value float64, unit string, budget float64, command string) Figure {
	return figure(name, value, unit, &budget, value <= budget, command)
}

// WriteFigures puts figures into doc/figures/<area>.json, when the environment
// asks for it with DEPOSITAIRE_FIGURES=1; figures of the same name are
// replaced, the others stay.
func WriteFigures(t testing.TB, area string, figures []Figure) {
	t.Helper()
	if len(figures) == 0 {
		t.Fatalf("no figure for %s", area)
	}
	if os.Getenv("DEPOSITAIRE_FIGURES") != "1" {
		return
	}
	if err := mergeFigures(figuresFile(t, area), figures); err != nil {
		t.Fatalf("write the figures of %s: %v", area, err)
	}
}

// ReadFigures returns the figures committed for an area, none when there is no
// file yet.
func ReadFigures(t testing.TB, area string) []Figure {
	t.Helper()
	figures, err := readFigures(figuresFile(t, area))
	if err != nil {
		t.Fatalf("read the figures of %s: %v", area, err)
	}
	return figures
}

func figuresFile(t testing.TB, area string) string {
	t.Helper()
	if area == "" || strings.ContainsAny(area, `/\.`) {
		t.Fatalf("no area %q", area)
	}
	return filepath.Join(here(), "..", "..", "doc", "figures", area+".json")
}

func readFigures(file string) ([]Figure, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var figures []Figure
	return figures, json.Unmarshal(data, &figures)
}

// mergeFigures keeps the file sorted, and keeps the day of a figure that did
// not change, so that a run that finds nothing new changes nothing.
func mergeFigures(file string, figures []Figure) error {
	kept, err := readFigures(file)
	if err != nil {
		return err
	}
	for _, f := range figures {
		i := slices.IndexFunc(kept, func(k Figure) bool { return k.Name == f.Name })
		if i < 0 {
			kept = append(kept, f)
			continue
		}
		if same(kept[i], f) {
			f.At = kept[i].At
		}
		kept[i] = f
	}
	slices.SortStableFunc(kept, func(a, b Figure) int { return natural(a.Name, b.Name) })
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	write.SetIndent("", "  ")
	if err := write.Encode(kept); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

func same(a, b Figure) bool {
	budgets := (a.Budget == nil) == (b.Budget == nil) && (a.Budget == nil || *a.Budget == *b.Budget)
	return budgets && a.Value == b.Value && a.Unit == b.Unit && a.Holds == b.Holds && a.Command == b.Command
}

// natural orders T2 before T10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			if c := cmp.Or(cmp.Compare(x, y), cmp.Compare(a[:x], b[:y])); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

// The share and the least amount by which a cost may grow without a word.
const (
	growth = 1.10
	noise  = 0.5
)

// Regressions compares seconds and kilobytes with an earlier run and says what
// grew by more than a tenth (and by more than the noise of the machine).
func Regressions(before, now []Figure) []string {
	var found []string
	for _, b := range before {
		i := slices.IndexFunc(now, func(n Figure) bool { return n.Name == b.Name })
		if i < 0 || b.Unit != "s" && b.Unit != "KB" {
			continue
		}
		if n := now[i]; n.Value > b.Value*growth && n.Value-b.Value > noise {
			found = append(found, fmt.Sprintf("%s grew from %.1f to %.1f %s", n.Name, b.Value, n.Value, n.Unit))
		}
	}
	return found
}
