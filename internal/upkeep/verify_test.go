// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

func TestASoundHouseIsSound(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	start := time.Now()
	r := h.verify(t)
	t.Logf("%d leaves, %d links, %d checkpoints in %v", r.Leaves, r.Links, r.Checkpoints, time.Since(start))
	if !r.Sound() || r.Leaves < 200 || r.Links < 100 || r.Checkpoints != 4 || r.Witnessed != 4 {
		t.Errorf("%+v", r)
	}
}

// Seen to kill: Keep without its sequencer.
func TestWhatWasFoundIsKeptAndLogged(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	if _, ran := h.watch.Last(); ran {
		t.Error("a report before any verification")
	}
	must(t, h.reads(t, "Lucie Moreau")) // waits for its place
	must(t, h.watch.Keep(t.Context()))
	r, _ := h.watch.Last()
	if !r.Sound() || r.Waiting != 0 || r.Unsigned == 0 || !strings.Contains(h.log.String(), "level=INFO msg=verified") {
		t.Errorf("%+v\n%s", r, h.log.String())
	}
	must(t, h.db.Close())
	h.alter(t, `DELETE FROM leaf WHERE sequence = 100`)
	h.log.Reset()
	h.open(t)
	must(t, h.watch.Run(t.Context()))
	kept, err := ParseReport(h.saved)
	must(t, err)
	if r, _ := h.watch.Last(); !cmp.Equal(r, kept) || kept.Sound() {
		t.Errorf("kept otherwise: %s", h.saved)
	}
	if got := h.log.String(); !strings.Contains(got, "level=ERROR msg=verified") || !strings.Contains(got, string(LeafMissing)) || strings.Contains(got, "Lucie") {
		t.Error(got)
	}
}

// Seen to kill: Purge without its mark, without its entry, before a year.
func TestAPurgeTakesOldOpeningsAndKeepsProofs(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	h.now = begun.AddDate(0, 0, 364)
	must(t, h.watch.Purge(t.Context()))
	if n := h.entries(t); n < 50 {
		t.Fatalf("%d entries left before a year", n)
	}
	h.now = begun.AddDate(1, 0, 1)
	must(t, h.reads(t, "Lucie Moreau"))
	e := h.newest(t)
	before, err := h.watch.Register.Inclusion(t.Context(), e)
	must(t, err)
	must(t, h.watch.Purge(t.Context()))
	must(t, h.watch.Purge(t.Context())) // nothing more to do
	purges, err := h.db.Purges(t.Context())
	must(t, err)
	if n := h.entries(t); n > 10 || len(purges) != 1 {
		t.Errorf("%d entries left, %d purges", n, len(purges))
	}
	if r := h.verify(t); !r.Sound() {
		t.Errorf("after a purge: %v", r.Kinds())
	}
	after, err := h.watch.Register.Inclusion(t.Context(), e)
	must(t, err)
	told, err := h.watch.Register.Inclusion(t.Context(), purges[0].Entry)
	must(t, err)
	link, err := h.watch.Register.LinkInclusion(t.Context(), h.organisation(t), 0)
	must(t, err)
	for name, in := range map[string]journal.Inclusion{"before": before, "after": after, "the purge's own": told, "an act's": link} {
		if _, err := in.Verify(h.watch.Public); err != nil {
			t.Errorf("the proof %s: %v", name, err)
		}
	}
	must(t, h.reads(t, "Lucie Moreau"))
}

func (h *house) entries(t *testing.T) int {
	t.Helper()
	all, err := h.db.Leaves(t.Context(), 0, 1<<20)
	must(t, err)
	n := 0
	for _, l := range all {
		if l.Entry != nil {
			n++
		}
	}
	return n
}

// newest is the entry written last.
func (h *house) newest(t *testing.T) record.EntryID {
	t.Helper()
	rows, err := h.db.Waiting(t.Context(), 1000)
	must(t, err)
	return rows[len(rows)-1].Entry.ID
}

func (h *house) organisation(t *testing.T) record.Owner {
	t.Helper()
	o, err := h.db.Organisation(t.Context())
	must(t, err)
	return record.OwnerOf(record.OwnerOrganisation, o.ID)
}

// Seen to kill: Add without cutTorn.
func TestAPowerCutLeavesHalfANoteThatTheNextOneReplaces(t *testing.T) {
	h := newHouse(t)
	whole, err := os.ReadFile(h.path("witness"))
	must(t, err)
	notes := bytes.SplitAfter(whole, []byte("\n\n"))
	start := len(whole) - len(notes[len(notes)-3]) - len(notes[len(notes)-2])
	for cut := start; cut < len(whole); cut += 7 {
		must(t, os.WriteFile(h.path("witness"), whole[:cut], 0o600))
		w := NewWitnessFile(h.path("witness"), publicOf(t, h))
		all, foreign, err := w.Read()
		if err != nil || len(all) != 3 || foreign != 0 {
			t.Fatalf("cut at %d: %d notes, %d foreign, %v", cut, len(all), foreign, err)
		}
		must(t, w.Add(string(bytes.TrimSuffix(whole[start:], []byte("\n")))))
		if got, err := os.ReadFile(h.path("witness")); err != nil || !bytes.Equal(got, whole) {
			t.Fatalf("cut at %d: %d bytes, want %d, %v", cut, len(got), len(whole), err)
		}
	}
}

func publicOf(t *testing.T, h *house) string {
	t.Helper()
	raw, err := os.ReadFile(h.path("host.json"))
	must(t, err)
	host, err := strongroom.LoadHost(raw, nil)
	must(t, err)
	key, err := host.CheckpointKey()
	must(t, err)
	return key.Public()
}

// Seen to kill: a chain that grew left out.
func TestEveryHourTheChainsThatGrewEveryDayAllOfThem(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	keep := func() Report {
		t.Helper()
		must(t, h.watch.Keep(t.Context()))
		r, _ := h.watch.Last()
		return r
	}
	all := keep()
	h.now = h.now.Add(time.Hour)
	if r := keep(); r.Links != 0 || !r.Sound() {
		t.Errorf("%d links verified again, %v", r.Links, r.Kinds())
	}
	services, err := h.db.Services(t.Context())
	must(t, err)
	o := record.OwnerOf(record.OwnerService, services[0].ID)
	chain, err := h.db.Chain(t.Context(), o)
	must(t, err)
	forged := chain[len(chain)-1]
	forged.N++
	must(t, h.db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutLink(t.Context(), forged) }))
	if r := keep(); !cmp.Equal(r.Findings, []Finding{{ChainBroken, -1, o}}) || r.Links != int64(len(chain))+1 {
		t.Errorf("a link that nobody signed: %v, %d links", r.Findings, r.Links)
	}
	if r := keep(); r.Links < all.Links-int64(len(chain)) || r.Sound() {
		t.Errorf("after something was found, %d links of %d", r.Links, all.Links)
	}
}

// Seen to kill: a day without every chain.
func TestOnceADayEveryChainIsVerified(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	must(t, h.watch.Keep(t.Context()))
	for hour := range 30 {
		h.now = h.now.Add(time.Hour)
		must(t, h.watch.Keep(t.Context()))
		if r, _ := h.watch.Last(); (r.Links > 0) != (hour == 23) {
			t.Errorf("after %d hours, %d links", hour+1, r.Links)
		}
	}
}
