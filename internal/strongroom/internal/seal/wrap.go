// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
)

// Pair is an HPKE key pair; the private half prints as an address.
type Pair struct {
	private *hpke.PrivateKey
	public  []byte
}

// Hybrid returns the MLKEM768-X25519 pair of a seed: wraps to members, slots,
// seats, locks and circles. The public half is 1,216 bytes.
func Hybrid(seed Key) Pair { return pair(hpke.MLKEM768X25519(), seed) }

// Classical returns the X25519 pair of a seed: deposits into a journal, whose
// entries live twelve months (secrecy.md §3). The public half is 32 bytes.
func Classical(seed Key) Pair { return pair(hpke.DHKEM(ecdh.X25519()), seed) }

func pair(kem hpke.KEM, seed Key) Pair {
	k, err := kem.DeriveKeyPair(seed.Bytes())
	if err != nil {
		panic("internal error: key pair: " + err.Error())
	}
	return Pair{private: &k, public: k.PublicKey().Bytes()}
}

// Public returns the public half.
func (p Pair) Public() []byte { return p.public }

// Open opens what Wrap or Deposit sealed to the pair, or returns ErrSealed.
func (p Pair) Open(c Context, box []byte) ([]byte, error) {
	if p.private == nil || len(box) == 0 || box[0] != Suite {
		return nil, ErrSealed
	}
	plain, err := hpke.Open(*p.private, hpke.HKDFSHA256(), hpke.AES256GCM(), c.Bytes(), box[1:])
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Wrap seals plain to a hybrid public half (1,137 bytes more than plain).
func Wrap(public []byte, c Context, plain []byte) ([]byte, error) {
	return wrap(hpke.MLKEM768X25519(), public, c, plain)
}

// Deposit seals plain to a classical public half (49 bytes more than plain).
func Deposit(public []byte, c Context, plain []byte) ([]byte, error) {
	return wrap(hpke.DHKEM(ecdh.X25519()), public, c, plain)
}

func wrap(kem hpke.KEM, public []byte, c Context, plain []byte) ([]byte, error) {
	pk, err := kem.NewPublicKey(public)
	if err != nil {
		return nil, ErrSealed
	}
	box, err := hpke.Seal(pk, hpke.HKDFSHA256(), hpke.AES256GCM(), c.Bytes(), plain)
	if err != nil {
		return nil, ErrSealed
	}
	return append([]byte{Suite}, box...), nil
}
