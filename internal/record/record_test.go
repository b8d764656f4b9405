// SPDX-License-Identifier: AGPL-3.0-or-later

package record_test

import (
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/record"
	"pgregory.net/rapid"
)

// Seen to kill: ParseID taking other trailing bits; String in another alphabet.
func TestAnIDHasOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id record.PersonID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		s := id.String()
		got, err := record.ParseID[record.Person](s)
		if err != nil || got != id || len(s) != 26 || id.Ref().String() != s {
			t.Fatalf("%q is read as %v, %v", s, got, err)
		}
		if up, err := record.ParseID[record.Person](strings.ToUpper(s)); err != nil || up != id {
			t.Fatalf("typed in capitals: %v", err)
		}
	})
	for name, s := range map[string]string{
		"nothing": "", "too short": strings.Repeat("0", 25), "too long": strings.Repeat("0", 27),
		"a letter that is not one": strings.Repeat("0", 25) + "u", "other trailing bits": strings.Repeat("0", 25) + "1", "a path": "../../../../../../etc/passw",
	} {
		if _, err := record.ParseID[record.Case](s); err == nil {
			t.Errorf("%s is an id", name)
		}
	}
	one, other := record.NewID[record.Case](), record.NewID[record.Case]()
	if one == other || !(record.CaseID{}).IsZero() || record.NewID[record.Case]().IsZero() || !(record.Ref{}).IsZero() {
		t.Error("ids are not random, or nothing is something")
	}
}

// Seen to kill: Services and Member of the zero scope returning something.
func TestTheZeroScopeMatchesNothing(t *testing.T) {
	var zero record.Scope
	if _, ok := zero.Member(); ok || len(zero.Services()) > 0 {
		t.Error("the zero scope matches")
	}
	s := record.NewScope(record.MemberID{}, []record.ServiceID{record.NewID[record.Service]()})
	if _, ok := s.Member(); ok || len(s.Services()) > 0 {
		t.Error("a scope of nobody matches")
	}
}

// Seen to kill: Services counting house roles, or a service twice; Has ignoring the service.
func TestAnActorWorksWhereHerRolesAre(t *testing.T) {
	north, south := record.NewID[record.Service](), record.NewID[record.Service]()
	a := record.Actor{Functions: []record.Function{
		{Service: north, Role: record.RoleWorker}, {Service: north, Role: record.RoleLead}, {Role: record.RoleAdministrator}, {Service: south, Role: record.RoleDPO},
	}}
	if got := a.Services(); len(got) != 1 || got[0] != north {
		t.Errorf("works in %d services", len(got))
	}
	if !a.Has(record.RoleLead, north) || a.Has(record.RoleLead, south) || !a.Has(record.RoleAdministrator, record.ServiceID{}) || a.Has(record.RoleReception, north) {
		t.Error("has another role")
	}
	for _, r := range record.ServiceRoles() {
		if !r.InService() {
			t.Errorf("%s is not in a service", r)
		}
	}
	for _, r := range record.HouseRoles() {
		if r.InService() || r.CarriesCases() || r.HoldsEmergency() {
			t.Errorf("%s carries cases or keys", r)
		}
	}
	if record.RoleReception.HoldsEmergency() || record.RoleReception.CarriesCases() || !record.RoleLead.HoldsEmergency() || record.RoleLead.CarriesCases() {
		t.Error("reception holds the emergency right, or a lead carries cases (secrecy.md §6)")
	}
}

// The numbers below are in signed bytes and in contexts: changing one makes every
// chain unreadable. Seen to kill: reordering any of the lists.
func TestTheNumbersOfTheByteFormatAreForEver(t *testing.T) {
	for name, pair := range map[string][2]int{
		"gives": {1, int(record.LinkGives)}, "ends": {2, int(record.LinkEnds)}, "new epoch": {3, int(record.LinkNewEpoch)}, "other": {4, int(record.LinkOther)},
		"read": {1, int(record.RightRead)}, "referent": {2, int(record.RightReferent)}, "officer": {3, int(record.RightOfficer)}, "member": {4, int(record.RightMember)},
		"lead": {5, int(record.RightLead)}, "seat": {6, int(record.RightSeat)}, "emergency": {7, int(record.RightEmergency)}, "cover": {8, int(record.RightCover)}, "invited": {9, int(record.RightInvited)},
		"on circle": {1, int(record.OnCircle)}, "on object": {2, int(record.OnObject)}, "on case": {3, int(record.OnCase)}, "on service": {4, int(record.OnService)}, "on organisation": {5, int(record.OnOrganisation)},
		"organisation": {1, int(record.OwnerOrganisation)}, "service": {2, int(record.OwnerService)}, "person": {3, int(record.OwnerPerson)}, "case": {4, int(record.OwnerCase)}, "member's": {5, int(record.OwnerMember)},
		"Office": {1, int(record.Office)}, "Own": {2, int(record.Own)}, "Counter": {3, int(record.Counter)}, "CaseCircle": {4, int(record.CaseCircle)}, "Reserved": {5, int(record.Reserved)},
		"Shared": {6, int(record.Shared)}, "Scratchpad": {7, int(record.Scratchpad)}, "HerJournal": {8, int(record.HerJournal)}, "HouseJournal": {9, int(record.HouseJournal)}, "Emergency": {10, int(record.Emergency)},
		"to member": {1, int(record.ToMember)}, "to circle": {2, int(record.ToCircle)}, "to lock": {3, int(record.ToLock)}, "to seat": {4, int(record.ToSeat)}, "to code": {5, int(record.ToCode)},
		"hybrid": {1, int(record.WrapHybrid)}, "own": {2, int(record.WrapOwn)}, "envelope": {1, int(record.SeatEnvelope)}, "DPO": {2, int(record.SeatDPO)},
		"passphrase": {1, int(record.SlotPassphrase)}, "paper": {2, int(record.SlotPaper)}, "passkey": {3, int(record.SlotPasskey)},
		"words": {1, int(record.TagText)}, "name": {10, int(record.TagName)}, "safe contact": {15, int(record.TagSafeContact)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %d, was %d", name, pair[1], pair[0])
		}
	}
}
