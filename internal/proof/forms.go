// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"html"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// form is one way in which a careless program writes a word.
type form struct {
	name  string
	looks []byte
}

// forms are the ways a token may look like wherever it was written. Compressed
// members are opened by search, so that each of these is found in them too.
func forms(token string) []form {
	plain := []byte(token)
	quoted, _ := json.Marshal(token)
	all := []form{
		{"UTF-8", plain},
		{"upper case", []byte(strings.ToUpper(token))},
		{"folded", []byte(fold(token))},
		{"decomposed", norm.NFD.Bytes(plain)},
		{"Latin-1", latin1(token)},
		{"UTF-16LE", wide16(token, binary.LittleEndian)},
		{"UTF-16BE", wide16(token, binary.BigEndian)},
		{"UTF-32LE", wide32(token)},
		{"hexadecimal", []byte(hex.EncodeToString(plain))},
		{"upper hexadecimal", []byte(strings.ToUpper(hex.EncodeToString(plain)))},
		{"URL", []byte(url.QueryEscape(token))},
		{"HTML", []byte(html.EscapeString(token))},
		{"JSON", inner(string(quoted))},
		{"quoted", inner(strconv.Quote(token))},
		{"quoted in ASCII", inner(strconv.QuoteToASCII(token))},
		{"quoted-printable", printable(plain)},
		{"reversed", reversed(plain)},
		{"SHA-256", digest(plain)},
		{"SHA-256 in hexadecimal", []byte(hex.EncodeToString(digest(plain)))},
		{"base32", []byte(strings.TrimRight(base32.StdEncoding.EncodeToString(plain[:len(plain)/5*5]), "="))},
	}
	for shift, name := range []string{"base64", "base64, one further", "base64, two further"} {
		all = append(all,
			form{name, base(base64.RawStdEncoding, plain, shift)},
			form{"URL's " + name, base(base64.RawURLEncoding, plain, shift)})
	}
	slices.SortStableFunc(all, func(a, b form) int { return bytes.Compare(a.looks, b.looks) })
	return slices.CompactFunc(all, func(a, b form) bool { return bytes.Equal(a.looks, b.looks) })
}

// fold is how an index of names would keep it: no capital, no accent.
func fold(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// inner leaves the quotes away.
func inner(quoted string) []byte { return []byte(quoted[1 : len(quoted)-1]) }

func latin1(s string) (b []byte) {
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

func wide16(s string, order binary.AppendByteOrder) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func wide32(s string) (b []byte) {
	for _, r := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	return b
}

func printable(plain []byte) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// base is what base64 makes of a token that stands shift bytes after a multiple of
// three, without the characters that its neighbours share.
func base(e *base64.Encoding, plain []byte, shift int) []byte {
	text := e.EncodeToString(append(make([]byte, shift), plain...))
	return []byte(text[(shift*8+5)/6 : (shift+len(plain))*8/6])
}
