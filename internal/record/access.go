// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// SlotKind is a way of unlocking a member secret.
type SlotKind uint8

// The slots of secrecy.md §4.
const (
	SlotPassphrase SlotKind = iota + 1
	SlotPaper
	SlotPasskey
)

// Slot is a key pair to which a member's secret is sealed.
type Slot struct {
	ID         SlotID
	Member     MemberID
	Kind       SlotKind
	Salt       []byte // of Argon2id, or of the passkey's PRF
	Public     []byte // HPKE, MLKEM768-X25519
	Sealed     []byte // the member secret
	Credential []byte // a passkey's credential record, as its library stores it; else empty
	CredID     []byte // a passkey's credential id; else empty
	Made       Minute
	Proved     Minute // when it last opened; 0 never
	Label      []byte // what its owner calls it, sealed to her; empty: nothing
}

// Session is one signed-in member on one device. The database alone opens nothing.
type Session struct {
	Hash      [32]byte // of the cookie
	Member    MemberID
	Started   int64  // seconds since 1970
	LastUse   int64  // seconds since 1970
	Deposit   bool   // ended: takes drafts only
	Sealed    []byte // the member secret, under the cookie and the second half
	DaySalt   []byte // of the day code; empty when there is none
	DaySealed []byte // the member secret, under the day code and the cookie: column day_half
	DayTries  uint8  // wrong day codes
}

// Device is a browser that a member enrolled: the hash of its cookie.
type Device struct {
	Hash   [32]byte
	Member MemberID
	Made   Minute
	Label  []byte // its class, sealed to its member; empty: unknown
}

// Invitation waits for the holder of a code.
type Invitation struct {
	ID      InvitationID
	Code    [32]byte // public half of the key derived from the code
	Member  MemberID // the account it makes
	Inviter MemberID
	Until   Minute
	Sealed  []byte // the keys the role brings, under the code; opened once
}

// Entry is one row of the journal: a sealed body and a slip per person concerned.
type Entry struct {
	ID     EntryID
	Minute Minute
	Body   []byte
	Slips  []EntrySlip
}

// EntrySlip lets the readers of one journal circle open an entry's body, and
// names their person's objects only.
type EntrySlip struct {
	Circle  CircleID
	Epoch   uint32
	Person  PersonID  // zero in the HouseJournal
	Service ServiceID // zero in the HouseJournal
	Sealed  []byte    // at most 512 bytes
}

// Scope says which rows a list may return. Only policy makes one; the zero
// value matches nothing.
type Scope struct {
	ok       bool
	member   MemberID
	services []ServiceID
}

// NewScope returns the scope of a member in services. Only policy calls it: the
// house test says so.
func NewScope(m MemberID, services []ServiceID) Scope {
	return Scope{ok: !m.IsZero(), member: m, services: services}
}

// Member returns whose scope it is; ok is false for a scope that matches nothing.
func (s Scope) Member() (m MemberID, ok bool) { return s.member, s.ok }

// Services returns the services whose persons may be listed.
func (s Scope) Services() []ServiceID {
	if !s.ok {
		return nil
	}
	return s.services
}

// Actor is who acts: a member with an unlocked session, as policy sees her.
type Actor struct {
	Member    MemberID
	Functions []Function
}

// Services returns the services in which the actor works.
func (a Actor) Services() []ServiceID {
	var all []ServiceID
	seen := map[ServiceID]bool{}
	for _, f := range a.Functions {
		if f.Role.InService() && !seen[f.Service] {
			seen[f.Service] = true
			all = append(all, f.Service)
		}
	}
	return all
}

// Has reports whether the actor holds role r in service s.
func (a Actor) Has(r Role, s ServiceID) bool {
	for _, f := range a.Functions {
		if f.Role == r && f.Service == s {
			return true
		}
	}
	return false
}
