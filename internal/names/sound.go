// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import "strings"

// How a name sounds is written in few signs, so that what a French ear confuses,
// or one clerk transliterates otherwise than another, is the same: vowels are
// three (a, i, o), z is s, v is f, h is not heard, nothing is doubled, and the
// letters that a French ending keeps silent are gone.
//
// A rule writes one group of letters as signs; the first that fits wins, so longer
// ones stand first. where says in which place of a word it holds.
type rule struct {
	from, to string
	where    place
}

type place uint8

const (
	anywhere place = iota
	atStart
	atEnd
	beforeFront // before e, i, y
	beforeBack  // before a, o, é
)

// rules by their first letter.
var rules = byLetter([]rule{
	{"eaux", "o", atEnd},
	{"eault", "o", atEnd},
	{"eau", "o", anywhere},
	{"ault", "o", atEnd},
	{"auld", "o", atEnd},
	{"aux", "o", atEnd},
	{"aud", "o", atEnd},
	{"au", "o", anywhere},
	{"ain", "in", anywhere},
	{"aim", "in", anywhere},
	{"ein", "in", anywhere},
	{"ai", "a", anywhere},
	{"ei", "a", anywhere},
	{"a", "a", anywhere},
	{"er", "a", atEnd},
	{"ez", "as", atEnd},
	{"et", "a", atEnd},
	{"es", "as", atEnd},
	{"ee", "i", anywhere},
	{"e", "", atEnd},
	{"e", "a", anywhere},
	{"é", "a", anywhere},
	{"ii", "i", anywhere},
	{"i", "i", anywhere},
	{"y", "i", anywhere},
	{"ou", "o", anywhere},
	{"oo", "o", anywhere},
	{"o", "o", anywhere},
	{"u", "o", anywhere},
	{"w", "o", beforeBack},
	{"w", "f", anywhere},
	{"sch", "C", anywhere},
	{"sh", "C", anywhere},
	{"sz", "C", anywhere},
	{"s", "s", anywhere},
	{"tsch", "C", anywhere},
	{"tch", "C", anywhere},
	{"th", "t", anywhere},
	{"t", "", atEnd},
	{"t", "t", anywhere},
	{"cz", "C", anywhere},
	{"ch", "C", anywhere},
	{"ck", "k", anywhere},
	{"cqu", "k", anywhere},
	{"c", "s", beforeFront},
	{"c", "k", anywhere},
	{"qu", "k", anywhere},
	{"q", "k", anywhere},
	{"kh", "k", anywhere},
	{"k", "k", anywhere},
	{"x", "C", atStart},
	{"x", "", atEnd},
	{"x", "ks", anywhere},
	{"dj", "j", anywhere},
	{"dh", "d", anywhere},
	{"d", "", atEnd},
	{"d", "d", anywhere},
	{"gn", "ni", anywhere},
	{"gh", "g", anywhere},
	{"gu", "g", beforeFront},
	{"ge", "j", beforeBack},
	{"g", "j", beforeFront},
	{"g", "g", anywhere},
	{"zh", "j", anywhere},
	{"z", "s", anywhere},
	{"j", "j", anywhere},
	{"ph", "f", anywhere},
	{"p", "", atEnd},
	{"p", "p", anywhere},
	{"f", "f", anywhere},
	{"v", "f", anywhere},
	{"lh", "li", anywhere},
	{"l", "l", anywhere},
	{"h", "", anywhere},
	{"'", "", anywhere},
})

func byLetter(all []rule) (out [256][]rule) {
	for _, r := range all {
		out[r.from[0]] = append(out[r.from[0]], r)
	}
	return out
}

// sound says a folded word.
func sound(w string) string {
	out := make([]byte, 0, len(w))
	for at := 0; at < len(w); {
		said, n := w[at:at+1], 1
		for _, r := range rules[w[at]] {
			if strings.HasPrefix(w[at:], r.from) && r.where.holds(w, at, at+len(r.from)) {
				said, n = r.to, len(r.from)
				break
			}
		}
		for i := range len(said) {
			if len(out) == 0 || out[len(out)-1] != said[i] {
				out = append(out, said[i])
			}
		}
		at += n
	}
	return string(out)
}

func (p place) holds(w string, from, to int) bool {
	switch p {
	case atStart:
		return from == 0
	case atEnd:
		return to == len(w) && from > 1
	case beforeFront:
		return to < len(w) && strings.IndexByte("eiy\xc3", w[to]) >= 0
	case beforeBack:
		return to < len(w) && strings.IndexByte("ao\xc3", w[to]) >= 0
	default:
		return true
	}
}
