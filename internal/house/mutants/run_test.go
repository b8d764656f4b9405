// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package mutants

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/house/figures"
)

var folder = flag.String("figures", "", "folder of the figures; empty: none is written")

// patience is how long one mutant's tests may take. A test that hangs is no kill.
const patience = 5 * time.Minute

// suite is what plays tests: those of one folder, by name, in one build.
type suite struct{ dir, run, tags string }

// The source is never touched: the compiler is told to read another file in the
// place of the broken one (go help build, -overlay). A mutant that does not
// compile is no mutant, and tests that fail without one notice nothing.
func TestEveryMutantIsCaught(t *testing.T) {
	sound := map[suite]bool{}
	played, caught := 0, 0
	for _, m := range all {
		t.Run(m.rule, func(t *testing.T) {
			played++
			s := suite{m.dir, m.run, m.tags}
			if !sound[s] {
				if out, ok := s.passes(t, ""); !ok {
					t.Fatalf("%s fails with no mutant:\n%s", m.run, out)
				}
				sound[s] = true
			}
			if out, survived := s.passes(t, overlay(t, m)); survived {
				t.Fatalf("survived %s", m.run)
			} else if !strings.Contains(out, "--- FAIL") && !strings.Contains(out, "\npanic: ") {
				t.Fatalf("no test says why it failed:\n%s", out)
			}
			caught++
		})
	}
	t.Logf("%d mutants caught of %d played", caught, played)
	if played == len(all) {
		f := figures.AtLeast("mutants caught", float64(caught), fmt.Sprintf("of %d", len(all)), float64(len(all)))
		must(t, figures.Keep(*folder, "faults", "make proof", time.Now(), f))
	}
}

// overlay writes the broken file, and what tells the compiler to read it.
func overlay(t *testing.T, m mutant) string {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join(root, m.file))
	must(t, err)
	broken := filepath.Join(dir, filepath.Base(m.file))
	must(t, os.WriteFile(broken, []byte(strings.Replace(read(t, m.file), m.old, m.now, 1)), 0o600))
	told, err := json.Marshal(map[string]map[string]string{"Replace": {source: broken}})
	must(t, err)
	path := filepath.Join(dir, "overlay.json")
	must(t, os.WriteFile(path, told, 0o600))
	return path
}

// passes compiles a folder's tests, with an overlay or none, and plays the suite's.
// Tests that do not compile, are not found or hang end the whole run.
func (s suite) passes(t *testing.T, overlay string) (string, bool) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tests")
	build := exec.Command("go", "test", "-c", "-vet=off", "-o", binary, "-tags", s.tags, "-overlay", overlay, "./"+s.dir)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s does not compile:\n%s", s.dir, out)
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	args := []string{"-test.short", "-test.failfast", "-test.v", "-test.run", "^(" + s.run + ")$"}
	if strings.Contains(tests(t, s.dir), `"pgregory.net/rapid"`) {
		args = append(args, "-rapid.nofailfile") // a mutant's example is no regression of ours
	}
	play := exec.CommandContext(ctx, binary, args...)
	play.Dir = filepath.Join(root, s.dir)
	out, err := play.CombinedOutput()
	if ctx.Err() != nil || !strings.Contains(string(out), "=== RUN") {
		t.Fatalf("%s in %s: not played to the end: %v\n%s", s.run, s.dir, err, out)
	}
	return string(out), err == nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
