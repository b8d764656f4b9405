// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

func TestANoteIsReadByItsReadersAndNobodyElse(t *testing.T) {
	w := newWorld(t)
	julie := w.hire(w.founder, "Julie", worker(w.north))
	karim := w.hire(w.founder, "Karim", worker(w.north))
	accueil := w.hire(w.founder, "Accueil", as(record.RoleReception, w.north))
	sud := w.hire(w.founder, "Sud", worker(w.south))
	w.welcome(julie, w.north, karim, accueil)

	p := w.receive(julie, w.north, "Lucie")
	c := w.open(julie, w.north, julie, nil, p)
	w.write(julie, c, w.main(c), "ce qui fut confié")

	if diff := cmp.Diff([]string{"ce qui fut confié"}, w.reads(julie, c)); diff != "" {
		t.Error(diff)
	}
	for name, m := range map[string]record.MemberID{"a colleague outside": karim, "reception": accueil, "another service": sud, "an administrator": w.founder} {
		if got := w.reads(m, c); len(got) != 0 {
			t.Errorf("%s reads %d notes", name, len(got))
		}
	}
}

// welcome gives colleagues the Office that their inviter did not hold.
func (w *world) welcome(by record.MemberID, s record.ServiceID, all ...record.MemberID) {
	w.t.Helper()
	for _, m := range all {
		must(w.t, w.room.Do(ctx, w.unlock(by), func(a *Act) error { return a.Welcome(ctx, s, m, true) }, nil))
	}
}

func TestReadersAreTheLivingPeopleWhoseSlotsReachTheKey(t *testing.T) {
	w := newWorld(t)
	julie := w.hire(w.founder, "Julie", worker(w.north))
	karim := w.hire(w.founder, "Karim", worker(w.north))
	w.welcome(julie, w.north, karim)
	p := w.receive(julie, w.north, "Lucie")
	c := w.open(julie, w.north, julie, []record.MemberID{karim}, p)

	got, err := w.room.CircleReaders(ctx, w.unlock(julie), caseOwner(c), w.main(c))
	must(t, err)
	if diff := cmp.Diff([]record.MemberID{julie, karim}, got.Members); diff != "" {
		t.Error(diff)
	}
	must(t, w.room.Do(ctx, w.unlock(julie), func(a *Act) error { return a.EndInCase(ctx, c, karim) }, nil))
	got, err = w.room.CircleReaders(ctx, w.unlock(julie), caseOwner(c), w.main(c))
	must(t, err)
	if diff := cmp.Diff([]record.MemberID{julie}, got.Members); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]record.MemberID{karim}, got.Emergency); diff != "" {
		t.Error(diff)
	}
	w.write(julie, c, w.main(c), "après son départ")
	if got := w.reads(karim, c); len(got) != 0 {
		t.Errorf("who left reads %d notes", len(got))
	}
	if diff := cmp.Diff([]string{"après son départ"}, w.reads(julie, c)); diff != "" {
		t.Error(diff)
	}
}

func TestANoteMayBeWidenedNarrowedCorrectedAndMoved(t *testing.T) {
	w := newWorld(t)
	julie := w.hire(w.founder, "Julie", worker(w.north))
	karim := w.hire(w.founder, "Karim", worker(w.north))
	w.welcome(julie, w.north, karim)
	p := w.receive(julie, w.north, "Lucie")
	c := w.open(julie, w.north, julie, nil, p)
	obj := w.write(julie, c, w.main(c), "pour un avis")

	must(t, w.room.Do(ctx, w.unlock(julie), func(a *Act) error {
		return a.WidenNote(ctx, c, obj.ID, Widening{To: karim, Reason: record.ReasonAdvice, Ground: record.GroundContinuity, Informed: record.InformedNotice})
	}, nil))
	w.write(julie, c, w.main(c), "pas pour lui")
	if diff := cmp.Diff([]string{"pour un avis"}, w.reads(karim, c)); diff != "" {
		t.Error(diff)
	}

	must(t, w.room.Do(ctx, w.unlock(julie), func(a *Act) error {
		_, err := a.Correct(ctx, caseOwner(c), obj.ID, 1, note(c, "corrigée"))
		return err
	}, nil))
	err := w.room.Do(ctx, w.unlock(julie), func(a *Act) error {
		_, err := a.Correct(ctx, caseOwner(c), obj.ID, 1, note(c, "autre main"))
		return err
	}, nil)
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("a correction of an older version: %v, want a conflict", err)
	}
	if diff := cmp.Diff([]string{"corrigée"}, w.reads(karim, c)); diff != "" {
		t.Error("a later version is his too:", diff)
	}

	u := w.unlock(julie)
	items, err := w.room.Open(ctx, u, followUp, Ask{Owner: caseOwner(c), Objects: []record.ObjectID{obj.ID}, History: true})
	must(t, err)
	must(t, w.room.Do(ctx, u, func(a *Act) error { return a.NarrowNote(ctx, c, items, nil) }, nil))
	if got := w.reads(karim, c); len(got) != 0 {
		t.Errorf("after the narrowing he reads %v", len(got))
	}
	if diff := cmp.Diff([]string{"corrigée", "pas pour lui"}, w.reads(julie, c)); diff != "" {
		t.Error(diff)
	}
}

// TestWhoOpensACaseForAColleagueKeepsNoKeyOfIt: a lead names a referent, and reads nothing.
//
// Seen to kill: a wrap to who opens the case.
func TestWhoOpensACaseForAColleagueKeepsNoKeyOfIt(t *testing.T) {
	w := newWorld(t)
	julie := w.hire(w.founder, "Julie", worker(w.north))
	lead := w.hire(w.founder, "Renée", as(record.RoleLead, w.north))
	w.welcome(julie, w.north, lead)
	p := w.receive(lead, w.north, "Lucie")
	c := w.open(lead, w.north, julie, nil, p)
	w.write(julie, c, w.main(c), "à Julie seule")
	if got := w.reads(lead, c); len(got) != 0 {
		t.Errorf("the lead reads %d notes", len(got))
	}
	if diff := cmp.Diff([]string{"à Julie seule"}, w.reads(julie, c)); diff != "" {
		t.Error(diff)
	}
}
