// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"flag"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/house/figures"
)

// folder is where make keeps what was counted.
var folder = flag.String("figures", "", "folder of the figures; empty: none is written")

// least is a figure that holds from its budget upwards, most one that holds up to it.
func least(name string, value, budget int) figures.Figure {
	return figures.AtLeast(name, float64(value), "found", float64(budget))
}

func most(name string, value, budget int) figures.Figure {
	return figures.AtMost(name, float64(value), "found", float64(budget))
}

// keepFigures fails on what does not hold, and replaces the figures of the same
// name in matrix.json when make asks for it.
func keepFigures(t *testing.T, found ...figures.Figure) {
	t.Helper()
	for _, f := range found {
		if !f.Holds {
			t.Errorf("%s: %v, want %v", f.Name, f.Value, *f.Budget)
		}
	}
	ok(t, figures.Keep(*folder, "matrix", "make matrix", time.Now(), found...))
}
