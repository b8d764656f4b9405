// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"net/http"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Veil puts the keys of a place away. The server refuses its half from now on,
// whatever the browser does with the cookie.
func (r *Room) Veil(ctx context.Context, c Cookies, n int) ([]*http.Cookie, error) {
	row, place, err := r.place(ctx, c, n)
	if err != nil || place.State != Veiled {
		return nil, err
	}
	lapsed := r.now().Add(-HalfTime).Unix() - 1
	if row.LastUse > lapsed {
		err = r.write(ctx, func(tx Tx) error { return tx.TouchSession(ctx, row.Hash, lapsed) })
	}
	if err != nil || n != c.place {
		return nil, err
	}
	return []*http.Cookie{dropHalf()}, nil
}

// Lifting is what lifts a veil: one of the three. A passkey has its own ceremony.
type Lifting struct {
	Passphrase string
	Paper      string
	DayCode    string
	Network    string
	Device     journal.Device
}

// Lift opens a veiled session again. Passphrase, paper and day code lift on a
// known device only; what does not open is fault.Refused. Five wrong day codes
// end the session: fault.SignedOut, as for a session that is over.
func (r *Room) Lift(ctx context.Context, c Cookies, n int, by Lifting) (Opened, error) {
	row, err := r.veiled(ctx, c, n)
	if err != nil {
		return Opened{}, err
	}
	if err := r.readable(by.Paper); err != nil {
		return Opened{}, err
	}
	known, err := r.knows(ctx, c, row.Member)
	if err != nil {
		return Opened{}, err
	}
	caller := Caller{Account: row.Member.String(), Network: by.Network, Known: known}
	leave, err := r.gate.Enter(ctx, caller)
	if err != nil {
		return Opened{}, err
	}
	defer leave()
	if !known {
		return Opened{}, r.refused(ctx, row.Member, by.Device)
	}
	o, err := r.liftedBy(ctx, c, n, row, by)
	if err != nil {
		return Opened{}, err
	}
	r.gate.GiveBack(caller)
	return r.lift(ctx, c, n, row, o)
}

// liftedBy opens what was typed on a known device: the day code, or a slot.
func (r *Room) liftedBy(ctx context.Context, c Cookies, n int, row record.Session, by Lifting) (opening, error) {
	if by.DayCode != "" {
		secret, err := r.tryDayCode(ctx, row, c.sessions[n], by)
		return opening{member: row.Member, secret: secret, device: by.Device, renew: c.renew[n]}, err
	}
	slots, err := r.read.Slots(ctx, row.Member)
	if err != nil {
		return opening{}, err
	}
	secret, used, ok := r.try(slots, Attempt{Passphrase: by.Passphrase, Paper: by.Paper}, true)
	if !ok {
		return opening{}, r.refused(ctx, row.Member, by.Device)
	}
	return opening{member: row.Member, secret: secret, used: used, device: by.Device, renew: by.Passphrase == ""}, nil
}

// veiled returns the row of a session that may be lifted.
func (r *Room) veiled(ctx context.Context, c Cookies, n int) (record.Session, error) {
	row, place, err := r.place(ctx, c, n)
	if err == nil && place.State != Veiled {
		err = fault.New(fault.SignedOut, "")
	}
	return row.Session, err
}

// lift gives a session a new second half, after a slot or its day code was opened.
func (r *Room) lift(ctx context.Context, c Cookies, n int, row record.Session, o opening) (Opened, error) {
	u, err := r.strong.Unlock(ctx, o.member, o.secret, o.device)
	if err != nil {
		return Opened{}, err
	}
	var half strongroom.Half
	err = r.change(ctx, row.Hash, func(tx Tx, s *record.Session) error {
		if err := r.spent(ctx, tx, o.member, o.used); err != nil {
			return err
		}
		*s, half = r.strong.Lift(*s, c.sessions[n], o.secret)
		return nil
	})
	if err != nil {
		return Opened{}, err
	}
	return Opened{
		Place: n, Member: o.member, Unlocked: u, OfferDayCode: len(row.DaySealed) == 0, Renew: o.renew,
		Set: []*http.Cookie{setSession(n, c.sessions[n], o.renew), setHalf(n, half)},
	}, nil
}

// tryDayCode spends a try before it looks: two requests at once spend two.
func (r *Room) tryDayCode(ctx context.Context, row record.Session, cookie strongroom.Cookie, by Lifting) (strongroom.Secret, error) {
	err := r.change(ctx, row.Hash, func(_ Tx, s *record.Session) error {
		if len(s.DaySealed) == 0 || s.DayTries >= DayCodeTries {
			return errSignIn
		}
		s.DayTries++
		row = *s
		return nil
	})
	if err != nil {
		return strongroom.Secret{}, err
	}
	secret, err := r.strong.OpenDayCode(row, cookie, by.DayCode)
	if err != nil {
		return strongroom.Secret{}, r.wrongDayCode(ctx, row, by.Device)
	}
	return secret, nil
}

// wrongDayCode notes a wrong code; the last try ends the session.
func (r *Room) wrongDayCode(ctx context.Context, row record.Session, d journal.Device) error {
	err := r.refused(ctx, row.Member, d)
	if row.DayTries < DayCodeTries || fault.KindOf(err) != fault.Refused {
		return err
	}
	err = r.change(ctx, row.Hash, func(_ Tx, s *record.Session) error {
		s.Deposit, s.Sealed, s.DaySalt, s.DaySealed = true, nil, nil, nil
		return nil
	})
	if err != nil {
		return err
	}
	return fault.New(fault.SignedOut, "")
}

// change writes a session as f makes it, from the row as it is now. It brings
// none back that ended meanwhile.
func (r *Room) change(ctx context.Context, hash [32]byte, f func(Tx, *record.Session) error) error {
	return r.write(ctx, func(tx Tx) error {
		row, err := tx.Session(ctx, hash)
		if withheld(err) || err == nil && row.Deposit {
			return fault.New(fault.SignedOut, "")
		}
		if err != nil {
			return err
		}
		if err := f(tx, &row); err != nil {
			return err
		}
		return tx.SetSession(ctx, row)
	})
}

// SetDayCode lets six digits lift the current session's veil until it ends, today
// by construction. A fault stands at "day_code".
func (r *Room) SetDayCode(ctx context.Context, by *strongroom.Unlocked, c Cookies, typed string) error {
	row, err := r.veiled(ctx, c, c.place)
	if err != nil || row.Member != by.Member() {
		return signedOut(err)
	}
	caller := Caller{Account: row.Member.String(), Known: true}
	leave, err := r.gate.Enter(ctx, caller)
	if err != nil {
		return err
	}
	defer leave()
	coded, err := r.strong.SetDayCode(row, c.sessions[c.place], c.half, typed)
	if err != nil {
		return at("day_code", err)
	}
	r.gate.GiveBack(caller)
	return r.change(ctx, row.Hash, func(_ Tx, s *record.Session) error {
		s.DaySalt, s.DaySealed, s.DayTries = coded.DaySalt, coded.DaySealed, 0
		return nil
	})
}

// signedOut is err, or the fault of a request whose session is not the actor's.
func signedOut(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.SignedOut, "")
}

// SignOut ends the session of a place, or takes one that is over away.
func (r *Room) SignOut(ctx context.Context, c Cookies, n int) ([]*http.Cookie, error) {
	if n < 1 || n > Places || c.sessions[n] == nil {
		return nil, nil
	}
	err := r.write(ctx, func(tx Tx) error { return tx.DropSession(ctx, strongroom.CookieHash(c.sessions[n])) })
	if err != nil {
		return nil, err
	}
	set := []*http.Cookie{dropSession(n)}
	if n == c.place {
		set = append(set, dropHalf())
	}
	return set, nil
}

// SignOutAll ends every session of this browser. It stays known.
func (r *Room) SignOutAll(ctx context.Context, c Cookies) ([]*http.Cookie, error) {
	var set []*http.Cookie
	for n := 1; n <= Places; n++ {
		some, err := r.SignOut(ctx, c, n)
		if err != nil {
			return nil, err
		}
		set = append(set, some...)
	}
	return set, nil
}

// Deposit keeps what was typed as a draft of the member of a place: veiled, over,
// or another than the lifted one, as a forgotten tab's is. Nothing is ever posted
// as somebody else. fault.SignedOut when the place is empty.
func (r *Room) Deposit(ctx context.Context, c Cookies, n int, w strongroom.Words) error {
	_, place, err := r.place(ctx, c, n)
	if err != nil || place.State == Absent {
		return signedOut(err)
	}
	return r.strong.DepositDraft(ctx, place.Member, w)
}

// Expire ends the sessions whose time is over and deletes those that ended long
// ago. The clock calls it; until it does, Who judges by the row's times.
func (r *Room) Expire(ctx context.Context) error {
	now := r.now()
	return r.write(ctx, func(tx Tx) error {
		return tx.ExpireSessions(ctx, now.Add(-IdleTime).Unix(), now.Add(-SessionTime).Unix(), now.Add(-IdleTime-DepositTime).Unix())
	})
}
