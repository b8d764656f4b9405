// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nopolicy

package desk

import (
	"slices"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/policy"
)

// Every permission check is compiled out, and the same organisation is knocked
// at: what an Office opens is its services' anyway; no case, reserved, shared or
// foreign word leaves (secrecy.md §10), whoever holds the emergency right.
//
// Seen to kill: a wrap that needs no grant.
func TestTheAccessMatrixWithoutPolicy(t *testing.T) {
	if policy.Enforced {
		t.Fatal("policy is still here: this is not the build it says")
	}
	w := newWorld(t, toldWhole(t))
	places := byThing()
	s := w.matrix(func(w *world, r row, thing, actor string, got reply, s *sum) {
		cell := r.route + " " + thing + " by " + actor
		for _, c := range w.shown(got) {
			s.seen[[2]string{c.Secret, actor}] = true
			if !slices.Contains(may(c.Secret, places), actor) {
				s.leaks++
				t.Errorf("%s shows %s, %s", cell, c.Secret, c.Field)
			}
		}
		if w.changed(got) {
			// A lead or an officer may end a place: an availability, not a reading (doc/threat-model.md).
			ends := r.route == "POST /cases/{id}/readers/{member}/stop" && slices.Contains([]string{"lead", "boss", "admin"}, byFunction()[actor])
			if (r.about == "case" || r.about == "note" || r.about == "document") && places[thing][actor] == "" && got.status < 400 && !ends {
				s.wrote++
				t.Errorf("%s answers %d and writes %v, with keys of nothing there", cell, got.status, got.touched())
			}
			w.restore()
		}
	})
	if strings.Contains(w.logs.String(), "panic") {
		t.Error("a page panicked")
	}
	for _, c := range w.Canaries {
		if !s.seen[[2]string{c.Secret, may(c.Secret, places)[0]}] {
			t.Errorf("%s is never shown to who may see it: nothing was tested", c.Secret)
		}
	}
	t.Logf("%d cells, %d leaks", s.cells, s.leaks)
	keepFigures(t,
		most("leaks, every permission check compiled out", s.leaks, 0),
		most("writes into cases without a key, every permission check compiled out", s.wrote, 0))
}
