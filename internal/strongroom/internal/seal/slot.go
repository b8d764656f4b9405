// SPDX-License-Identifier: AGPL-3.0-or-later

package seal

import (
	"crypto/rand"
	_ "embed" // words.txt
	"encoding/base32"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2id of secrecy.md §3: t=3, m=64 MiB, p=1.
const (
	argonTime   = 3
	argonMemory = 64 << 10 // KiB
)

// SaltSize is the size of a salt, in bytes.
const SaltSize = 16

// NewSalt returns a random salt.
func NewSalt() []byte { return Random(SaltSize) }

// Random returns n random bytes.
func Random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// Stretch turns what a person types into a key: Argon2id over the words, a salt
// and the pepper kept outside the database. It takes 64 MiB and 0.12–0.2 s: the
// caller admits one per core at a time.
func Stretch(typed string, salt []byte, pepper Key) Key {
	in := field([]byte(typed), pepper.Derive("pepper").Bytes())
	k, err := KeyFrom(argon2.IDKey(in, salt, argonTime, argonMemory, 1, KeySize))
	if err != nil {
		panic("internal error: argon2: " + err.Error())
	}
	return k
}

// CodeSize is the size of a printed code: 160 bits.
const CodeSize = 20

var codeText = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewCode returns a fresh printed code: eight groups of four, then two check letters.
func NewCode() string { return FormatCode(Random(CodeSize)) }

// FormatCode prints bytes in groups of four, a check group of two letters last.
func FormatCode(b []byte) string {
	s := codeText.EncodeToString(b) + check(b)
	var out strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// ParseCode reads what FormatCode printed, forgiving case, spaces, dashes and
// the letters that look like digits. ErrSealed when the check letters disagree.
func ParseCode(typed string) ([]byte, error) {
	s := strings.NewReplacer("-", "", " ", "", "\u00a0", "", "\u2011", "", "O", "0", "I", "1", "L", "1").
		Replace(strings.ToUpper(strings.TrimSpace(typed)))
	if len(s) < 4 {
		return nil, ErrSealed
	}
	b, err := codeText.DecodeString(s[:len(s)-2])
	if err != nil || check(b) != s[len(s)-2:] {
		return nil, ErrSealed
	}
	return b, nil
}

// check returns two letters that catch a mistyped code before anything is tried.
func check(b []byte) string {
	h := Hash([]byte("code check"), b)
	return codeText.EncodeToString(h[:2])[:2]
}

// CodeKey returns the key of a printed code. The code is random, so it is not
// stretched.
func CodeKey(code []byte, label string) Key { return Combine("code "+label, code) }

//go:embed words.txt
var wordList string

// Words returns n random French words, ten bits each: six make a passphrase of
// sixty bits (C-33 asks fifty with throttling).
func Words(n int) []string {
	all := strings.Fields(wordList)
	out := make([]string, n)
	for i := range out {
		out[i] = word(all, Random(2))
	}
	return out
}

// ControlWord returns the word that proves an envelope is the one printed: it
// is derived from the seat's key and opens nothing.
func ControlWord(k Key) string {
	return word(strings.Fields(wordList), k.Derive("control word").Bytes())
}

func word(all []string, b []byte) string {
	return all[int(binary.BigEndian.Uint16(b))%len(all)] // 1,024 words divide 2¹⁶
}
