// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"slices"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// history is a random life of two services: who does what is drawn, whether they
// may or not; the sentence must stay true.
type history struct {
	*cast
	rt      *rapid.T
	members []record.MemberID
	closed  map[record.MemberID]bool
	cases   []record.Case
	notes   []written
	persons []record.PersonID
	done    map[string]int // acts that were accepted, by name
}

type written struct {
	obj    record.Object
	in     int // of cases
	author record.MemberID
	pad    bool
}

// Seen to kill: follow without its grants; living without the certificate;
// justified without a live emergency.
func TestTheSentenceNamesExactlyWhoOpens(t *testing.T) {
	total := map[string]int{}
	checked := 0
	if testing.Short() {
		must(t, flag.Set("rapid.checks", "10"))
	}
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{cast: newCast(t), rt: rt, closed: map[record.MemberID]bool{}, done: total}
		h.members = []record.MemberID{h.julie, h.karim, h.ines, h.renee, h.accueil, h.sud, h.founder}
		h.open1()
		h.open1()
		for range rapid.IntRange(3, 16).Draw(rt, "acts") {
			h.act()
		}
		checked += h.check()
		_ = h.db.Close()
	})
	for _, name := range []string{"write", "admit", "end", "widen", "narrow", "correct", "move", "move", "close", "open", "wait"} {
		if total[name] == 0 && !testing.Short() {
			t.Errorf("no history had a %s", name)
		}
	}
	if checked == 0 {
		t.Error("no sentence was compared")
	}
	t.Logf("%d sentences over %v", checked, total)
}

// pick draws anybody, and those who carry the cases more often: an act that is
// always refused tells little.
func (h *history) pick(name string) record.MemberID {
	return rapid.SampledFrom(append([]record.MemberID{h.julie, h.julie, h.julie, h.julie, h.karim, h.karim}, h.members...)).Draw(h.rt, name)
}

// run does an act in the name of somebody; a refusal is an answer, anything else fails.
func (h *history) run(name string, by record.MemberID, prepare func(*Act) error, commit Commit) bool {
	u, err := h.room.Unlock(ctx, by, h.secrets[by], "")
	if err == nil {
		err = h.room.Do(ctx, u, prepare, commit)
	}
	switch fault.KindOf(err) {
	case fault.Withheld, fault.Refused, fault.SignedOut, fault.Conflict:
		return false
	}
	if err != nil {
		h.rt.Fatalf("%s: %v", name, err)
	}
	h.done[name]++
	return true
}

func (h *history) act() {
	acts := map[string]func(){
		"write": h.writes, "admit": h.admits, "end": h.ends, "widen": h.widens, "narrow": h.narrows,
		"correct": h.corrects, "move": h.moves, "close": h.closes, "open": h.open1, "wait": h.waits, "read": h.readsSome,
	}
	names := []string{"write", "write", "write", "admit", "admit", "end", "widen", "widen", "narrow", "correct", "move", "move", "close", "open", "wait", "read"}
	acts[rapid.SampledFrom(names).Draw(h.rt, "act")]()
}

func (h *history) aCase() (int, record.Case) {
	i := rapid.IntRange(0, len(h.cases)-1).Draw(h.rt, "case")
	return i, h.cases[i]
}

func (h *history) open1() {
	by, referent := h.julie, h.julie
	if len(h.cases) > 0 {
		by = rapid.SampledFrom([]record.MemberID{h.karim, h.renee}).Draw(h.rt, "who opens")
		referent = rapid.SampledFrom([]record.MemberID{h.julie, h.julie, h.karim}).Draw(h.rt, "referent")
	}
	if len(h.persons) < 2 && !h.closed[h.accueil] {
		h.persons = append(h.persons, h.receive(h.accueil, h.north, "Lucie"))
	}
	c := record.Case{ID: record.NewID[record.Case](), Service: h.north, Open: true, Persons: slices.Clone(h.persons)}
	missions, err := h.db.Missions(ctx, h.north)
	must(h.t, err)
	c.Mission = missions[0].ID
	readers := rapid.SliceOfNDistinct(rapid.SampledFrom(h.members[:4]), 0, 2, rapid.ID).Draw(h.rt, "readers")
	ok := h.run("open", by, func(a *Act) error {
		return a.OpenCase(ctx, Opening{Case: c, Referent: referent, Readers: readers, Reason: record.ReasonTeam})
	}, func(ctx context.Context, a *Act) error {
		return h.db.Write(ctx, func(tx *store.Tx) error { return first(tx.PutCase(ctx, c), a.Apply(ctx, tx)) })
	})
	if ok {
		h.cases = append(h.cases, c)
	}
}

func (h *history) writes() {
	i, c := h.aCase()
	by := h.pick("author")
	ink := rapid.SampledFrom([]string{"team", "reserved", "shared", "pad"}).Draw(h.rt, "ink")
	w := written{in: i, author: by, pad: ink == "pad"}
	ok := h.run("write", by, func(a *Act) error {
		in, err := h.ink(a, c, by, ink)
		if err != nil {
			return err
		}
		w.obj, err = a.Add(ctx, caseOwner(c), []record.CircleID{in}, note(c, "mots"))
		return err
	}, nil)
	if ok {
		h.notes = append(h.notes, w)
	}
}

func (h *history) ink(a *Act, c record.Case, by record.MemberID, ink string) (record.CircleID, error) {
	switch ink {
	case "reserved":
		return a.Reserved(ctx, c.ID)
	case "pad":
		return h.circle(record.OwnerOf(record.OwnerMember, by), ofKind(record.Scratchpad)).ID, nil
	case "shared":
		return h.circle(caseOwner(c), ofKind(record.Shared)).ID, nil
	}
	return h.main(c), nil
}

func (h *history) widening() Widening {
	w := forReaders
	w.To = h.pick("to")
	at := func(name string) record.Minute {
		n := rapid.SampledFrom([]int{0, 0, 45, 120}).Draw(h.rt, name)
		if n == 0 {
			return 0
		}
		return h.room.minute() + record.Minute(n)
	}
	w.Since, w.Until = at("since"), at("until")
	return w
}

func (h *history) admits() {
	_, c := h.aCase()
	w := h.widening()
	h.run("admit", h.pick("by"), func(a *Act) error { return a.AdmitToCase(ctx, c, w) }, nil)
}

func (h *history) ends() {
	_, c := h.aCase()
	m := h.pick("ended")
	h.run("end", h.pick("by"), func(a *Act) error { return a.EndInCase(ctx, c, m) }, nil)
}

func (h *history) aNote() (int, bool) {
	if len(h.notes) == 0 {
		return 0, false
	}
	return rapid.IntRange(0, len(h.notes)-1).Draw(h.rt, "note"), true
}

func (h *history) widens() {
	if i, ok := h.aNote(); ok {
		n, w := h.notes[i], h.widening()
		h.run("widen", n.author, func(a *Act) error { return a.WidenNote(ctx, h.cases[n.in], n.obj.ID, w) }, nil)
	}
}

// opened are the versions of a note, as its author sees them.
func (h *history) opened(n written) []Item {
	u, err := h.room.Unlock(ctx, n.author, h.secrets[n.author], "")
	if err != nil {
		return nil
	}
	items, err := h.room.Open(ctx, u, followUp, Ask{Owner: caseOwner(h.cases[n.in]), Objects: []record.ObjectID{n.obj.ID}, History: true})
	if err != nil {
		return nil
	}
	return items
}

func (h *history) narrows() {
	i, ok := h.aNote()
	if !ok {
		return
	}
	n := &h.notes[i]
	items := h.opened(*n)
	keep := rapid.SliceOfNDistinct(rapid.SampledFrom(h.members[:4]), 0, 2, rapid.ID).Draw(h.rt, "keep")
	if len(items) > 0 && h.run("narrow", n.author, func(a *Act) error { return a.NarrowNote(ctx, h.cases[n.in], items, keep) }, nil) {
		n.pad = false
	}
}

func (h *history) corrects() {
	if i, ok := h.aNote(); ok {
		n := h.notes[i]
		items := h.opened(n)
		if len(items) == 0 {
			return
		}
		h.run("correct", n.author, func(a *Act) error {
			_, err := a.Correct(ctx, n.obj.Owner, n.obj.ID, items[len(items)-1].Version, note(h.cases[n.in], "mieux dits"))
			return err
		}, nil)
	}
}

func (h *history) moves() {
	i, ok := h.aNote()
	if !ok || len(h.cases) < 2 {
		return
	}
	n := h.notes[i]
	to := (n.in + 1) % len(h.cases)
	items := h.opened(n)
	if len(items) == 0 || n.pad {
		return
	}
	before := h.objects(h.cases[to])
	if !h.run("move", n.author, func(a *Act) error {
		return a.MoveNote(ctx, h.cases[n.in], h.cases[to], h.main(h.cases[to]), items, Text{Kind: record.ItemStub})
	}, nil) {
		return
	}
	for _, o := range h.objects(h.cases[to])[len(before):] {
		h.notes = append(h.notes, written{obj: o, in: to, author: n.author})
	}
}

func (h *history) objects(c record.Case) []record.Object {
	all, err := h.db.Objects(ctx, caseOwner(c))
	must(h.t, err)
	return all
}

func (h *history) closes() {
	m := rapid.SampledFrom([]record.MemberID{h.karim, h.ines, h.renee}).Draw(h.rt, "closed")
	if !h.closed[m] {
		h.cast.close(m)
		h.closed[m] = true
		h.done["close"]++
	}
}

func (h *history) waits() {
	h.later(time.Duration(rapid.IntRange(0, 150).Draw(h.rt, "minutes")) * time.Minute)
	h.done["wait"]++
}

func (h *history) readsSome() {
	_, c := h.aCase()
	h.opens(h.pick("reader"), c)
}

// opens returns the objects of a case whose words a member's own keys give her.
func (h *history) opens(m record.MemberID, c record.Case) map[record.ObjectID]bool {
	out := map[record.ObjectID]bool{}
	u, err := h.room.Unlock(ctx, m, h.secrets[m], "")
	if err != nil {
		if !h.closed[m] {
			h.rt.Fatalf("somebody is locked out: %v", err)
		}
		return out
	}
	must(h.t, h.room.offices(ctx, u)) // the emergency key in hand opens nothing
	items, err := h.room.Open(ctx, u, followUp, Ask{Owner: caseOwner(c)})
	if err != nil && !errors.Is(err, fault.New(fault.Withheld, "")) {
		h.rt.Fatalf("opening: %v", err)
	}
	for _, it := range items {
		out[it.Object] = true
	}
	return out
}

// check compares every sentence with what everybody opens.
func (h *history) check() int {
	holders := h.emergencyHolders()
	sees := map[record.MemberID][]map[record.ObjectID]bool{}
	for _, m := range h.members {
		for _, c := range h.cases {
			sees[m] = append(sees[m], h.opens(m, c))
		}
	}
	n := 0
	for _, w := range h.notes {
		asks := h.founder
		if w.pad {
			asks = w.author
		}
		u, err := h.room.Unlock(ctx, asks, h.secrets[asks], "")
		if err != nil {
			continue
		}
		var want Readers
		for _, m := range h.members {
			if sees[m][w.in][w.obj.ID] {
				want.Members = append(want.Members, m)
			}
		}
		all, err := h.room.ItemReaders(ctx, u, []Item{{Owner: w.obj.Owner, Object: w.obj.ID}})
		if err != nil {
			h.rt.Fatal(err)
		}
		got := all[0]
		if diff := cmp.Diff(sorted(want.Members), sorted(got.Members)); diff != "" {
			h.rt.Errorf("who opens, and who the sentence names: %s", diff)
		}
		if h.inTeam(w.obj) {
			want.Emergency = slices.DeleteFunc(slices.Clone(holders), func(m record.MemberID) bool { return slices.Contains(want.Members, m) })
		}
		if diff := cmp.Diff(sorted(want.Emergency), sorted(got.Emergency)); diff != "" {
			h.rt.Errorf("who holds the emergency key, and who the second line names: %s", diff)
		}
		n++
	}
	return n
}

func (h *history) inTeam(o record.Object) bool {
	slips, err := h.db.ObjectSlips(ctx, o.ID)
	must(h.t, err)
	for _, s := range slips {
		if k, err := h.db.Circle(ctx, s.Circle); err == nil && k.Kind == record.CaseCircle {
			return true
		}
	}
	return false
}

// emergencyHolders are those whose keys open the emergency key of Nord.
func (h *history) emergencyHolders() []record.MemberID {
	var out []record.MemberID
	for _, m := range h.members {
		u, err := h.room.Unlock(ctx, m, h.secrets[m], "")
		if err != nil {
			continue
		}
		s, err := h.room.shelf(ctx, u, record.OwnerOf(record.OwnerService, h.north))
		must(h.t, err)
		k, ok := s.kind(record.Emergency)
		if !ok {
			h.rt.Fatal("no emergency key")
		}
		if _, _, err := u.current(s, k.ID); err == nil {
			out = append(out, m)
		}
	}
	return out
}

func sorted(all []record.MemberID) []record.MemberID {
	out := append([]record.MemberID{}, all...)
	slices.SortFunc(out, func(a, b record.MemberID) int { return bytes.Compare(a[:], b[:]) })
	return out
}
