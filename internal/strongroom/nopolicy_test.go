// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nopolicy

package strongroom

import (
	"testing"
	"time"

	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
)

// Every permission check is compiled out: what is refused here, keys refuse
// (secrecy.md §10). What one's own Office opens may leak; a case, what is
// reserved, what is shared and what other services hold may not.
//
// Seen to kill: justified always true; committed always true together with a
// planted wrap; Live ignoring since and until; emergency always true.
func TestKeysAloneRefuse(t *testing.T) {
	if policy.Enforced {
		t.Fatal("policy is still here: this is not the build it says")
	}
	for _, tt := range []struct {
		name string
		who  func(*cast) record.MemberID
		do   func(*cast, dossier)
	}{
		{"a colleague outside", inesActs, nil},
		{"reception", func(c *cast) record.MemberID { return c.accueil }, nil},
		{"another service", sudActs, nil},
		{"an administrator", func(c *cast) record.MemberID { return c.founder }, nil},
		{"a lead, who holds the emergency right", func(c *cast) record.MemberID { return c.renee }, nil},
		{"an administrator who gives herself the role of a worker", func(c *cast) record.MemberID { return c.founder }, func(c *cast, _ dossier) {
			c.sql(`INSERT INTO function (member, service, role) VALUES (?, ?, 'worker')`, c.founder[:], c.north[:])
		}},
		{"a future grant", inesActs, func(c *cast, d dossier) { c.admits(d, c.ines, time.Hour, 0) }},
		{"an expired grant", inesActs, func(c *cast, d dossier) { c.admits(d, c.ines, 0, time.Hour); c.later(2 * time.Hour) }},
		{"who was ended", karimActs, func(c *cast, d dossier) {
			must(c.t, c.do(c.julie, func(a *Act) error { return a.EndInCase(ctx, d.Case, c.karim) }))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCast(t)
			d := c.dossier(c.karim)
			if tt.do != nil {
				tt.do(c, d)
			}
			m := tt.who(c)
			if items, err := c.tries(m, d.owner); err == nil || len(items) > 0 {
				t.Errorf("opens %d notes", len(items))
			}
			for name, act := range map[string]func(*Act) error{
				"writes in the team's": func(a *Act) error {
					_, err := a.Add(ctx, d.owner, []record.CircleID{d.team}, note(d.Case, "x"))
					return err
				},
				"corrects": func(a *Act) error {
					_, err := a.Correct(ctx, d.owner, d.noteTeam.ID, 1, note(d.Case, "x"))
					return err
				},
				"lets herself in":   func(a *Act) error { return a.AdmitToCase(ctx, d.Case, toSelf(m)) },
				"widens to herself": func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, toSelf(m)) },
				"reserves":          func(a *Act) error { _, err := a.Reserved(ctx, d.Case.ID); return err },
			} {
				if err := c.do(m, act); !refused(err) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// Who holds the emergency right has the key of the case wrapped to a key in her
// hand, and the fold refuses it: no link lives (secrecy.md §6).
// Seen to kill: justified without a live emergency.
func TestTheEmergencyKeyAloneOpensNothing(t *testing.T) {
	c := newCast(t)
	d := c.dossier()
	u := c.unlock(c.ines)
	must(t, c.room.offices(ctx, u))
	s, err := c.room.shelf(ctx, u, record.OwnerOf(record.OwnerService, c.north))
	must(t, err)
	k, _ := s.kind(record.Emergency)
	if _, _, err := u.current(s, k.ID); err != nil {
		t.Fatal("she does not hold the emergency key: the test tests nothing")
	}
	if items, err := c.room.Open(ctx, u, followUp, Ask{Owner: d.owner}); err == nil {
		t.Errorf("the emergency key opens %d notes without a reason", len(items))
	}
}

// Seen to kill: the same, for a reader of the team and what is reserved to another.
func TestKeysAloneKeepWhatIsReservedAndForeign(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	for _, got := range c.reads(c.karim, d.Case) {
		if got == "réservé" {
			t.Error("a reader of the team opens what is reserved to its author")
		}
	}
	if items, err := c.tries(c.sud, personOwner(d.person)); err == nil {
		t.Errorf("another service opens %d items of a person that it does not know", len(items))
	}
	if items, err := c.tries(c.founder, personOwner(d.person)); err == nil {
		t.Errorf("an administrator opens %d items of a person", len(items))
	}
	if items, err := c.tries(c.sud, record.OwnerOf(record.OwnerService, c.north)); err == nil {
		t.Errorf("another service opens %d settings", len(items))
	}
}

func (c *cast) admits(d dossier, m record.MemberID, since, until time.Duration) {
	c.t.Helper()
	w := toSelf(m)
	if since != 0 {
		w.Since = record.Minute(c.clock.Add(since).Unix() / 60)
	}
	if until != 0 {
		w.Until = record.Minute(c.clock.Add(until).Unix() / 60)
	}
	must(c.t, c.do(c.julie, func(a *Act) error { return a.AdmitToCase(ctx, d.Case, w) }))
}

func toSelf(m record.MemberID) Widening {
	w := forReaders
	w.To = m
	return w
}
