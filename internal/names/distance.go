// SPDX-License-Identifier: AGPL-3.0-or-later

package names

// longest is how many letters are compared: as many as a machine word has bits.
const longest = 64

// pattern compares one text with many: a letter forgotten, added, written for
// another, or two exchanged are each one step. The bits of a machine word are a
// column of the table of distances (Hyyrö, "A bit-vector algorithm for computing
// Levenshtein and Damerau edit distances", 2003).
type pattern struct {
	at   [256]uint64
	text string
	mask uint32
}

func (p *pattern) set(text string) {
	for i := range len(p.text) {
		p.at[p.text[i]] = 0
	}
	p.text, p.mask = text[:min(len(text), longest)], maskOf(text)
	for i := range len(p.text) {
		p.at[p.text[i]] |= 1 << i
	}
}

// distance returns how many steps lead from the pattern to s.
func (p *pattern) distance(s []byte) int {
	n := len(p.text)
	if n == 0 {
		return len(s)
	}
	last := uint64(1) << (n - 1)
	vp, vn, d0, before := ^uint64(0), uint64(0), uint64(0), uint64(0)
	for _, c := range s {
		here := p.at[c]
		exchanged := (^d0 & here) << 1 & before
		d0 = ((here&vp + vp) ^ vp) | here | vn | exchanged
		hp, hn := vn|^(d0|vp), d0&vp
		if hp&last != 0 {
			n++
		}
		if hn&last != 0 {
			n--
		}
		hp, hn = hp<<1|1, hn<<1
		vp, vn = hn|^(d0|hp), hp&d0
		before = here
	}
	return n
}

// maskOf says which letters a text has, whatever their order and number: a
// glance that spares most comparisons. One step changes at most two of its bits.
func maskOf(s string) (m uint32) {
	for i := range len(s) {
		m |= 1 << (s[i] & 31)
	}
	return m
}
