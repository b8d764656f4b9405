// SPDX-License-Identifier: AGPL-3.0-or-later

package crowd

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Query is what somebody types to find one person of the crowd.
type Query struct {
	Text   string
	Target int    // the person meant: Person(Target)
	How    string // the mistake, for a report by kind
}

// common is how many people may share a name before whoever looks for one of
// them also gives her date of birth: ten lines are shown, and no spelling tells
// homonyms apart.
const common = 4

// Misspelt draws n queries for a crowd of that size: each means one person, drawn
// evenly, and has one mistake, or two for a query in four.
func Misspelt(seed uint64, n, size int) []Query {
	shared, known := homonyms(size)
	d := dice(seed)
	all := make([]Query, 0, n)
	for len(all) < n {
		target := d.upTo(size)
		i, called := invent(target)
		q := d.query(i)
		q.Target = target
		many := shared[called] > common || known[bare(q.Text)] > common
		if i.Year == 0 && many {
			continue // nothing that can be typed tells her from the others
		}
		if q.Text == "" {
			continue
		}
		if i.Year != 0 && (many || d.coin(4)) {
			q.Text += " " + d.date(i)
		}
		all = append(all, q)
	}
	return all
}

// homonyms counts who shares a name: as it was drawn, and as it sounds bare.
func homonyms(size int) (map[name]int, map[string]int) {
	drawn, heard := make(map[name]int), make(map[string]int)
	for n := range size {
		i, called := invent(n)
		drawn[called]++
		heard[bare(i.First+" "+i.Family)]++
		heard[bare(i.Family+" "+i.First)]++
	}
	return drawn, heard
}

// bare is a text without accents, capitals, spaces or signs.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// query is a name with its mistakes.
func (d *dice) query(i Identity) Query {
	first, family := i.First, i.Family
	m := pick(d, mistakes)
	how := m.name
	family = m.make(d, family)
	if d.coin(4) {
		second := pick(d, mistakes)
		first = second.make(d, first)
		how += " + " + second.name
	}
	if family == i.Family {
		return Query{} // this mistake cannot be made in this name
	}
	switch {
	case d.coin(3):
		return Query{Text: family + " " + first, How: how}
	case d.coin(12):
		return Query{Text: strings.ToUpper(family) + " " + half(first), How: how + " + half a first name"}
	}
	return Query{Text: first + " " + family, How: how}
}

// half is the first half of a compound first name, as most people say it.
func half(first string) string {
	one, _, _ := strings.Cut(first, "-")
	return one
}

// date is a date of birth as it is typed, sometimes with one wrong digit, or only
// its year.
func (d *dice) date(i Identity) string {
	day, month, year := i.Day, i.Month, i.Year
	switch d.upTo(8) {
	case 0:
		day = 1 + (day+d.upTo(8))%9 + day/10*10
		day = min(day, 28)
	case 1:
		year = year/10*10 + (year+1+d.upTo(9))%10
	}
	short := year%100 + 100
	switch d.upTo(3) {
	case 0:
		return strconv.Itoa(day) + "/" + strconv.Itoa(month) + "/" + strconv.Itoa(short)[1:]
	case 1:
		return strconv.Itoa(100 + day)[1:] + "/" + strconv.Itoa(100 + month)[1:] + "/" + strconv.Itoa(year)
	}
	return strconv.Itoa(day) + "/" + strconv.Itoa(month) + "/" + strconv.Itoa(year)
}

// mistake is a way of writing a name otherwise than it is kept.
type mistake struct {
	name string
	make func(*dice, string) string
}

var mistakes = []mistake{
	{"accents lost", func(_ *dice, s string) string { return unaccented(s) }},
	{"capitals", func(_ *dice, s string) string { return strings.ToUpper(unaccented(s)) }},
	{"particles joined", func(_ *dice, s string) string { return strings.NewReplacer(" ", "", "'", "", "-", "").Replace(s) }},
	{"signs exchanged", func(_ *dice, s string) string { return strings.NewReplacer(" ", "-", "-", " ", "'", " ").Replace(s) }},
	{"two letters exchanged", (*dice).exchange},
	{"a letter forgotten", (*dice).forget},
	{"a letter doubled", (*dice).double},
	{"a neighbouring key", (*dice).neighbour},
	{"as it sounds in French", func(d *dice, s string) string { return d.sounds(s, french) }},
	{"as it sounds in French", func(d *dice, s string) string { return d.sounds(s, french) }},
	{"another transliteration", func(d *dice, s string) string { return d.sounds(s, abroad) }},
	{"another transliteration", func(d *dice, s string) string { return d.sounds(s, abroad) }},
}

func unaccented(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ł':
			return 'l'
		case r == 'ı':
			return 'i'
		}
		return r
	}, norm.NFD.String(s))
}

// inside is a place in a word that is neither its first letter nor beyond its
// last: people know how a name begins.
func (d *dice) inside(r []rune) int { return 1 + d.upTo(len(r)-1) }

func (d *dice) exchange(s string) string {
	r := []rune(s)
	if len(r) < 5 {
		return s
	}
	at := 1 + d.upTo(len(r)-2)
	r[at], r[at+1] = r[at+1], r[at]
	return string(r)
}

func (d *dice) forget(s string) string {
	r := []rune(s)
	if len(r) < 5 {
		return s
	}
	at := d.inside(r)
	return string(r[:at]) + string(r[at+1:])
}

func (d *dice) double(s string) string {
	r := []rune(s)
	if len(r) < 4 {
		return s
	}
	at := d.inside(r)
	return string(r[:at+1]) + string(r[at:])
}

// rows are the letters of a French keyboard.
var rows = []string{"azertyuiop", "qsdfghjklm", "wxcvbn"}

func (d *dice) neighbour(s string) string {
	r := []rune(s)
	if len(r) < 5 {
		return s
	}
	at := d.inside(r)
	for _, row := range rows {
		if i := strings.IndexRune(row, r[at]); i > 0 {
			r[at] = rune(row[i-1])
			return string(r)
		}
	}
	return s
}

// spelling is a group of letters, and others that are heard alike.
type spelling struct{ from, to string }

// french are spellings that a French ear does not tell apart.
var french = []spelling{
	{"eau", "o"},
	{"au", "o"},
	{"ault", "eau"},
	{"aud", "eau"},
	{"oux", "ou"},
	{"ph", "f"},
	{"f", "ph"},
	{"ss", "c"},
	{"ç", "ss"},
	{"c", "k"},
	{"qu", "k"},
	{"k", "c"},
	{"th", "t"},
	{"t", "th"},
	{"ai", "é"},
	{"é", "ai"},
	{"è", "ê"},
	{"ei", "ai"},
	{"in", "ain"},
	{"ain", "in"},
	{"en", "an"},
	{"an", "en"},
	{"i", "y"},
	{"y", "i"},
	{"ll", "l"},
	{"l", "ll"},
	{"nn", "n"},
	{"n", "nn"},
	{"tt", "t"},
	{"rr", "r"},
	{"r", "rr"},
	{"ier", "ié"},
	{"et", "ai"},
	{"ard", "ar"},
	{"ot", "o"},
	{"on", "ont"},
	{"er", "é"},
	{"s", "z"},
	{"z", "s"},
	{"g", "gu"},
	{"ge", "j"},
	{"gn", "ni"},
	{"elle", "el"},
	{"ette", "et"},
	{"lef", "lefe"},
}

// abroad are ways in which one name of another alphabet or language reaches ours.
var abroad = []spelling{
	{"ou", "u"},
	{"u", "ou"},
	{"ou", "w"},
	{"dj", "j"},
	{"ch", "sh"},
	{"kh", "k"},
	{"h", ""},
	{"gh", "g"},
	{"a", "e"},
	{"e", "a"},
	{"i", "ee"},
	{"ï", "i"},
	{"aï", "ay"},
	{"oun", "oune"},
	{"ine", "in"},
	{"eddine", "edine"},
	{"ani", "any"},
	{"sz", "ch"},
	{"cz", "tch"},
	{"czyk", "tchik"},
	{"w", "v"},
	{"v", "w"},
	{"ski", "sky"},
	{"enko", "ienko"},
	{"ić", "itch"},
	{"wicz", "vitch"},
	{"ov", "off"},
	{"iuk", "yuk"},
	{"x", "sh"},
	{"ão", "ao"},
	{"lh", "li"},
	{"ez", "es"},
	{"ş", "ch"},
	{"ı", "i"},
	{"ğ", "g"},
	{"oré", "aoré"},
	{"ye", "yé"},
	{"ss", "s"},
	{"ng", "n"},
	{"ên", "en"},
	{"q", "k"},
	{"mo", "mou"},
	{"mohamed", "mouhammad"},
	{"ayşe", "aiche"},
}

// sounds writes one group of letters as another that is heard alike: of those
// that the name has, one.
func (d *dice) sounds(s string, all []spelling) string {
	s = strings.ToLower(s)
	var can []spelling
	for _, one := range all {
		if strings.Contains(s, one.from) {
			can = append(can, one)
		}
	}
	if len(can) == 0 {
		return s
	}
	one := pick(d, can)
	return strings.Replace(s, one.from, one.to, 1)
}
