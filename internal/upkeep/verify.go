// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"cmp"
	"context"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Reader is what verifying reads: rows and hashes, never words.
type Reader interface {
	leafReader
	signedReader
}

type leafReader interface {
	TreeSize(ctx context.Context) (int64, error)
	Leaves(ctx context.Context, from int64, limit int) ([]record.Leaf, error)
	LeafOfEntry(ctx context.Context, id record.EntryID) (int64, error)
	TreeNodes(ctx context.Context, from int64, limit int) ([]record.TreeNode, error)
	WaitingCount(ctx context.Context) (int64, error)
	Unplaced(ctx context.Context, before record.Minute, limit int) ([]record.Row, error)
	StraySlips(ctx context.Context) (int64, error)
}

type signedReader interface {
	CheckpointsFrom(ctx context.Context, size int64, limit int) ([]record.Checkpoint, error)
	Purges(ctx context.Context) ([]record.Purge, error)
	Owners(ctx context.Context, after record.Owner, limit int) ([]record.Owner, error)
}

// Verifier compares everything that is stored with what was signed.
type Verifier struct {
	Read    Reader
	Strong  *strongroom.Room
	Witness *WitnessFile
	Public  string // the key of the checkpoints
	Now     func() time.Time
}

const (
	batch     = 500 // rows read at a time: memory does not grow with the journal
	patience  = 2   // minutes a row may wait for its place and two processes may differ, the one it was written in included
	signedFor = 20  // minutes a checkpoint may wait for the witness
)

// verification is one run.
type verification struct {
	*Verifier
	Report
	size   int64         // of the tree when it began
	now    record.Minute // when it began
	signed []signature   // what was signed, smallest first
	below  int64         // entries below this place were purged
	since  int64         // chains without a link from this place on are left out
	grown  map[record.Owner]bool
}

// signature is one checkpoint, of the database or of the witness.
type signature struct {
	record.Checkpoint
	witness bool
}

// Verify rebuilds the tree from the leaves' rows and compares it with the stored
// hashes, every checkpoint and the witness, then verifies every chain. Stored
// hashes are never believed. It may run beside the process that serves.
func (v *Verifier) Verify(ctx context.Context) (Report, error) { return v.verify(ctx, 0) }

// verify leaves out the chains that have no link from a place on: the leaves still
// say that the older links are those that were verified.
func (v *Verifier) verify(ctx context.Context, since int64) (Report, error) {
	run := verification{Verifier: v, now: record.Minute(v.Now().Unix() / 60), since: since, grown: map[record.Owner]bool{}}
	run.At = run.now
	for _, step := range []func(context.Context) error{
		run.begin, run.checkpoints, run.witness, run.purges, run.tree, run.rest, run.chains,
	} {
		err := step(ctx)
		if fault.KindOf(err) == fault.Internal && err != nil { // a column that does not hold what it must
			run.at(RowUnreadable, -1)
		} else if err != nil {
			return run.Report, err
		}
	}
	return run.Report, nil
}

func (v *verification) begin(ctx context.Context) (err error) {
	v.size, err = v.Read.TreeSize(ctx)
	v.Leaves = v.size
	return err
}

// checkpoints reads those of the database: each is the host's and says what its
// row says.
func (v *verification) checkpoints(ctx context.Context) error {
	covered := int64(0)
	for from := int64(0); ; {
		all, err := v.Read.CheckpointsFrom(ctx, from, batch)
		if err != nil {
			return err
		}
		for _, c := range all {
			from = c.Size + 1
			v.Checkpoints++
			if signed, err := journal.ReadCheckpoint(v.Public, c.Note); err != nil || signed != c {
				v.at(CheckpointForeign, c.Size)
				continue
			}
			c.Note = ""
			v.signed = append(v.signed, signature{c, false})
			covered = max(covered, c.Size)
		}
		if len(all) < batch {
			break
		}
	}
	v.Unsigned = v.size - min(covered, v.size)
	return nil
}

// witness compares what the witness remembers with what the database has, both
// ways: the roots are compared with the leaves later.
func (v *verification) witness(context.Context) error {
	all, foreign, err := v.Witness.Read()
	if err != nil {
		return err
	}
	v.Witnessed = int64(len(all))
	for range foreign {
		v.at(WitnessForeign, -1)
	}
	has, remembers := map[record.Checkpoint]bool{}, map[record.Checkpoint]bool{}
	for _, s := range v.signed {
		has[s.Checkpoint] = true
	}
	for _, c := range all {
		remembers[c] = true
		v.signed = append(v.signed, signature{c, true})
		if !has[c] && c.Size <= v.size && v.now-c.Minute > patience {
			v.at(CheckpointGone, c.Size)
		}
	}
	for c := range has {
		if !remembers[c] && v.now-c.Minute > signedFor {
			v.at(WitnessLacks, c.Size)
		}
	}
	slices.SortStableFunc(v.signed, func(a, b signature) int { return cmp.Compare(a.Size, b.Size) })
	return nil
}

// purges believes a purge when the host signed it, a year after it had signed the
// place, and the journal tells it.
func (v *verification) purges(ctx context.Context) error {
	all, err := v.Read.Purges(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		old := slices.ContainsFunc(v.signed, func(s signature) bool { return s.Size == p.Below && s.Minute == p.Since })
		if !journal.PurgeSigned(v.Public, p) || !old || p.Minute-p.Since < journal.EntryKept || p.Minute > v.now {
			v.at(PurgeForeign, p.Below)
			continue
		}
		v.below = max(v.below, p.Below)
		_, err := v.Read.LeafOfEntry(ctx, p.Entry)
		if fault.KindOf(err) == fault.Withheld && v.now-p.Minute < journal.EntryKept && v.now-p.Minute > patience {
			v.at(PurgeUntold, p.Below)
		} else if err != nil && fault.KindOf(err) != fault.Withheld {
			return err
		}
	}
	return nil
}

// tree adds every leaf, from its row, to a tree of its own.
func (v *verification) tree(ctx context.Context) error {
	var rebuilt journal.Rebuild
	stored := nodes{read: v.Read, report: &v.Report}
	v.compare(&rebuilt)
	for rebuilt.Size() < v.size {
		all, err := v.Read.Leaves(ctx, rebuilt.Size(), int(min(batch, v.size-rebuilt.Size())))
		if err != nil {
			return err
		}
		if len(all) == 0 || all[0].Sequence != rebuilt.Size() {
			v.at(LeafMissing, rebuilt.Size())
			return nil
		}
		for _, l := range all {
			if l.Sequence != rebuilt.Size() {
				break // the next batch says so
			}
			known := rebuilt.Add(v.leaf(l))
			if err := stored.want(ctx, known); err != nil {
				return err
			}
			v.compare(&rebuilt)
		}
	}
	if err := v.beyond(ctx); err != nil {
		return err
	}
	return stored.end(ctx)
}

// beyond finds what was signed of a tree larger than it is by now.
func (v *verification) beyond(ctx context.Context) error {
	size, err := v.Read.TreeSize(ctx)
	for _, s := range v.signed {
		switch {
		case s.Size <= size:
		case s.witness:
			v.at(WitnessAhead, s.Size)
		default:
			v.at(CheckpointBroken, s.Size)
		}
	}
	return err
}

// leaf returns the hash of a leaf, from its row when there is one. The stored hash
// is believed where a purge says that the row is gone.
func (v *verification) leaf(l record.Leaf) [32]byte {
	raw := journal.LeafOf(l.Row)
	if raw == nil {
		if !l.OfEntry || l.Sequence >= v.below {
			v.at(RowGone, l.Sequence)
		}
		return l.Hash
	}
	if l.Link != nil && v.since > 0 && l.Sequence >= v.since {
		v.grown[l.Link.Owner] = true
	}
	h := journal.LeafHash(raw)
	if h != l.Hash || l.OfEntry != (l.Entry != nil) {
		v.at(LeafAltered, l.Sequence)
	}
	return h
}

// compare compares what was signed of the size reached with the tree.
func (v *verification) compare(rebuilt *journal.Rebuild) {
	for len(v.signed) > 0 && v.signed[0].Size == rebuilt.Size() {
		s := v.signed[0]
		v.signed = v.signed[1:]
		switch {
		case s.Root == rebuilt.Root():
		case s.witness:
			v.at(WitnessBroken, s.Size)
		default:
			v.at(CheckpointBroken, s.Size)
		}
	}
}

// nodes walks the stored hashes beside those that are wanted.
type nodes struct {
	read   Reader
	report *Report
	ahead  []record.TreeNode
	next   int64
	over   bool
}

func (n *nodes) peek(ctx context.Context) (record.TreeNode, bool, error) {
	if len(n.ahead) == 0 && !n.over {
		all, err := n.read.TreeNodes(ctx, n.next, batch)
		if err != nil {
			return record.TreeNode{}, false, err
		}
		if n.ahead = all; len(all) > 0 {
			n.next = all[len(all)-1].Position + 1
		}
		n.over = len(all) == 0
	}
	if n.over {
		return record.TreeNode{}, false, nil
	}
	return n.ahead[0], true, nil
}

// want compares the next stored hashes with those that the leaves give.
func (n *nodes) want(ctx context.Context, all []record.TreeNode) error {
	for _, want := range all {
		for {
			got, ok, err := n.peek(ctx)
			if err != nil {
				return err
			}
			if ok && got.Position < want.Position {
				n.report.at(NodeForeign, got.Position)
				n.ahead = n.ahead[1:]
				continue
			}
			switch {
			case !ok || got.Position > want.Position:
				n.report.at(NodeMissing, want.Position)
			case got.Hash != want.Hash:
				n.report.at(NodeAltered, want.Position)
			}
			if ok && got.Position == want.Position {
				n.ahead = n.ahead[1:]
			}
			break
		}
	}
	return nil
}

// end finds hashes beyond the tree, as it is by now.
func (n *nodes) end(ctx context.Context) error {
	got, ok, err := n.peek(ctx)
	if err != nil || !ok {
		return err
	}
	size, err := n.read.TreeSize(ctx)
	if err == nil && got.Position >= journal.Positions(size) {
		n.report.at(NodeForeign, got.Position)
	}
	return err
}

// rest finds rows without a leaf, and slips beside the wrong entry.
func (v *verification) rest(ctx context.Context) error {
	rows, err := v.Read.Unplaced(ctx, v.now-patience, most)
	if err != nil {
		return err
	}
	for _, r := range rows {
		o := record.Owner{}
		if r.Link != nil {
			o = r.Link.Owner
		}
		v.add(RowUnsequenced, -1, o)
	}
	stray, err := v.Read.StraySlips(ctx)
	if err != nil {
		return err
	}
	for range stray {
		v.at(SlipStray, -1)
	}
	v.Waiting, err = v.Read.WaitingCount(ctx)
	return err
}

// chains verifies every chain from its first link and the pinned root. What is
// written meanwhile may look torn: a chain is broken when it is so twice.
func (v *verification) chains(ctx context.Context) error {
	audit, err := v.Strong.Audit(ctx)
	if err != nil {
		if audit, err = v.Strong.Audit(ctx); err != nil {
			v.at(OrganisationsBroken, -1)
			return v.alive(ctx)
		}
	}
	for after := (record.Owner{}); ; {
		owners, err := v.Read.Owners(ctx, after, batch)
		if err != nil || len(owners) == 0 {
			return err
		}
		for _, o := range owners {
			if v.since > 0 && !v.grown[o] {
				continue
			}
			n, err := audit.Chain(ctx, o)
			if err != nil {
				if audit, n, err = v.again(ctx, audit, o); err != nil {
					return err
				}
			}
			v.Links += int64(n)
		}
		after = owners[len(owners)-1]
	}
}

// again verifies a chain that looked broken, by the organisation's chain of now.
func (v *verification) again(ctx context.Context, audit *strongroom.Audit, o record.Owner) (*strongroom.Audit, int, error) {
	if fresh, err := v.Strong.Audit(ctx); err == nil {
		audit = fresh
	}
	n, err := audit.Chain(ctx, o)
	if err != nil {
		v.add(ChainBroken, -1, o)
	}
	return audit, n, v.alive(ctx)
}

// alive returns why nothing can be read, if so: a database that is away is no
// finding.
func (v *verification) alive(ctx context.Context) error {
	_, err := v.Read.TreeSize(ctx)
	return err
}
