// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/record"
)

// authority answers what the organisation's chain says of members: who is
// certified, who is an officer, who leads. Directory implements it.
type authority interface {
	// isMember reports whether m was certified for the organisation at a minute.
	isMember(m record.MemberID, at record.Minute) bool
	// worksIn reports whether m was certified for service s.
	worksIn(m record.MemberID, s record.ServiceID, at record.Minute) bool
	leads(m record.MemberID, s record.ServiceID, at record.Minute) bool
	isOfficer(m record.MemberID, at record.Minute) bool
}

// circleFacts tells the fold what it cannot read in a chain: the kind of a
// circle and the service it serves.
type circleFacts func(record.CircleID) (record.Circle, bool)

// may judges one link of a service's, a person's or a case's chain before it is
// applied: could its author do this, at that minute? The strong room's fold asks
// this, not policy; it holds with every permission check removed.
func may(r *Roster, a authority, facts circleFacts, service record.ServiceID, l *record.Link) error {
	if !a.isMember(l.Author, l.At) {
		return errChain("an author who was no member")
	}
	var ok bool
	switch l.Class {
	case record.LinkNewEpoch:
		ok = mayRenew(r, a, facts, l)
	case record.LinkGives:
		ok = mayGive(r, a, service, l)
	case record.LinkEnds:
		ok = mayEnd(r, a, service, l)
	case record.LinkOther:
		ok = true
	}
	if !ok {
		return errChain("an act its author could not do")
	}
	return nil
}

// mayRenew: anybody certified makes a circle; its readers renew it; and whoever
// opens a case in a service renews her journal there (doc/adr/0008).
func mayRenew(r *Roster, a authority, facts circleFacts, l *record.Link) bool {
	if l.Target.Kind != record.OnCircle || l.Epoch != r.epochCount(record.CircleID(l.Target.ID))+1 {
		return false
	}
	if l.Epoch == 1 {
		return true
	}
	c, ok := facts(record.CircleID(l.Target.ID))
	if !ok {
		return false
	}
	if c.Kind == record.HerJournal {
		return a.worksIn(l.Author, c.Service, l.At)
	}
	return r.reads(l.Author, l.Target, l.At) || r.readsAny(l.Author, l.At)
}

// mayGive: the readers of a circle let others in; so does whoever is making it.
func mayGive(r *Roster, a authority, service record.ServiceID, l *record.Link) bool {
	switch {
	case (l.Right == record.RightRead || l.Right == record.RightEmergency) && l.Target.Kind == record.OnCircle:
		c := record.CircleID(l.Target.ID)
		founding := r.founder[c] == l.Author && r.act.author == l.Author && r.act.at == l.At
		return founding || r.reads(l.Author, l.Target, l.At) || r.givesThroughOffice(a, l)
	case l.Right == record.RightRead && l.Target.Kind == record.OnObject:
		return r.readsAny(l.Author, l.At) || r.reads(l.Author, l.Target, l.At)
	case l.Right == record.RightReferent && l.Target.Kind == record.OnCase:
		return a.leads(l.Author, service, l.At) || r.readsAny(l.Author, l.At) || r.act.author == l.Author && len(r.founder) > 0
	}
	return false
}

// givesThroughOffice: a person's circles are read by Offices and case circles,
// never by members directly; a member of the organisation who holds the key
// through one of them lets another service know her. The commitment shows that
// the key given is the right one, so that nobody gives what they do not hold.
func (r *Roster) givesThroughOffice(a authority, l *record.Link) bool {
	return r.Owner.Kind == record.OwnerPerson && l.Recipient.Kind != record.ToMember && a.isMember(l.Author, l.At)
}

// mayEnd: narrowing is free for a reader, for oneself, for a lead of the service
// and for an officer who closes an account.
func mayEnd(r *Roster, a authority, service record.ServiceID, l *record.Link) bool {
	self := l.Recipient == record.RecipientOf(record.ToMember, l.Author)
	return self || r.reads(l.Author, l.Target, l.At) || r.readsAny(l.Author, l.At) ||
		a.leads(l.Author, service, l.At) || a.isOfficer(l.Author, l.At) || r.Owner.Kind == record.OwnerPerson
}
