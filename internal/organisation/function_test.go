// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"errors"
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

// of names whose function it is.
func of(m record.MemberID, f record.Function) record.Function {
	f.Member = m
	return f
}

func (w *world) ends(f record.Function) error {
	w.t.Helper()
	return w.house.EndFunction(ctx, w.unlock(w.founder), f)
}

func (w *world) gives(f record.Function) error {
	w.t.Helper()
	return w.house.AddFunction(ctx, w.unlock(w.founder), f)
}

func (w *world) epoch(s record.ServiceID, kind record.CircleKind) uint32 {
	w.t.Helper()
	circles, err := w.db.Circles(ctx, record.OwnerOf(record.OwnerService, s))
	must(w.t, err)
	at := slices.IndexFunc(circles, func(c record.Circle) bool { return c.Kind == kind })
	return circles[at].Epoch
}

// Seen to kill: dropKeys leaving the emergency key to who left; dropKeys ending
// the Office of who stays.
func TestKeysFollowFunctions(t *testing.T) {
	w := founded(t)
	north, south := w.service("Nord"), w.service("Sud")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	lucie := w.hire(w.founder, "Lucie", as(record.RoleWorker, north))
	must(t, w.house.Welcome(ctx, w.unlock(julie), north, lucie))
	sara := w.hire(w.founder, "Sara", as(record.RoleWorker, south))
	expect := func(s record.ServiceID, office, emergency []record.MemberID) {
		t.Helper()
		for kind, want := range map[record.CircleKind][]record.MemberID{record.Office: office, record.Emergency: emergency} {
			set := map[record.MemberID]bool{}
			for _, m := range want {
				set[m] = true
			}
			if diff := cmp.Diff(set, w.holders(s, kind)); diff != "" {
				t.Fatalf("circle %d: %s", kind, diff)
			}
		}
	}
	both := []record.MemberID{julie, lucie}
	expect(north, both, both)

	// worker → lead: nothing moves
	must(t, w.gives(of(lucie, as(record.RoleLead, north))))
	must(t, w.ends(of(lucie, as(record.RoleWorker, north))))
	expect(north, both, both)
	// lead → reception: the emergency key goes, the Office stays
	must(t, w.gives(of(lucie, as(record.RoleReception, north))))
	must(t, w.ends(of(lucie, as(record.RoleLead, north))))
	expect(north, both, []record.MemberID{julie})

	// a second service: no key until a colleague welcomes her
	must(t, w.gives(of(lucie, as(record.RoleWorker, south))))
	expect(south, []record.MemberID{sara}, []record.MemberID{sara})
	waiting, err := w.house.ToWelcome(ctx, w.unlock(sara))
	must(t, err)
	if len(waiting) != 1 || waiting[0].Member.ID != lucie {
		t.Fatalf("who waits in the second service: %v", waiting)
	}
	must(t, w.house.Welcome(ctx, w.unlock(sara), south, lucie))
	expect(south, []record.MemberID{sara, lucie}, []record.MemberID{sara, lucie})

	// she leaves the first: the next write makes a new key there, and nowhere else
	before, there := w.epoch(north, record.Office), w.epoch(south, record.Office)
	must(t, w.ends(of(lucie, as(record.RoleReception, north))))
	expect(north, []record.MemberID{julie}, []record.MemberID{julie})
	must(t, w.house.SetSettings(ctx, w.unlock(julie), north, Settings{Ink: record.CaseCircle}))
	must(t, w.house.SetSettings(ctx, w.unlock(sara), south, Settings{Ink: record.CaseCircle}))
	if now, still := w.epoch(north, record.Office), w.epoch(south, record.Office); now != before+1 || still != there {
		t.Errorf("epochs %d and %d, want %d and %d", now, still, before+1, there)
	}
	if waiting, err := w.house.ToWelcome(ctx, w.unlock(julie)); err != nil || len(waiting) != 0 {
		t.Errorf("who left waits to be welcomed: %v %v", waiting, err)
	}
	// and comes back as anybody comes
	must(t, w.gives(of(lucie, as(record.RoleWorker, north))))
	must(t, w.house.Welcome(ctx, w.unlock(julie), north, lucie))
	expect(north, both, both)
}

// secrecy.md §4. Seen to kill: Welcome without its check of functions; Settle
// counting house roles.
func TestWhoOnlyAdministersDirectsOrOverseesNeverHoldsAnOffice(t *testing.T) {
	w := founded(t)
	north, empty := w.service("Nord"), w.service("Vide")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	for _, role := range record.HouseRoles() {
		t.Run(string(role), func(t *testing.T) {
			m := w.hire(w.founder, "Worked "+string(role), as(record.RoleWorker, north))
			must(t, w.house.Welcome(ctx, w.unlock(julie), north, m))
			must(t, w.gives(of(m, as(role, record.ServiceID{}))))
			must(t, w.ends(of(m, as(record.RoleWorker, north))))
			if !refusedAs(w.house.Welcome(ctx, w.unlock(julie), north, m), "fault.house_only") {
				t.Error("she is welcomed again")
			}
			must(t, w.house.Settle(ctx, w.unlock(m)))
			if w.holders(north, record.Office)[m] || w.holders(north, record.Emergency)[m] {
				t.Error("she holds a key of the service she left")
			}
			if has, err := w.strong.HasOffice(ctx, empty); has || err != nil {
				t.Errorf("she made the Office of a service of nobody's (%v)", err)
			}
		})
	}
}

func refusedAs(err error, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Refused && f.Key == key
}

// Seen to kill: ending without onlyHolder; ending without its last function;
// decertify without lastOfficer; Employ of a closed account.
func TestAFunctionThatNobodyElseCouldReplaceStays(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	admin := as(record.RoleAdministrator, record.ServiceID{})
	must(t, w.gives(of(julie, as(record.RoleDPO, record.ServiceID{}))))
	for name, c := range map[string]struct {
		err error
		key string
	}{
		"the only key of a service":       {w.ends(of(julie, as(record.RoleWorker, north))), "fault.last_key"},
		"the only function of a member":   {w.ends(of(w.founder, admin)), "fault.last_function"},
		"a role where it is not held":     {w.gives(of(julie, as(record.RoleDPO, north))), "form.choice"},
		"a function that is held":         {w.gives(of(julie, as(record.RoleWorker, north))), "fault.function_held"},
		"a function of a lead, by a lead": {w.house.AddFunction(ctx, w.unlock(julie), of(julie, as(record.RoleLead, north))), "fault.not_yours"},
	} {
		t.Run(name, func(t *testing.T) {
			var f *fault.Error
			if !errors.As(c.err, &f) || f.Key != c.key {
				t.Errorf("%v, want %s", c.err, c.key)
			}
		})
	}
	must(t, w.gives(of(w.founder, as(record.RoleDirector, record.ServiceID{}))))
	if !refusedAs(w.ends(of(w.founder, admin)), "fault.last_officer") {
		t.Error("the organisation is left without an officer")
	}
	must(t, w.gives(of(julie, admin)))
	must(t, w.ends(of(w.founder, admin)))
	if err := w.gives(of(julie, as(record.RoleLead, north))); fault.KindOf(err) != fault.Refused {
		t.Errorf("who administers no more gives a function: %v", err)
	}
	leaver := w.house.CloseAccount(ctx, w.unlock(julie), w.founder)
	must(t, leaver)
	if err := w.house.AddFunction(ctx, w.unlock(julie), of(w.founder, as(record.RoleWorker, north))); !refusedAs(err, "fault.not_enrolled") {
		t.Errorf("a closed account is given a function: %v", err)
	}
}
