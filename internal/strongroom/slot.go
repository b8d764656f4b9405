// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"context"
	"strings"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
	"golang.org/x/text/unicode/norm"
)

// errSlot says that what was typed or touched does not open: the sentence does
// not tell which part was wrong.
var errSlot = fault.New(fault.Refused, "fault.sign_in")

// PassphraseMinimum is the length of a freely chosen passphrase, in characters
// (secrecy.md §4).
const PassphraseMinimum = 15

// OfferPassphrase returns six French words drawn at random.
func OfferPassphrase() string { return strings.Join(seal.Words(6), " ") }

// normal is how a passphrase is compared: composed accents, single spaces. The
// same keys pressed on another keyboard give the same bytes.
func normal(typed string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(typed)), " ")
}

// fold is how a control word is compared.
func fold(typed string) string { return strings.ToLower(normal(typed)) }

// PassphraseSlot seals a member secret to a passphrase. It takes 64 MiB for
// 0.2 s: signin admits one per core at a time.
func (r *Room) PassphraseSlot(m record.MemberID, s Secret, typed string) (record.Slot, error) {
	if len([]rune(normal(typed))) < PassphraseMinimum {
		return record.Slot{}, fault.Field("passphrase", "fault.passphrase_short")
	}
	slot := record.Slot{Kind: record.SlotPassphrase, Salt: seal.NewSalt()}
	return r.slot(slot, m, s, seal.Stretch(normal(typed), slot.Salt, r.host.pepper))
}

// PaperSlot seals a member secret to a fresh code, shown once.
func (r *Room) PaperSlot(m record.MemberID, s Secret) (record.Slot, string, error) {
	code := r.host.code("paper")
	slot, err := r.slot(record.Slot{Kind: record.SlotPaper}, m, s, seal.CodeKey(code, "paper"))
	return slot, seal.FormatCode(code), err
}

// PasskeySlot seals a member secret to the 32 bytes that a passkey's PRF gives for salt.
func (r *Room) PasskeySlot(m record.MemberID, s Secret, salt, prf, credID, credential []byte) (record.Slot, error) {
	k, err := seal.KeyFrom(prf)
	if err != nil {
		return record.Slot{}, fault.New(fault.Invalid, "fault.passkey")
	}
	slot := record.Slot{Kind: record.SlotPasskey, Salt: salt, CredID: credID, Credential: credential}
	return r.slot(slot, m, s, k.Derive("passkey"))
}

func (r *Room) slot(slot record.Slot, m record.MemberID, s Secret, k seal.Key) (record.Slot, error) {
	pair := seal.Hybrid(k)
	slot.ID, slot.Member, slot.Made, slot.Public = record.NewID[record.Slot](), m, r.minute(), pair.Public()
	box, err := seal.Wrap(slot.Public, r.slotContext(slot), s.k.Bytes())
	if err != nil {
		return record.Slot{}, fault.Because(fault.Internal, err)
	}
	slot.Sealed = box
	return slot, nil
}

func (r *Room) slotContext(s record.Slot) seal.Context {
	return seal.Context{
		Purpose: seal.ForSlot, Organisation: r.host.organisation, ObjectKind: byte(s.Kind),
		Object: s.ID.Ref(), Author: s.Member,
	}
}

// OpenPassphrase opens a slot with what was typed. It costs what PassphraseSlot costs.
func (r *Room) OpenPassphrase(slot record.Slot, typed string) (Secret, error) {
	return r.openSlot(slot, seal.Stretch(normal(typed), slot.Salt, r.host.pepper))
}

// WastePassphrase spends what OpenPassphrase spends, for an account that does not
// exist, and refuses the same way.
func (r *Room) WastePassphrase(typed string) error {
	seal.Stretch(normal(typed), make([]byte, seal.SaltSize), r.host.pepper)
	return errSlot
}

// OpenPaper opens a slot with a printed code.
func (r *Room) OpenPaper(slot record.Slot, typed string) (Secret, error) {
	code, err := seal.ParseCode(typed)
	if err != nil {
		return Secret{}, fault.Field("paper", "fault.code_mistyped")
	}
	return r.openSlot(slot, seal.CodeKey(code, "paper"))
}

// OpenPasskey opens a slot with the bytes of a passkey's PRF.
func (r *Room) OpenPasskey(slot record.Slot, prf []byte) (Secret, error) {
	k, err := seal.KeyFrom(prf)
	if err != nil {
		return Secret{}, errSlot
	}
	return r.openSlot(slot, k.Derive("passkey"))
}

func (r *Room) openSlot(slot record.Slot, k seal.Key) (Secret, error) {
	plain, err := seal.Hybrid(k).Open(r.slotContext(slot), slot.Sealed)
	if err != nil {
		return Secret{}, errSlot
	}
	s, err := seal.KeyFrom(plain)
	if err != nil {
		return Secret{}, errSlot
	}
	return Secret{s}, nil
}

// Unlock puts a member's keys in hand for one request. Her certificate must be in
// the organisation's chain, and her account active.
func (r *Room) Unlock(ctx context.Context, m record.MemberID, s Secret, d journal.Device) (*Unlocked, error) {
	row, err := r.read.Member(ctx, m)
	if err != nil {
		return nil, err
	}
	return r.UnlockAs(ctx, row, s, d)
}

// UnlockAs is Unlock for whom this request has read already.
func (r *Room) UnlockAs(ctx context.Context, row record.Member, s Secret, d journal.Device) (*Unlocked, error) {
	dir, err := r.directory(ctx)
	if err != nil {
		return nil, err
	}
	if row.State != record.MemberActive || !dir.isMemberNow(row.ID, r.minute()) || !dir.Certified(row) {
		return nil, fault.New(fault.SignedOut, "")
	}
	functions, err := r.read.Functions(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	u := newUnlocked(record.Actor{Member: row.ID, Functions: functions}, d, s)
	if !bytes.Equal(u.signer().Public(), row.Keys.Sign) { // a slot's public half is in clear: anybody can seal a secret of theirs to it
		return nil, errChain("a secret that is not the one certified")
	}
	u.house = dir
	return u, nil
}

// Slots that an unlocked member makes for herself.

// NewPassphrase seals the member's secret to another passphrase.
func (r *Room) NewPassphrase(u *Unlocked, typed string) (record.Slot, error) {
	return r.PassphraseSlot(u.Member(), u.secret, typed)
}

// NewPaper seals the member's secret to another paper code.
func (r *Room) NewPaper(u *Unlocked) (record.Slot, string, error) {
	return r.PaperSlot(u.Member(), u.secret)
}

// NewPasskey seals the member's secret to a passkey.
func (r *Room) NewPasskey(u *Unlocked, salt, prf, credID, credential []byte) (record.Slot, error) {
	return r.PasskeySlot(u.Member(), u.secret, salt, prf, credID, credential)
}
