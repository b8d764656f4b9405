// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// word is a word of a name as it is compared: its letters without accents or
// capitals, and how it sounds.
type word struct{ letters, sound string }

// read cuts a text into the words of a name: whatever is neither a letter nor a
// mark on one stands between two words.
func read(s string) (all []word) {
	for w := range strings.FieldsFuncSeq(plain(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters, spoken := spell(w)
		all = append(all, word{letters, sound(spoken)})
	}
	return all
}

// plain is a text in small letters, each with its marks in one rune where there
// is one; marks that stay alone are left out.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFC.String(s))
}

// foreign are letters that losing a mark does not make one of ours, or whose mark
// is heard.
var foreign = map[rune]struct{ letters, spoken string }{
	'ł': {"l", "l"}, 'ı': {"i", "i"}, 'ø': {"o", "o"}, 'đ': {"d", "d"}, 'ð': {"d", "d"}, 'þ': {"th", "t"},
	'ß': {"ss", "ss"}, 'æ': {"ae", "e"}, 'œ': {"oe", "e"}, 'ə': {"e", "e"},
	'ç': {"c", "ss"}, 'ş': {"s", "ch"}, 'ș': {"s", "ch"}, 'š': {"s", "ch"}, 'ś': {"s", "ch"},
	'č': {"c", "tch"}, 'ć': {"c", "tch"}, 'ț': {"t", "ts"}, 'ţ': {"t", "ts"},
	'ž': {"z", "j"}, 'ż': {"z", "j"}, 'ğ': {"g", "g"}, 'ñ': {"n", "gn"}, 'ń': {"n", "gn"},
	'ï': {"i", "'i"}, 'é': {"e", "é"}, 'è': {"e", "é"}, 'ê': {"e", "é"}, 'ö': {"o", "o"}, 'ü': {"u", "u"},
	'ã': {"a", "an"}, 'õ': {"o", "on"},
}

// spell folds a word of small letters, and writes it as a French reader would
// say it. A letter of another alphabet is kept as one sign of its own.
func spell(w string) (letters, spoken string) {
	var l, s strings.Builder
	for _, r := range w {
		if r < 128 {
			l.WriteByte(byte(r))
			s.WriteByte(byte(r))
			continue
		}
		if f, ok := foreign[r]; ok {
			l.WriteString(f.letters)
			s.WriteString(f.spoken)
			continue
		}
		base := []rune(norm.NFD.String(string(r)))[0]
		if base >= 'a' && base <= 'z' {
			l.WriteByte(byte(base))
			s.WriteByte(byte(base))
			continue
		}
		sign := byte(128 + r%128)
		l.WriteByte(sign)
		s.WriteByte(sign)
	}
	return l.String(), s.String()
}
