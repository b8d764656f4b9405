// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// Organisation is the legal body answerable for the data; one organisation is
// one database or schema.
type Organisation struct {
	ID   OrganisationID
	Name string
}

// Service is where people work; it has an Office.
type Service struct {
	ID        ServiceID
	Name      string
	Emergency bool // the emergency key exists and may be used (secrecy.md §6)
}

// Mission ties a service to a legal purpose (S-10).
type Mission struct {
	ID      MissionID
	Service ServiceID
	Code    MissionCode
}

// MissionCode is a legal purpose out of a closed list.
type MissionCode string

// The missions a service may have.
const (
	MissionGeneral  MissionCode = "general"  // polyvalence: CASF L.121-1, L.123-5
	MissionRSA      MissionCode = "rsa"      // CASF L.262-27
	MissionHousing  MissionCode = "housing"  // FSL, ASLL: loi 90-449 art. 6
	MissionDomicile MissionCode = "domicile" // domiciliation: CASF L.264-1
	MissionAged     MissionCode = "aged"     // APA: CASF L.232-1
	MissionChild    MissionCode = "child"    // child protection: CASF L.221-1
	MissionShelter  MissionCode = "shelter"  // CASF L.345-1
)

// Missions lists every MissionCode in the order shown.
func Missions() []MissionCode {
	return []MissionCode{MissionGeneral, MissionRSA, MissionHousing, MissionDomicile, MissionAged, MissionChild, MissionShelter}
}

// MemberState says whether an account may be used.
type MemberState uint8

// The states of an account.
const (
	MemberInvited MemberState = iota + 1
	MemberActive
	MemberClosed
)

// Regime is where a member's duty of secrecy comes from (S-01).
type Regime string

// The regimes of S-01.
const (
	RegimeProfession Regime = "profession" // CASF L.411-3, health professions
	RegimeMission    Regime = "mission"    // CASF L.221-6, L.133-5, L.262-44
	RegimeFunction   Regime = "function"   // any public agent: CGFP L.121-6
	RegimeDiscretion Regime = "discretion" // CGFP L.121-7: discretion only
)

// Regimes lists every Regime in the order shown.
func Regimes() []Regime {
	return []Regime{RegimeProfession, RegimeMission, RegimeFunction, RegimeDiscretion}
}

// Member is an account. Names, functions and services of members are not
// secret: the person has a right to know who works on her case.
type Member struct {
	ID     MemberID
	Name   string
	Login  string // what is typed at sign-in: a work address or a chosen name
	Regime Regime
	State  MemberState
	Keys   PublicKeys // zero until enrolled
}

// PublicKeys is the public part of a member secret: what others wrap to and
// verify with. The organisation's chain carries its hash.
type PublicKeys struct {
	KEM       []byte // MLKEM768-X25519, 1,216 bytes
	Sign      []byte // Ed25519, 32 bytes
	LetterBox []byte // P-256, 65 bytes uncompressed: the offline letter box (ux.md §3.4)
}

// Role is what a member does in a service, or for the whole organisation.
type Role string

// The roles. Officer is not one of them: it is a right in the organisation's chain.
const (
	RoleReception     Role = "reception"
	RoleWorker        Role = "worker" // may carry cases
	RoleLead          Role = "lead"   // names referents, invites, holds the emergency right
	RoleAdministrator Role = "administrator"
	RoleDirector      Role = "director"
	RoleDPO           Role = "dpo"
)

// ServiceRoles lists the roles held in a service.
func ServiceRoles() []Role { return []Role{RoleReception, RoleWorker, RoleLead} }

// HouseRoles lists the roles held for the whole organisation. An account with
// only these never receives an Office (secrecy.md §4).
func HouseRoles() []Role { return []Role{RoleAdministrator, RoleDirector, RoleDPO} }

// InService reports whether the role is held in a service.
func (r Role) InService() bool { return r == RoleReception || r == RoleWorker || r == RoleLead }

// CarriesCases reports whether the role may open and carry a case.
func (r Role) CarriesCases() bool { return r == RoleWorker }

// HoldsEmergency reports whether the role holds the emergency right by default.
func (r Role) HoldsEmergency() bool { return r == RoleWorker || r == RoleLead }

// Function is one role of one member; Service is zero for a house role.
type Function struct {
	Member  MemberID
	Service ServiceID
	Role    Role
}
