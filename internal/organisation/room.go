// SPDX-License-Identifier: AGPL-3.0-or-later

// Package organisation is the house itself: its founding, its services and
// their missions, its members, the invitations that bring them, and the
// settings of a service. It decides who comes in and who leaves; what keys they
// get is the strong room's.
package organisation

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what this room reads.
type Reader interface {
	houseReader
	memberReader
	keyReader
}

type houseReader interface {
	Organisation(ctx context.Context) (record.Organisation, error)
	Services(ctx context.Context) ([]record.Service, error)
	Service(ctx context.Context, id record.ServiceID) (record.Service, error)
	Missions(ctx context.Context, s record.ServiceID) ([]record.Mission, error)
	ServiceFunctions(ctx context.Context, s record.ServiceID) ([]record.Function, error)
	Seats(ctx context.Context) ([]record.Seat, error)
}

type memberReader interface {
	Members(ctx context.Context) ([]record.Member, error)
	Member(ctx context.Context, id record.MemberID) (record.Member, error)
	MemberByLogin(ctx context.Context, login string) (record.Member, error)
	Functions(ctx context.Context, m record.MemberID) ([]record.Function, error)
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
	Invitation(ctx context.Context, code [32]byte) (record.Invitation, error)
	Invitations(ctx context.Context) ([]record.Invitation, error)
	Draft(ctx context.Context, id record.DraftID, m record.MemberID) (record.Draft, error)
}

type keyReader interface {
	Circles(ctx context.Context, o record.Owner) ([]record.Circle, error)
	Wraps(ctx context.Context, c record.CircleID) ([]record.Wrap, error)
	Settings(ctx context.Context, s record.ServiceID) ([]record.Object, error)
}

// Tx is what this room writes in a transaction.
type Tx interface {
	strongroom.Tx
	houseWriter
	memberWriter
}

type houseWriter interface {
	PutOrganisation(ctx context.Context, o record.Organisation) error
	PutService(ctx context.Context, s record.Service) error
	SetService(ctx context.Context, s record.Service) error
	PutMission(ctx context.Context, m record.Mission) error
	PutSeat(ctx context.Context, s record.Seat) error
	SetSeat(ctx context.Context, s record.Seat) error
}

type memberWriter interface {
	PutMember(ctx context.Context, m record.Member) error
	SetMember(ctx context.Context, m record.Member) error
	PutFunction(ctx context.Context, f record.Function) error
	DropFunction(ctx context.Context, f record.Function) error
	PutInvitation(ctx context.Context, i record.Invitation) error
	DropInvitation(ctx context.Context, id record.InvitationID) error
	slotWriter
	leaver
}

type slotWriter interface {
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
	PutSlot(ctx context.Context, s record.Slot) error
	SetSlotProved(ctx context.Context, id record.SlotID, at record.Minute) error
	DropSlot(ctx context.Context, id record.SlotID) error
}

// leaver ends what a member who leaves had, beside her slots.
type leaver interface {
	Invitation(ctx context.Context, code [32]byte) (record.Invitation, error)
	Functions(ctx context.Context, m record.MemberID) ([]record.Function, error)
	Drafts(ctx context.Context, m record.MemberID) ([]record.Draft, error)
	DropDevices(ctx context.Context, m record.MemberID) error
	DropWrapsTo(ctx context.Context, to record.Recipient) error
	DropSessions(ctx context.Context, m record.MemberID) error
}

// Room is the house of one organisation.
type Room struct {
	read   Reader
	write  func(context.Context, func(Tx) error) error
	strong *strongroom.Room
	host   *strongroom.Host
	now    func() time.Time
}

// New returns the house over a store and its strong room. host says which
// organisation it is.
func New(read Reader, write func(context.Context, func(Tx) error) error, strong *strongroom.Room, host *strongroom.Host, now func() time.Time) *Room {
	return &Room{read: read, write: write, strong: strong, host: host, now: now}
}

func (r *Room) minute() record.Minute { return record.Minute(r.now().Unix() / 60) }

// do prepares an act of the strong room and commits it with rows of this room,
// in one transaction.
func (r *Room) do(ctx context.Context, by *strongroom.Unlocked, prepare func(*strongroom.Act) error, rows func(Tx) error) error {
	return r.strong.Do(ctx, by, prepare, func(ctx context.Context, a *strongroom.Act) error {
		return r.write(ctx, func(tx Tx) error {
			return steps(func() error { return rows(tx) }, func() error { return a.Apply(ctx, tx) })
		})
	})
}

// steps runs each step until one fails.
func steps(all ...func() error) error {
	for _, step := range all {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each runs f on every element until one fails.
func each[T any](all []T, f func(T) error) error {
	for _, one := range all {
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

func may(by *strongroom.Unlocked, op policy.Operation, s policy.Subject) error {
	return policy.Decide(by.Actor(), op, s).Err()
}

// longest is the longest name that a form accepts, in characters.
const longest = 200

// line reads a name typed in a form, or notes a fault at its field.
func line(faults *fault.Fields, field, typed string) string {
	s := strings.TrimSpace(typed)
	switch {
	case s == "":
		faults.Add(field, "field."+field+".missing")
	case utf8.RuneCountInString(s) > longest:
		faults.Add(field, "form.too_long")
	}
	return s
}

// Login is how a sign-in name is kept and compared: lower case, without spaces
// around it.
func Login(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// login reads a sign-in name: one word.
func login(faults *fault.Fields, typed string) string {
	s := Login(typed)
	if s == "" || utf8.RuneCountInString(s) > longest || strings.ContainsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }) {
		faults.Add("login", "field.login.missing")
	}
	return s
}

// scratchpad is the circle that every account starts with: its owner's own key.
func scratchpad(m record.MemberID) record.Circle {
	return record.Circle{ID: record.NewID[record.Circle](), Kind: record.Scratchpad, Owner: record.OwnerOf(record.OwnerMember, m), Epoch: 1}
}

// typed marks a passphrase slot as proved when it is made: its owner has just
// typed it. A paper code is proved when it is typed back (secrecy.md §5, I3).
func typed(all []record.Slot) []record.Slot {
	out := make([]record.Slot, len(all))
	for i, s := range all {
		if s.Kind == record.SlotPassphrase {
			s.Proved = s.Made
		}
		out[i] = s
	}
	return out
}
