// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
)

// Form reads the answers of one posted form, one named answer at a time, and
// collects what was not understood. Answers nobody asks for are ignored.
type Form struct {
	values url.Values
	faults fault.Fields
}

// ReadForm parses the body of r. It returns fault.TooLarge for a body over the
// limit, fault.Invalid for one that is not a form.
func ReadForm(r *http.Request) (*Form, error) {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, fault.New(fault.TooLarge, "")
	case err != nil:
		return nil, fault.New(fault.Invalid, "form.unread")
	}
	return &Form{values: r.PostForm}, nil
}

// FormOf returns a form of answers that were kept.
func FormOf(kept url.Values) *Form { return &Form{values: kept} }

// Kept returns the answers of a form that asks to be kept when it cannot be
// served: one with fields "keep". ok is false for the others, which may hold
// secrets. What belongs to the page rather than to its words is left out.
func (f *Form) Kept() (answers url.Values, ok bool) {
	if len(f.values["keep"]) == 0 {
		return nil, false
	}
	answers = url.Values{}
	for name, all := range f.values {
		if name != "keep" && name != "session" && name != "preview" {
			answers[name] = all
		}
	}
	return answers, true
}

// Err returns what was not understood, as a fault at each field, or nil.
func (f *Form) Err() error { return f.faults.Err() }

// Fail notes that the answer to name is not acceptable, for a reason given by
// its catalogue key.
func (f *Form) Fail(name, key string) { f.faults.Add(name, key) }

// Line returns an answer of one line of at most limit characters, cleaned and
// without spaces around it.
func (f *Form) Line(name string, limit int) string {
	return f.bounded(name, strings.Join(strings.Fields(clean(f.values.Get(name))), " "), limit)
}

// Need is Line for an answer that must be there.
func (f *Form) Need(name string, limit int) string {
	line := f.Line(name, limit)
	if line == "" {
		f.Fail(name, "form.missing")
	}
	return line
}

// Text returns an answer of several lines of at most limit characters.
func (f *Form) Text(name string, limit int) string {
	return f.bounded(name, strings.TrimSpace(clean(f.values.Get(name))), limit)
}

// Words is Text for what is confided.
func (f *Form) Words(name string, limit int) confided.Text {
	return confided.NewText(f.Text(name, limit))
}

// Name is Line for what is confided: a name, a telephone number.
func (f *Form) Name(name string, limit int) confided.Text {
	return confided.NewText(f.Line(name, limit))
}

// Secret returns a passphrase or a code: same letters, same bytes, whatever the
// keyboard. Nothing of it is ever shown again.
func (f *Form) Secret(name string) string { return f.Line(name, 1024) }

// Ticked reports whether a box was ticked or a button of that name pressed.
func (f *Form) Ticked(name string) bool { return f.values.Get(name) != "" }

// All returns every answer given under one name, such as ticked colleagues:
// at most limit of them.
func (f *Form) All(name string, limit int) []string {
	all := f.values[name]
	if len(all) > limit {
		f.Fail(name, "form.choice")
		return nil
	}
	cleaned := make([]string, len(all))
	for i, s := range all {
		cleaned[i] = clean(s)
	}
	return cleaned
}

// Choice returns one of the allowed answers. Another answer, or none, is a
// fault; pass "" among the allowed ones when none is an answer.
func (f *Form) Choice(name string, allowed ...string) string {
	s := f.values.Get(name)
	if !slices.Contains(allowed, s) {
		f.Fail(name, "form.choice")
		return ""
	}
	return s
}

// Number returns a whole number between low and high, or low when the answer
// is empty.
func (f *Form) Number(name string, low, high int) int {
	s := f.Line(name, 12)
	if s == "" {
		return low
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		f.Fail(name, "form.number")
		return low
	}
	return n
}

// Bytes returns an answer in base64url, such as a passkey's signature.
func (f *Form) Bytes(name string, limit int) []byte {
	s := strings.TrimRight(f.Line(name, 2*limit), "=")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) > limit {
		f.Fail(name, "form.unread")
		return nil
	}
	return b
}

// Day returns a day written as 6/12/26, 6.12.2026, 06-12-2026 or 2026-12-06, or
// the zero time when the answer is empty.
func (f *Form) Day(name string, now time.Time) time.Time {
	s := f.Line(name, 32)
	day, ok := parseDay(s, now)
	if !ok {
		if s != "" {
			f.Fail(name, "form.day")
		}
		return time.Time{}
	}
	return day
}

// parseDay reads day, month and year in that order, or year first. A year of
// two digits belongs to this century.
func parseDay(s string, now time.Time) (time.Time, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/.- ", r) })
	if len(parts) != 3 {
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	var n [3]int
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || n[i] < 1 && i < 2 {
			return time.Time{}, false
		}
	}
	year := n[2]
	if len(parts[2]) == 2 {
		year += now.Year() / 100 * 100
	}
	day := time.Date(year, time.Month(n[1]), n[0], 0, 0, 0, 0, now.Location())
	return day, year > 1000 && day.Day() == n[0] && int(day.Month()) == n[1]
}

func (f *Form) bounded(name, s string, limit int) string {
	if utf8.RuneCountInString(s) > limit {
		f.Fail(name, "form.too_long")
	}
	return s
}

// Fold returns what a text has in common with other ways of typing it: no
// accents, no capitals.
func Fold(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// clean makes typed text safe to keep and to compare: valid UTF-8, composed
// accents (NFC), lines ended by \n, no control character, none of the marks
// that would reorder the rest of the page. Joiners and the plain direction
// marks stay: Persian, Arabic and emoji need them.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\uFEFF':
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}
