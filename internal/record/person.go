// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// Person is a human known to a service; one record per person, never per
// family (S-30). Everything about her is sealed; this is what is left in clear.
type Person struct {
	ID PersonID
}

// Known says that a service knows a person: her Own key is wrapped to its Office.
type Known struct {
	Person  PersonID
	Service ServiceID
}

// Case is what a service opens with one or several people under a mission.
type Case struct {
	ID      CaseID
	Service ServiceID
	Mission MissionID
	Open    bool
	Persons []PersonID
}

// Answer is a way of not answering; each is a complete answer (S-35).
type Answer string

// The ways of answering a field.
const (
	AnswerGiven     Answer = ""         // a value, or nothing at all: not asked
	AnswerDeclined  Answer = "declined" // prefers not to answer
	AnswerUnwritten Answer = "known"    // known to the professional, not written
)

// NoteKind is what kind of encounter a note tells.
type NoteKind string

// The kinds of a note.
const (
	NoteInterview NoteKind = "interview"
	NoteCall      NoteKind = "call"
	NoteVisit     NoteKind = "visit"
	NoteLetter    NoteKind = "letter"
	NoteMeeting   NoteKind = "meeting"
	NoteProcedure NoteKind = "procedure"
	NoteOther     NoteKind = "other"
)

// NoteKinds lists every NoteKind in the order shown.
func NoteKinds() []NoteKind {
	return []NoteKind{NoteInterview, NoteCall, NoteVisit, NoteLetter, NoteMeeting, NoteProcedure, NoteOther}
}

// Origin says who says it (S-31).
type Origin string

// The origins of S-31.
const (
	OriginUnsaid   Origin = ""
	OriginPerson   Origin = "person"
	OriginThird    Origin = "third"
	OriginObserved Origin = "observed"
	OriginDocument Origin = "document"
	OriginAnalysis Origin = "analysis"
)

// Origins lists every Origin in the order shown.
func Origins() []Origin {
	return []Origin{OriginUnsaid, OriginPerson, OriginThird, OriginObserved, OriginDocument, OriginAnalysis}
}

// Nature is who somebody is to a person.
type Nature string

// The natures of a relation.
const (
	NaturePartner Nature = "partner"
	NatureChild   Nature = "child"
	NatureParent  Nature = "parent"
	NatureSibling Nature = "sibling"
	NatureOther   Nature = "other" // of the family, or living together
	NatureApart   Nature = "apart" // never the same half-day in the same place: no family
)

// Natures lists those of a family, in the order shown.
func Natures() []Nature {
	return []Nature{NaturePartner, NatureChild, NatureParent, NatureSibling, NatureOther}
}

// Inverse returns who she is to somebody who is n to her.
func (n Nature) Inverse() Nature {
	switch n {
	case NatureChild:
		return NatureParent
	case NatureParent:
		return NatureChild
	}
	return n
}

// ContactWay is one way of reaching a person.
type ContactWay string

// The ways.
const (
	WayCall   ContactWay = "call"
	WaySMS    ContactWay = "sms"
	WayLetter ContactWay = "letter"
	WayVoice  ContactWay = "voice" // a message left on a machine
)

// ContactWays lists every ContactWay in the order shown.
func ContactWays() []ContactWay { return []ContactWay{WayCall, WaySMS, WayLetter, WayVoice} }
