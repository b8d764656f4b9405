// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"crypto/rand"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// Split returns a fresh secret key and n shares, any k of which give it back
// (Shamir over ristretto255, which splits scalars: the key is derived from the
// scalar). A share is one index byte and 32 bytes.
func Split(k, n uint) (Key, [][]byte, error) {
	if k < 2 || k > n || n > 255 {
		return Key{}, nil, ErrSealed
	}
	secret := group.Ristretto255.RandomNonZeroScalar(rand.Reader)
	key, err := scalarKey(secret)
	if err != nil {
		return Key{}, nil, err
	}
	shares := make([][]byte, 0, n)
	for _, s := range secretsharing.New(rand.Reader, k-1, secret).Share(n) {
		b, err := encodeShare(s)
		if err != nil {
			return Key{}, nil, err
		}
		shares = append(shares, b)
	}
	return key, shares, nil
}

// Join gives back the key of k distinct shares. Wrong shares give another key:
// the caller compares a commitment.
func Join(k uint, shares [][]byte) (Key, error) {
	seen := map[byte]bool{}
	parts := make([]secretsharing.Share, 0, len(shares))
	for _, b := range shares {
		s, err := decodeShare(b)
		if err != nil || seen[b[0]] {
			return Key{}, ErrSealed
		}
		seen[b[0]] = true
		parts = append(parts, s)
	}
	if k < 2 || uint(len(parts)) < k {
		return Key{}, ErrSealed
	}
	secret, err := secretsharing.Recover(k-1, parts)
	if err != nil {
		return Key{}, ErrSealed
	}
	return scalarKey(secret)
}

func scalarKey(s group.Scalar) (Key, error) {
	b, err := s.MarshalBinary()
	if err != nil {
		return Key{}, ErrSealed
	}
	k, err := KeyFrom(b)
	if err != nil {
		return Key{}, err
	}
	return k.Derive("lock"), nil
}

func encodeShare(s secretsharing.Share) ([]byte, error) {
	id, err := s.ID.MarshalBinary() // little-endian; shares are numbered from 1 to 255
	if err != nil {
		return nil, ErrSealed
	}
	v, err := s.Value.MarshalBinary()
	if err != nil {
		return nil, ErrSealed
	}
	return append([]byte{id[0]}, v...), nil
}

func decodeShare(b []byte) (secretsharing.Share, error) {
	if len(b) != 1+KeySize || b[0] == 0 {
		return secretsharing.Share{}, ErrSealed
	}
	v := group.Ristretto255.NewScalar()
	if err := v.UnmarshalBinary(b[1:]); err != nil {
		return secretsharing.Share{}, ErrSealed
	}
	return secretsharing.Share{ID: group.Ristretto255.NewScalar().SetUint64(uint64(b[0])), Value: v}, nil
}
