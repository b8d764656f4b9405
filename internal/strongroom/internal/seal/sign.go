// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
)

// Signer is an Ed25519 key, kept in a closure so that it prints as an address.
type Signer struct {
	public []byte
	sign   func(msg []byte) []byte
}

// NewSigner returns the signer of a seed.
func NewSigner(seed Key) Signer {
	k := ed25519.NewKeyFromSeed(seed.Bytes())
	return Signer{
		public: k[ed25519.SeedSize:],
		sign:   func(msg []byte) []byte { return ed25519.Sign(k, msg) },
	}
}

// Public returns the 32 bytes that verify.
func (s Signer) Public() []byte { return append([]byte(nil), s.public...) }

// Sign signs the digest of msg under a context.
func (s Signer) Sign(c Context, msg []byte) []byte {
	return s.sign(signed(c, msg))
}

// Verify reports whether sig is the signature of msg by the holder of public.
func Verify(public []byte, c Context, msg, sig []byte) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, signed(c, msg), sig)
}

func signed(c Context, msg []byte) []byte { return field(c.Bytes(), msg) }

// LetterBox returns the P-256 public half derived from a seed: the offline
// letter box of ux.md §3.4 (WebCrypto has no ML-KEM). 65 bytes.
func LetterBox(seed Key) []byte {
	for { // a seed outside the field's order is redrawn: odds 2⁻³²
		k, err := ecdh.P256().NewPrivateKey(seed.Bytes())
		if err == nil {
			return k.PublicKey().Bytes()
		}
		seed = seed.Derive("again")
	}
}

// Hash is SHA-256 over length-prefixed parts.
func Hash(parts ...[]byte) [32]byte {
	h := sha256.New()
	var size [4]byte
	for _, p := range parts {
		binary.BigEndian.PutUint32(size[:], uint32(len(p))) //nolint:gosec // as field
		_, _ = h.Write(size[:])
		_, _ = h.Write(p)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
