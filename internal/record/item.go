// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// ItemKind says what an object is, once opened. It is sealed with the words.
type ItemKind string

// The kinds of items.
const (
	ItemIdentity ItemKind = "identity" // of a person, in Own: name or alias, birth, language
	ItemContact  ItemKind = "contact"  // of a person, in Own: how to reach her safely
	ItemRelation ItemKind = "relation" // of a person, in Own: who somebody is to her
	ItemAddress  ItemKind = "address"  // of a person, in Own: where she can be written to, apart from the rest (S-41)
	ItemNote     ItemKind = "note"
	ItemStub     ItemKind = "stub"    // what stays where a note was moved away from
	ItemSetting  ItemKind = "setting" // of a service, in its Office
	ItemDocument ItemKind = "document"
	ItemRemoved  ItemKind = "removed" // what stays of a document that was taken away

	ItemAppointment ItemKind = "appointment" // of a person, in Counter; of a service without a file, in Office
)

// Tag names a field of an item. The numbers are part of the byte format: never
// reuse one.
type Tag uint16

// The tags.
const (
	TagText        Tag = 1  // the words
	TagNoteKind    Tag = 2  // a NoteKind
	TagOrigin      Tag = 3  // an Origin
	TagDay         Tag = 4  // the date of the fact, 2006-01-02
	TagMinutes     Tag = 5  // how long it lasted
	TagName        Tag = 10 // what to call the person by
	TagFamilyName  Tag = 11
	TagBirth       Tag = 12 // 2006-01-02, 2006-01, 2006, or an age as "38@2026"
	TagPhone       Tag = 13
	TagLanguage    Tag = 14
	TagSafeContact Tag = 15 // how to reach her without risk; absent: not asked
	TagNoVoicemail Tag = 16 // "1": no voice message
	TagEmail       Tag = 17
	TagReference   Tag = 18 // her number in the software that she came from
	TagAnswers     Tag = 20 // the fields answered otherwise than by a value (S-35)
	TagStreet      Tag = 21
	TagComplement  Tag = 22
	TagPostcode    Tag = 23
	TagTown        Tag = 24
	TagReaders     Tag = 30 // of a setting: the members named when a dossier opens
	TagDefaultInk  Tag = 31 // of a setting: the ink a note starts with
	TagMovedBy     Tag = 40 // of a stub
	TagMedium      Tag = 50 // of an appointment: a Medium
	TagSpot        Tag = 51 // of an appointment: where
	TagTitle       Tag = 80 // of a document
	TagMedia       Tag = 81 // its type, found in its bytes
	TagFile        Tag = 82 // which file
	TagLength      Tag = 83 // of the file, in bytes
	TagBeside      Tag = 84 // the note that it stands beside; absent: none
	TagWhy         Tag = 85 // of a removed one: for what reason
	TagPaper       Tag = 60 // of the codes kept until they are typed back (doc/adr/0009)
	TagEnvelopes   Tag = 61
	TagPlace       Tag = 70 // of a draft: the path that its form posts to
	TagForm        Tag = 71 // of a draft: its answers, as a browser sends them
	TagSheet       Tag = 73 // a list of persons that waits to be received, as it was given
	TagReceived    Tag = 74 // the persons received from a list, while that can be undone
	TagService     Tag = 75 // of a list: the service that receives
	TagCode        Tag = 72 // of an invitation, until its slip was handed over
	TagNature      Tag = 80 // of a relation: a Nature, of the other to her
	TagSince       Tag = 81 // as TagBirth, without an age
	TagUntil       Tag = 82
	TagCustody     Tag = 83 // words about where a child lives, and when
	TagTwin        Tag = 84 // what the two sides of a relation have in common
	TagWays        Tag = 86 // of contact: the ContactWays she accepts
	TagHours       Tag = 87 // when
	TagAnswerer    Tag = 88 // who else may answer
	TagIfOther     Tag = 89 // what to say to who else answers
	TagAsked       Tag = 90 // the day it was asked; absent: to be asked
	TagDied        Tag = 91 // of identity, as TagBirth: from then on no message
	TagMerged      Tag = 92 // of identity: since which day another record is hers too; its persons say which
	TagCalled      Tag = 85 // of a relation that must open nothing of the other: what the other was called then
)

// ReadDay is a day as the marks keep it: days since 1970, never an hour.
type ReadDay uint32
