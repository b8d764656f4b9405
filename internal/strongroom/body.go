// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"slices"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Words are the fields of an item, by tag. They are opened words, or words about
// to be sealed.
type Words map[record.Tag]confided.Text

// body is the plaintext of one version of an object: who wrote it and when, the
// persons it concerns (Séparer and S-30 cut along them), and the words.
type body struct {
	Kind    record.ItemKind
	Author  record.MemberID
	At      int64 // seconds since 1970
	Persons []record.PersonID
	Words   Words
}

const bodyFormat = 1

// maxWords bounds one version, in bytes: a note of 1 MB and its fields.
const maxWords = 1<<20 + 64<<10

// sealedFloor is the smallest padded body: identities pad to 256 bytes.
const sealedFloor = 256

func (b body) encode() ([]byte, error) {
	var e encoder
	e.u8(bodyFormat)
	e.text(string(b.Kind))
	e.raw(b.Author[:])
	e.i64(b.At)
	e.u16(uint16(len(b.Persons))) //nolint:gosec // a note concerns few persons
	for _, p := range b.Persons {
		e.raw(p[:])
	}
	tags := make([]record.Tag, 0, len(b.Words))
	for t, w := range b.Words {
		if !w.Empty() {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	e.u16(uint16(len(tags))) //nolint:gosec // tags are few
	for _, t := range tags {
		e.u16(uint16(t))
		e.text(b.Words[t].Reveal())
	}
	if len(e.b) > maxWords {
		return nil, fault.New(fault.TooLarge, "")
	}
	return seal.Pad(e.b, sealedFloor), nil
}

func decodeBody(padded []byte) (body, error) {
	raw, err := seal.Unpad(padded)
	if err != nil {
		return body{}, errItem
	}
	d := decoder{b: raw}
	if d.u8() != bodyFormat {
		return body{}, errItem
	}
	b := body{Kind: record.ItemKind(d.text()), Author: record.MemberID(d.ref()), At: d.i64(), Words: Words{}}
	for range d.u16() {
		b.Persons = append(b.Persons, record.PersonID(d.ref()))
	}
	for range d.u16() {
		t := record.Tag(d.u16())
		b.Words[t] = confided.NewText(d.text())
	}
	if !d.done() {
		return body{}, errItem
	}
	return b, nil
}

// errItem says that a sealed item is not what was written.
var errItem = fault.Because(fault.Unavailable, integrity("an item does not open"))
