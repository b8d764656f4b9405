// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func journalTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"the journal of a circle tells its slips only, newest first": journalComesBack,
		"an entry is whole or not at all":                            journalWhole,
	}
}

func clockTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"an old scratchpad erases itself and its order never returns": scratchpadErases,
		"wraps go when every link that gives them is over":            wrapsExpire,
	}
}

func (h *house) entry(minute record.Minute, slips ...record.EntrySlip) record.Entry {
	e := record.Entry{ID: record.NewID[record.Entry](), Minute: minute, Body: raw(1, 400), Slips: slips}
	h.write(func(tx *store.Tx) error { return tx.AppendEntry(h.t.Context(), e) })
	return e
}

func journalComesBack(t *testing.T, h *house) {
	ctx := t.Context()
	hers, other := h.circle(record.HerJournal, h.personOwner()), h.circle(record.HerJournal, h.personOwner())
	mine := record.EntrySlip{Circle: hers.ID, Epoch: 1, Person: h.person.ID, Service: h.services[0].ID, Sealed: raw(1, 512)}
	more := record.EntrySlip{Circle: hers.ID, Epoch: 2, Person: h.person.ID, Service: h.services[0].ID, Sealed: raw(2, 99)}
	theirs := record.EntrySlip{Circle: other.ID, Epoch: 1, Sealed: raw(3, 120)}
	old := h.entry(10, mine)
	both := h.entry(20, mine, theirs, more)
	h.entry(21, theirs)
	h.entry(22)
	last := h.entry(20, mine)
	both.Slips = []record.EntrySlip{mine, more}
	read := func(since record.Minute, limit int) []record.Entry {
		return must[[]record.Entry](t)(h.db.JournalOf(ctx, hers.ID, since, limit))
	}
	same(t, []record.Entry{last, both, old}, read(0, 10))
	same(t, []record.Entry{last, both}, read(0, 2))
	same(t, []record.Entry{last, both}, read(20, 10))
	same(t, nil, read(21, 10))
	same(t, nil, must[[]record.Entry](t)(h.db.JournalOf(ctx, record.NewID[record.Circle](), 0, 10)))
}

func journalWhole(t *testing.T, h *house) {
	c := h.circle(record.HouseJournal, record.OwnerOf(record.OwnerOrganisation, h.organisation.ID))
	good := record.EntrySlip{Circle: c.ID, Sealed: raw(1, 9)}
	absent := record.EntrySlip{Circle: record.NewID[record.Circle](), Sealed: raw(1, 9)}
	long := record.EntrySlip{Circle: c.ID, Sealed: raw(1, 513)}
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.AppendEntry(ctx, record.Entry{ID: record.NewID[record.Entry](), Slips: []record.EntrySlip{good, absent}})
	})
	h.fails(fault.Internal, func(ctx context.Context, tx *store.Tx) error {
		return tx.AppendEntry(ctx, record.Entry{ID: record.NewID[record.Entry](), Slips: []record.EntrySlip{good, long}})
	})
	same(t, nil, must[[]record.Entry](t)(h.db.JournalOf(t.Context(), c.ID, 0, 10)))
	e := h.entry(1, good)
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.AppendEntry(ctx, e) })
}

func scratchpadErases(t *testing.T, h *house) {
	ctx := t.Context()
	pad := h.circle(record.Scratchpad, record.OwnerOf(record.OwnerMember, h.members[0].ID))
	team := h.circle(record.CaseCircle, h.caseOwner())
	make := func(minute record.Minute, circles ...record.Circle) record.Object {
		o := h.object(h.caseOwner())
		h.write(func(tx *store.Tx) error {
			for _, c := range circles {
				if err := tx.PutSlip(ctx, record.Slip{Object: o.ID, Circle: c.ID, Epoch: 1}); err != nil {
					return err
				}
			}
			return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: 1, Minute: minute})
		})
		return o
	}
	kept := []record.Object{make(10, team), make(10, pad, team), make(20, pad), make(10)}
	corrected, old := make(10, pad), make(10, pad)
	h.write(func(tx *store.Tx) error {
		return tx.PutVersion(ctx, record.Version{Object: corrected.ID, Number: 2, Minute: 20})
	})
	h.write(func(tx *store.Tx) error {
		return tx.PutMark(ctx, record.Mark{Object: old.ID, Reader: h.members[0].ID})
	})
	h.wrap(record.Wrap{Object: old.ID, Recipient: h.toMember(0)})
	h.scratch(1, 20)
	h.scratch(0, 20)
	same(t, append(kept, corrected), must[[]record.Object](t)(h.db.Objects(ctx, h.caseOwner())))
	got, err := h.db.Object(ctx, old.ID)
	withheld(t, got, err)
	same(t, old.Order+1, h.object(h.caseOwner()).Order)
}

func (h *house) scratch(want int, before record.Minute) {
	h.t.Helper()
	var n int
	h.write(func(tx *store.Tx) (err error) { n, err = tx.ScratchBefore(h.t.Context(), before); return err })
	same(h.t, want, n)
}

func wrapsExpire(t *testing.T, h *house) {
	ctx := t.Context()
	c, o := h.circle(record.CaseCircle, h.caseOwner()), h.object(h.caseOwner())
	h.wrap(record.Wrap{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1})
	h.wrap(record.Wrap{Circle: c.ID, Recipient: h.toMember(1), Epoch: 1})
	h.wrap(record.Wrap{Object: o.ID, Recipient: h.toMember(0)})
	h.wrap(record.Wrap{Object: o.ID, Recipient: h.toMember(1)})
	ungiven := record.Recipient{Kind: record.ToSeat, ID: h.members[0].ID.Ref()}
	h.wrap(record.Wrap{Circle: c.ID, Recipient: ungiven, Epoch: 1})
	var n uint32
	give := func(to int, target record.Target, until record.Minute) {
		l := h.link(n)
		l.Recipient, l.Target, l.Until = h.toMember(to), target, until
		h.write(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
		n++
	}
	circle, object := record.TargetOf(record.OnCircle, c.ID), record.TargetOf(record.OnObject, o.ID)
	give(0, circle, 10) // renewed until 30
	give(0, circle, 30)
	give(1, circle, 10)
	give(0, object, 20)
	give(1, object, 10) // for good meanwhile
	give(1, object, 0)
	for _, step := range []struct {
		now  record.Minute
		want int
	}{{9, 0}, {10, 1}, {20, 1}, {29, 0}, {30, 1}, {99, 0}} {
		var got int
		h.write(func(tx *store.Tx) (err error) { got, err = tx.DropExpiredWraps(ctx, step.now); return err })
		if got != step.want {
			t.Errorf("at %d: %d wraps dropped, want %d", step.now, got, step.want)
		}
	}
	same(t, ungiven, must[[]record.Wrap](t)(h.db.Wraps(ctx, c.ID))[0].Recipient)
	same(t, h.toMember(1), must[[]record.Wrap](t)(h.db.ObjectWraps(ctx, o.ID))[0].Recipient)
}
