// SPDX-License-Identifier: AGPL-3.0-or-later

package locale

import (
	"fmt"
	"strconv"
	"time"
)

// narrow is the narrow no-break space that French puts inside "9 h 30".
const narrow = "\u202f"

// Day says the day of t as people do: today, yesterday, tomorrow, the weekday
// within the last six days, then "12 novembre", with the year when it is not
// the current one. The zero time says nothing.
func (p *Printer) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.now.Location())
	switch ago := daysBetween(t, p.now); {
	case ago == 0:
		return p.T("date.today")
	case ago == 1:
		return p.T("date.yesterday")
	case ago == -1:
		return p.T("date.tomorrow")
	case ago > 1 && ago < 7:
		return p.weekday(t)
	}
	return p.PlainDay(t)
}

// PlainDay says the day without weekday, with the year when it is not the
// current one: "12 novembre", "3 mars 2025".
func (p *Printer) PlainDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.now.Location())
	day := p.ordinal(t.Day()) + " " + p.month(t)
	if t.Year() != p.now.Year() {
		day += " " + strconv.Itoa(t.Year())
	}
	return day
}

// FullDay says the day as paper must: with its year, whatever the year is.
func (p *Printer) FullDay(t time.Time) string {
	day := p.PlainDay(t)
	if t = t.In(p.now.Location()); day == "" || t.Year() != p.now.Year() {
		return day
	}
	return day + " " + strconv.Itoa(t.Year())
}

// LongDay says the day in full: "lundi 23 novembre".
func (p *Printer) LongDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.now.Location())
	return p.weekday(t) + " " + p.PlainDay(t)
}

// Until says the end of something: "jusqu'au 6 décembre", or, when t is zero,
// that no end is set.
func (p *Printer) Until(t time.Time) string {
	if t.IsZero() {
		return p.T("date.no_end")
	}
	return p.T("date.until", p.PlainDay(t))
}

// Birthday says a date of birth exactly: 2/4/1988.
func (p *Printer) Birthday(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d/%d/%d", t.Day(), int(t.Month()), t.Year())
}

// Clock says the hour: "9 h 30" in French, "9:30" in English.
func (p *Printer) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.now.Location())
	switch {
	case p.lang != French:
		return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	case t.Minute() == 0:
		return fmt.Sprintf("%d%sh", t.Hour(), narrow)
	}
	return fmt.Sprintf("%d%sh%s%02d", t.Hour(), narrow, narrow, t.Minute())
}

// Machine is the day for a datetime attribute: 2026-11-23.
func (p *Printer) Machine(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.now.Location()).Format(time.DateOnly)
}

// Instant is the hour for a datetime attribute, with its zone: 2026-11-23T09:30+01:00.
func (p *Printer) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.now.Location()).Format("2006-01-02T15:04Z07:00")
}

// Today is the moment this printer speaks at.
func (p *Printer) Today() time.Time { return p.now }

func (p *Printer) weekday(t time.Time) string {
	return p.T("date.weekday." + strconv.Itoa(int(t.Weekday())))
}

func (p *Printer) month(t time.Time) string {
	return p.T("date.month." + strconv.Itoa(int(t.Month())))
}

// ordinal: the first of a month is "1er" in French; other days are plain.
func (p *Printer) ordinal(day int) string {
	if day == 1 {
		return p.T("date.first")
	}
	return strconv.Itoa(day)
}

// daysBetween counts midnights from t to now, both in now's location; a day of
// 23 or 25 hours counts as one.
func daysBetween(t, now time.Time) int {
	return int(midnight(now).Sub(midnight(t)).Hours()) / 24
}

// midnight maps a local day to a UTC one, where every day has 24 hours.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
