// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import "depositaire.org/depositaire/internal/record"

// A search answers whoever reads ten lines; nearness interrupts whoever asked
// nothing. So it costs less at most, and what is not known counts.
const (
	costSame  = costOther - 1 // dearer is another person
	costRough = 3             // a year, an age, or a first of January: what is written when the day is not known
)

// Near returns who may be the person of an entry, the likeliest first. Her first
// name alone is nobody in particular, unless a day of birth or a telephone number
// says more. The same entry and the same index have the same answer.
func (x *Index) Near(e Entry, limit int) []record.PersonID {
	q := question{words: append(read(e.Name.Reveal()), read(e.Family.Reveal())...)}
	q.words = q.words[:min(len(q.words), mostWords)]
	if b := readBirth(e.Birth.Reveal()); b != 0 {
		q.born = day{digits: 4}
		q.born.year, q.born.month, q.born.day = b.parts()
	}
	if digits := digitsOf(e.Phone.Reveal()); len(digits) >= tailWidth {
		q.phone = digits
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.spare.Put(s)
	f := search{x: x, q: q, s: s, limit: limit, most: costSame, half: costMissing, rest: q.doubt}
	f.byNames()
	return f.ids()
}

// doubt is what the births leave of it when two persons have near names. The same
// telephone number speaks for them, unless they were born on two days: a father
// and his son may share both.
func (q question) doubt(r *row) int {
	cost := q.born.doubt(r.born)
	if cost <= costUnknown && q.hasPhone(r.phone) {
		return 0
	}
	return cost
}

func (d day) doubt(b birth) int {
	if !d.typed() || b == 0 {
		return costUnknown
	}
	year, month, on := b.parts()
	if month == 0 || d.month == 0 {
		if d.year-year <= 1 && year-d.year <= 1 { // an age is of two years
			return costRough
		}
		return costWrong
	}
	cost := d.cost(b)
	if whole, placed := d.whole() && on > 0, d.day == 1 && d.month == 1; cost == 0 && (!whole || placed) {
		return costRough
	}
	return cost
}
