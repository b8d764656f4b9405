// SPDX-License-Identifier: AGPL-3.0-or-later

// Package journal is the register of who looked and who acted: what an entry
// says, how its bytes are laid out, and the proof that it was written. It names
// no word of anybody's: an entry has no content, title, search term or address
// (secrecy.md §8).
package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Act is what was done.
type Act string

// The acts an entry may tell.
const (
	Listed   Act = "listed"   // names shown in a list
	Opened   Act = "opened"   // content read
	Wrote    Act = "wrote"    // a new object or version
	Granted  Act = "granted"  // somebody let in
	Ended    Act = "ended"    // somebody's access ended
	Moved    Act = "moved"    // an object moved to another dossier
	Created  Act = "created"  // a person, a dossier
	Refused  Act = "refused"  // an opening refused
	Searched Act = "searched" // a name or a word looked for
	SignedIn Act = "signed_in"
	Locked   Act = "sign_in_refused"
	Slowed   Act = "slowed" // a session asked for pages faster than people read

	Contradicted Act = "contradicted" // a browser remembers another journal
	Invited      Act = "invited"
	Enrolled     Act = "enrolled"
	Closed       Act = "closed"
	Merged       Act = "merged"   // two records said to be of one person
	Unmerged     Act = "unmerged" // told apart again
	Forgot       Act = "forgot"   // what a list brought deleted: it was undone
	Purged       Act = "purged"   // entries older than twelve months deleted
)

// Purpose is why: the place in the product that the act served.
type Purpose string

// The purposes.
const (
	ForFollowUp  Purpose = "follow_up"  // working on the case
	ForReception Purpose = "reception"  // at the counter
	ForReaders   Purpose = "readers"    // who can read, who has read
	ForSetting   Purpose = "setting"    // a service's settings
	ForDraft     Purpose = "draft"      // one's own unfinished text
	ForHouse     Purpose = "house"      // members, invitations, keys
	ForIndex     Purpose = "index"      // finding names in memory
	ForWithdraw  Purpose = "correction" // narrowing or moving what was misplaced
)

// Device is the class of the device, never more.
type Device string

// The classes of devices.
const (
	DeviceUnknown Device = ""
	DevicePhone   Device = "phone"
	DeviceDesk    Device = "desk"
	DeviceConsole Device = "console"
)

// Body is what one entry says, once opened.
type Body struct {
	At      int64 // seconds since 1970
	Act     Act
	Actor   record.MemberID
	Role    record.Role
	Service record.ServiceID // the actor's
	Purpose Purpose
	Device  Device
	Refusal string // the kind of the fault, for Refused
	Slips   [][32]byte
	Sign    []byte // Ed25519 by the actor, or by the host when nobody was unlocked
}

// Span is a run of objects of one owner, by their order numbers.
type Span struct {
	Owner    record.Owner
	From, To uint32
}

// ErrFormat is returned for bytes that are not an entry's.
var ErrFormat = errors.New("journal: not an entry")

// Signed returns the bytes that are signed: everything but the signature.
func (b Body) Signed() []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(b.At)) //nolint:gosec // two's complement
	for _, s := range []string{string(b.Act), string(b.Role), string(b.Purpose), string(b.Device), b.Refusal} {
		out = appendField(out, []byte(s))
	}
	out = append(out, b.Actor[:]...)
	out = append(out, b.Service[:]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(b.Slips))) //nolint:gosec // a screen shows few persons
	for _, h := range b.Slips {
		out = append(out, h[:]...)
	}
	return out
}

// Encode returns the body's bytes, signature last.
func (b Body) Encode() []byte { return appendField(b.Signed(), b.Sign) }

// Decode reads what Encode wrote, or returns ErrFormat.
func Decode(raw []byte) (Body, error) {
	d := reader{b: raw}
	var b Body
	b.At = int64(d.u64()) //nolint:gosec // two's complement
	b.Act, b.Role = Act(d.field()), record.Role(d.field())
	b.Purpose, b.Device = Purpose(d.field()), Device(d.field())
	b.Refusal = string(d.field())
	copy(b.Actor[:], d.take(16))
	copy(b.Service[:], d.take(16))
	n := d.u32()
	for range n {
		if d.bad || len(d.b) < 32 {
			return Body{}, ErrFormat
		}
		b.Slips = append(b.Slips, [32]byte(d.take(32)))
	}
	if sign := d.field(); len(sign) > 0 {
		b.Sign = sign
	}
	if d.bad || len(d.b) > 0 {
		return Body{}, ErrFormat
	}
	return b, nil
}

// EncodeSpans returns the bytes that name objects, 25 each.
func EncodeSpans(spans []Span) []byte {
	var out []byte
	for _, s := range spans {
		out = append(out, byte(s.Owner.Kind))
		out = append(out, s.Owner.ID[:]...)
		out = binary.BigEndian.AppendUint32(out, s.From)
		out = binary.BigEndian.AppendUint32(out, s.To)
	}
	return out
}

// SpanSize is the size of one encoded span, in bytes.
const SpanSize = 25

// DecodeSpans reads what EncodeSpans wrote, or returns ErrFormat.
func DecodeSpans(raw []byte) ([]Span, error) {
	if len(raw)%SpanSize != 0 {
		return nil, ErrFormat
	}
	spans := make([]Span, 0, len(raw)/SpanSize)
	for len(raw) > 0 {
		s := Span{Owner: record.Owner{Kind: record.OwnerKind(raw[0]), ID: record.Ref(raw[1:17])}}
		s.From, s.To = binary.BigEndian.Uint32(raw[17:]), binary.BigEndian.Uint32(raw[21:])
		if s.From > s.To {
			return nil, ErrFormat
		}
		spans, raw = append(spans, s), raw[SpanSize:]
	}
	return spans, nil
}

// Spans gathers order numbers, in any order, into runs.
func Spans(owner record.Owner, sorted []uint32) []Span {
	var out []Span
	for _, n := range sorted {
		if k := len(out) - 1; k >= 0 && n <= out[k].To+1 {
			out[k].To = max(out[k].To, n)
			continue
		}
		out = append(out, Span{owner, n, n})
	}
	return out
}

// SlipHash is what a body's signature covers of one slip.
func SlipHash(s record.EntrySlip) [32]byte {
	h := sha256.New()
	_, _ = h.Write(appendField(nil, s.Circle[:]))
	_, _ = h.Write(binary.BigEndian.AppendUint32(nil, s.Epoch))
	_, _ = h.Write(appendField(appendField(nil, s.Person[:]), s.Service[:]))
	_, _ = h.Write(appendField(nil, s.Sealed))
	return [32]byte(h.Sum(nil))
}

// Tx is what appending needs of the store.
type Tx interface {
	AppendEntry(ctx context.Context, e record.Entry) error
}

// Proof shows that an entry was written in a transaction. Only Append makes one;
// the strong room opens nothing without.
type Proof struct{ entry record.EntryID }

// For reports whether the proof is of entry e.
func (p Proof) For(e record.EntryID) bool { return !e.IsZero() && p.entry == e }

func check(e record.Entry) error {
	if e.ID.IsZero() || len(e.Slips) == 0 {
		return fault.Because(fault.Internal, ErrFormat)
	}
	for _, s := range e.Slips {
		if len(s.Sealed) > MaxSlip {
			return fault.Because(fault.Internal, ErrFormat)
		}
	}
	return nil
}

// MaxSlip is the largest slip, in bytes: more ranges make a second slip.
const MaxSlip = 512

func appendField(b, f []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(f))) //nolint:gosec // far below 4 GiB
	return append(b, f...)
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return make([]byte, min(max(n, 0), 64))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

func (r *reader) field() []byte {
	n := r.u32()
	if r.bad || uint64(n) > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	return r.take(int(n))
}
