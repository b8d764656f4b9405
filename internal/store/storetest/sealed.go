// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func chainTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"a chain comes back in order and from a link on": chainComesBack,
		"a link that is not the next is a conflict":      chainContinues,
	}
}

func sealedTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"circles come back by id and by owner":              circlesComeBack,
		"an epoch becomes its circle's current one":         epochsComeBack,
		"a wrap replaces its recipient's":                   wrapsComeBack,
		"wraps of an owner are found by recipient":          wrapsByRecipient,
		"wraps come back beside the chain's newest links":   recalled,
		"wraps to a recipient go together":                  wrapsToGo,
		"objects are numbered by owner":                     objectsAreNumbered,
		"slips come back by owner and object and go":        slipsComeBack,
		"versions follow one another":                       versionsFollow,
		"the latest version of each object comes back":      latestVersions,
		"pieces are objects with their versions and slips":  piecesComeBack,
		"an order is never given twice":                     orderIsNext,
		"who holds a circle comes back with her slots":      holdersComeBack,
		"1 MB of bytes and no byte at all come back":        bytesComeBack,
		"marks are replaced, by circle and by object":       marksComeBack,
		"a draft is its author's alone":                     draftsComeBack,
		"a second row with the same id is a conflict":       sameID,
		"what hangs from an absent row is withheld":         absentParent,
		"rows of one owner are never those of the next one": ownersApart,
		"an absent owner has empty lists and takes no row":  absentOwner,
		"an owner's kind is part of who it is":              ownerKind,
		"dropping what is absent is no fault":               dropsAbsent,
		"the circle of an object's wrap is not kept":        wrapOfObject,
	}
}

func (h *house) link(n uint32) record.Link {
	return record.Link{
		Owner: h.caseOwner(), N: n, Class: record.LinkGives, Right: record.RightRead, Recipient: h.toMember(0),
		Target: record.Target{Kind: record.OnCircle, ID: record.Ref(raw(byte(n), 16))}, Epoch: 3, Since: 4, Until: 5, At: 6,
		Author: h.members[0].ID, Commitment: hash(1), SealedHash: hash(2), Prev: hash(byte(n)),
		Signature: raw(4, 64), Sealed: raw(5, 200),
	}
}

func chainComesBack(t *testing.T, h *house) {
	ctx := t.Context()
	first := record.Link{Owner: h.caseOwner(), Class: record.LinkOther, At: 6} // all that may be zero is
	links := []record.Link{first, h.link(1), h.link(2)}
	h.write(func(tx *store.Tx) error {
		for _, l := range links {
			if err := tx.PutLink(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
	same(t, links, must[[]record.Link](t)(h.db.Chain(ctx, h.caseOwner())))
	same(t, links[1:], must[[]record.Link](t)(h.db.ChainSince(ctx, h.caseOwner(), 1)))
	same(t, 0, len(must[[]record.Link](t)(h.db.ChainSince(ctx, h.caseOwner(), 3))))
	same(t, 0, len(must[[]record.Link](t)(h.db.Chain(ctx, h.personOwner()))))
}

func chainContinues(t *testing.T, h *house) {
	put := func(n uint32) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error { return tx.PutLink(ctx, h.link(n)) }
	}
	h.fails(fault.Conflict, put(1))
	h.write(func(tx *store.Tx) error { return tx.PutLink(t.Context(), h.link(0)) })
	h.fails(fault.Conflict, put(0))
	h.fails(fault.Conflict, put(2))
	h.fails(fault.Refused, put(1<<32-1))
	same(t, 1, len(must[[]record.Link](t)(h.db.Chain(t.Context(), h.caseOwner()))))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		l := h.link(0)
		l.Owner.ID = record.Ref(raw(1, 16))
		return tx.PutLink(ctx, l)
	})
}

func circlesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	counter := record.Circle{
		ID: record.NewID[record.Circle](), Kind: record.Counter, Owner: h.personOwner(), Service: h.services[0].ID, Epoch: 1,
	}
	reserved := record.Circle{
		ID: record.NewID[record.Circle](), Kind: record.Reserved, Owner: h.caseOwner(), Member: h.members[0].ID, Epoch: 2,
	}
	shared := record.Circle{
		ID: record.NewID[record.Circle](), Kind: record.Shared, Owner: h.caseOwner(), Person: h.person.ID, Epoch: 1,
	}
	for _, c := range []record.Circle{counter, reserved, shared} {
		h.write(func(tx *store.Tx) error { return tx.PutCircle(ctx, c) })
	}
	same(t, reserved, must[record.Circle](t)(h.db.Circle(ctx, reserved.ID)))
	same(t, []record.Circle{reserved, shared}, must[[]record.Circle](t)(h.db.Circles(ctx, h.caseOwner())))
	same(t, []record.Circle{counter}, must[[]record.Circle](t)(h.db.Circles(ctx, h.personOwner())))
	got, err := h.db.Circle(ctx, record.NewID[record.Circle]())
	withheld(t, got, err)
}

func epochsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a, b := h.circle(record.CaseCircle, h.caseOwner()), h.circle(record.Shared, h.caseOwner())
	first := record.Epoch{Circle: a.ID, Number: 1, Public: raw(1, 1216), Check: raw(6, 32)}
	other := record.Epoch{Circle: b.ID, Number: 1}
	second := record.Epoch{Circle: a.ID, Number: 2, Public: raw(2, 1216), Back: raw(3, 60)}
	for _, e := range []record.Epoch{first, other, second} {
		h.write(func(tx *store.Tx) error { return tx.PutEpoch(ctx, e) })
	}
	a.Epoch = 2
	same(t, a, must[record.Circle](t)(h.db.Circle(ctx, a.ID)))
	same(t, b, must[record.Circle](t)(h.db.Circle(ctx, b.ID)))
	same(t, []record.Epoch{first, second}, must[[]record.Epoch](t)(h.db.Epochs(ctx, a.ID)))
	same(t, []record.Epoch{first, other, second}, must[[]record.Epoch](t)(h.db.OwnerEpochs(ctx, h.caseOwner())))
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutEpoch(ctx, second) })
}

func wrapsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	a := record.Wrap{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1, Form: record.WrapHybrid, Sealed: raw(1, 1168)}
	b := record.Wrap{Circle: c.ID, Recipient: h.toMember(1), Epoch: 1, Form: record.WrapHybrid, Sealed: raw(2, 1168)}
	alone := record.Wrap{Object: o.ID, Recipient: h.toMember(1), Form: record.WrapHybrid, Sealed: raw(3, 1168)}
	for _, w := range []record.Wrap{a, b, alone} {
		h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	a.Form, a.Sealed, a.Epoch = record.WrapOwn, raw(4, 100), 2
	alone.Form, alone.Sealed = record.WrapOwn, raw(5, 100)
	for _, w := range []record.Wrap{a, alone} {
		h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	same(t, []record.Wrap{a, b}, must[[]record.Wrap](t)(h.db.Wraps(ctx, c.ID)))
	same(t, b, must[record.Wrap](t)(h.db.WrapTo(ctx, c.ID, h.toMember(1))))
	same(t, []record.Wrap{alone}, must[[]record.Wrap](t)(h.db.ObjectWraps(ctx, o.ID)))
	for _, w := range []record.Wrap{b, alone} {
		h.write(func(tx *store.Tx) error { return tx.DropWrap(ctx, w) })
	}
	got, err := h.db.WrapTo(ctx, c.ID, h.toMember(1))
	withheld(t, got, err)
	same(t, 0, len(must[[]record.Wrap](t)(h.db.ObjectWraps(ctx, o.ID))))
	same(t, []record.Wrap{a}, must[[]record.Wrap](t)(h.db.Wraps(ctx, c.ID)))
}

func wrapOfObject(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	w := record.Wrap{Circle: c.ID, Object: o.ID, Recipient: h.toMember(0), Form: record.WrapHybrid, Sealed: raw(1, 9)}
	h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	w.Circle = record.CircleID{}
	same(t, []record.Wrap{w}, must[[]record.Wrap](t)(h.db.ObjectWraps(ctx, o.ID)))
	same(t, []record.Wrap{w}, must[[]record.Wrap](t)(h.db.WrapsTo(ctx, h.caseOwner(), h.toMember(0))))
	same(t, nil, must[[]record.Wrap](t)(h.db.Wraps(ctx, c.ID)))
	got, err := h.db.WrapTo(ctx, c.ID, h.toMember(0))
	withheld(t, got, err)
}

func wrapsToGo(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	stays := record.Wrap{Circle: c.ID, Recipient: h.toMember(1), Epoch: 1, Form: record.WrapHybrid, Sealed: raw(2, 9)}
	for _, w := range []record.Wrap{
		{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1, Form: record.WrapHybrid, Sealed: raw(1, 9)},
		{Object: o.ID, Recipient: h.toMember(0), Form: record.WrapHybrid, Sealed: raw(3, 9)},
		stays,
	} {
		h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	h.write(func(tx *store.Tx) error { return tx.DropWrapsTo(ctx, h.toMember(0)) })
	same(t, nil, must[[]record.Wrap](t)(h.db.WrapsTo(ctx, h.caseOwner(), h.toMember(0))))
	same(t, []record.Wrap{stays}, must[[]record.Wrap](t)(h.db.WrapsTo(ctx, h.caseOwner(), h.toMember(1))))
}

func wrapsByRecipient(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	own := h.circle(record.Own, h.personOwner())
	toCase := record.RecipientOf(record.ToCircle, c.ID)
	mine := record.Wrap{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1, Form: record.WrapOwn, Sealed: raw(1, 9)}
	theirs := record.Wrap{Circle: c.ID, Recipient: h.toMember(1), Epoch: 1, Form: record.WrapOwn, Sealed: raw(2, 9)}
	alone := record.Wrap{Object: o.ID, Recipient: h.toMember(0), Form: record.WrapOwn, Sealed: raw(3, 9)}
	hers := record.Wrap{Circle: own.ID, Recipient: toCase, Epoch: 1, Form: record.WrapOwn, Sealed: raw(4, 9)}
	sameID := mine
	sameID.Recipient.Kind = record.ToSeat
	for _, w := range []record.Wrap{mine, theirs, alone, hers, sameID} {
		h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	read := func(owner record.Owner, to ...record.Recipient) []record.Wrap {
		return must[[]record.Wrap](t)(h.db.WrapsTo(ctx, owner, to...))
	}
	same(t, []record.Wrap{mine, alone}, read(h.caseOwner(), h.toMember(0)))
	same(t, []record.Wrap{mine, theirs, alone}, read(h.caseOwner(), h.toMember(1), toCase, h.toMember(0)))
	many := make([]record.Recipient, 9)
	many[8] = h.toMember(0)
	same(t, []record.Wrap{mine, alone}, read(h.caseOwner(), many...))
	same(t, []record.Wrap{hers}, read(h.personOwner(), h.toMember(0), toCase))
	same(t, nil, read(h.caseOwner()))
}

func recalled(t *testing.T, h *house) {
	ctx := t.Context()
	c := h.circle(record.CaseCircle, h.caseOwner())
	toCase := record.Recipient{Kind: record.ToCircle, ID: c.ID.Ref()}
	wraps := []record.Wrap{
		{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1, Form: record.WrapOwn, Sealed: raw(1, 9)},
		{Object: h.object(h.caseOwner()).ID, Recipient: h.toMember(0), Form: record.WrapOwn, Sealed: raw(2, 9)},
		{Circle: c.ID, Recipient: h.toMember(1), Epoch: 1, Form: record.WrapHybrid, Sealed: raw(3, 9)},
	}
	links := []record.Link{h.link(0), h.link(1), h.link(2)}
	for _, w := range wraps {
		h.write(func(tx *store.Tx) error { return tx.PutWrap(ctx, w) })
	}
	for _, l := range links {
		h.write(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
	}
	sameID := h.toMember(0)
	sameID.Kind = record.ToSeat
	many := make([]record.Recipient, 9)
	many[8] = h.toMember(0)
	for name, ask := range map[string]struct {
		n     uint32
		to    []record.Recipient
		wraps []record.Wrap
		links []record.Link
	}{
		"one member, the newest link":        {2, []record.Recipient{h.toMember(0)}, wraps[:2], links[2:]},
		"one member, more links":             {1, []record.Recipient{h.toMember(0)}, wraps[:2], links[1:]},
		"no link so far on":                  {3, []record.Recipient{h.toMember(0)}, nil, nil},
		"several, among whom both":           {2, []record.Recipient{toCase, h.toMember(1), h.toMember(0)}, wraps, links[2:]},
		"more than a statement has room for": {1, many, wraps[:2], links[1:]},
		"somebody without a wrap":            {0, []record.Recipient{toCase}, nil, nil},
		"another kind of the same id":        {0, []record.Recipient{sameID}, nil, nil},
		"nobody":                             {0, nil, nil, nil},
	} {
		gotWraps, gotLinks, err := h.db.Recall(ctx, h.caseOwner(), ask.n, ask.to...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, ask.wraps, gotWraps)
		same(t, ask.links, gotLinks)
	}
	gotWraps, gotLinks, err := h.db.Recall(ctx, h.personOwner(), 0, h.toMember(0))
	same(t, []record.Wrap(nil), must[[]record.Wrap](t)(gotWraps, err))
	same(t, 0, len(gotLinks))
}

func objectsAreNumbered(t *testing.T, h *house) {
	ctx := t.Context()
	var want []record.Object
	for i := range uint32(3) {
		o := h.object(h.caseOwner())
		same(t, i+1, o.Order)
		want = append(want, o)
	}
	same(t, uint32(1), h.object(h.personOwner()).Order)
	same(t, want, must[[]record.Object](t)(h.db.Objects(ctx, h.caseOwner())))
	same(t, want[1], must[record.Object](t)(h.db.Object(ctx, want[1].ID)))
	got, err := h.db.Object(ctx, record.NewID[record.Object]())
	withheld(t, got, err)
}

func slipsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a, b := h.circle(record.CaseCircle, h.caseOwner()), h.circle(record.Shared, h.caseOwner())
	o, p := h.object(h.caseOwner()), h.object(h.caseOwner())
	slips := []record.Slip{
		{Object: o.ID, Circle: a.ID, Epoch: 1, Sealed: raw(1, 60)},
		{Object: p.ID, Circle: a.ID, Epoch: 2, Sealed: raw(2, 60)},
		{Object: o.ID, Circle: b.ID, Epoch: 3, Sealed: raw(3, 60)},
	}
	for _, s := range slips {
		h.write(func(tx *store.Tx) error { return tx.PutSlip(ctx, s) })
	}
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutSlip(ctx, slips[0]) })
	same(t, slips, must[[]record.Slip](t)(h.db.Slips(ctx, h.caseOwner())))
	same(t, []record.Slip{slips[0], slips[2]}, must[[]record.Slip](t)(h.db.ObjectSlips(ctx, o.ID)))
	h.write(func(tx *store.Tx) error { return tx.DropSlips(ctx, o.ID) })
	same(t, slips[1:2], must[[]record.Slip](t)(h.db.Slips(ctx, h.caseOwner())))
}

func versionsFollow(t *testing.T, h *house) {
	o := h.object(h.caseOwner())
	put := func(n uint32) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: n, Minute: 7, Sealed: raw(byte(n), 300)})
		}
	}
	write := func(n uint32) { h.write(func(tx *store.Tx) error { return put(n)(t.Context(), tx) }) }
	h.fails(fault.Conflict, put(2))
	h.fails(fault.Conflict, put(0))
	write(1)
	write(2)
	h.fails(fault.Conflict, put(2))
	h.fails(fault.Conflict, put(4))
	same(t, []record.Version{
		{Object: o.ID, Number: 1, Minute: 7, Sealed: raw(1, 300)},
		{Object: o.ID, Number: 2, Minute: 7, Sealed: raw(2, 300)},
	}, must[[]record.Version](t)(h.db.ObjectVersions(t.Context(), o.ID)))
	h.write(func(tx *store.Tx) error { return tx.DropVersions(t.Context(), o.ID) })
	same(t, 0, len(must[[]record.Version](t)(h.db.ObjectVersions(t.Context(), o.ID))))
	write(1)
}

func latestVersions(t *testing.T, h *house) {
	ctx := t.Context()
	a, b, none := h.object(h.caseOwner()), h.object(h.caseOwner()), h.object(h.caseOwner())
	put := func(o record.Object, n uint32) record.Version {
		v := record.Version{Object: o.ID, Number: n, Minute: record.Minute(n), Sealed: raw(byte(n), 80)}
		h.write(func(tx *store.Tx) error { return tx.PutVersion(ctx, v) })
		return v
	}
	put(b, 1)
	put(a, 1)
	put(a, 2)
	want := []record.Version{put(a, 3), put(b, 2)} // by the object's order
	same(t, want, must[[]record.Version](t)(h.db.LatestVersions(ctx, h.caseOwner())))
	same(t, 0, len(must[[]record.Version](t)(h.db.ObjectVersions(ctx, none.ID))))
}

func piecesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a, b, none := h.object(h.caseOwner()), h.object(h.caseOwner()), h.object(h.caseOwner())
	team, shared := h.circle(record.CaseCircle, h.caseOwner()), h.circle(record.Shared, h.caseOwner())
	first := record.Version{Object: a.ID, Number: 1, Minute: 1, Sealed: raw(1, 80)}
	newest := record.Version{Object: a.ID, Number: 2, Minute: 2, Sealed: raw(2, 80)}
	other := record.Version{Object: b.ID, Number: 1, Minute: 3, Sealed: raw(3, 80)}
	slips := []record.Slip{{Object: a.ID, Circle: team.ID, Epoch: 1, Sealed: raw(4, 60)}, {Object: a.ID, Circle: shared.ID, Epoch: 2, Sealed: raw(5, 60)}}
	h.write(func(tx *store.Tx) error {
		for _, v := range []record.Version{first, other, newest} {
			if err := tx.PutVersion(ctx, v); err != nil {
				return err
			}
		}
		for _, s := range append(slips, record.Slip{Object: none.ID, Circle: team.ID, Epoch: 1}) {
			if err := tx.PutSlip(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	want := []record.Piece{{Object: a, Version: newest, Slips: slips}, {Object: b, Version: other}} // without a version it is nothing yet
	same(t, want, must[[]record.Piece](t)(h.db.Pieces(ctx, h.caseOwner())))
	same(t, 0, len(must[[]record.Piece](t)(h.db.Pieces(ctx, h.personOwner()))))
	same(t, want[0], must[record.Piece](t)(h.db.Piece(ctx, h.caseOwner(), want[0].ID)))
	got, err := h.db.Piece(ctx, h.personOwner(), want[0].ID) // somebody else's
	withheld(t, got, err)
}

func orderIsNext(t *testing.T, h *house) {
	ctx := t.Context()
	next := func() uint32 { return must[uint32](t)(h.db.NextOrder(ctx, h.caseOwner())) }
	same(t, uint32(1), next())
	pad := h.circle(record.Scratchpad, record.OwnerOf(record.OwnerMember, h.members[0].ID))
	for n := range uint32(2) {
		same(t, n+1, next())
		o := h.object(h.caseOwner())
		h.write(func(tx *store.Tx) error {
			if err := tx.PutSlip(ctx, record.Slip{Object: o.ID, Circle: pad.ID, Epoch: 1}); err != nil {
				return err
			}
			return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: 1, Minute: 1})
		})
	}
	h.scratch(2, 2) // what erased itself had an order, which does not return
	same(t, uint32(3), next())
	same(t, next(), h.object(h.caseOwner()).Order)
	_, err := h.db.NextOrder(ctx, record.OwnerOf(record.OwnerPerson, record.NewID[record.Person]()))
	same(t, fault.Withheld, fault.KindOf(err))
}

func holdersComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	c := h.circle(record.CaseCircle, h.caseOwner())
	h.write(func(tx *store.Tx) error {
		for i, to := range []record.Recipient{h.toMember(1), record.RecipientOf(record.ToCircle, c.ID), h.toMember(0)} {
			if err := tx.PutWrap(ctx, record.Wrap{Circle: c.ID, Recipient: to, Epoch: uint32(i + 1), Form: record.WrapOwn, Sealed: raw(1, 9)}); err != nil {
				return err
			}
		}
		return tx.PutSlot(ctx, h.slot(1))
	})
	want := []record.Holder{{Member: h.members[1], Epoch: 1}, {Member: h.members[0], Epoch: 3, Slots: 1}}
	same(t, want, must[[]record.Holder](t)(h.db.Holders(ctx, c.ID)))
	same(t, 0, len(must[[]record.Holder](t)(h.db.Holders(ctx, record.NewID[record.Circle]()))))
}

func bytesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	o := h.object(h.caseOwner())
	for i, b := range [][]byte{nil, raw(7, 1<<20), {0}, []byte("\x00after"), []byte("'\"\\x00%s$1")} {
		want := record.Version{Object: o.ID, Number: uint32(i + 1), Minute: 1, Sealed: b}
		h.write(func(tx *store.Tx) error { return tx.PutVersion(ctx, want) })
		all := must[[]record.Version](t)(h.db.ObjectVersions(ctx, o.ID))
		same(t, want, all[len(all)-1])
	}
	h.write(func(tx *store.Tx) error {
		return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: 6, Sealed: []byte{}})
	})
	same(t, nil, must[[]record.Version](t)(h.db.ObjectVersions(ctx, o.ID))[5].Sealed) // empty comes back nil
}

func marksComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	a := record.Mark{Circle: c.ID, Reader: h.members[0].ID, Sealed: raw(1, 60)}
	b := record.Mark{Circle: c.ID, Reader: h.members[1].ID, Sealed: raw(2, 60)}
	alone := record.Mark{Object: o.ID, Reader: h.members[0].ID, Sealed: raw(3, 60)}
	for _, m := range []record.Mark{a, b, alone} {
		h.write(func(tx *store.Tx) error { return tx.PutMark(ctx, m) })
	}
	a.Sealed, alone.Sealed = raw(4, 90), raw(5, 90)
	for _, m := range []record.Mark{a, alone} {
		h.write(func(tx *store.Tx) error { return tx.PutMark(ctx, m) })
	}
	same(t, []record.Mark{a, b, alone}, must[[]record.Mark](t)(h.db.MarksOf(ctx, h.caseOwner())))
	same(t, 0, len(must[[]record.Mark](t)(h.db.MarksOf(ctx, h.personOwner()))))
}

func draftsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	mine := record.Draft{ID: record.NewID[record.Draft](), Author: h.members[0].ID, Form: record.WrapHybrid, Sealed: raw(1, 900)}
	next := record.Draft{ID: record.NewID[record.Draft](), Author: h.members[0].ID, Form: record.WrapOwn, Sealed: raw(2, 900)}
	for _, d := range []record.Draft{mine, next} {
		h.write(func(tx *store.Tx) error { return tx.PutDraft(ctx, d) })
	}
	mine.Form, mine.Sealed = record.WrapOwn, raw(3, 950)
	h.write(func(tx *store.Tx) error { return tx.PutDraft(ctx, mine) })
	theirs := mine
	theirs.Author, theirs.Sealed = h.members[1].ID, raw(9, 9)
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.PutDraft(ctx, theirs) })
	got, err := h.db.Draft(ctx, mine.ID, h.members[1].ID)
	withheld(t, got, err)
	h.write(func(tx *store.Tx) error { return tx.DropDraft(ctx, mine.ID, h.members[1].ID) })
	same(t, mine, must[record.Draft](t)(h.db.Draft(ctx, mine.ID, h.members[0].ID)))
	same(t, []record.Draft{mine, next}, must[[]record.Draft](t)(h.db.Drafts(ctx, h.members[0].ID)))
	same(t, 0, len(must[[]record.Draft](t)(h.db.Drafts(ctx, h.members[1].ID))))
	h.write(func(tx *store.Tx) error { return tx.DropDraft(ctx, mine.ID, h.members[0].ID) })
	same(t, []record.Draft{next}, must[[]record.Draft](t)(h.db.Drafts(ctx, h.members[0].ID)))
	for _, m := range []int{1, 0} { // somebody else's, then her own: it is used once
		use := func(ctx context.Context, tx *store.Tx) error { return tx.UseDraft(ctx, next.ID, h.members[m].ID) }
		if m == 0 {
			h.write(func(tx *store.Tx) error { return use(ctx, tx) })
		}
		h.fails(fault.Withheld, use)
	}
	same(t, 0, len(must[[]record.Draft](t)(h.db.Drafts(ctx, h.members[0].ID))))
}

func sameID(_ *testing.T, h *house) {
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	for _, put := range []func(context.Context, *store.Tx) error{
		func(ctx context.Context, tx *store.Tx) error { return tx.PutCircle(ctx, c) },
		func(ctx context.Context, tx *store.Tx) error { _, err := tx.PutObject(ctx, o); return err },
		func(ctx context.Context, tx *store.Tx) error { return tx.PutPerson(ctx, h.person) },
		func(ctx context.Context, tx *store.Tx) error { return tx.PutCase(ctx, h.dossier) },
		func(ctx context.Context, tx *store.Tx) error { return tx.PutMission(ctx, h.mission) },
		func(ctx context.Context, tx *store.Tx) error { return tx.PutMember(ctx, h.members[0]) },
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutKnown(ctx, record.Known{Person: h.person.ID, Service: h.services[0].ID})
		},
	} {
		h.fails(fault.Conflict, put)
	}
}

func absentParent(t *testing.T, h *house) {
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	noCircle, noObject := record.NewID[record.Circle](), record.NewID[record.Object]()
	for _, put := range []func(context.Context, *store.Tx) error{
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutEpoch(ctx, record.Epoch{Circle: noCircle, Number: 1})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutWrap(ctx, record.Wrap{Circle: noCircle, Recipient: h.toMember(0)})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutWrap(ctx, record.Wrap{Object: noObject, Recipient: h.toMember(0)})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutSlip(ctx, record.Slip{Object: o.ID, Circle: noCircle})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutSlip(ctx, record.Slip{Object: noObject, Circle: c.ID})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutVersion(ctx, record.Version{Object: noObject, Number: 1})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutMark(ctx, record.Mark{Circle: noCircle, Reader: h.members[0].ID})
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.PutMark(ctx, record.Mark{Object: noObject, Reader: h.members[0].ID})
		},
	} {
		h.fails(fault.Withheld, put)
	}
	same(t, 1, len(must[[]record.Object](t)(h.db.Objects(t.Context(), h.caseOwner()))))
}

func ownersApart(t *testing.T, h *house) {
	ctx := t.Context()
	var owners []record.Owner
	for range 3 {
		p := record.Person{ID: record.NewID[record.Person]()}
		h.write(func(tx *store.Tx) error { return tx.PutPerson(ctx, p) })
		owners = append(owners, record.OwnerOf(record.OwnerPerson, p.ID))
	}
	for _, o := range owners {
		h.circle(record.Own, o)
		h.object(o)
	}
	h.object(owners[1])
	for i, o := range owners {
		want := []int{1, 2, 1}[i]
		objects := must[[]record.Object](t)(h.db.Objects(ctx, o))
		same(t, want, len(objects))
		for _, got := range objects {
			same(t, o, got.Owner)
		}
		same(t, 1, len(must[[]record.Circle](t)(h.db.Circles(ctx, o))))
	}
}

func absentOwner(t *testing.T, h *house) {
	ctx := t.Context()
	nobody := record.OwnerOf(record.OwnerPerson, record.NewID[record.Person]())
	same(t, nil, must[[]record.Circle](t)(h.db.Circles(ctx, nobody)))
	same(t, nil, must[[]record.Object](t)(h.db.Objects(ctx, nobody)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutCircle(ctx, record.Circle{ID: record.NewID[record.Circle](), Owner: nobody})
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PutObject(ctx, record.Object{ID: record.NewID[record.Object](), Owner: nobody})
		return err
	})
}

func ownerKind(t *testing.T, h *house) {
	h.object(h.caseOwner())
	wrong := h.caseOwner()
	wrong.Kind = record.OwnerPerson
	same(t, nil, must[[]record.Object](t)(h.db.Objects(t.Context(), wrong)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PutObject(ctx, record.Object{ID: record.NewID[record.Object](), Owner: wrong})
		return err
	})
}

func dropsAbsent(t *testing.T, h *house) {
	ctx := t.Context()
	for _, drop := range []func(*store.Tx) error{
		func(tx *store.Tx) error { return tx.DropSlot(ctx, record.NewID[record.Slot]()) },
		func(tx *store.Tx) error { return tx.DropSession(ctx, hash(1)) },
		func(tx *store.Tx) error { return tx.DropInvitation(ctx, record.NewID[record.Invitation]()) },
		func(tx *store.Tx) error { return tx.DropSlips(ctx, record.NewID[record.Object]()) },
		func(tx *store.Tx) error { return tx.DropFile(ctx, record.NewID[record.Object]()) },
		func(tx *store.Tx) error { return tx.DropWrap(ctx, record.Wrap{Recipient: h.toMember(0)}) },
		func(tx *store.Tx) error { return tx.DropKnown(ctx, record.Known{}) },
	} {
		h.write(drop)
	}
}
