// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import "depositaire.org/depositaire/internal/record"

// A file is sealed in chunks of ChunkSize bytes, so that it is never whole in
// memory and any part of it opens alone. Each chunk is a box of its own, SealedChunk
// bytes long but for the last one.
const (
	ChunkSize   = 64 << 10
	SealedChunk = ChunkSize + boxOver
	boxOver     = 1 + 12 + 16 // the suite, the nonce, the tag
)

// Chunk is the place of one chunk in a file: which one, and whether it is the last.
// Bound to it, a chunk is refused elsewhere; a file cut short is refused because its
// last chunk is missing.
type Chunk struct {
	Context
	File record.Ref // one sealing of a file; two under the same key do not mix
	N    uint32     // from 0
	Last bool
}

func (c Chunk) bytes() []byte {
	b := field(c.Context.Bytes(), c.File[:])
	b = field(b, number(c.N))
	last := byte(0)
	if c.Last {
		last = 1
	}
	return field(b, []byte{last})
}

// SealChunk seals one chunk under its object's key.
func SealChunk(k Key, c Chunk, plain []byte) []byte {
	return aead(k).Seal([]byte{Suite}, nil, plain, c.bytes())
}

// OpenChunk opens what SealChunk made for the same place, or returns ErrSealed.
func OpenChunk(k Key, c Chunk, box []byte) ([]byte, error) {
	return open(k, c.bytes(), box)
}

// FilePadding returns what follows a file of size bytes before it is sealed, so that
// its sealed size tells little: the Padmé padding of Pad.
func FilePadding(size int64) []byte {
	pad := make([]byte, padme(int(size)+1)-int(size))
	pad[0] = 0x80
	return pad
}
