// SPDX-License-Identifier: AGPL-3.0-or-later

// Package record holds the nouns: what is kept. It knows no clock, no key and
// no database.
package record

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
)

// ID is 128 random bits that name one thing of kind T. Random, so that a URL
// tells neither order nor date (doc/adr/0003).
type ID[T any] [16]byte

// Ref is an id whose kind stands beside it, in an Owner, a Recipient or a Target.
type Ref [16]byte

// ErrID is returned for a text that is not an id.
var ErrID = errors.New("record: not an id")

// Crockford-like lower-case alphabet: no letter that is read as a digit.
var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID returns a fresh random id.
func NewID[T any]() ID[T] {
	var id ID[T]
	_, _ = rand.Read(id[:]) // crypto/rand never fails: it stops the process instead
	return id
}

// ParseID reads the 26 characters printed by String.
func ParseID[T any](s string) (ID[T], error) {
	var id ID[T]
	b, err := idText.DecodeString(strings.ToLower(s))
	if err != nil || len(b) != len(id) {
		return ID[T]{}, ErrID
	}
	copy(id[:], b)
	if id.String() != strings.ToLower(s) { // trailing bits: one text per id
		return ID[T]{}, ErrID
	}
	return id, nil
}

// String returns 26 lower-case characters, safe in a URL.
func (id ID[T]) String() string { return idText.EncodeToString(id[:]) }

// IsZero reports whether id names nothing.
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// Ref drops the kind.
func (id ID[T]) Ref() Ref { return Ref(id) }

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// String returns 26 lower-case characters.
func (r Ref) String() string { return idText.EncodeToString(r[:]) }

// The ids, one type per noun.
type (
	OrganisationID = ID[Organisation]
	ServiceID      = ID[Service]
	MissionID      = ID[Mission]
	MemberID       = ID[Member]
	PersonID       = ID[Person]
	CaseID         = ID[Case]
	CircleID       = ID[Circle]
	ObjectID       = ID[Object]
	SlotID         = ID[Slot]
	SeatID         = ID[Seat]
	LockID         = ID[Lock]
	DraftID        = ID[Draft]
	EntryID        = ID[Entry]
	InvitationID   = ID[Invitation]
	AppointmentID  = ID[Appointment]
	FileID         = ID[File]
)

// Minute is a time in whole minutes since 1970, UTC: the finest time that the
// database shows in clear (secrecy.md §2bis). Zero means "never" or "always",
// as the field says.
type Minute int64
