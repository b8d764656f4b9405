// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Form is what is typed about a person. Name alone is mandatory (S-35, S-36).
type Form struct {
	Name, FamilyName string
	Birth            string
	Phone, Language  string
	Contact          string
	NoVoice          bool
	Died             string
	Answers          Answers
}

// Answers says which fields were answered otherwise than by a value: declined, or
// known and not written. Each is a complete answer (S-35).
type Answers map[string]record.Answer

// Answerable lists the fields that take an answer other than a value.
func Answerable() []string { return []string{"family_name", "birth", "phone", "language", "contact"} }

func (a Answers) encode() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(a)) {
		if slices.Contains(Answerable(), field) && (a[field] == record.AnswerDeclined || a[field] == record.AnswerUnwritten) {
			parts = append(parts, field+"="+string(a[field]))
		}
	}
	return strings.Join(parts, " ")
}

// ReadAnswers reads what was kept of answers.
func ReadAnswers(kept string) Answers {
	out := Answers{}
	for part := range strings.FieldsSeq(kept) {
		field, answer, _ := strings.Cut(part, "=")
		out[field] = record.Answer(answer)
	}
	return out
}

// only keeps the answers to some fields.
func (a Answers) only(fields ...string) Answers {
	out := Answers{}
	for _, f := range fields {
		if v, ok := a[f]; ok {
			out[f] = v
		}
	}
	return out
}

const (
	longestName    = 200 // characters
	longestContact = 2000
)

// words checks the form and returns what is sealed: who she is, and how to reach her.
func (f Form) words(now time.Time) (identity, contact strongroom.Words, err error) {
	var bad fault.Fields
	if strings.TrimSpace(f.Name) == "" {
		bad.Add("name", "fault.name_missing")
	}
	for field, s := range map[string]string{"name": f.Name, "family_name": f.FamilyName, "language": f.Language} {
		if utf8.RuneCountInString(s) > longestName {
			bad.Add(field, "fault.too_long")
		}
	}
	if utf8.RuneCountInString(f.Contact) > longestContact {
		bad.Add("contact", "fault.too_long")
	}
	birth, ok := ParseBirth(f.Birth, now)
	if !ok {
		bad.Add("birth", "fault.birth")
	}
	died, ok := ParseBirth(f.Died, now)
	if !ok || died.AsOf > 0 {
		bad.Add("died", "fault.birth")
	}
	phone, ok := parsePhone(f.Phone)
	if !ok {
		bad.Add("phone", "fault.phone")
	}
	if err := bad.Err(); err != nil {
		return nil, nil, err
	}
	identity = sealed(map[record.Tag]string{
		record.TagName: f.Name, record.TagFamilyName: f.FamilyName, record.TagBirth: birth.kept(),
		record.TagLanguage: f.Language, record.TagDied: died.kept(), record.TagAnswers: f.Answers.only("family_name", "birth", "language").encode(),
	})
	contact = sealed(map[record.Tag]string{
		record.TagPhone: phone, record.TagSafeContact: f.Contact, record.TagNoVoicemail: flag(f.NoVoice),
		record.TagAnswers: f.Answers.only("phone", "contact").encode(),
	})
	return identity, contact, nil
}

// Check reports what is not understood in a form.
func (f Form) Check(now time.Time) error {
	_, _, err := f.words(now)
	return err
}

// Same reports whether two forms say the same, however it was typed.
func (f Form) Same(g Form, now time.Time) bool {
	one, reach, err := f.words(now)
	other, otherReach, err2 := g.words(now)
	equal := func(a, b confided.Text) bool { return a.Equal(b) }
	return err == nil && err2 == nil && maps.EqualFunc(one, other, equal) && maps.EqualFunc(reach, otherReach, equal)
}

func sealed(all map[record.Tag]string) strongroom.Words {
	out := strongroom.Words{}
	for t, s := range all {
		out[t] = confided.NewText(strings.TrimSpace(s))
	}
	return out
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

// parsePhone keeps digits and a leading plus; nothing typed is nothing kept.
func parsePhone(s string) (string, bool) {
	var out strings.Builder
	for _, c := range strings.TrimSpace(s) {
		switch {
		case c >= '0' && c <= '9', c == '+' && out.Len() == 0:
			out.WriteRune(c)
		case unicode.IsSpace(c), strings.ContainsRune(".-/()\u2011", c):
		default:
			return "", false
		}
	}
	n := len(strings.TrimPrefix(out.String(), "+"))
	return out.String(), out.Len() == 0 || n >= 4 && n <= 15
}

// Birth is what is known of a birth: a day, a month, a year, or an age in some
// year. The zero Birth is not known.
type Birth struct {
	Year, Month, Day int // 0 where not known
	Age, AsOf        int // an age, and the year it was told
}

// Known reports whether anything is known.
func (b Birth) Known() bool { return b != Birth{} }

// Years returns her age on a day, as far as it can be told; ok is false when it cannot.
func (b Birth) Years(now time.Time) (age int, ok bool) {
	switch {
	case b.AsOf > 0:
		return b.Age + now.Year() - b.AsOf, true
	case b.Year > 0:
		age = now.Year() - b.Year
		month, day := max(b.Month, 1), max(b.Day, 1)
		if int(now.Month()) < month || int(now.Month()) == month && now.Day() < day {
			age--
		}
		return age, true
	}
	return 0, false
}

func (b Birth) kept() string {
	switch {
	case b.AsOf > 0:
		return fmt.Sprintf("%d@%d", b.Age, b.AsOf)
	case b.Day > 0:
		return fmt.Sprintf("%04d-%02d-%02d", b.Year, b.Month, b.Day)
	case b.Month > 0:
		return fmt.Sprintf("%04d-%02d", b.Year, b.Month)
	case b.Year > 0:
		return fmt.Sprintf("%04d", b.Year)
	}
	return ""
}

// KeptBirth is what is kept of a birth that was typed: the words that ReadBirth
// reads. Empty for what is no date.
func KeptBirth(typed string, now time.Time) confided.Text {
	b, _ := ParseBirth(typed, now)
	return confided.NewText(b.kept())
}

// Typed returns the birth as one would type it: what a form is filled with.
func (b Birth) Typed() string {
	switch {
	case b.AsOf > 0:
		return fmt.Sprintf("%d ans", b.Age)
	case b.Day > 0:
		return fmt.Sprintf("%d/%d/%d", b.Day, b.Month, b.Year)
	case b.Month > 0:
		return fmt.Sprintf("%d/%d", b.Month, b.Year)
	case b.Year > 0:
		return strconv.Itoa(b.Year)
	}
	return ""
}

// ReadBirth reads what was kept of a birth.
func ReadBirth(s string) Birth {
	var b Birth
	if age, year, ok := strings.Cut(s, "@"); ok {
		b.Age, _ = strconv.Atoi(age)
		b.AsOf, _ = strconv.Atoi(year)
		return b
	}
	for i, part := range strings.Split(s, "-") {
		n, _ := strconv.Atoi(part)
		switch i {
		case 0:
			b.Year = n
		case 1:
			b.Month = n
		case 2:
			b.Day = n
		}
	}
	return b
}

const oldest = 130 // years: nobody is known to have lived longer

// ParseBirth reads what people type: 2/4/88, 02.04.1988, 4/1988, 1988, 38 ans.
// Nothing typed is a Birth that is not known. ok is false for what is no date,
// 31/02 and the future among them.
func ParseBirth(typed string, now time.Time) (b Birth, ok bool) {
	s := strings.ToLower(strings.TrimSpace(typed))
	for _, word := range []string{"ans", "an", "years old", "years", "year"} {
		if rest, found := strings.CutSuffix(s, word); found {
			return ageOf(strings.TrimSpace(rest), now)
		}
	}
	var parts []int
	for field := range strings.FieldsFuncSeq(s, func(c rune) bool { return strings.ContainsRune("/.- \u00a0\u202f", c) }) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 {
			return b, false
		}
		parts = append(parts, n)
	}
	iso := len(parts) > 1 && parts[0] > 31
	if iso {
		slices.Reverse(parts)
	}
	switch len(parts) {
	case 0:
		return b, s == ""
	case 1:
		if parts[0] < 1000 {
			return ageOf(s, now)
		}
		b.Year = parts[0]
	case 2:
		b.Month, b.Year = parts[0], century(parts[1], now)
	case 3:
		b.Day, b.Month, b.Year = parts[0], parts[1], century(parts[2], now)
	default:
		return b, false
	}
	return b, b.real(len(parts), now)
}

func ageOf(s string, now time.Time) (Birth, bool) {
	n, err := strconv.Atoi(s)
	return Birth{Age: n, AsOf: now.Year()}, err == nil && n >= 0 && n <= oldest
}

// century completes a year of two digits: the last one that is not in the future.
func century(y int, now time.Time) int {
	if y >= 100 {
		return y
	}
	y += now.Year() / 100 * 100
	if y > now.Year() {
		y -= 100
	}
	return y
}

// real reports whether the parts given make a day that has been.
func (b Birth) real(parts int, now time.Time) bool {
	month, day := max(b.Month, 1), max(b.Day, 1)
	if parts >= 2 && b.Month == 0 || parts == 3 && b.Day == 0 {
		return false
	}
	d := time.Date(b.Year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return int(d.Month()) == month && d.Day() == day && !d.After(now) && b.Year >= now.Year()-oldest
}
