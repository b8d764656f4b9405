// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import (
	"strconv"
	"strings"
)

// birth is a day, a month or a year of birth in one number; 0 is not known.
type birth uint32

func bornOn(year, month, day int) birth {
	if year < 0 || year > 1<<16 || month < 0 || month > 12 || day < 0 || day > 31 {
		return 0
	}
	return birth(year<<9 | month<<5 | day) //nolint:gosec // in bounds, two lines above
}

// readBirth reads a birth as it is kept.
func readBirth(kept string) birth {
	if age, told, ok := strings.Cut(kept, "@"); ok {
		years, _ := strconv.Atoi(age)
		year, _ := strconv.Atoi(told)
		return bornOn(year-years, 0, 0)
	}
	var parts [3]int
	for i, n := range strings.SplitN(kept, "-", len(parts)) {
		parts[i], _ = strconv.Atoi(n)
	}
	return bornOn(parts[0], parts[1], parts[2])
}

func (b birth) parts() (year, month, day int) { return int(b >> 9), int(b >> 5 & 15), int(b & 31) }

// hash spreads days over buckets; neighbours stay apart.
func (b birth) hash() uint32 { return uint32(b) * 0x9e3779b1 >> 8 }

// tail is how many ends of telephone numbers are told apart by their bucket;
// what is kept has as many digits as fit.
const (
	tail      = 10_000
	tailWidth = 4
	keptWidth = 9
)

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// lastDigits is the end of a telephone number; 0 when it has none.
func lastDigits(digits string) uint32 {
	n, err := strconv.ParseUint(digits[max(0, len(digits)-keptWidth):], 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// question is what was typed, understood.
type question struct {
	words []word
	born  day
	phone string // digits, at least tailWidth; empty: none
}

// day is a date of birth as it was typed: 2/4/88, 4/1988, 1988, 88. The zero day
// was not typed. A year of two digits is of any century.
type day struct{ year, month, day, digits int }

func (d day) typed() bool { return d != day{} }
func (d day) whole() bool { return d.day > 0 }

// mostWords are looked at: nobody types more about one person.
const mostWords = 6

// understand reads a question. Numbers that make no date are the end of a
// telephone number.
func understand(s string) question {
	var q question
	q.words = read(s)
	q.words = q.words[:min(len(q.words), mostWords)]
	var numbers []string
	for n := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		numbers = append(numbers, n)
	}
	var ok bool
	if q.born, ok = dayOf(numbers); !ok || len(numbers) == 1 {
		if all := strings.Join(numbers, ""); len(all) >= tailWidth {
			q.phone = all
		}
	}
	return q
}

// dayOf reads a date of one, two or three numbers, the year first or last, or of
// eight digits together.
func dayOf(numbers []string) (d day, ok bool) {
	if len(numbers) == 1 && len(numbers[0]) == 8 {
		n := numbers[0]
		numbers = []string{n[:2], n[2:4], n[4:]}
	}
	if len(numbers) == 0 || len(numbers) > 3 {
		return day{}, false
	}
	if len(numbers) == 3 && len(numbers[0]) == 4 {
		numbers = []string{numbers[2], numbers[1], numbers[0]}
	}
	year := numbers[len(numbers)-1]
	if len(year) != 2 && len(year) != 4 {
		return day{}, false
	}
	at := [3]int{}
	for i, n := range numbers {
		at[3-len(numbers)+i], _ = strconv.Atoi(n)
	}
	d = day{year: at[2], month: at[1], day: at[0], digits: len(year)}
	in := d.day <= 31 && d.month <= 12 && (len(year) == 2 || d.year >= 1850 && d.year < 2200) &&
		(len(numbers) < 2 || d.month > 0) && (len(numbers) < 3 || d.day > 0)
	if !in {
		return day{}, false
	}
	return d, true
}

// years returns the years that a typed one may mean.
func (d day) years() []int {
	if d.digits == 4 {
		return []int{d.year}
	}
	return []int{1900 + d.year, 2000 + d.year}
}

// likely returns the days that were meant: as typed, then with one digit wrong,
// then with day and month exchanged.
func (d day) likely() (all []birth) {
	for _, year := range d.years() {
		all = append(all, bornOn(year, d.month, d.day))
		for v := 1; v <= 31; v++ {
			if oneDigit(v, d.day) {
				all = append(all, bornOn(year, d.month, v))
			}
			if v <= 12 && oneDigit(v, d.month) {
				all = append(all, bornOn(year, v, d.day))
			}
		}
		for v := year/100*100 - 1; v <= year/100*100+99; v++ {
			if oneDigit(v, year) {
				all = append(all, bornOn(v, d.month, d.day))
			}
		}
		if d.day <= 12 && d.day != d.month {
			all = append(all, bornOn(year, d.day, d.month))
		}
	}
	return all
}

// oneDigit reports whether two numbers differ by exactly one digit.
func oneDigit(a, b int) bool {
	wrong := 0
	for ; a > 0 || b > 0; a, b = a/10, b/10 {
		if a%10 != b%10 {
			wrong++
		}
	}
	return wrong == 1
}

// cost says how far a known birth is from the typed one.
func (d day) cost(b birth) int {
	if b == 0 {
		return costUnknown
	}
	year, month, on := b.parts()
	typedYear := d.year
	if d.digits == 2 {
		typedYear, year = d.year%100, year%100
	}
	wrong, near := 0, 0
	for _, p := range [...][2]int{{typedYear, year}, {d.month, month}, {d.day, on}} {
		if p[0] == p[1] || p[0] == 0 && p[1] == 0 {
			continue
		}
		if (p[0] == 0 || p[1] == 0) && p != [2]int{typedYear, year} {
			continue // not typed, or not known
		}
		wrong++
		if oneDigit(p[0], p[1]) {
			near++
		}
	}
	switch {
	case wrong == 0:
		return 0
	case wrong == 1 && near == 1, typedYear == year && d.day == month && d.month == on:
		return costNear
	}
	return costWrong
}

// hasPhone reports whether a kept number ends as the typed one.
func (q question) hasPhone(kept uint32) bool {
	if q.phone == "" || kept == 0 {
		return false
	}
	width := min(len(q.phone), keptWidth)
	mod := uint32(1)
	for range width {
		mod *= 10
	}
	return kept%mod == lastDigits(q.phone)%mod
}
