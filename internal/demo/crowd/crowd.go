// SPDX-License-Identifier: AGPL-3.0-or-later

// Package crowd invents people in any number, and the ways in which their names
// are misspelt at a counter. Nobody in it exists; the same number always gives
// the same person, and the same seed the same queries, on every machine.
//
// It knows nothing of how a name is found: what measures a search must not have
// been written by looking at it.
package crowd

import "strconv"

// Identity is what a counter knows of one invented person. Year is 0 when she
// gave no date of birth.
type Identity struct {
	First, Family    string
	Year, Month, Day int
}

// Person is the nth person of the crowd, n from 0.
func Person(n int) Identity {
	i, _ := invent(n)
	return i
}

// name says which names were drawn: people who share it are homonyms.
type name struct{ origin, first, family uint32 }

func invent(n int) (Identity, name) {
	d := dice(uint64(n) * 0x9e3779b97f4a7c15)
	at := 0
	for share := d.upTo(100); share >= origins[at].share; at++ {
		share -= origins[at].share
	}
	o := origins[at]
	first, family := d.often(len(o.first1)), d.often(o.families())
	if len(o.first2) > 0 && d.coin(6) {
		first += len(o.first1) * (1 + d.upTo(len(o.first2)))
	}
	i := Identity{First: o.first(first), Family: o.family(family)}
	if d.upTo(20) > 0 {
		i.Year, i.Month, i.Day = 1930+d.upTo(92), 1+d.upTo(12), 1+d.upTo(28)
	}
	return i, name{uint32(at), uint32(first), uint32(family)}
}

// origin is where a name comes from: its first names, and how its family names
// are put together.
type origin struct {
	share          int // of a hundred people
	first1, first2 []string
	roots, endings []string
	before         []string // particles; the empty one is a name without
}

func (o origin) families() int { return len(o.roots) * len(o.endings) * len(o.before) }

func (o origin) first(n int) string {
	one, two := n%len(o.first1), n/len(o.first1)
	if two == 0 {
		return o.first1[one]
	}
	return o.first1[one] + "-" + o.first2[two-1]
}

// family walks the endings first, so that frequent names do not all end alike.
func (o origin) family(n int) string {
	ending := n % len(o.endings)
	n /= len(o.endings)
	return o.before[n/len(o.roots)] + o.roots[n%len(o.roots)] + o.endings[ending]
}

// dice is SplitMix64: a few lines that give the same numbers for ever. What it
// decides is never a secret.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// upTo is evenly in [0, n).
func (d *dice) upTo(n int) int { return int(d.next() >> 11 % uint64(n)) }

// often is in [0, n), small numbers more often: a quarter of n has half of the
// people, as few names have many.
func (d *dice) often(n int) int {
	u := float64(d.next()>>11) / (1 << 53)
	return int(u * u * float64(n))
}

func (d *dice) coin(of int) bool { return d.upTo(of) == 0 }

func pick[T any](d *dice, from []T) T { return from[d.upTo(len(from))] }

// Birth is the date of birth as it is typed: 2/4/1988. Empty when unknown.
func (i Identity) Birth() string {
	if i.Year == 0 {
		return ""
	}
	return strconv.Itoa(i.Day) + "/" + strconv.Itoa(i.Month) + "/" + strconv.Itoa(i.Year)
}
