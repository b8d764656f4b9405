// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/record"
)

// authority answers what the organisation's chain says of members at the minute
// of a signature. Directory implements it.
type authority interface {
	isMember(m record.MemberID, at record.Minute) bool
	worksIn(m record.MemberID, s record.ServiceID, at record.Minute) bool
	belongs(m record.MemberID, s record.ServiceID, at record.Minute) bool // works there, or is invited to
	leads(m record.MemberID, s record.ServiceID, at record.Minute) bool
	isOfficer(m record.MemberID, at record.Minute) bool
}

// judge decides whether one link of a service's, a person's or a case's chain
// could be made by its author at its minute. The strong room's fold asks it, not
// policy: it holds with every permission check removed. circles are the owner's
// rows, which fold compares with what the chain commits to.
type judge struct {
	roster  *Roster
	house   authority
	circles map[record.CircleID]record.Circle
	service record.ServiceID // of a service or a case
}

func (j judge) allows(l *record.Link) error {
	if !j.house.isMember(l.Author, l.At) {
		return errChain("an author who was no member")
	}
	var ok bool
	switch l.Class {
	case record.LinkNewEpoch:
		ok = j.mayRenew(l)
	case record.LinkGives:
		ok = j.mayGive(l)
	case record.LinkEnds:
		ok = j.mayEnd(l)
	case record.LinkOther:
		ok = j.inside(l.Author, l.At)
	}
	if !ok {
		return errChain("an act its author could not do")
	}
	return nil
}

// inside reports whether a member is one of those the chain is about: a reader of
// a case or a service, a colleague of a service that knows the person.
func (j judge) inside(m record.MemberID, at record.Minute) bool {
	if j.roster.Owner.Kind == record.OwnerPerson {
		return j.knownTo(m, at)
	}
	return j.roster.readsAny(m, at)
}

// knownTo reports whether a member works in a service that has a Counter of the
// person's: her circles are read by Offices, never by members directly.
func (j judge) knownTo(m record.MemberID, at record.Minute) bool {
	for id := range j.roster.epochs {
		if c := j.circles[id]; c.Kind == record.Counter && j.house.worksIn(m, c.Service, at) {
			return true
		}
	}
	return false
}

// mayRenew judges a circle's first key, and its next ones.
func (j judge) mayRenew(l *record.Link) bool {
	c, ok := j.circles[record.CircleID(l.Target.ID)]
	if !ok || l.Target.Kind != record.OnCircle || l.Epoch != j.roster.epochCount(c.ID)+1 {
		return false
	}
	if l.Epoch == 1 {
		return j.mayFound(c, l)
	}
	if j.roster.Owner.Kind == record.OwnerPerson {
		return c.Kind != record.HerJournal && j.knownTo(l.Author, l.At)
	}
	return j.roster.reads(l.Author, l.Target, l.At)
}

// mayFound: a service's circles are made by its first member, a case's by who
// opens it, a reserved one by its author, a person's by who receives her; her
// journal in a service anew by whoever opens a case there (doc/adr/0008).
func (j judge) mayFound(c record.Circle, l *record.Link) bool {
	if c.Kind != record.HerJournal && j.exists(c) {
		return false
	}
	begins := j.roster.begins(l.Author, l.At)
	switch c.Kind {
	case record.Office, record.Emergency:
		return c.Owner.Kind == record.OwnerService && begins && j.house.worksIn(l.Author, j.service, l.At)
	case record.CaseCircle, record.Shared:
		return c.Owner.Kind == record.OwnerCase && begins && j.house.worksIn(l.Author, j.service, l.At)
	case record.Reserved:
		return c.Owner.Kind == record.OwnerCase && c.Member == l.Author && j.roster.readsAny(l.Author, l.At)
	case record.Own:
		return c.Owner.Kind == record.OwnerPerson && begins
	case record.Counter, record.HerJournal:
		return c.Owner.Kind == record.OwnerPerson && j.house.worksIn(l.Author, c.Service, l.At) && (begins || j.knownTo(l.Author, l.At))
	}
	return false
}

// exists reports whether the chain has a circle of the same kind, for the same
// author, person or service: there is one of each.
func (j judge) exists(c record.Circle) bool {
	for id := range j.roster.epochs {
		o := j.circles[id]
		if o.Kind == c.Kind && o.Member == c.Member && o.Person == c.Person && o.Service == c.Service {
			return true
		}
	}
	return false
}

// mayGive: the readers of a circle let others in, and so does who is making it.
// Whoever is let into a service or a case belongs to that service.
func (j judge) mayGive(l *record.Link) bool {
	m := record.MemberID(l.Recipient.ID)
	if j.roster.Owner.Kind != record.OwnerPerson && l.Recipient.Kind == record.ToMember && !j.house.belongs(m, j.service, l.At) {
		return false
	}
	switch l.Target.Kind {
	case record.OnCircle:
		return j.mayGiveCircle(l)
	case record.OnObject:
		return l.Right == record.RightRead && j.roster.Owner.Kind == record.OwnerCase && l.Recipient.Kind == record.ToMember &&
			(j.roster.readsAny(l.Author, l.At) || j.roster.reads(l.Author, l.Target, l.At))
	case record.OnCase:
		return l.Right == record.RightReferent && (j.house.leads(l.Author, j.service, l.At) || j.roster.readsAny(l.Author, l.At) || j.roster.begins(l.Author, l.At))
	}
	return false
}

func (j judge) mayGiveCircle(l *record.Link) bool {
	c := j.circles[record.CircleID(l.Target.ID)]
	founding := j.roster.founder[c.ID] == l.Author && j.roster.act.author == l.Author && j.roster.act.at == l.At
	switch {
	case l.Right == record.RightEmergency:
		return c.Kind == record.CaseCircle && l.Recipient.Kind == record.ToCircle && (founding || j.roster.reads(l.Author, l.Target, l.At))
	case l.Right != record.RightRead:
		return false
	case c.Kind == record.Reserved && l.Recipient.Kind == record.ToMember:
		return founding && record.MemberID(l.Recipient.ID) == c.Member
	case j.roster.Owner.Kind == record.OwnerPerson:
		return l.Recipient.Kind != record.ToMember && (founding || j.knownTo(l.Author, l.At))
	}
	return founding || j.roster.reads(l.Author, l.Target, l.At)
}

// mayEnd: narrowing is free for those inside, for oneself, for a lead of the
// service and for an officer who closes an account.
// Nobody ends a lock's or a seat's place, nor a case's emergency wrap: recovery
// would be gone without a word (I1).
func (j judge) mayEnd(l *record.Link) bool {
	if j.roster.Owner.Kind != record.OwnerPerson && l.Recipient.Kind != record.ToMember || l.Recipient.Kind == record.ToLock || l.Recipient.Kind == record.ToSeat {
		return false
	}
	self := l.Recipient == record.RecipientOf(record.ToMember, l.Author)
	return self || j.inside(l.Author, l.At) || j.house.leads(l.Author, j.service, l.At) || j.house.isOfficer(l.Author, l.At)
}
