// SPDX-License-Identifier: AGPL-3.0-or-later

// Package signin says who is there: slots that open, browsers that are known,
// sessions lifted, veiled or over. Login is not unlock: what a session opens is
// the strong room's, and nothing here keeps a key between two requests
// (secrecy.md §4).
package signin

import (
	"context"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// How long things last (secrecy.md §4).
const (
	HalfTime    = 5 * time.Minute      // of a second half, from its last use
	IdleTime    = 4 * time.Hour        // of a session that nobody uses
	SessionTime = 13 * time.Hour       // of a session: a night and its handover
	DepositTime = 24 * time.Hour       // of an ended session, which takes drafts only
	DeviceTime  = 400 * 24 * time.Hour // of a device cookie: the longest that browsers keep
	touchEvery  = 15 * time.Second     // a use is noted at most this often
)

// DayCodeTries is how many wrong day codes end a session.
const DayCodeTries = 5

// errSignIn does not tell which part was wrong, nor whether the account exists.
var errSignIn = fault.New(fault.Refused, "fault.sign_in")

// Reader is what this room reads.
type Reader interface {
	Member(ctx context.Context, id record.MemberID) (record.Member, error)
	MemberByLogin(ctx context.Context, login string) (record.Member, error)
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
	SlotByCredential(ctx context.Context, credID []byte) (record.Slot, error)
	Device(ctx context.Context, hash [32]byte) (record.Device, error)
	Devices(ctx context.Context, m record.MemberID) ([]record.Device, error)
	Session(ctx context.Context, hash [32]byte) (record.Session, error)
	Sessions(ctx context.Context, m record.MemberID) ([]record.Session, error)
}

// Tx is what this room writes in a transaction, and reads again there where two
// requests may cross.
type Tx interface {
	sessionTx
	slotTx
}

type sessionTx interface {
	Session(ctx context.Context, hash [32]byte) (record.Session, error)
	Sessions(ctx context.Context, m record.MemberID) ([]record.Session, error)
	PutSession(ctx context.Context, s record.Session) error
	SetSession(ctx context.Context, s record.Session) error
	TouchSession(ctx context.Context, hash [32]byte, lastUse int64) error
	DropSession(ctx context.Context, hash [32]byte) error
	ExpireSessions(ctx context.Context, idleBefore, startedBefore, depositBefore int64) error
}

type slotTx interface {
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
	PutSlot(ctx context.Context, s record.Slot) error
	SetSlotProved(ctx context.Context, id record.SlotID, at record.Minute) error
	SetSlotCredential(ctx context.Context, id record.SlotID, credential []byte) error
	DropSlot(ctx context.Context, id record.SlotID) error
	PutDevice(ctx context.Context, d record.Device) error
	DropDevice(ctx context.Context, d record.Device) error
	DropDevices(ctx context.Context, m record.MemberID) error
}

// Tickets seal the few bytes that a passkey's ceremony carries from one request
// to the next, so that any node finishes what another began.
type Tickets interface {
	SealTicket(plain []byte) []byte
	OpenTicket(sealed []byte) ([]byte, error)
}

// Site is the address under which browsers know us: passkeys are bound to it.
type Site struct {
	Name   string // shown by the browser beside a passkey
	Domain string // "depositaire.example"
	Origin string // "https://depositaire.example"
}

// Room says who is there.
type Room struct {
	read    Reader
	write   func(context.Context, func(Tx) error) error
	strong  *strongroom.Room
	tickets Tickets
	keys    *webauthn.WebAuthn
	gate    *Gate
	now     func() time.Time
}

// New returns the door over a store and its strong room. gate admits what costs
// a passphrase. fault.Invalid for a site that no passkey can be bound to.
func New(read Reader, write func(context.Context, func(Tx) error) error, strong *strongroom.Room, tickets Tickets, site Site, gate *Gate, now func() time.Time) (*Room, error) {
	keys, err := webauthn.New(&webauthn.Config{
		RPID: site.Domain, RPDisplayName: site.Name, RPOrigins: []string{site.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: ticketTime},
			Registration: webauthn.TimeoutConfig{Timeout: ticketTime},
		},
	})
	if err != nil {
		return nil, fault.Because(fault.Invalid, err)
	}
	return &Room{read: read, write: write, strong: strong, tickets: tickets, keys: keys, gate: gate, now: now}, nil
}

func (r *Room) minute() record.Minute { return record.Minute(r.now().Unix() / 60) }

// refused notes a refusal in the house journal and returns errSignIn. The actor
// is the account that was tried, zero when there is none of that name; the host
// signs, because nobody is unlocked.
func (r *Room) refused(ctx context.Context, tried record.MemberID, d journal.Device) error {
	err := r.strong.Note(ctx, nil, journal.Body{
		Act: journal.Locked, Purpose: journal.ForHouse, Actor: tried, Device: d, Refusal: fault.Refused.String(),
	})
	if err != nil {
		return err
	}
	return errSignIn
}

// Slowed notes in the house journal that a session of a member asked for pages
// faster than people read. The host signs: it is not something she did.
func (r *Room) Slowed(ctx context.Context, m record.MemberID, d journal.Device) error {
	return r.strong.Note(ctx, nil, journal.Body{
		Act: journal.Slowed, Purpose: journal.ForHouse, Actor: m, Device: d, Refusal: fault.TooMany.String(),
	})
}

// Contradicted notes in the house journal that a member's browser remembers a
// journal that this one does not follow from. The host signs: she did nothing.
func (r *Room) Contradicted(ctx context.Context, m record.MemberID, d journal.Device) error {
	return r.strong.Note(ctx, nil, journal.Body{Act: journal.Contradicted, Purpose: journal.ForHouse, Actor: m, Device: d})
}

// withheld reports whether a row is not there.
func withheld(err error) bool { return fault.KindOf(err) == fault.Withheld }

// at moves a fault to the field of the form that asked.
func at(field string, err error) error {
	if f := fault.As(err); f.Field != "" {
		return fault.Field(field, f.Sentence())
	}
	return err
}
