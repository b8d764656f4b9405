// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFiguresAreMergedSortedAndStable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures", "tasks.json")
	ten := 10.0
	first := []Figure{
		{Name: "T10 overhead", Value: 17, Unit: "s", Holds: true, At: "2026-01-01", Command: "make bench"},
		{Name: "T2 overhead", Value: 7.3, Unit: "s", Budget: &ten, Holds: true, At: "2026-01-01", Command: "make bench"},
	}
	if err := mergeFigures(file, first); err != nil {
		t.Fatal(err)
	}
	before := read(t, file)
	later := []Figure{first[1]}
	later[0].At = "2026-02-02"
	if err := mergeFigures(file, later); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, read(t, file)); diff != "" {
		t.Errorf("a run that finds nothing new changes the file (-before +after):\n%s", diff)
	}
	later[0].Value, later[0].Holds = 12, false
	if err := mergeFigures(file, later); err != nil {
		t.Fatal(err)
	}
	got, err := readFigures(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Figure{later[0], first[0]}, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	if !strings.Contains(before, `"budget": null`) || strings.Contains(before, `"aim"`) {
		t.Errorf("the file reads\n%s", before)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAResultBecomesFigures(t *testing.T) {
	ten := 10.0
	r := Result{Task: Task{ID: "T2", Budget: Budget{Overhead: &ten}}, Score: Score{Overhead: 12.34, Keys: 2}, Findings: []string{"overhead: 12.3, budget 10.0"}}
	holds := map[string]bool{}
	for _, f := range r.Figures("make bench") {
		holds[f.Name] = f.Holds
	}
	want := map[string]bool{
		"T2 overhead": false, "T2 keys": true, "T2 clicks": true, "T2 pages": true, "T2 weight": true,
		"T2 content": true, "T2 fields": true, "T2 requests": true, "T2 double entry": true,
	}
	if diff := cmp.Diff(want, holds); diff != "" {
		t.Errorf("figures that hold (-want +got):\n%s", diff)
	}
	r.Findings = append(r.Findings, "step 2: no such field")
	for _, f := range r.Figures("make bench") {
		if f.Holds {
			t.Errorf("%s holds though the task was not done", f.Name)
		}
	}
	r.Keyboard = true
	if got := r.Figures("make bench"); len(got) != 2 || got[0].Holds {
		t.Errorf("keyboard figures %+v", got)
	}
}

func TestRegressionsAreMoreThanATenth(t *testing.T) {
	before := []Figure{{Name: "T2 overhead", Value: 10, Unit: "s"}, {Name: "T2 keys", Value: 2, Unit: "keys"}, {Name: "T3 overhead", Value: 1, Unit: "s"}}
	now := []Figure{{Name: "T2 overhead", Value: 11.5, Unit: "s"}, {Name: "T2 keys", Value: 4, Unit: "keys"}, {Name: "T3 overhead", Value: 1.3, Unit: "s"}}
	if diff := cmp.Diff([]string{"T2 overhead grew from 10.0 to 11.5 s"}, Regressions(before, now)); diff != "" {
		t.Errorf("regressions (-want +got):\n%s", diff)
	}
}

func TestFiguresAreWrittenOnlyWhenAsked(t *testing.T) {
	t.Setenv("DEPOSITAIRE_FIGURES", "")
	file := figuresFile(t, "harness")
	WriteFigures(t, "harness", []Figure{Gate("a", 1, "s", 2, "go test")})
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("%s was written: %v", file, err)
	}
	if f := Gate("a", 3, "s", 2, "go test"); f.Holds {
		t.Error("3 s hold in a budget of 2")
	}
}
