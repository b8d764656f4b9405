// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Text is what an act seals into an object.
type Text struct {
	ID      record.ObjectID // of a new object; zero draws one. A form that is posted twice carries the same
	Kind    record.ItemKind
	Persons []record.PersonID
	Words   Words
}

// Add seals a new object into circles of an owner. A circle that lost a reader
// since its last key gets a new key first.
func (a *Act) Add(ctx context.Context, o record.Owner, in []record.CircleID, t Text) (record.Object, error) {
	s, err := a.enter(ctx, o)
	if err != nil {
		return record.Object{}, err
	}
	obj, key, err := a.newObject(ctx, s, t.ID, seal.NewKey(), in)
	if err != nil {
		return obj, err
	}
	return obj, a.version(obj, key, 1, t)
}

// newObject gives an object its place, its key and its slips. A zero id draws one.
func (a *Act) newObject(ctx context.Context, s *shelf, id record.ObjectID, key seal.Key, in []record.CircleID) (record.Object, seal.Key, error) {
	next, err := a.nextOrder(ctx, s)
	if err != nil {
		return record.Object{}, seal.Key{}, err
	}
	if id.IsZero() {
		id = record.NewID[record.Object]()
	}
	obj := record.Object{ID: id, Owner: s.owner, Order: next + a.added(s.owner)}
	a.step(func(ctx context.Context, tx Tx) error {
		order, err := tx.PutObject(ctx, obj)
		if err == nil && order == obj.Order {
			s.next(order + 1)
			return nil
		}
		s.next(0)
		if err == nil {
			err = errRaced
		}
		return err
	})
	a.news = append(a.news, obj)
	a.keys[obj.ID] = key
	return obj, key, a.slips(ctx, s, obj.ID, key, in)
}

// nextOrder is the order that an owner's next object takes; of one that this act
// makes, the first. What the node remembers may be late: the transaction that puts
// the object says so, and the act is prepared again with what the store answers.
func (a *Act) nextOrder(ctx context.Context, s *shelf) (uint32, error) {
	if s.begun {
		return 1, nil
	}
	if s.node != nil {
		if n := s.node.next.Load(); n > 0 {
			return n, nil
		}
	}
	return a.room.read.NextOrder(ctx, s.owner)
}

// next has the node remember the order that the owner's next object takes; 0 has it
// ask.
func (s *shelf) next(order uint32) {
	if s.node != nil {
		s.node.next.Store(order)
	}
}

// added counts the objects that this act already adds to an owner.
func (a *Act) added(o record.Owner) uint32 {
	var n uint32
	for _, obj := range a.news {
		if obj.Owner == o {
			n++
		}
	}
	return n
}

func (a *Act) enter(ctx context.Context, o record.Owner) (*shelf, error) {
	if o.Kind == record.OwnerPerson {
		if err := a.room.offices(ctx, a.by); err != nil {
			return nil, err
		}
	}
	return a.shelf(ctx, o)
}

// slips puts an object's key into circles.
func (a *Act) slips(ctx context.Context, s *shelf, id record.ObjectID, key seal.Key, in []record.CircleID) error {
	if len(in) == 0 {
		return fault.Because(fault.Internal, integrity("an object in no circle"))
	}
	for _, c := range in {
		a.concerns(id, s.circles[c])
		k, epoch, err := a.freshKey(ctx, s, c)
		if err != nil {
			return err
		}
		slip := record.Slip{Object: id, Circle: c, Epoch: epoch}
		slip.Sealed = seal.Seal(k, a.room.objectSlipContext(s.owner, slip), key.Bytes())
		a.step(func(ctx context.Context, tx Tx) error { return tx.PutSlip(ctx, slip) })
	}
	return nil
}

// concerns notes that an object stands in a circle shared with one person.
func (a *Act) concerns(id record.ObjectID, c record.Circle) {
	if c.Kind == record.Shared {
		a.sharedWith[id] = c.Person
	}
}

// freshKey returns the key to seal with: the scratchpad's, or a circle's newest,
// renewed first when somebody left it.
func (a *Act) freshKey(ctx context.Context, s *shelf, c record.CircleID) (seal.Key, uint32, error) {
	if _, ok := s.circles[c]; !ok {
		pad, err := a.room.scratchpad(ctx, a.by)
		if err != nil {
			return seal.Key{}, 0, err
		}
		if pad.ID == c {
			k, _ := a.by.key(c, 1)
			return k, 1, nil
		}
	}
	if err := a.freshen(ctx, s, c); err != nil {
		return seal.Key{}, 0, err
	}
	return a.by.current(s, c)
}

// version seals one text of an object.
func (a *Act) version(o record.Object, key seal.Key, number uint32, t Text) error {
	b := body{Kind: t.Kind, Author: a.by.Member(), At: a.room.now().Unix(), Persons: t.Persons, Words: t.Words}
	return a.seal(o, key, number, a.at, b)
}

func (a *Act) seal(o record.Object, key seal.Key, number uint32, at record.Minute, b body) error {
	plain, err := b.encode()
	if err != nil {
		return err
	}
	v := record.Version{Object: o.ID, Number: number, Minute: at}
	v.Sealed = seal.Seal(key, a.room.versionContext(o, v), plain)
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutVersion(ctx, v) })
	return nil
}

// Correct seals a further version of an object, base being the version that the
// author saw. fault.Conflict when somebody corrected it meanwhile.
func (a *Act) Correct(ctx context.Context, o record.Owner, id record.ObjectID, base uint32, t Text) (record.Object, error) {
	p, err := a.hold(ctx, o, id)
	if err != nil {
		return record.Object{}, err
	}
	if newest := p.versions[len(p.versions)-1].Number; newest != base {
		return record.Object{}, fault.New(fault.Conflict, "fault.conflict")
	}
	return p.object, a.version(p.object, p.key, base+1, t)
}

// hold finds one object whose key is in hand, or fault.Withheld.
func (a *Act) hold(ctx context.Context, o record.Owner, id record.ObjectID) (*pick, error) {
	if _, err := a.enter(ctx, o); err != nil {
		return nil, err
	}
	all, err := a.room.pick(ctx, a.by, Ask{Owner: o, Objects: []record.ObjectID{id}, History: true})
	if err != nil {
		return nil, err
	}
	for _, c := range all[0].circles {
		a.concerns(id, c)
	}
	return all[0], nil
}

// reseal gives an object a new key and new slips: every version is sealed again,
// read back, and the old rows are gone when the transaction commits (I5). items
// are the opened versions, oldest first.
func (a *Act) reseal(ctx context.Context, s *shelf, o record.Object, in []record.CircleID, items []Item) (seal.Key, error) {
	key := seal.NewKey()
	a.step(func(ctx context.Context, tx Tx) error {
		if err := tx.DropSlips(ctx, o.ID); err != nil {
			return err
		}
		return tx.DropVersions(ctx, o.ID)
	})
	if err := a.slips(ctx, s, o.ID, key, in); err != nil {
		return seal.Key{}, err
	}
	return key, a.copies(o, key, items)
}

// copies seals opened versions under a key, and reads them back in the same
// transaction: what does not open again is not written.
func (a *Act) copies(o record.Object, key seal.Key, items []Item) error {
	plains := map[uint32][]byte{}
	for _, it := range items {
		b := body{Kind: it.Kind, Author: it.Author, At: it.At, Persons: it.Persons, Words: it.Words}
		plain, err := b.encode()
		if err != nil {
			return err
		}
		plains[it.Version] = plain
		if err := a.seal(o, key, it.Version, record.Minute(it.At/60), b); err != nil {
			return err
		}
	}
	a.step(func(ctx context.Context, tx Tx) error {
		back, err := tx.ObjectVersions(ctx, o.ID)
		if err != nil || len(back) != len(plains) {
			return errItem
		}
		for _, v := range back {
			got, err := seal.Open(key, a.room.versionContext(o, v), v.Sealed)
			if err != nil || !bytes.Equal(got, plains[v.Number]) {
				return errItem
			}
		}
		return nil
	})
	return nil
}
