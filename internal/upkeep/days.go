// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"time"

	"depositaire.org/depositaire/internal/record"
)

// KeptDays is how long a backup is kept: what was erased is gone when the last
// backup that knew it is that old (secrecy.md §9).
const KeptDays = 35

const secondsADay = 24 * 60 * 60

// DayOf returns the day of a time, without its hour.
func DayOf(t time.Time) record.Day { return record.Day(t.Unix() / secondsADay) } //nolint:gosec // until the year 11,761,191

// Date returns a day as a date.
func Date(d record.Day) time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// GoneOn returns the day on which what was erased on a day is in no backup any
// more: 35 days after the last that knew it, the day itself when none did.
func GoneOn(erased record.Day, backups []record.Day) record.Day {
	gone := erased
	for _, b := range backups {
		if b <= erased {
			gone = max(gone, b+KeptDays)
		}
	}
	return gone
}
