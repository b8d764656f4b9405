// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"os"
	"testing"
)

// sharedDir holds the house that tests share.
var sharedDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		panic(err)
	}
	sharedDir = dir
	code := m.Run()
	if sharedHall.hall != nil {
		_ = sharedHall.hall.db.Close()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}
