// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"errors"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"github.com/google/go-cmp/cmp"
)

func (w *world) progress(m record.MemberID) Progress {
	w.t.Helper()
	p, err := w.house.Progress(ctx, w.unlock(m))
	must(w.t, err)
	return p
}

func TestTheFirstStartGoesFromStepToStepAndSurvivesALostPage(t *testing.T) {
	w := empty(t)
	if is, err := w.house.Founded(ctx); is || err != nil {
		t.Fatalf("an empty house is founded: %v %v", is, err)
	}
	w = founded(t)
	if is, err := w.house.Founded(ctx); !is || err != nil {
		t.Fatalf("a founded house is not: %v %v", is, err)
	}
	u := w.unlock(w.founder)
	expect := func(want Progress) {
		t.Helper()
		if diff := cmp.Diff(want, w.progress(w.founder)); diff != "" {
			t.Fatal(diff)
		}
	}

	expect(Progress{Step: StepPaper})
	kept, err := w.house.Codes(ctx, u)
	must(t, err)
	if diff := cmp.Diff(Codes{w.found.Paper, w.found.Envelopes}, kept); diff != "" {
		t.Fatal("what was kept is not what was made:", diff)
	}
	wantField(t, w.house.ProvePaper(ctx, u, w.found.Envelopes[0].Code), "paper_code")
	must(t, w.house.ProvePaper(ctx, u, w.found.Paper))

	expect(Progress{Step: StepEnvelopes})
	typed := map[record.SeatID]string{}
	for _, e := range w.found.Envelopes[:3] {
		typed[e.Seat] = e.Control
	}
	typed[w.found.Envelopes[1].Seat] = "autrement"
	wantField(t, w.house.ProveEnvelopes(ctx, u, typed), "control_2")
	expect(Progress{Step: StepEnvelopes})
	typed[w.found.Envelopes[1].Seat] = " " + w.found.Envelopes[1].Control
	must(t, w.house.ProveEnvelopes(ctx, u, typed))

	expect(Progress{Step: StepDPO})
	dpo := w.found.Envelopes[3]
	wantField(t, w.house.ProveEnvelopes(ctx, u, map[record.SeatID]string{dpo.Seat: "autrement"}), "control_dpo")
	must(t, w.house.ProveEnvelopes(ctx, u, map[record.SeatID]string{dpo.Seat: dpo.Control}))
	if _, err := w.house.Codes(ctx, u); fault.KindOf(err) != fault.Withheld {
		t.Errorf("codes are kept after all were proved: %v", err)
	}

	expect(Progress{Step: StepServices})
	north := w.service("Nord")
	expect(Progress{Step: StepInvitations})
	w.hire(w.founder, "Julie Martin", as(record.RoleWorker, north))
	expect(Progress{Step: StepDone})
}

func TestCodesThatAreNotKeptAnyMoreAreSaidLost(t *testing.T) {
	w := founded(t)
	must(t, w.strong.DropDraft(ctx, w.unlock(w.founder), KeptID(w.founder)))
	if diff := cmp.Diff(Progress{StepPaper, true}, w.progress(w.founder)); diff != "" {
		t.Error(diff)
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	for _, f := range fault.AllFields(err) {
		if f.Field == field {
			return
		}
	}
	t.Errorf("no fault at %q: %v", field, err)
}

func TestAFoundingFormIsRefusedAtEachField(t *testing.T) {
	w := empty(t)
	_, err := w.house.Found(ctx, Founding{Login: "deux mots"}, journal.DeviceDesk)
	for _, field := range []string{"organisation", "name", "login"} {
		wantField(t, err, field)
	}
	_, err = w.house.Found(ctx, Founding{Organisation: "CCAS", Name: "Odile", Login: "odile", Passphrase: "court"}, journal.DeviceDesk)
	wantField(t, err, "passphrase")
	if is, _ := w.house.Founded(ctx); is {
		t.Error("a refused form founded the house")
	}
	w = founded(t)
	_, err = w.house.Found(ctx, Founding{Organisation: "Autre", Name: "Odile", Login: "o", Passphrase: words}, journal.DeviceDesk)
	if fault.KindOf(err) != fault.Refused {
		t.Errorf("a second founding: %v", err)
	}
}

func TestAnInvitationIsRefusedAtTheFieldThatIsWrong(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	u := w.unlock(w.founder)
	worker := []record.Function{as(record.RoleWorker, north)}
	for name, c := range map[string]struct {
		form  Newcomer
		field string
	}{
		"without a name":                       {Newcomer{Regime: record.RegimeMission, Functions: worker}, "name"},
		"without a regime":                     {Newcomer{Name: "Julie", Functions: worker}, "regime"},
		"with a regime nobody knows":           {Newcomer{Name: "Julie", Regime: "none", Functions: worker}, "regime"},
		"without a function":                   {Newcomer{Name: "Julie", Regime: record.RegimeMission}, "role"},
		"with a service role and no service":   {Newcomer{Name: "Julie", Regime: record.RegimeMission, Functions: []record.Function{as(record.RoleWorker, record.ServiceID{})}}, "role"},
		"with a house role in a service":       {Newcomer{Name: "Julie", Regime: record.RegimeMission, Functions: []record.Function{as(record.RoleDPO, north)}}, "role"},
		"with a sign-in name that is taken":    {Newcomer{Name: "Julie", Login: " ODILE ", Regime: record.RegimeMission, Functions: worker}, "login"},
		"with a sign-in name of two words":     {Newcomer{Name: "Julie", Login: "julie m", Regime: record.RegimeMission, Functions: worker}, "login"},
		"with a name of a thousand characters": {Newcomer{Name: string(make([]rune, 1000)) + "x", Regime: record.RegimeMission, Functions: worker}, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.house.Invite(ctx, u, c.form)
			wantField(t, err, c.field)
		})
	}
	if all, err := w.house.Invitations(ctx, u); err != nil || len(all) != 0 {
		t.Errorf("refused forms left %d invitations (%v)", len(all), err)
	}
}

// another is a code that differs from one by its first character.
func another(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func TestACodeEnrolsOnceWithinThreeDays(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	form := Newcomer{Name: "Éloïse Grand-Œuvre", Regime: record.RegimeProfession, Functions: []record.Function{as(record.RoleWorker, north)}}
	code, inv, err := w.house.Invite(ctx, w.unlock(w.founder), form)
	must(t, err)

	shown, err := w.house.Invited(ctx, code)
	must(t, err)
	want := []string{"CCAS de Valmont", "Éloïse Grand-Œuvre", "eloise.grand-oeuvre", "Odile Faure", "Nord"}
	if diff := cmp.Diff(want, []string{shown.Organisation, shown.Member.Name, shown.Member.Login, shown.Inviter, shown.Services[0]}); diff != "" {
		t.Error(diff)
	}
	_, err = w.house.Invited(ctx, another(code))
	wantField(t, err, "invitation_code")
	_, err = w.house.Enrol(ctx, code, "odile", words, journal.DeviceDesk)
	wantField(t, err, "login")
	_, err = w.house.Enrol(ctx, code, "eloise", "court", journal.DeviceDesk)
	wantField(t, err, "passphrase")

	w.clock = w.clock.Add(72*time.Hour - time.Minute)
	out, err := w.house.Enrol(ctx, code, "Eloise ", words, journal.DevicePhone)
	must(t, err)
	w.secrets[inv.Member] = out.Secret
	if out.Member.Login != "eloise" {
		t.Errorf("she signs in as %q", out.Member.Login)
	}
	if diff := cmp.Diff(Progress{Step: StepPaper}, w.progress(inv.Member)); diff != "" {
		t.Error(diff)
	}
	must(t, w.house.ProvePaper(ctx, w.unlock(inv.Member), out.Paper))
	if diff := cmp.Diff(Progress{Step: StepDone}, w.progress(inv.Member)); diff != "" {
		t.Error(diff)
	}
	if _, err := w.house.Enrol(ctx, code, "autre", words, journal.DeviceDesk); fault.KindOf(err) != fault.Expired {
		t.Errorf("a code used twice: %v", err)
	}
}

func TestAnInvitationThatIsOverOrCancelledEnrolsNobody(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	u := w.unlock(w.founder)
	form := Newcomer{Name: "Julie Martin", Regime: record.RegimeProfession, Functions: []record.Function{as(record.RoleWorker, north)}}
	code, inv, err := w.house.Invite(ctx, u, form)
	must(t, err)
	must(t, w.house.CancelInvitation(ctx, u, inv.ID))
	if _, err := w.house.Enrol(ctx, code, "julie", words, journal.DeviceDesk); fault.KindOf(err) != fault.Expired {
		t.Errorf("a cancelled code: %v", err)
	}
	if err := w.house.CancelInvitation(ctx, u, inv.ID); fault.KindOf(err) != fault.Withheld {
		t.Errorf("cancelled twice: %v", err)
	}
	form.Login = "julie.martin" // free again
	code, _, err = w.house.Invite(ctx, u, form)
	must(t, err)
	w.clock = w.clock.Add(73 * time.Hour)
	if _, err := w.house.Enrol(ctx, code, "julie", words, journal.DeviceDesk); fault.KindOf(err) != fault.Expired {
		t.Errorf("a code after its time: %v", err)
	}
	all, err := w.house.Invitations(ctx, u)
	must(t, err)
	if len(all) != 1 || !all[0].Expired {
		t.Errorf("the invitation that is over is not shown so: %v", all)
	}
}

// awaits says which services a member waits for, and who can welcome her.
func (w *world) awaits(m record.MemberID, want string) {
	w.t.Helper()
	all, err := w.house.Awaiting(ctx, w.unlock(m))
	must(w.t, err)
	var got string
	for _, a := range all {
		got += a.Service.Name + ":"
		for _, one := range a.Welcomers {
			got += " " + one.Name
		}
	}
	if got != want {
		w.t.Errorf("she waits for %q, want %q", got, want)
	}
}

// Seen to kill: an Awaiting that lists who holds the key, one that names as welcomer
// whoever works in the service.
func TestKeysOfAServiceGoToThoseWhoWorkThereAndToNobodyElse(t *testing.T) {
	w := founded(t)
	north, south := w.service("Nord"), w.service("Sud")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	lead := w.hire(w.founder, "Renée", as(record.RoleLead, north))
	desk := w.hire(w.founder, "Accueil", as(record.RoleReception, north))
	other := w.hire(w.founder, "Sud", as(record.RoleWorker, south))
	admin := w.hire(w.founder, "Ada", as(record.RoleAdministrator, record.ServiceID{}))
	dpo := w.hire(w.founder, "Dominique", as(record.RoleDPO, record.ServiceID{}))

	waiting, err := w.house.ToWelcome(ctx, w.unlock(julie))
	must(t, err)
	var who []record.MemberID
	for _, n := range waiting {
		who = append(who, n.Member.ID)
	}
	if diff := cmp.Diff([]record.MemberID{lead, desk}, who); diff != "" {
		t.Fatal(diff)
	}
	w.awaits(desk, "Nord: Julie")
	w.awaits(julie, "")
	w.awaits(other, "")
	w.awaits(admin, "")
	for _, m := range who {
		must(t, w.house.Welcome(ctx, w.unlock(julie), north, m))
		w.awaits(m, "")
		must(t, w.house.Welcome(ctx, w.unlock(julie), north, m)) // twice does no harm
	}
	if waiting, err = w.house.ToWelcome(ctx, w.unlock(julie)); err != nil || len(waiting) != 0 {
		t.Errorf("%d still wait (%v)", len(waiting), err)
	}
	for name, m := range map[string]record.MemberID{"an administrator": admin, "a DPO": dpo, "another service": other, "the founder": w.founder} {
		if err := w.house.Welcome(ctx, w.unlock(julie), north, m); !errors.Is(err, fault.New(fault.Refused, "fault.house_only")) {
			t.Errorf("%s welcomed into the service: %v", name, err)
		}
	}
	if err := w.house.Welcome(ctx, w.unlock(admin), north, desk); fault.KindOf(err) != fault.Refused {
		t.Errorf("an administrator welcomes: %v", err)
	}
	must(t, w.house.Settle(ctx, w.unlock(admin)))

	wantOffice := map[record.MemberID]bool{julie: true, lead: true, desk: true}
	if diff := cmp.Diff(wantOffice, w.holders(north, record.Office)); diff != "" {
		t.Error(diff)
	}
	wantEmergency := map[record.MemberID]bool{julie: true, lead: true}
	if diff := cmp.Diff(wantEmergency, w.holders(north, record.Emergency)); diff != "" {
		t.Error(diff)
	}
}

func TestWhoAdministersASmallHouseWorksInItToo(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	u := w.unlock(w.founder)
	wantField(t, w.house.TakeFunction(ctx, u, north, record.RoleDPO), "role")
	must(t, w.house.TakeFunction(ctx, u, north, record.RoleWorker))
	must(t, w.house.TakeFunction(ctx, u, north, record.RoleWorker))
	if !w.holders(north, record.Office)[w.founder] {
		t.Error("the first member of the service has no Office")
	}
	// What the inviter holds comes with the invitation.
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	if !w.holders(north, record.Office)[julie] || !w.holders(north, record.Emergency)[julie] {
		t.Error("an invitation did not bring the keys of the role")
	}
	a, err := w.house.Member(ctx, w.founder)
	must(t, err)
	if len(a.Functions) != 2 {
		t.Errorf("the pages name %d functions, want both", len(a.Functions))
	}
	members, err := w.house.Members(ctx)
	must(t, err)
	places, err := w.house.Services(ctx)
	must(t, err)
	if len(members) != 2 || len(places) != 1 || len(places[0].Missions) != 1 {
		t.Errorf("directory: %d members, %d services", len(members), len(places))
	}
}

func TestALeadInvitesIntoHerServiceOnly(t *testing.T) {
	w := founded(t)
	north, south := w.service("Nord"), w.service("Sud")
	lead := w.hire(w.founder, "Renée", as(record.RoleLead, north))
	u := w.unlock(lead)
	for name, c := range map[string]struct {
		as   record.Function
		want fault.Kind
	}{
		"a worker of hers":  {as(record.RoleWorker, north), 0},
		"another lead":      {as(record.RoleLead, north), fault.Refused},
		"another service's": {as(record.RoleWorker, south), fault.Refused},
		"an administrator":  {as(record.RoleAdministrator, record.ServiceID{}), fault.Refused},
	} {
		_, _, err := w.house.Invite(ctx, u, Newcomer{Name: "Lucie Petit", Regime: record.RegimeProfession, Functions: []record.Function{c.as}})
		if (err == nil) != (c.want == 0) || err != nil && fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.house.AddService(ctx, u, "Est", []record.MissionCode{record.MissionRSA}, true); fault.KindOf(err) != fault.Refused {
		t.Errorf("a lead made a service: %v", err)
	}
	_, err := w.house.AddService(ctx, w.unlock(w.founder), " ", nil, true)
	wantField(t, err, "service")
	wantField(t, err, "mission")
}

func TestEverythingEndsInTheSameSecondWhenAnAccountCloses(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	u := w.unlock(w.founder)
	row, _, _ := w.strong.Begin(julie, w.secrets[julie])
	must(t, w.db.Write(ctx, func(tx *store.Tx) error { return tx.PutSession(ctx, row) }))

	if err := w.house.CloseAccount(ctx, w.unlock(julie), w.founder); fault.KindOf(err) != fault.Refused {
		t.Errorf("a worker closed an account: %v", err)
	}
	if err := w.house.CloseAccount(ctx, u, w.founder); !errors.Is(err, fault.New(fault.Refused, "fault.close_self")) {
		t.Errorf("she closed her own: %v", err)
	}
	must(t, w.house.CloseAccount(ctx, u, julie))

	if _, err := w.strong.Unlock(ctx, julie, w.secrets[julie], journal.DeviceDesk); fault.KindOf(err) != fault.SignedOut {
		t.Errorf("a closed account unlocks: %v", err)
	}
	if _, err := w.db.Session(ctx, row.Hash); fault.KindOf(err) != fault.Withheld {
		t.Errorf("her session is still there: %v", err)
	}
	slots, err := w.db.Slots(ctx, julie)
	must(t, err)
	a, err := w.house.Member(ctx, julie)
	must(t, err)
	if len(slots) != 0 || len(a.Functions) != 0 || a.State != record.MemberClosed {
		t.Errorf("left: %d slots, %d functions, state %d", len(slots), len(a.Functions), a.State)
	}
	if w.holders(north, record.Office)[julie] {
		t.Error("a key is still wrapped to her")
	}
	if err := w.house.CloseAccount(ctx, u, julie); fault.KindOf(err) != fault.Refused {
		t.Errorf("closed twice: %v", err)
	}
	// The chain still verifies, from the start, for a process that knows nothing.
	must(t, w.house.Settle(ctx, w.unlock(w.founder)))
	w.hire(w.founder, "Karim", as(record.RoleWorker, north))
}

func TestATeamDecidesForItsNewDossiers(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	julie := w.hire(w.founder, "Julie", as(record.RoleWorker, north))
	karim := w.hire(w.founder, "Karim", as(record.RoleWorker, north))
	desk := w.hire(w.founder, "Accueil", as(record.RoleReception, north))
	for _, m := range []record.MemberID{karim, desk} {
		must(t, w.house.Welcome(ctx, w.unlock(julie), north, m))
	}
	settings := func(m record.MemberID) Settings {
		t.Helper()
		s, err := w.house.Settings(ctx, w.unlock(m), north)
		must(t, err)
		return s
	}
	if diff := cmp.Diff(Settings{Ink: record.CaseCircle}, settings(julie)); diff != "" {
		t.Error(diff)
	}
	wantField(t, w.house.SetSettings(ctx, w.unlock(julie), north, Settings{Readers: []record.MemberID{desk}, Ink: record.CaseCircle}), "readers")
	wantField(t, w.house.SetSettings(ctx, w.unlock(julie), north, Settings{Ink: record.Scratchpad}), "ink")
	if err := w.house.SetSettings(ctx, w.unlock(desk), north, Settings{Ink: record.CaseCircle}); fault.KindOf(err) != fault.Refused {
		t.Errorf("reception changed a setting: %v", err)
	}
	first := Settings{Readers: []record.MemberID{karim, julie}, Ink: record.Reserved}
	must(t, w.house.SetSettings(ctx, w.unlock(julie), north, first))
	if diff := cmp.Diff(first, settings(karim)); diff != "" {
		t.Error(diff)
	}
	must(t, w.house.SetSettings(ctx, w.unlock(karim), north, Settings{Readers: []record.MemberID{karim}, Ink: record.CaseCircle}))
	must(t, w.house.CloseAccount(ctx, w.unlock(w.founder), karim))
	if diff := cmp.Diff(Settings{Ink: record.CaseCircle}, settings(julie)); diff != "" {
		t.Error("who left is named in no new dossier:", diff)
	}
	must(t, w.house.SetSettings(ctx, w.unlock(julie), north, only(julie)))
	if diff := cmp.Diff(only(julie), settings(desk)); diff != "" {
		t.Error(diff)
	}
	if _, err := w.house.Settings(ctx, w.unlock(w.founder), north); fault.KindOf(err) != fault.Withheld {
		t.Errorf("an administrator reads a service's setting: %v", err)
	}
}

func only(m record.MemberID) Settings {
	return Settings{Readers: []record.MemberID{m}, Ink: record.Reserved}
}

var _ Tx = (*store.Tx)(nil)
