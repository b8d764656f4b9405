// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"maps"
	"slices"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Directory is the fold of the organisation's chain: the root at its start,
// officers, certified members, seats. Certificates are judged at the date of
// the signature they are asked about (secrecy.md §4).
type Directory struct {
	organisation record.OrganisationID
	roster       *Roster
	certs        map[record.MemberID]cert
	tenures      map[grantKey][]tenure
	closed       map[record.MemberID]record.Minute
	signs        map[record.MemberID][]byte        // Ed25519 public halves, checked against certs
	members      map[record.MemberID]record.Member // the rows that certs are checked against
}

// tenure is a stretch of time during which a right was held. A right given again
// begins another: what was signed under the first stays valid.
type tenure struct {
	from, until record.Minute // until 0: no end
}

type cert struct {
	keys [32]byte // hash of the name and the public keys
	at   record.Minute
}

func newDirectory(o record.OrganisationID) *Directory {
	return &Directory{
		organisation: o, roster: newRoster(record.OwnerOf(record.OwnerOrganisation, o)),
		certs: map[record.MemberID]cert{}, signs: map[record.MemberID][]byte{},
		tenures: map[grantKey][]tenure{}, closed: map[record.MemberID]record.Minute{},
		members: map[record.MemberID]record.Member{},
	}
}

// foldDirectory verifies and folds the organisation's chain. root is the pinned
// public half; members gives the public keys that the chain's hashes certify.
func foldDirectory(o record.OrganisationID, root []byte, links []record.Link, members []record.Member) (*Directory, error) {
	d := newDirectory(o)
	for _, m := range members {
		d.members[m.ID] = m
	}
	head, err := walkChain(o, d.roster.Owner, links, Head{}, func(l *record.Link) error {
		if err := d.judge(root, l); err != nil {
			return err
		}
		d.take(l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.roster.Head = head
	return d, nil
}

// judge verifies who signed l and whether they could.
func (d *Directory) judge(root []byte, l *record.Link) error {
	public, ok := d.signerOf(root, l)
	if !ok || !verifyLink(d.organisation, public, l) {
		return errChain("a certificate nobody could sign")
	}
	if l.N > 0 && !d.mayCertify(l) {
		return errChain("a certificate its author could not give")
	}
	return nil
}

// signerOf returns the key that must have signed l: the root at the start, the
// code's key when an invited member enrols, the author's otherwise.
func (d *Directory) signerOf(root []byte, l *record.Link) ([]byte, bool) {
	switch {
	case l.N == 0:
		return root, l.Right == record.RightOfficer && len(root) > 0
	case d.enrols(l):
		g, ok := d.roster.Grant(record.RightInvited, l.Recipient, l.Target)
		return g.Commit[:], ok && g.Live(l.At)
	default:
		return d.Signs(l.Author)
	}
}

// enrols reports whether l is a newcomer's own certificate, signed with her code.
func (d *Directory) enrols(l *record.Link) bool {
	_, certified := d.certs[l.Author]
	return !certified && l.Class == record.LinkGives && l.Right == record.RightMember &&
		l.Recipient == record.RecipientOf(record.ToMember, l.Author)
}

// mayCertify: officers do everything; leads invite into the service they lead;
// a newcomer takes the place she was invited to.
func (d *Directory) mayCertify(l *record.Link) bool {
	if d.isOfficer(l.Author, l.At) || d.enrols(l) {
		return true
	}
	service := record.ServiceID(l.Target.ID)
	switch l.Right {
	case record.RightInvited:
		return l.Target.Kind == record.OnService && d.leads(l.Author, service, l.At)
	case record.RightMember: // a second service: an invited member accepts it herself
		return l.Class == record.LinkGives && l.Recipient == record.RecipientOf(record.ToMember, l.Author) &&
			d.roster.Holds(record.RightInvited, l.Recipient, l.Target, l.At)
	}
	return false
}

// take applies a judged link.
func (d *Directory) take(l *record.Link) {
	m := record.MemberID(l.Recipient.ID)
	key := grantKey{l.Right, l.Recipient, l.Target}
	switch l.Class {
	case record.LinkGives:
		d.tenures[key] = append(d.tenures[key], tenure{max(l.At, l.Since), l.Until})
	case record.LinkEnds:
		for i, t := range d.tenures[key] {
			if t.until == 0 || t.until > l.At {
				d.tenures[key][i].until = l.At + 1 // what was signed in the minute of the end stays valid
			}
		}
		if l.Right == record.RightMember && l.Target == d.here() {
			d.closed[m] = l.At
		}
	}
	certifies := l.Class == record.LinkGives && (l.Right == record.RightMember || l.N == 0)
	if _, known := d.certs[m]; certifies && !known {
		d.certs[m] = cert{l.Commitment, l.At}
		if row := d.members[m]; hashMember(row) == l.Commitment {
			d.signs[m] = row.Keys.Sign
		}
	}
	d.roster.apply(l)
}

// Signs returns the key that verifies m's signatures.
func (d *Directory) Signs(m record.MemberID) ([]byte, bool) {
	s, ok := d.signs[m]
	return s, ok
}

// Certified reports whether a member's name and public keys are those that the
// chain certifies: a sentence that names readers is no truer than their names.
func (d *Directory) Certified(m record.Member) bool {
	c, ok := d.certs[m.ID]
	return ok && c.keys == hashMember(m)
}

// Seat reports whether a seat's public half is the one an officer signed.
func (d *Directory) Seat(s record.Seat) bool {
	g, ok := d.roster.Grant(record.RightSeat, record.RecipientOf(record.ToSeat, s.ID), d.here())
	return ok && g.Commit == seatCommit(s)
}

func (d *Directory) here() record.Target {
	return record.TargetOf(record.OnOrganisation, d.organisation)
}

// held reports whether m held right on target at a minute: still, or until later.
func (d *Directory) held(right record.Right, m record.MemberID, target record.Target, at record.Minute) bool {
	to := record.RecipientOf(record.ToMember, m)
	return slices.ContainsFunc(d.tenures[grantKey{right, to, target}], func(t tenure) bool {
		return t.from <= at && (t.until == 0 || at < t.until)
	})
}

func (d *Directory) isMember(m record.MemberID, at record.Minute) bool {
	c, ok := d.certs[m]
	end, closed := d.closedAt(m)
	return ok && at >= c.at && (!closed || at <= end)
}

// isMemberNow is isMember for a session: an account that closes in this minute
// is closed.
func (d *Directory) isMemberNow(m record.MemberID, now record.Minute) bool {
	_, closed := d.closedAt(m)
	return !closed && d.isMember(m, now)
}

func (d *Directory) closedAt(m record.MemberID) (record.Minute, bool) {
	end, closed := d.closed[m]
	return end, closed
}

func (d *Directory) belongs(m record.MemberID, s record.ServiceID, at record.Minute) bool {
	return d.worksIn(m, s, at) || d.held(record.RightInvited, m, record.TargetOf(record.OnService, s), at)
}

func (d *Directory) worksIn(m record.MemberID, s record.ServiceID, at record.Minute) bool {
	return d.isMember(m, at) && d.held(record.RightMember, m, record.TargetOf(record.OnService, s), at)
}

func (d *Directory) leads(m record.MemberID, s record.ServiceID, at record.Minute) bool {
	return d.isMember(m, at) && d.held(record.RightLead, m, record.TargetOf(record.OnService, s), at)
}

func (d *Directory) isOfficer(m record.MemberID, at record.Minute) bool {
	return d.isMember(m, at) && d.held(record.RightOfficer, m, d.here(), at)
}

// hashMember is what a certificate carries of a member: her name and public keys.
func hashMember(m record.Member) [32]byte {
	return seal.Hash([]byte(m.Name), m.Keys.KEM, m.Keys.Sign, m.Keys.LetterBox)
}

// seatCommit is what the chain carries of a seat.
func seatCommit(s record.Seat) [32]byte { return seal.Hash([]byte{byte(s.Kind)}, s.Public) }

// clone copies a directory, so that an act can be judged link by link.
func (d *Directory) clone() *Directory {
	c := &Directory{
		organisation: d.organisation, roster: d.roster.clone(), certs: maps.Clone(d.certs), tenures: map[grantKey][]tenure{},
		closed: maps.Clone(d.closed), signs: maps.Clone(d.signs), members: maps.Clone(d.members),
	}
	for k, t := range d.tenures {
		c.tenures[k] = slices.Clone(t)
	}
	return c
}
