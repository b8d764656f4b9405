// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Readers is who can open something, computed from the keys: living people whose
// slots reach the key. Seats and envelopes are not people who read (secrecy.md §10).
type Readers struct {
	Members   []record.MemberID // the readers
	Emergency []record.MemberID // who else could, in an emergency, with an alert
	Offices   []record.ServiceID
	Person    record.PersonID // the person reads it too (Shared): zero if not
}

// CircleReaders computes the readers of a circle of a case. It opens nothing and
// needs no key of the case: the wraps, the chain and the slots say it all.
func (r *Room) CircleReaders(ctx context.Context, u *Unlocked, o record.Owner, c record.CircleID) (Readers, error) {
	s, err := r.enter(ctx, u, o)
	if err != nil {
		return Readers{}, err
	}
	return r.reach(ctx, u, s, c)
}

// ItemReaders computes the readers of opened items, in their order: those of
// their circles, and those to whom they were granted alone.
func (r *Room) ItemReaders(ctx context.Context, u *Unlocked, items []Item) ([]Readers, error) {
	out := make([]Readers, len(items))
	for i, it := range items {
		s, err := r.enter(ctx, u, it.Owner)
		if err != nil {
			return nil, err
		}
		in, err := r.circlesOf(ctx, u, it)
		if err != nil {
			return nil, err
		}
		for _, c := range in {
			readers, err := r.reach(ctx, u, s, c)
			if err != nil {
				return nil, err
			}
			out[i].add(readers)
		}
		alone, err := r.aloneReaders(ctx, u, s, it.Object)
		if err != nil {
			return nil, err
		}
		out[i].add(Readers{Members: alone})
	}
	return out, nil
}

// circlesOf are the circles an item stands in, those that the asker does not hold
// too.
func (r *Room) circlesOf(ctx context.Context, u *Unlocked, it Item) ([]record.CircleID, error) {
	slips, ok := u.slips[it.Owner]
	if !ok {
		var err error
		if slips, err = r.read.Slips(ctx, it.Owner); err != nil {
			return nil, err
		}
		u.slips[it.Owner] = slips
	}
	var out []record.CircleID
	for _, slip := range slips {
		if slip.Object == it.Object {
			out = append(out, slip.Circle)
		}
	}
	return out, nil
}

// FutureReaders computes who will read a case that is not open yet, if these
// members are named: the living ones, and the holders of the emergency key.
func (r *Room) FutureReaders(ctx context.Context, u *Unlocked, service record.ServiceID, named []record.MemberID) (Readers, error) {
	var out Readers
	var err error
	if out.Members, err = r.living(ctx, u, named); err != nil {
		return out, err
	}
	row, err := r.read.Service(ctx, service)
	if err != nil || !row.Emergency {
		return out, err
	}
	s, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return out, err
	}
	if c, ok := s.kind(record.Emergency); ok {
		holders, err := r.reach(ctx, u, s, c.ID)
		if err != nil {
			return out, err
		}
		out.Emergency = holders.Members
	}
	out.add(Readers{})
	return out, nil
}

func (a *Readers) add(b Readers) {
	a.Members, a.Offices = union(a.Members, b.Members), union(a.Offices, b.Offices)
	a.Emergency = union(a.Emergency, b.Emergency)
	a.Emergency = slices.DeleteFunc(a.Emergency, func(m record.MemberID) bool { return slices.Contains(a.Members, m) })
	if !b.Person.IsZero() {
		a.Person = b.Person
	}
}

func union[T comparable](a, b []T) []T {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// aloneReaders are those who hold one object by a live grant and its wrap.
func (r *Room) aloneReaders(ctx context.Context, u *Unlocked, s *shelf, id record.ObjectID) ([]record.MemberID, error) {
	target := record.TargetOf(record.OnObject, id)
	if len(s.roster.onTarget(record.RightRead, target)) == 0 {
		return nil, nil
	}
	wraps, err := r.read.ObjectWraps(ctx, id)
	if err != nil {
		return nil, err
	}
	wrapped := map[record.Recipient]bool{}
	for _, w := range wraps {
		wrapped[w.Recipient] = true
	}
	var out []record.MemberID
	for _, g := range s.roster.Grants(record.RightRead, target, r.minute()) {
		m := record.MemberID(g.Recipient.ID)
		ok, err := r.alive(ctx, u, m, true, wrapped[g.Recipient])
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, m)
		}
	}
	return out, nil
}

// reach returns the people behind a circle, followed once a request.
func (r *Room) reach(ctx context.Context, u *Unlocked, s *shelf, c record.CircleID) (Readers, error) {
	at := circleAt{s.owner, c}
	if out, ok := u.reached[at]; ok {
		return out, nil
	}
	out, err := r.trace(ctx, u, s, c)
	if err == nil {
		out.Members, out.Emergency, out.Offices = slices.Clip(out.Members), slices.Clip(out.Emergency), slices.Clip(out.Offices)
		u.reached[at] = out
	}
	return out, err
}

// trace follows the grants of a circle to people, and asks that each holds a wrap
// of its newest key. Of a case, a reader whom the signed chains name and whose
// rows say otherwise stops everything: a sentence is never shortened by a row.
func (r *Room) trace(ctx context.Context, u *Unlocked, s *shelf, c record.CircleID) (Readers, error) {
	var out Readers
	k, ok := s.circles[c]
	if !ok { // a scratchpad is its owner's
		pad, err := r.scratchpad(ctx, u)
		if err == nil && pad.ID == c {
			out.Members = []record.MemberID{u.Member()}
		}
		return out, err
	}
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return out, err
	}
	holders, err := r.read.Holders(ctx, c)
	if err != nil {
		return out, err
	}
	out.Person = k.Person
	wrapped := map[record.Recipient]bool{}
	for _, h := range holders {
		wrapped[record.RecipientOf(record.ToMember, h.ID)] = h.Epoch == k.Epoch
		u.alive[h.ID] = livingRow(d, h.Member, h.Slots)
	}
	for _, right := range []record.Right{record.RightRead, record.RightEmergency} {
		for _, g := range s.roster.Grants(right, record.TargetOf(record.OnCircle, c), r.minute()) {
			if err := r.follow(ctx, u, s, g, wrapped[g.Recipient], &out); err != nil {
				return out, err
			}
		}
	}
	out.add(Readers{})
	return out, nil
}

// follow adds the people behind one grant.
func (r *Room) follow(ctx context.Context, u *Unlocked, s *shelf, g Grant, wrapped bool, out *Readers) error {
	switch g.Recipient.Kind {
	case record.ToMember:
		alive, err := r.alive(ctx, u, record.MemberID(g.Recipient.ID), s.owner.Kind == record.OwnerCase, wrapped)
		if alive {
			out.Members = append(out.Members, record.MemberID(g.Recipient.ID))
		}
		return err
	case record.ToCircle:
		service, inner, err := r.behind(ctx, u, s, record.CircleID(g.Recipient.ID))
		if err != nil {
			return err
		}
		if g.Right == record.RightEmergency {
			out.Emergency = append(out.Emergency, inner.Members...)
			return nil
		}
		out.Members = append(out.Members, inner.Members...)
		if !service.IsZero() {
			out.Offices = append(out.Offices, service)
		}
	}
	return nil
}

// alive reports whether a granted member is a living reader: certified today by
// the organisation's chain, and holding a wrap. In a case (strict) the chain is
// believed: a wrap that is not there is an error. In a service a newcomer may wait
// for hers.
func (r *Room) alive(ctx context.Context, u *Unlocked, m record.MemberID, strict, wrapped bool) (bool, error) {
	living, err := r.living(ctx, u, []record.MemberID{m})
	if err != nil || len(living) == 0 {
		return false, err
	}
	if wrapped || !strict {
		return wrapped, nil
	}
	return false, errChain("a reader whom the rows do not show")
}

// living keeps the members who are certified today. The chain is believed: a row
// that says that one of them left, is called otherwise or has no slot is an error.
func (r *Room) living(ctx context.Context, u *Unlocked, all []record.MemberID) ([]record.MemberID, error) {
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, err
	}
	var out []record.MemberID
	for _, m := range all {
		if slices.Contains(out, m) || !d.isMemberNow(m, r.minute()) {
			continue
		}
		ok, err := r.lives(ctx, u, d, m)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errChain("a member whom the rows do not show")
		}
		out = append(out, m)
	}
	return out, nil
}

// lives reports whether a member's row is the certified one, active, with a slot.
// It is asked once a request for each member.
func (r *Room) lives(ctx context.Context, u *Unlocked, d *Directory, m record.MemberID) (bool, error) {
	if ok, asked := u.alive[m]; asked {
		return ok, nil
	}
	row, err := r.read.Member(ctx, m)
	if err != nil {
		return false, err
	}
	slots, err := r.read.SlotCount(ctx, m)
	u.alive[m] = livingRow(d, row, slots)
	return u.alive[m], err
}

func livingRow(d *Directory, row record.Member, slots int) bool {
	return row.State == record.MemberActive && d.Certified(row) && slots > 0
}

// Place is one member's place in a case, for the page of readers.
type Place struct {
	Member       record.MemberID
	Referent     bool
	Circles      []record.Circle
	Objects      []record.ObjectID // held alone
	Since, Until record.Minute
	By           record.MemberID
	Reason       record.Reason // empty when the session may not read why
	Link         uint32        // of the case's chain: the one that says all this
}

// Told is a case's chain and journals, opened for the page of readers after an
// entry that says so was written.
type Told struct {
	room   *Room
	by     *Unlocked
	c      record.Case
	Places []Place
}

// Told writes that somebody looks at who reads a case, then says who can read it
// and why. Looks reads who has.
func (r *Room) Told(ctx context.Context, u *Unlocked, c record.Case) (*Told, error) {
	if _, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerCase, c.ID)); err != nil {
		return nil, err
	}
	if err := r.witness(ctx, u, journal.Body{Act: journal.Opened, Purpose: journal.ForReaders}, InJournal(c)...); err != nil {
		return nil, err
	}
	places, err := r.places(ctx, u, c.ID)
	return &Told{room: r, by: u, c: c, Places: places}, err
}

// OwnReaders says, for each service that knows a person, who opens her name there.
func (r *Room) OwnReaders(ctx context.Context, u *Unlocked, p record.PersonID) (map[record.ServiceID][]record.MemberID, error) {
	s, err := r.enter(ctx, u, record.OwnerOf(record.OwnerPerson, p))
	if err != nil {
		return nil, err
	}
	c, ok := s.kind(record.Own)
	if !ok {
		return nil, fault.New(fault.Withheld, "")
	}
	out := map[record.ServiceID][]record.MemberID{}
	for _, g := range s.roster.Grants(record.RightRead, record.TargetOf(record.OnCircle, c.ID), r.minute()) {
		var one Readers
		if err := r.follow(ctx, u, s, g, true, &one); err != nil {
			return nil, err
		}
		for _, service := range one.Offices {
			out[service] = one.Members
		}
	}
	return out, nil
}

func (r *Room) places(ctx context.Context, u *Unlocked, c record.CaseID) ([]Place, error) {
	o := record.OwnerOf(record.OwnerCase, c)
	s, err := r.shelf(ctx, u, o)
	if err != nil {
		return nil, err
	}
	links, err := r.linksOf(ctx, s)
	if err != nil {
		return nil, err
	}
	places := map[record.MemberID]*Place{}
	var order []record.MemberID
	now, referent := r.minute(), s.roster.Referent(c)
	for _, g := range s.roster.members(now) {
		m := record.MemberID(g.Recipient.ID)
		p, ok := places[m]
		if !ok {
			p = &Place{Member: m, Referent: m == referent, Since: g.At, Until: g.Until, By: g.Author, Link: g.N}
			if d, ok := r.openDetail(u, s, &links[g.N]); ok {
				p.Reason = d.Reason
			}
			places[m], order = p, append(order, m)
		}
		if g.Target.Kind == record.OnObject {
			p.Objects = append(p.Objects, record.ObjectID(g.Target.ID))
		} else {
			p.Circles = append(p.Circles, s.circles[record.CircleID(g.Target.ID)])
		}
	}
	alive, err := r.living(ctx, u, order)
	if err != nil {
		return nil, err
	}
	out := make([]Place, 0, len(alive))
	for _, m := range alive {
		out = append(out, *places[m])
	}
	return out, nil
}

// members returns every live reading grant of members, oldest first.
func (r *Roster) members(now record.Minute) []Grant {
	var out []Grant
	for k, g := range r.grants {
		if k.right == record.RightRead && k.recipient.Kind == record.ToMember && g.Live(now) {
			out = append(out, g)
		}
	}
	sortGrants(out)
	return out
}

// CaseFacts is what policy is told of a case: the fold of its chain, no key.
type CaseFacts struct {
	Case     record.Case // its row, of which service and persons are those of the chain
	Referent record.MemberID
	Reads    bool // the actor reads the case circle
	Holds    bool // the actor holds something of the case
	Main     record.CircleID
	Shared   map[record.PersonID]record.CircleID
}

// CaseFacts folds a case's chain for policy and for the pages.
func (r *Room) CaseFacts(ctx context.Context, u *Unlocked, c record.CaseID) (CaseFacts, error) {
	s, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerCase, c))
	if err != nil {
		return CaseFacts{}, err
	}
	f := CaseFacts{Case: s.row, Referent: s.roster.Referent(c), Shared: map[record.PersonID]record.CircleID{}}
	for _, id := range s.order {
		switch k := s.circles[id]; k.Kind {
		case record.CaseCircle:
			f.Main = id
			f.Reads = s.roster.reads(u.Member(), record.TargetOf(record.OnCircle, id), r.minute())
		case record.Shared:
			f.Shared[k.Person] = id
		}
	}
	live := func(g Grant) bool { return g.Live(r.minute()) } // neither before since nor after until
	f.Holds = slices.ContainsFunc(s.roster.all(record.RightRead, u.self()), live)
	return f, nil
}

// PersonFacts is what policy is told of a person.
type PersonFacts struct {
	Own    record.CircleID
	Opens  bool // the actor's keys open Own
	Via    record.ServiceID
	Counts map[record.ServiceID]record.CircleID // her Counter in each service
}

// PersonFacts folds a person's chain.
func (r *Room) PersonFacts(ctx context.Context, u *Unlocked, p record.PersonID) (PersonFacts, error) {
	s, err := r.enter(ctx, u, record.OwnerOf(record.OwnerPerson, p))
	if err != nil {
		return PersonFacts{}, err
	}
	f := PersonFacts{Counts: map[record.ServiceID]record.CircleID{}}
	for _, id := range s.order {
		switch k := s.circles[id]; k.Kind {
		case record.Own:
			f.Own = id
			_, f.Opens = u.key(id, k.Epoch)
		case record.Counter:
			f.Counts[k.Service] = id
			if slices.Contains(u.actor.Services(), k.Service) && f.Via.IsZero() {
				f.Via = k.Service
			}
		}
	}
	return f, nil
}

// Look is one entry of a journal, opened.
type Look struct {
	journal.Body
	Spans []journal.Span
	Sound bool // the signature verifies and covers the slips that were read
}

// Looks reads a person's journal in the case's service, as far as the keys in
// hand go back, newest first.
func (t *Told) Looks(ctx context.Context, p record.PersonID, since record.Minute, limit int) ([]Look, error) {
	r, u := t.room, t.by
	if !slices.Contains(t.c.Persons, p) { // the entry names the persons of this case only
		return nil, fault.New(fault.Withheld, "")
	}
	s, _, err := r.journalCircle(ctx, u, Subject{Person: p, Service: t.c.Service})
	if err != nil {
		return nil, err
	}
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, err
	}
	var out []Look
	for _, c := range slices.Backward(s.journals(t.c.Service)) {
		if _, ok := u.key(c.ID, c.Epoch); !ok || len(out) >= limit {
			continue
		}
		rows, err := r.read.JournalOf(ctx, c.ID, since, limit-len(out))
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			if l, ok := r.openEntry(u, s, d, e); ok {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// openEntry opens a journal row through the slips of one circle.
func (r *Room) openEntry(u *Unlocked, s *shelf, d *Directory, e record.Entry) (Look, bool) {
	var look Look
	var key seal.Key
	for _, slip := range e.Slips {
		k, spans, ok := r.openEntrySlip(u, s, e.ID, slip)
		if !ok {
			return look, false
		}
		key, look.Spans = k, append(look.Spans, spans...)
	}
	if key.IsZero() {
		return look, false
	}
	padded, err := seal.Open(key, r.entryContext(e.ID), e.Body)
	if err != nil {
		return look, false
	}
	raw, err := seal.Unpad(padded)
	if err != nil {
		return look, false
	}
	if look.Body, err = journal.Decode(raw); err != nil {
		return look, false
	}
	look.Sound = r.sound(d, look.Body, e.Slips)
	return look, true
}

func (r *Room) openEntrySlip(u *Unlocked, s *shelf, id record.EntryID, slip record.EntrySlip) (seal.Key, []journal.Span, bool) {
	k, ok := u.key(slip.Circle, slip.Epoch)
	if !ok || len(slip.Sealed) == 0 {
		return seal.Key{}, nil, false
	}
	ctx := r.slipContext(s.owner, slip.Circle, slip.Epoch, id)
	var padded []byte
	var err error
	if record.WrapForm(slip.Sealed[0]) == record.WrapOwn {
		padded, err = seal.Open(k, ctx, slip.Sealed[1:])
	} else {
		padded, err = journalPair(k).Open(ctx, slip.Sealed[1:])
	}
	if err != nil {
		return seal.Key{}, nil, false
	}
	plain, err := seal.Unpad(padded)
	if err != nil || len(plain) < seal.KeySize {
		return seal.Key{}, nil, false
	}
	body, err := seal.KeyFrom(plain[:seal.KeySize])
	if err != nil {
		return seal.Key{}, nil, false
	}
	spans, err := journal.DecodeSpans(plain[seal.KeySize:])
	return body, spans, err == nil
}

// sound reports whether a body's signature verifies and covers the slips read.
func (r *Room) sound(d *Directory, b journal.Body, slips []record.EntrySlip) bool {
	for _, s := range slips {
		if !slices.Contains(b.Slips, journal.SlipHash(s)) {
			return false
		}
	}
	public := seal.NewSigner(r.host.sign).Public()
	if !b.Actor.IsZero() {
		var ok bool
		if public, ok = d.Signs(b.Actor); !ok {
			return false
		}
	}
	c := seal.Context{Purpose: seal.ForSignature, Organisation: r.host.organisation, Author: b.Actor}
	return seal.Verify(public, c, b.Signed(), b.Sign)
}
