// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"encoding/base64"
	"strconv"
	"strings"

	"depositaire.org/depositaire/internal/record"
)

// A receipt is an inclusion as a text: a C2SP tlog-proof whose extra data is the
// leaf. Other programs than ours verify it.
const (
	receiptFirst = "c2sp.org/tlog-proof@v1"
	receiptExtra = "extra "
	receiptIndex = "index "
)

// MaxReceipt is the size of the largest receipt that is read, in bytes: a leaf, a
// path of 63 hashes, a note.
const MaxReceipt = 64 << 10

// Receipt returns the inclusion as a text.
func (in Inclusion) Receipt() string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	line(receiptFirst)
	line(receiptExtra, base64.StdEncoding.EncodeToString(in.Leaf))
	line(receiptIndex, strconv.FormatInt(in.Sequence, 10))
	for _, h := range in.Path {
		line(base64.StdEncoding.EncodeToString(h[:]))
	}
	line()
	b.WriteString(in.Checkpoint)
	return b.String()
}

// ReadReceipt reads what Receipt wrote, or returns ErrFormat. What it returns is
// not verified yet.
func ReadReceipt(text string) (Inclusion, error) {
	var in Inclusion
	head, checkpoint, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(text) > MaxReceipt || len(lines) < 3 || lines[0] != receiptFirst {
		return in, ErrFormat
	}
	extra, okExtra := strings.CutPrefix(lines[1], receiptExtra)
	index, okIndex := strings.CutPrefix(lines[2], receiptIndex)
	leaf, err := base64.StdEncoding.Strict().DecodeString(extra)
	if !okExtra || !okIndex || err != nil {
		return in, ErrFormat
	}
	in.Leaf, in.Checkpoint = leaf, checkpoint
	if in.Sequence, err = strconv.ParseInt(index, 10, 64); err != nil || in.Sequence < 0 {
		return in, ErrFormat
	}
	for _, line := range lines[3:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != 32 {
			return in, ErrFormat
		}
		in.Path = append(in.Path, [32]byte(h))
	}
	if in.Receipt() != text { // one text for one proof
		return in, ErrFormat
	}
	return in, nil
}

// ReadLinkLeaf reads the clear part of a link from the bytes that LinkLeaf wrote,
// or returns ErrFormat.
func ReadLinkLeaf(leaf []byte) (record.Link, error) {
	d := reader{b: leaf}
	var l record.Link
	if string(d.field()) != linkLabel {
		return l, ErrFormat
	}
	l.Owner = record.Owner{Kind: record.OwnerKind(d.u8()), ID: record.Ref(d.take(16))}
	l.N = d.u32()
	l.Class, l.Right = record.LinkClass(d.u8()), record.Right(d.u8())
	l.Recipient = record.Recipient{Kind: record.RecipientKind(d.u8()), ID: record.Ref(d.take(16))}
	l.Target = record.Target{Kind: record.TargetKind(d.u8()), ID: record.Ref(d.take(16))}
	l.Epoch = d.u32()
	for _, m := range []*record.Minute{&l.Since, &l.Until, &l.At} {
		*m = record.Minute(d.u64()) //nolint:gosec // two's complement
	}
	l.Author = record.MemberID(d.take(16))
	for _, h := range []*[32]byte{&l.Commitment, &l.SealedHash, &l.Prev} {
		*h = [32]byte(d.take(32))
	}
	l.Signature = d.field()
	if d.bad || len(d.b) > 0 {
		return record.Link{}, ErrFormat
	}
	return l, nil
}

// ReadEntryLeaf reads which entry was hashed, and its minute, from the bytes that
// EntryLeaf wrote, or returns ErrFormat.
func ReadEntryLeaf(leaf []byte) (record.EntryID, record.Minute, error) {
	d := reader{b: leaf}
	label := string(d.field())
	id := record.EntryID(d.take(16))
	minute := record.Minute(d.u64()) //nolint:gosec // two's complement
	slips := int64(d.u32())
	if d.bad || label != entryLabel || int64(len(d.b)) != 32*(slips+1) {
		return record.EntryID{}, 0, ErrFormat
	}
	return id, minute, nil
}

func (r *reader) u8() byte { return r.take(1)[0] }
