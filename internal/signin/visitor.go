// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"context"
	"net/http"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// State is what a session may do.
type State uint8

// The states of a place. The zero value is an empty one.
const (
	Absent State = iota
	Over         // ended: takes drafts only
	Veiled       // signed in, the keys put away: takes drafts too
	Lifted       // the keys are in hand
)

// Place is one of the numbered sessions of a browser.
type Place struct {
	State   State
	Member  record.MemberID
	Name    string
	DayCode bool // a day code lifts it
}

// Visitor is who stands behind a request.
type Visitor struct {
	Places   [Places + 1]Place    // from 1
	Current  int                  // the lifted place; 0 when there is none
	Unlocked *strongroom.Unlocked // of the lifted place; nil when there is none
	Renew    bool                 // she came in by her paper code alone: a new passphrase is due
	Set      []*http.Cookie       // to send with the answer
}

// Use says how a request uses its session. What a person does renews the second
// half; a timer, or an autosave without a key pressed, does not.
type Use struct {
	Active bool
	Device journal.Device
}

// Who reads a request's cookies against the store. It never fails for a cookie
// that opens nothing: that place is empty, veiled or over.
func (r *Room) Who(ctx context.Context, c Cookies, use Use) (Visitor, error) {
	var v Visitor
	for n := 1; n <= Places; n++ {
		if c.sessions[n] == nil {
			continue
		}
		row, place, err := r.place(ctx, c, n)
		if err != nil {
			return Visitor{}, err
		}
		if place.State == Veiled && n == c.place {
			if err := r.lifted(ctx, c, row, &place, &v, use); err != nil {
				return Visitor{}, err
			}
		}
		if place.State == Absent {
			v.Set = append(v.Set, dropSession(n))
		}
		v.Places[n] = place
	}
	if c.half != nil && v.Current == 0 {
		v.Set = append(v.Set, dropHalf())
	}
	return v, nil
}

// session is a session's row, and whose it is.
type session struct {
	record.Session
	of record.Member
}

// place returns a session by its cookie: absent, over, or veiled until a half is tried.
func (r *Room) place(ctx context.Context, c Cookies, n int) (session, Place, error) {
	if n < 1 || n > Places || c.sessions[n] == nil {
		return session{}, Place{}, nil
	}
	row, err := r.read.Session(ctx, strongroom.CookieHash(c.sessions[n]))
	if withheld(err) {
		return session{}, Place{}, nil
	}
	if err != nil {
		return session{}, Place{}, err
	}
	m, err := r.read.Member(ctx, row.Member)
	if err != nil {
		return session{}, Place{}, err
	}
	place := Place{State: r.state(row), Member: m.ID, Name: m.Name, DayCode: len(row.DaySealed) > 0}
	if m.State != record.MemberActive || place.State == Absent {
		return session{}, Place{}, nil
	}
	return session{row, m}, place, nil
}

// state judges a row by the clock alone, whether or not Expire has come by.
func (r *Room) state(row record.Session) State {
	idle, age := r.since(row.LastUse), r.since(row.Started)
	switch {
	case idle > IdleTime+DepositTime:
		return Absent
	case row.Deposit || idle > IdleTime || age > SessionTime:
		return Over
	}
	return Veiled
}

func (r *Room) since(unix int64) time.Duration { return r.now().Sub(time.Unix(unix, 0)) }

// lifted tries the second half. The server, too, refuses one five minutes after
// its last use.
func (r *Room) lifted(ctx context.Context, c Cookies, row session, place *Place, v *Visitor, use Use) error {
	if r.since(row.LastUse) > HalfTime {
		return nil
	}
	u, err := r.resume(ctx, row, c.sessions[c.place], c.half, use.Device)
	if err != nil || u == nil {
		return err
	}
	if use.Active && r.since(row.LastUse) >= touchEvery {
		still, err := r.touch(ctx, row.Session, r.now().Unix())
		if err != nil || !still {
			return err
		}
		v.Set = append(v.Set, setHalf(c.place, c.half))
	}
	place.State, v.Current, v.Unlocked, v.Renew = Lifted, c.place, u, c.renew[c.place]
	return nil
}

// resume puts the keys of a session in hand; nil when the halves do not fit or
// the account is closed.
func (r *Room) resume(ctx context.Context, row session, cookie strongroom.Cookie, half strongroom.Half, d journal.Device) (*strongroom.Unlocked, error) {
	secret, err := r.strong.Resume(row.Session, cookie, half)
	if err != nil {
		return nil, nil //nolint:nilerr // halves that do not fit are a veil, not a failure
	}
	u, err := r.strong.UnlockAs(ctx, row.of, secret, d)
	if fault.KindOf(err) == fault.SignedOut {
		return nil, nil
	}
	return u, err
}

// touch notes a use, unless another request has ended or veiled the session since
// row was read; still says that it is as it was.
func (r *Room) touch(ctx context.Context, row record.Session, lastUse int64) (still bool, err error) {
	err = r.write(ctx, func(tx Tx) error {
		now, err := tx.Session(ctx, row.Hash)
		still = err == nil && !now.Deposit && now.LastUse >= row.LastUse
		if !still && withheld(err) {
			return nil
		}
		if err != nil || !still || now.LastUse >= lastUse {
			return err
		}
		return tx.TouchSession(ctx, row.Hash, lastUse)
	})
	return still, err
}
