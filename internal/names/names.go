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

// Entry is what the index takes of a person.
type Entry struct {
	ID           record.PersonID
	Name, Family confided.Text
	Phone        confided.Text
	Birth        confided.Text // 1988-04-02, 1988-04, 1988; 38@2026 is an age told in a year
	Stamp        uint32        // whatever tells one state of her from another
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
	phone uint32 // its last digits
	stamp uint32
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
	x.hang(n)
	x.dict.init()
	return x
}

// hang makes buckets for n persons.
func (x *Index) hang(n int) {
	buckets := 1 << 8
	for buckets < n {
		buckets <<= 1
	}
	for _, c := range hashed {
		x.heads[c] = make([]uint32, min(buckets, most(c)))
	}
}

// hashed are the chains whose buckets are shared.
var hashed = [...]int{byBirth, byPhone, byID}

// spread hangs everybody on more buckets: chains stay short as the town grows.
func (x *Index) spread() {
	x.hang(4 * len(x.rows))
	for at := 1; at < len(x.rows); at++ {
		r := &x.rows[at]
		buckets := x.buckets(*r)
		for _, c := range hashed {
			r.next[c] = x.heads[c][buckets[c]]
			x.heads[c][buckets[c]] = uint32(at) //nolint:gosec // counts rows
		}
	}
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
		born: readBirth(e.Birth.Reveal()), phone: lastDigits(digitsOf(e.Phone.Reveal())),
		stamp: e.Stamp,
	}
	if len(x.rows) > len(x.heads[byID]) && len(x.heads[byID]) < most(byID) {
		x.spread()
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
	if r := x.row(id); r != nil {
		x.dict.uses(r.name, -1)
		r.id = record.PersonID{}
		x.living--
	}
}

// row finds the row of a person, nil when there is none.
func (x *Index) row(id record.PersonID) *row {
	for at := x.heads[byID][x.bucket(byID, hashID(id))]; at != 0; at = x.rows[at].next[byID] {
		if r := &x.rows[at]; r.id == id && !id.IsZero() {
			return r
		}
	}
	return nil
}

// Stamp returns the stamp of a person's newest entry.
func (x *Index) Stamp(id record.PersonID) (uint32, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if r := x.row(id); r != nil {
		return r.stamp, true
	}
	return 0, false
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
