// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nopolicy

package policy

import (
	"slices"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

var words = map[Operation]string{
	ListPersons: "list", CreatePerson: "receive", ReadPerson: "read-person", EditPerson: "edit-person", OpenCase: "open", AssignCase: "assign",
	ReadCase: "read-case", WriteNote: "write", CorrectNote: "correct", WidenNote: "widen", NarrowNote: "narrow", MoveNote: "move",
	AdmitToCase: "admit", EndInCase: "end", NameReferent: "referent", SeeReaders: "readers", Invite: "invite", Welcome: "welcome",
	Administer: "administer", SeeAgenda: "agenda", GiveAppointment: "give", MarkPresence: "presence", ChangeSettings: "settings", CountEncounter: "count",
}

var (
	me, other    = record.NewID[record.Member](), record.NewID[record.Member]()
	north, south = record.NewID[record.Service](), record.NewID[record.Service]()
)

func roles(all ...record.Role) []record.Function {
	var out []record.Function
	for _, r := range all {
		f := record.Function{Member: me, Role: r}
		if r.InService() {
			f.Service = north
		}
		out = append(out, f)
	}
	return out
}

// The oracle is written from law.md and product.md, not from Decide: S-19, S-20
// (no lead, director or elected official in a circle by default), S-21
// (administering opens nothing), product.md §2.5 (widening is the author's or the
// referent's), ux.md (reception receives and sees whom its service knows, and gives appointments; who expects
// somebody, or holds the desk, says that she came).
//
// Seen to kill: administrators listing persons; a lead reading a case; a reader
// of one note writing; correcting somebody else's note; a lead making a lead;
// reception opening a case; presence told by any colleague; an appointment in another service.
func TestWhoMayDoWhat(t *testing.T) {
	anywhere := Subject{Service: north, Role: record.RoleWorker, Author: other, Referent: other}
	known := anywhere
	known.Knows = true
	inCase := known
	inCase.Holds, inCase.Reads = true, true
	mine := inCase
	mine.Author, mine.Referent = me, me
	carries := inCase
	carries.Referent = me
	alone := known
	alone.Holds = true
	aloneMine := alone
	aloneMine.Author = me
	elsewhere := anywhere
	elsewhere.Service = south
	leads := anywhere
	leads.Role = record.RoleLead
	desk := anywhere
	desk.Role = record.RoleReception
	for _, tt := range []struct {
		name    string
		as      []record.Function
		subject Subject
		may     string
	}{
		{"reception, somebody unknown", roles(record.RoleReception), anywhere, "agenda count give list presence receive welcome"},
		{"reception, somebody her service knows", roles(record.RoleReception), known, "agenda count edit-person give list presence read-person receive welcome"},
		{"a worker, somebody unknown", roles(record.RoleWorker), anywhere, "agenda count give list receive settings welcome"},
		{"a worker, a case she is not in", roles(record.RoleWorker), known, "agenda count edit-person give list open read-person receive settings welcome"},
		{
			"a worker, a colleague's note in her case", roles(record.RoleWorker), inCase,
			"admit agenda count edit-person end give list move open read-case read-person readers receive referent settings welcome write",
		},
		{
			"a worker, her own note in her case", roles(record.RoleWorker), mine,
			"admit agenda correct count edit-person end give list move narrow open presence read-case read-person readers receive referent settings welcome widen write",
		},
		{
			"the referent, a colleague's note", roles(record.RoleWorker), carries,
			"admit agenda count edit-person end give list move open read-case read-person readers receive referent settings welcome widen write",
		},
		{"a worker who was let read one note", roles(record.RoleWorker), alone, "agenda count edit-person give list open read-case read-person readers receive settings welcome"},
		{
			"an author who left the case and kept her note", roles(record.RoleWorker), aloneMine,
			"agenda correct count edit-person give list narrow open presence read-case read-person readers receive settings welcome widen",
		},
		{"a worker, another service", roles(record.RoleWorker), elsewhere, "list agenda"},
		{"reception, another service", roles(record.RoleReception), elsewhere, "list agenda"},
		{"a lead, somebody unknown", roles(record.RoleLead), anywhere, "agenda count give invite list receive referent settings welcome"},
		{"a lead, a case of her service", roles(record.RoleLead), known, "agenda assign count edit-person give invite list read-person receive referent settings welcome"},
		{"a lead inviting a lead", roles(record.RoleLead), leads, "agenda count give list receive referent settings welcome"},
		{"a lead inviting reception", roles(record.RoleLead), desk, "agenda count give invite list receive referent settings welcome"},
		{"a lead, another service", roles(record.RoleLead), elsewhere, "list agenda"},
		{"an administrator", roles(record.RoleAdministrator), anywhere, "invite administer"},
		{"an administrator inviting a lead", roles(record.RoleAdministrator), leads, "invite administer"},
		{"a director", roles(record.RoleDirector), anywhere, ""},
		{"the DPO", roles(record.RoleDPO), anywhere, ""},
		{
			"a worker who also administers, a case she is not in", roles(record.RoleWorker, record.RoleAdministrator), known,
			"administer agenda count edit-person give invite list open read-person receive settings welcome",
		},
		{"nobody", nil, anywhere, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := record.Actor{Member: me, Functions: tt.as}
			var may []string
			for op := Nothing; op <= ChangeSettings; op++ {
				if Decide(a, op, tt.subject).Allowed() {
					may = append(may, words[op])
				}
			}
			want := strings.Fields(tt.may)
			slices.Sort(want)
			slices.Sort(may)
			if diff := cmp.Diff(want, may, cmp.Transformer("set", func(s []string) string { return strings.Join(s, " ") })); diff != "" {
				t.Error(diff)
			}
		})
	}
	if len(words) != int(ChangeSettings) {
		t.Errorf("the oracle knows %d operations of %d", len(words), ChangeSettings)
	}
}

// every calls fn with every combination of functions, facts and operation.
func every(fn func(record.Actor, Operation, Subject)) {
	functions := append(roles(record.RoleReception, record.RoleWorker, record.RoleLead, record.RoleAdministrator, record.RoleDirector, record.RoleDPO),
		record.Function{Member: me, Service: south, Role: record.RoleLead})
	for set := range 1 << len(functions) {
		a := record.Actor{Member: me}
		for i, f := range functions {
			if set>>i&1 == 1 {
				a.Functions = append(a.Functions, f)
			}
		}
		for facts := range 32 {
			bit := func(i int) bool { return facts>>i&1 == 1 }
			s := Subject{Service: north, Knows: bit(0), Reads: bit(1), Holds: bit(2), Author: other, Referent: other}
			if bit(3) {
				s.Author = me
			}
			if bit(4) {
				s.Referent = me
			}
			for _, s.Role = range record.ServiceRoles() {
				for op := Nothing; op <= ChangeSettings+1; op++ {
					fn(a, op, s)
				}
			}
		}
	}
}

// Removing a function or a fact never widens. Seen to kill: onCase allowing when
// !Reads; openCase allowing administrators who work nowhere.
func TestRemovingAFactNeverWidens(t *testing.T) {
	tried := 0
	every(func(a record.Actor, op Operation, s Subject) {
		if Decide(a, op, s).Allowed() {
			return
		}
		tried++
		for name, less := range narrower(s) {
			if Decide(a, op, less).Allowed() {
				t.Fatalf("%s is allowed without %s", words[op], name)
			}
		}
		for i := range a.Functions {
			fewer := record.Actor{Member: a.Member, Functions: slices.Delete(slices.Clone(a.Functions), i, i+1)}
			if Decide(fewer, op, s).Allowed() {
				t.Fatalf("%s is allowed with a function fewer", words[op])
			}
		}
	})
	if tried < 100_000 {
		t.Fatalf("only %d refusals tried", tried)
	}
}

func narrower(s Subject) map[string]Subject {
	knows, reads, holds, author, referent := s, s, s, s, s
	knows.Knows, reads.Reads, holds.Holds, author.Author, referent.Referent = false, false, false, other, other
	return map[string]Subject{"knowing": knows, "reading": reads, "holding": holds, "having written": author, "carrying": referent}
}

// Seen to kill: Decide ending in yes; Decision's zero value allowing.
func TestWhatIsNotAllowedIsRefused(t *testing.T) {
	if (Decision{}).Allowed() || (Decision{}).Err() == nil {
		t.Error("the zero decision allows")
	}
	every(func(a record.Actor, op Operation, s Subject) {
		d := Decide(a, op, s)
		if d.Allowed() && (op == Nothing || op > ChangeSettings) {
			t.Fatalf("operation %d is allowed", op)
		}
		if d.Because() == "" || (d.Err() == nil) != d.Allowed() {
			t.Fatalf("%s: %q, %v", words[op], d.Because(), d.Err())
		}
	})
}

// What one may not see looks like what is not there. Seen to kill: Err refusing always.
func TestWhatOneMayNotSeeIsWithheld(t *testing.T) {
	worker := record.Actor{Member: me, Functions: roles(record.RoleWorker)}
	for op, want := range map[Operation]fault.Kind{
		ReadPerson: fault.Withheld, EditPerson: fault.Withheld, OpenCase: fault.Withheld, ReadCase: fault.Withheld, SeeReaders: fault.Withheld,
		WriteNote: fault.Withheld, CorrectNote: fault.Withheld, NameReferent: fault.Withheld, Invite: fault.Refused, Administer: fault.Refused,
	} {
		if err := Decide(worker, op, Subject{Service: north}).Err(); fault.KindOf(err) != want || err == nil {
			t.Errorf("%s: %v, want %v", words[op], err, want)
		}
	}
	if err := Decide(worker, OpenCase, Subject{Service: south, Knows: true}).Err(); fault.KindOf(err) != fault.Refused {
		t.Errorf("a case in another service: %v", err)
	}
	if !Enforced {
		t.Error("this build enforces policy")
	}
}

// Seen to kill: Scope returning other services than those she works in.
func TestAListIsCutToHerServices(t *testing.T) {
	s := Scope(record.Actor{Member: me, Functions: append(roles(record.RoleWorker, record.RoleAdministrator), record.Function{Service: south, Role: record.RoleDPO})})
	m, ok := s.Member()
	if !ok || m != me || !slices.Equal(s.Services(), []record.ServiceID{north}) {
		t.Errorf("the scope is of %d services", len(s.Services()))
	}
	if _, ok := Scope(record.Actor{}).Member(); ok {
		t.Error("nobody has a scope")
	}
}
