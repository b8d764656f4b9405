// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// Appointment is when a member expects somebody. Its words are an object of the
// same id: of the person, or of the service when there is no file (P-03).
type Appointment struct {
	ID      AppointmentID
	Service ServiceID
	Member  MemberID
	Person  PersonID // zero: without a file
	Start   Minute
	Length  uint32 // minutes
	Presence
}

// Words names the object that keeps an appointment's words.
func (a Appointment) Words() ObjectID { return ObjectID(a.ID) }

// End is when an appointment is over.
func (a Appointment) End() Minute { return a.Start + Minute(a.Length) }

// Presence is what became of an appointment: an answer code of secrecy.md §2bis.
type Presence uint8

// The presences. The numbers are part of the byte format (doc/format.md).
const (
	Expected Presence = iota
	Arrived           // at the desk, and waiting
	Came
	Missed
	Excused
	Cancelled
)

var presences = [...]string{Expected: "expected", Arrived: "arrived", Came: "came", Missed: "missed", Excused: "excused", Cancelled: "cancelled"}

// String returns the presence's English word, used in forms and catalogue keys.
func (p Presence) String() string {
	if int(p) < len(presences) {
		return presences[p]
	}
	return ""
}

// Presences lists what may be said of somebody who was expected, in the order shown.
func Presences() []Presence { return []Presence{Arrived, Came, Missed, Excused} }

// Medium is how people meet.
type Medium string

// The ways of meeting.
const (
	AtOffice Medium = "office"
	AtHome   Medium = "home"
	ByPhone  Medium = "phone"
	ByVideo  Medium = "video"
	Outside  Medium = "outside"
)

// Mediums lists every Medium in the order shown.
func Mediums() []Medium { return []Medium{AtOffice, AtHome, ByPhone, ByVideo, Outside} }

// Note is the kind of note that such a meeting makes.
func (m Medium) Note() NoteKind {
	switch m {
	case AtHome:
		return NoteVisit
	case ByPhone:
		return NoteCall
	}
	return NoteInterview
}
