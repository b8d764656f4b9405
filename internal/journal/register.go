// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"context"
	"errors"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Reader is what the register reads of the store.
type Reader interface {
	TreeReader
	rowReader
	checkpointReader
}

type rowReader interface {
	Waiting(ctx context.Context, limit int) ([]record.Waiting, error)
	Leaves(ctx context.Context, from int64, limit int) ([]record.Leaf, error)
	LeafOfEntry(ctx context.Context, id record.EntryID) (int64, error)
	LeafOfLink(ctx context.Context, owner record.Owner, n uint32) (int64, error)
	Purgeable(ctx context.Context, below int64, before record.Minute, limit int) ([]record.EntryID, error)
}

type checkpointReader interface {
	LastCheckpoint(ctx context.Context) (record.Checkpoint, error)
	CheckpointBefore(ctx context.Context, m record.Minute) (record.Checkpoint, error)
	CheckpointsFrom(ctx context.Context, size int64, limit int) ([]record.Checkpoint, error)
	Purges(ctx context.Context) ([]record.Purge, error)
}

// RegisterTx is what the register writes.
type RegisterTx interface {
	Tx
	TakeLease(ctx context.Context, l record.Lease, now int64) (bool, error)
	PutLeaf(ctx context.Context, waiting, sequence int64, hash [32]byte) error
	PutTreeNode(ctx context.Context, n record.TreeNode) error
	PutCheckpoint(ctx context.Context, c record.Checkpoint) error
	PutPurge(ctx context.Context, p record.Purge) error
	PurgeEntry(ctx context.Context, id record.EntryID) error
}

// Witness remembers checkpoints outside the database.
type Witness interface {
	Last() (size int64, err error)
	Add(notes ...string) error
}

// Register puts the rows of the journal and of the chains into one Merkle tree,
// signs what it became, and proves what it holds.
type Register struct {
	read    Reader
	write   func(context.Context, func(RegisterTx) error) error
	key     Key
	witness Witness
	now     func() time.Time
	holder  record.LeaseHolder

	mu   sync.Mutex        // one batch or checkpoint at a time
	seen record.Checkpoint // the tree that this process last made: nobody rewrites it before it is signed
}

// The sequencer takes rows in batches: one is a transaction, and those who write
// wait for it. Its lease outlives the second between two of its turns.
const (
	batchSize = 256
	leaseTime = 5 * time.Second
	leaseName = "sequencer"
	turnsLost = 20 // batches that others may win before it is no accident
)

// errElsewhere says that another process holds the lease.
var errElsewhere = errors.New("journal: another process sequences")

// NewRegister returns the register over a store. Key signs its checkpoints, which
// witness remembers.
func NewRegister(read Reader, write func(context.Context, func(RegisterTx) error) error, key Key, witness Witness, now func() time.Time) *Register {
	return &Register{read: read, write: write, key: key, witness: witness, now: now, holder: record.NewID[record.Lease]()}
}

// Public is the key that verifies the register's checkpoints.
func (r *Register) Public() string { return r.key.Public() }

func (r *Register) minute() record.Minute { return record.Minute(r.now().Unix() / 60) }

// Sequence gives every waiting row its place, and counts them. It does nothing
// while another process holds the lease.
func (r *Register) Sequence(ctx context.Context) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for total, lost := 0, 0; ; {
		n, err := r.batch(ctx, r.take)
		total += n
		switch {
		case errors.Is(err, errElsewhere):
			return total, nil
		case fault.KindOf(err) == fault.Conflict && lost < turnsLost:
			lost++
		case err != nil || n < batchSize:
			return total, err
		}
	}
}

// take renews the lease.
func (r *Register) take(ctx context.Context, tx RegisterTx) error {
	now := r.now()
	ok, err := tx.TakeLease(ctx, record.Lease{Name: leaseName, Holder: r.holder, Until: now.Add(leaseTime).Unix()}, now.Unix())
	if err == nil && !ok {
		err = errElsewhere
	}
	return err
}

// batch gives their place to the rows that have waited longest. A place that
// somebody else gave meanwhile is a Conflict, and nothing is kept.
func (r *Register) batch(ctx context.Context, first func(context.Context, RegisterTx) error) (int, error) {
	// The size is read first: whoever takes a row away meanwhile takes this place,
	// so a number that SQLite gives a second time never passes for the first.
	size, err := r.read.TreeSize(ctx)
	if err != nil {
		return 0, err
	}
	rows, err := r.read.Waiting(ctx, batchSize)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	rows = rows[:min(len(rows), batchSize)]
	if err := r.unchanged(ctx, r.seen); err != nil {
		return 0, err
	}
	leaves := make([][32]byte, len(rows))
	for i, w := range rows {
		leaves[i] = LeafHash(LeafOf(w.Row))
	}
	nodes, err := grow(ctx, r.read, size, leaves)
	if err != nil {
		return 0, err
	}
	err = r.write(ctx, func(tx RegisterTx) error {
		err := first(ctx, tx)
		for i, w := range rows {
			if err == nil {
				err = tx.PutLeaf(ctx, w.Number, size+int64(i), leaves[i])
			}
		}
		for _, n := range nodes {
			if err == nil {
				err = tx.PutTreeNode(ctx, n)
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	r.seen.Size = size + int64(len(rows))
	r.seen.Root, err = root(ctx, r.read, r.seen.Size)
	return len(rows), err
}

// unchanged compares the tree with what it was.
func (r *Register) unchanged(ctx context.Context, was record.Checkpoint) error {
	if was.Size == 0 {
		return nil
	}
	same, err := r.Consistent(ctx, was.Size, was.Root)
	if err == nil && !same {
		err = fault.Because(fault.Unavailable, errors.New("journal: the tree is not what it was"))
	}
	return err
}

// sequenceNow gives every waiting row its place without asking for the lease:
// somebody waits. The place itself keeps two processes from giving it twice.
func (r *Register) sequenceNow(ctx context.Context) error {
	none := func(context.Context, RegisterTx) error { return nil }
	for lost := 0; lost < turnsLost; {
		n, err := r.batch(ctx, none)
		switch {
		case fault.KindOf(err) == fault.Conflict:
			lost++
		case err != nil || n < batchSize:
			return err
		}
	}
	return fault.Because(fault.Unavailable, errElsewhere)
}

// Checkpoint signs the tree with every row that was written before the call, and
// tells the witness. A tree that has not grown keeps its checkpoint.
func (r *Register) Checkpoint(ctx context.Context) (record.Checkpoint, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.sequenceNow(ctx); err != nil {
		return record.Checkpoint{}, err
	}
	size, err := r.read.TreeSize(ctx)
	if err != nil {
		return record.Checkpoint{}, err
	}
	last, err := r.last(ctx)
	if err != nil {
		return record.Checkpoint{}, err
	}
	if size > last.Size {
		if last, err = r.sign(ctx, size); err != nil {
			return record.Checkpoint{}, err
		}
	}
	return last, r.tell(ctx)
}

// last returns the last checkpoint, after it was compared with the tree: the
// host signs no second history. It is zero when there is none.
func (r *Register) last(ctx context.Context) (record.Checkpoint, error) {
	last, err := r.read.LastCheckpoint(ctx)
	if fault.KindOf(err) == fault.Withheld {
		return record.Checkpoint{}, nil
	}
	if err != nil {
		return last, err
	}
	signed, err := ReadCheckpoint(r.key.Public(), last.Note)
	if err != nil || signed != last {
		return last, fault.Because(fault.Unavailable, errors.New("journal: the last checkpoint is not ours"))
	}
	return last, r.unchanged(ctx, last)
}

func (r *Register) sign(ctx context.Context, size int64) (record.Checkpoint, error) {
	hash, err := root(ctx, r.read, size)
	if err != nil {
		return record.Checkpoint{}, err
	}
	c, err := r.key.signCheckpoint(size, hash, r.minute())
	if err != nil {
		return c, err
	}
	err = r.write(ctx, func(tx RegisterTx) error { return tx.PutCheckpoint(ctx, c) })
	if fault.KindOf(err) == fault.Conflict { // another process signed the same
		err = nil
	}
	return c, err
}

// tell gives the witness every checkpoint that it has not seen, those of other
// processes included.
func (r *Register) tell(ctx context.Context) error {
	seen, err := r.witness.Last()
	for err == nil {
		var all []record.Checkpoint
		all, err = r.read.CheckpointsFrom(ctx, seen+1, batchSize)
		if err != nil || len(all) == 0 {
			return err
		}
		notes := make([]string, len(all))
		for i, c := range all {
			notes[i] = c.Note
		}
		seen = all[len(all)-1].Size
		err = r.witness.Add(notes...)
	}
	return err
}

// Head returns the last checkpoint, for a browser to remember; a zero one when
// nothing was signed yet.
func (r *Register) Head(ctx context.Context) (record.Checkpoint, error) {
	c, err := r.read.LastCheckpoint(ctx)
	if fault.KindOf(err) == fault.Withheld {
		return record.Checkpoint{}, nil
	}
	return c, err
}

// Consistent reports whether the tree had this root at this size: what a browser
// or a receipt remembers is still so.
func (r *Register) Consistent(ctx context.Context, size int64, hash [32]byte) (bool, error) {
	now, err := r.read.TreeSize(ctx)
	if err != nil || size < 0 || size > now {
		return false, err
	}
	was, err := root(ctx, r.read, size)
	return err == nil && was == hash, err
}
