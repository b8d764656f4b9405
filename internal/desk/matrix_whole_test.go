// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nopolicy || nojournal

package desk

import (
	"os"
	"os/exec"
	"testing"
)

// toldWhole has the whole product, with every safeguard, write the tale: a build
// without one could not, or would write another.
func toldWhole(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^TestTellTheTale$", ".")
	c.Env = append(os.Environ(), "DEPOSITAIRE_TEST_TALE="+dir)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
