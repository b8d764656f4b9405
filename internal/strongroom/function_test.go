// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

// Leaving a service is a matter of keys and of the fold, not of rows: with every
// function row left in place, nothing of it opens and nobody can let her back in.
// Seen to kill: Dismiss without leaveCases; decertify leaving the invitation;
// decertify ending nothing.
func TestWhoLeavesAServiceHoldsNothingOfIt(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	left := []record.Function{{Member: c.karim, Role: record.RoleDPO}}
	held, err := c.room.Held(ctx, c.unlock(c.founder), c.north, c.karim)
	must(t, err)
	if diff := cmp.Diff(Held{Cases: 1}, held); diff != "" {
		t.Error(diff)
	}
	before := c.circle(d.owner, ofKind(record.CaseCircle)).Epoch
	must(t, c.do(c.founder, func(a *Act) error {
		return a.Dismiss(ctx, record.Function{Member: c.karim, Service: c.north, Role: record.RoleWorker}, left, false)
	}))
	c.later(time.Minute)
	if got := c.reads(c.karim, d.Case); len(got) > 0 {
		t.Errorf("she still reads %v", got)
	}
	if held, err := c.room.Held(ctx, c.unlock(c.founder), c.north, c.karim); err != nil || held != (Held{}) {
		t.Errorf("she still holds %v (%v)", held, err)
	}
	for name, again := range map[string]func(a *Act) error{
		"the service": func(a *Act) error { return a.Welcome(ctx, c.north, c.karim, true) },
		"its case": func(a *Act) error {
			w := forReaders
			w.To = c.karim
			return a.AdmitToCase(ctx, d.Case, w)
		},
	} {
		if err := c.do(c.julie, again); err == nil {
			t.Errorf("a colleague lets her into %s, which she left", name)
		}
	}
	c.write(c.julie, d.Case, d.team, "après")
	if now := c.circle(d.owner, ofKind(record.CaseCircle)).Epoch; now != before+1 {
		t.Errorf("the case has key %d after she left, want %d", now, before+1)
	}
	if _, err := c.room.Unlock(ctx, c.karim, c.secrets[c.karim], ""); err != nil {
		t.Errorf("her account does not unlock any more: %v", err)
	}
}

// secrecy.md §4, in the fold: a function of the whole house is no way into an
// Office. Seen to kill: mayGive without belongs.
func TestTheFoldGivesNoOfficeToWhoWorksInNoService(t *testing.T) {
	c := newCast(t)
	for _, role := range record.HouseRoles() {
		f := record.Function{Member: c.sud, Role: role}
		must(t, c.do(c.founder, func(a *Act) error { return a.Employ(ctx, f) }))
		c.later(time.Minute)
		if err := c.do(c.julie, func(a *Act) error { return a.Welcome(ctx, c.north, c.sud, true) }); err == nil {
			t.Errorf("%s opens an Office", role)
		}
	}
	must(t, c.do(c.founder, func(a *Act) error {
		return a.Employ(ctx, record.Function{Member: c.sud, Service: c.north, Role: record.RoleWorker})
	}))
	must(t, c.do(c.julie, func(a *Act) error { return a.Welcome(ctx, c.north, c.sud, true) }))
}

// Counts say what would be left to nobody.
func TestHeldCountsWhatSheCarriesAndReadsAlone(t *testing.T) {
	c := newCast(t)
	c.dossier(c.karim)
	c.dossier()
	held, err := c.room.Held(ctx, c.unlock(c.founder), record.ServiceID{}, c.julie)
	must(t, err)
	if diff := cmp.Diff(Held{Cases: 2, Carries: 2, Alone: 1}, held); diff != "" {
		t.Error(diff)
	}
}
