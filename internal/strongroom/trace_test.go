// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package strongroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"github.com/google/go-cmp/cmp"
)

// before puts a room whose writes go through fn before the same rows.
func (c *cast) before(fn func(write func() error) error) {
	c.room = New(c.db, func(ctx context.Context, do func(Tx) error) error {
		return fn(func() error { return c.db.Write(ctx, func(tx *store.Tx) error { return do(tx) }) })
	}, c.room.host, c.room.now)
}

var errDisk = errors.New("the disk is full")

// Seen to kill: record() ignoring the error of the write; revealing before it.
func TestWithoutItsEntryNothingIsShown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		write   func(write func() error) error
		entries int
	}{
		{"the write fails", func(func() error) error { return errDisk }, 0},
		{"the write is kept and its answer lost", func(write func() error) error { return errors.Join(write(), errDisk) }, 1},
		{"the write says nothing and keeps nothing", func(func() error) error { return nil }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier()
			j := c.journals(d.person)
			at := j[len(j)-1].ID
			draft := record.NewID[record.Draft]()
			must(t, c.room.KeepDraft(ctx, c.unlock(c.julie), draft, note(d.Case, "brouillon").Words))
			before := c.entries(at)
			c.before(tt.write)
			if items, err := c.room.Open(ctx, c.unlock(c.julie), followUp, Ask{Owner: d.owner}); err == nil || len(items) > 0 {
				t.Errorf("%d notes are shown: %v", len(items), err)
			}
			if got := c.entries(at) - before; got != tt.entries {
				t.Errorf("%d entries, want %d", got, tt.entries)
			}
			if all, err := c.room.OpenDrafts(ctx, c.unlock(c.julie)); err == nil || len(all) > 0 {
				t.Errorf("%d drafts are shown: %v", len(all), err)
			}
			if told, err := c.room.Told(ctx, c.unlock(c.julie), d.Case); err == nil {
				t.Errorf("%d places are told", len(told.Places))
			}
		})
	}
}

// entry opens the newest entry of a person's newest journal with the DPO's seat.
func (c *cast) newestEntry(p record.PersonID) (Look, record.Entry) {
	c.t.Helper()
	looks, rows := c.looks(p)
	if len(looks) == 0 {
		c.t.Fatal("no entry")
	}
	return looks[0], rows[0]
}

// looks opens all entries of a person's journals with the DPO's seat, newest first.
func (c *cast) looks(p record.PersonID) (looks []Look, rows []record.Entry) {
	c.t.Helper()
	seat, pair := c.seat(record.SeatDPO, 0)
	u := newUnlocked(record.Actor{}, "", Secret{})
	s, err := c.room.shelf(ctx, c.unlock(c.julie), personOwner(p))
	must(c.t, err)
	d, err := c.room.directory(ctx)
	must(c.t, err)
	for _, k := range slices.Backward(c.journals(p)) {
		wraps, err := c.db.Wraps(ctx, k.ID)
		must(c.t, err)
		for _, w := range wraps {
			if w.Recipient == record.RecipientOf(record.ToSeat, seat) {
				plain, err := pair.Open(c.room.wrapContext(personOwner(p), w), w.Sealed)
				must(c.t, err)
				got, _ := decodeWrap(w, plain)
				u.held[circleEpoch{k.ID, w.Epoch}] = got.key
			}
		}
		all, err := c.db.JournalOf(ctx, k.ID, 0, 1000)
		must(c.t, err)
		for _, e := range all {
			look, ok := c.room.openEntry(u, s, d, e)
			if !ok {
				c.t.Fatal("an entry does not open")
			}
			looks, rows = append(looks, look), append(rows, e)
		}
	}
	return looks, rows
}

// Seen to kill: signBody with the host's key; entry without the actor; spans of
// every object of the shelf.
func TestAnEntrySaysWhoOpenedWhatAndWhy(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	_, err := c.room.Open(ctx, c.unlock(c.karim), followUp, Ask{Owner: d.owner, Objects: []record.ObjectID{d.noteTeam.ID, d.noteShared.ID}})
	must(t, err)
	got, row := c.newestEntry(d.person)
	want := journal.Body{
		At: c.clock.Unix(), Act: journal.Opened, Actor: c.karim, Role: record.RoleWorker, Service: c.north,
		Purpose: journal.ForFollowUp, Device: journal.DeviceDesk,
	}
	got.Slips, got.Sign = nil, nil
	if diff := cmp.Diff(want, got.Body); diff != "" {
		t.Error(diff)
	}
	spans := []journal.Span{{Owner: d.owner, From: d.noteTeam.Order, To: d.noteTeam.Order}, {Owner: d.owner, From: d.noteShared.Order, To: d.noteShared.Order}}
	if diff := cmp.Diff(spans, got.Spans); diff != "" || !got.Sound {
		t.Errorf("sound %v, %s", got.Sound, diff)
	}
	for _, s := range row.Slips {
		if len(s.Sealed) > journal.MaxSlip {
			t.Errorf("a slip of %d bytes", len(s.Sealed))
		}
	}
}

// Seen to kill: subjects giving everybody's spans to everybody; one slip for all.
func TestAListOfTenPersonsTellsNoneOfTheOthers(t *testing.T) {
	c := newCast(t)
	var all []record.PersonID
	var asks []Ask
	for i := range 10 {
		p := c.receive(c.accueil, c.north, fmt.Sprint("Personne ", i))
		all, asks = append(all, p), append(asks, Ask{Owner: personOwner(p), Via: c.north})
	}
	items, err := c.room.Open(ctx, c.unlock(c.accueil), Why{Act: journal.Listed, Purpose: journal.ForReception}, asks...)
	must(t, err)
	if len(items) != 10 {
		t.Fatalf("%d names", len(items))
	}
	sizes := map[int]bool{}
	var id record.EntryID
	for _, p := range all {
		look, row := c.newestEntry(p)
		if look.Act != journal.Listed || !look.Sound || len(look.Spans) != 1 || look.Spans[0].Owner != personOwner(p) {
			t.Errorf("her entry tells %d spans, act %s", len(look.Spans), look.Act)
		}
		if len(row.Slips) != 1 || row.Slips[0].Person != p {
			t.Errorf("%d slips are read with hers", len(row.Slips))
		}
		if !id.IsZero() && row.ID != id {
			t.Error("one screen made several entries")
		}
		id, sizes[len(row.Slips[0].Sealed)] = row.ID, true
		for _, other := range all {
			if other != p && bytes.Contains([]byte(fmt.Sprint(look.Body, look.Spans)), []byte(fmt.Sprint(other))) {
				t.Error("her entry names another person")
			}
		}
	}
	if len(sizes) != 1 {
		t.Error("the sizes of slips tell persons apart")
	}
}

// Seen to kill: subjects without concerns.
func TestWhatIsSharedWithOneIsNotNamedToTheOther(t *testing.T) {
	c := newCast(t)
	one, two := c.receive(c.accueil, c.north, "Une"), c.receive(c.accueil, c.north, "Deux")
	k := c.open(c.julie, c.north, c.julie, nil, one, two)
	hers := c.circle(caseOwner(k), func(r record.Circle) bool { return r.Kind == record.Shared && r.Person == one })
	shared := c.write(c.julie, k, hers.ID, "avec l’une")
	team := c.write(c.julie, k, c.main(k), "équipe")
	c.reads(c.julie, k)
	span := func(o record.Object) journal.Span {
		return journal.Span{Owner: caseOwner(k), From: o.Order, To: o.Order}
	}
	both := journal.Span{Owner: caseOwner(k), From: shared.Order, To: team.Order}
	for p, want := range map[record.PersonID]journal.Span{one: both, two: span(team)} {
		look, _ := c.newestEntry(p)
		if diff := cmp.Diff([]journal.Span{want}, look.Spans); diff != "" {
			t.Error(diff)
		}
	}
	before, _ := c.looks(two)
	_, err := c.room.Open(ctx, c.unlock(c.julie), followUp, Ask{Owner: caseOwner(k), Objects: []record.ObjectID{shared.ID}})
	must(t, err)
	if after, _ := c.looks(two); len(after) != len(before) {
		t.Error("she is told that something of the other's was read")
	}
}

// Seen to kill: a slip for every span (over 512 bytes); spans dropped after the twelfth.
func TestManyRangesMakeSeveralSlipsOfAtMost512Bytes(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.accueil, c.north, "Lucie")
	for _, n := range []int{0, 1, 11, 12, 13, 24, 25, 60} {
		about := Subject{Person: p, Service: c.north}
		for i := range n {
			about.Spans = append(about.Spans, journal.Span{Owner: personOwner(p), From: uint32(3*i + 1), To: uint32(3*i + 2)})
		}
		must(t, c.room.Note(ctx, c.unlock(c.accueil), journal.Body{Act: journal.Opened}, about))
		look, row := c.newestEntry(p)
		if want := max(1, (n+11)/12); len(row.Slips) != want {
			t.Errorf("%d spans: %d slips, want %d", n, len(row.Slips), want)
		}
		for _, s := range row.Slips {
			if len(s.Sealed) > journal.MaxSlip {
				t.Errorf("%d spans: a slip of %d bytes", n, len(s.Sealed))
			}
		}
		if diff := cmp.Diff(about.Spans, look.Spans); diff != "" || !look.Sound {
			t.Errorf("%d spans: sound %v %s", n, look.Sound, diff)
		}
	}
}

// Seen to kill: refuse returning before it writes; the refusal written to the
// journal of who asks instead of that of who holds.
func TestARefusalLeavesAnEntryWhereItBelongs(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	house := c.circle(c.room.house(), ofKind(record.HouseJournal)).ID
	unknown := record.NewID[record.Case]()
	for _, tt := range []struct {
		name   string
		who    record.MemberID
		asks   []Ask
		person bool
	}{
		{"a case of another service", c.sud, []Ask{{Owner: d.owner}}, true},
		{"a case of one's own service", c.ines, []Ask{{Owner: d.owner}}, true},
		{"a person known elsewhere", c.sud, []Ask{{Owner: personOwner(d.person), Via: c.south}}, true},
		{"one note of hers", c.ines, []Ask{{Owner: d.owner, Objects: []record.ObjectID{d.noteRes.ID}}}, true},
		{"what does not exist", c.ines, []Ask{{Owner: record.OwnerOf(record.OwnerCase, unknown)}}, false},
		{"beside what opens", c.ines, []Ask{{Owner: d.owner}, {Owner: personOwner(d.person), Via: c.north}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			looks, _ := c.looks(d.person)
			before, houseBefore := refusals(looks), c.entries(house)
			items, err := c.room.Open(ctx, c.unlock(tt.who), followUp, tt.asks...)
			if len(tt.asks) == 1 && (fault.KindOf(err) != fault.Withheld || len(items) > 0) {
				t.Errorf("%d items, %v", len(items), err)
			}
			looks, _ = c.looks(d.person)
			if got := refusals(looks) - before; tt.person && got != 1 {
				t.Errorf("%d refusals in her journal", got)
			}
			if got := c.entries(house) - houseBefore; !tt.person && got != 1 {
				t.Errorf("%d entries in the house's journal", got)
			}
		})
	}
}

func refusals(all []Look) int {
	n := 0
	for _, l := range all {
		if l.Act == journal.Refused {
			n++
		}
	}
	return n
}

// Seen to kill: sound without the slips' hashes, or without the signature.
func TestAnEntryThatWasTouchedIsNotSound(t *testing.T) {
	for name, touch := range map[string]func(*cast, dossier, record.Entry){
		"its body is another's": func(c *cast, d dossier, e record.Entry) {
			c.sql(`UPDATE journal SET body = (SELECT body FROM journal WHERE id <> ?1 LIMIT 1) WHERE id = ?1`, e.ID[:])
		},
		"its slip is another's": func(c *cast, d dossier, e record.Entry) {
			c.sql(`UPDATE journal_slip SET sealed = (SELECT s.sealed FROM journal_slip s WHERE s.circle = journal_slip.circle AND s.entry <> journal_slip.entry LIMIT 1)
				WHERE entry = (SELECT number FROM journal WHERE id = ?)`, e.ID[:])
		},
		"its slip is said to be another service's": func(c *cast, d dossier, e record.Entry) {
			c.sql(`UPDATE journal_slip SET service = ? WHERE entry = (SELECT number FROM journal WHERE id = ?)`, c.south[:], e.ID[:])
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier()
			c.reads(c.julie, d.Case)
			c.reads(c.julie, d.Case)
			told, err := c.room.Told(ctx, c.unlock(c.julie), d.Case)
			must(t, err)
			good, err := told.Looks(ctx, d.person, 0, 100)
			must(t, err)
			_, row := c.newestEntry(d.person)
			touch(c, d, row)
			got, err := told.Looks(ctx, d.person, 0, 100)
			must(t, err)
			if sounds(got) != sounds(good)-1 {
				t.Errorf("%d sound entries, there were %d", sounds(got), sounds(good))
			}
		})
	}
}

func sounds(all []Look) int {
	n := 0
	for _, l := range all {
		if l.Sound {
			n++
		}
	}
	return n
}

// An entry of a colleague, forged by who holds the journal's key and not hers, is
// not sound. Seen to kill: sound verifying with the key in the body.
func TestAForgedEntryIsNotSound(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	u := c.unlock(c.karim)
	forged := newUnlocked(record.Actor{Member: c.julie}, journal.DeviceDesk, c.secrets[c.karim])
	s, k, err := c.room.journalCircle(ctx, u, Subject{Person: d.person, Service: c.north})
	must(t, err)
	forged.loaded[s.owner] = s
	e, err := c.room.entry(ctx, forged, journal.Body{Act: journal.Opened}, []Subject{{Person: d.person, Service: c.north}})
	must(t, err)
	c.row(func(tx *store.Tx) error { _, err := journal.Append(ctx, tx, e); return err })
	look, row := c.newestEntry(d.person)
	if row.ID != e.ID || look.Actor != c.julie || look.Sound {
		t.Errorf("an entry in Julie's name, signed by another, is sound: %v (journal %v)", look.Sound, k.Kind)
	}
}

// Seen to kill: an entry whose body or slips hold words; a journal row that says
// more in clear than secrecy.md §2bis allows.
func TestNoEntryHoldsAWord(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	c.reads(c.julie, d.Case)
	c.reads(c.julie, d.Case)
	looks, rows := c.looks(d.person)
	if len(looks) < 2 {
		t.Fatal("no entry")
	}
	for i, l := range looks {
		for _, word := range []string{"réservé", "équipe", "avec elle", "Lucie", "Julie"} {
			if bytes.Contains(l.Encode(), []byte(word)) || bytes.Contains(rows[i].Body, []byte(word)) {
				t.Errorf("an entry says %q", word)
			}
		}
	}
}
