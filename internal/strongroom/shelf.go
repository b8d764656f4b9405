// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// shelf is what is known of one owner during a request: its verified roster, its
// circles and epochs, and the wraps that the member's keys may open.
type shelf struct {
	folded
	owner  record.Owner
	wraps  []record.Wrap
	links  []record.Link // when they were read for this request
	stale  []record.Wrap // wraps to write back: shrunk, or remembering a newer head
	asked  int           // how many recipients the wraps were read for
	pinned bool          // an act writes here: what it prepared is not in the database yet
	begun  bool          // by this act: the database has nothing of it yet
	kept   bool          // its fold is the node's: an act copies it before it writes to it
	node   *keptFold     // what the node keeps of the owner; nil when this act begins it
}

// shelf loads an owner's rows, opens what the member's keys open of its wraps,
// and verifies its chain as far as this node has not (see folded).
func (r *Room) shelf(ctx context.Context, u *Unlocked, o record.Owner) (*shelf, error) {
	if s, ok := u.loaded[o]; ok && (s.pinned || o.Kind != record.OwnerPerson || s.asked == len(u.recipients(o.Kind))) {
		return s, nil // a person's journal opens with a case's key, perhaps put in hand since
	}
	s, opened, err := r.load(ctx, u, o)
	if err != nil {
		return nil, err
	}
	if err := r.keep(u, s, opened); err != nil {
		return nil, err
	}
	u.loaded[o] = s
	return s, nil
}

func (r *Room) load(ctx context.Context, u *Unlocked, o record.Owner) (*shelf, []openedWrap, error) {
	kept := r.folds.get(o, u.Member())
	if kept != nil {
		if s, opened, err := r.recall(ctx, u, kept); s != nil || err != nil {
			return s, opened, err
		}
	}
	return r.verify(ctx, u, o, kept)
}

// rows reads everything of an owner that needs no key.
func (r *Room) rows(ctx context.Context, u *Unlocked, o record.Owner) (*shelf, error) {
	s := &shelf{owner: o, folded: folded{circles: map[record.CircleID]record.Circle{}, epochs: map[circleEpoch]record.Epoch{}}}
	var absent error // said at the end: what does not exist is asked for as what is withheld
	switch o.Kind {
	case record.OwnerService:
		s.service = record.ServiceID(o.ID)
	case record.OwnerCase:
		if s.row, absent = r.read.Case(ctx, record.CaseID(o.ID)); absent != nil && fault.KindOf(absent) != fault.Withheld {
			return nil, absent
		}
		s.service = s.row.Service
	}
	circles, err := r.read.Circles(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, c := range circles {
		s.circles[c.ID] = c
		s.order = append(s.order, c.ID)
	}
	epochs, err := r.read.OwnerEpochs(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, e := range epochs {
		s.epochs[circleEpoch{e.Circle, e.Number}] = e
	}
	if err := r.wraps(ctx, u, s); err != nil {
		return nil, err
	}
	if s.links, err = r.read.Chain(ctx, o); err != nil {
		return nil, err
	}
	return s, absent
}

// anew loads an owner's rows whatever this node remembers, and of an owner that
// does not exist: by the same statements.
func (r *Room) anew(ctx context.Context, u *Unlocked, o record.Owner) (*shelf, error) {
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, err
	}
	s, err := r.rows(ctx, u, o)
	if err != nil && fault.KindOf(err) != fault.Withheld {
		return nil, err
	}
	return s, r.fold(d, s, Head{})
}

// wraps reads the wraps that keys in hand may open.
func (r *Room) wraps(ctx context.Context, u *Unlocked, s *shelf) (err error) {
	to := u.recipients(s.owner.Kind)
	s.asked = len(to)
	s.wraps, err = r.read.WrapsTo(ctx, s.owner, to...)
	return err
}

// recipients are whom an owner's wraps may be to, among the member and the circles
// whose key is in hand: Offices and case circles read persons, emergency keys cases.
func (u *Unlocked) recipients(of record.OwnerKind) []record.Recipient {
	all := []record.Recipient{u.self()}
	for id, kind := range u.kinds {
		person := of == record.OwnerPerson && (kind == record.Office || kind == record.CaseCircle)
		if person || of == record.OwnerCase && kind == record.Emergency {
			all = append(all, record.RecipientOf(record.ToCircle, id))
		}
	}
	return all
}

// openedWrap is a key got out of a wrap, with the head its maker had verified.
type openedWrap struct {
	wrap record.Wrap
	key  seal.Key
	head Head
}

// newest returns the newest head that the reader's own keys remember. A hybrid
// wrap is no memory: anybody can seal to a public half, a host who invents a
// whole chain too. Nor is a wrap under an older key of a circle, which those who
// left it may have kept.
func (u *Unlocked) newest(all []openedWrap) Head {
	var h Head
	for _, w := range all {
		if w.wrap.Form == record.WrapOwn && u.newestFor(w.wrap) && w.head.Count > h.Count {
			h = w.head
		}
	}
	return h
}

// newestFor reports whether a wrap is sealed under the newest key in hand of its
// recipient.
func (u *Unlocked) newestFor(w record.Wrap) bool {
	return w.Recipient.Kind != record.ToCircle ||
		len(w.Sealed) > 4 && binary.BigEndian.Uint32(w.Sealed) == u.newestEpoch(record.CircleID(w.Recipient.ID))
}

func (u *Unlocked) newestEpoch(c record.CircleID) uint32 {
	var n uint32
	for ce := range u.held {
		if ce.circle == c {
			n = max(n, ce.epoch)
		}
	}
	return n
}

// openWraps opens what it can; what does not open is left, and refused later.
func (r *Room) openWraps(u *Unlocked, s *shelf) []openedWrap {
	var all []openedWrap
	for _, w := range s.wraps {
		if o, ok := r.openWrap(u, s.owner, w); ok {
			all = append(all, o)
		}
	}
	return all
}

func (r *Room) openWrap(u *Unlocked, owner record.Owner, w record.Wrap) (openedWrap, bool) {
	c := r.wrapContext(owner, w)
	var plain []byte
	var err error
	switch {
	case w.Form == record.WrapHybrid && w.Recipient == u.self():
		plain, err = u.secret.pair().Open(c, w.Sealed)
	case w.Form == record.WrapOwn && w.Recipient == u.self():
		plain, err = seal.Open(u.own(), c, w.Sealed)
	case w.Recipient.Kind == record.ToCircle && len(w.Sealed) > 4:
		epoch := binary.BigEndian.Uint32(w.Sealed)
		k, ok := u.held[circleEpoch{record.CircleID(w.Recipient.ID), epoch}]
		switch {
		case !ok:
			return openedWrap{}, false
		case w.Form == record.WrapOwn:
			plain, err = seal.Open(k, c, w.Sealed[4:])
		default:
			plain, err = depositPair(k).Open(c, w.Sealed[4:])
		}
	default:
		return openedWrap{}, false
	}
	if err != nil {
		return openedWrap{}, false
	}
	return decodeWrap(w, plain)
}

// decodeWrap reads a key and the head behind it.
func decodeWrap(w record.Wrap, plain []byte) (openedWrap, bool) {
	d := decoder{b: plain}
	o := openedWrap{wrap: w, key: d.key()}
	o.head.Count, o.head.Hash = d.u32(), d.hash()
	return o, d.done()
}

func encodeWrap(k seal.Key, h Head) []byte {
	var e encoder
	e.key(k)
	e.u32(h.Count)
	e.hash(h.Hash)
	return e.b
}

func (r *Room) wrapContext(owner record.Owner, w record.Wrap) seal.Context {
	c := seal.Context{
		Purpose: seal.ForWrap, Organisation: r.host.organisation, Owner: owner, Circle: w.Circle,
		Epoch: w.Epoch, ObjectKind: byte(w.Recipient.Kind), Object: w.Recipient.ID,
	}
	if !w.Object.IsZero() { // an object's key: the object binds instead of the recipient's circle
		c.Purpose, c.Circle = seal.ForObjectWrap, record.CircleID(w.Object)
	}
	return c
}

// fold verifies the chain behind trusted and folds all of it.
func (r *Room) fold(d *Directory, s *shelf, trusted Head) error {
	s.roster = newRoster(s.owner)
	j := judge{s.roster, d, s.circles, s.service}
	n := uint32(0)
	head, err := walkChain(r.host.organisation, s.owner, s.links, trusted, func(l *record.Link) error {
		for ; n < l.N; n++ {
			s.roster.apply(&s.links[n])
		}
		public, ok := d.Signs(l.Author)
		if !ok || !verifyLink(r.host.organisation, public, l) {
			return errChain("a signature does not verify")
		}
		return j.allows(l)
	})
	if err != nil {
		return err
	}
	for ; n < head.Count; n++ {
		s.roster.apply(&s.links[n])
	}
	s.roster.Head = head
	s.hashes = nil
	for i := range s.links[:head.Count] {
		if i > 0 {
			s.hashes = append(s.hashes, s.links[i].Prev)
		}
	}
	s.hashes = append(s.hashes, head.Hash)
	return r.bound(s)
}

// bound compares the rows of a shelf with what its chain commits to: every circle
// and every epoch, their kind, service, author and person included, and the
// persons of a case.
func (r *Room) bound(s *shelf) error {
	if len(s.circles) != len(s.roster.epochs) {
		return errChain("a circle that its chain does not know")
	}
	for id, c := range s.circles {
		if c.Epoch == 0 || c.Epoch != s.roster.epochCount(id) {
			return errChain("a circle whose epoch is not its chain's")
		}
		if mislabelled(c) {
			return errChain("a circle that says more than its kind does")
		}
		for n := uint32(1); n <= c.Epoch; n++ {
			e := s.epochs[circleEpoch{id, n}]
			want, _ := s.roster.commitment(id, n)
			if seal.Commitment(e.Check, e.Public, r.epochContext(s, c, n)) != want {
				return errChain("a circle that is not what its chain says")
			}
		}
	}
	if s.owner.Kind != record.OwnerCase {
		return nil
	}
	var shared []record.PersonID
	for _, c := range s.circles {
		if c.Kind == record.Shared {
			shared = append(shared, c.Person)
		}
	}
	if !slices.Equal(persons(record.Case{Persons: shared}), persons(s.row)) {
		return errChain("a case whose persons are not its chain's")
	}
	return nil
}

// mislabelled reports whether a circle's row names a person or a service that no
// commitment covers: the readers' sentence would name her.
func mislabelled(c record.Circle) bool {
	ofService := c.Kind == record.Counter || c.Kind == record.HerJournal
	return c.Kind != record.Shared && !c.Person.IsZero() || !ofService && !c.Service.IsZero()
}

// keep checks every opened key against the chain: its commitment, and a grant
// that is live now. What fails either is no key.
func (r *Room) keep(u *Unlocked, s *shelf, opened []openedWrap) error {
	now := r.minute()
	for _, o := range opened {
		if !o.wrap.Object.IsZero() || !r.justified(s, o.wrap, now) || !r.committed(s, o.wrap.Circle, o.wrap.Epoch, o.key) {
			continue
		}
		u.hold(s.circles[o.wrap.Circle], o.wrap.Epoch, o.key)
		if err := r.back(u, s, o.wrap.Circle, o.wrap.Epoch); err != nil {
			return err
		}
		if o.wrap.Form == record.WrapHybrid || o.head != s.roster.Head || !u.newestFor(o.wrap) {
			s.stale = append(s.stale, o.wrap)
		}
	}
	return r.complete(u, s, now)
}

// complete refuses a shelf whose chain gives the member a key that its rows do not
// let her open: a wrap removed, moved or replaced would hide words without a word.
// In a service a newcomer may wait for a colleague to welcome her.
func (r *Room) complete(u *Unlocked, s *shelf, now record.Minute) error {
	waiting := map[record.CircleID]bool{}
	for _, w := range s.wraps {
		waiting[w.Circle] = waiting[w.Circle] || w.Recipient == u.self() && w.Epoch == s.circles[w.Circle].Epoch
	}
	for id, c := range s.circles {
		_, held := u.key(id, c.Epoch)
		owed := s.roster.reads(u.Member(), record.TargetOf(record.OnCircle, id), now)
		if owed && !held && (waiting[id] || s.owner.Kind == record.OwnerCase) {
			return errChain("a key that is owed and does not open")
		}
	}
	return nil
}

// justified reports whether a grant in the chain justifies a wrap now. An
// emergency wrap needs a live emergency or cover link of this chain besides: the
// fold refuses it, not policy (secrecy.md §6).
func (r *Room) justified(s *shelf, w record.Wrap, now record.Minute) bool {
	target := record.TargetOf(record.OnCircle, w.Circle)
	if s.roster.Holds(record.RightRead, w.Recipient, target, now) {
		return true
	}
	return s.roster.Holds(record.RightEmergency, w.Recipient, target, now) && s.emergency(now)
}

// emergency reports whether an emergency or cover link lives in the chain.
func (s *shelf) emergency(now record.Minute) bool {
	here := record.Target{Kind: record.OnCase, ID: s.owner.ID}
	return len(s.roster.Grants(record.RightEmergency, here, now)) > 0 || len(s.roster.Grants(record.RightCover, here, now)) > 0
}

// committed reports whether k is the key that the chain commits to.
func (r *Room) committed(s *shelf, c record.CircleID, epoch uint32, k seal.Key) bool {
	e, ok := s.epochs[circleEpoch{c, epoch}]
	return ok && bytes.Equal(seal.Check(k), e.Check) // bound compared e with the chain
}

// publicHalf returns a circle's public half, which bound compared with the chain.
func (r *Room) publicHalf(s *shelf, c record.CircleID) ([]byte, uint32, error) {
	epoch := s.circles[c].Epoch
	e := s.epochs[circleEpoch{c, epoch}]
	if len(e.Public) == 0 {
		return nil, 0, errChain("a circle without a public half")
	}
	return e.Public, epoch, nil
}

// epochContext binds a key to its circle and to what the circle is: relabelled,
// or moved to another service or person, it is refused.
func (r *Room) epochContext(s *shelf, c record.Circle, epoch uint32) seal.Context {
	about := s.service.Ref()
	switch c.Kind {
	case record.Shared:
		about = c.Person.Ref()
	case record.Counter, record.HerJournal:
		about = c.Service.Ref()
	}
	return seal.Context{
		Purpose: seal.ForCommitment, Organisation: r.host.organisation, Owner: s.owner, Circle: c.ID, Epoch: epoch,
		ObjectKind: byte(c.Kind), Object: about, Author: c.Member,
	}
}

// back opens the keys of earlier epochs, each sealed under the next.
func (r *Room) back(u *Unlocked, s *shelf, c record.CircleID, epoch uint32) error {
	for ; epoch > 1; epoch-- {
		ctx := r.epochContext(s, s.circles[c], epoch)
		ctx.Purpose = seal.ForBack
		b, err := seal.Open(u.held[circleEpoch{c, epoch}], ctx, s.epochs[circleEpoch{c, epoch}].Back)
		if err != nil {
			return errChain("an epoch that does not open the one before")
		}
		k, err := seal.KeyFrom(b)
		if err != nil || !r.committed(s, c, epoch-1, k) {
			return errChain("an epoch that does not open the one before")
		}
		u.held[circleEpoch{c, epoch - 1}] = k
	}
	return nil
}

// key returns a circle's key at an epoch, when it is in hand.
func (u *Unlocked) key(c record.CircleID, epoch uint32) (seal.Key, bool) {
	k, ok := u.held[circleEpoch{c, epoch}]
	return k, ok
}

// current returns the circle's newest key, or fault.Withheld.
func (u *Unlocked) current(s *shelf, c record.CircleID) (seal.Key, uint32, error) {
	epoch := s.circles[c].Epoch
	k, ok := u.key(c, epoch)
	if !ok {
		return seal.Key{}, 0, fault.New(fault.Withheld, "")
	}
	return k, epoch, nil
}

// find returns the circle of the owner that fits.
func (s *shelf) find(fits func(record.Circle) bool) (record.Circle, bool) {
	for _, id := range s.order {
		if c := s.circles[id]; fits(c) {
			return c, true
		}
	}
	return record.Circle{}, false
}

func (s *shelf) kind(k record.CircleKind) (record.Circle, bool) {
	return s.find(func(c record.Circle) bool { return c.Kind == k })
}

// depositPair is the key pair of a circle that takes hybrid deposits.
func depositPair(k seal.Key) seal.Pair { return seal.Hybrid(k.Derive("deposit")) }

// journalPair is the key pair of a journal circle.
func journalPair(k seal.Key) seal.Pair { return seal.Classical(k.Derive("deposit")) }
