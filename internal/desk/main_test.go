// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedDir holds the house that tests share, adminDir the one whose services and
// functions they change.
var sharedDir, adminDir string

func TestMain(m *testing.M) {
	if plan := os.Getenv(childPlan); plan != "" {
		os.Exit(child(plan))
	}
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		panic(err)
	}
	sharedDir, adminDir = dir, filepath.Join(dir, "admin")
	if err := os.Mkdir(adminDir, 0o700); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, h := range []*hall{sharedHall.hall, adminHall.hall} {
		if h != nil {
			_ = h.db.Close()
		}
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
