// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"

	"depositaire.org/depositaire/internal/record"
)

// The first field of a leaf's bytes, so that no entry is ever read as a link.
const (
	entryLabel = "depositaire entry 1"
	linkLabel  = "depositaire link 1"
)

// EntryLeaf returns the bytes of an entry that the tree hashes. Slips and body
// stand as their hashes, so that they may be shown to one of the persons
// concerned without naming the others.
func EntryLeaf(e record.Entry) []byte {
	out := appendField(nil, []byte(entryLabel))
	out = append(out, e.ID[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(e.Minute))     //nolint:gosec // two's complement
	out = binary.BigEndian.AppendUint32(out, uint32(len(e.Slips))) //nolint:gosec // a screen shows few persons
	for _, s := range e.Slips {
		h := SlipHash(s)
		out = append(out, h[:]...)
	}
	body := sha256.Sum256(e.Body)
	return append(out, body[:]...)
}

// LinkLeaf returns the bytes of a link that the tree hashes: all that is clear of
// it, and the hash of what is sealed.
func LinkLeaf(l record.Link) []byte {
	out := appendField(nil, []byte(linkLabel))
	out = append(append(out, byte(l.Owner.Kind)), l.Owner.ID[:]...)
	out = binary.BigEndian.AppendUint32(out, l.N)
	out = append(out, byte(l.Class), byte(l.Right))
	out = append(append(out, byte(l.Recipient.Kind)), l.Recipient.ID[:]...)
	out = append(append(out, byte(l.Target.Kind)), l.Target.ID[:]...)
	out = binary.BigEndian.AppendUint32(out, l.Epoch)
	for _, m := range []record.Minute{l.Since, l.Until, l.At} {
		out = binary.BigEndian.AppendUint64(out, uint64(m)) //nolint:gosec // two's complement
	}
	out = append(out, l.Author[:]...)
	for _, h := range [][32]byte{l.Commitment, l.SealedHash, l.Prev} {
		out = append(out, h[:]...)
	}
	return appendField(out, l.Signature)
}

// LeafOf returns the bytes of a row that the tree hashes; nil when the row is gone.
func LeafOf(r record.Row) []byte {
	switch {
	case r.Entry != nil:
		return EntryLeaf(*r.Entry)
	case r.Link != nil:
		return LinkLeaf(*r.Link)
	}
	return nil
}

// LeafHash is the hash of a leaf's bytes in the tree (RFC 6962).
func LeafHash(leaf []byte) [32]byte { return tlog.RecordHash(leaf) }
