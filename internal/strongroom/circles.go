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

// MakeService makes what the first enrolled member of a service makes: its
// Office, its emergency key and their lock. Nothing sealed exists before.
func (a *Act) MakeService(ctx context.Context, id record.ServiceID) error {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, id))
	if err != nil {
		return err
	}
	why := detail{Act: record.ActOpen}
	office, err := a.newCircle(ctx, s, record.Circle{Kind: record.Office}, why)
	if err != nil {
		return err
	}
	emergency, err := a.newCircle(ctx, s, record.Circle{Kind: record.Emergency}, why)
	if err != nil {
		return err
	}
	lock, err := a.newLock(ctx, s)
	if err != nil {
		return err
	}
	for _, c := range []record.CircleID{office.ID, emergency.ID} {
		for _, to := range []recipient{a.toSelf(), lock} { // until there are holders, the first member holds the emergency key
			if err := a.let(ctx, s, c, to, terms{why: why}); err != nil {
				return err
			}
		}
	}
	return nil
}

// HasOffice reports whether a service's Office was made.
func (r *Room) HasOffice(ctx context.Context, id record.ServiceID) (bool, error) {
	all, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, id))
	return len(all) > 0, err
}

// newLock makes the recovery lock of a case or an Office: a key pair whose secret
// is split two of three among the envelopes (secrecy.md §6). Nobody keeps it.
func (a *Act) newLock(ctx context.Context, s *shelf) (recipient, error) {
	seats, err := a.envelopes(ctx)
	if err != nil {
		return recipient{}, err
	}
	const threshold = 2
	secret, shares, err := seal.Split(threshold, uint(len(seats)))
	if err != nil {
		return recipient{}, fault.Because(fault.Internal, err)
	}
	l := record.Lock{ID: record.NewID[record.Lock](), Owner: s.owner, Public: seal.Hybrid(secret).Public(), Threshold: threshold}
	for i, seat := range seats {
		sh, err := a.room.share(l, seat, uint8(i)+1, shares[i]) //nolint:gosec // three envelopes
		if err != nil {
			return recipient{}, err
		}
		l.Shares = append(l.Shares, sh)
	}
	a.locks = append(a.locks, l)
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutLock(ctx, l) })
	return lockRecipient(l), nil
}

func lockRecipient(l record.Lock) recipient {
	return recipient{Recipient: record.RecipientOf(record.ToLock, l.ID), public: l.Public, commit: seal.Hash(l.Public)}
}

// envelopes are the seats that hold a share of every lock, as an officer signed them.
func (a *Act) envelopes(ctx context.Context) ([]record.Seat, error) {
	return a.seats(ctx, record.SeatEnvelope)
}

func (a *Act) seats(ctx context.Context, kind record.SeatKind) ([]record.Seat, error) {
	d, err := a.room.houseOf(ctx, a.by)
	if err != nil {
		return nil, err
	}
	all, err := a.room.read.Seats(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(s record.Seat) bool { return s.Kind != kind })
	for _, s := range all {
		if !d.Seat(s) {
			return nil, errChain("a seat nobody signed")
		}
	}
	if want := map[record.SeatKind]int{record.SeatEnvelope: 3, record.SeatDPO: 1}[kind]; len(all) < want { // rows removed: a lock of fewer shares
		return nil, errChain("a seat that is missing")
	}
	return all, nil
}

// MakePerson makes a person's circles in the service that receives her: Own and
// Counter for its Office, and her journal there, which no Office reads.
func (a *Act) MakePerson(ctx context.Context, p record.PersonID, service record.ServiceID) (own record.CircleID, err error) {
	office, err := a.office(ctx, service)
	if err != nil {
		return own, err
	}
	s := newShelf(record.OwnerOf(record.OwnerPerson, p))
	a.by.loaded[s.owner] = s
	a.touched[s.owner] = true
	c, err := a.newCircle(ctx, s, record.Circle{Kind: record.Own}, detail{Act: record.ActOpen})
	if err != nil {
		return own, err
	}
	if err := a.let(ctx, s, c.ID, office, terms{why: detail{Act: record.ActKnown}}); err != nil {
		return own, err
	}
	return c.ID, a.known(ctx, s, service, office)
}

// known makes what a service needs to know a person: her Counter and her journal there.
func (a *Act) known(ctx context.Context, s *shelf, service record.ServiceID, office recipient) error {
	c, err := a.newCircle(ctx, s, record.Circle{Kind: record.Counter, Service: service}, detail{Act: record.ActKnown})
	if err != nil {
		return err
	}
	if err := a.let(ctx, s, c.ID, office, terms{why: detail{Act: record.ActKnown}}); err != nil {
		return err
	}
	return a.newJournal(ctx, s, service, nil)
}

// newShelf is the shelf of an owner that this act creates.
func newShelf(o record.Owner) *shelf {
	return &shelf{
		owner: o, pinned: true, begun: true,
		folded: folded{roster: newRoster(o), circles: map[record.CircleID]record.Circle{}, epochs: map[circleEpoch]record.Epoch{}},
	}
}

// office is a service's Office as a recipient, by the key in hand.
func (a *Act) office(ctx context.Context, service record.ServiceID) (recipient, error) {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return recipient{}, err
	}
	c, ok := s.kind(record.Office)
	if !ok {
		return recipient{}, fault.New(fault.Refused, "fault.no_office")
	}
	if err := a.freshen(ctx, s, c.ID); err != nil {
		return recipient{}, err
	}
	if _, _, err := a.by.current(s, c.ID); err != nil {
		return recipient{}, err
	}
	return a.toCircle(s, s.circles[c.ID])
}

// newJournal begins a journal of hers in a service, wrapped to the DPO's seat, to
// the Office's lock and to the open cases' circles given; whoever makes it forgets
// it with the act. The entries before stay with those who held them (doc/adr/0008).
func (a *Act) newJournal(ctx context.Context, s *shelf, service record.ServiceID, readers []recipient) error {
	why := detail{Act: record.ActOpen}
	c, err := a.newCircle(ctx, s, record.Circle{Kind: record.HerJournal, Service: service}, why)
	if err != nil {
		return err
	}
	keepers, err := a.journalKeepers(ctx, service)
	if err != nil {
		return err
	}
	for _, to := range slices.Concat(keepers, readers) {
		if err := a.let(ctx, s, c.ID, to, terms{why: why}); err != nil {
			return err
		}
	}
	return nil
}

// journalKeepers are the DPO's seat and the lock of the service's Office (I1).
func (a *Act) journalKeepers(ctx context.Context, service record.ServiceID) ([]recipient, error) {
	seats, err := a.seats(ctx, record.SeatDPO)
	if err != nil {
		return nil, err
	}
	lock, err := a.lockOf(ctx, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return nil, err
	}
	return []recipient{seatRecipient(seats[0]), lock}, nil
}

func seatRecipient(s record.Seat) recipient {
	return recipient{Recipient: record.RecipientOf(record.ToSeat, s.ID), public: s.Public, commit: seatCommit(s)}
}

// lockOf is an owner's lock, when its chain commits to it.
func (a *Act) lockOf(ctx context.Context, o record.Owner) (recipient, error) {
	s, err := a.shelf(ctx, o)
	if err != nil {
		return recipient{}, err
	}
	locks, err := a.room.read.Locks(ctx, o)
	if err != nil {
		return recipient{}, err
	}
	for _, l := range append(locks, a.locks...) {
		if l.Owner != o {
			continue
		}
		to := lockRecipient(l)
		for c := range s.circles {
			g, ok := s.roster.Grant(record.RightRead, to.Recipient, record.TargetOf(record.OnCircle, c))
			if ok && g.Commit == to.commit {
				return to, nil
			}
		}
	}
	return recipient{}, errChain("no lock that the chain knows")
}

// Opening says how a case opens.
type Opening struct {
	Case     record.Case
	Referent record.MemberID
	Readers  []record.MemberID // whom the team's setting names, the referent apart
	Reason   record.Reason
}

// OpenCase makes a case's circles, lock and emergency wrap, names its referent,
// and renews the journals of its persons so that its members may show them. Who
// opens a case for a colleague keeps no key of it.
func (a *Act) OpenCase(ctx context.Context, o Opening) error {
	s := newShelf(record.OwnerOf(record.OwnerCase, o.Case.ID))
	s.service, s.row = o.Case.Service, o.Case
	a.by.loaded[s.owner] = s
	a.touched[s.owner] = true
	why := detail{Act: record.ActOpen, Ground: record.GroundContinuity, Reason: o.Reason, Informed: record.InformedNotice}
	main, err := a.newCircle(ctx, s, record.Circle{Kind: record.CaseCircle}, why)
	if err != nil {
		return err
	}
	circles := []record.CircleID{main.ID}
	for _, p := range persons(o.Case) {
		c, err := a.newCircle(ctx, s, record.Circle{Kind: record.Shared, Person: p}, why)
		if err != nil {
			return err
		}
		circles = append(circles, c.ID)
	}
	lock, err := a.newLock(ctx, s)
	if err != nil {
		return err
	}
	readers := append([]record.MemberID{o.Referent}, slices.DeleteFunc(slices.Clone(o.Readers), func(m record.MemberID) bool { return m == o.Referent })...)
	for _, c := range circles {
		if err := a.letAll(ctx, s, c, lock, readers, why); err != nil {
			return err
		}
	}
	if err := a.letEmergency(ctx, s, main.ID, o.Case.Service); err != nil {
		return err
	}
	if err := a.nameReferent(ctx, s, o.Case.ID, o.Referent, why); err != nil {
		return err
	}
	return a.journals(ctx, s, o.Case)
}

func (a *Act) letAll(ctx context.Context, s *shelf, c record.CircleID, lock recipient, readers []record.MemberID, why detail) error {
	all := []recipient{lock}
	for _, m := range readers {
		to, err := a.toMember(ctx, m)
		if err != nil {
			return err
		}
		all = append(all, to)
	}
	for _, to := range all {
		if err := a.let(ctx, s, c, to, terms{why: why}); err != nil {
			return err
		}
	}
	return nil
}

// letEmergency seals the case circle to the service's emergency key. The link
// carries the right of emergency, not of reading: the fold refuses the wrap until
// an emergency link lives in this chain.
func (a *Act) letEmergency(ctx context.Context, s *shelf, c record.CircleID, service record.ServiceID) error {
	row, err := a.room.read.Service(ctx, service)
	if err != nil || !row.Emergency {
		return err
	}
	of, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return err
	}
	e, ok := of.kind(record.Emergency)
	if !ok {
		return errChain("no emergency key")
	}
	to, err := a.toCircle(of, e)
	if err != nil {
		return err
	}
	return a.let(ctx, s, c, to, terms{right: record.RightEmergency, why: detail{Act: record.ActOpen}})
}

func (a *Act) nameReferent(ctx context.Context, s *shelf, c record.CaseID, m record.MemberID, why detail) error {
	return a.link(ctx, s, record.Link{
		Class: record.LinkGives, Right: record.RightReferent,
		Recipient: record.RecipientOf(record.ToMember, m), Target: record.TargetOf(record.OnCase, c),
	}, why)
}

// journals begins her journal anew in the case's service, for each person, and gives
// it to the circles of all her open cases there.
func (a *Act) journals(ctx context.Context, s *shelf, c record.Case) error {
	for _, p := range persons(c) {
		ps, err := a.enter(ctx, record.OwnerOf(record.OwnerPerson, p))
		if err != nil {
			return err
		}
		main, _ := s.kind(record.CaseCircle)
		own, err := a.toCircle(s, main)
		if err != nil {
			return err
		}
		readers, err := a.otherCases(ctx, p, c.Service)
		if err != nil {
			return err
		}
		if err := a.newJournal(ctx, ps, c.Service, append(readers, own)); err != nil {
			return err
		}
	}
	return nil
}

// otherCases are the circles of a person's open cases in a service.
func (a *Act) otherCases(ctx context.Context, p record.PersonID, service record.ServiceID) ([]recipient, error) {
	cases, err := a.room.read.CasesOf(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []recipient
	for _, c := range cases {
		if c.Service != service || !c.Open {
			continue
		}
		s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
		if err != nil {
			return nil, err
		}
		main, ok := s.kind(record.CaseCircle)
		if !ok {
			return nil, errChain("a case without its circle")
		}
		to, err := a.toCircle(s, main)
		if err != nil {
			return nil, err
		}
		out = append(out, to)
	}
	return out, nil
}

// Reserved returns the author's own circle in a case, made at her first reserved
// note: hers, and the lock's.
func (a *Act) Reserved(ctx context.Context, c record.CaseID) (record.CircleID, error) {
	o := record.OwnerOf(record.OwnerCase, c)
	s, err := a.shelf(ctx, o)
	if err != nil {
		return record.CircleID{}, err
	}
	mine, ok := s.find(func(k record.Circle) bool { return k.Kind == record.Reserved && k.Member == a.by.Member() })
	if ok {
		return mine.ID, nil
	}
	lock, err := a.lockOf(ctx, o)
	if err != nil {
		return record.CircleID{}, err
	}
	k, err := a.newCircle(ctx, s, record.Circle{Kind: record.Reserved, Member: a.by.Member()}, detail{Act: record.ActOpen})
	if err != nil {
		return record.CircleID{}, err
	}
	for _, to := range []recipient{lock, a.toSelf()} {
		if err := a.let(ctx, s, k.ID, to, terms{why: detail{Act: record.ActOpen}}); err != nil {
			return record.CircleID{}, err
		}
	}
	return k.ID, nil
}

// Ink returns the circle of a case in which a note of that ink is sealed: the
// team's, the author's reserved one, the one shared with its person, her own pad.
func (a *Act) Ink(ctx context.Context, c record.Case, kind record.CircleKind) (record.CircleID, error) {
	switch kind {
	case record.Reserved:
		return a.Reserved(ctx, c.ID)
	case record.Scratchpad:
		pad, err := a.room.scratchpad(ctx, a.by)
		return pad.ID, err
	case record.CaseCircle, record.Shared:
		s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
		if err != nil {
			return record.CircleID{}, err
		}
		if k, ok := s.kind(kind); ok {
			return k.ID, nil
		}
	}
	return record.CircleID{}, fault.Field("ink", "fault.choose")
}

// InJournal names a case's persons to the journal, without an object.
func InJournal(c record.Case) []Subject {
	var out []Subject
	for _, p := range persons(c) {
		out = append(out, Subject{Person: p, Service: c.Service})
	}
	return out
}

// InJournal names a case's persons to the journal, with the objects that an act
// touched: what is shared with one of them is not named to the others.
func (a *Act) InJournal(c record.Case, objects ...record.Object) []Subject {
	out := InJournal(c)
	for i := range out {
		for _, o := range objects {
			if only, shared := a.sharedWith[o.ID]; !shared || only == out[i].Person {
				out[i].Spans = append(out[i].Spans, journal.Span{Owner: o.Owner, From: o.Order, To: o.Order})
			}
		}
	}
	return out
}
