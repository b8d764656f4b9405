// SPDX-License-Identifier: AGPL-3.0-or-later

package agenda

import (
	"strconv"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// ParseHour reads an hour as people type it: 9, 9h, 9 h 30, 14:30, 14.30, 1430.
func ParseHour(typed string) (hour, minute int, ok bool) {
	s := strings.Map(func(c rune) rune {
		switch c {
		case 'h', 'H', '.':
			return ':'
		case ' ', '\u00a0', '\u202f':
			return -1
		}
		return c
	}, typed)
	if len(s) == 4 && !strings.Contains(s, ":") {
		s = s[:2] + ":" + s[2:]
	}
	first, rest, _ := strings.Cut(s, ":")
	if rest == "" {
		rest = "00"
	}
	hour, ok = digits(first)
	minute, also := digits(rest)
	return hour, minute, ok && also && len(rest) == 2 && hour < 24 && minute < 60
}

func digits(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 2 && s[0] != '-' && s[0] != '+'
}

// At is the minute at which a clock on the wall, in a zone, shows an hour of a day.
// The hour that is skipped in spring and the one that comes twice in autumn are
// answered at the field: nobody is given an appointment at an hour that is not one.
func At(day time.Time, typed string, zone *time.Location) (record.Minute, error) {
	hour, minute, ok := ParseHour(typed)
	if !ok {
		return 0, fault.Field("hour", "fault.hour")
	}
	y, m, d := day.Date()
	wall := time.Date(y, m, d, hour, minute, 0, 0, time.UTC)
	found := map[int64]bool{}
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} { // the offsets before and after a change
		_, offset := wall.Add(around).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if l := at.In(zone); l.Hour() == hour && l.Minute() == minute && l.Day() == d {
			found[at.Unix()/60] = true
		}
	}
	switch len(found) {
	case 0:
		return 0, fault.Field("hour", "fault.hour_skipped")
	case 1:
		for at := range found {
			return record.Minute(at), nil
		}
	}
	return 0, fault.Field("hour", "fault.hour_twice")
}

// Bounds are the first minute of a day in a zone, and that of the next.
func Bounds(day time.Time, zone *time.Location) (from, to record.Minute) {
	y, m, d := day.Date()
	at := func(d int) record.Minute { return record.Minute(time.Date(y, m, d, 0, 0, 0, 0, zone).Unix() / 60) }
	return at(d), at(d + 1)
}
