// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"errors"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Act is what one gesture will write, made ready outside the transaction: keys,
// signatures and sealing come before, and Apply touches nothing but its Tx and
// may run again (architecture.md §2).
type Act struct {
	room       *Room
	by         *Unlocked
	at         record.Minute
	steps      []func(context.Context, Tx) error
	touched    map[record.Owner]bool
	news       []record.Object                     // added by this act
	keys       map[record.ObjectID]seal.Key        // of what it adds
	made       []circleEpoch                       // circle keys made by this act
	locks      []record.Lock                       // made by this act
	sharedWith map[record.ObjectID]record.PersonID // which of the objects touched only one person reads
	house      *Directory                          // the organisation's chain, with this act's own links; nil until asked
}

// errRaced says that somebody wrote to the same chain between reading and
// writing; Do prepares the act again.
var errRaced = fault.New(fault.Conflict, "fault.raced")

const tries = 12 // of preparing an act again when somebody else was quicker

// Commit writes an act in one transaction with the rows of the room that calls:
// it applies the act with its own Tx.
type Commit func(context.Context, *Act) error

// Do prepares an act and commits it, preparing it again when another writer was
// quicker. A nil commit writes the act alone.
func (r *Room) Do(ctx context.Context, by *Unlocked, prepare func(*Act) error, commit Commit) error {
	if commit == nil {
		commit = func(ctx context.Context, a *Act) error {
			return r.write(ctx, func(tx Tx) error { return a.Apply(ctx, tx) })
		}
	}
	var err error
	for range tries {
		a := &Act{room: r, by: by, at: r.minute(), touched: map[record.Owner]bool{}, keys: map[record.ObjectID]seal.Key{}, sharedWith: map[record.ObjectID]record.PersonID{}}
		if err = prepare(a); err == nil {
			err = commit(ctx, a)
		}
		a.leave()
		if !errors.Is(err, errRaced) {
			return err
		}
	}
	return err
}

// leave takes out of the hand what the act put there, written or not: who opens a
// case for a colleague keeps no key of it, and a key that was not written seals
// nothing.
func (a *Act) leave() {
	for o := range a.touched {
		a.by.forget(o)
	}
	for _, ce := range a.made {
		delete(a.by.held, ce)
	}
	a.by.house = nil
	clear(a.by.alive)
	clear(a.by.reached)
}

// Apply writes the act. A room that writes rows of its own in the same
// transaction passes its Tx.
func (a *Act) Apply(ctx context.Context, tx Tx) error {
	for _, step := range a.steps {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func (a *Act) step(f func(context.Context, Tx) error) { a.steps = append(a.steps, f) }

func (a *Act) shelf(ctx context.Context, o record.Owner) (*shelf, error) {
	s, err := a.room.shelf(ctx, a.by, o)
	if err != nil {
		return nil, err
	}
	a.touched[o], s.pinned = true, true
	return s, nil
}

// detail is the sealed part of a link: what exactly was done, and why.
type detail struct {
	Act      record.Act
	Ground   record.Ground
	Reason   record.Reason
	Informed record.Informed
	Motive   string
}

func (d detail) encode() []byte {
	var e encoder
	for _, s := range []string{string(d.Act), string(d.Ground), string(d.Reason), string(d.Informed), d.Motive} {
		e.text(s)
	}
	return seal.Pad(e.b, 64)
}

func decodeDetail(padded []byte) (detail, bool) {
	raw, err := seal.Unpad(padded)
	if err != nil {
		return detail{}, false
	}
	d := decoder{b: raw}
	out := detail{
		Act: record.Act(d.text()), Ground: record.Ground(d.text()), Reason: record.Reason(d.text()),
		Informed: record.Informed(d.text()), Motive: d.text(),
	}
	return out, d.done()
}

// link appends one signed link to an owner's chain, after asking the fold whether
// anybody who verifies it will accept it.
func (a *Act) link(ctx context.Context, s *shelf, l record.Link, d detail) error {
	dir, err := a.room.houseOf(ctx, a.by) // never of the organisation's chain: see certify
	if err != nil {
		return err
	}
	if a.house != nil {
		dir = a.house // with what this act has certified: who it invites belongs already
	}
	s.own()
	l.Owner, l.N, l.Prev = s.owner, s.roster.Head.Count, s.roster.Head.Hash
	l.At, l.Author = max(a.at, s.roster.act.at), a.by.Member()
	if l.Sealed, err = a.sealDetail(s, &l, d); err != nil {
		return err
	}
	signLink(a.room.host.organisation, a.by.signer(), &l)
	if err := (judge{s.roster, dir, s.circles, s.service}).allows(&l); err != nil {
		return fault.New(fault.Withheld, "")
	}
	s.roster.apply(&l)
	s.roster.Head = Head{Count: l.N + 1, Hash: linkHash(a.room.host.organisation, &l)}
	clear(a.by.reached)
	a.step(func(ctx context.Context, tx Tx) error { return raced(tx.PutLink(ctx, l)) })
	return nil
}

// raced turns a conflict on a place in a chain into errRaced.
func raced(err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return errRaced
	}
	return err
}

// detailCircle is the circle whose readers read why an act was done.
func (s *shelf) detailCircle() (record.Circle, bool) {
	switch s.owner.Kind {
	case record.OwnerService:
		return s.kind(record.Office)
	case record.OwnerPerson:
		return s.kind(record.Own)
	}
	return s.kind(record.CaseCircle)
}

// sealDetail seals a link's detail to the readers of its chain: under their key
// when it is in hand, as a deposit otherwise.
func (a *Act) sealDetail(s *shelf, l *record.Link, d detail) ([]byte, error) {
	c, ok := s.detailCircle()
	if !ok {
		return nil, fault.Because(fault.Internal, integrity("no circle to tell why"))
	}
	ctx := linkContext(a.room.host.organisation, seal.ForLink, l)
	ctx.Circle, ctx.Epoch = c.ID, c.Epoch
	var e encoder
	e.u32(c.Epoch)
	if k, ok := a.by.key(c.ID, c.Epoch); ok {
		e.u8(byte(record.WrapOwn))
		e.raw(seal.Seal(k, ctx, d.encode()))
		return e.b, nil
	}
	if c.Kind == record.Own { // no public half: whoever links a person's chain without her key tells nobody why
		return nil, nil
	}
	public, _, err := a.room.publicHalf(s, c.ID)
	if err != nil {
		return nil, err
	}
	box, err := seal.Wrap(public, ctx, d.encode())
	if err != nil {
		return nil, err
	}
	e.u8(byte(record.WrapHybrid))
	e.raw(box)
	return e.b, nil
}

// openDetail reads why a link was made, when its circle's key is in hand.
func (r *Room) openDetail(u *Unlocked, s *shelf, l *record.Link) (detail, bool) {
	c, ok := s.detailCircle()
	if !ok || len(l.Sealed) < 5 {
		return detail{}, false
	}
	d := decoder{b: l.Sealed}
	epoch, form := d.u32(), record.WrapForm(d.u8())
	k, ok := u.key(c.ID, epoch)
	if !ok {
		return detail{}, false
	}
	ctx := linkContext(r.host.organisation, seal.ForLink, l)
	ctx.Circle, ctx.Epoch = c.ID, epoch
	var plain []byte
	var err error
	if form == record.WrapOwn {
		plain, err = seal.Open(k, ctx, d.b)
	} else {
		plain, err = depositPair(k).Open(ctx, d.b)
	}
	if err != nil {
		return detail{}, false
	}
	return decodeDetail(plain)
}

// newEpoch gives a circle a new key: its first, or a next one that seals the one
// before. The key goes into the hand of who made it, for the rest of the act.
func (a *Act) newEpoch(ctx context.Context, s *shelf, c record.Circle, why detail) error {
	s.own()
	k := seal.NewKey()
	old, held := a.by.key(c.ID, c.Epoch)
	c.Epoch++
	e := record.Epoch{Circle: c.ID, Number: c.Epoch, Check: seal.Check(k), Public: publicOf(c.Kind, k)}
	where := a.room.epochContext(s, c, c.Epoch)
	if held {
		back := where
		back.Purpose = seal.ForBack
		e.Back = seal.Seal(k, back, old.Bytes())
	}
	first := c.Epoch == 1
	if first {
		s.order = append(s.order, c.ID)
		a.step(func(ctx context.Context, tx Tx) error { return tx.PutCircle(ctx, c) })
	}
	a.step(func(ctx context.Context, tx Tx) error { return raced(tx.PutEpoch(ctx, e)) })
	s.circles[c.ID] = c
	s.epochs[circleEpoch{c.ID, c.Epoch}] = e
	a.by.hold(c, c.Epoch, k)
	a.made = append(a.made, circleEpoch{c.ID, c.Epoch})
	return a.link(ctx, s, record.Link{
		Class: record.LinkNewEpoch, Target: record.TargetOf(record.OnCircle, c.ID), Epoch: c.Epoch,
		Commitment: seal.Commitment(e.Check, e.Public, where),
	}, why)
}

// publicOf returns the public half of circles that take deposits.
func publicOf(kind record.CircleKind, k seal.Key) []byte {
	switch kind {
	case record.Office, record.CaseCircle, record.Emergency:
		return depositPair(k).Public()
	case record.HerJournal, record.HouseJournal:
		return journalPair(k).Public()
	}
	return nil
}

// newCircle makes a circle of the shelf's owner, with its first key.
func (a *Act) newCircle(ctx context.Context, s *shelf, c record.Circle, why detail) (record.Circle, error) {
	c.ID, c.Owner, c.Epoch = record.NewID[record.Circle](), s.owner, 0
	if err := a.newEpoch(ctx, s, c, why); err != nil {
		return record.Circle{}, err
	}
	return s.circles[c.ID], nil
}

// terms are the conditions of a grant.
type terms struct {
	right        record.Right
	since, until record.Minute
	commit       [32]byte
	why          detail
}

// let gives a recipient a circle: the link, then the wrap of its newest key.
func (a *Act) let(ctx context.Context, s *shelf, c record.CircleID, to recipient, t terms) error {
	if t.right == 0 {
		t.right = record.RightRead
	}
	t.commit = to.commit
	err := a.link(ctx, s, record.Link{
		Class: record.LinkGives, Right: t.right, Recipient: to.Recipient, Target: record.TargetOf(record.OnCircle, c),
		Since: t.since, Until: t.until, Commitment: t.commit,
	}, t.why)
	if err != nil {
		return err
	}
	return a.wrap(s, c, to)
}

// wrap seals a circle's newest key to a recipient.
func (a *Act) wrap(s *shelf, c record.CircleID, to recipient) error {
	k, epoch, err := a.by.current(s, c)
	if err != nil {
		return err
	}
	w := record.Wrap{Circle: c, Recipient: to.Recipient, Epoch: epoch}
	if err := to.seal(a.room.wrapContext(s.owner, w), encodeWrap(k, s.roster.Head), &w); err != nil {
		return err
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutWrap(ctx, w) })
	return nil
}

// recipient is somebody a key can be sealed to, by the public half that the
// chain vouches for or by a symmetric key in hand.
type recipient struct {
	record.Recipient
	public []byte   // hybrid
	key    seal.Key // symmetric, when in hand
	epoch  uint32   // of the recipient circle's key
	commit [32]byte // what the link carries of a lock's or a seat's public half
}

func (to recipient) seal(c seal.Context, plain []byte, w *record.Wrap) error {
	var e encoder
	if to.Kind == record.ToCircle {
		e.u32(to.epoch)
	}
	if !to.key.IsZero() {
		w.Form = record.WrapOwn
		e.raw(seal.Seal(to.key, c, plain))
		w.Sealed = e.b
		return nil
	}
	box, err := seal.Wrap(to.public, c, plain)
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	w.Form = record.WrapHybrid
	e.raw(box)
	w.Sealed = e.b
	return nil
}

// toSelf is the member who acts.
func (a *Act) toSelf() recipient {
	return recipient{Recipient: a.by.self(), key: a.by.own()}
}

// toMember is a colleague, by her certified public key.
func (a *Act) toMember(ctx context.Context, m record.MemberID) (recipient, error) {
	if m == a.by.Member() {
		return a.toSelf(), nil
	}
	d, err := a.room.houseOf(ctx, a.by)
	if err != nil {
		return recipient{}, err
	}
	row, err := a.room.read.Member(ctx, m)
	if err != nil {
		return recipient{}, err
	}
	if row.State != record.MemberActive || !d.isMemberNow(m, a.at) || !d.Certified(row) {
		return recipient{}, fault.New(fault.Refused, "fault.not_enrolled")
	}
	return recipient{Recipient: record.RecipientOf(record.ToMember, m), public: row.Keys.KEM}, nil
}

// toCircle is another circle: under its key when in hand, else its public half.
func (a *Act) toCircle(s *shelf, c record.Circle) (recipient, error) {
	to := recipient{Recipient: record.RecipientOf(record.ToCircle, c.ID), epoch: c.Epoch}
	if k, ok := a.by.key(c.ID, c.Epoch); ok {
		to.key = k
		return to, nil
	}
	public, epoch, err := a.room.publicHalf(s, c.ID)
	to.public, to.epoch = public, epoch
	return to, err
}

// persons lists the persons of a case, in a fixed order.
func persons(c record.Case) []record.PersonID {
	all := slices.Clone(c.Persons)
	slices.SortFunc(all, func(a, b record.PersonID) int { return slices.Compare(a[:], b[:]) })
	return all
}

// Journal appends an entry about subjects to the act.
func (a *Act) Journal(ctx context.Context, act journal.Act, p journal.Purpose, about ...Subject) error {
	e, err := a.room.entry(ctx, a.by, journal.Body{Act: act, Purpose: p}, about)
	if err != nil {
		return err
	}
	a.step(func(ctx context.Context, tx Tx) error {
		_, err := journal.Append(ctx, tx, e)
		return err
	})
	return nil
}
