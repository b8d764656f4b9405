// SPDX-License-Identifier: AGPL-3.0-or-later

package locale

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// monday is a Monday, at 9:30 in a zone that is not UTC.
var monday = time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("Paris", 3600))

func printers(t *testing.T) (fr, en *Printer) {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(French, monday), c.Printer(English, monday)
}

func TestChoose(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, chosen, accept, want string }{
		{"the cookie wins over the browser", "en", "fr-FR,fr;q=0.9", "en"},
		{"the browser's first known language is taken", "", "de-DE, en-GB;q=0.8, fr;q=0.7", "en"},
		{"an unknown choice is ignored", "xx", "en", "en"},
		{"without a wish, French", "", "", "fr"},
		{"nonsense is French", "", ";;,,*;q=", "fr"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Choose(tt.chosen, tt.accept); got != tt.want {
				t.Errorf("Choose(%q, %q) = %q, want %q", tt.chosen, tt.accept, got, tt.want)
			}
		})
	}
}

func TestDays(t *testing.T) {
	fr, en := printers(t)
	day := func(d time.Duration) time.Time { return monday.Add(d * 24 * time.Hour) }
	for _, tt := range []struct {
		name, got, want string
	}{
		{"the same day is today", fr.Day(monday.Add(-9 * time.Hour)), "aujourd’hui"},
		{"half past midnight here is not the day before", fr.Day(time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)), "aujourd’hui"},
		{"the day before is yesterday", fr.Day(day(-1)), "hier"},
		{"the day after is tomorrow", fr.Day(day(1)), "demain"},
		{"six days ago has its weekday", fr.Day(day(-6)), "mardi"},
		{"a week ago is a date", fr.Day(day(-7)), "16 novembre"},
		{"another year is said", fr.Day(time.Date(2025, 3, 1, 0, 0, 0, 0, monday.Location())), "1er mars 2025"},
		{"no day says nothing", fr.Day(time.Time{}), ""},
		{"a long day", fr.LongDay(monday), "lundi 23 novembre"},
		{"English too", en.LongDay(monday), "Monday 23 November"},
		{"the hour in French", fr.Clock(monday), "9\u202fh\u202f30"},
		{"the whole hour in French", fr.Clock(monday.Add(-30 * time.Minute)), "9\u202fh"},
		{"the hour in English", en.Clock(monday), "9:30"},
		{"an end", fr.Until(day(13)), "jusqu’au 6 décembre"},
		{"no end", fr.Until(time.Time{}), "sans date de fin"},
		{"for machines", fr.Machine(monday), "2026-11-23"},
		{"a birthday is exact", fr.Birthday(time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC)), "2/4/1988"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNames(t *testing.T) {
	fr, en := printers(t)
	for _, tt := range []struct {
		name  string
		p     *Printer
		names []string
		want  string
	}{
		{"nobody", fr, nil, ""},
		{"one", fr, []string{"vous"}, "vous"},
		{"three", fr, []string{"vous", "Karim B.", "Lucie P."}, "vous, Karim B. et Lucie P."},
		{"two in English", en, []string{"you", "Karim B."}, "you and Karim B."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.p.Names(tt.names); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlurals(t *testing.T) {
	p := func(lang string) *Printer {
		return &Printer{lang: lang, messages: map[string]message{
			"people": {One: "{0} {1} person", Other: "{0} {1} people"},
			"plain":  {Other: "{1} then {0}"},
		}}
	}
	for _, tt := range []struct{ name, got, want string }{
		{"French counts zero as one", p(French).T("people", "only", 0), "only 0 person"},
		{"English does not", p(English).T("people", "only", 0), "only 0 people"},
		{"one", p(English).T("people", "only", 1), "only 1 person"},
		{"many", p(French).T("people", "only", 2), "only 2 people"},
		{"places may change order", p(French).T("plain", "a", "b"), "b then a"},
		{"what is put in is not filled again", p(French).T("plain", "a", "{0}"), "{0} then a"},
		{"a key that is missing is shown as it is", p(French).T("no.such"), "no.such"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}
