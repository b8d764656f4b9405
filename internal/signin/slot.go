// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/http"
	"slices"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Slots returns a member's own ways of unlocking.
func (r *Room) Slots(ctx context.Context, by *strongroom.Unlocked) ([]record.Slot, error) {
	return r.read.Slots(ctx, by.Member())
}

// Label returns what a member calls one of her slots.
func (r *Room) Label(by *strongroom.Unlocked, s record.Slot) confided.Text {
	return r.strong.OpenLabel(by, s.ID.Ref(), s.Label)
}

// HasPasskey reports whether a passkey opens a member's account.
func (r *Room) HasPasskey(ctx context.Context, m record.MemberID) (bool, error) {
	all, err := r.read.Slots(ctx, m)
	return slices.ContainsFunc(all, isKind(record.SlotPasskey)), err
}

func isKind(k record.SlotKind) func(record.Slot) bool {
	return func(s record.Slot) bool { return s.Kind == k }
}

// unchanged reports whether a slot is still as it was read.
func unchanged(now []record.Slot, s record.Slot) bool {
	return slices.ContainsFunc(now, func(n record.Slot) bool {
		return n.ID == s.ID && bytes.Equal(n.Credential, s.Credential)
	})
}

// NewPassphrase replaces a member's passphrase in one transaction and ends her
// other sessions. The fault of one that is too short stands at "new_passphrase".
func (r *Room) NewPassphrase(ctx context.Context, by *strongroom.Unlocked, c Cookies, typed string) ([]*http.Cookie, error) {
	row, err := r.veiled(ctx, c, c.place)
	if err != nil || row.Member != by.Member() {
		return nil, signedOut(err)
	}
	caller := Caller{Account: row.Member.String(), Known: true}
	leave, err := r.gate.Enter(ctx, caller)
	if err != nil {
		return nil, err
	}
	defer leave()
	slot, err := r.strong.NewPassphrase(by, typed)
	if err != nil {
		return nil, at("new_passphrase", err)
	}
	r.gate.GiveBack(caller)
	slot.Proved = slot.Made // she has just typed it
	if err := r.noted(ctx, by, journal.Granted); err != nil {
		return nil, err
	}
	err = r.write(ctx, func(tx Tx) error {
		if err := replace(ctx, tx, slot); err != nil {
			return err
		}
		return endOthers(ctx, tx, row)
	})
	return []*http.Cookie{setSession(c.place, c.sessions[c.place], false)}, err
}

// replace puts a slot in the place of those of its kind.
func replace(ctx context.Context, tx Tx, s record.Slot) error {
	if err := dropKind(ctx, tx, s, func(record.Slot) bool { return true }); err != nil {
		return err
	}
	return tx.PutSlot(ctx, s)
}

// dropKind deletes the other slots of s's kind and member that match.
func dropKind(ctx context.Context, tx Tx, s record.Slot, match func(record.Slot) bool) error {
	all, err := tx.Slots(ctx, s.Member)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.Kind != s.Kind || old.ID == s.ID || !match(old) {
			continue
		}
		if err := tx.DropSlot(ctx, old.ID); err != nil {
			return err
		}
	}
	return nil
}

func endOthers(ctx context.Context, tx Tx, mine record.Session) error {
	all, err := tx.Sessions(ctx, mine.Member)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Hash == mine.Hash {
			continue
		}
		if err := tx.DropSession(ctx, s.Hash); err != nil {
			return err
		}
	}
	return nil
}

// NewPaper makes another paper code, shown once. The old one opens until the new
// one was typed back; a page lost costs another new code.
func (r *Room) NewPaper(ctx context.Context, by *strongroom.Unlocked) (string, error) {
	slot, code, err := r.strong.NewPaper(by)
	if err != nil {
		return "", err
	}
	if err := r.noted(ctx, by, journal.Granted); err != nil {
		return "", err
	}
	return code, r.write(ctx, func(tx Tx) error {
		err := dropKind(ctx, tx, slot, func(s record.Slot) bool { return s.Proved == 0 })
		if err != nil {
			return err
		}
		return tx.PutSlot(ctx, slot)
	})
}

// ProvePaper proves the newest paper code by what was typed back, and ends the
// one before. A wrong code is a fault at "paper_code".
func (r *Room) ProvePaper(ctx context.Context, by *strongroom.Unlocked, typed string) error {
	all, err := r.read.Slots(ctx, by.Member())
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Kind != record.SlotPaper || s.Proved != 0 {
			continue
		}
		if _, err := r.strong.OpenPaper(s, typed); err != nil {
			break
		}
		return r.write(ctx, func(tx Tx) error {
			if err := tx.SetSlotProved(ctx, s.ID, r.minute()); err != nil {
				return err
			}
			return dropKind(ctx, tx, s, func(record.Slot) bool { return true })
		})
	}
	return fault.Field("paper_code", "fault.code_mistyped")
}

// MayRemove reports whether two proved slots are left without one (secrecy.md §5,
// I3).
func MayRemove(all []record.Slot, id record.SlotID) bool {
	left := 0
	for _, s := range all {
		if s.ID != id && s.Proved != 0 {
			left++
		}
	}
	return left >= 2
}

// RemoveSlot deletes one of a member's slots. fault.Refused when fewer than two
// proved ones would be left (secrecy.md §5, I3).
func (r *Room) RemoveSlot(ctx context.Context, by *strongroom.Unlocked, id record.SlotID) error {
	if err := r.noted(ctx, by, journal.Ended); err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error {
		all, err := tx.Slots(ctx, by.Member())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(s record.Slot) bool { return s.ID == id }) {
			return fault.New(fault.Withheld, "")
		}
		if !MayRemove(all, id) {
			return fault.New(fault.Refused, "fault.two_slots")
		}
		return tx.DropSlot(ctx, id)
	})
}

func (r *Room) noted(ctx context.Context, by *strongroom.Unlocked, act journal.Act) error {
	return r.strong.Note(ctx, by, journal.Body{Act: act, Purpose: journal.ForHouse})
}

// KnownDevice is a browser that a member enrolled. Of what kind it is, she alone
// can read: the class that journal.Device names, never more.
type KnownDevice struct {
	ID    string // to forget it by; opens nothing
	Made  record.Minute
	Class confided.Text // empty: enrolled before classes were kept
	This  bool          // the one of this request
}

// deviceRef names a browser in what is sealed about it.
func deviceRef(hash [32]byte) record.Ref { return record.Ref(hash[:16]) }

// Devices returns the browsers that a member enrolled.
func (r *Room) Devices(ctx context.Context, by *strongroom.Unlocked, c Cookies) ([]KnownDevice, error) {
	rows, err := r.read.Devices(ctx, by.Member())
	var all []KnownDevice
	for _, d := range rows {
		all = append(all, KnownDevice{
			ID: hex.EncodeToString(d.Hash[:]), Made: d.Made, Class: r.strong.OpenLabel(by, deviceRef(d.Hash), d.Label),
			This: c.device != nil && d.Hash == deviceHash(c.device, by.Member()),
		})
	}
	return all, err
}

// ForgetDevice forgets one browser of a member's: it will ask for the paper code,
// or a passkey, again. fault.Withheld when it is not hers.
func (r *Room) ForgetDevice(ctx context.Context, by *strongroom.Unlocked, id string) error {
	rows, err := r.read.Devices(ctx, by.Member())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(d record.Device) bool { return hex.EncodeToString(d.Hash[:]) == id })
	if at < 0 {
		return fault.New(fault.Withheld, "")
	}
	if err := r.noted(ctx, by, journal.Ended); err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error { return tx.DropDevice(ctx, rows[at]) })
}

// ForgetDevices forgets every browser of a member, this one too: each will ask
// for the paper code, or a passkey, again.
func (r *Room) ForgetDevices(ctx context.Context, by *strongroom.Unlocked) error {
	if err := r.noted(ctx, by, journal.Ended); err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error { return tx.DropDevices(ctx, by.Member()) })
}

// OwnSession is one of a member's sessions, here or elsewhere.
type OwnSession struct {
	ID      string // to end it by; opens nothing
	Started int64  // seconds since 1970
	LastUse int64  // seconds since 1970
	This    bool
}

// Sessions returns a member's sessions that are not over.
func (r *Room) Sessions(ctx context.Context, by *strongroom.Unlocked, c Cookies) ([]OwnSession, error) {
	rows, err := r.read.Sessions(ctx, by.Member())
	var all []OwnSession
	for _, s := range rows {
		if r.state(s) != Veiled {
			continue
		}
		this := c.place != 0 && c.sessions[c.place] != nil && s.Hash == strongroom.CookieHash(c.sessions[c.place])
		all = append(all, OwnSession{hex.EncodeToString(s.Hash[:]), s.Started, s.LastUse, this})
	}
	return all, err
}

// EndSession ends one of a member's sessions; fault.Withheld when it is not hers.
func (r *Room) EndSession(ctx context.Context, by *strongroom.Unlocked, id string) error {
	return r.write(ctx, func(tx Tx) error {
		all, err := tx.Sessions(ctx, by.Member())
		if err != nil {
			return err
		}
		for _, s := range all {
			if hex.EncodeToString(s.Hash[:]) == id {
				return tx.DropSession(ctx, s.Hash)
			}
		}
		return fault.New(fault.Withheld, "")
	})
}
