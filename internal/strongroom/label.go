// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

func (r *Room) labelContext(of record.Ref, m record.MemberID) seal.Context {
	return seal.Context{
		Purpose: seal.ForLabel, Organisation: r.host.organisation,
		Owner: record.OwnerOf(record.OwnerMember, m), Object: of, Author: m,
	}
}

// SealLabel seals to a member what she calls a way in or a browser of hers: the
// database shows no name of a device (secrecy.md §2bis). No label, no bytes.
func (r *Room) SealLabel(u *Unlocked, of record.Ref, label confided.Text) []byte {
	if label.Empty() {
		return nil
	}
	return seal.Seal(u.own().Derive("labels"), r.labelContext(of, u.Member()), seal.Pad([]byte(label.Reveal()), 64))
}

// OpenLabel opens a label of the member's own; the empty text when there is none,
// or none of hers. It concerns nobody accompanied, so the journal has no line of it.
func (r *Room) OpenLabel(u *Unlocked, of record.Ref, sealed []byte) confided.Text {
	if len(sealed) == 0 {
		return confided.Text{}
	}
	padded, err := seal.Open(u.own().Derive("labels"), r.labelContext(of, u.Member()), sealed)
	if err != nil {
		return confided.Text{}
	}
	plain, err := seal.Unpad(padded)
	if err != nil {
		return confided.Text{}
	}
	return confided.NewText(string(plain))
}
