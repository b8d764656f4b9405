// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"bytes"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: DropDevice of them all.
func TestOneBrowserIsForgottenAndTheOthersStay(t *testing.T) {
	w := newWorld(t)
	here, there := w.enrolled(), w.enrolled()
	u := w.unlocked()
	all, err := w.door.Devices(ctx, u, here.cookies())
	must(t, err)
	if len(all) != 2 {
		t.Fatalf("%d browsers, want 2", len(all))
	}
	wantKind(t, w.door.ForgetDevice(ctx, u, "00"), fault.Withheld)
	for _, d := range all {
		if !d.This {
			must(t, w.door.ForgetDevice(ctx, u, d.ID))
			wantKind(t, w.door.ForgetDevice(ctx, u, d.ID), fault.Withheld)
		}
	}
	signs := func(b browser) bool {
		_, err := w.door.SignIn(ctx, Attempt{Login: "odile", Passphrase: words, Cookies: b.cookies()})
		return err == nil
	}
	if !signs(here) || signs(there) {
		t.Error("the wrong browser was forgotten")
	}
}

// What she calls a passkey, and of what kind a browser is, nobody reads in the
// database. Seen to kill: a label written as it was typed.
func TestLabelsAreSealedToTheirOwner(t *testing.T) {
	w := newWorld(t)
	k := newToken(t)
	k.late = true
	w.add(w.enrolled(), k)
	u := w.unlocked()
	slots, err := w.door.Slots(ctx, u)
	must(t, err)
	named := 0
	for _, s := range slots {
		if bytes.Contains(s.Label, []byte("bureau")) {
			t.Error("a label is written in clear")
		}
		if w.door.Label(u, s).Reveal() == "Clé du bureau" && s.Kind == record.SlotPasskey {
			named++
		}
	}
	if named != 1 {
		t.Errorf("%d passkeys are named", named)
	}
	devices, err := w.door.Devices(ctx, u, Cookies{})
	must(t, err)
	rows, err := w.db.Devices(ctx, u.Member())
	must(t, err)
	for i, d := range devices {
		if d.Class.Reveal() != "desk" || bytes.Contains(rows[i].Label, []byte("desk")) || d.This {
			t.Errorf("a browser of class %q, sealed in %d bytes", d.Class.Reveal(), len(rows[i].Label))
		}
	}
	if len(devices) == 0 {
		t.Error("no browser is known")
	}
}

// A shared machine tells one colleague's device from another's. Seen to kill: a
// device's hash without its member (make mutants).
func TestABrowserKnownToOneIsNewToAnother(t *testing.T) {
	w := newWorld(t)
	c := w.enrolled().cookies()
	for m, want := range map[record.MemberID]bool{w.odile: true, record.NewID[record.Member](): false} {
		if known, err := w.door.knows(ctx, c, m); err != nil || known != want {
			t.Errorf("known: %v, want %v (%v)", known, want, err)
		}
	}
}
