// SPDX-License-Identifier: AGPL-3.0-or-later

package figures

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFiguresOfOtherNamesStay(t *testing.T) {
	folder, day := t.TempDir(), time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, found := range [][]Figure{
		{AtMost("lost", 1, "writes", 0), Plain("kills", 20, "")},
		{AtMost("lost", 0, "writes", 0), AtLeast("caught", 87, "of 87", 87)},
	} {
		if err := Keep(folder, "faults", "make proof", day, found...); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(folder, "faults.json"))
	want := `[
  {
    "name": "caught",
    "value": 87,
    "unit": "of 87",
    "budget": 87,
    "holds": true,
    "at": "2026-11-23",
    "command": "make proof"
  },
  {
    "name": "kills",
    "value": 20,
    "unit": "",
    "budget": null,
    "holds": true,
    "at": "2026-11-23",
    "command": "make proof"
  },
  {
    "name": "lost",
    "value": 0,
    "unit": "writes",
    "budget": 0,
    "holds": true,
    "at": "2026-11-23",
    "command": "make proof"
  }
]
`
	if diff := cmp.Diff(want, string(raw)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if err := Keep("", "faults", "make proof", day, Plain("x", 1, "")); err != nil {
		t.Errorf("without a folder: %v", err)
	}
}
