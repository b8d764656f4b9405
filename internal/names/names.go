// SPDX-License-Identifier: AGPL-3.0-or-later

// Package names finds a person in memory by a name that is misspelt, turned round
// or half known. It answers with ids only. A name goes in and none comes out:
// what is kept of it are folded letters and how they sound. Nothing of it touches
// the disk (secrecy.md §4).
package names

import (
	"sync"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
)

// Entry is what the index takes of a person. Year, Month and Day are 0 where they
// are not known.
type Entry struct {
	ID               record.PersonID
	Name, Family     confided.Text
	Phone            confided.Text
	Year, Month, Day int
}

// Index finds the persons of one service. It may be used by many at once.
type Index struct {
	mu     sync.RWMutex
	dict   dictionary
	rows   []row
	heads  [chains][]uint32
	living int
	spare  sync.Pool // of *scratch
}

// row is one person, in as few bytes as can be: there are a million. A row that
// is left keeps its place, and no id.
type row struct {
	id    record.PersonID
	name  [2]unit // her first names, her family names
	born  birth
	phone uint32         // its last digits
	next  [chains]uint32 // the row after, in each chain; 0 ends it
}

// The chains lead from something known of a person to the rows that have it.
const (
	byFirst = iota
	byFamily
	byBirth
	byPhone
	byID
	chains
)

// Build returns an index of these persons, with room for as many.
func Build(all []Entry) *Index {
	x := New(len(all))
	for _, e := range all {
		x.Add(e)
	}
	return x
}

// New returns an index with room for n persons; it takes more.
func New(n int) *Index {
	x := &Index{rows: make([]row, 1, n+1)} // row 0 ends the chains
	buckets := 1 << 8
	for buckets < n {
		buckets <<= 1
	}
	for _, c := range []int{byBirth, byPhone, byID} {
		x.heads[c] = make([]uint32, min(buckets, most(c)))
	}
	x.dict.init()
	return x
}

// most is how many buckets a chain can use: there are so many days, and so many
// ends of telephone numbers.
func most(chain int) int {
	if chain == byID {
		return 1 << 20
	}
	return 1 << 16
}

// Len returns how many persons can be found.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.living
}

// Add makes a person findable; who is there already is changed.
func (x *Index) Add(e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(e.ID)
	first, family := halves(read(e.Name.Reveal()), read(e.Family.Reveal()))
	r := row{
		id: e.ID, name: [2]unit{x.dict.add(first), x.dict.add(family)},
		born: bornOn(e.Year, e.Month, e.Day), phone: lastDigits(digitsOf(e.Phone.Reveal())),
	}
	at := uint32(len(x.rows)) //nolint:gosec // an index of four thousand million persons fits no machine
	for c, bucket := range x.buckets(r) {
		r.next[c] = x.heads[c][bucket]
		x.heads[c][bucket] = at
	}
	x.rows = append(x.rows, r)
	x.living++
	x.dict.uses(r.name, 1)
}

// Change is Add: the newest entry of an id is the one found.
func (x *Index) Change(e Entry) { x.Add(e) }

// Remove makes a person unknown; who is not there stays so.
func (x *Index) Remove(id record.PersonID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(id)
}

func (x *Index) remove(id record.PersonID) {
	for at := x.heads[byID][x.bucket(byID, hashID(id))]; at != 0; at = x.rows[at].next[byID] {
		r := &x.rows[at]
		if r.id != id || r.id.IsZero() {
			continue
		}
		x.dict.uses(r.name, -1)
		*r = row{next: r.next}
		x.living--
		return
	}
}

// buckets returns where a row hangs in each chain.
func (x *Index) buckets(r row) [chains]uint32 {
	for c, n := range [...]unit{byFirst: r.name[0], byFamily: r.name[1]} {
		for int(n) >= len(x.heads[c]) {
			x.heads[c] = append(x.heads[c], 0)
		}
	}
	return [chains]uint32{
		byFirst: uint32(r.name[0]), byFamily: uint32(r.name[1]),
		byBirth: x.bucket(byBirth, r.born.hash()),
		byPhone: x.bucket(byPhone, r.phone%tail),
		byID:    x.bucket(byID, hashID(r.id)),
	}
}

func (x *Index) bucket(chain int, hash uint32) uint32 {
	return hash & uint32(len(x.heads[chain])-1) //nolint:gosec // a power of two, at most 2²⁰
}

// hashID takes a few of the id's random bits.
func hashID(id record.PersonID) uint32 {
	return uint32(id[0]) | uint32(id[1])<<8 | uint32(id[2])<<16
}

// halves says what is a first name and what a family name when all was written
// in one field: their order does not matter, but that they are two does.
func halves(first, family []word) (one, two []word) {
	switch {
	case len(family) == 0 && len(first) > 1:
		return first[:1], first[1:]
	case len(first) == 0 && len(family) > 1:
		return family[:1], family[1:]
	}
	return first, family
}
