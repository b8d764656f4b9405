// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// Day is the appointments of one day, as its reader sees them: her own, or the whole
// house's for who holds the desk.
type Day struct {
	Rows    []AppointmentRow
	Today   bool
	MayGive bool
	Date    string // of the form that gives one
	Before  string // the paths of the days around it
	After   string
}

// Coming counts the appointments that are not cancelled.
func (d Day) Coming() int {
	n := 0
	for i := range d.Rows {
		if d.Rows[i].Presence != record.Cancelled {
			n++
		}
	}
	return n
}

// AppointmentRow is one appointment of a list.
type AppointmentRow struct {
	ID         string
	Start      time.Time
	Minutes    int
	Name       confided.Text
	PersonID   string // empty: without a file
	Medium     record.Medium
	Spot       confided.Text
	Presence   record.Presence
	With       string // whose it is, when it is not the reader's
	MayNote    bool
	MayReceive bool // without a file: she may be received, under the name she gave
	MayMark    bool
	Desk       bool // the reader holds the desk: what she may say is shown at once
}

// Off reports whether nobody is expected any more.
func (a AppointmentRow) Off() bool {
	return a.Presence == record.Cancelled || a.Presence == record.Excused
}

// Marks lists what may be said of who comes, but what is said already.
func (a AppointmentRow) Marks() []record.Presence {
	if !a.MayMark || a.Presence == record.Cancelled {
		return nil
	}
	var all []record.Presence
	for _, p := range record.Presences() {
		if p != a.Presence && (a.Desk || p != record.Arrived) && (!a.Desk || p != record.Came) {
			all = append(all, p)
		}
	}
	return all
}

// Told reports whether the buttons are folded: something was said, or it is hers and
// noting comes first.
func (a AppointmentRow) Told() bool { return !a.Desk || a.Presence != record.Expected }

// AgendaPage is GET /agenda/{date}.
type AgendaPage struct {
	web.Page
	Day     time.Time
	Agenda  Day
	Awaited []AwaitedRow
}

// AppointmentPage gives an appointment, GET and POST /appointments/new and
// /persons/{id}/appointments/new, or shows one to move it: GET and POST
// /appointments/{id}.
type AppointmentPage struct {
	web.Page
	ID         string
	Action     string
	Cancel     string
	Version    string // of the words shown; empty: a new one
	Name       confided.Text
	WithPerson bool
	Reaching   Reaching // what is told before she is reached; zero when her file is not open
	NoVoice    bool
	Services   []Choice
	Colleagues []Choice
	TypedDay   string
	TypedHour  string
	Length     int
	Lengths    []int
	Medium     record.Medium
	Mediums    []record.Medium
	Spot       confided.Text
	Presence   record.Presence
	Readers    []string // the services whose members read it
}

// Off reports whether the appointment is cancelled.
func (page *AppointmentPage) Off() bool { return page.Presence == record.Cancelled }
