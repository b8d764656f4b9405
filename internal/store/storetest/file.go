// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func fileTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"files come back by object and page by page":  filesComeBack,
		"an object has one file, and a file is one's": filesAreOnes,
		"a file goes, and with its object":            filesGo,
	}
}

func (h *house) file(o record.Object) record.File {
	f := record.File{ID: record.NewID[record.File](), Object: o.ID, Size: 20 << 20, Digest: hash(9)}
	h.write(func(tx *store.Tx) error { return tx.PutFile(h.t.Context(), f) })
	return f
}

func filesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	var want []record.File
	for range 5 {
		f := h.file(h.object(h.caseOwner()))
		want = append(want, f)
	}
	h.file(h.object(h.personOwner()))
	h.object(h.caseOwner())
	same(t, want, must[[]record.File](t)(h.db.FilesOf(ctx, h.caseOwner())))
	her := must[[]record.File](t)(h.db.FilesOf(ctx, h.personOwner()))
	same(t, 1, len(her))
	want = append(want, her...)
	slices.SortFunc(want, func(a, b record.File) int { return slices.Compare(a.ID[:], b.ID[:]) })
	same(t, want[:3], must[[]record.File](t)(h.db.Files(ctx, record.FileID{}, 3)))
	same(t, want[3:5], must[[]record.File](t)(h.db.Files(ctx, want[2].ID, 2)))
	same(t, 0, len(must[[]record.File](t)(h.db.Files(ctx, want[5].ID, 2))))
}

func filesAreOnes(t *testing.T, h *house) {
	f := h.file(h.object(h.caseOwner()))
	put := func(f record.File) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error { return tx.PutFile(ctx, f) }
	}
	second, taken, lost := f, f, f
	second.ID = record.NewID[record.File]()
	taken.Object = h.object(h.caseOwner()).ID
	lost.ID, lost.Object = record.NewID[record.File](), record.NewID[record.Object]()
	h.fails(fault.Conflict, put(second))
	h.fails(fault.Conflict, put(taken))
	h.fails(fault.Withheld, put(lost))
	same(t, []record.File{f}, must[[]record.File](t)(h.db.FilesOf(t.Context(), h.caseOwner())))
}

// filesGo: the file of a scratchpad's object goes with it.
func filesGo(t *testing.T, h *house) {
	ctx := t.Context()
	kept, dropped, pad := h.file(h.object(h.caseOwner())), h.file(h.object(h.caseOwner())), h.object(h.caseOwner())
	h.file(pad)
	circle := h.circle(record.Scratchpad, record.OwnerOf(record.OwnerMember, h.members[0].ID))
	h.write(func(tx *store.Tx) error {
		if err := tx.PutSlip(ctx, record.Slip{Object: pad.ID, Circle: circle.ID, Epoch: 1, Sealed: raw(1, 60)}); err != nil {
			return err
		}
		if err := tx.PutVersion(ctx, record.Version{Object: pad.ID, Number: 1, Minute: 5, Sealed: raw(1, 256)}); err != nil {
			return err
		}
		return tx.DropFile(ctx, dropped.Object)
	})
	h.scratch(1, 6)
	same(t, []record.File{kept}, must[[]record.File](t)(h.db.Files(ctx, record.FileID{}, 10)))
}
