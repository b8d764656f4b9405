// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"encoding/binary"

	"depositaire.org/depositaire/internal/record"
)

// Purpose says what a sealed thing is for; the first field of every context.
type Purpose byte

// The purposes. The numbers are part of the byte format (doc/format.md).
const (
	ForVersion    Purpose = iota + 1 // a version of an object, under the object's key
	ForSlip                          // an object's key, under a circle's
	ForWrap                          // a circle's key, to a recipient
	ForObjectWrap                    // an object's key, to a recipient
	ForBack                          // the key of the epoch before, under the next
	ForLink                          // the sealed part of a link
	ForEntryBody                     // a journal entry's body, under its own key
	ForEntrySlip                     // that key and one person's objects, to a journal circle
	ForMark                          // what one reader has read
	ForDraft                         // a draft, to its author
	ForSlot                          // a member secret, to a slot
	ForSession                       // a member secret, to a session
	ForDayCode                       // a session's second half, to the day code
	ForShare                         // a share of a lock's secret, to a seat
	ForInvitation                    // the keys a role brings, to a code
	ForCommitment                    // the commitment to a circle's key
	ForSignature                     // what Ed25519 signs
	ForRootShare                     // a share of the root, on an envelope
	ForTicket                        // a passkey's challenge, between two requests
	ForCopy                          // the digest of a backup's file, signed by the host
	ForLabel                         // what a member calls a way in of hers, to herself
	ForChunk                         // a part of a file, under its object's key
)

// Context binds a ciphertext to its place. Moved to another row, case, version
// or organisation, it does not open.
type Context struct {
	Purpose      Purpose
	Organisation record.OrganisationID
	Owner        record.Owner
	Circle       record.CircleID
	Epoch        uint32
	ObjectKind   byte // of a row that is not an object: a RecipientKind, a LinkClass…
	Object       record.Ref
	Version      uint32
	Author       record.MemberID
}

const contextLabel = "depositaire context 1"

// Bytes returns the context as length-prefixed fields in fixed order. It is
// injective: two different contexts never give the same bytes.
func (c Context) Bytes() []byte {
	b := make([]byte, 0, 160)
	b = field(b, []byte(contextLabel))
	b = field(b, []byte{byte(c.Purpose)})
	b = field(b, c.Organisation[:])
	b = field(b, []byte{byte(c.Owner.Kind)})
	b = field(b, c.Owner.ID[:])
	b = field(b, c.Circle[:])
	b = field(b, number(c.Epoch))
	b = field(b, []byte{c.ObjectKind})
	b = field(b, c.Object[:])
	b = field(b, number(c.Version))
	return field(b, c.Author[:])
}

func number(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// field appends a 32-bit length and the bytes.
func field(b, f []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(f))) //nolint:gosec // fields are far below 4 GiB
	return append(b, f...)
}
