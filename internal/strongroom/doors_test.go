// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package strongroom

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
	"github.com/google/go-cmp/cmp"
)

// Seen to kill: a session sealed by one half; a context without its cookie.
func TestASessionOpensWithBothItsHalves(t *testing.T) {
	c := newCast(t)
	secret := c.secrets[c.julie]
	row, cookie, half := c.room.Begin(c.julie, secret)
	if row.Hash != CookieHash(cookie) || bytes.Contains(row.Sealed, cookie) || row.Started != c.clock.Unix() {
		t.Error("the row says more than a hash")
	}
	got, err := c.room.Resume(row, cookie, half)
	if err != nil || got != secret && !bytes.Equal(got.k.Bytes(), secret.k.Bytes()) {
		t.Fatalf("both halves: %v", err)
	}
	another, second, third := c.room.Begin(c.julie, secret)
	karims := row
	karims.Member = c.karim
	for name, try := range map[string]func() (Secret, error){
		"no half":              func() (Secret, error) { return c.room.Resume(row, cookie, nil) },
		"another half":         func() (Secret, error) { return c.room.Resume(row, cookie, third) },
		"another cookie":       func() (Secret, error) { return c.room.Resume(row, second, half) },
		"another row":          func() (Secret, error) { return c.room.Resume(another, cookie, half) },
		"a row said Karim's":   func() (Secret, error) { return c.room.Resume(karims, cookie, half) },
		"the halves exchanged": func() (Secret, error) { return c.room.Resume(row, Cookie(half), Half(cookie)) },
		"a row that is emptied": func() (Secret, error) {
			return c.room.Resume(record.Session{Hash: row.Hash, Member: row.Member}, cookie, half)
		},
	} {
		if s, err := try(); fault.KindOf(err) != fault.Veiled || !s.k.IsZero() {
			t.Errorf("%s opens a session: %v", name, err)
		}
	}
	lifted, fresh := c.room.Lift(row, cookie, secret)
	if _, err := c.room.Resume(lifted, cookie, half); err == nil {
		t.Error("the half of before the veil opens after it")
	}
	if _, err := c.room.Resume(lifted, cookie, fresh); err != nil {
		t.Errorf("after the veil: %v", err)
	}
}

// Seen to kill: a day code that opens without the cookie, or under another row; a
// lift that forgets it; one that keeps the half of before.
func TestADayCodeOpensOneSession(t *testing.T) {
	c := newCast(t)
	row, cookie, half := c.room.Begin(c.julie, c.secrets[c.julie])
	for _, typed := range []string{"", "12345", "1234567", "12345a", "１２３４５６"} {
		if _, err := c.room.SetDayCode(row, cookie, half, typed); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is a day code: %v", typed, err)
		}
	}
	row, err := c.room.SetDayCode(row, cookie, half, "271828")
	must(t, err)
	if got, err := c.room.OpenDayCode(row, cookie, "271828"); err != nil || !bytes.Equal(got.k.Bytes(), c.secrets[c.julie].k.Bytes()) {
		t.Errorf("the day code: %v", err)
	}
	other, stranger, _ := c.room.Begin(c.julie, c.secrets[c.julie])
	moved := other
	moved.DaySalt, moved.DaySealed = row.DaySalt, row.DaySealed
	for name, try := range map[string]func() (Secret, error){
		"another code":         func() (Secret, error) { return c.room.OpenDayCode(row, cookie, "271829") },
		"another cookie":       func() (Secret, error) { return c.room.OpenDayCode(row, stranger, "271828") },
		"another session":      func() (Secret, error) { return c.room.OpenDayCode(moved, cookie, "271828") },
		"a session without it": func() (Secret, error) { return c.room.OpenDayCode(other, stranger, "271828") },
		"what is no code":      func() (Secret, error) { return c.room.OpenDayCode(row, cookie, "27182") },
	} {
		if s, err := try(); err == nil || !s.k.IsZero() {
			t.Errorf("%s opens the day", name)
		}
	}
	lifted, fresh := c.room.Lift(row, cookie, c.secrets[c.julie])
	if _, err := c.room.OpenDayCode(lifted, cookie, "271828"); err != nil {
		t.Errorf("the day code ends with the first veil: %v", err)
	}
	if _, err := c.room.Resume(lifted, cookie, half); err == nil {
		t.Error("a session with a day code keeps the half of before the veil")
	}
	if _, err := c.room.SetDayCode(lifted, cookie, half, "314159"); fault.KindOf(err) != fault.Veiled {
		t.Errorf("a day code is set by a half that opens nothing: %v", err)
	}
	if _, err := c.room.SetDayCode(lifted, cookie, fresh, "314159"); err != nil {
		t.Errorf("another code: %v", err)
	}
}

// Seen to kill: a slot's context without its kind, its member or its id.
func TestASlotOpensWithItsOwnWordsOnly(t *testing.T) {
	c := newCast(t)
	u := c.unlock(c.julie)
	words, err := c.room.NewPassphrase(u, "  sept  mots e\u0301crits autrement ici ")
	must(t, err)
	paper, printed, err := c.room.NewPaper(u)
	must(t, err)
	prf := seal.Random(32)
	key, err := c.room.NewPasskey(u, seal.NewSalt(), prf, []byte("id"), []byte("credential"))
	must(t, err)
	opens := func(s Secret, err error) bool {
		return err == nil && bytes.Equal(s.k.Bytes(), c.secrets[c.julie].k.Bytes())
	}
	if !opens(c.room.OpenPassphrase(words, "sept mots \u00e9crits autrement ici")) {
		t.Error("the same keys pressed on another keyboard do not open")
	}
	if !opens(c.room.OpenPaper(paper, strings.ToLower(strings.ReplaceAll(printed, "-", " ")))) || !opens(c.room.OpenPasskey(key, prf)) {
		t.Error("a paper code or a passkey does not open")
	}
	spoilt := func(s record.Slot, spoil func(*record.Slot)) record.Slot { spoil(&s); return s }
	for name, got := range map[string]func() (Secret, error){
		"other words":  func() (Secret, error) { return c.room.OpenPassphrase(words, "sept mots ecrits autrement ici") },
		"another code": func() (Secret, error) { return c.room.OpenPaper(paper, seal.NewCode()) },
		"half a code":  func() (Secret, error) { return c.room.OpenPaper(paper, printed[:10]) },
		"another PRF":  func() (Secret, error) { return c.room.OpenPasskey(key, seal.Random(32)) },
		"a short PRF":  func() (Secret, error) { return c.room.OpenPasskey(key, prf[:31]) },
		"a slot said Karim's": func() (Secret, error) {
			return c.room.OpenPasskey(spoilt(key, func(s *record.Slot) { s.Member = c.karim }), prf)
		},
		"a slot of another id": func() (Secret, error) {
			return c.room.OpenPasskey(spoilt(key, func(s *record.Slot) { s.ID[0]++ }), prf)
		},
		"a slot of another kind": func() (Secret, error) {
			return c.room.OpenPasskey(spoilt(key, func(s *record.Slot) { s.Kind = record.SlotPaper }), prf)
		},
	} {
		if s, err := got(); err == nil || !s.k.IsZero() {
			t.Errorf("%s opens", name)
		}
	}
	if _, err := c.room.NewPassphrase(u, "quatorze lettr"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("fourteen characters: %v", err)
	}
	if _, err := c.room.NewPasskey(u, nil, prf[:5], nil, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a passkey of five bytes: %v", err)
	}
	if err := c.room.WastePassphrase("x"); fault.KindOf(err) != fault.Refused {
		t.Errorf("nobody's passphrase: %v", err)
	}
	one, other := OfferPassphrase(), OfferPassphrase()
	if n := len(strings.Fields(one)); n != 6 || one == other {
		t.Errorf("%d words are offered", n)
	}
}

// Seen to kill: DepositDraft to keys that are not certified; drafts kept for ever.
func TestADraftWaitsForItsAuthor(t *testing.T) {
	c := newCast(t)
	said := Words{record.TagText: confided.NewText("déposé")}
	must(t, c.room.DepositDraft(ctx, c.julie, said))
	var kept record.DraftID
	must(t, c.do(c.julie, func(a *Act) error {
		kept = record.NewID[record.Draft]()
		return a.KeepDraft(kept, said)
	}))
	all, err := c.room.OpenDrafts(ctx, c.unlock(c.julie))
	must(t, err)
	for _, d := range all {
		if diff := cmp.Diff(said, d.Words); diff != "" {
			t.Error(diff)
		}
	}
	if none, err := c.room.OpenDrafts(ctx, c.unlock(c.karim)); err != nil || len(none) > 0 || len(all) != 2 {
		t.Errorf("Karim has %d drafts, Julie %d: %v", len(none), len(all), err)
	}
	if _, err := c.room.OpenDraft(ctx, c.unlock(c.karim), kept); fault.KindOf(err) != fault.Withheld {
		t.Errorf("Karim opens Julie's: %v", err)
	}
	must(t, c.do(c.julie, func(a *Act) error { a.DropDraft(kept); a.DropDraft(kept); return nil }))
	if _, err := c.room.OpenDraft(ctx, c.unlock(c.julie), kept); fault.KindOf(err) != fault.Withheld {
		t.Errorf("an erased draft: %v", err)
	}
	c.later((DraftDays + 1) * 24 * time.Hour)
	if old, err := c.room.OpenDrafts(ctx, c.unlock(c.julie)); err != nil || len(old) > 0 {
		t.Errorf("%d drafts after %d days: %v", len(old), DraftDays, err)
	}
	c.sql(`UPDATE member SET kem = zeroblob(1216) WHERE number = `+numbered, c.julie[:])
	c.restart()
	if err := c.room.DepositDraft(ctx, c.julie, said); !refused(err) {
		t.Errorf("a draft is sealed to a key of the host's: %v", err)
	}
}

// Seen to kill: facts believed from rows; a referent who does not read.
func TestWhatPolicyIsToldComesFromTheChain(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	w := forReaders
	w.To = c.ines
	must(t, c.do(c.julie, func(a *Act) error { return a.WidenNote(ctx, d.Case, d.noteRes.ID, w) }))
	if err := c.do(c.julie, func(a *Act) error { return a.NameReferent(ctx, d.Case, c.ines) }); !refused(err) {
		t.Errorf("who reads one note carries the case: %v", err)
	}
	must(t, c.do(c.renee, func(a *Act) error { return a.NameReferent(ctx, d.Case, c.karim) }))
	for name, tt := range map[string]struct {
		who          record.MemberID
		reads, holds bool
	}{
		"the author": {c.julie, true, true}, "a reader": {c.karim, true, true}, "who holds one note": {c.ines, false, true}, "a lead": {c.renee, false, false}, "another service": {c.sud, false, false},
	} {
		f, err := c.room.CaseFacts(ctx, c.unlock(tt.who), d.Case.ID)
		must(t, err)
		want := CaseFacts{Case: d.Case, Referent: c.karim, Reads: tt.reads, Holds: tt.holds, Main: d.team, Shared: map[record.PersonID]record.CircleID{d.person: d.hers}}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for name, tt := range map[string]struct {
		who   record.MemberID
		opens bool
	}{"reception": {c.accueil, true}, "a colleague": {c.ines, true}, "another service": {c.sud, false}, "an administrator": {c.founder, false}} {
		f, err := c.room.PersonFacts(ctx, c.unlock(tt.who), d.person)
		must(t, err)
		if f.Opens != tt.opens || f.Own.IsZero() || len(f.Counts) != 1 || (f.Via == c.north) != tt.opens {
			t.Errorf("%s: opens %v", name, f.Opens)
		}
	}
	own, err := c.room.OwnReaders(ctx, c.unlock(c.julie), d.person)
	must(t, err)
	if diff := cmp.Diff(sorted([]record.MemberID{c.julie, c.karim, c.ines, c.renee, c.accueil}), sorted(own[c.north])); diff != "" || len(own) != 1 {
		t.Errorf("who opens her name: %s", diff)
	}
}

// Before a case is open, the sentence says what it will say after. Seen to kill:
// FutureReaders without the emergency line, or naming the closed.
func TestTheSentenceBeforeACaseIsTheSentenceAfter(t *testing.T) {
	c := newCast(t)
	p := c.receive(c.accueil, c.north, "Lucie")
	c.close(c.ines)
	named := []record.MemberID{c.julie, c.karim}
	before, err := c.room.FutureReaders(ctx, c.unlock(c.julie), c.north, append(named, c.ines))
	must(t, err)
	k := c.open(c.julie, c.north, c.julie, named, p)
	after, err := c.room.CircleReaders(ctx, c.unlock(c.julie), caseOwner(k), c.main(k))
	must(t, err)
	if diff := cmp.Diff(sorted(after.Members), sorted(before.Members)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(sorted(after.Emergency), sorted(before.Emergency)); diff != "" || len(after.Emergency) == 0 {
		t.Errorf("second line: %s", diff)
	}
}

// Seen to kill: takeKeys believing a key that the chain does not know.
func TestAnInvitationBringsTheKeysOfItsRole(t *testing.T) {
	c := newCast(t)
	for name, tt := range map[string]struct {
		f         record.Function
		office    bool
		emergency bool
	}{
		"reception": {as(record.RoleReception, c.north), true, false}, "a worker": {worker(c.north), true, true},
	} {
		e := Enrolment{Member: record.Member{ID: record.NewID[record.Member](), Name: name, Login: name, State: record.MemberInvited}, Passphrase: words}
		tt.f.Member = e.Member.ID
		e.Functions = []record.Function{tt.f}
		u := c.unlock(c.renee) // a lead invites into her own service, and holds its keys
		must(t, c.room.Do(ctx, u, func(a *Act) (err error) { e.Code, e.Invitation, err = a.Invite(ctx, e.Member, e.Functions); return err }, func(ctx context.Context, a *Act) error {
			return c.db.Write(ctx, func(tx *store.Tx) error {
				return first(tx.PutMember(ctx, e.Member), c.pad(tx, e.Member.ID), tx.PutFunction(ctx, tt.f), tx.PutInvitation(ctx, e.Invitation), a.Apply(ctx, tx))
			})
		}))
		if public, err := CodePublic(strings.ToLower(e.Code)); err != nil || public != e.Invitation.Code {
			t.Errorf("%s: the code does not find its invitation: %v", name, err)
		}
		out, err := c.enrol(e)
		must(t, err)
		c.secrets[e.Member.ID] = out.Secret
		v := c.unlock(e.Member.ID)
		s, err := c.room.shelf(ctx, v, record.OwnerOf(record.OwnerService, c.north))
		must(t, err)
		for kind, want := range map[record.CircleKind]bool{record.Office: tt.office, record.Emergency: tt.emergency} {
			k, _ := s.kind(kind)
			if _, _, err := v.current(s, k.ID); (err == nil) != want {
				t.Errorf("%s: circle %d: %v", name, kind, err)
			}
		}
	}
	if _, err := CodePublic("pas un code"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("what is no code: %v", err)
	}
}

// Seen to kill: a ticket of another host, or no ticket at all, taken.
func TestATicketIsThisHosts(t *testing.T) {
	c := newCast(t)
	sealed := c.room.SealTicket([]byte("challenge"))
	if got, err := c.room.OpenTicket(sealed); err != nil || string(got) != "challenge" {
		t.Errorf("%v", err)
	}
	other, err := NewHost(func([]byte) error { return nil })
	must(t, err)
	for name, try := range map[string]func() ([]byte, error){
		"another host's": func() ([]byte, error) { return roomOver(c.db, other, c.world).OpenTicket(sealed) },
		"an altered one": func() ([]byte, error) { return c.room.OpenTicket(append(bytes.Clone(sealed), 0)) },
		"none":           func() ([]byte, error) { return c.room.OpenTicket(nil) },
	} {
		if _, err := try(); fault.KindOf(err) != fault.Expired {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Seen to kill: LoadHost taking a file of another format, or half a key.
func TestAHostsFileIsReadBackOrRefused(t *testing.T) {
	var saved []byte
	h, err := NewHost(func(b []byte) error { saved = b; return nil })
	must(t, err)
	back, err := LoadHost(saved, nil)
	if err != nil || back.Organisation() != h.Organisation() || !bytes.Equal(back.pepper.Bytes(), h.pepper.Bytes()) || !bytes.Equal(back.sign.Bytes(), h.sign.Bytes()) || back.Founded() {
		t.Errorf("read back otherwise: %v", err)
	}
	for name, raw := range map[string]string{
		"nothing": "", "another format": strings.Replace(string(saved), `"format": 1`, `"format": 2`, 1), "half a pepper": strings.Replace(string(saved), `"pepper": "`, `"pepper": "ab`, 1),
		"a key that is no number": strings.Replace(string(saved), `"sign": "`, `"sign": "zz`, 1), "another organisation's name": strings.Replace(string(saved), `"organisation": "`, `"organisation": "u`, 1),
		"a root that is no number": strings.Replace(string(saved), `"root": "`, `"root": "z`, 1),
	} {
		if _, err := LoadHost([]byte(raw), nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}
