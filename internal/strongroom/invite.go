// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// InvitationMinutes is how long a code is good: 72 hours.
const InvitationMinutes = 72 * 60

const invitationSize = 16 // a code of 128 bits, used once

// certify appends a link to the organisation's chain.
//
// It is judged exactly as every reader will judge it: a link that does not verify
// would close the organisation for good.
func (a *Act) certify(ctx context.Context, s *shelf, l record.Link, sign seal.Signer) error {
	if err := a.knowHouse(ctx); err != nil {
		return err
	}
	l.Owner, l.N, l.Prev = s.owner, s.roster.Head.Count, s.roster.Head.Hash
	l.At, l.Author = max(a.at, s.roster.act.at), a.by.Member()
	signLink(a.room.host.organisation, sign, &l)
	if err := a.house.judge(a.room.host.root, &l); err != nil {
		return fault.New(fault.Refused, "fault.not_yours")
	}
	a.house.take(&l)
	s.roster.apply(&l)
	s.roster.Head = Head{Count: l.N + 1, Hash: linkHash(a.room.host.organisation, &l)}
	a.step(func(ctx context.Context, tx Tx) error { return raced(tx.PutLink(ctx, l)) })
	return nil
}

// knowHouse copies the organisation's chain for the length of the act.
func (a *Act) knowHouse(ctx context.Context) error {
	if a.house != nil {
		return nil
	}
	d, err := a.room.houseOf(ctx, a.by)
	if err != nil {
		return err
	}
	a.house = d.clone()
	return nil
}

// place is where a function is certified: its service, or the organisation.
func (r *Room) place(f record.Function) record.Target {
	if f.Service.IsZero() {
		return record.TargetOf(record.OnOrganisation, r.host.organisation)
	}
	return record.TargetOf(record.OnService, f.Service)
}

// Invite makes a single-use code for a new account: it pre-signs her certificate
// for the holder of the code, and seals under the code the keys that her role
// brings and the inviter holds.
func (a *Act) Invite(ctx context.Context, m record.Member, functions []record.Function) (string, record.Invitation, error) {
	code := seal.Random(invitationSize)
	key := seal.CodeKey(code, "invitation")
	signer := seal.NewSigner(key.Derive("sign"))
	inv := record.Invitation{
		ID: record.NewID[record.Invitation](), Code: [32]byte(signer.Public()), Member: m.ID,
		Inviter: a.by.Member(), Until: a.at + InvitationMinutes,
	}
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return "", inv, err
	}
	for _, f := range functions {
		for _, l := range a.room.invitedTo(inv, f) {
			if err := a.certify(ctx, house, l, a.by.signer()); err != nil {
				return "", inv, err
			}
		}
	}
	keys, err := a.roleKeys(ctx, m.ID, functions)
	if err != nil {
		return "", inv, err
	}
	inv.Sealed = seal.Seal(key.Derive("keys"), a.room.invitationContext(inv), keys)
	return seal.FormatCode(code), inv, a.Journal(ctx, journal.Invited, journal.ForHouse)
}

func (r *Room) invitationContext(i record.Invitation) seal.Context {
	return seal.Context{Purpose: seal.ForInvitation, Organisation: r.host.organisation, Object: i.ID.Ref(), Author: i.Member}
}

// invitedTo is what the organisation's chain says of one function of an invitation.
func (r *Room) invitedTo(i record.Invitation, f record.Function) []record.Link {
	to := record.RecipientOf(record.ToMember, i.Member)
	links := []record.Link{{
		Class: record.LinkGives, Right: record.RightInvited, Recipient: to, Target: r.place(f),
		Until: i.Until, Commitment: i.Code,
	}}
	switch f.Role {
	case record.RoleLead:
		links = append(links, record.Link{Class: record.LinkGives, Right: record.RightLead, Recipient: to, Target: r.place(f)})
	case record.RoleAdministrator:
		links = append(links, record.Link{Class: record.LinkGives, Right: record.RightOfficer, Recipient: to, Target: r.place(record.Function{})})
	}
	return links
}

// roleKeys grants the newcomer, ahead of her coming, the circles that the inviter
// holds among those her roles bring, and returns their keys to seal under the
// code. What the inviter does not hold, a colleague adds: Accueillir.
func (a *Act) roleKeys(ctx context.Context, m record.MemberID, functions []record.Function) ([]byte, error) {
	var e encoder
	to := record.RecipientOf(record.ToMember, m)
	why := detail{Act: record.ActInvite, Ground: record.GroundContinuity, Informed: record.InformedNotice}
	for _, f := range functions {
		if f.Service.IsZero() {
			continue
		}
		s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, f.Service))
		if err != nil {
			return nil, err
		}
		for _, id := range s.order {
			k, epoch, err := a.by.current(s, id)
			if err != nil || s.circles[id].Kind == record.Emergency && !f.Role.HoldsEmergency() {
				continue
			}
			target := record.TargetOf(record.OnCircle, id)
			if _, has := s.roster.Grant(record.RightRead, to, target); !has {
				l := record.Link{Class: record.LinkGives, Right: record.RightRead, Recipient: to, Target: target}
				if err := a.link(ctx, s, l, why); err != nil {
					return nil, err
				}
			}
			e.raw(f.Service[:])
			e.raw(id[:])
			e.u32(epoch)
			e.key(k)
		}
	}
	return seal.Pad(e.b, 256), nil
}

// CodePublic returns the public half of an invitation's code, by which it is
// found, or a fault at the field "code".
func CodePublic(typed string) ([32]byte, error) {
	code, err := seal.ParseCode(typed)
	if err != nil || len(code) != invitationSize {
		return [32]byte{}, fault.Field("code", "fault.code_mistyped")
	}
	return [32]byte(seal.NewSigner(seal.CodeKey(code, "invitation").Derive("sign")).Public()), nil
}

// Enrolment is what the holder of a code does: her secret, her two slots, her
// certificate signed with the code.
type Enrolment struct {
	Invitation record.Invitation
	Member     record.Member
	Functions  []record.Function
	Code       string
	Passphrase string
	Device     journal.Device
}

// Enrolled is what enrolling leaves in the newcomer's session.
type Enrolled struct {
	Secret Secret
	Member record.Member
	Paper  string
	Slots  []record.Slot
}

// Enrol makes a newcomer's keys and certificate. commit writes the rows of the
// member and her slots, then applies the act.
func (r *Room) Enrol(ctx context.Context, e Enrolment, commit func(context.Context, Enrolled, *Act) error) (Enrolled, error) {
	code, err := seal.ParseCode(e.Code)
	if err != nil {
		return Enrolled{}, fault.Field("code", "fault.code_mistyped")
	}
	if e.Invitation.Until <= r.minute() {
		return Enrolled{}, fault.New(fault.Expired, "fault.invitation_expired")
	}
	key := seal.CodeKey(code, "invitation")
	out := Enrolled{Secret: newSecret(), Member: e.Member}
	out.Member.Keys, out.Member.State = out.Secret.public(), record.MemberActive
	words, err := r.PassphraseSlot(e.Member.ID, out.Secret, e.Passphrase)
	if err != nil {
		return out, err
	}
	paper, printed, err := r.PaperSlot(e.Member.ID, out.Secret)
	if err != nil {
		return out, err
	}
	out.Slots, out.Paper = []record.Slot{words, paper}, printed
	by := newUnlocked(record.Actor{Member: e.Member.ID, Functions: e.Functions}, e.Device, out.Secret)
	err = r.Do(ctx, by, func(a *Act) error { return a.enrol(ctx, e, out, key) },
		func(ctx context.Context, a *Act) error { return commit(ctx, out, a) })
	return out, err
}

func (a *Act) enrol(ctx context.Context, e Enrolment, out Enrolled, key seal.Key) error {
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return err
	}
	if err := a.knowHouse(ctx); err != nil {
		return err
	}
	if _, used := a.house.certs[a.by.Member()]; used {
		return fault.New(fault.Expired, "fault.invitation_used")
	}
	a.house.members[out.Member.ID] = out.Member
	sign := seal.NewSigner(key.Derive("sign"))
	done := map[record.Target]bool{}
	for _, f := range e.Functions {
		at := a.room.place(f)
		if done[at] {
			continue
		}
		done[at] = true
		l := record.Link{
			Class: record.LinkGives, Right: record.RightMember, Recipient: a.by.self(), Target: at,
			Commitment: hashMember(out.Member),
		}
		if err := a.certify(ctx, house, l, sign); err != nil {
			return err
		}
		sign = a.by.signer() // certified by her first link, she signs the others herself
	}
	if err := a.takeKeys(ctx, e.Invitation, key); err != nil {
		return err
	}
	return a.Journal(ctx, journal.Enrolled, journal.ForHouse)
}

// takeKeys wraps to the newcomer's own key what the invitation brought.
func (a *Act) takeKeys(ctx context.Context, i record.Invitation, key seal.Key) error {
	padded, err := seal.Open(key.Derive("keys"), a.room.invitationContext(i), i.Sealed)
	if err != nil {
		return fault.New(fault.Expired, "fault.invitation_expired")
	}
	raw, err := seal.Unpad(padded)
	if err != nil {
		return errItem
	}
	for d := (decoder{b: raw}); len(d.b) > 0; {
		service, id, epoch, k := record.ServiceID(d.ref()), record.CircleID(d.ref()), d.u32(), d.key()
		if d.bad {
			return errItem
		}
		s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, service))
		if err != nil {
			return err
		}
		if s.circles[id].Epoch != epoch || !a.room.committed(s, id, epoch, k) {
			continue // renewed since: a colleague welcomes her
		}
		a.by.hold(s.circles[id], epoch, k)
		if err := a.wrap(s, id, a.toSelf()); err != nil {
			return err
		}
	}
	return nil
}

// CancelInvitation ends what an invitation pre-signed.
func (a *Act) CancelInvitation(ctx context.Context, i record.Invitation) error {
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return err
	}
	to := record.RecipientOf(record.ToMember, i.Member)
	for _, right := range []record.Right{record.RightInvited, record.RightLead, record.RightOfficer} {
		for _, g := range house.roster.all(right, to) {
			l := record.Link{Class: record.LinkEnds, Right: right, Recipient: to, Target: g.Target}
			if err := a.certify(ctx, house, l, a.by.signer()); err != nil {
				return err
			}
			if err := a.endInService(ctx, g.Target, to); err != nil {
				return err
			}
		}
	}
	return a.Journal(ctx, journal.Closed, journal.ForHouse)
}

// endInService ends what an invitation pre-signed of a service's circles: they get
// new keys, because a copy of the sealed ones may be left under the code.
func (a *Act) endInService(ctx context.Context, at record.Target, to record.Recipient) error {
	if at.Kind != record.OnService {
		return nil
	}
	s, err := a.shelf(ctx, record.Owner{Kind: record.OwnerService, ID: at.ID})
	if err != nil {
		return err
	}
	for _, g := range s.roster.all(record.RightRead, to) {
		if err := a.end(ctx, s, g, record.ActRevoke); err != nil {
			return err
		}
	}
	return nil
}

// CloseMember ends a member's certificate and her place in the organisation; the
// circles she read get a new key at their next write.
func (a *Act) CloseMember(ctx context.Context, m record.MemberID) error {
	house, err := a.room.houseShelf(ctx, a.by)
	if err != nil {
		return err
	}
	to := record.RecipientOf(record.ToMember, m)
	if a.room.lastOfficer(house, to, a.at) {
		return fault.New(fault.Refused, "fault.last_officer")
	}
	ends := []record.Link{{Right: record.RightMember, Target: record.TargetOf(record.OnOrganisation, a.room.host.organisation)}}
	for _, right := range []record.Right{record.RightMember, record.RightInvited, record.RightLead, record.RightOfficer} {
		for _, g := range house.roster.all(right, to) {
			if right != record.RightMember || g.Target != ends[0].Target {
				ends = append(ends, record.Link{Right: right, Target: g.Target})
			}
		}
	}
	for _, l := range ends {
		l.Class, l.Recipient = record.LinkEnds, to
		if err := a.certify(ctx, house, l, a.by.signer()); err != nil {
			return err
		}
	}
	return a.Journal(ctx, journal.Closed, journal.ForHouse)
}
