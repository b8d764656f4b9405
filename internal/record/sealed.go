// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// OwnerKind says what kind of thing owns a circle, an object or a chain.
type OwnerKind uint8

// The owners. The numbers are part of the byte format (doc/format.md).
const (
	OwnerOrganisation OwnerKind = iota + 1
	OwnerService
	OwnerPerson
	OwnerCase
	OwnerMember
)

// Owner is what a circle, an object or a chain belongs to.
type Owner struct {
	Kind OwnerKind
	ID   Ref
}

// OwnerOf returns the owner of kind k named id.
func OwnerOf[T any](k OwnerKind, id ID[T]) Owner { return Owner{Kind: k, ID: id.Ref()} }

// CircleKind is one of the kinds of readers of secrecy.md §2.
type CircleKind uint8

// The circles. The numbers are part of the byte format (doc/format.md).
const (
	Office       CircleKind = iota + 1 // one per service
	Own                                // one per person: name, contact and its safety rules
	Counter                            // one per person and service: what reception may know
	CaseCircle                         // the members of the case
	Reserved                           // per case and author
	Shared                             // per person of the case: she reads too
	Scratchpad                         // the author's own key
	HerJournal                         // one per person and service: who looked
	HouseJournal                       // one per organisation: acts without a person or an unlocked actor
	Emergency                          // one per service: the emergency key (secrecy.md §6)
)

// Circle is a set of readers with its own key. Owner is the service for an
// Office and an Emergency, the person for Own, Counter and HerJournal, the case
// for CaseCircle, Reserved and Shared, the member for a Scratchpad, the
// organisation for the HouseJournal.
type Circle struct {
	ID      CircleID
	Kind    CircleKind
	Owner   Owner
	Service ServiceID // of a Counter and a HerJournal; zero elsewhere
	Member  MemberID  // the author of a Reserved; zero elsewhere
	Person  PersonID  // of a Shared; zero elsewhere
	Epoch   uint32    // the current epoch, from 1
}

// Epoch is one generation of a circle's key.
type Epoch struct {
	Circle CircleID
	Number uint32
	Public []byte // the public half, for circles that take deposits; else empty
	Check  []byte // 32 bytes, a one-way print of the key: with Public it gives the chain's commitment
	Back   []byte // the key of the epoch before, sealed under this one; empty when there is none or it was not held
}

// RecipientKind says what a wrap or a grant is made to.
type RecipientKind uint8

// The recipients. The numbers are part of the byte format (doc/format.md).
const (
	ToMember RecipientKind = iota + 1
	ToCircle
	ToLock
	ToSeat
	ToCode // the holder of an invitation's code, until enrolled
)

// Recipient is who a wrap or a grant is made to.
type Recipient struct {
	Kind RecipientKind
	ID   Ref
}

// RecipientOf returns the recipient of kind k named id.
func RecipientOf[T any](k RecipientKind, id ID[T]) Recipient { return Recipient{Kind: k, ID: id.Ref()} }

// WrapForm says how a key was sealed.
type WrapForm uint8

// The forms of a wrap.
const (
	WrapHybrid WrapForm = iota + 1 // HPKE, MLKEM768-X25519: made for someone absent
	WrapOwn                        // under the recipient's own symmetric key: about 100 bytes
)

// Wrap is a key sealed to one recipient: the key of a circle's epoch, or of one
// object granted alone (then Object is set and Epoch is zero).
type Wrap struct {
	Circle    CircleID
	Object    ObjectID
	Recipient Recipient
	Epoch     uint32
	Form      WrapForm
	Sealed    []byte
}

// Object is anything sealed under a key of its own: an identity, a note, a
// setting. Its key is kept across its versions.
type Object struct {
	ID    ObjectID
	Owner Owner
	Order uint32 // from 1, among the objects of its owner: what the journal names
}

// Slip puts an object into a circle: the object's key sealed under the circle's.
type Slip struct {
	Object ObjectID
	Circle CircleID
	Epoch  uint32
	Sealed []byte
}

// Version is one sealed text of an object.
type Version struct {
	Object ObjectID
	Number uint32 // from 1
	Minute Minute // when written
	Sealed []byte
}

// File is the sealed content of a document, kept outside the database: what the
// database knows of it.
type File struct {
	ID     FileID
	Object ObjectID // under whose key it is sealed
	Size   int64    // of the ciphertext: padded
	Digest [32]byte // SHA-256 of the ciphertext
}

// Piece is an object with its newest version and the slips that put it into
// circles.
type Piece struct {
	Object
	Version Version
	Slips   []Slip
}

// Named is what keeps a part of a person's name or of how to reach her: an object
// of hers, its slip in her own circle, and that circle's key wrapped to an Office.
type Named struct {
	Person  PersonID
	Object  ObjectID
	Order   uint32
	Version Version
	Slip    Slip
	Wrap    Wrap
}

// Holder is a member to whom a circle's key is wrapped, as the rows show it.
type Holder struct {
	Member
	Epoch uint32 // of the key
	Slots int    // with which the member unlocks
}

// Mark is what one reader has read of one circle, or of one object granted
// alone, sealed. It carries no clear time.
type Mark struct {
	Circle CircleID
	Object ObjectID // set when the reader holds this object alone
	Reader MemberID
	Sealed []byte
}

// Draft is an unfinished text of its author's; who wrote it is all that shows.
type Draft struct {
	ID     DraftID
	Author MemberID
	Form   WrapForm // WrapOwn when saved unlocked, WrapHybrid when deposited
	Sealed []byte
}

// Lock is a recovery lock: a key pair whose secret is split among seats.
type Lock struct {
	ID        LockID
	Owner     Owner // a case or a service (its Office)
	Public    []byte
	Threshold uint8
	Shares    []Share
}

// Share is one part of a lock's secret, sealed to a seat.
type Share struct {
	Seat   SeatID
	Index  uint8
	Sealed []byte
}

// SeatKind says what holds a seat's key.
type SeatKind uint8

// The seats.
const (
	SeatEnvelope SeatKind = iota + 1 // printed, in a sealed envelope
	SeatDPO                          // the DPO's; an envelope until a DPO enrols
)

// Seat holds one share of each lock.
type Seat struct {
	ID     SeatID
	Kind   SeatKind
	Public []byte
	Proved Minute // when its control word was last typed or its holder last used it; 0 never
}
