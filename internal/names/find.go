// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
)

// What a difference costs. A letter costs four; letters that sound alike cost one
// each, as whoever writes what she hears changes several at once.
const (
	costLetter    = 4
	costDearest   = 10 // dearer is another name
	costHalf      = 2  // half of a compound name
	costMissing   = 9  // a name that was typed and is not known
	costOther     = 12 // a name that was typed and is another one, but the date or the telephone speaks for her
	costNear      = 3  // one digit of a date is wrong
	costUnknown   = 7  // a date that is not known
	costWrong     = 14 // another date
	costElsewhere = 14 // another telephone number
	costMost      = 18 // dearer is nobody
)

// Find returns who may be meant, the likeliest first. The same question to the
// same index has the same answer.
func (x *Index) Find(query confided.Text, limit int) []record.PersonID {
	q := understand(query.Reveal())
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.spare.Put(s)
	f := search{x: x, q: q, s: s, limit: limit, most: costMost, rest: q.rest}
	f.byNames()
	f.byBirths()
	f.byPhones()
	return f.ids()
}

func (x *Index) borrow() *scratch {
	if s, ok := x.spare.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

// search is one question under way.
type search struct {
	x     *Index
	q     question
	s     *scratch
	limit int
	most  int            // dearer is nobody
	half  int            // what it costs that only half of her names was typed
	rest  func(*row) int // what the date and the telephone number cost
	best  []hit
}

func (f *search) ids() []record.PersonID {
	ids := make([]record.PersonID, len(f.best))
	for i, h := range f.best {
		ids[i] = h.id
	}
	return ids
}

type hit struct {
	id   record.PersonID
	cost int
}

// scratch is what one search needs and the next can use: for each run of typed
// words, what every name of the dictionary costs.
type scratch struct {
	letters, sounds pattern
	slips           slips
	runs            [2 * mostWords]run
}

// run is some typed words as one name. costs has 255 for what is too far.
type run struct {
	costs []uint8
	near  []unit
	other int // what a name that is too far costs
}

const tooFar = 255

// byNames reads the words as a first name and a family name, cut at each place
// and in both orders, or as either alone.
func (f *search) byNames() {
	n := len(f.q.words)
	if n == 0 {
		return
	}
	whole := f.match(0, f.q.words)
	f.walk(whole, nil, byFirst)
	f.walk(whole, nil, byFamily)
	for at := 1; at < n; at++ {
		one, two := f.match(2*at-1, f.q.words[:at]), f.match(2*at, f.q.words[at:])
		f.pair(one, two)
		f.pair(two, one)
	}
}

// pair looks for who has a first name and a family name near these, from the
// rarer of both.
func (f *search) pair(first, family *run) {
	if f.people(first, byFirst) < f.people(family, byFamily) {
		f.walk(first, family, byFirst)
	} else {
		f.walk(family, first, byFamily)
	}
}

// people counts who has one of the names of a run, or none.
func (f *search) people(r *run, half int) uint32 {
	n := f.x.dict.used[0][half]
	for _, u := range r.near {
		n += f.x.dict.used[u][half]
	}
	return n
}

// walk goes through everybody who has one of the near names in one half; other is
// what the other half should be, nil for whatever. Beside another half, having no
// name in this one is near enough.
func (f *search) walk(near, other *run, half int) {
	for _, u := range near.near {
		f.chain(u, int(near.costs[u]), other, half)
	}
	if other != nil {
		f.chain(0, costMissing, other, half)
	}
}

func (f *search) chain(u unit, cost int, other *run, half int) {
	if int(u) >= len(f.x.heads[half]) {
		return
	}
	for at := f.x.heads[half][u]; at != 0; at = f.x.rows[at].next[half] {
		r := &f.x.rows[at]
		if other == nil {
			f.offer(r, cost+f.half)
			continue
		}
		f.offer(r, cost+other.cost(r.name[1-half]))
	}
}

// cost is what a name costs when these words were typed.
func (r *run) cost(u unit) int {
	if c := r.costs[u]; c != tooFar {
		return int(c)
	}
	if u == 0 {
		return costMissing
	}
	return r.other
}

// offer keeps a row if its cost is among the lowest. Equal costs are in the order
// of ids, which tells nothing.
func (f *search) offer(r *row, cost int) {
	if r.id.IsZero() {
		return
	}
	full := len(f.best) == f.limit
	if cost > f.most || full && (f.limit == 0 || cost > f.best[f.limit-1].cost) {
		return
	}
	cost += f.rest(r)
	h := hit{r.id, cost}
	if cost > f.most || full && compare(h, f.best[f.limit-1]) >= 0 {
		return
	}
	if i := slices.IndexFunc(f.best, func(b hit) bool { return b.id == r.id }); i >= 0 {
		if f.best[i].cost <= cost {
			return
		}
		f.best = slices.Delete(f.best, i, i+1)
	}
	at, _ := slices.BinarySearchFunc(f.best, h, compare)
	f.best = slices.Insert(f.best, at, h)
	f.best = f.best[:min(len(f.best), f.limit)]
}

func compare(a, b hit) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), bytes.Compare(a.id[:], b.id[:]))
}

// rest is what the date and the telephone number cost. One number may be either:
// the likelier counts.
func (q question) rest(r *row) int {
	cost := costElsewhere
	switch {
	case !q.born.typed() && q.phone == "", q.hasPhone(r.phone):
		return 0
	case q.born.typed():
		cost = q.born.cost(r.born)
	}
	return cost
}

// byBirths offers whoever was born on the day typed, or on one that a slip of a
// digit makes of it: few people, whatever their names.
func (f *search) byBirths() {
	if !f.q.born.whole() {
		return
	}
	for _, b := range f.q.born.likely() {
		for at := f.x.heads[byBirth][f.x.bucket(byBirth, b.hash())]; at != 0; at = f.x.rows[at].next[byBirth] {
			if r := &f.x.rows[at]; r.born == b {
				f.offer(r, f.named(r))
			}
		}
	}
}

func (f *search) byPhones() {
	if f.q.phone == "" {
		return
	}
	for at := f.x.heads[byPhone][f.x.bucket(byPhone, lastDigits(f.q.phone)%tail)]; at != 0; at = f.x.rows[at].next[byPhone] {
		if r := &f.x.rows[at]; f.q.hasPhone(r.phone) {
			f.offer(r, f.named(r))
		}
	}
}

// named is what a row's names cost, at the best reading of the words.
func (f *search) named(r *row) int {
	n := len(f.q.words)
	if n == 0 {
		return 0
	}
	whole := &f.s.runs[0]
	cost := min(whole.cost(r.name[0]), whole.cost(r.name[1]))
	for at := 1; at < n; at++ {
		one, two := &f.s.runs[2*at-1], &f.s.runs[2*at]
		cost = min(cost, one.cost(r.name[0])+two.cost(r.name[1]), one.cost(r.name[1])+two.cost(r.name[0]))
	}
	return cost
}

// match compares some words, as one name, with every name of the dictionary. The
// masks spare nearly all comparisons: a name is worth one when its letters, or its
// sounds, are nearly the same.
func (f *search) match(place int, words []word) *run {
	d, r := &f.x.dict, &f.s.runs[place]
	r.near, r.other = r.near[:0], costMost+1
	if f.q.born.typed() || f.q.phone != "" {
		r.other = costOther
	}
	r.costs = slices.Grow(r.costs[:0], d.len())[:d.len()]
	for i := range r.costs {
		r.costs[i] = tooFar
	}
	w := joined(words)
	f.s.letters.set(w.letters)
	f.s.sounds.set(w.sound)
	steps, mask := stepsOf(w.letters), masks{f.s.letters.mask, f.s.sounds.mask}
	for u := 1; u < d.len(); u++ {
		m := d.masks[u]
		seen := bits.OnesCount32(m.letters^mask.letters) <= 2*steps
		if !seen && bits.OnesCount32(m.sound^mask.sound) > 2 {
			continue
		}
		if c := f.s.cost(d.lettersOf(unit(u)), d.soundOf(unit(u)), steps); c <= costDearest { //nolint:gosec // counts units
			r.costs[u] = uint8(c)            //nolint:gosec // at most costDearest
			r.near = append(r.near, unit(u)) //nolint:gosec // counts units
		}
	}
	for _, c := range d.compounds {
		if cost := r.costs[c.part]; cost != tooFar && cost+costHalf < r.costs[c.whole] {
			if r.costs[c.whole] == tooFar {
				r.near = append(r.near, c.whole)
			}
			r.costs[c.whole] = cost + costHalf
		}
	}
	return r
}

// stepsOf is how many letters may be wrong in a name.
func stepsOf(letters string) int {
	if len(letters) < 6 {
		return 1
	}
	return 2
}

// cost compares the run under way with one name.
func (s *scratch) cost(letters, sound []byte, steps int) int {
	far := len(letters) - len(s.letters.text)
	if max(far, -far) > costDearest {
		return tooFar
	}
	apart := s.letters.distance(letters)
	best := tooFar
	if apart <= steps {
		best = s.slips.cost(s.letters.text, letters)
	}
	if heard := s.sounds.distance(sound); heard <= 1 {
		best = min(best, costLetter*heard+apart)
	}
	return best
}
