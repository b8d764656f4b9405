// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// SlotRow is one way of unlocking.
type SlotRow struct {
	ID     string
	Kind   string // passphrase, paper, passkey
	Made   time.Time
	Proved time.Time // when it last opened, zero if never
	Opens  bool      // false: this passkey identifies and opens nothing

	Label     confided.Text // what she calls this passkey
	MayRemove bool          // two others are proved
}

// DeviceRow is one known browser.
type DeviceRow struct {
	ID    string
	Class string // desk, phone; "" for one enrolled before classes were kept
	Since time.Time
	This  bool
}

// SessionRow is one session of mine, here or elsewhere.
type SessionRow struct {
	ID    string
	Since time.Time
	This  bool
}

// SecurityPage is GET /security. Its forms post to /security/passkey (with
// what a passkey answered to POST /security/passkey/options),
// /security/slots/{id}/remove, /security/devices/{id}/forget and
// /security/devices/forget,
// /security/sessions/{id}/end; its links go to /security/passphrase,
// /security/paper and /security/day-code.
type SecurityPage struct {
	web.Page
	Slots    []SlotRow
	Alone    bool      // one way only: a second is needed before Before
	Before   time.Time // the end of the first seven days
	DayCode  bool
	Devices  []DeviceRow
	Sessions []SessionRow
}

// FunctionRow is one function of a member.
type FunctionRow struct {
	Role    record.Role
	Service string // "" for the whole organisation
}

// MemberRow is one account.
type MemberRow struct {
	ID        string
	Name      string
	Login     string
	State     string // invited, active, closed
	Functions []FunctionRow
	Me        bool
	MayChange bool // its functions, and close it
}

// ServiceRow is one service.
type ServiceRow struct {
	ID        string
	Name      string
	Missions  []record.MissionCode
	Open      bool // the member decides for it
	Readers   int  // usual readers, the author apart; only where Open
	Emergency bool
	Ready     bool // somebody has enrolled there: its key is made
}

// AdministrationPage is GET /administration. Cancelling an invitation posts to
// /administration/invitations/{id}/cancel.
type AdministrationPage struct {
	web.Page
	Organisation string
	Officer      bool // the reader administers: she adds services and changes functions
	Services     []ServiceRow
	Members      []MemberRow
	Waiting      []InvitedRow
	Alarms       []AlarmRow // for who administers
}

// AlarmRow is one sentence about the machine and its backups, already in words.
type AlarmRow struct {
	Repair     bool // it asks to be repaired; else worth knowing
	Says, Next string
}

// ServicePage is GET and POST /administration/services/{id}: the usual readers
// of a new dossier and what a note starts with.
type ServicePage struct {
	web.Page
	ID        string
	Name      string
	Missions  []record.MissionCode
	Members   []Choice
	Ink       Ink
	Inks      []Ink
	Emergency bool
	Holders   []string
}

// MissionChoice is one mission that a service may take.
type MissionChoice struct {
	Code   record.MissionCode
	Chosen bool
}

// ServiceNamePage names a service and its missions: GET and POST
// /administration/services/new and /administration/services/{id}/name. Action is
// where it posts.
type ServiceNamePage struct {
	web.Page
	Action   string
	New      bool
	Name     string
	Has      []record.MissionCode // of a service that is there: they stay
	Missions []MissionChoice      // those it may take
}

// HeldFunction is one function of a member, and where it is ended.
type HeldFunction struct {
	FunctionRow
	End string
}

// MemberPage is one account and what she does: GET and POST
// /administration/members/{id}. It posts one function more: role and service.
type MemberPage struct {
	web.Page
	ID        string
	Name      string
	Login     string
	Functions []HeldFunction
	Role      record.Role // chosen
	Roles     []record.Role
	Services  []Choice
	Close     string // where the account is closed; "" for one's own
}

// EndingPage says what the end of a function, or of an account, brings, before
// anybody confirms: GET and POST /administration/members/{id}/close and
// /administration/members/{id}/functions/{function}/end. Alert says what must be
// done first; then there is nothing to confirm.
type EndingPage struct {
	web.Page
	Action    string
	Cancel    string
	Name      string
	FirstName string
	Close     bool // of the account
	Function  FunctionRow
	Leaves    bool // the service altogether
	Emergency bool // no emergency opening any more
	Left      []FunctionRow
	Cases     int // dossiers that will be closed to her
	Carries   int // dossiers without a referent then
	Alone     int // of an account: dossiers that nobody reads then
}
