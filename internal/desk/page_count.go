// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// CountPage is GET and POST /conversations/new: a first conversation without a name.
type CountPage struct {
	web.Page
	Services []Choice
	Medium   record.Medium
	Mediums  []record.Medium
	Theme    record.Theme
	Themes   []record.Theme
}

// CountedPage is GET /conversations/{search}: what was counted, and for ten minutes
// the way to take it back.
type CountedPage struct {
	web.Page
	ID      string
	Service string
	Medium  record.Medium
	Theme   record.Theme
	Times   int // this month, in that service
	Over    bool
}
