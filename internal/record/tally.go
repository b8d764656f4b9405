// SPDX-License-Identifier: AGPL-3.0-or-later

package record

import "time"

// Month is a month of the calendar: twelve times the year, and the month from 0.
type Month int32

// MonthOf returns the month of an instant, on its own clock.
func MonthOf(t time.Time) Month { return Month(t.Year()*12 + int(t.Month()) - 1) } //nolint:gosec // until the year 178,956,970

// Counted is a kind of act that is counted.
type Counted string

// FirstConversation is a first conversation with somebody who gave no name (S-37).
const FirstConversation Counted = "first_conversation"

// Theme is what an encounter was about, in a closed list.
type Theme string

// Themes, in the order shown. Not asked and preferring not to say are complete
// answers (T-11).
const (
	ThemeUnasked  Theme = "unasked"
	ThemeDeclined Theme = "declined"
	ThemeHousing  Theme = "housing"
	ThemeMoney    Theme = "money"
	ThemeRights   Theme = "rights"
	ThemeFood     Theme = "food"
	ThemeHealth   Theme = "health"
	ThemeFamily   Theme = "family"
	ThemeSafety   Theme = "safety"
	ThemeWork     Theme = "work"
	ThemeMobility Theme = "mobility"
	ThemeOnline   Theme = "online"
	ThemeOther    Theme = "other"
)

// Themes lists every Theme in the order shown.
func Themes() []Theme {
	return []Theme{
		ThemeUnasked, ThemeDeclined, ThemeHousing, ThemeMoney, ThemeRights, ThemeFood, ThemeHealth, ThemeFamily,
		ThemeSafety, ThemeWork, ThemeMobility, ThemeOnline, ThemeOther,
	}
}

// Fact is one act as statistics know it (T-10): no person, no member, no day.
type Fact struct {
	Service ServiceID
	Month   Month
	Act     Counted
	Medium  Medium
	Theme   Theme
}
