// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Line is what one line of a household says of one person.
type Line struct {
	Name, FamilyName string
	Birth            Birth
	Nature           record.Nature // who she is to the person of the first line; "" where it is not said
}

// Form is the line as a form would say it.
func (l Line) Form() Form {
	return Form{Name: l.Name, FamilyName: l.FamilyName, Birth: l.Birth.Typed()}
}

// mostLines bounds a household typed at once.
const mostLines = 20

// ParseLines reads a household typed at the counter: one person a line, the one
// received first, as « Nadia Mokrani 2/4/88 », « MOKRANI Sami, 9 ans, fils » or
// « Inès ». A single line without a date is a name, whatever it says: an alias is
// enough (S-36). What is not understood is a fault of the field "lines", with its
// line.
func ParseLines(typed string, now time.Time) ([]Line, error) {
	var out []Line
	var bad fault.Fields
	rows := slices.DeleteFunc(strings.Split(typed, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
	switch {
	case len(rows) == 0:
		bad.Add("lines", "fault.name_missing")
	case len(rows) > mostLines:
		bad.Add("lines", "fault.lines_many")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	at := 0
	for row := range strings.SplitSeq(typed, "\n") {
		at++
		if strings.TrimSpace(row) == "" {
			continue
		}
		l, wrong := parseLine(row, len(rows) == 1, now)
		if wrong != "" {
			bad.AddAt("lines", wrong, at)
		}
		if len(out) == 0 {
			l.Nature = ""
		}
		out = append(out, l)
	}
	return out, bad.Err()
}

// parseLine reads one line; wrong is the key of what was not understood.
func parseLine(row string, alone bool, now time.Time) (l Line, wrong string) {
	whole := strings.Join(strings.Fields(row), " ")
	fields := fieldsOf(row)
	fields, birth, ok := takeBirth(fields, alone, now)
	if !ok {
		return l, "fault.line_date"
	}
	if !birth.Known() && alone {
		return Line{Name: whole}, tooLong(whole)
	}
	l.Birth = birth
	fields, l.Nature = takeNature(fields)
	fields = dropCivility(fields)
	for _, f := range fields {
		if strings.ContainsFunc(f, unicode.IsDigit) {
			return l, "fault.line_date"
		}
	}
	l.Name, l.FamilyName = splitName(fields)
	if !strings.ContainsFunc(l.Name, unicode.IsLetter) {
		return l, "fault.line_name"
	}
	return l, tooLong(whole)
}

func tooLong(s string) string {
	if utf8.RuneCountInString(s) > longestName {
		return "fault.too_long"
	}
	return ""
}

// fieldsOf cuts a line into words: bullets, commas and brackets are not said aloud.
func fieldsOf(row string) []string {
	row = strings.NewReplacer("né(e)", "née", "né·e", "née").Replace(strings.TrimLeft(row, " \t-–—•*·"))
	return strings.FieldsFunc(row, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;:()[]|", c) })
}

// unaccented takes away the accents of French, which the door composes.
var unaccented = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "î", "i", "ï", "i", "ô", "o", "û", "u", "ù", "u", "ç", "c", "œ", "oe")

// folded is a word without its accents, capitals and final full stop.
func folded(s string) string {
	return unaccented.Replace(strings.ToLower(strings.TrimSuffix(s, ".")))
}

// takeBirth finds the one date or age of a line and takes it out, with the words
// that announce it. ok is false when there are two, or one that is no date.
func takeBirth(fields []string, alone bool, now time.Time) (rest []string, found Birth, ok bool) {
	for i := 0; i < len(fields); i++ {
		n, b, ok := birthAt(fields, i, alone, now)
		if i > 0 && folded(fields[i-1]) == "du" { // « accueil du 12 mars 2026 » is a name
			i += max(n-1, 0)
			continue
		}
		if n == 0 {
			continue
		}
		if !ok || found.Known() {
			return fields, found, false
		}
		from := i
		for from > 0 && slices.Contains(announcing, folded(fields[from-1])) {
			from--
		}
		fields, found = append(slices.Clone(fields[:from]), fields[i+n:]...), b
		i = from - 1
	}
	return fields, found, true
}

// announcing are the words before a date of birth.
var announcing = []string{"ne", "nee", "le", "en", "born", "on", "age", "agee", "de"}

// birthAt reads the birth that begins at a word: how many words it takes, none
// when there is none. ok is false for what looks like a date and is not.
func birthAt(fields []string, i int, alone bool, now time.Time) (n int, b Birth, ok bool) {
	word := strings.TrimSuffix(folded(fields[i]), ".")
	next := func(k int) string {
		if i+k < len(fields) {
			return folded(fields[i+k])
		}
		return ""
	}
	if age, unit := strings.CutSuffix(word, "ans"); unit && digits(age) {
		b, ok = ParseBirth(word, now)
		return 1, b, ok
	}
	if strings.ContainsAny(word, "/.-") && strings.IndexFunc(word, unicode.IsDigit) == 0 && !strings.ContainsFunc(word, unicode.IsLetter) {
		b, ok = ParseBirth(word, now)
		return 1, b, ok
	}
	if month := monthOf(word); month > 0 && digits(next(1)) && len(next(1)) == 4 {
		b, ok = ParseBirth(strconv.Itoa(month)+"/"+next(1), now)
		return 2, b, ok
	}
	if !digits(strings.TrimSuffix(word, "er")) {
		return 0, b, true
	}
	switch unit := next(1); {
	case unit == "ans" || unit == "an" || unit == "years" || unit == "year":
		b, ok = ParseBirth(word+" ans", now)
		return 2, b, ok
	case unit == "mois" || unit == "months" || unit == "month":
		months, _ := strconv.Atoi(word)
		b, ok = ParseBirth(strconv.Itoa(months/12)+" ans", now)
		return 2, b, ok
	case monthOf(unit) > 0 && digits(next(2)):
		b, ok = ParseBirth(strings.TrimSuffix(word, "er")+"/"+strconv.Itoa(monthOf(unit))+"/"+next(2), now)
		return 3, b, ok
	case digits(unit) && digits(next(2)):
		b, ok = ParseBirth(word+"/"+unit+"/"+next(2), now)
		return 3, b, ok
	case len(word) == 8:
		b, ok = ParseBirth(word[:2]+"/"+word[2:4]+"/"+word[4:], now)
		return 1, b, ok
	case i > 0 && len(word) == 4, !alone && (i == len(fields)-1 || takesNature(fields[i+1:])): // alone, « Accueil 12 » is a name
		b, ok = ParseBirth(word, now)
		return 1, b, ok
	}
	return 0, b, true
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' })
}

// months are the beginnings that tell one month from the others, in both
// languages, in order.
var months = [12][]string{
	{"janv", "jan"},
	{"fevr", "fev", "feb"},
	{"mars", "mar"},
	{"avr", "apr"},
	{"mai", "may"},
	{"juin", "jun"},
	{"juil", "jul"},
	{"aout", "aug"},
	{"sept", "sep"},
	{"oct"},
	{"nov"},
	{"dec"},
}

var monthNames = strings.Fields(`janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
	january february march april may june july august september october november december`)

// monthOf is the number of the month that a word names; 0: none.
func monthOf(word string) int {
	if i := slices.Index(monthNames, word); i >= 0 {
		return i%12 + 1
	}
	return slices.IndexFunc(months[:], func(short []string) bool { return slices.Contains(short, word) }) + 1
}

// natureWords are those by which a line says who somebody is to the first.
var natureWords = map[record.Nature]string{
	record.NaturePartner: "conjoint conjointe mari femme epoux epouse compagnon compagne concubin concubine husband wife partner",
	record.NatureChild:   "fils fille enfant bebe son daughter child baby",
	record.NatureParent:  "pere mere papa maman father mother",
	record.NatureSibling: "frere soeur brother sister",
}

func natureOf(word string) record.Nature {
	for _, n := range record.Natures() {
		if slices.Contains(strings.Fields(natureWords[n]), folded(word)) {
			return n
		}
	}
	return ""
}

func takesNature(fields []string) bool { return len(fields) > 0 && natureOf(fields[0]) != "" }

// takeNature takes out the last word that says who she is, with its possessive,
// unless it is all there is.
func takeNature(fields []string) ([]string, record.Nature) {
	for i := len(fields) - 1; i >= 1; i-- {
		if n := natureOf(fields[i]); n != "" {
			from := i
			if from > 1 && slices.Contains([]string{"son", "sa", "ma", "mon", "leur", "her", "his"}, folded(fields[from-1])) {
				from--
			}
			return append(slices.Clone(fields[:from]), fields[i+1:]...), n
		}
	}
	return fields, ""
}

// dropCivility leaves out what is said before a name of two words or more.
func dropCivility(fields []string) []string {
	if len(fields) > 2 && slices.Contains([]string{"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs", "ms", "miss"}, folded(fields[0])) {
		return fields[1:]
	}
	return fields
}

// particles stand before a family name, and belong to it.
var particles = strings.Fields("d de du des la le les l el al ben bin bint ait ould van von der den da dos di del della st saint")

func particle(word string) bool { return slices.Contains(particles, folded(word)) }

// splitName tells a family name from a first name: the words in capitals, wherever
// they stand; else the last word, with the particles before it.
func splitName(fields []string) (name, family string) {
	from, to := len(fields)-1, len(fields)
	if a, b := capitals(fields); b > a && b-a < len(fields) {
		from, to = a, b
	}
	for from > 0 && particle(fields[from-1]) {
		from--
	}
	given := append(slices.Clone(fields[:max(from, 0)]), fields[to:]...)
	if len(given) == 0 {
		return strings.Join(eased(fields), " "), ""
	}
	return strings.Join(eased(given), " "), strings.Join(eased(fields[from:to]), " ")
}

// capitals is the run of words in capitals: initials are none.
func capitals(fields []string) (from, to int) {
	loud := func(s string) bool {
		return utf8.RuneCountInString(s) > 1 && strings.ToUpper(s) == s && strings.ContainsFunc(s, unicode.IsLetter)
	}
	from = slices.IndexFunc(fields, loud)
	if from < 0 {
		return 0, 0
	}
	to = from
	for to < len(fields) && loud(fields[to]) {
		to++
	}
	return from, to
}

// eased writes what was typed in capitals as a name is written: « DE LA TOUR »,
// « LEFÈVRE-MARTIN ».
func eased(fields []string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f
		if utf8.RuneCountInString(f) < 2 || strings.ToUpper(f) != f {
			continue
		}
		begins := true
		out[i] = strings.Map(func(c rune) rune {
			was := begins
			begins = !unicode.IsLetter(c)
			if was {
				return c
			}
			return unicode.ToLower(c)
		}, f)
	}
	return out
}
