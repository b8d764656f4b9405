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

// Ask names what to open of one owner.
type Ask struct {
	Owner   record.Owner
	Objects []record.ObjectID // nil: everything the keys in hand open
	Orders  []uint32          // nil: every order; a person's identity is 1, how to reach her 2
	In      record.CircleKind // only what stands in a circle of this kind; zero: in any
	History bool              // every version, oldest first, instead of the newest
	Via     record.ServiceID  // of a person: the service in whose name she is looked up
}

// names reports whether an object is asked for.
func (a Ask) names(o record.Object) bool {
	return (a.Objects == nil || slices.Contains(a.Objects, o.ID)) && (a.Orders == nil || slices.Contains(a.Orders, o.Order))
}

// takes reports whether an object whose key is in hand is asked for, by where it
// stands too.
func (a Ask) takes(p *pick, o record.Object) bool {
	in := func(c record.Circle) bool { return c.Kind == a.In }
	return a.names(o) && (a.In == 0 || slices.ContainsFunc(p.circles, in))
}

// Item is one version of an object, opened.
type Item struct {
	Owner   record.Owner
	Object  record.ObjectID
	Order   uint32
	Version uint32
	Circles []record.Circle // where it stands; empty when it was granted alone
	Alone   bool            // held by a grant on this object only
	Kind    record.ItemKind
	Author  record.MemberID
	At      int64 // seconds since 1970, when this version was written
	Persons []record.PersonID
	Words   Words
	New     bool // not read before by who opens it
	Reads   []Read
}

// Read says that a colleague has read an item, and on which day.
type Read struct {
	Member  record.MemberID
	Day     record.ReadDay
	Version uint32
}

// Why is what the journal is told of an opening.
type Why struct {
	Act     journal.Act
	Purpose journal.Purpose
}

// Open opens what is asked: it gathers the keys, writes the journal entry and
// waits until it is durable, and only then turns sealed content into text. Owners
// that do not exist or do not open give fault.Withheld, after an entry that says
// so. With several asks, those that open nothing are left out, after their own
// entry, unless none opens.
func (r *Room) Open(ctx context.Context, u *Unlocked, why Why, asks ...Ask) ([]Item, error) {
	picked, err := r.gather(ctx, u, why, asks)
	if err != nil {
		return nil, err
	}
	proof, id, err := r.record(ctx, u, why, picked, r.mark(u, picked))
	if err != nil {
		return nil, err
	}
	return r.reveal(u, picked, proof, id)
}

// Search opens what is asked to look through it, and returns what keep keeps. The
// entry names all of it, durably, before a word is compared; only what is returned
// is marked as read, before it is.
func (r *Room) Search(ctx context.Context, u *Unlocked, why Why, keep func(Item) bool, asks ...Ask) ([]Item, error) {
	picked, err := r.gather(ctx, u, why, asks)
	if err != nil {
		return nil, err
	}
	proof, id, err := r.record(ctx, u, why, picked, nil)
	if err != nil {
		return nil, err
	}
	items, err := r.reveal(u, picked, proof, id)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(it Item) bool { return !keep(it) })
	picked = slices.DeleteFunc(picked, func(p *pick) bool {
		return !slices.ContainsFunc(items, func(it Item) bool { return it.Object == p.object.ID })
	})
	marked := r.mark(u, picked)
	if len(marked) == 0 {
		return items, nil
	}
	if err := r.write(ctx, func(tx Tx) error { return putMarks(ctx, tx, marked) }); err != nil {
		return nil, err
	}
	return items, nil
}

func putMarks(ctx context.Context, tx Tx, marked []record.Mark) error {
	for _, m := range marked {
		if err := tx.PutMark(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// gather puts in hand the keys of what is asked, and writes what was refused.
func (r *Room) gather(ctx context.Context, u *Unlocked, why Why, asks []Ask) ([]*pick, error) {
	var picked []*pick
	var refused []Ask
	for _, ask := range asks {
		p, err := r.pick(ctx, u, ask)
		if err != nil && fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
		if err != nil || len(p) < len(ask.Objects) {
			refused = append(refused, ask)
		}
		picked = append(picked, p...)
	}
	if len(refused) > 0 || len(picked) == 0 {
		if err := r.refuse(ctx, u, why, refused); len(picked) == 0 || fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
	}
	return picked, nil
}

// pick is an object whose key is in hand, not yet opened.
type pick struct {
	shelf    *shelf
	object   record.Object
	key      seal.Key
	circles  []record.Circle
	via      record.CircleID // the circle whose key opened it; zero when alone
	versions []record.Version
	about    []Subject
	marks    map[record.MemberID]marks
}

func (r *Room) pick(ctx context.Context, u *Unlocked, ask Ask) ([]*pick, error) {
	s, err := r.enter(ctx, u, ask.Owner)
	if err != nil {
		return nil, err
	}
	pieces, err := r.pieces(ctx, ask)
	if err != nil {
		return nil, err
	}
	keys, err := r.objectKeys(ctx, u, s, pieces)
	if err != nil {
		return nil, err
	}
	about := r.about(s, ask)
	var out []*pick
	for _, o := range pieces {
		p, ok := keys[o.ID]
		if !ok || !ask.takes(p, o.Object) {
			continue
		}
		p.shelf, p.object, p.versions, p.about = s, o.Object, []record.Version{o.Version}, about
		if ask.History {
			if p.versions, err = r.read.ObjectVersions(ctx, o.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	if len(out) == 0 && ask.Objects == nil && u.holdsAny(s) { // an owner without words yet: opened all the same
		return []*pick{{shelf: s, about: about}}, nil
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Withheld, "")
	}
	return out, r.readMarks(ctx, u, s, out)
}

// pieces reads what is asked for, and no more than it where an owner gathers what
// nobody opens together: a service's appointments, a person's.
func (r *Room) pieces(ctx context.Context, ask Ask) ([]record.Piece, error) {
	if ask.Objects == nil || ask.Owner.Kind == record.OwnerCase {
		return r.read.Pieces(ctx, ask.Owner)
	}
	var all []record.Piece
	for _, id := range ask.Objects {
		p, err := r.read.Piece(ctx, ask.Owner, id)
		if err != nil && fault.KindOf(err) != fault.Withheld {
			return nil, err
		}
		if err == nil {
			all = append(all, p)
		}
	}
	return all, nil
}

// holdsAny reports whether a circle of the owner's is in hand.
func (u *Unlocked) holdsAny(s *shelf) bool {
	for id, c := range s.circles {
		if _, ok := u.key(id, c.Epoch); ok {
			return true
		}
	}
	return false
}

// enter loads an owner's shelf after those through which its keys are reached:
// the Offices of the member's services, for a person.
func (r *Room) enter(ctx context.Context, u *Unlocked, o record.Owner) (*shelf, error) {
	if o.Kind == record.OwnerPerson {
		if err := r.offices(ctx, u); err != nil {
			return nil, err
		}
	}
	return r.shelf(ctx, u, o)
}

// offices puts the keys of the member's services in hand.
func (r *Room) offices(ctx context.Context, u *Unlocked) error {
	for _, s := range u.actor.Services() {
		if _, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerService, s)); err != nil {
			return err
		}
	}
	return nil
}

// objectKeys opens the key of every object of a shelf that a circle in hand, the
// member's scratchpad or a grant on the object alone gives.
func (r *Room) objectKeys(ctx context.Context, u *Unlocked, s *shelf, pieces []record.Piece) (map[record.ObjectID]*pick, error) {
	slips := make([]record.Slip, 0, len(pieces))
	out := map[record.ObjectID]*pick{}
	for _, p := range pieces {
		slips = append(slips, p.Slips...)
		for _, slip := range p.Slips {
			if err := r.trySlip(ctx, u, s, slip, out); err != nil {
				return nil, err
			}
		}
	}
	if s.owner.Kind == record.OwnerCase { // of others some were read: see pieces
		u.slips[s.owner] = slips
	}
	for _, w := range s.wraps {
		r.tryAlone(u, s, w, out)
	}
	return out, nil
}

func (r *Room) trySlip(ctx context.Context, u *Unlocked, s *shelf, slip record.Slip, out map[record.ObjectID]*pick) error {
	c, ok := s.circles[slip.Circle]
	if !ok { // a scratchpad belongs to its author, not to the case
		pad, err := r.scratchpad(ctx, u)
		if err != nil || pad.ID != slip.Circle {
			return err
		}
		c = pad
	}
	if slip.Epoch == 0 || slip.Epoch > c.Epoch {
		return errChain("a slip of an epoch that is not")
	}
	p, seen := out[slip.Object]
	k, held := u.key(slip.Circle, slip.Epoch)
	if !held { // the readers' sentence looks at every slip: see circlesOf
		if seen {
			p.circles = append(p.circles, c)
		}
		return nil
	}
	raw, err := seal.Open(k, r.objectSlipContext(s.owner, slip), slip.Sealed)
	if err != nil {
		return errItem
	}
	key, err := seal.KeyFrom(raw)
	if err != nil || seen && key != p.key {
		return errItem
	}
	if !seen {
		p = &pick{key: key, via: slip.Circle}
		out[slip.Object] = p
	}
	p.circles = append(p.circles, c)
	return nil
}

// tryAlone opens an object's key granted alone, when the chain commits to it and
// the grant is live.
func (r *Room) tryAlone(u *Unlocked, s *shelf, w record.Wrap, out map[record.ObjectID]*pick) {
	if w.Object.IsZero() || out[w.Object] != nil {
		return
	}
	target := record.TargetOf(record.OnObject, w.Object)
	g, ok := s.roster.Grant(record.RightRead, w.Recipient, target)
	o, opened := r.openWrap(u, s.owner, w)
	if !ok || !opened || !g.Live(r.minute()) || g.Commit != r.objectCommit(s.owner, w.Object, o.key) {
		return
	}
	out[w.Object] = &pick{key: o.key}
	if w.Form == record.WrapHybrid {
		s.stale = append(s.stale, w)
	}
}

func (r *Room) objectCommit(o record.Owner, id record.ObjectID, k seal.Key) [32]byte {
	return seal.Commitment(seal.Check(k), nil, seal.Context{
		Purpose: seal.ForCommitment, Organisation: r.host.organisation, Owner: o, Object: id.Ref(),
	})
}

func (r *Room) objectSlipContext(o record.Owner, s record.Slip) seal.Context {
	return seal.Context{
		Purpose: seal.ForSlip, Organisation: r.host.organisation, Owner: o,
		Circle: s.Circle, Epoch: s.Epoch, Object: s.Object.Ref(),
	}
}

// versionContext binds a version to its object and to the order by which the
// journal names it (in the place of an epoch).
func (r *Room) versionContext(o record.Object, v record.Version) seal.Context {
	return seal.Context{
		Purpose: seal.ForVersion, Organisation: r.host.organisation, Owner: o.Owner,
		Object: o.ID.Ref(), Epoch: o.Order, Version: v.Number,
	}
}

// about says whose journals an opening goes to: the persons of the case in its
// service, the person in the service that asks; the house for a service's own
// settings.
func (r *Room) about(s *shelf, ask Ask) []Subject {
	switch s.owner.Kind {
	case record.OwnerPerson:
		return s.herJournals(ask.Via)
	case record.OwnerCase:
		return InJournal(s.row)
	}
	return []Subject{{}}
}

// herJournals is a person's journal in one service, or in every service that
// knows her when none is asked.
func (s *shelf) herJournals(via record.ServiceID) []Subject {
	var all []Subject
	for _, id := range s.order {
		if c := s.circles[id]; c.Kind == record.HerJournal && (via.IsZero() || c.Service == via) {
			all = append(all, Subject{Person: record.PersonID(s.owner.ID), Service: c.Service})
		}
	}
	return all
}

// subjects gathers the picked objects by person and service.
func subjects(picked []*pick) []Subject {
	type place struct {
		p record.PersonID
		s record.ServiceID
	}
	var order []place
	spans := map[place][]journal.Span{}
	for _, p := range picked {
		for _, a := range p.about {
			if !concerns(p, a.Person) {
				continue
			}
			at := place{a.Person, a.Service}
			if _, seen := spans[at]; !seen {
				order, spans[at] = append(order, at), nil
			}
			if p.object.Order > 0 {
				spans[at] = append(spans[at], journal.Span{Owner: p.shelf.owner, From: p.object.Order, To: p.object.Order})
			}
		}
	}
	out := make([]Subject, 0, len(order))
	for _, at := range order {
		out = append(out, Subject{at.p, at.s, joinSpans(spans[at])})
	}
	return out
}

// concerns keeps one person's slip to her objects only: an object in another's
// Shared circle is not named to her.
func concerns(p *pick, who record.PersonID) bool {
	for _, c := range p.circles {
		if c.Kind == record.Shared && c.Person != who {
			return false
		}
	}
	return true
}

func joinSpans(all []journal.Span) []journal.Span {
	var out []journal.Span
	for _, s := range all {
		if k := len(out) - 1; k >= 0 && out[k].Owner == s.Owner && out[k].To+1 == s.From {
			out[k].To = s.To
			continue
		}
		out = append(out, s)
	}
	return out
}

// record writes the entry, the marks and the wraps that shrink, durably.
func (r *Room) record(ctx context.Context, u *Unlocked, why Why, picked []*pick, marked []record.Mark) (journal.Proof, record.EntryID, error) {
	e, err := r.entry(ctx, u, journal.Body{Act: why.Act, Purpose: why.Purpose}, subjects(picked))
	if err != nil {
		return journal.Proof{}, e.ID, err
	}
	wraps := r.shrink(u)
	var proof journal.Proof
	err = r.write(ctx, func(tx Tx) error {
		var err error
		if proof, err = journal.Append(ctx, tx, e); err != nil {
			return err
		}
		if err := putMarks(ctx, tx, marked); err != nil {
			return err
		}
		for _, w := range wraps {
			if err := tx.PutWrap(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
	return proof, e.ID, err
}

// reveal turns sealed content into text. It asks for the proof that the entry was
// written: there is no other code path.
func (r *Room) reveal(u *Unlocked, picked []*pick, proof journal.Proof, id record.EntryID) ([]Item, error) {
	if !proof.For(id) {
		return nil, fault.New(fault.Unavailable, "fault.journal")
	}
	out := make([]Item, 0, len(picked))
	for _, p := range picked {
		for _, v := range p.versions {
			plain, err := seal.Open(p.key, r.versionContext(p.object, v), v.Sealed)
			if err != nil {
				return nil, errItem
			}
			b, err := decodeBody(plain)
			if err != nil {
				return nil, err
			}
			it := p.item(u, v, b)
			if p.rolledBack(u, it) {
				return nil, errItem
			}
			out = append(out, it)
		}
	}
	return out, nil
}

// rolledBack reports whether the reader's own mark remembers a newer version than
// the newest row. A stub begins again at one.
func (p *pick) rolledBack(u *Unlocked, it Item) bool {
	newest := p.versions[len(p.versions)-1].Number
	read, _, ok := p.marks[u.Member()].at(it.Order)
	return ok && read > newest && it.Kind != record.ItemStub && it.Kind != record.ItemRemoved
}

func (p *pick) item(u *Unlocked, v record.Version, b body) Item {
	it := Item{
		Owner: p.shelf.owner, Object: p.object.ID, Order: p.object.Order, Version: v.Number,
		Circles: p.circles, Alone: p.via.IsZero(), Kind: b.Kind, Author: b.Author, At: b.At,
		Persons: b.Persons, Words: b.Words,
	}
	for m, read := range p.marks {
		version, day, ok := read.at(p.object.Order)
		switch {
		case m == u.Member():
			it.New = !ok || version < v.Number
		case ok:
			it.Reads = append(it.Reads, Read{m, day, version})
		}
	}
	if _, ok := p.marks[u.Member()]; !ok {
		it.New = true
	}
	it.New = it.New && b.Author != u.Member()
	slices.SortFunc(it.Reads, func(a, b Read) int { return slices.Compare(a.Member[:], b.Member[:]) })
	return it
}

// Refuse writes that something was refused before any key was tried, and returns
// why; when it cannot be written, that is the error.
func (r *Room) Refuse(ctx context.Context, u *Unlocked, p journal.Purpose, ask Ask, why error) error {
	if err := r.refuse(ctx, u, Why{Purpose: p}, []Ask{ask}); fault.KindOf(err) != fault.Withheld {
		return err
	}
	return why
}

// asked says whose journals the refusal of an ask belongs to: those of the services
// that hold what was asked. What does not exist has none, and is looked for by the
// same statements (secrecy.md §2).
func (r *Room) asked(ctx context.Context, u *Unlocked, ask Ask, laid *[]record.Owner) []Subject {
	if err := r.offices(ctx, u); err != nil {
		return nil
	}
	s, err := r.anew(ctx, u, ask.Owner)
	if err != nil {
		return nil
	}
	ask.Via = record.ServiceID{}
	all := r.about(s, ask)
	if ask.Owner.Kind == record.OwnerPerson {
		u.lay(s, laid)
		return all
	}
	if len(all) == 0 {
		all = []Subject{{}}
	}
	var about []Subject
	for _, a := range all {
		her := record.OwnerOf(record.OwnerPerson, a.Person)
		s, err := r.anew(ctx, u, her)
		if err == nil && len(s.journals(a.Service)) > 0 {
			u.lay(s, laid)
			about = append(about, a)
		}
	}
	return about
}

// lay puts a shelf where an entry finds it, unless there is one: it may hold what an
// act prepared. Its wraps were not opened: take it away before anything is.
func (u *Unlocked) lay(s *shelf, laid *[]record.Owner) {
	if u.loaded[s.owner] == nil {
		u.loaded[s.owner] = s
		*laid = append(*laid, s.owner)
	}
}

// refuse writes that an opening was refused, where the asked thing's journal is,
// and returns fault.Withheld. What does not exist is refused in the house journal.
func (r *Room) refuse(ctx context.Context, u *Unlocked, why Why, asks []Ask) error {
	var about []Subject
	var laid []record.Owner
	defer func() {
		for _, o := range laid {
			u.forget(o)
		}
	}()
	for _, ask := range asks {
		for _, a := range r.asked(ctx, u, ask, &laid) {
			if !slices.ContainsFunc(about, func(b Subject) bool { return a.Person == b.Person && a.Service == b.Service }) {
				about = append(about, a)
			}
		}
	}
	if len(about) > 0 { // the house's journal is looked for too, as for what does not exist
		if _, err := r.houseShelf(ctx, u); err != nil {
			return err
		}
	}
	b := journal.Body{Act: journal.Refused, Purpose: why.Purpose, Refusal: fault.Withheld.String()}
	if err := r.Note(ctx, u, b, about...); err != nil {
		return err
	}
	return fault.New(fault.Withheld, "")
}
