// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nopolicy

package policy

import (
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// Enforced tells tests which build they are in.
const Enforced = true

// Decide answers whether an actor may do op on a subject.
func Decide(a record.Actor, op Operation, s Subject) Decision {
	if a.Member.IsZero() {
		return no("nobody")
	}
	switch op {
	case ListPersons, SeeAgenda:
		return when(len(a.Services()) > 0, "works in a service", "works in no service")
	case CreatePerson, Welcome, ChangeSettings, GiveAppointment, CountEncounter:
		return inService(a, op, s)
	case MarkPresence:
		return markPresence(a, s)
	case ReadPerson, EditPerson:
		return when(s.Knows, "a service of hers knows the person", unseen)
	case OpenCase:
		return openCase(a, s)
	case AssignCase:
		return when(s.Knows && a.Has(record.RoleLead, s.Service), "leads the service", "names no referent there")
	case ReadCase, SeeReaders:
		return when(s.Holds, "in the case", unseen)
	case WriteNote, MoveNote, AdmitToCase, EndInCase:
		return onCase(s)
	case CorrectNote, NarrowNote, WidenNote:
		return onNote(a, op, s)
	case NameReferent:
		return when(s.Reads || a.Has(record.RoleLead, s.Service), "reads the case or leads the service", unseen)
	case Invite, Administer:
		return administer(a, op, s)
	}
	return no("nobody may")
}

// Scope returns the rows that an actor's lists are cut from.
func Scope(a record.Actor) record.Scope { return record.NewScope(a.Member, a.Services()) }

func inService(a record.Actor, op Operation, s Subject) Decision {
	works := slices.Contains(a.Services(), s.Service)
	if op == ChangeSettings {
		return when(a.Has(record.RoleLead, s.Service) || a.Has(record.RoleWorker, s.Service), "works on cases there", "not her service")
	}
	return when(works, "works in the service", "not her service")
}

// markPresence: who sees somebody come in says so.
func markPresence(a record.Actor, s Subject) Decision {
	if !slices.Contains(a.Services(), s.Service) {
		return no("not her service")
	}
	desk := a.Has(record.RoleReception, s.Service)
	return when(desk || s.Author == a.Member, "holds the desk, or expects her", "somebody else's appointment")
}

func openCase(a record.Actor, s Subject) Decision {
	if !s.Knows {
		return no(unseen)
	}
	return when(a.Has(record.RoleWorker, s.Service), "may carry cases", "carries no case there")
}

func onCase(s Subject) Decision {
	if !s.Holds {
		return no(unseen)
	}
	return when(s.Reads, "reads the case", "holds one note of it")
}

// onNote: an author answers for her own text; the referent may let a colleague read it.
func onNote(a record.Actor, op Operation, s Subject) Decision {
	if !s.Holds {
		return no(unseen)
	}
	author := s.Author == a.Member
	if op == WidenNote {
		return when(author || s.Referent == a.Member, "wrote it or carries the case", "somebody else's note")
	}
	return when(author, "wrote it", "somebody else's note")
}

// administer: administrators make services and accounts; a lead invites into her
// own service, reception and workers.
func administer(a record.Actor, op Operation, s Subject) Decision {
	if a.Has(record.RoleAdministrator, record.ServiceID{}) {
		return yes("administrator")
	}
	lead := op == Invite && a.Has(record.RoleLead, s.Service) && (s.Role == record.RoleReception || s.Role == record.RoleWorker)
	return when(lead, "leads the service", "not an administrator")
}
