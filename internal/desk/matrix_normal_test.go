// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nopolicy && !nojournal

package desk

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// Everybody knocks at every route about everything, and gets what the oracle says:
// no word that she may not see, none before its entry is written, nothing changed
// by what is refused, and what is withheld looks as what does not exist.
//
// Seen to kill: a case read by whoever is out of it, and a note corrected by its
// readers (policy); a case read before its gate (statements); reception opening cases; grants without since and until; a
// narrowing that gives time; forbidden that is not absent; an entry proved and not
// written; a draft written over, or opened, by anybody. Seen to survive: an
// invitation cancelled by anybody in its room: the chain refuses it too.
func TestTheAccessMatrix(t *testing.T) {
	begin := time.Now()
	dir := t.TempDir()
	tell(t, dir)
	w := newWorld(t, dir)
	t.Logf("told in %s", time.Since(begin).Round(time.Millisecond))
	s := w.matrix(judged)
	w.together("nadia", "samir", "mina")
	for _, c := range w.Canaries {
		for _, actor := range may(c.Secret, byThing()) {
			if !testing.Short() && !s.seen[[2]string{c.Secret + ", " + c.Field, actor}] {
				t.Errorf("%s, %s is never shown to %s, who may see it", c.Secret, c.Field, actor)
			}
		}
	}
	const cells, least404 = 2000, 500 // of issue 3; so that comparing nothing fails
	keepFigures(t,
		least("access cells", s.cells, cells),
		most("leaks", s.leaks, 0),
		most("rows changed by refused writes", s.wrote, 0),
		most("withheld that do not look absent", s.unlike, 0),
		most("words shown before their entry", s.late, 0),
		least("withheld compared with absent", s.compared, least404),
		most("withheld that ask the database otherwise than absent", s.otherwise, 0))
	t.Logf("%d cells, %d compared, %d leaks, %d unlike, %d other statements, %d late, %d restores, %s", s.cells, s.compared, s.leaks, s.unlike, s.otherwise, s.late, w.restored, time.Since(begin).Round(time.Millisecond))
}

// together has somebody who works in two services say that a person of each is one:
// nobody reads more than before, and only who reads both is told of the other.
//
// Seen to kill: another record shown without asking whether it opens.
func (w *world) together(one, other, by string) {
	w.t.Helper()
	w.restore()
	places := byThing()
	ids := map[string]string{one: w.id("person " + one), other: w.id("person " + other)}
	if got := w.knock(by, call{"POST", "/persons/" + ids[one] + "/merge", url.Values{"filter": {"a"}, "kin": {ids[other]}}}); got.status != http.StatusSeeOther {
		w.t.Fatalf("%s cannot bring them together: %d", by, got.status)
	}
	for _, actor := range []string{"karim", "rose", "paul", "hugo", "vera", "luc", by} {
		for name, id := range ids {
			got := w.knock(actor, call{"GET", "/persons/" + id, nil})
			want, told := http.StatusNotFound, strings.Contains(got.body, ids[map[string]string{one: other, other: one}[name]])
			if slices.Contains(may("identity "+name, places), actor) {
				want = http.StatusOK
			}
			if got.status != want || told != (actor == by) {
				w.t.Errorf("%s, of two together: %s gets %d, want %d, told of the other: %t", name, actor, got.status, want, told)
			}
			for _, c := range w.shown(got) {
				if !slices.Contains(may(c.Secret, places), actor) {
					w.t.Errorf("brought together, %s shows %s to %s", name, c.Secret, actor)
				}
			}
		}
	}
}

// judged compares one cell with the oracle.
func judged(w *world, r row, thing, actor string, got reply, s *sum) {
	w.t.Helper()
	places, function := byThing(), byFunction()
	status, writes := r.answer(thing, actor, places, function)
	cell := r.route + " " + thing + " by " + actor
	if got.status != status {
		w.t.Errorf("%s answers %d, the oracle says %d (%s)", cell, got.status, status, r.law)
	}
	for _, c := range w.shown(got) {
		s.seen[[2]string{c.Secret + ", " + c.Field, actor}] = true
		if !slices.Contains(may(c.Secret, places), actor) || !r.mayShow(thing, c.Secret) {
			s.leaks++
			w.t.Errorf("%s shows %s, %s", cell, c.Secret, c.Field)
		}
		if got.first <= got.before || got.first != got.after || !slices.Contains(got.slips, w.journalOf(c.Secret)) {
			s.late++
			w.t.Errorf("%s shows %s: %d entries before the first byte, %d at the end, in %d journals", cell, c.Secret, got.first-got.before, got.after-got.before, len(got.slips))
		}
	}
	nothing, _ := r.answer(r.about+" absent", actor, places, function)
	if away := outside(places, r.about, thing, actor); away && got.status == 404 && nothing == 404 {
		s.compare(w, r, cell, thing, actor, got)
	}
	touched, changed := got.touched(), w.changed(got)
	if changed != writes {
		s.wrote++
		w.t.Errorf("%s changes the record: %t, the oracle says %t", cell, changed, writes)
	}
	if changed && function[actor] == "veiled" && slices.ContainsFunc(touched, func(t string) bool { return t != "draft" && t != "session" }) {
		w.t.Errorf("%s writes into %v", cell, touched)
	}
	if changed {
		w.restore()
		clear(s.absent)
	}
}

// outside reports whether somebody has no reason to know that a thing exists: those
// who have, or had, a place in a case know that there are notes in it.
func outside(places map[string]map[string]string, about, thing, actor string) bool {
	_, name, _ := strings.Cut(thing, " ")
	of := thing
	switch {
	case about == "" || name == "absent":
		return false
	case about == "target":
		of = "case " + name
	case about == "note", about == "document":
		of = "case " + caseOf[name]
	}
	once := of == "case nadia" && slices.Contains(strings.Fields("anna tom lena"), actor)
	return places[of][actor] == "" && !once
}

// compare says where what is withheld differs from what does not exist.
func (s *sum) compare(w *world, r row, cell, thing, actor string, got reply) {
	w.t.Helper()
	other := w.call(r, r.about+" absent", actor)
	key := r.route + " " + r.about + " " + actor
	absent, known := s.absent[key]
	if !known {
		w.knock(actor, other) // what a process remembers between requests is remembered of both
		absent = w.knock(actor, other)
		s.absent[key] = absent
	}
	got = w.knock(actor, w.call(r, thing, actor))
	s.compared++
	plain := func(text string) string {
		for _, id := range w.IDs {
			text = strings.ReplaceAll(text, id, "ID")
		}
		return text
	}
	if got.status != absent.status || plain(got.body) != plain(absent.body) || plain(got.headers) != plain(absent.headers) {
		s.unlike++
		w.t.Errorf("%s does not look like what does not exist", cell)
	}
	if !slices.Equal(got.asked, absent.asked) {
		s.otherwise++
		if s.otherwise < 10 {
			w.t.Errorf("%s asks the database otherwise: %s", cell, differently(got.asked, absent.asked))
		}
	}
	if got.after-got.before != absent.after-absent.before {
		w.t.Errorf("%s writes %d entries, what does not exist %d", cell, got.after-got.before, absent.after-absent.before)
	}
}

// differently names the first statement that only one of two requests makes.
func differently(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("statement %d of %d is %.160q, not %.160q of %d", i, len(got), squeezed(got[i]), squeezed(want[i]), len(want))
		}
	}
	return fmt.Sprintf("%d statements, not %d", len(got), len(want))
}

func squeezed(query string) string { return strings.Join(strings.Fields(query), " ") }

// journalOf is the person in whose journal an opening of a secret stands.
func (w *world) journalOf(secret string) string {
	kind, name, _ := strings.Cut(secret, " ")
	switch kind {
	case "note", "document":
		name = caseOf[name]
	case "appointment":
		if name == "alone" {
			return "" // no file: the house's
		}
	case "identity":
	default:
		return "" // drafts and slips: the house's
	}
	id, err := record.ParseID[record.Person](w.IDs["person "+name])
	ok(w.t, err)
	return hex.EncodeToString(id[:])
}
