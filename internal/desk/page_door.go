// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// SigninPage is GET /signin; it posts to /signin, or to /signin/passkey with
// what a passkey answered to POST /signin/passkey/options.
type SigninPage struct {
	web.Page
	Login     string
	NewDevice bool   // this browser is not known: the paper code is asked too
	Lost      bool   // it is known and did not open: the paper code may help
	Back      string // the path to go to afterwards, "" for today
}

// Present is one session of this browser.
type Present struct {
	Number    int
	FirstName string
}

// VeilPage is GET /lift?session=N; it posts to /lift, or to /lift/passkey with
// what a passkey answered to POST /lift/passkey/options. Its Page.Member stays
// empty: a veiled page has no header.
type VeilPage struct {
	web.Page
	Chosen  Present   // the session to lift; its number is also Page.Session
	Others  []Present // the other sessions of this browser
	DayCode bool      // the chosen session has a day code
	Passkey bool      // the chosen member has a passkey
	Kept    bool      // what was typed was kept as a draft
	Back    string
}

// EndedPage says that a session ended, and what became of what was typed.
type EndedPage struct {
	web.Page
	Kept bool
	Back string
}

// InvitationPage is GET and POST /invitation: the code of the slip. Addresses
// carry no code.
type InvitationPage struct {
	web.Page
}

// EnrolPage is GET and POST /invitation/identity: is this you?
type EnrolPage struct {
	web.Page
	Step    Step
	Name    string
	Role    record.Role
	Service string
	Inviter string
	Login   string
	Carried []Carried
}

// Carried is an answer of an earlier screen, posted again with this one: nothing
// is kept before there is somebody to keep it for.
type Carried struct{ Name, Value string }

// PassphrasePage asks for a new passphrase: at the start (/start/passphrase),
// at enrolment (/invitation/passphrase), and from Ma sécurité
// (/security/passphrase).
type PassphrasePage struct {
	web.Page
	Step    Step
	Action  string
	Cancel  string // "" where one cannot go back
	Offered string // five or six French words
	Carried []Carried
}

// PaperCodePage shows a paper code once and asks to type it back.
type PaperCodePage struct {
	web.Page
	Step   Step
	Action string
	Code   string
	Name   string // of the member, printed beside the code
	Made   time.Time

	Organisation string
	Address      string // of the site, as people type it
}

// PasskeyMorePage asks for one more touch of a passkey that gives its secret only
// when it is used. It posts to /security/passkey.
type PasskeyMorePage struct {
	web.Page
	Options string // what the browser asks the passkey, as JSON
	Label   confided.Text
}

// DayCodePage is GET and POST /security/day-code: offered when a veil was
// lifted for the first time of the day, and from Ma sécurité.
type DayCodePage struct {
	web.Page
	Back string
}

// WelcomePage is GET and POST /welcome/{service}/{member}: a colleague adds in
// one click what the inviter did not hold.
type WelcomePage struct {
	web.Page
	ID        string
	FirstName string
	Name      string
	Role      record.Role
	Service   string
}

// ConfirmPage asks once more before an act that cannot be undone.
type ConfirmPage struct {
	web.Page
	What    string // key under "confirm.title.", "confirm.sentence.", "confirm.button."
	Subject string // a member's, a service's or a passkey's name, never a person's
	Action  string
	Cancel  string
}
