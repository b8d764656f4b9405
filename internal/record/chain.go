// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// LinkClass is what a link of a chain does to the roster, in clear.
type LinkClass uint8

// The classes of secrecy.md §2bis. The numbers are part of the byte format.
const (
	LinkGives    LinkClass = iota + 1 // a recipient gets a right on a target
	LinkEnds                          // a recipient loses a right on a target
	LinkNewEpoch                      // a circle gets a new key, whose commitment is here
	LinkOther                         // an act that changes no roster; its kind is sealed
)

// Right is what a link gives.
type Right uint8

// The rights. The numbers are part of the byte format.
const (
	RightRead      Right = iota + 1 // open the target circle or object
	RightReferent                   // carry the case: target is the case
	RightOfficer                    // certify members: target is the organisation
	RightMember                     // be a member: target is a service or the organisation
	RightLead                       // lead the target service: invite, name referents
	RightSeat                       // hold a seat
	RightEmergency                  // open under the emergency key while this link lives
	RightCover                      // replace an absent reader while this link lives
	RightInvited                    // enrol with a code: recipient is the code's key
)

// TargetKind says what a right is on.
type TargetKind uint8

// The targets. The numbers are part of the byte format.
const (
	OnCircle TargetKind = iota + 1
	OnObject
	OnCase
	OnService
	OnOrganisation
)

// Target is what a right is on.
type Target struct {
	Kind TargetKind
	ID   Ref
}

// TargetOf returns the target of kind k named id.
func TargetOf[T any](k TargetKind, id ID[T]) Target { return Target{Kind: k, ID: id.Ref()} }

// Link is one entry of the append-only signed chain of an owner. Everything but
// Sealed is clear, so that the roster can be folded and audited without a key.
type Link struct {
	Owner      Owner
	N          uint32 // from 0
	Class      LinkClass
	Right      Right
	Recipient  Recipient
	Target     Target
	Epoch      uint32 // of a new epoch
	Since      Minute // 0: always
	Until      Minute // 0: no end
	At         Minute // when written
	Author     MemberID
	Commitment [32]byte // of the circle key, or of the certified public keys
	SealedHash [32]byte
	Prev       [32]byte // hash of the link before; zero at N 0
	Signature  []byte   // Ed25519, by the author (by the root at N 0 of the organisation's)
	Sealed     []byte   // the exact act: kind, ground, motive, information
}

// Act is the exact kind of a link, sealed.
type Act string

// The acts of secrecy.md §5.
const (
	ActOpen     Act = "open"
	ActGrant    Act = "grant"
	ActWiden    Act = "widen"
	ActNarrow   Act = "narrow"
	ActRevoke   Act = "revoke"
	ActRotate   Act = "rotate"
	ActReferent Act = "referent"
	ActMove     Act = "move"
	ActKnown    Act = "known" // a service comes to know a person
	ActInvite   Act = "invite"
	ActEnrol    Act = "enrol"
	ActCertify  Act = "certify"
	ActClose    Act = "close"
	ActMerge    Act = "merge"   // two records are of one person
	ActUnmerge  Act = "unmerge" // they are not
	ActErase    Act = "erase"   // what was kept of her is deleted
)

// Ground is the legal ground of an act of sharing (S-11).
type Ground string

// The grounds that step 1 can meet: sharing stays inside one service and mission.
const (
	GroundContinuity Ground = "continuity" // inside the same service and mission; general notice
)

// Reason is one of a team's usual reasons to widen.
type Reason string

// The usual reasons of product.md §2.5.
const (
	ReasonPair        Reason = "pair"        // a visit in pairs
	ReasonAdvice      Reason = "advice"      // advice
	ReasonReplacement Reason = "replacement" // replacement
	ReasonTeam        Reason = "team"        // named when the case was opened, by the team's setting
)

// UsualReasons lists the three a member chooses from.
func UsualReasons() []Reason { return []Reason{ReasonPair, ReasonAdvice, ReasonReplacement} }

// Informed says how the person was informed of an act.
type Informed string

// The ways of informing.
const (
	InformedNotice Informed = "notice" // the general notice
	InformedOn     Informed = "informed"
	InformedLater  Informed = "deferred"
	InformedCannot Informed = "impossible"
)
