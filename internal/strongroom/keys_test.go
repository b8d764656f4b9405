// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
	"github.com/google/go-cmp/cmp"
)

// Envelopes, seats and locks are made from the first day and opened in step 4: a
// test opens them now, so that what is put away is known to open.

// joins gives back a lock's key pair from the codes of n envelopes, as those who
// tear them open would.
func (c *cast) joins(l record.Lock, n int) (seal.Pair, error) {
	c.t.Helper()
	var shares [][]byte
	for i := range n {
		seat, pair := c.seat(record.SeatEnvelope, i)
		for _, sh := range l.Shares {
			if sh.Seat != seat {
				continue
			}
			b, err := pair.Open(c.room.shareContext(l, sh.Index), sh.Sealed)
			must(c.t, err)
			shares = append(shares, b)
		}
	}
	k, err := seal.Join(uint(l.Threshold), shares)
	if err != nil {
		return seal.Pair{}, err
	}
	return seal.Hybrid(k), nil
}

// recovered opens every circle of an owner that is wrapped to its lock.
func (c *cast) recovered(o record.Owner, pair seal.Pair, l record.Lock) map[record.CircleKind]bool {
	c.t.Helper()
	out := map[record.CircleKind]bool{}
	s, err := c.room.rows(ctx, c.unlock(c.julie), o)
	must(c.t, err)
	d, err := c.room.directory(ctx)
	must(c.t, err)
	if o == c.room.house() {
		s, err = c.room.houseShelf(ctx, c.unlock(c.julie))
	} else {
		err = c.room.fold(d, s, Head{})
	}
	must(c.t, err)
	for id, k := range s.circles {
		wraps, err := c.db.Wraps(ctx, id)
		must(c.t, err)
		for _, w := range wraps {
			if w.Recipient != record.RecipientOf(record.ToLock, l.ID) {
				continue
			}
			plain, err := pair.Open(c.room.wrapContext(o, w), w.Sealed)
			if err != nil {
				continue
			}
			got, ok := decodeWrap(w, plain)
			out[k.Kind] = ok && c.room.committed(s, id, w.Epoch, got.key)
		}
	}
	return out
}

// Seen to kill: sealing every share to the first envelope; a lock's wrap left out
// of Reserved, or of a rotation; a threshold of one; a threshold of three.
func TestTwoEnvelopesOfThreeRecoverWhatALockKeeps(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	must(t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.karim) }))
	c.write(c.julie, d.Case, d.team, "sous une nouvelle clé")
	for name, tt := range map[string]struct {
		owner record.Owner
		want  map[record.CircleKind]bool
	}{
		"a case":              {d.owner, map[record.CircleKind]bool{record.CaseCircle: true, record.Reserved: true, record.Shared: true}},
		"a service":           {record.OwnerOf(record.OwnerService, c.north), map[record.CircleKind]bool{record.Office: true, record.Emergency: true}},
		"the house's journal": {c.room.house(), map[record.CircleKind]bool{record.HouseJournal: true}},
	} {
		t.Run(name, func(t *testing.T) {
			locks, err := c.db.Locks(ctx, tt.owner)
			must(t, err)
			if len(locks) != 1 || len(locks[0].Shares) != 3 {
				t.Fatalf("%d locks", len(locks))
			}
			pair, err := c.joins(locks[0], 2)
			must(t, err)
			if !bytes.Equal(pair.Public(), locks[0].Public) {
				t.Error("two envelopes give another key than the lock's")
			}
			if diff := cmp.Diff(tt.want, c.recovered(tt.owner, pair, locks[0])); diff != "" {
				t.Error(diff)
			}
			if _, err := c.joins(locks[0], 1); !errors.Is(err, seal.ErrSealed) {
				t.Errorf("one envelope opens the lock: %v", err)
			}
		})
	}
}

// Seen to kill: a root that is not the one split; a root's share on the DPO's envelope.
func TestTwoEnvelopesOfThreeGiveTheRoot(t *testing.T) {
	c := newCast(t)
	var shares [][]byte
	for _, e := range c.found.Envelopes {
		if e.Kind == record.SeatDPO && e.Root != "" {
			t.Error("the DPO's envelope holds a share of the root")
		}
		if e.Kind == record.SeatEnvelope {
			b, err := seal.ParseCode(e.Root)
			must(t, err)
			shares = append(shares, b)
		}
	}
	if len(shares) != 3 {
		t.Fatalf("%d shares", len(shares))
	}
	links, err := c.db.Chain(ctx, c.room.house())
	must(t, err)
	for _, two := range [][][]byte{shares[:2], shares[1:], {shares[2], shares[0]}} {
		k, err := seal.Join(2, two)
		must(t, err)
		public := seal.NewSigner(k).Public()
		if !bytes.Equal(public, c.room.host.root) || !verifyLink(c.room.host.organisation, public, &links[0]) {
			t.Error("the root of the envelopes did not sign the first link")
		}
	}
	if _, err := seal.Join(2, shares[:1]); err == nil {
		t.Error("one envelope gives a root")
	}
}

// Seen to kill: a control word that does not come from the seat's key.
func TestAnEnvelopeIsProvedByItsControlWord(t *testing.T) {
	c := newCast(t)
	seats, err := c.db.Seats(ctx)
	must(t, err)
	d, err := c.room.directory(ctx)
	must(t, err)
	if len(seats) != 4 || len(c.found.Envelopes) != 4 {
		t.Fatalf("%d seats, %d envelopes", len(seats), len(c.found.Envelopes))
	}
	for i, e := range c.found.Envelopes {
		code, err := seal.ParseCode(e.Code)
		must(t, err)
		key := seal.CodeKey(code, "seat")
		if !bytes.Equal(seal.Hybrid(key).Public(), seats[i].Public) || !d.Seat(seats[i]) {
			t.Error("an envelope's code is not its seat's key")
		}
		if !e.ProveControl("  "+e.Control+" ") || e.ProveControl("") || e.ProveControl(e.Control+"x") || e.Control != seal.ControlWord(key) {
			t.Error("a control word proves another envelope")
		}
	}
}

// Seen to kill: the house's journal wrapped to nobody, or to an administrator.
func TestTheDPOsSeatOpensTheHousesJournal(t *testing.T) {
	c := newCast(t)
	must(t, c.room.Note(ctx, nil, journal.Body{Act: journal.Locked, Purpose: journal.ForHouse}))
	s, err := c.room.houseShelf(ctx, c.unlock(c.julie))
	must(t, err)
	k, _ := s.kind(record.HouseJournal)
	seat, pair := c.seat(record.SeatDPO, 0)
	u := newUnlocked(record.Actor{}, "", Secret{})
	wraps, err := c.db.Wraps(ctx, k.ID)
	must(t, err)
	for _, w := range wraps {
		if w.Recipient.Kind == record.ToMember {
			t.Error("a member reads the house's journal")
		}
		if w.Recipient != record.RecipientOf(record.ToSeat, seat) {
			continue
		}
		plain, err := pair.Open(c.room.wrapContext(c.room.house(), w), w.Sealed)
		must(t, err)
		got, _ := decodeWrap(w, plain)
		u.held[circleEpoch{k.ID, w.Epoch}] = got.key
	}
	d, err := c.room.directory(ctx)
	must(t, err)
	rows, err := c.db.JournalOf(ctx, k.ID, 0, 1000)
	must(t, err)
	acts := map[journal.Act]int{}
	for _, e := range rows {
		look, ok := c.room.openEntry(u, s, d, e)
		if !ok || !look.Sound {
			t.Fatalf("an entry of the house does not open, or is not sound: %v", ok)
		}
		acts[look.Act]++
	}
	for _, a := range []journal.Act{journal.Invited, journal.Enrolled, journal.Granted, journal.Locked} {
		if acts[a] == 0 {
			t.Errorf("no entry says %s", a)
		}
	}
}

// The life of a key: who opens what, and when. Seen to kill: Holds ignoring until;
// Unlock ignoring the directory; fold accepting another service's links.
func TestTheLifeOfAKey(t *testing.T) {
	type scene struct {
		*cast
		dossier
	}
	admit := func(s scene, m record.MemberID, since, until time.Duration) {
		w := forReaders
		w.To = m
		if since != 0 {
			w.Since = record.Minute(s.clock.Add(since).Unix() / 60)
		}
		if until != 0 {
			w.Until = record.Minute(s.clock.Add(until).Unix() / 60)
		}
		must(s.t, s.do(s.julie, func(a *Act) error { return a.AdmitToCase(ctx, s.Case, w) }))
	}
	for _, tt := range []struct {
		name string
		do   func(scene)
		who  func(scene) record.MemberID
		want []string
	}{
		{"the author reads all four inks", func(scene) {}, func(s scene) record.MemberID { return s.julie }, []string{"réservé", "équipe", "équipe encore", "avec elle"}},
		{"a reader reads the team's and what is shared", func(scene) {}, func(s scene) record.MemberID { return s.karim }, []string{"équipe", "équipe encore", "avec elle"}},
		{"a colleague outside reads nothing", func(scene) {}, func(s scene) record.MemberID { return s.ines }, nil},
		{"the lead reads nothing", func(scene) {}, func(s scene) record.MemberID { return s.renee }, nil},
		{"reception reads nothing", func(scene) {}, func(s scene) record.MemberID { return s.accueil }, nil},
		{"another service reads nothing", func(scene) {}, func(s scene) record.MemberID { return s.sud }, nil},
		{"the administrator reads nothing", func(scene) {}, func(s scene) record.MemberID { return s.founder }, nil},
		{"who is admitted reads the past", func(s scene) { admit(s, s.ines, 0, 0) }, func(s scene) record.MemberID { return s.ines }, []string{"équipe", "équipe encore", "avec elle"}},
		{"who will be admitted reads nothing yet", func(s scene) { admit(s, s.ines, time.Hour, 0) }, func(s scene) record.MemberID { return s.ines }, nil},
		{"whose admission is over reads nothing", func(s scene) { admit(s, s.ines, 0, time.Hour); s.later(time.Hour) }, func(s scene) record.MemberID { return s.ines }, nil},
		{"who was ended reads nothing", func(s scene) {
			must(s.t, s.do(s.julie, func(a *Act) error { return a.EndInCase(ctx, s.Case, s.karim) }))
		}, func(s scene) record.MemberID { return s.karim }, nil},
		{"who was ended and let in again reads all the team's", func(s scene) {
			must(s.t, s.do(s.julie, func(a *Act) error { return a.EndInCase(ctx, s.Case, s.karim) }))
			s.write(s.julie, s.Case, s.team, "entre-temps")
			admit(s, s.karim, 0, 0)
		}, func(s scene) record.MemberID { return s.karim }, []string{"équipe", "équipe encore", "avec elle", "entre-temps"}},
		{"who leaves ends herself", func(s scene) {
			must(s.t, s.do(s.karim, func(a *Act) error { return a.EndInCase(ctx, s.Case, s.karim) }))
		}, func(s scene) record.MemberID { return s.karim }, nil},
		{"those who stay read on after a closed account", func(s scene) {
			s.cast.close(s.karim)
			s.write(s.julie, s.Case, s.team, "après")
		}, func(s scene) record.MemberID { return s.julie }, []string{"réservé", "équipe", "équipe encore", "avec elle", "après"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			s := scene{c, c.dossier(c.karim)}
			tt.do(s)
			if diff := cmp.Diff(tt.want, c.reads(tt.who(s), s.Case)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Seen to kill: Unlock ignoring the directory, or the row's state.
func TestAClosedAccountUnlocksNothingInTheSameSecond(t *testing.T) {
	c := newCast(t)
	c.close(c.karim)
	if _, err := c.room.Unlock(ctx, c.karim, c.secrets[c.karim], ""); err == nil {
		t.Error("a closed account unlocks")
	}
	c.sql(`UPDATE member SET state = 2 WHERE number = `+numbered, c.karim[:])
	if _, err := c.room.Unlock(ctx, c.karim, c.secrets[c.karim], ""); err == nil {
		t.Error("a closed account unlocks when its row says active")
	}
	if _, err := c.room.Unlock(ctx, c.julie, c.secrets[c.ines], ""); err == nil {
		t.Error("a colleague's secret unlocks")
	}
}

// Seen to kill: EndInCase without stillOpens; CloseMember of the last officer.
func TestTheLastReaderAndTheLastOfficerStay(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	if err := c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.julie) }); !refused(err) {
		t.Errorf("a case is left without a reader: %v", err)
	}
	if err := c.do(c.founder, func(a *Act) error { return a.CloseMember(ctx, c.founder) }); !refused(err) {
		t.Errorf("the organisation is left without an officer: %v", err)
	}
	if err := c.do(c.julie, func(a *Act) error { return a.CloseMember(ctx, c.karim) }); !refused(err) {
		t.Errorf("a worker closes an account: %v", err)
	}
}

// Seen to kill: terms without a ground; WidenNote by who does not hold the note.
func TestAWideningWithoutAGroundIsRefused(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	for name, w := range map[string]Widening{
		"no ground":                       {To: c.karim, Reason: record.ReasonPair, Informed: record.InformedNotice},
		"no reason":                       {To: c.karim, Ground: record.GroundContinuity, Informed: record.InformedNotice},
		"no word of how she was informed": {To: c.karim, Reason: record.ReasonPair, Ground: record.GroundContinuity},
	} {
		for what, act := range map[string]func(*Act) error{
			"a case": func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) },
			"a note": func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteTeam.ID, w) },
		} {
			if err := c.do(c.julie, act); !refused(err) {
				t.Errorf("%s: %s is widened: %v", name, what, err)
			}
		}
	}
	w := forReaders
	w.To = c.ines
	if err := c.do(c.karim, func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, w) }); !refused(err) {
		t.Errorf("who does not hold a note widens it: %v", err)
	}
	items := c.all(d)
	if err := c.do(c.karim, func(a *Act) error { return a.NarrowNote(ctx, d.Case, items, nil) }); !refused(err) {
		t.Errorf("who did not write a note narrows it: %v", err)
	}
}
