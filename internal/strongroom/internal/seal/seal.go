// SPDX-License-Identifier: AGPL-3.0-or-later

// Package seal holds the primitives of the strong room: contexts, keys, boxes,
// wraps, slots, shares and signatures. No I/O, no clock, no policy. Suite 0x01
// of secrecy.md §3; a reader for every suite ever shipped stays here.
//
// Nothing cryptographic is wrapped at this border: every failure to open is
// ErrSealed, so that nobody can tell a wrong key from a changed byte.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// Suite is the first byte of everything sealed.
const Suite = 0x01

// KeySize is the size of every symmetric key and seed, in bytes.
const KeySize = 32

// ErrSealed is returned by whatever does not open.
var ErrSealed = errors.New("seal: does not open")

// Key is a symmetric key or a seed. Every way of printing yields "[key]" or an
// address: the bytes sit behind a pointer to a string, because fmt follows a
// pointer to an array when a verb does not fit (%s in an unexported field).
type Key struct{ p *string }

// NewKey returns a random key.
func NewKey() Key {
	k, err := KeyFrom(Random(KeySize))
	if err != nil {
		panic("internal error: new key")
	}
	return k
}

// KeyFrom returns the key made of exactly KeySize bytes.
func KeyFrom(b []byte) (Key, error) {
	if len(b) != KeySize {
		return Key{}, ErrSealed
	}
	s := string(b)
	return Key{&s}, nil
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.p == nil }

// Bytes returns a copy of the key, for sealing it under another.
func (k Key) Bytes() []byte {
	if k.p == nil {
		return nil
	}
	return []byte(*k.p)
}

// Format prints "[key]" whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[key]") }

// Derive returns the key that label names under k (HKDF-SHA256). Labels are
// constants of this package and its one importer.
func (k Key) Derive(label string) Key {
	if k.p == nil {
		panic("internal error: derive from no key")
	}
	b, err := hkdf.Key(sha256.New, k.Bytes(), nil, "depositaire/1 "+label, KeySize)
	if err != nil {
		panic("internal error: hkdf: " + err.Error())
	}
	d, _ := KeyFrom(b)
	return d
}

// Combine returns the key derived from all of parts in order: a session's cookie
// and its second half.
func Combine(label string, parts ...[]byte) Key {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(field(nil, p))
	}
	k, _ := KeyFrom(h.Sum(nil))
	return k.Derive(label)
}

// Check returns a one-way print of k, which stands beside a circle's epoch so
// that its public half can be verified by those who do not hold the key.
func Check(k Key) []byte { return k.Derive("commitment").Bytes() }

// Commitment returns what a chain publishes of a circle's key, from the key's
// Check and its public half: it binds both and tells neither.
func Commitment(check, public []byte, c Context) [32]byte {
	return Hash(check, public, c.Bytes())
}

// Seal seals plain under k, bound to c: one suite byte, a 96-bit random nonce,
// the ciphertext and its tag (29 bytes more than plain).
func Seal(k Key, c Context, plain []byte) []byte {
	return aead(k).Seal([]byte{Suite}, nil, plain, c.Bytes())
}

// Open opens what Seal made under the same key and context, or returns ErrSealed.
func Open(k Key, c Context, box []byte) ([]byte, error) {
	return open(k, c.Bytes(), box)
}

func open(k Key, bound, box []byte) ([]byte, error) {
	if k.p == nil || len(box) == 0 || box[0] != Suite {
		return nil, ErrSealed
	}
	plain, err := aead(k).Open(nil, nil, box[1:], bound)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func aead(k Key) cipher.AEAD {
	if k.p == nil {
		panic("internal error: seal under no key")
	}
	block, err := aes.NewCipher(k.Bytes())
	if err != nil {
		panic("internal error: aes: " + err.Error())
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("internal error: gcm: " + err.Error())
	}
	return g
}

// Pad lengthens plain to a Padmé size of at least floor bytes, so that a sealed
// size tells little (Nikitin et al., PURBs, 2019). The last byte before the
// zeros is 0x80, so that Unpad finds the end.
func Pad(plain []byte, floor int) []byte {
	n := max(padme(len(plain)+1), floor)
	out := make([]byte, n)
	copy(out, plain)
	out[len(plain)] = 0x80
	return out
}

// Unpad undoes Pad, or returns ErrSealed.
func Unpad(b []byte) ([]byte, error) {
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case 0:
		case 0x80:
			return b[:i], nil
		default:
			return nil, ErrSealed
		}
	}
	return nil, ErrSealed
}

// padme returns the smallest Padmé size that holds n bytes: at most 12 % more.
func padme(n int) int {
	if n < 2 {
		return n
	}
	e := bits.Len(uint(n)) - 1
	s := bits.Len(uint(e))
	mask := 1<<max(e-s, 0) - 1
	return (n + mask) &^ mask
}
