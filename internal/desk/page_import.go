// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/web"
)

// ListRow is a list of persons that a member gave: it waits, or was received.
type ListRow struct {
	ID       string
	At       time.Time
	Waits    bool
	Lines    int // of a list that waits
	Received int // persons who can still be taken back
	Until    time.Time
}

// ImportsPage is GET and POST /imports: give a list, and what became of others.
type ImportsPage struct {
	web.Page
	Services []Choice
	Typed    confided.Text // the list, as it was pasted
	Lists    []ListRow
}

// RemarkRow is a cell that is not taken, and why.
type RemarkRow struct{ Field, Key string }

// ImportRow is one line of a list.
type ImportRow struct {
	Line      int
	Name      confided.Text
	Birth     time.Time
	Age       int
	Outcome   exchange.Outcome
	Of        int // the line that it repeats
	OfName    confided.Text
	SamePhone confided.Text // who has the same telephone
	PhoneLine int
	Remarks   []RemarkRow
	Known     bool        // it resembles somebody whom the service knows
	Near      []PersonRow // who that is, but in a list that repeats too many
}

// Told reports whether a line has something to decide or to know.
func (r ImportRow) Told() bool {
	return r.Alike() || r.Refused() || len(r.Remarks) > 0 || r.PhoneLine > 0
}

// Alike reports whether the line seems to repeat another, or a known person.
func (r ImportRow) Alike() bool { return r.Outcome == exchange.Alike }

// Refused reports whether the line cannot be received.
func (r ImportRow) Refused() bool { return r.Outcome == exchange.Refused }

// ImportPage is GET /imports/{list}: what a list would bring, before anything is kept.
type ImportPage struct {
	web.Page
	ID                    string
	Fresh, Alike, Refused int
	Taken                 []exchange.Column
	Left                  []string
	Told, Rows            []ImportRow // those with something to say; the others
}
