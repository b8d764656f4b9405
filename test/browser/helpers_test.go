// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// standin makes the binary that takes the product's place.
var standin = sync.OnceValues(func() (string, error) {
	return build(here(), "./testdata/standin", filepath.Join(here(), "testdata", "standin", "standin.bin"))
})

func startStandin(t testing.TB, command string, args ...string) *Product {
	t.Helper()
	binary, err := standin()
	if err != nil {
		t.Fatal(err)
	}
	return startBinary(t, binary, command, args...)
}

// recorder is a test that may fail without failing the real one.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// one fails unless exactly one finding contains the words.
func one(t *testing.T, findings []string, words string) {
	t.Helper()
	n := 0
	for _, f := range findings {
		if strings.Contains(f, words) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d findings with %q, want 1, among %q", n, words, findings)
	}
}

// none fails when there is a finding.
func none(t *testing.T, of string, findings []string) {
	t.Helper()
	NoFindings(t, of, findings)
}

// fatal is a test whose end is a panic that its caller recovers.
type fatal struct {
	testing.TB
	said string
}

func (f *fatal) Helper() {}

func (f *fatal) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f.said)
}
