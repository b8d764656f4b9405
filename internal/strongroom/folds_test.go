// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"github.com/google/go-cmp/cmp"
)

// What a node keeps of a chain from one request to the next must not hide what
// became of the chain since.

// kept says whether the node holds a fold that is good for a member.
func (c *cast) kept(m record.MemberID, o record.Owner) bool {
	return c.room.folds.get(o, m) != nil
}

// Sud holds no wrap of the case: nothing but the node remembers where it was.
// Seen to kill: recall without the hash of the newest link; verify taking newer
// links for trusted.
func TestWhatHappenedBehindTheNodesBackIsRefused(t *testing.T) {
	cut := func(c *cast, d dossier, from int) {
		c.sql(`DELETE FROM link WHERE key >= `+numbered+` * 1048576 + ? AND key < (`+numbered+` + 1) * 1048576`, d.owner.ID[:], from, d.owner.ID[:])
	}
	for name, attack := range map[string]func(*cast, dossier, int){
		"the newest link is removed": func(c *cast, d dossier, n int) { cut(c, d, n) },
		"the whole chain is removed": func(c *cast, d dossier, _ int) { cut(c, d, 1) },
		"the newest link is made again by its author": func(c *cast, d dossier, n int) {
			cut(c, d, n)
			c.forge(c.julie, d.owner, record.Link{Class: record.LinkOther})
		},
		"the chain is cut, and grown longer by its author": func(c *cast, d dossier, n int) {
			cut(c, d, n)
			for range 3 {
				c.forge(c.julie, d.owner, record.Link{Class: record.LinkOther})
			}
		},
		"a newer link is nobody's": func(c *cast, d dossier, _ int) {
			c.forge(c.julie, d.owner, record.Link{Class: record.LinkOther})
			c.sql(`UPDATE link SET signature = zeroblob(64) WHERE key = (SELECT MAX(key) FROM link WHERE key < (`+numbered+` + 1) * 1048576)`, d.owner.ID[:])
		},
		"a newer link is by who could not": func(c *cast, d dossier, _ int) {
			c.forge(c.sud, d.owner, record.Link{Class: record.LinkOther})
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			must(t, c.folds(c.sud, d.owner))
			if !c.kept(c.ines, d.owner) {
				t.Fatal("the node keeps nothing")
			}
			links, err := c.db.Chain(ctx, d.owner)
			must(t, err)
			attack(c, d, len(links))
			if err := c.folds(c.sud, d.owner); !tampered(err) {
				t.Errorf("the node goes on as if nothing had happened: %v", err)
			}
		})
	}
}

// A row that changes behind the node's back is not believed: what is written goes
// to the journal of whom the chain says. Seen to kill: recall reading the row.
func TestTheRowOfACaseIsThatOfItsChain(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	must(t, c.folds(c.sud, d.owner))
	other := c.receive(c.accueil, c.north, "Autre")
	hers, others := c.journals(d.person), c.journals(other)
	before, beforeOthers := c.entries(hers[len(hers)-1].ID), c.entries(others[0].ID)
	c.sql(`UPDATE case_person SET person = `+numbered+` WHERE number = `+numbered, other[:], d.owner.ID[:])
	c.sql(`UPDATE "case" SET service = ? WHERE number = `+numbered, c.south[:], d.owner.ID[:])
	facts, err := c.room.CaseFacts(ctx, c.unlock(c.julie), d.Case.ID)
	must(t, err)
	if diff := cmp.Diff(d.Case, facts.Case); diff != "" {
		t.Errorf("the row is believed: %s", diff)
	}
	if got := c.reads(c.julie, d.Case); len(got) != 4 {
		t.Errorf("Julie reads %d notes of 4", len(got))
	}
	if c.entries(hers[len(hers)-1].ID) != before+1 || c.entries(others[0].ID) != beforeOthers {
		t.Error("the opening is not in her journal, or in another's")
	}
}

// Seen to kill: recall without what the reader's wraps remember.
func TestAReaderWhoRemembersMoreThanTheNodeIsBelieved(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	before, err := c.db.Chain(ctx, d.owner)
	must(t, err)
	stale := c.room
	must(t, c.folds(c.sud, d.owner))
	c.restart() // another node
	w := forReaders
	w.To = c.ines
	must(t, c.do(c.julie, func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) }))
	c.reads(c.julie, d.Case)
	c.sql(`DELETE FROM link WHERE key > `+numbered+` * 1048576 + ? AND key < (`+numbered+` + 1) * 1048576`, d.owner.ID[:], len(before), d.owner.ID[:])
	c.room = stale
	if err := c.folds(c.julie, d.owner); !tampered(err) {
		t.Errorf("the node's older fold is believed before what she remembers: %v", err)
	}
}

// Karim may write any head into his own wrap. Seen to kill: get without vouched;
// verify without it.
func TestWhatAMemberVouchesForIsGoodForHerselfOnly(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	c.reads(c.karim, d.Case) // his wraps are sealed under his own key now
	c.forge(c.sud, d.owner, record.Link{
		Class: record.LinkGives, Right: record.RightReferent,
		Recipient: record.RecipientOf(record.ToMember, c.sud), Target: record.TargetOf(record.OnCase, d.Case.ID),
	})
	links, err := c.db.Chain(ctx, d.owner)
	must(t, err)
	forged := Head{uint32(len(links)), linkHash(c.room.host.organisation, &links[len(links)-1])}
	u := c.unlock(c.karim)
	wraps, err := c.db.WrapsTo(ctx, d.owner, u.self())
	must(t, err)
	for _, w := range wraps {
		o, ok := c.room.openWrap(u, d.owner, w)
		if !ok {
			t.Fatal("Karim's wrap does not open")
		}
		to := recipient{Recipient: w.Recipient, key: u.secret.own()}
		must(t, to.seal(c.room.wrapContext(d.owner, w), encodeWrap(o.key, forged), &w))
		c.row(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	c.restart()
	must(t, c.folds(c.karim, d.owner)) // he fools himself
	if !c.kept(c.karim, d.owner) {
		t.Fatal("the node keeps nothing of his")
	}
	if err := c.folds(c.ines, d.owner); !tampered(err) {
		t.Errorf("who remembers nothing is shown the chain that Karim vouches for: %v", err)
	}
}

// Seen to kill: recall although links are newer.
func TestWhatAnotherNodeDidIsSeenAtOnce(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	c.reads(c.karim, d.Case)
	must(t, c.folds(c.sud, d.owner))
	here := c.room
	c.restart()
	must(t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.karim) }))
	c.write(c.julie, d.Case, d.team, "après son départ")
	c.room = here
	if got := c.reads(c.karim, d.Case); len(got) > 0 {
		t.Errorf("who was ended on another node reads %d notes here", len(got))
	}
	if got := c.reads(c.julie, d.Case); len(got) != 5 {
		t.Errorf("Julie reads %d notes of 5", len(got))
	}
}

// Seen to kill: Holds without Live.
func TestAKeptFoldIsJudgedNow(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	w := forReaders
	w.To, w.Until = c.karim, record.Minute(c.clock.Add(time.Hour).Unix()/60)
	must(t, c.do(c.julie, func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) }))
	if got := c.reads(c.karim, d.Case); len(got) == 0 {
		t.Fatal("Karim was not let in")
	}
	must(t, c.folds(c.sud, d.owner))
	for _, tt := range []struct {
		after time.Duration
		reads bool
	}{{59 * time.Minute, true}, {time.Minute, false}} {
		c.later(tt.after)
		if !c.kept(c.karim, d.owner) {
			t.Fatal("the node keeps nothing")
		}
		if got := len(c.reads(c.karim, d.Case)) > 0; got != tt.reads {
			t.Errorf("%s later, he reads: %v", tt.after, got)
		}
	}
}

// Seen to kill: an act that works on the fold that is kept.
func TestAnActThatWasNotWrittenLeavesTheKeptFoldAlone(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	must(t, c.folds(c.sud, d.owner))
	lost := errors.New("the disk is full")
	err := c.room.Do(ctx, c.unlock(c.julie), func(a *Act) error {
		if err := a.EndInCase(ctx, d.Case, c.karim); err != nil {
			return err
		}
		_, err := a.Add(ctx, d.owner, []record.CircleID{d.team}, note(d.Case, "perdu"))
		return err
	}, func(context.Context, *Act) error { return lost })
	if !errors.Is(err, lost) {
		t.Fatal(err)
	}
	if got := c.reads(c.karim, d.Case); len(got) == 0 {
		t.Error("Karim was ended by an act that was not written")
	}
}

// Seen to kill: reach that is not forgotten when an act links; when an act is over.
func TestWhoIsReachedIsFollowedAgainAfterALink(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	julie, lost := c.unlock(c.julie), errors.New("the disk is full")
	check := func(when string, reads bool) {
		t.Helper()
		who, err := c.room.CircleReaders(ctx, julie, d.owner, d.team)
		must(t, err)
		if slices.Contains(who.Members, c.karim) != reads {
			t.Errorf("%s, Karim is among the readers: %v", when, !reads)
		}
	}
	check("before", true)
	err := c.room.Do(ctx, julie, func(a *Act) error {
		if err := a.EndInCase(ctx, d.Case, c.karim); err != nil {
			return err
		}
		check("once his end is prepared", false)
		return nil
	}, func(context.Context, *Act) error { return lost })
	if !errors.Is(err, lost) {
		t.Fatal(err)
	}
	check("when it was not written", true)
}

// Seen to kill: PutObject's order not compared with the one that was sealed; the
// order remembered after a race.
func TestAnOrderThatTheNodeRemembersIsNoPromise(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	c.write(c.julie, d.Case, d.team, "ici")
	here := c.room
	c.restart()
	for range 3 {
		c.write(c.karim, d.Case, d.team, "sur un autre nœud")
	}
	c.room = here
	tries := 0
	must(t, c.do(c.julie, func(a *Act) error {
		tries++
		_, err := a.Add(ctx, d.owner, []record.CircleID{d.team}, note(d.Case, "ici de nouveau"))
		return err
	}))
	if tries != 2 {
		t.Errorf("prepared %d times", tries)
	}
	if got := c.reads(c.julie, d.Case); len(got) < 5 || !slices.Contains(got, "ici de nouveau") {
		t.Errorf("Julie reads %q", got)
	}
}

// Seen to kill: put without its bound; services among those dropped.
func TestANodeKeepsSoManyFoldsAndForgetsNoService(t *testing.T) {
	fold := func(o record.Owner) *keptFold {
		r := newRoster(o)
		r.Head.Count = 1
		return &keptFold{owner: o, folded: folded{roster: r}}
	}
	f := newFolds()
	service := record.OwnerOf(record.OwnerService, record.NewID[record.Service]())
	f.put(fold(service))
	var all []record.Owner
	for range keptFolds + 10 {
		o := record.OwnerOf(record.OwnerPerson, record.NewID[record.Person]())
		f.put(fold(o))
		all = append(all, o)
		f.get(all[0], record.MemberID{}) // the first is used again and again
	}
	if f.recent.Len() != keptFolds || len(f.others) != keptFolds {
		t.Errorf("%d folds are kept under %d owners", f.recent.Len(), len(f.others))
	}
	for name, tt := range map[string]struct {
		owner record.Owner
		kept  bool
	}{"a service": {service, true}, "used all the time": {all[0], true}, "the oldest": {all[1], false}, "the newest": {all[len(all)-1], true}} {
		if got := f.get(tt.owner, record.MemberID{}) != nil; got != tt.kept {
			t.Errorf("%s: kept %v", name, got)
		}
	}
}
