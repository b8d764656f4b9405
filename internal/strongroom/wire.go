// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"encoding/binary"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// encoder writes what is sealed, signed or bound: fixed-size numbers, and bytes
// behind their length. No JSON in anything signed (secrecy.md §3).
type encoder struct{ b []byte }

func (e *encoder) u8(n byte)           { e.b = append(e.b, n) }
func (e *encoder) u16(n uint16)        { e.b = binary.BigEndian.AppendUint16(e.b, n) }
func (e *encoder) u32(n uint32)        { e.b = binary.BigEndian.AppendUint32(e.b, n) }
func (e *encoder) i64(n int64)         { e.b = binary.BigEndian.AppendUint64(e.b, uint64(n)) } //nolint:gosec // two's complement, undone by decoder.i64
func (e *encoder) raw(b []byte)        { e.b = append(e.b, b...) }
func (e *encoder) ref(r record.Ref)    { e.raw(r[:]) }
func (e *encoder) bytes(b []byte)      { e.u32(uint32(len(b))); e.raw(b) } //nolint:gosec // far below 4 GiB
func (e *encoder) text(s string)       { e.bytes([]byte(s)) }
func (e *encoder) key(k seal.Key)      { e.raw(k.Bytes()) }
func (e *encoder) hash(h [32]byte)     { e.raw(h[:]) }
func (e *encoder) min(m record.Minute) { e.i64(int64(m)) }

// decoder reads what encoder wrote. After the first short read every value is
// zero and ok is false.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n int) []byte {
	if d.bad || n < 0 || n > len(d.b) {
		d.bad = true
		return make([]byte, max(0, min(n, 64)))
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) u8() byte    { return d.take(1)[0] }
func (d *decoder) u16() uint16 { return binary.BigEndian.Uint16(d.take(2)) }
func (d *decoder) u32() uint32 { return binary.BigEndian.Uint32(d.take(4)) }
func (d *decoder) i64() int64  { return int64(binary.BigEndian.Uint64(d.take(8))) } //nolint:gosec // two's complement
func (d *decoder) ref() record.Ref {
	return record.Ref(d.take(16))
}

func (d *decoder) bytes() []byte {
	n := d.u32()
	if d.bad || uint64(n) > uint64(len(d.b)) {
		d.bad = true
		return nil
	}
	return d.take(int(n))
}

func (d *decoder) text() string { return string(d.bytes()) }

func (d *decoder) key() seal.Key {
	k, err := seal.KeyFrom(d.take(seal.KeySize))
	if err != nil || d.bad {
		d.bad = true
		return seal.Key{}
	}
	return k
}

func (d *decoder) hash() [32]byte { return [32]byte(d.take(32)) }

// done reports whether everything was read and nothing was short.
func (d *decoder) done() bool { return !d.bad && len(d.b) == 0 }
