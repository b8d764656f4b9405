// SPDX-License-Identifier: AGPL-3.0-or-later

package exchange

import (
	"slices"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/people"
)

// compare looks for lines of the file that say the same person twice: the same
// words in the names, in any order and whatever their accents, and births that
// do not contradict each other. Who has another first name is somebody else,
// whatever the telephone.
func (s *Sheet) compare(now time.Time) {
	named, numbered, reached := make(map[string][]int), make(map[string]int), make(map[string]int)
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.Outcome == Refused {
			continue
		}
		if _, taken := numbered[r.Reference]; taken && r.Reference != "" {
			r.Outcome = Refused
			r.remark(Reference, "number_taken", nil)
			continue
		}
		called := r.called()
		for _, j := range named[called] {
			if agree(s.Rows[j].Form.Birth, r.Form.Birth, now) {
				r.Outcome, r.Of = Alike, s.Rows[j].Line
				break
			}
		}
		phone := digits(r.Form.Phone)
		if j, ok := reached[phone]; ok && phone != "" && r.Of == 0 {
			r.SamePhone = s.Rows[j].Line
		}
		named[called] = append(named[called], i)
		numbered[r.Reference] = i
		if _, ok := reached[phone]; !ok {
			reached[phone] = i
		}
	}
}

// called is a person's names as a set of folded words.
func (r *Row) called() string {
	words := strings.Fields(fold(r.Form.Name + " " + r.Form.FamilyName))
	slices.Sort(words)
	return strings.Join(words, " ")
}

// agree reports whether two births may be the same: one is not known, or what both
// say is equal.
func agree(a, b string, now time.Time) bool {
	one, _ := people.ParseBirth(a, now)
	other, _ := people.ParseBirth(b, now)
	same := func(x, y int) bool { return x == 0 || y == 0 || x == y }
	return same(one.Year, other.Year) && same(one.Month, other.Month) && same(one.Day, other.Day)
}

// digits is a telephone number without its country and signs.
func digits(phone string) string {
	n := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, phone)
	if len(n) < 9 {
		return n
	}
	return n[len(n)-9:]
}
