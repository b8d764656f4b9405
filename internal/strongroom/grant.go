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

// Widening is an act that lets somebody read more: on which ground, for which
// reason, how the person was informed, until when. Without ground and information
// the strong room refuses (secrecy.md §5).
type Widening struct {
	To       record.MemberID
	Reason   record.Reason
	Ground   record.Ground
	Informed record.Informed
	Since    record.Minute // 0: now
	Until    record.Minute // 0: the end of the case
}

func (w Widening) terms(act record.Act) (terms, error) {
	if w.Ground == "" || w.Informed == "" || w.Reason == "" {
		return terms{}, fault.New(fault.Refused, "fault.no_ground")
	}
	return terms{
		since: w.Since, until: w.Until,
		why: detail{Act: act, Ground: w.Ground, Reason: w.Reason, Informed: w.Informed},
	}, nil
}

// AdmitToCase lets a colleague read a case: what its team reads and what is
// shared with the persons, past and to come. Reserved notes stay reserved.
func (a *Act) AdmitToCase(ctx context.Context, c record.Case, w Widening) error {
	t, err := w.terms(record.ActGrant)
	if err != nil {
		return err
	}
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return err
	}
	to, err := a.toMember(ctx, w.To)
	if err != nil {
		return err
	}
	for _, id := range s.order {
		if k := s.circles[id]; k.Kind != record.CaseCircle && k.Kind != record.Shared {
			continue
		}
		if err := a.freshen(ctx, s, id); err != nil {
			return err
		}
		if err := a.let(ctx, s, id, to, t); err != nil {
			return err
		}
	}
	return a.Journal(ctx, journal.Granted, journal.ForReaders, InJournal(c)...)
}

// EndInCase ends a colleague's place in every circle and object of a case. Her
// wraps go at once; the next write makes a new key.
func (a *Act) EndInCase(ctx context.Context, c record.Case, m record.MemberID) error {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return err
	}
	to := record.RecipientOf(record.ToMember, m)
	ended := 0
	for _, g := range s.roster.all(record.RightRead, to) {
		if err := a.end(ctx, s, g, record.ActRevoke); err != nil {
			return err
		}
		ended++
	}
	if ended == 0 {
		return fault.New(fault.Withheld, "")
	}
	if err := a.stillOpens(ctx, s); err != nil {
		return err
	}
	return a.Journal(ctx, journal.Ended, journal.ForReaders, InJournal(c)...)
}

// stillOpens refuses an act that leaves a case circle without a living reader (I6).
func (a *Act) stillOpens(ctx context.Context, s *shelf) error {
	main, ok := s.kind(record.CaseCircle)
	if !ok {
		return nil
	}
	if err := a.knowHouse(ctx); err != nil {
		return err
	}
	for _, g := range s.roster.Grants(record.RightRead, record.TargetOf(record.OnCircle, main.ID), a.at) {
		if g.Recipient.Kind == record.ToMember && a.house.isMemberNow(record.MemberID(g.Recipient.ID), a.at) {
			return nil
		}
	}
	return fault.New(fault.Refused, "fault.last_reader")
}

// end ends one grant and deletes its wrap.
func (a *Act) end(ctx context.Context, s *shelf, g Grant, act record.Act) error {
	err := a.link(ctx, s, record.Link{
		Class: record.LinkEnds, Right: g.Right, Recipient: g.Recipient, Target: g.Target,
	}, detail{Act: act})
	if err != nil {
		return err
	}
	w := record.Wrap{Recipient: g.Recipient}
	if g.Target.Kind == record.OnObject {
		w.Object = record.ObjectID(g.Target.ID)
	} else {
		w.Circle = record.CircleID(g.Target.ID)
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.DropWrap(ctx, w) })
	return nil
}

// all returns every grant of a right to a recipient, live or not, oldest first.
func (r *Roster) all(right record.Right, to record.Recipient) []Grant {
	var out []Grant
	for k, g := range r.grants {
		if k.right == right && k.recipient == to {
			out = append(out, g)
		}
	}
	sortGrants(out)
	return out
}

// WidenNote lets a colleague read one object and its later versions, nothing else.
func (a *Act) WidenNote(ctx context.Context, c record.Case, id record.ObjectID, w Widening) error {
	t, err := w.terms(record.ActWiden)
	if err != nil {
		return err
	}
	p, err := a.hold(ctx, record.OwnerOf(record.OwnerCase, c.ID), id)
	if err != nil {
		return err
	}
	to, err := a.toMember(ctx, w.To)
	if err != nil {
		return err
	}
	if err := a.letAlone(ctx, p.shelf, id, p.key, to, t); err != nil {
		return err
	}
	return a.Journal(ctx, journal.Granted, journal.ForReaders, a.InJournal(c, p.object)...)
}

// WidenNew lets a colleague read an object that this same act adds.
func (a *Act) WidenNew(ctx context.Context, c record.Case, obj record.Object, w Widening) error {
	t, err := w.terms(record.ActWiden)
	if err != nil {
		return err
	}
	key, ok := a.keys[obj.ID]
	if !ok {
		return fault.New(fault.Withheld, "")
	}
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return err
	}
	to, err := a.toMember(ctx, w.To)
	if err != nil {
		return err
	}
	return a.letAlone(ctx, s, obj.ID, key, to, t)
}

// letAlone gives a recipient one object's key, committed to in the chain.
func (a *Act) letAlone(ctx context.Context, s *shelf, id record.ObjectID, key seal.Key, to recipient, t terms) error {
	err := a.link(ctx, s, record.Link{
		Class: record.LinkGives, Right: record.RightRead, Recipient: to.Recipient, Target: record.TargetOf(record.OnObject, id),
		Since: t.since, Until: t.until, Commitment: a.room.objectCommit(s.owner, id, key),
	}, t.why)
	if err != nil {
		return err
	}
	w := record.Wrap{Object: id, Recipient: to.Recipient}
	if err := to.seal(a.room.wrapContext(s.owner, w), encodeWrap(key, s.roster.Head), &w); err != nil {
		return err
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutWrap(ctx, w) })
	return nil
}

// NarrowNote leaves an object to fewer readers: it moves to its author's reserved
// circle under a new key, and the colleagues in keep hold it alone. items are its
// opened versions, oldest first.
func (a *Act) NarrowNote(ctx context.Context, c record.Case, items []Item, keep []record.MemberID) error {
	if len(items) == 0 || items[0].Author != a.by.Member() {
		return fault.New(fault.Refused, "fault.only_author")
	}
	reserved, err := a.Reserved(ctx, c.ID)
	if err != nil {
		return err
	}
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return err
	}
	id := items[0].Object
	for _, k := range items[0].Circles {
		a.concerns(id, k)
	}
	until := map[record.MemberID]record.Minute{}
	for _, m := range keep {
		until[m] = s.readsUntil(m, items[0], a.at)
	}
	if err := a.endAlone(ctx, s, id); err != nil {
		return err
	}
	key, err := a.reseal(ctx, s, object(items[0]), []record.CircleID{reserved}, items)
	if err != nil {
		return err
	}
	for _, m := range keep {
		why := terms{until: until[m], why: detail{Act: record.ActNarrow, Ground: record.GroundContinuity, Informed: record.InformedNotice}}
		to, err := a.toMember(ctx, m)
		if err != nil {
			return err
		}
		if err := a.letAlone(ctx, s, id, key, to, why); err != nil {
			return err
		}
	}
	return a.Journal(ctx, journal.Ended, journal.ForWithdraw, a.InJournal(c, object(items[0]))...)
}

// readsUntil is until when somebody reads an item, by the grant that lasts longest
// of those she has on it now: who is left after a narrowing gains no time by it.
func (s *shelf) readsUntil(m record.MemberID, it Item, now record.Minute) (until record.Minute) {
	targets := []record.Target{record.TargetOf(record.OnObject, it.Object)}
	for _, c := range it.Circles {
		targets = append(targets, record.TargetOf(record.OnCircle, c.ID))
	}
	for _, g := range s.roster.all(record.RightRead, record.RecipientOf(record.ToMember, m)) {
		switch {
		case !g.Live(now) || !slices.Contains(targets, g.Target):
		case g.Until == 0:
			return 0
		default:
			until = max(until, g.Until)
		}
	}
	return until
}

// endAlone ends every grant on one object.
func (a *Act) endAlone(ctx context.Context, s *shelf, id record.ObjectID) error {
	target := record.TargetOf(record.OnObject, id)
	for _, g := range s.roster.onTarget(record.RightRead, target) {
		if err := a.end(ctx, s, g, record.ActNarrow); err != nil {
			return err
		}
	}
	return nil
}

// onTarget returns every grant of a right on a target, live or not, oldest first.
func (r *Roster) onTarget(right record.Right, target record.Target) []Grant {
	var out []Grant
	for k, g := range r.grants {
		if k.right == right && k.target == target {
			out = append(out, g)
		}
	}
	sortGrants(out)
	return out
}

func object(it Item) record.Object {
	return record.Object{ID: it.Object, Owner: it.Owner, Order: it.Order}
}

// MoveNote moves an object from one case to another in one act: it is sealed anew
// there, and a stub stays under a new key of its own. items are its opened
// versions, oldest first.
func (a *Act) MoveNote(ctx context.Context, from, to record.Case, into record.CircleID, items []Item, stub Text) error {
	moved := items[len(items)-1]
	obj, err := a.transplant(ctx, to, into, items)
	if err != nil {
		return err
	}
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, from.ID))
	if err != nil {
		return err
	}
	if err := a.endAlone(ctx, s, moved.Object); err != nil {
		return err
	}
	in := []record.CircleID{}
	for _, c := range moved.Circles {
		in = append(in, c.ID)
	}
	left := moved
	left.Version, left.Kind, left.Words, left.Author, left.At = 1, stub.Kind, stub.Words, a.by.Member(), a.room.now().Unix()
	if _, err := a.reseal(ctx, s, object(moved), in, []Item{left}); err != nil {
		return err
	}
	if err := a.Journal(ctx, journal.Moved, journal.ForWithdraw, a.InJournal(from, object(moved))...); err != nil {
		return err
	}
	return a.Journal(ctx, journal.Moved, journal.ForWithdraw, a.InJournal(to, obj)...)
}

// transplant seals opened versions into another case, authors and dates as they
// were; the persons it concerns are that case's.
func (a *Act) transplant(ctx context.Context, to record.Case, into record.CircleID, items []Item) (record.Object, error) {
	s, err := a.enter(ctx, record.OwnerOf(record.OwnerCase, to.ID))
	if err != nil {
		return record.Object{}, err
	}
	obj, key, err := a.newObject(ctx, s, record.ObjectID{}, seal.NewKey(), []record.CircleID{into})
	if err != nil {
		return obj, err
	}
	moved := make([]Item, len(items))
	for i, it := range items {
		it.Version, it.Persons = uint32(i)+1, to.Persons //nolint:gosec // at most 2²⁰
		moved[i] = it
	}
	return obj, a.copies(obj, key, moved)
}

// NameReferent names who carries a case, among its readers.
func (a *Act) NameReferent(ctx context.Context, c record.Case, m record.MemberID) error {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerCase, c.ID))
	if err != nil {
		return err
	}
	if !s.roster.readsAny(m, a.at) {
		return fault.New(fault.Refused, "fault.referent_reads")
	}
	if err := a.nameReferent(ctx, s, c.ID, m, detail{Act: record.ActReferent}); err != nil {
		return err
	}
	return a.Journal(ctx, journal.Granted, journal.ForReaders, InJournal(c)...)
}

// Welcome gives a colleague the Office and, when her role holds it, the emergency
// key of a service: Accueillir.
func (a *Act) Welcome(ctx context.Context, service record.ServiceID, m record.MemberID, emergency bool) error {
	s, err := a.shelf(ctx, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return err
	}
	to, err := a.toMember(ctx, m)
	if err != nil {
		return err
	}
	why := terms{why: detail{Act: record.ActGrant, Ground: record.GroundContinuity, Informed: record.InformedNotice}}
	for _, id := range s.order {
		c := s.circles[id]
		if c.Kind == record.Emergency && !emergency {
			continue
		}
		if _, _, err := a.by.current(s, id); err != nil && c.Kind == record.Emergency {
			continue // a colleague who holds it will add it
		}
		if err := a.let(ctx, s, id, to, why); err != nil {
			return err
		}
	}
	return a.Journal(ctx, journal.Granted, journal.ForHouse)
}

// freshen gives a circle a new key when one of its readers has left since its
// newest: nothing is re-encrypted, because no member ever held a key outside the
// server.
func (a *Act) freshen(ctx context.Context, s *shelf, id record.CircleID) error {
	d, err := a.room.houseOf(ctx, a.by)
	if err != nil {
		return err
	}
	target := record.TargetOf(record.OnCircle, id)
	gone := func(g Grant) bool {
		return g.Recipient.Kind == record.ToMember && (!g.Live(a.at) && g.Until != 0 && g.Until <= a.at || !d.isMemberNow(record.MemberID(g.Recipient.ID), a.at) && a.enrolled(ctx, g))
	}
	rotate := s.roster.left(id)
	for _, g := range s.roster.onTarget(record.RightRead, target) {
		if gone(g) {
			rotate = true
			if err := a.end(ctx, s, g, record.ActRevoke); err != nil {
				return err
			}
		}
	}
	if !rotate {
		return nil
	}
	return a.rotate(ctx, s, id)
}

// enrolled reports whether a grant's member ever enrolled: one who was invited
// and has not come yet has not left.
func (a *Act) enrolled(ctx context.Context, g Grant) bool {
	m, err := a.room.read.Member(ctx, record.MemberID(g.Recipient.ID))
	return err == nil && m.State == record.MemberClosed
}

// rotate makes a circle's next key and wraps it to everyone who stays.
func (a *Act) rotate(ctx context.Context, s *shelf, id record.CircleID) error {
	if _, _, err := a.by.current(s, id); err != nil {
		return err
	}
	if err := a.newEpoch(ctx, s, s.circles[id], detail{Act: record.ActRotate}); err != nil {
		return err
	}
	target := record.TargetOf(record.OnCircle, id)
	for _, right := range []record.Right{record.RightRead, record.RightEmergency} {
		for _, g := range s.roster.onTarget(right, target) {
			to, err := a.again(ctx, s, g)
			if fault.KindOf(err) == fault.Refused {
				continue // invited and not enrolled: a colleague welcomes her
			}
			if err != nil {
				return err
			}
			if err := a.wrap(s, id, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// again finds the recipient of a grant, to wrap a newer key to it.
func (a *Act) again(ctx context.Context, s *shelf, g Grant) (recipient, error) {
	switch g.Recipient.Kind {
	case record.ToMember:
		return a.toMember(ctx, record.MemberID(g.Recipient.ID))
	case record.ToLock:
		return a.lockOf(ctx, s.owner)
	case record.ToSeat:
		seats, err := a.seats(ctx, record.SeatDPO)
		if err != nil {
			return recipient{}, err
		}
		return seatRecipient(seats[0]), nil
	}
	return a.circleNamed(ctx, s, record.CircleID(g.Recipient.ID))
}

// circleNamed finds a recipient circle: of the case's service, of the services
// that know the person, of her cases.
func (a *Act) circleNamed(ctx context.Context, s *shelf, id record.CircleID) (recipient, error) {
	var owners []record.Owner
	if !s.service.IsZero() {
		owners = append(owners, record.OwnerOf(record.OwnerService, s.service))
	}
	for _, c := range s.circles {
		if c.Kind == record.Counter {
			owners = append(owners, record.OwnerOf(record.OwnerService, c.Service))
		}
	}
	if s.owner.Kind == record.OwnerPerson {
		all, err := a.room.read.CasesOf(ctx, record.PersonID(s.owner.ID))
		if err != nil {
			return recipient{}, err
		}
		for _, c := range all {
			owners = append(owners, record.OwnerOf(record.OwnerCase, c.ID))
		}
	}
	for _, o := range owners {
		of, err := a.shelf(ctx, o)
		if err != nil {
			return recipient{}, err
		}
		if c, ok := of.circles[id]; ok {
			return a.toCircle(of, c)
		}
	}
	return recipient{}, errChain("a recipient nobody knows")
}

// left reports whether a reader's place in a circle ended since its newest key.
func (r *Roster) left(c record.CircleID) bool { return slices.Contains(r.leaving, c) }
