// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"depositaire.org/depositaire/internal/fault"
)

var today = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

func form(name, value string) *Form { return &Form{values: url.Values{name: {value}}} }

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"accents are composed", "Ai\u0308ssatou", "Aïssatou"},
		{"NUL disappears", "a\x00b", "ab"},
		{"an override of direction disappears", "a\u202Eb\u2066c", "abc"},
		{"Persian joiners stay", "می\u200cخواهم", "می\u200cخواهم"},
		{"a composed emoji stays", "👩‍👧", "👩‍👧"},
		{"bytes that are no text are marked", "a\xffb", "a\uFFFDb"},
		{"lines end one way", "a\r\nb\rc", "a\nb\nc"},
		{"markup stays as it was typed", "<script>=1+1", "<script>=1+1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDay(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		bad            bool
	}{
		{"a short year", "6/12/26", "2026-12-06", false},
		{"a short year to come", "6/12/27", "2027-12-06", false},
		{"a long year", "6/12/2026", "2026-12-06", false},
		{"dots", "06.12.2026", "2026-12-06", false},
		{"year first", "2026-12-06", "2026-12-06", false},
		{"nothing", "", "", false},
		{"31 February", "31/02/2026", "", true},
		{"month zero", "1/0/2026", "", true},
		{"words", "au printemps", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := form("until", tt.in)
			got := ""
			if day := f.Day("until", today); !day.IsZero() && !tt.bad {
				got = day.Format(time.DateOnly)
			}
			if got != tt.want || (f.Err() != nil) != tt.bad {
				t.Errorf("got %q, %v", got, f.Err())
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	f := &Form{values: url.Values{
		"line": {"  Nadia \n  Mokrani "}, "text": {" a\n\n b "}, "ink": {"case"}, "n": {"20"},
		"reader": {"1", "2"}, "key": {"AQID"}, "box": {"on"},
	}}
	if got := f.Line("line", 40); got != "Nadia Mokrani" {
		t.Errorf("Line = %q", got)
	}
	if got := f.Text("text", 40); got != "a\n\n b" {
		t.Errorf("Text = %q", got)
	}
	if f.Choice("ink", "case", "reserved") != "case" || f.Number("n", 0, 600) != 20 || !f.Ticked("box") || f.Ticked("other") {
		t.Error("a choice, a number or a box was misread")
	}
	if len(f.All("reader", 5)) != 2 || string(f.Bytes("key", 8)) != "\x01\x02\x03" {
		t.Error("several answers or bytes were misread")
	}
	if err := f.Err(); err != nil {
		t.Errorf("good answers are refused: %v", err)
	}
}

func TestBadAnswersAreSaidAtTheirField(t *testing.T) {
	f := &Form{values: url.Values{"ink": {"gold"}, "n": {"many"}, "reader": {"1", "2", "3"}, "key": {"*"}, "day": {"31/02/2026"}, "long": {strings.Repeat("é", 11)}}}
	f.Need("called", 40)
	f.Choice("ink", "case")
	f.Number("n", 0, 9)
	f.All("reader", 2)
	f.Bytes("key", 8)
	f.Day("day", today)
	f.Line("long", 10)
	want := map[string]string{
		"called": "form.missing", "ink": "form.choice", "n": "form.number", "reader": "form.choice",
		"key": "form.unread", "day": "form.day", "long": "form.too_long",
	}
	all := fault.AllFields(f.Err())
	if len(all) != len(want) {
		t.Errorf("%d faults, want %d", len(all), len(want))
	}
	for _, e := range all {
		if want[e.Field] != e.Key {
			t.Errorf("%s: %s, want %s", e.Field, e.Key, want[e.Field])
		}
	}
}

// FuzzForm: whatever is typed, what is kept is clean, stays the same when
// cleaned again, and is never longer than what the field accepts without a
// fault saying so.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"", "Nadia", "e\u0301", "\u0344\u0301", "\x00\xff\u202e", "2/4/88", "31/02/1988", "38 ans", "a\r\nb", "%00", "👩‍👧", "=cmd()", "<script>"} {
		f.Add(seed, "words="+url.QueryEscape(seed))
	}
	f.Fuzz(func(t *testing.T, typed, body string) {
		values, _ := url.ParseQuery(body)
		values.Set("x", typed)
		form := &Form{values: values}
		for _, name := range []string{"x", "words"} {
			line, text := form.Line(name, 50), form.Text(name, 50)
			for _, s := range []string{line, text} {
				checkClean(t, s)
				if utf8.RuneCountInString(s) > 50 && form.Err() == nil {
					t.Errorf("%q is too long and accepted", s)
				}
			}
			if strings.ContainsAny(line, "\n\t") {
				t.Errorf("a line has lines: %q", line)
			}
			form.Number(name, 0, 9)
			form.Bytes(name, 64)
			form.Day(name, today)
		}
	})
}

func checkClean(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) || clean(s) != s {
		t.Errorf("%q is not clean", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202A' && r <= '\u202E' {
			t.Errorf("%q keeps %U", s, r)
		}
	}
}
