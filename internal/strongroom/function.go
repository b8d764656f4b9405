// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Employ certifies an enrolled member for one function more. It gives no key: a
// colleague who holds those of the service welcomes her, and who only
// administers, directs or oversees is never given an Office (secrecy.md §4).
func (a *Act) Employ(ctx context.Context, f record.Function) error {
	if _, err := a.toMember(ctx, f.Member); err != nil {
		return err
	}
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return err
	}
	to := record.RecipientOf(record.ToMember, f.Member)
	for _, l := range a.room.rightsOf(f) {
		if _, held := house.roster.Grant(l.Right, to, l.Target); held {
			continue
		}
		l.Class, l.Recipient = record.LinkGives, to
		if err := a.certify(ctx, house, l, a.by.signer()); err != nil {
			return err
		}
	}
	return nil
}

// rightsOf is what the organisation's chain says of one function. The first
// stays with the last function held in its place.
func (r *Room) rightsOf(f record.Function) []record.Link {
	rights := []record.Link{{Right: record.RightMember, Target: r.place(f)}}
	switch f.Role {
	case record.RoleLead:
		rights = append(rights, record.Link{Right: record.RightLead, Target: r.place(f)})
	case record.RoleAdministrator:
		rights = append(rights, record.Link{Right: record.RightOfficer, Target: r.place(f)})
	}
	return rights
}

// Dismiss ends one function of a member who keeps those in left. With the last
// one in a service she loses its keys and her place in its cases; with the last
// that holds the emergency right, that key, unless keepEmergency says that nobody
// else has it. The circles she read get a new key at their next write.
func (a *Act) Dismiss(ctx context.Context, f record.Function, left []record.Function, keepEmergency bool) error {
	there := func(g record.Function) bool { return g.Service == f.Service }
	emergency := func(g record.Function) bool { return there(g) && g.Role.HoldsEmergency() }
	leaves := !f.Service.IsZero() && !slices.ContainsFunc(left, there)
	if leaves {
		if err := a.leaveCases(ctx, f.Service, f.Member); err != nil {
			return err
		}
	}
	if f.Role.HoldsEmergency() && !keepEmergency && !slices.ContainsFunc(left, emergency) || leaves {
		if err := a.dropKeys(ctx, f, leaves); err != nil {
			return err
		}
	}
	return a.decertify(ctx, f, leaves)
}

// leaveCases ends a member's place in every case of a service.
func (a *Act) leaveCases(ctx context.Context, s record.ServiceID, m record.MemberID) error {
	cases, err := a.room.read.CasesHeld(ctx, s, m)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if err := a.EndInCase(ctx, c, m); err != nil && fault.KindOf(err) != fault.Withheld { // a wrap without a grant opens nothing
			return err
		}
	}
	return nil
}

// dropKeys ends a member's place in the circles of a service: all of them when
// she leaves it, the emergency key otherwise.
func (a *Act) dropKeys(ctx context.Context, f record.Function, leaves bool) error {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, f.Service))
	if err != nil {
		return err
	}
	for _, g := range s.roster.all(record.RightRead, record.RecipientOf(record.ToMember, f.Member)) {
		if !leaves && s.circles[record.CircleID(g.Target.ID)].Kind != record.Emergency {
			continue
		}
		if err := a.end(ctx, s, g, record.ActRevoke); err != nil {
			return err
		}
	}
	return nil
}

// decertify ends what the organisation's chain says of a function. The place in
// the organisation itself stays: ending it closes the account.
func (a *Act) decertify(ctx context.Context, f record.Function, leaves bool) error {
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return err
	}
	to := record.RecipientOf(record.ToMember, f.Member)
	if f.Role == record.RoleAdministrator && a.room.lastOfficer(house, to, a.at) {
		return fault.New(fault.Refused, "fault.last_officer")
	}
	ends := a.room.rightsOf(f)[1:]
	if leaves { // the invitation too: within its 72 hours it makes her one who belongs
		ends = append(ends, record.Link{Right: record.RightMember, Target: a.room.place(f)}, record.Link{Right: record.RightInvited, Target: a.room.place(f)})
	}
	for _, l := range ends {
		if _, held := house.roster.Grant(l.Right, to, l.Target); !held {
			continue
		}
		l.Class, l.Recipient = record.LinkEnds, to
		if err := a.certify(ctx, house, l, a.by.signer()); err != nil {
			return err
		}
	}
	return nil
}

// lastOfficer reports whether nobody else can open accounts.
func (r *Room) lastOfficer(house *shelf, m record.Recipient, now record.Minute) bool {
	all := house.roster.Grants(record.RightOfficer, record.TargetOf(record.OnOrganisation, r.host.organisation), now)
	return len(all) == 1 && all[0].Recipient == m
}

// Held is how many cases a member holds something of: how many she carries, how
// many nobody else reads. Counts are all that who administers may know.
type Held struct {
	Cases, Carries, Alone int
}

// Held counts the cases of a service, or of all with a zero one, that a member
// holds something of. It opens nothing.
func (r *Room) Held(ctx context.Context, u *Unlocked, s record.ServiceID, m record.MemberID) (Held, error) {
	cases, err := r.read.CasesHeld(ctx, s, m)
	if err != nil {
		return Held{}, err
	}
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return Held{}, err
	}
	out := Held{Cases: len(cases)}
	for _, c := range cases {
		sh, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerCase, c.ID))
		if err != nil {
			return Held{}, err
		}
		if c.Open && sh.roster.Referent(c.ID) == m {
			out.Carries++
		}
		main, ok := sh.kind(record.CaseCircle)
		if ok && !slices.ContainsFunc(sh.roster.Grants(record.RightRead, record.TargetOf(record.OnCircle, main.ID), r.minute()), func(g Grant) bool {
			return g.Recipient.Kind == record.ToMember && record.MemberID(g.Recipient.ID) != m && d.isMemberNow(record.MemberID(g.Recipient.ID), r.minute())
		}) {
			out.Alone++
		}
	}
	return out, nil
}
