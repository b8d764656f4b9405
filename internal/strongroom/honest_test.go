// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// What honest people do in an unlucky order must not cost them their keys.

// Seen to kill: renewing her journal in place, which replaced the wraps of the
// DPO's seat and of the lock.
func TestHerJournalStaysOpenToTheDPOAfterACaseOpened(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.accueil, c.north, "Lucie")
	for range 3 {
		if _, err := c.tries(c.accueil, personOwner(p)); err != nil {
			t.Fatal(err)
		}
	}
	before := c.dpoOpens(p)
	d := dossier{person: p, Case: c.open(c.julie, c.north, c.julie, nil, p)}
	c.write(c.julie, d.Case, c.main(d.Case), "équipe")
	c.reads(c.julie, d.Case)
	entries := 0
	for _, k := range c.journals(d.person) {
		entries += c.entries(k.ID)
	}
	if before != 3 || entries < 4 {
		t.Fatalf("%d entries before, %d in all: the story is not in her journal", before, entries)
	}
	if got := c.dpoOpens(d.person); got != entries {
		t.Errorf("the DPO's seat opens %d entries of %d", got, entries)
	}
}

func (c *cast) journals(p record.PersonID) []record.Circle {
	c.t.Helper()
	all, err := c.db.Circles(ctx, personOwner(p))
	must(c.t, err)
	var out []record.Circle
	for _, k := range all {
		if k.Kind == record.HerJournal {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		c.t.Fatal("she has no journal")
	}
	return out
}

// dpoOpens counts the entries of a person's journals that the DPO's envelope opens.
func (c *cast) dpoOpens(p record.PersonID) int {
	c.t.Helper()
	seat, pair := c.seat(record.SeatDPO, 0)
	o, opened := personOwner(p), 0
	s, err := c.room.shelf(ctx, c.unlock(c.julie), o)
	must(c.t, err)
	d, err := c.room.directory(ctx)
	must(c.t, err)
	for _, k := range c.journals(p) {
		u := newUnlocked(record.Actor{}, "", Secret{})
		wraps, err := c.db.Wraps(ctx, k.ID)
		must(c.t, err)
		for _, w := range wraps {
			if w.Recipient != record.RecipientOf(record.ToSeat, seat) {
				continue
			}
			plain, err := pair.Open(c.room.wrapContext(o, w), w.Sealed)
			must(c.t, err)
			got, ok := decodeWrap(w, plain)
			if !ok || !c.room.committed(s, k.ID, w.Epoch, got.key) {
				c.t.Fatal("the seat's wrap holds another key than the chain's")
			}
			u.held[circleEpoch{k.ID, w.Epoch}] = got.key
			c.room.back(u, s, k.ID, w.Epoch)
		}
		rows, err := c.db.JournalOf(ctx, k.ID, 0, 10_000)
		must(c.t, err)
		for _, e := range rows {
			if look, ok := c.room.openEntry(u, s, d, e); ok && look.Sound {
				opened++
			}
		}
	}
	return opened
}

// seat returns the n-th seat of a kind and the key pair that its envelope's code gives.
func (c *cast) seat(kind record.SeatKind, n int) (record.SeatID, seal.Pair) {
	c.t.Helper()
	for _, e := range c.found.Envelopes {
		if e.Kind != kind {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		code, err := seal.ParseCode(e.Code)
		must(c.t, err)
		return e.Seat, seal.Hybrid(seal.CodeKey(code, "seat"))
	}
	c.t.Fatal("no such envelope")
	return record.SeatID{}, seal.Pair{}
}

// Seen to kill: journalCircle loading a person's rows before the keys that open them.
func TestACaseThenItsPersonOpenInOneRequest(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	u := c.unlock(c.julie)
	if _, err := c.room.Open(ctx, u, followUp, Ask{Owner: d.owner}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.room.Open(ctx, u, followUp, Ask{Owner: personOwner(d.person), Via: c.north}); err != nil {
		t.Errorf("her identity after her case: %v", err)
	}
}

// Seen to kill: judging what was signed by `at < end`.
func TestWhatWasSignedInTheMinuteOfAClosingStaysValid(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	w := forReaders
	w.To = c.ines
	must(t, c.do(c.karim, func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) }))
	c.close(c.karim)
	c.restart()
	if got := c.reads(c.ines, d.Case); len(got) == 0 {
		t.Error("who was admitted by a colleague closed in the same minute reads nothing")
	}
	if got := c.reads(c.julie, d.Case); len(got) == 0 {
		t.Error("the case does not verify any more")
	}
}

// close closes an account, as the administrator does.
func (c *cast) close(m record.MemberID) {
	c.t.Helper()
	must(c.t, c.room.Do(ctx, c.unlock(c.founder), func(a *Act) error { return a.CloseMember(ctx, m) }, func(ctx context.Context, a *Act) error {
		return c.db.Write(ctx, func(tx *store.Tx) error {
			row, err := tx.Member(ctx, m)
			if err != nil {
				return err
			}
			row.State = record.MemberClosed
			return first(tx.SetMember(ctx, row), a.Apply(ctx, tx))
		})
	}))
}

// Seen to kill: keeping, after a raced or failed commit, keys that were never written.
func TestARacedActLeavesNoKeyBehind(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	u := c.unlock(c.karim)
	second := record.Case{ID: record.NewID[record.Case](), Service: c.north, Mission: d.Mission, Open: true, Persons: []record.PersonID{d.person}}
	raced := false
	must(t, c.room.Do(ctx, u, func(a *Act) error {
		return a.OpenCase(ctx, Opening{Case: second, Referent: c.karim, Reason: record.ReasonTeam})
	}, func(ctx context.Context, a *Act) error {
		if !raced { // a colleague opens another dossier of hers in between
			raced = true
			c.open(c.ines, c.north, c.ines, nil, d.person)
		}
		return c.db.Write(ctx, func(tx *store.Tx) error { return first(tx.PutCase(ctx, second), a.Apply(ctx, tx)) })
	}))
	if !raced {
		t.Fatal("nobody raced")
	}
	if _, err := c.room.Open(ctx, u, followUp, Ask{Owner: personOwner(d.person), Via: c.north}); err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, k := range c.journals(d.person) {
		all += c.entries(k.ID)
	}
	if got := c.dpoOpens(d.person); got != all {
		t.Errorf("the DPO's seat opens %d entries of %d: some are sealed under a key nobody has", got, all)
	}
}

// Seen to kill: certify asking who may, and not whether the link will verify.
func TestACodeIsUsedOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*cast, record.Invitation)
		twice bool
	}{
		{name: "a second enrolment with the same code", twice: true},
		{name: "a cancelled invitation", spoil: func(c *cast, i record.Invitation) {
			must(c.t, c.do(c.founder, func(a *Act) error { return a.CancelInvitation(ctx, i) }))
		}},
		{name: "an invitation whose row was prolonged", spoil: func(c *cast, _ record.Invitation) { c.later(100 * 3600e9) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			e := c.invite(worker(c.north))
			if tt.spoil != nil {
				tt.spoil(c, e.Invitation)
			}
			e.Invitation.Until += 1_000_000
			if tt.twice {
				_, err := c.enrol(e)
				must(t, err)
			}
			if _, err := c.enrol(e); err == nil {
				t.Error("the code enrolled somebody")
			}
			c.restart()
			if _, err := c.room.Unlock(ctx, c.julie, c.secrets[c.julie], ""); err != nil {
				t.Errorf("nobody gets in any more: %v", err)
			}
		})
	}
}

// invite makes an invitation by the founder, ready to be used.
func (c *cast) invite(functions ...record.Function) Enrolment {
	c.t.Helper()
	m := record.Member{ID: record.NewID[record.Member](), Name: "Nouvelle", Login: "nouvelle", Regime: record.RegimeProfession, State: record.MemberInvited}
	for i := range functions {
		functions[i].Member = m.ID
	}
	e := Enrolment{Member: m, Functions: functions, Passphrase: words}
	must(c.t, c.room.Do(ctx, c.unlock(c.founder), func(a *Act) (err error) {
		e.Code, e.Invitation, err = a.Invite(ctx, m, functions)
		return err
	}, func(ctx context.Context, a *Act) error {
		return c.db.Write(ctx, func(tx *store.Tx) error {
			return first(tx.PutMember(ctx, m), c.pad(tx, m.ID), tx.PutInvitation(ctx, e.Invitation), a.Apply(ctx, tx))
		})
	}))
	return e
}

// enrol uses an invitation.
func (c *cast) enrol(e Enrolment) (Enrolled, error) {
	return c.room.Enrol(ctx, e, func(ctx context.Context, out Enrolled, a *Act) error {
		return c.db.Write(ctx, func(tx *store.Tx) error {
			return first(tx.SetMember(ctx, out.Member), c.put(tx, out.Slots), a.Apply(ctx, tx))
		})
	})
}

// Seen to kill: held() asking the newest grant of a right only.
func TestARightGivenTwiceKeepsItsPast(t *testing.T) {
	for name, twice := range map[string]func(*cast) record.Owner{
		"an invitation renewed": func(c *cast) record.Owner {
			e := c.invite(worker(c.north))
			for range 2 {
				must(c.t, c.room.Do(ctx, c.unlock(c.renee), func(a *Act) error {
					_, _, err := a.Invite(ctx, e.Member, e.Functions)
					return err
				}, nil))
				c.later(100 * 3600e9)
			}
			return record.OwnerOf(record.OwnerService, c.north)
		},
		"a second function in the same service": func(c *cast) record.Owner {
			employ := func(r record.Role) {
				f := as(r, c.north)
				f.Member = c.founder
				must(c.t, c.room.Do(ctx, c.unlock(c.founder), func(a *Act) error { return a.Employ(ctx, f) }, func(ctx context.Context, a *Act) error {
					return c.db.Write(ctx, func(tx *store.Tx) error { return first(tx.PutFunction(ctx, f), a.Apply(ctx, tx)) })
				}))
			}
			employ(record.RoleWorker)
			c.welcome(c.julie, c.north, c.founder)
			p := c.receive(c.founder, c.north, "Lucie")
			c.later(3600e9)
			employ(record.RoleLead)
			return personOwner(p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			o := twice(c)
			c.restart()
			u, err := c.room.Unlock(ctx, c.ines, c.secrets[c.ines], "")
			must(t, err)
			s, err := c.room.rows(ctx, u, o)
			must(t, err)
			d, err := c.room.directory(ctx)
			must(t, err)
			if err := c.room.fold(d, s, Head{}); err != nil {
				t.Errorf("who has no memory of the chain does not verify it: %v", err)
			}
		})
	}
}
