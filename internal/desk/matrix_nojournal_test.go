// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nojournal

package desk

import "testing"

// Appending is compiled out, and the same organisation is knocked at, sessions
// and all: nothing opens, so no canary leaves, not even for who may see it.
//
// Seen to kill: words without the proof of an entry.
func TestTheAccessMatrixWithoutAJournal(t *testing.T) {
	w := newWorld(t, toldWhole(t))
	s := w.matrix(func(w *world, r row, thing, actor string, got reply, s *sum) {
		for _, c := range w.shown(got) {
			s.leaks++
			t.Errorf("%s %s by %s shows %s, %s", r.route, thing, actor, c.Secret, c.Field)
		}
		if got.after != got.before {
			t.Fatal("the journal is still here: this is not the build it says")
		}
		if w.changed(got) {
			w.restore()
		}
	})
	t.Logf("%d cells, %d leaks", s.cells, s.leaks)
	keepFigures(t, most("leaks, journal compiled out", s.leaks, 0))
}
