// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
	"github.com/google/go-cmp/cmp"
)

// TestSigningIn: what opens, on which device.
//
// Seen to kill: a passphrase that opens on a device that is not known.
func TestSigningIn(t *testing.T) {
	w := newWorld(t)
	known := w.enrolled()
	maps.DeleteFunc(known, func(name, _ string) bool { return name != deviceCookie })
	_, wrongPaper, err := w.strong.NewPaper(w.unlocked()) // made, and kept nowhere
	must(t, err)
	for name, c := range map[string]struct {
		a     Attempt
		known bool
		opens bool
		renew bool
	}{
		"a passphrase opens on a known device":                  {Attempt{Login: " ODILE", Passphrase: words}, true, true, false},
		"a passphrase alone opens nothing on a new device":      {Attempt{Login: "odile", Passphrase: words}, false, false, false},
		"passphrase and paper code open on a new device":        {Attempt{Login: "odile", Passphrase: words, Paper: w.paper}, false, true, false},
		"a paper code alone opens on a known device":            {Attempt{Login: "odile", Paper: w.paper}, true, true, true},
		"a paper code alone opens nothing on a new device":      {Attempt{Login: "odile", Paper: w.paper}, false, false, false},
		"a wrong passphrase opens nothing":                      {Attempt{Login: "odile", Passphrase: other}, true, false, false},
		"a wrong passphrase with the paper code opens nothing":  {Attempt{Login: "odile", Passphrase: other, Paper: w.paper}, true, false, false},
		"the passphrase with another's paper opens nothing":     {Attempt{Login: "odile", Passphrase: words, Paper: wrongPaper}, true, false, false},
		"an account that does not exist opens nothing":          {Attempt{Login: "personne", Passphrase: words, Paper: w.paper}, true, false, false},
		"nothing typed opens nothing, on a known device either": {Attempt{Login: "odile"}, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := browser{}
			if c.known {
				b = maps.Clone(known)
			}
			c.a.Cookies = b.cookies()
			o, err := w.door.SignIn(ctx, c.a)
			if !c.opens {
				if !errors.Is(err, errSignIn) || len(o.Set) != 0 {
					t.Fatalf("got %v and %d cookies, want the one sentence and none", err, len(o.Set))
				}
				return
			}
			must(t, err)
			b.take(o.Set)
			v := w.who(b, true)
			if v.Current != 1 || v.Unlocked == nil || v.Unlocked.Member() != w.odile || v.Renew != c.renew || !b.cookies().Known() {
				t.Errorf("after signing in: %+v", v)
			}
		})
	}
}

func TestAMistypedPaperCodeIsSaidAtItsFieldForAnybody(t *testing.T) {
	w := newWorld(t)
	typo := strings.Replace(w.paper, w.paper[:1], "?", 1)
	for _, who := range []string{"odile", "personne"} {
		_, err := w.door.SignIn(ctx, Attempt{Login: who, Passphrase: words, Paper: typo})
		if all := fault.AllFields(err); len(all) != 1 || all[0].Field != "paper_code" {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestCookiesAreForThisHostAloneAndOutOfReachOfScripts(t *testing.T) {
	w := newWorld(t)
	o, err := w.door.Admit(ctx, Cookies{}, w.odile, w.secret, "")
	must(t, err)
	lasts := map[string]int{"__Host-s1": 13 * 3600, "__Host-half": 300, "__Host-device": 400 * 86400}
	got := map[string]int{}
	for _, c := range o.Set {
		got[c.Name] = c.MaxAge
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: %+v", c.Name, c)
		}
	}
	if diff := cmp.Diff(lasts, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheSecondHalfLapsesUnlessAPersonUsesIt(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	for range 5 {
		w.clock = w.clock.Add(4 * time.Minute)
		if v := w.who(b, true); v.Current != 1 {
			t.Fatal("a session in use is veiled")
		}
	}
	w.clock = w.clock.Add(4 * time.Minute)
	if v := w.who(b, false); v.Current != 1 || len(v.Set) != 0 {
		t.Fatalf("a timer sees %+v", v)
	}
	w.clock = w.clock.Add(time.Minute + time.Second)
	v := w.who(b, true) // the browser kept the cookie: the server refuses it
	if v.Current != 0 || v.Unlocked != nil || v.Places[1].State != Veiled || v.Places[1].Name != "Odile Faure" {
		t.Errorf("five minutes after the last use: %+v", v)
	}
}

func TestAUseIsNotedOnceInFifteenSeconds(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	row := func() int64 {
		t.Helper()
		s, err := w.db.Session(ctx, strongroom.CookieHash(b.cookies().sessions[1]))
		must(t, err)
		return s.LastUse
	}
	start := row()
	w.clock = w.clock.Add(14 * time.Second)
	w.who(b, true)
	if row() != start {
		t.Error("noted after 14 seconds")
	}
	w.clock = w.clock.Add(time.Second)
	w.who(b, true)
	if row() != start+15 {
		t.Error("not noted after 15 seconds")
	}
}

func TestAVeilIsLiftedByASlotAndThenByADayCode(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	stolen := maps.Clone(b)
	set, err := w.door.Veil(ctx, b.cookies(), 1)
	must(t, err)
	b.take(set)
	for name, jar := range map[string]browser{"the browser": b, "who kept the half": stolen} {
		if v := w.who(jar, true); v.Unlocked != nil || v.Places[1].State != Veiled {
			t.Fatalf("%s is lifted after the veil", name)
		}
	}
	_, err = w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "482913"})
	wantKind(t, err, fault.Refused) // none was set
	o, err := w.door.Lift(ctx, b.cookies(), 1, Lifting{Passphrase: words})
	must(t, err)
	b.take(o.Set)
	if !o.OfferDayCode || w.who(b, true).Current != 1 {
		t.Fatal("a passphrase does not lift")
	}
	if v := w.who(stolen, true); v.Unlocked != nil {
		t.Error("the half from before the veil opens again")
	}

	err = w.door.SetDayCode(ctx, w.unlocked(), b.cookies(), "48291")
	if all := fault.AllFields(err); len(all) != 1 || all[0].Field != "day_code" {
		t.Errorf("five digits: %v", err)
	}
	must(t, w.door.SetDayCode(ctx, w.unlocked(), b.cookies(), "482913"))
	w.clock = w.clock.Add(6 * time.Minute)
	if v := w.who(b, true); v.Current != 0 || !v.Places[1].DayCode {
		t.Fatalf("%+v", v)
	}
	elsewhere := maps.Clone(b)
	delete(elsewhere, deviceCookie)
	_, err = w.door.Lift(ctx, elsewhere.cookies(), 1, Lifting{DayCode: "482913"})
	wantKind(t, err, fault.Refused)
	o, err = w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "482913"})
	must(t, err)
	b.take(o.Set)
	if w.who(b, true).Current != 1 {
		t.Error("a day code does not lift")
	}
}

// Seen to kill: a lift that forgets the day code, or offers another; one that keeps
// the half of before; an end of the session that leaves the sealed code in its row.
func TestADayCodeStaysUntilTheSessionEnds(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	must(t, w.door.SetDayCode(ctx, w.unlocked(), b.cookies(), "482913"))
	for i, by := range []Lifting{{Passphrase: words}, {DayCode: "482913"}, {DayCode: "482913"}} {
		before := maps.Clone(b)
		set, err := w.door.Veil(ctx, b.cookies(), 1)
		must(t, err)
		b.take(set)
		o, err := w.door.Lift(ctx, b.cookies(), 1, by)
		must(t, err)
		b.take(o.Set)
		switch {
		case o.OfferDayCode:
			t.Errorf("lift %d offers another day code", i+1)
		case w.who(b, true).Current != 1:
			t.Errorf("lift %d does not lift", i+1)
		case w.who(before, true).Unlocked != nil:
			t.Errorf("after lift %d the half of before opens again", i+1)
		}
	}
	w.clock = w.clock.Add(SessionTime + time.Second)
	_, err := w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "482913"})
	wantKind(t, err, fault.SignedOut)
	must(t, w.door.Expire(ctx))
	row, err := w.db.Session(ctx, strongroom.CookieHash(b.cookies().sessions[1]))
	if err != nil || len(row.DaySealed) > 0 || len(row.Sealed) > 0 {
		t.Errorf("a session that is over keeps a day code (%v)", err)
	}
}

// Seen to kill: a lift, by either way, that gives its token not back.
func TestADayOfInterruptionsIsNotTooManyTries(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	must(t, w.door.SetDayCode(ctx, w.unlocked(), b.cookies(), "482913"))
	for i := range 2 * (accountBurst + 1) {
		by := []Lifting{{DayCode: "482913"}, {Passphrase: words}}[i/(accountBurst+1)]
		set, err := w.door.Veil(ctx, b.cookies(), 1)
		must(t, err)
		b.take(set)
		o, err := w.door.Lift(ctx, b.cookies(), 1, by)
		if err != nil {
			t.Fatalf("interruption %d: %v", i+1, err)
		}
		b.take(o.Set)
	}
}

func TestAUseThatCrossesAVeilDoesNotUndoIt(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	row, err := w.db.Session(ctx, strongroom.CookieHash(b.cookies().sessions[1])) // what a request has read
	must(t, err)
	_, err = w.door.Veil(ctx, b.cookies(), 1)
	must(t, err)
	still, err := w.door.touch(ctx, row, w.clock.Unix())
	if still || err != nil || w.who(b, true).Unlocked != nil {
		t.Errorf("the veil was undone (%v)", err)
	}
}

func TestFiveWrongDayCodesEndTheSession(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	must(t, w.door.SetDayCode(ctx, w.unlocked(), b.cookies(), "482913"))
	set, err := w.door.Veil(ctx, b.cookies(), 1)
	must(t, err)
	b.take(set)
	for range DayCodeTries - 1 {
		_, err := w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "111111"})
		wantKind(t, err, fault.Refused)
	}
	_, err = w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "111111"})
	wantKind(t, err, fault.SignedOut)
	_, err = w.door.Lift(ctx, b.cookies(), 1, Lifting{DayCode: "482913"})
	wantKind(t, err, fault.SignedOut)
	if v := w.who(b, true); v.Places[1].State != Over {
		t.Errorf("%+v", v.Places[1])
	}
}

func TestASessionEndsAndThenTakesDraftsForADay(t *testing.T) {
	w := newWorld(t)
	typed := strongroom.Words{record.TagText: confided.NewText("la phrase en cours")}
	for name, c := range map[string]struct {
		use  time.Duration // every so often
		last time.Duration // since the start, still alive
		over time.Duration
	}{
		"after four hours unused": {0, 4 * time.Hour, 4*time.Hour + time.Second},
		"after thirteen hours":    {time.Hour, 13 * time.Hour, 13*time.Hour + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			b := w.enrolled()
			start := w.clock
			row := func() record.Session {
				s, err := w.db.Session(ctx, strongroom.CookieHash(b.cookies().sessions[1]))
				must(t, err)
				return s
			}
			for c.use > 0 && w.clock.Before(start.Add(c.last)) {
				w.clock = w.clock.Add(c.use)
				must(t, w.db.Write(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, row().Hash, w.clock.Unix()) }))
			}
			w.clock = start.Add(c.last)
			if v := w.who(b, false); v.Places[1].State < Veiled {
				t.Fatalf("ended too early: %+v", v.Places[1])
			}
			w.clock = start.Add(c.over)
			if v := w.who(b, true); v.Places[1].State != Over || v.Unlocked != nil {
				t.Fatalf("before the clock came by: %+v", v)
			}
			must(t, w.door.Expire(ctx))
			if v := w.who(b, true); v.Places[1].State != Over || v.Unlocked != nil {
				t.Fatalf("%+v", v)
			}
			if len(row().Sealed) != 0 {
				t.Error("an ended session holds a secret")
			}
			must(t, w.door.Deposit(ctx, b.cookies(), 1, typed))
			_, err := w.door.Lift(ctx, b.cookies(), 1, Lifting{Passphrase: words})
			wantKind(t, err, fault.SignedOut)
			w.clock = w.clock.Add(29 * time.Hour)
			must(t, w.door.Expire(ctx))
			if v := w.who(b, true); v.Places[1].State != Absent || b["__Host-s1"] != "" {
				t.Errorf("a day later: %+v", v.Places[1])
			}
			wantKind(t, w.door.Deposit(ctx, b.cookies(), 1, typed), fault.SignedOut)
		})
	}
	drafts, err := w.strong.OpenDrafts(ctx, w.unlocked())
	must(t, err)
	kept := 0
	for _, d := range drafts {
		if d.Words[record.TagText].Reveal() == "la phrase en cours" {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d drafts were kept, want 2", kept)
	}
}

func TestFourSessionsStandSideBySideAndOneIsLifted(t *testing.T) {
	w := newWorld(t)
	shared := browser{}
	for n := 1; n <= Places; n++ { // four colleagues, played by one
		one := w.enrolled()
		shared["__Host-s"+string(rune('0'+n))] = one["__Host-s1"]
		shared[halfCookie] = string(rune('0'+n)) + strings.TrimPrefix(one[halfCookie], "1")
	}
	v := w.who(shared, true)
	var states []State
	for _, p := range v.Places[1:] {
		states = append(states, p.State)
	}
	if diff := cmp.Diff([]State{Veiled, Veiled, Veiled, Lifted}, states); diff != "" {
		t.Error(diff)
	}
	c := shared.cookies()
	if _, err := w.door.freePlace(ctx, c, record.NewID[record.Member]()); !errors.Is(err, fault.New(fault.Refused, "fault.four_sessions")) {
		t.Errorf("a fifth session: %v", err)
	}
	moved := maps.Clone(shared)
	moved[halfCookie] = "2" + strings.TrimPrefix(moved[halfCookie], "4")
	if v := w.who(moved, true); v.Unlocked != nil {
		t.Error("the half of one place lifts another")
	}
	set, err := w.door.SignOut(ctx, c, 4)
	must(t, err)
	shared.take(set)
	if v := w.who(shared, true); v.Places[4].State != Absent || v.Places[3].State != Veiled || v.Current != 0 {
		t.Errorf("after signing out of one: %+v", v)
	}
	if n, err := w.door.freePlace(ctx, shared.cookies(), record.NewID[record.Member]()); n != 4 || err != nil {
		t.Errorf("the free place is %d (%v)", n, err)
	}
	set, err = w.door.SignOutAll(ctx, shared.cookies())
	must(t, err)
	shared.take(set)
	if len(shared) != 0 { // these browsers' device cookies were never taken
		t.Errorf("left: %d cookies", len(shared))
	}
}

func TestAClosedAccountIsNobody(t *testing.T) {
	w := newWorld(t)
	b := w.enrolled()
	w.setState(record.MemberClosed)
	if v := w.who(b, true); v.Unlocked != nil || v.Places[1] != (Place{}) {
		t.Errorf("%+v", v)
	}
	b[halfCookie] = "1." + strings.Repeat("A", 43)
	_, err := w.door.SignIn(ctx, Attempt{Login: "odile", Passphrase: words, Paper: w.paper, Cookies: b.cookies()})
	wantKind(t, err, fault.Refused)
	wantKind(t, w.door.Deposit(ctx, b.cookies(), 1, nil), fault.SignedOut)
}

func TestSlotsAreReplacedProvedAndNeverFewerThanTwo(t *testing.T) {
	w := newWorld(t)
	here, there := w.enrolled(), w.enrolled()
	u := w.unlocked()
	must(t, w.door.ProvePaper(ctx, u, w.paper))
	slot := func(k record.SlotKind) record.Slot {
		t.Helper()
		all, err := w.door.Slots(ctx, u)
		must(t, err)
		for _, s := range all {
			if s.Kind == k {
				return s
			}
		}
		t.Fatal("no such slot")
		return record.Slot{}
	}
	opens := func(a Attempt) bool {
		t.Helper()
		a.Login, a.Cookies = "odile", here.cookies()
		_, err := w.door.SignIn(ctx, a)
		return err == nil
	}

	code, err := w.door.NewPaper(ctx, u)
	must(t, err)
	if err := w.door.ProvePaper(ctx, u, w.paper); len(fault.AllFields(err)) != 1 {
		t.Errorf("the old code proves the new one: %v", err)
	}
	again, err := w.door.NewPaper(ctx, u) // the page was lost
	must(t, err)
	if !errors.Is(w.door.RemoveSlot(ctx, u, slot(record.SlotPassphrase).ID), fault.New(fault.Refused, "fault.two_slots")) {
		t.Error("one proved slot is enough")
	}
	wantKind(t, w.door.RemoveSlot(ctx, u, record.NewID[record.Slot]()), fault.Withheld)
	if err := w.door.ProvePaper(ctx, u, code); len(fault.AllFields(err)) != 1 {
		t.Errorf("a code that was replaced is proved: %v", err)
	}
	must(t, w.door.ProvePaper(ctx, u, again))

	set, err := w.door.NewPassphrase(ctx, u, here.cookies(), other)
	must(t, err)
	here.take(set)
	if _, err := w.door.NewPassphrase(ctx, u, here.cookies(), "court"); len(fault.AllFields(err)) != 1 {
		t.Errorf("a short passphrase: %v", err)
	}
	if w.who(here, true).Current != 1 || w.who(there, true).Places[1].State != Absent {
		t.Error("a new passphrase ends the other sessions, and no more")
	}
	all, err := w.door.Sessions(ctx, u, here.cookies())
	must(t, err)
	if len(all) != 1 || !all[0].This {
		t.Fatalf("sessions: %+v", all)
	}
	for name, c := range map[string]struct {
		a    Attempt
		want bool
	}{
		"the old passphrase": {Attempt{Passphrase: words}, false},
		"the new passphrase": {Attempt{Passphrase: other}, true},
		"the old paper":      {Attempt{Paper: w.paper}, false},
		"the new paper":      {Attempt{Paper: again}, true},
	} {
		if opens(c.a) != c.want {
			t.Errorf("%s: opens is not %v", name, c.want)
		}
	}
	devices, err := w.door.Devices(ctx, u, here.cookies())
	must(t, err)
	if len(devices) != 2 || !devices[0].This || devices[1].This {
		t.Errorf("devices: %+v", devices)
	}
	w.add(here, newToken(t))
	must(t, w.door.RemoveSlot(ctx, u, slot(record.SlotPasskey).ID))
	must(t, w.door.ForgetDevices(ctx, u))
	if opens(Attempt{Passphrase: other}) {
		t.Error("a forgotten device is known")
	}
}

func TestASessionIsEndedFromAnother(t *testing.T) {
	w := newWorld(t)
	here, there := w.enrolled(), w.enrolled()
	u := w.unlocked()
	all, err := w.door.Sessions(ctx, u, here.cookies())
	must(t, err)
	if len(all) != 2 || !all[0].This {
		t.Fatalf("%+v", all)
	}
	must(t, w.door.EndSession(ctx, u, all[1].ID))
	wantKind(t, w.door.EndSession(ctx, u, all[1].ID), fault.Withheld)
	if w.who(there, true).Unlocked != nil || w.who(here, true).Unlocked == nil {
		t.Error("the wrong session ended")
	}
}
