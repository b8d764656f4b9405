// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"net/http"
	"strings"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Attempt is a sign-in form, and where it comes from. On a known device the
// passphrase opens, and so does the paper code alone, for a passphrase that was
// lost; on a new one both are needed.
type Attempt struct {
	Login      string
	Passphrase string
	Paper      string
	Cookies    Cookies
	Network    string
	Device     journal.Device
}

// Opened is a session that has just been opened or lifted.
type Opened struct {
	Place        int
	Member       record.MemberID
	Unlocked     *strongroom.Unlocked
	Renew        bool           // by the paper code alone: a new passphrase is due
	OfferDayCode bool           // a veil was lifted by a slot, and no day code is set
	Set          []*http.Cookie // to send with the answer
}

// SignIn opens a session. Unknown and closed accounts spend the same and are told
// the same: fault.Refused, without saying what was wrong. fault.TooMany before
// anything is spent; a fault at "paper_code" for a code that no account could
// have; fault.Refused with its own sentence when four sessions are open.
func (r *Room) SignIn(ctx context.Context, a Attempt) (Opened, error) {
	if err := r.readable(a.Paper); err != nil {
		return Opened{}, err
	}
	m, err := r.account(ctx, a.Login)
	if err != nil {
		return Opened{}, err
	}
	known, err := r.knows(ctx, a.Cookies, m.ID)
	if err != nil {
		return Opened{}, err
	}
	slots, err := r.slotsOf(ctx, m.ID)
	if err != nil {
		return Opened{}, err
	}
	caller := Caller{Account: login(a.Login), Network: a.Network, Known: known}
	leave, err := r.gate.Enter(ctx, caller)
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	secret, used, ok := r.try(slots, a, known)
	if !ok {
		return Opened{}, r.refused(ctx, m.ID, a.Device)
	}
	r.gate.GiveBack(caller)
	return r.open(ctx, a.Cookies, opening{
		member: m.ID, secret: secret, used: used, device: a.Device, renew: a.Passphrase == "",
	})
}

func login(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// readable refuses a paper code with a typing mistake before looking at any
// account: the answer is the same for all.
func (r *Room) readable(paper string) error {
	if paper == "" {
		return nil
	}
	if _, err := r.strong.OpenPaper(record.Slot{}, paper); fault.As(err).Field != "" {
		return at("paper_code", err)
	}
	return nil
}

// account finds who signs in; the zero member when nobody may.
func (r *Room) account(ctx context.Context, typed string) (record.Member, error) {
	m, err := r.read.MemberByLogin(ctx, login(typed))
	if withheld(err) || err == nil && m.State != record.MemberActive {
		return record.Member{}, nil
	}
	return m, err
}

func (r *Room) slotsOf(ctx context.Context, m record.MemberID) ([]record.Slot, error) {
	if m.IsZero() {
		return nil, nil
	}
	return r.read.Slots(ctx, m)
}

// knows reports whether a browser is one of a member's.
func (r *Room) knows(ctx context.Context, c Cookies, m record.MemberID) (bool, error) {
	if c.device == nil || m.IsZero() {
		return false, nil
	}
	_, err := r.read.Device(ctx, deviceHash(c.device, m))
	if withheld(err) {
		return false, nil
	}
	return err == nil, err
}

// used is a slot that opened; credential is a passkey's new record.
type used struct {
	slot       record.Slot
	credential []byte
}

// try opens the slots of what was typed. It stretches one passphrase, always.
func (r *Room) try(slots []record.Slot, a Attempt, known bool) (strongroom.Secret, []used, bool) {
	words, opened, byWords := r.tryPassphrase(slots, a.Passphrase)
	paper, code, byPaper := r.tryPaper(slots, a.Paper)
	switch {
	case a.Passphrase != "" && a.Paper != "" && byWords && byPaper:
		return words, []used{{slot: opened}, {slot: code}}, true
	case a.Paper == "" && byWords && known:
		return words, []used{{slot: opened}}, true
	case a.Passphrase == "" && byPaper && known:
		return paper, []used{{slot: code}}, true
	}
	return strongroom.Secret{}, nil, false
}

func (r *Room) tryPassphrase(slots []record.Slot, typed string) (strongroom.Secret, record.Slot, bool) {
	for _, s := range slots {
		if s.Kind == record.SlotPassphrase && typed != "" {
			secret, err := r.strong.OpenPassphrase(s, typed)
			return secret, s, err == nil
		}
	}
	_ = r.strong.WastePassphrase(typed) // always refuses; what matters is what it costs
	return strongroom.Secret{}, record.Slot{}, false
}

func (r *Room) tryPaper(slots []record.Slot, typed string) (strongroom.Secret, record.Slot, bool) {
	for _, s := range slots {
		if s.Kind != record.SlotPaper || typed == "" {
			continue
		}
		if secret, err := r.strong.OpenPaper(s, typed); err == nil {
			return secret, s, true
		}
	}
	return strongroom.Secret{}, record.Slot{}, false
}

// Admit opens the session of somebody who has just founded the house or
// enrolled: her keys are in hand, and her browser becomes known.
func (r *Room) Admit(ctx context.Context, c Cookies, m record.MemberID, s strongroom.Secret, d journal.Device) (Opened, error) {
	return r.open(ctx, c, opening{member: m, secret: s, device: d})
}

// opening is a session about to be opened.
type opening struct {
	member record.MemberID
	secret strongroom.Secret
	used   []used
	device journal.Device
	renew  bool
}

// open writes who came in, then opens the session in a place of the browser,
// which is known from now on.
func (r *Room) open(ctx context.Context, c Cookies, o opening) (Opened, error) {
	n, err := r.freePlace(ctx, c, o.member)
	if err != nil {
		return Opened{}, err
	}
	u, err := r.strong.Unlock(ctx, o.member, o.secret, o.device)
	if err != nil {
		return Opened{}, err
	}
	if err := r.strong.Note(ctx, u, journal.Body{Act: journal.SignedIn, Purpose: journal.ForHouse}); err != nil {
		return Opened{}, err
	}
	known, err := r.knows(ctx, c, o.member)
	if err != nil {
		return Opened{}, err
	}
	if c.device == nil {
		c.device = strongroom.NewCookie()
	}
	row, cookie, half := r.strong.Begin(o.member, o.secret)
	err = r.write(ctx, func(tx Tx) error {
		if err := r.spent(ctx, tx, o.member, o.used); err != nil {
			return err
		}
		if !known {
			d := record.Device{Hash: deviceHash(c.device, o.member), Member: o.member, Made: r.minute()}
			d.Label = r.strong.SealLabel(u, deviceRef(d.Hash), confided.NewText(string(o.device)))
			if err := tx.PutDevice(ctx, d); err != nil {
				return err
			}
		}
		if old := c.sessions[n]; old != nil {
			if err := tx.DropSession(ctx, strongroom.CookieHash(old)); err != nil {
				return err
			}
		}
		return tx.PutSession(ctx, row)
	})
	if err != nil {
		return Opened{}, err
	}
	return Opened{
		Place: n, Member: o.member, Unlocked: u, Renew: o.renew,
		Set: []*http.Cookie{setSession(n, cookie, o.renew), setHalf(n, half), setDevice(c.device)},
	}, nil
}

// spent notes the slots that opened. A slot that was removed, or a passkey that
// was used, between reading and writing opens nothing after all.
func (r *Room) spent(ctx context.Context, tx Tx, m record.MemberID, all []used) error {
	now, err := tx.Slots(ctx, m)
	if err != nil {
		return err
	}
	for _, u := range all {
		if !unchanged(now, u.slot) {
			return errSignIn
		}
		if err := tx.SetSlotProved(ctx, u.slot.ID, r.minute()); err != nil {
			return err
		}
		if u.credential == nil {
			continue
		}
		if err := tx.SetSlotCredential(ctx, u.slot.ID, u.credential); err != nil {
			return err
		}
	}
	return nil
}

// freePlace chooses where a session goes: her own place again, an empty one, one
// that is over.
func (r *Room) freePlace(ctx context.Context, c Cookies, m record.MemberID) (int, error) {
	empty, over := 0, 0
	for n := Places; n >= 1; n-- {
		_, p, err := r.place(ctx, c, n)
		switch {
		case err != nil:
			return 0, err
		case p.Member == m:
			return n, nil
		case p.State == Absent:
			empty = n
		case p.State == Over:
			over = n
		}
	}
	if empty != 0 {
		return empty, nil
	}
	if over != 0 {
		return over, nil
	}
	return 0, fault.New(fault.Refused, "fault.four_sessions")
}
