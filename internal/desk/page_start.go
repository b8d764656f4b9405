// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// StartNamePage is the first screen of an empty house: GET and POST /start.
type StartNamePage struct {
	web.Page
	Step         Step
	Organisation string
	Name         string
	Login        string
}

// Envelope is one sealed envelope: the seat's long code, the share of the
// organisation's root that it also keeps, and the word read through the window
// once a year.
type Envelope struct {
	Number       int
	Code         string
	RootShare    string // "" in the DPO's
	Control      string
	DPO          bool
	Organisation string
	Made         time.Time
}

// EnvelopesPage prints envelopes: GET /start/envelopes and /start/dpo. It posts
// to Action when they are printed.
type EnvelopesPage struct {
	web.Page
	Step      Step
	Action    string
	DPO       bool
	Envelopes []Envelope
}

// ControlsPage asks for the control words of the printed envelopes: POST
// /start/controls and /start/dpo-control.
type ControlsPage struct {
	web.Page
	Step   Step
	Action string
	Print  string // back to the envelopes
	DPO    bool
}

// ServiceDraft is one service being named.
type ServiceDraft struct {
	Name    string
	Mission record.MissionCode
}

// StartServicesPage is GET and POST /start/services. Services has one entry per
// line shown; fields service and mission come as many times.
type StartServicesPage struct {
	web.Page
	Step     Step
	Services []ServiceDraft
	Missions []record.MissionCode
	Roles    []record.Role
	Role     record.Role // the starter's own, in the first service
}

// InvitedRow is an invitation that is waiting.
type InvitedRow struct {
	ID      string
	Name    string
	Role    record.Role
	Service string
	Until   time.Time
}

// InvitePage invites a colleague: /start/invitations and
// /administration/invitations.
type InvitePage struct {
	web.Page
	Step     Step
	ID       string // of the slip to be: posted twice, one colleague is invited
	Action   string
	Finish   string // where one goes when nobody is left to invite
	Name     string
	Role     record.Role
	Roles    []record.Role // in a service
	House    []record.Role // in the house alone: rarer, folded
	Regime   record.Regime
	Regimes  []record.Regime
	Services []Choice
	Waiting  []InvitedRow
}

// SlipPage shows the code of one invitation, once, to be printed and handed
// over.
type SlipPage struct {
	web.Page
	Step    Step
	Name    string
	Role    record.Role
	Service string
	Inviter string
	Address string // of the site, as people type it
	Code    string
	Until   time.Time
	More    string // invite somebody else
	Finish  string
}

// StartDonePage ends the first start: GET /start/done.
type StartDonePage struct {
	web.Page
	Organisation string
	Works        bool // carries cases: may write a note
}

// Nth returns the rank shown for the service at index i.
func (p *StartServicesPage) Nth(i int) int { return i + 1 }
