// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Inclusion shows, without this program, that a row is in the tree that a
// checkpoint signs.
type Inclusion struct {
	Leaf       []byte     // the bytes that were hashed: EntryLeaf or LinkLeaf
	Sequence   int64      // the row's place
	Path       [][32]byte // from the leaf to the root (RFC 6962)
	Checkpoint string     // the signed note
}

// Inclusion proves an entry, at once: it is given its place and a checkpoint when
// it has none. Withheld when there is no such entry.
func (r *Register) Inclusion(ctx context.Context, id record.EntryID) (Inclusion, error) {
	return r.include(ctx, func() (int64, error) { return r.read.LeafOfEntry(ctx, id) })
}

// LinkInclusion proves link n of an owner's chain.
func (r *Register) LinkInclusion(ctx context.Context, owner record.Owner, n uint32) (Inclusion, error) {
	return r.include(ctx, func() (int64, error) { return r.read.LeafOfLink(ctx, owner, n) })
}

func (r *Register) include(ctx context.Context, find func() (int64, error)) (Inclusion, error) {
	c, err := r.Head(ctx)
	if err != nil {
		return Inclusion{}, err
	}
	sequence, err := find()
	if fault.KindOf(err) == fault.Withheld || err == nil && sequence >= c.Size {
		if c, err = r.Checkpoint(ctx); err == nil {
			sequence, err = find()
		}
	}
	if err != nil {
		return Inclusion{}, err
	}
	return r.prove(ctx, c, sequence)
}

func (r *Register) prove(ctx context.Context, c record.Checkpoint, sequence int64) (Inclusion, error) {
	leaves, err := r.read.Leaves(ctx, sequence, 1)
	if err != nil {
		return Inclusion{}, err
	}
	if len(leaves) == 0 || LeafOf(leaves[0].Row) == nil {
		return Inclusion{}, fault.New(fault.Withheld, "")
	}
	path, err := tlog.ProveRecord(c.Size, sequence, stored{ctx: ctx, read: r.read})
	if err != nil {
		return Inclusion{}, damaged(err)
	}
	in := Inclusion{Leaf: LeafOf(leaves[0].Row), Sequence: sequence, Checkpoint: c.Note}
	for _, h := range path {
		in.Path = append(in.Path, h)
	}
	if _, err := in.Verify(r.key.Public()); err != nil { // nothing false is handed out
		return Inclusion{}, damaged(err)
	}
	return in, nil
}

// Verify checks an inclusion against the key that signs an organisation's
// checkpoints, and returns the checkpoint. It needs nothing else.
func (in Inclusion) Verify(public string) (record.Checkpoint, error) {
	c, err := ReadCheckpoint(public, in.Checkpoint)
	if err != nil {
		return c, err
	}
	path := make(tlog.RecordProof, len(in.Path))
	for i, h := range in.Path {
		path[i] = h
	}
	if tlog.CheckRecord(path, c.Size, c.Root, in.Sequence, tlog.RecordHash(in.Leaf)) != nil {
		return c, ErrNote
	}
	return c, nil
}
