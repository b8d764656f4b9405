// SPDX-License-Identifier: AGPL-3.0-or-later

// Package policy says who may do what to which thing, because of what. Pure
// functions: no key, no clock, no database. The zero Decision refuses.
//
// Policy comes before keys and adds to them: with all of it compiled out
// (-tags nopolicy), keys alone still refuse every case, reserved, shared and
// foreign object (secrecy.md §10).
package policy

import (
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Operation is what somebody wants to do.
type Operation uint8

// The operations.
const (
	Nothing      Operation = iota // the zero value is allowed to nobody
	ListPersons                   // see the persons that one's services know
	CreatePerson                  // receive somebody in a service
	ReadPerson                    // see a person's identity and contact
	EditPerson
	OpenCase     // open a case oneself: the first note does
	AssignCase   // open a case for a colleague: name its referent
	ReadCase     // open a case
	WriteNote    // add to a case
	CorrectNote  // a further version of one's own note
	WidenNote    // let a colleague read one note
	NarrowNote   // leave a note to fewer readers
	MoveNote     // to another case
	AdmitToCase  // let a colleague read a case
	EndInCase    // end a colleague's place in a case
	NameReferent // among the readers of a case
	SeeReaders   // who can read, who has read
	Invite       // a colleague
	Welcome      // give a newcomer the keys of a service
	Administer   // services, members, functions

	SeeAgenda       // of one's services, as far as it is one's own or the desk's
	GiveAppointment // give, see, move and cancel one, in a service
	MarkPresence    // say that somebody came, or did not

	CountEncounter // count, in a service, an encounter that names nobody

	ChangeSettings // of a service
)

// Subject is what the operation is about, as far as policy needs to know.
type Subject struct {
	Service  record.ServiceID // whose service: of the case, of the person received, of the setting
	Knows    bool             // a service of the actor knows the person, or a case of hers concerns the person
	Reads    bool             // the actor reads the case circle, by the fold of its chain
	Holds    bool             // the actor holds something of the case
	Referent record.MemberID
	Author   record.MemberID // of the note; of an appointment, whose it is
	Role     record.Role     // the role given by an invitation
}

// Decision is an answer and its reason.
type Decision struct {
	allowed bool
	because string
}

// Allowed reports whether the operation may be done.
func (d Decision) Allowed() bool { return d.allowed }

// Because returns the word for the reason, for tests and logs.
func (d Decision) Because() string { return d.because }

// Err returns nil when allowed. What one may not see is withheld: it looks the
// same as what does not exist. What one may see but not do is refused.
func (d Decision) Err() error {
	if d.allowed {
		return nil
	}
	if d.because == unseen {
		return fault.New(fault.Withheld, "")
	}
	return fault.New(fault.Refused, "fault.not_yours")
}

const unseen = "not hers to see"

func yes(because string) Decision { return Decision{true, because} }
func no(because string) Decision  { return Decision{false, because} }

func when(ok bool, because, otherwise string) Decision {
	if ok {
		return yes(because)
	}
	return no(otherwise)
}
