// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Cookie is what a browser keeps of a session: 32 random bytes. Half is the
// second half, in a cookie of five minutes. Neither is kept by the server.
type (
	Cookie []byte
	Half   []byte
)

// CookieHash is what the store keeps of a session's or a device's cookie.
func CookieHash(c Cookie) [32]byte { return seal.Hash([]byte("cookie"), c) }

// NewCookie returns a fresh cookie, of a session or of a device.
func NewCookie() Cookie { return seal.Random(seal.KeySize) }

// Begin opens a session: the member secret, sealed by a key derived from the
// cookie and the second half. The database alone opens nothing.
func (r *Room) Begin(m record.MemberID, s Secret) (record.Session, Cookie, Half) {
	cookie := NewCookie()
	now := r.now().Unix()
	row := record.Session{Hash: CookieHash(cookie), Member: m, Started: now, LastUse: now}
	half := r.lift(&row, cookie, s)
	return row, cookie, half
}

// Lift gives a veiled session a new second half, after a slot or its day code was
// opened: the half of before opens nothing any more. The day code stays.
func (r *Room) Lift(row record.Session, cookie Cookie, s Secret) (record.Session, Half) {
	half := r.lift(&row, cookie, s)
	row.DayTries = 0
	row.LastUse = r.now().Unix()
	return row, half
}

func (r *Room) lift(row *record.Session, cookie Cookie, s Secret) Half {
	half := Half(seal.Random(seal.KeySize))
	row.Sealed = seal.Seal(seal.Combine("session", cookie, half), r.sessionContext(seal.ForSession, *row), s.k.Bytes())
	return half
}

func (r *Room) sessionContext(p seal.Purpose, row record.Session) seal.Context {
	return seal.Context{Purpose: p, Organisation: r.host.organisation, Author: row.Member, Object: record.Ref(row.Hash[:16])}
}

// Resume opens a session's secret with its two halves. fault.Veiled when the
// second half is not the one that sealed it.
func (r *Room) Resume(row record.Session, cookie Cookie, half Half) (Secret, error) {
	plain, err := seal.Open(seal.Combine("session", cookie, half), r.sessionContext(seal.ForSession, row), row.Sealed)
	if err != nil {
		return Secret{}, fault.New(fault.Veiled, "")
	}
	k, err := seal.KeyFrom(plain)
	if err != nil {
		return Secret{}, fault.New(fault.Veiled, "")
	}
	return Secret{k}, nil
}

// DayCodeDigits is the length of a day code. What it costs is in the threat
// table: cookie and database together leave a million codes through Argon2id.
const DayCodeDigits = 6

// SetDayCode seals the member secret to a six-digit code, for this session and no
// other: until it ends, and whatever half lifts it meanwhile. It costs what a
// passphrase costs.
func (r *Room) SetDayCode(row record.Session, cookie Cookie, half Half, typed string) (record.Session, error) {
	if !isDayCode(typed) {
		return row, fault.Field("daycode", "fault.day_code_digits")
	}
	secret, err := r.Resume(row, cookie, half)
	if err != nil {
		return row, err
	}
	row.DaySalt, row.DayTries = seal.NewSalt(), 0
	row.DaySealed = seal.Seal(r.dayKey(row, cookie, typed), r.sessionContext(seal.ForDayCode, row), secret.k.Bytes())
	return row, nil
}

// OpenDayCode opens a session's secret with its day code; errSlot when it is wrong.
func (r *Room) OpenDayCode(row record.Session, cookie Cookie, typed string) (Secret, error) {
	if len(row.DaySealed) == 0 || !isDayCode(typed) {
		return Secret{}, errSlot
	}
	plain, err := seal.Open(r.dayKey(row, cookie, typed), r.sessionContext(seal.ForDayCode, row), row.DaySealed)
	if err != nil {
		return Secret{}, errSlot
	}
	k, err := seal.KeyFrom(plain)
	if err != nil {
		return Secret{}, errSlot
	}
	return Secret{k}, nil
}

func (r *Room) dayKey(row record.Session, cookie Cookie, typed string) seal.Key {
	return seal.Combine("day code, secret", cookie, seal.Stretch(typed, row.DaySalt, r.host.pepper).Bytes())
}

func isDayCode(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == DayCodeDigits
}
