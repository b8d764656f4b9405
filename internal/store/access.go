// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Slots returns the ways in which a member unlocks.
func (r Reader) Slots(ctx context.Context, member record.MemberID) ([]record.Slot, error) {
	return list(ctx, r, scanSlot, `
		SELECT id, member, kind, salt, public, sealed, credential, cred_id, made, proved, label
		FROM slot WHERE member = $1 ORDER BY number`, ident(member))
}

// SlotCount returns how many slots a member has.
func (r Reader) SlotCount(ctx context.Context, member record.MemberID) (int, error) {
	count := func(row row, n *int) error { return row.Scan(n) }
	return one(ctx, r, count, `SELECT COUNT(*) FROM slot WHERE member = $1`, ident(member))
}

// SlotByCredential returns the slot of a passkey.
func (r Reader) SlotByCredential(ctx context.Context, credID []byte) (record.Slot, error) {
	return one(ctx, r, scanSlot, `
		SELECT id, member, kind, salt, public, sealed, credential, cred_id, made, proved, label
		FROM slot WHERE cred_id = $1`, unless(credID))
}

func scanSlot(row row, s *record.Slot) error {
	return row.Scan((*toID)(&s.ID), (*toID)(&s.Member), number(&s.Kind), (*toBytes)(&s.Salt), (*toBytes)(&s.Public),
		(*toBytes)(&s.Sealed), (*toBytes)(&s.Credential), (*toBytes)(&s.CredID), number(&s.Made), number(&s.Proved), (*toBytes)(&s.Label))
}

// Devices returns the browsers that a member enrolled.
func (r Reader) Devices(ctx context.Context, member record.MemberID) ([]record.Device, error) {
	return list(ctx, r, scanDevice,
		`SELECT hash, member, made, label FROM device WHERE member = $1 ORDER BY number`, ident(member))
}

// Device returns the browser whose cookie has this hash.
func (r Reader) Device(ctx context.Context, hash [32]byte) (record.Device, error) {
	return one(ctx, r, scanDevice, `SELECT hash, member, made, label FROM device WHERE hash = $1`, digest(hash))
}

func scanDevice(row row, d *record.Device) error {
	return row.Scan((*toHash)(&d.Hash), (*toID)(&d.Member), number(&d.Made), (*toBytes)(&d.Label))
}

// Session returns the session whose cookie has this hash, ended or not.
func (r Reader) Session(ctx context.Context, hash [32]byte) (record.Session, error) {
	return one(ctx, r, scanSession, `
		SELECT hash, member, started, last_use, deposit, sealed, day_salt, day_half, day_tries
		FROM session WHERE hash = $1`, digest(hash))
}

// Sessions returns a member's sessions, ended ones included.
func (r Reader) Sessions(ctx context.Context, member record.MemberID) ([]record.Session, error) {
	return list(ctx, r, scanSession, `
		SELECT hash, member, started, last_use, deposit, sealed, day_salt, day_half, day_tries
		FROM session WHERE member = $1 ORDER BY number`, ident(member))
}

func scanSession(row row, s *record.Session) error {
	return row.Scan((*toHash)(&s.Hash), (*toID)(&s.Member), &s.Started, &s.LastUse, &s.Deposit,
		(*toBytes)(&s.Sealed), (*toBytes)(&s.DaySalt), (*toBytes)(&s.DaySealed), number(&s.DayTries))
}

// Invitation returns the invitation of a code, by the public half made from it.
func (r Reader) Invitation(ctx context.Context, codePublic [32]byte) (record.Invitation, error) {
	return one(ctx, r, scanInvitation,
		`SELECT id, code, member, inviter, until, sealed FROM invitation WHERE code = $1`, digest(codePublic))
}

// Invitations returns every invitation, over or not.
func (r Reader) Invitations(ctx context.Context) ([]record.Invitation, error) {
	return list(ctx, r, scanInvitation,
		`SELECT id, code, member, inviter, until, sealed FROM invitation ORDER BY number`)
}

func scanInvitation(row row, i *record.Invitation) error {
	return row.Scan((*toID)(&i.ID), (*toHash)(&i.Code), (*toID)(&i.Member), (*toID)(&i.Inviter),
		number(&i.Until), (*toBytes)(&i.Sealed))
}

// PutSlot adds a slot.
func (tx *Tx) PutSlot(ctx context.Context, s record.Slot) error {
	return tx.put(ctx, `
		INSERT INTO slot (id, member, kind, salt, public, sealed, credential, cred_id, made, proved, label)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		ident(s.ID), ident(s.Member), s.Kind, sealed(s.Salt), sealed(s.Public), sealed(s.Sealed),
		sealed(s.Credential), unless(s.CredID), s.Made, s.Proved, unless(s.Label))
}

// SetSlotProved notes when a slot last opened.
func (tx *Tx) SetSlotProved(ctx context.Context, id record.SlotID, proved record.Minute) error {
	return tx.set(ctx, `UPDATE slot SET proved = $2 WHERE id = $1`, ident(id), proved)
}

// SetSlotCredential replaces a passkey's credential record.
func (tx *Tx) SetSlotCredential(ctx context.Context, id record.SlotID, credential []byte) error {
	return tx.set(ctx, `UPDATE slot SET credential = $2 WHERE id = $1`, ident(id), sealed(credential))
}

// DropSlot deletes a slot, if it is there.
func (tx *Tx) DropSlot(ctx context.Context, id record.SlotID) error {
	return tx.put(ctx, `DELETE FROM slot WHERE id = $1`, ident(id))
}

// PutDevice adds a known browser.
func (tx *Tx) PutDevice(ctx context.Context, d record.Device) error {
	return tx.put(ctx, `INSERT INTO device (hash, member, made, label) VALUES ($1, $2, $3, $4)`,
		digest(d.Hash), ident(d.Member), d.Made, unless(d.Label))
}

// DropDevice forgets one browser of a member's, if it is there.
func (tx *Tx) DropDevice(ctx context.Context, d record.Device) error {
	return tx.put(ctx, `DELETE FROM device WHERE hash = $1 AND member = $2`, digest(d.Hash), ident(d.Member))
}

// DropDevices forgets every browser of a member.
func (tx *Tx) DropDevices(ctx context.Context, member record.MemberID) error {
	return tx.put(ctx, `DELETE FROM device WHERE member = $1`, ident(member))
}

// PutSession adds a session.
func (tx *Tx) PutSession(ctx context.Context, s record.Session) error {
	return tx.put(ctx, `
		INSERT INTO session (hash, member, started, last_use, deposit, sealed, day_salt, day_half, day_tries)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		digest(s.Hash), ident(s.Member), s.Started, s.LastUse, s.Deposit,
		sealed(s.Sealed), sealed(s.DaySalt), sealed(s.DaySealed), s.DayTries)
}

// SetSession replaces everything of the session with s's hash.
func (tx *Tx) SetSession(ctx context.Context, s record.Session) error {
	return tx.set(ctx, `
		UPDATE session SET member = $2, started = $3, last_use = $4, deposit = $5, sealed = $6,
			day_salt = $7, day_half = $8, day_tries = $9
		WHERE hash = $1`,
		digest(s.Hash), ident(s.Member), s.Started, s.LastUse, s.Deposit,
		sealed(s.Sealed), sealed(s.DaySalt), sealed(s.DaySealed), s.DayTries)
}

// TouchSession notes when a session was last used, in seconds since 1970.
func (tx *Tx) TouchSession(ctx context.Context, hash [32]byte, lastUse int64) error {
	return tx.set(ctx, `UPDATE session SET last_use = $2 WHERE hash = $1`, digest(hash), lastUse)
}

// DropSession deletes a session, if it is there.
func (tx *Tx) DropSession(ctx context.Context, hash [32]byte) error {
	return tx.put(ctx, `DELETE FROM session WHERE hash = $1`, digest(hash))
}

// DropSessions deletes every session of a member.
func (tx *Tx) DropSessions(ctx context.Context, member record.MemberID) error {
	return tx.put(ctx, `DELETE FROM session WHERE member = $1`, ident(member))
}

// ExpireSessions ends the sessions last used before idleBefore or started
// before startedBefore: they hold no secret any more and take drafts only.
// Ended ones last used before depositBefore are deleted. Times are seconds
// since 1970.
func (tx *Tx) ExpireSessions(ctx context.Context, idleBefore, startedBefore, depositBefore int64) error {
	err := tx.put(ctx, `
		UPDATE session SET deposit = TRUE, sealed = $1, day_salt = $1, day_half = $1
		WHERE NOT deposit AND (last_use < $2 OR started < $3)`, []byte{}, idleBefore, startedBefore)
	if err != nil {
		return err
	}
	return tx.put(ctx, `DELETE FROM session WHERE deposit AND last_use < $1`, depositBefore)
}

// PutInvitation adds an invitation.
func (tx *Tx) PutInvitation(ctx context.Context, i record.Invitation) error {
	return tx.put(ctx, `
		INSERT INTO invitation (id, code, member, inviter, until, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
		ident(i.ID), digest(i.Code), ident(i.Member), ident(i.Inviter), i.Until, sealed(i.Sealed))
}

// DropInvitation deletes an invitation, if it is there.
func (tx *Tx) DropInvitation(ctx context.Context, id record.InvitationID) error {
	return tx.put(ctx, `DELETE FROM invitation WHERE id = $1`, ident(id))
}
