// SPDX-License-Identifier: AGPL-3.0-or-later

package agenda

import (
	"testing"
	"time"
	_ "time/tzdata"

	"depositaire.org/depositaire/internal/fault"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAnHourIsReadAsPeopleTypeIt(t *testing.T) {
	for typed, want := range map[string][2]int{
		"9": {9, 0}, "9h": {9, 0}, "9 h 30": {9, 30}, "9\u202fh\u202f05": {9, 5}, "14:30": {14, 30}, "14.30": {14, 30}, "1430": {14, 30}, "00:00": {0, 0}, "23h59": {23, 59}, "14H": {14, 0},
	} {
		if h, m, ok := ParseHour(typed); !ok || h != want[0] || m != want[1] {
			t.Errorf("%q: %d:%d %t", typed, h, m, ok)
		}
	}
	for _, typed := range []string{"", "h", "24h", "9h60", "9h3", "-1h", "+9", "midi", "9h30h", "14:300", "٩"} {
		if h, m, ok := ParseHour(typed); ok {
			t.Errorf("%q is read as %d:%d", typed, h, m)
		}
	}
}

// On the days when clocks change, the skipped hour and the doubled one are said, and
// the hours around them are themselves. Seen to kill: one offset; a wall clock that is not looked at again.
func TestAnHourThatIsNotOneIsAnswered(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name, zone, typed string
		day               time.Time
		want              string // in UTC, or the sentence
	}{
		{"winter in Paris", "Europe/Paris", "9h", day(2026, 11, 23), "2026-11-23T08:00"},
		{"summer in Paris", "Europe/Paris", "9h", day(2026, 7, 1), "2026-07-01T07:00"},
		{"spring, before the change", "Europe/Paris", "1h59", day(2026, 3, 29), "2026-03-29T00:59"},
		{"spring, skipped", "Europe/Paris", "2h", day(2026, 3, 29), "fault.hour_skipped"},
		{"spring, skipped to its end", "Europe/Paris", "2h59", day(2026, 3, 29), "fault.hour_skipped"},
		{"spring, after the change", "Europe/Paris", "3h", day(2026, 3, 29), "2026-03-29T01:00"},
		{"spring, the working day", "Europe/Paris", "9h", day(2026, 3, 29), "2026-03-29T07:00"},
		{"autumn, before the change", "Europe/Paris", "1h59", day(2026, 10, 25), "2026-10-24T23:59"},
		{"autumn, twice", "Europe/Paris", "2h", day(2026, 10, 25), "fault.hour_twice"},
		{"autumn, twice to its end", "Europe/Paris", "2h59", day(2026, 10, 25), "fault.hour_twice"},
		{"autumn, after the change", "Europe/Paris", "3h", day(2026, 10, 25), "2026-10-25T02:00"},
		{"Réunion never changes", "Indian/Reunion", "2h30", day(2026, 3, 29), "2026-03-28T22:30"},
		{"Guadeloupe never changes", "America/Guadeloupe", "2h30", day(2026, 10, 25), "2026-10-25T06:30"},
		{"Nouméa is another day for Paris", "Pacific/Noumea", "9h", day(2026, 11, 23), "2026-11-22T22:00"},
		{"Tahiti, the evening", "Pacific/Tahiti", "20h", day(2026, 11, 23), "2026-11-24T06:00"},
		{"Saint-Pierre skips its own hour", "America/Miquelon", "2h30", day(2026, 3, 8), "fault.hour_skipped"},
		{"Saint-Pierre on the day of Paris", "America/Miquelon", "2h30", day(2026, 3, 29), "2026-03-29T04:30"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, err := At(tt.day, tt.typed, zone(t, tt.zone))
			got := time.Unix(int64(at)*60, 0).UTC().Format("2006-01-02T15:04")
			if err != nil {
				got = fault.As(err).Key
				if field := fault.As(err).Field; field != "hour" {
					t.Errorf("said at %q", field)
				}
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestADayHasItsOwnLength(t *testing.T) {
	for _, tt := range []struct {
		zone  string
		month time.Month
		day   int
		hours int
	}{
		{"Europe/Paris", 11, 23, 24}, {"Europe/Paris", 3, 29, 23}, {"Europe/Paris", 10, 25, 25}, {"Indian/Reunion", 3, 29, 24},
	} {
		from, to := Bounds(time.Date(2026, tt.month, tt.day, 0, 0, 0, 0, time.UTC), zone(t, tt.zone))
		if got := int(to-from) / 60; got != tt.hours {
			t.Errorf("%s on %d/%d: %d hours", tt.zone, tt.day, tt.month, got)
		}
	}
}
