// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func treeTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"an entry and a link wait, and are given the next place once": rowsArePlaced,
		"a lease is held until it is over":                            leaseHolds,
		"checkpoints come back by size and by minute":                 checkpointsComeBack,
		"entries go below a purge of a year, and their leaves stay":   entriesArePurged,
	}
}

func (h *house) journalCircle() record.EntrySlip {
	c := h.circle(record.HouseJournal, record.OwnerOf(record.OwnerOrganisation, h.organisation.ID))
	return record.EntrySlip{Circle: c.ID, Epoch: 1, Sealed: raw(1, 9)}
}

// placeAll gives every waiting row its place, the sequence as its hash.
func (h *house) placeAll() []record.Waiting {
	h.t.Helper()
	ctx := h.t.Context()
	rows := must[[]record.Waiting](h.t)(h.db.Waiting(ctx, 100))
	size := must[int64](h.t)(h.db.TreeSize(ctx))
	h.write(func(tx *store.Tx) error {
		for i, w := range rows {
			if err := tx.PutLeaf(ctx, w.Number, size+int64(i), hash(byte(size+int64(i)))); err != nil {
				return err
			}
		}
		return nil
	})
	return rows
}

func rowsArePlaced(t *testing.T, h *house) {
	ctx := t.Context()
	slip := h.journalCircle()
	more := slip
	more.Person, more.Service, more.Sealed = h.person.ID, h.services[0].ID, raw(7, 512)
	e, l := h.entry(5, slip, more), h.link(0)
	h.write(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
	same(t, 1, len(must[[]record.Waiting](t)(h.db.Waiting(ctx, 1))))
	waiting := must[[]record.Waiting](t)(h.db.Waiting(ctx, 9))
	same(t, []record.Row{{Entry: &e}, {Link: &l}}, []record.Row{waiting[0].Row, waiting[1].Row})
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutLeaf(ctx, waiting[0].Number, 1, hash(1)) // place 0 is empty
	})
	same(t, 2, len(h.placeAll()))
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutLeaf(ctx, waiting[0].Number, 2, hash(2)) })
	same(t, 0, len(must[[]record.Waiting](t)(h.db.Waiting(ctx, 9))))
	same(t, 0, must[int64](t)(h.db.WaitingCount(ctx)))
	leaves := []record.Leaf{
		{Sequence: 0, OfEntry: true, Hash: hash(0), Row: record.Row{Entry: &e}},
		{Sequence: 1, Hash: hash(1), Row: record.Row{Link: &l}},
	}
	same(t, leaves, must[[]record.Leaf](t)(h.db.Leaves(ctx, 0, 9)))
	same(t, leaves[1:], must[[]record.Leaf](t)(h.db.Leaves(ctx, 1, 9)))
	same(t, leaves[:1], must[[]record.Leaf](t)(h.db.Leaves(ctx, 0, 1)))
	same(t, hash(1), must[[32]byte](t)(h.db.LeafHash(ctx, 1)))
	same(t, 0, must[int64](t)(h.db.LeafOfEntry(ctx, e.ID)))
	same(t, 1, must[int64](t)(h.db.LeafOfLink(ctx, l.Owner, 0)))
	for _, ask := range []func() (int64, error){
		func() (int64, error) { return h.db.LeafOfEntry(ctx, record.NewID[record.Entry]()) },
		func() (int64, error) { return h.db.LeafOfLink(ctx, l.Owner, 1) },
	} {
		n, err := ask()
		withheld(t, n, err)
	}
	h.write(func(tx *store.Tx) error { return tx.PutTreeNode(ctx, record.TreeNode{Position: 2, Hash: hash(9)}) })
	same(t, hash(9), must[[32]byte](t)(h.db.TreeNode(ctx, 2)))
	same(t, []record.TreeNode{{Position: 2, Hash: hash(9)}}, must[[]record.TreeNode](t)(h.db.TreeNodes(ctx, 0, 9)))
	same(t, 0, len(must[[]record.TreeNode](t)(h.db.TreeNodes(ctx, 3, 9))))
}

func leaseHolds(t *testing.T, h *house) {
	ctx := t.Context()
	mine, theirs := record.NewID[record.Lease](), record.NewID[record.Lease]()
	for _, step := range []struct {
		holder     record.LeaseHolder
		now, until int64
		want       bool
	}{{mine, 0, 5, true}, {theirs, 4, 9, false}, {mine, 4, 8, true}, {theirs, 7, 9, false}, {theirs, 8, 12, true}, {mine, 9, 14, false}} {
		h.write(func(tx *store.Tx) error {
			got, err := tx.TakeLease(ctx, record.Lease{Name: "test", Holder: step.holder, Until: step.until}, step.now)
			same(t, step.want, got)
			return err
		})
	}
}

func (h *house) checkpoint(size int64, m record.Minute) record.Checkpoint {
	c := record.Checkpoint{Size: size, Root: hash(byte(size)), Minute: m, Note: "un point\n\n— nom x\n"}
	h.write(func(tx *store.Tx) error { return tx.PutCheckpoint(h.t.Context(), c) })
	return c
}

func checkpointsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	c, err := h.db.LastCheckpoint(ctx)
	withheld(t, c, err)
	small, large := h.checkpoint(10, 100), h.checkpoint(20, 200)
	again := h.checkpoint(15, 300) // of an older database put back
	same(t, again, must[record.Checkpoint](t)(h.db.LastCheckpoint(ctx)))
	same(t, []record.Checkpoint{small, again, large}, must[[]record.Checkpoint](t)(h.db.CheckpointsFrom(ctx, 0, 9)))
	same(t, []record.Checkpoint{again}, must[[]record.Checkpoint](t)(h.db.CheckpointsFrom(ctx, 11, 1)))
	same(t, small, must[record.Checkpoint](t)(h.db.CheckpointBefore(ctx, 199)))
	same(t, large, must[record.Checkpoint](t)(h.db.CheckpointBefore(ctx, 999)))
	c, err = h.db.CheckpointBefore(ctx, 99)
	withheld(t, c, err)
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutCheckpoint(ctx, small) })
}

const aYear = 525600 // minutes

func entriesArePurged(t *testing.T, h *house) {
	ctx := t.Context()
	slip := h.journalCircle()
	old, late, beyond := h.entry(10, slip, slip), h.entry(50, slip), h.entry(10, slip)
	h.placeAll()
	unplaced := h.entry(10, slip)
	c := h.checkpoint(2, 20)
	purge := func(e record.Entry) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error { return tx.PurgeEntry(ctx, e.ID) }
	}
	for _, e := range []record.Entry{old, late, beyond, unplaced} {
		h.fails(fault.Internal, purge(e))
	}
	p := record.Purge{Below: c.Size, Since: c.Minute, Minute: c.Minute + aYear, Entry: old.ID, Note: "un mot"}
	for name, wrong := range map[string]record.Purge{
		"too early":             {Below: 2, Since: 20, Minute: 20 + aYear - 1, Entry: old.ID},
		"of another checkpoint": {Below: 2, Since: 19, Minute: 20 + aYear, Entry: old.ID},
		"of more":               {Below: 3, Since: 20, Minute: 20 + aYear, Entry: old.ID},
	} {
		if err := h.db.Write(ctx, func(tx *store.Tx) error { return tx.PutPurge(ctx, wrong) }); err == nil {
			t.Errorf("a purge %s is kept", name)
		}
	}
	h.write(func(tx *store.Tx) error { return tx.PutPurge(ctx, p) })
	same(t, []record.Purge{p}, must[[]record.Purge](t)(h.db.Purges(ctx)))
	same(t, []record.EntryID{old.ID}, must[[]record.EntryID](t)(h.db.Purgeable(ctx, p.Below, p.Minute-aYear, 9)))
	for _, e := range []record.Entry{late, beyond, unplaced} {
		h.fails(fault.Internal, purge(e))
	}
	h.write(func(tx *store.Tx) error { return tx.PurgeEntry(ctx, old.ID) })
	h.fails(fault.Withheld, purge(old))
	leaves := must[[]record.Leaf](t)(h.db.Leaves(ctx, 0, 9))
	same(t, record.Leaf{Sequence: 0, OfEntry: true, Hash: hash(0)}, leaves[0])
	same(t, 3, len(leaves))
	same(t, 3, len(must[[]record.Entry](t)(h.db.JournalOf(ctx, slip.Circle, 0, 9))))
}

// past says what who goes past the program leaves to be found.
func past(t *testing.T, r Raw) {
	ctx := t.Context()
	h := newHouse(t, r.DB)
	slip := h.journalCircle()
	placed := h.entry(10, slip)
	h.write(func(tx *store.Tx) error { return tx.PutLink(ctx, h.link(0)) })
	h.placeAll()
	h.entry(10, slip) // waits
	for _, statement := range []string{
		`INSERT INTO journal_slip (key, entry, circle, epoch, sealed) SELECT 8154775553, 7777, key, 1, id FROM circle LIMIT 1`,
		`INSERT INTO link SELECT key + 1, class, entitles, recipient_kind, recipient, target_kind, target, epoch, since, until, at, author,
			commitment, sealed_hash, prev, signature, sealed FROM link`,
	} {
		if _, err := r.SQL.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	same(t, 1, must[int64](t)(r.DB.StraySlips(ctx)))
	rows := must[[]record.Row](t)(r.DB.Unplaced(ctx, 1<<40, 9))
	if len(rows) != 1 || rows[0].Link == nil || rows[0].Link.N != 1 {
		t.Errorf("%d rows have no place", len(rows))
	}
	owners := must[[]record.Owner](t)(r.DB.Owners(ctx, record.Owner{}, 2))
	rest := must[[]record.Owner](t)(r.DB.Owners(ctx, owners[1], 99))
	same(t, 5, len(owners)+len(rest)) // the organisation, two services, a person, her case
	unchanged(t, r, h, placed)
}

// unchanged says that nothing of the tree is changed or deleted.
func unchanged(t *testing.T, r Raw, h *house, e record.Entry) {
	t.Helper()
	ctx := t.Context()
	c := h.checkpoint(1, 20)
	h.write(func(tx *store.Tx) error {
		if err := tx.PutTreeNode(ctx, record.TreeNode{Position: 2, Hash: hash(1)}); err != nil {
			return err
		}
		return tx.PutPurge(ctx, record.Purge{Below: 1, Since: c.Minute, Minute: c.Minute + aYear, Entry: e.ID})
	})
	for _, statement := range []string{
		"UPDATE leaf SET sequence = 9", "DELETE FROM leaf", "UPDATE node SET position = 9", "DELETE FROM node",
		"UPDATE checkpoint SET size = 9", "DELETE FROM checkpoint", "UPDATE purge SET below = 9", "DELETE FROM purge",
		"UPDATE journal SET minute = 1", "UPDATE journal_slip SET epoch = 9",
	} {
		if _, err := r.SQL.ExecContext(ctx, statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got %v", statement, err)
		}
	}
}
