// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"cmp"
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// Waiting returns up to limit rows that have no place in the tree yet, first
// queued first. One whose row is gone is not returned, and waits for ever.
func (r Reader) Waiting(ctx context.Context, limit int) ([]record.Waiting, error) {
	rows, err := r.rows(ctx, `(SELECT number AS place, entry, link FROM waiting ORDER BY number LIMIT $1)`, limit)
	if err != nil {
		return nil, err
	}
	all := make([]record.Waiting, 0, len(rows))
	for place, row := range rows {
		all = append(all, record.Waiting{Number: place, Row: row})
	}
	slices.SortFunc(all, func(a, b record.Waiting) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}

// TreeSize returns how many leaves there are.
func (r Reader) TreeSize(ctx context.Context) (int64, error) {
	return one(ctx, r, scanNumber, `SELECT COALESCE(MAX(sequence) + 1, 0) FROM leaf`)
}

// Leaves returns up to limit leaves from a place on, each with its row.
func (r Reader) Leaves(ctx context.Context, from int64, limit int) ([]record.Leaf, error) {
	all, err := list(ctx, r, scanLeaf, `
		SELECT sequence, entry IS NOT NULL, hash FROM leaf
		WHERE sequence >= $1 AND sequence < $2 ORDER BY sequence`, from, from+int64(limit))
	if err != nil {
		return nil, err
	}
	rows, err := r.rows(ctx, `(SELECT sequence AS place, entry, link FROM leaf WHERE sequence >= $1 AND sequence < $2)`, from, from+int64(limit))
	for i := range all {
		all[i].Row = rows[all[i].Sequence]
	}
	return all, err
}

func scanLeaf(row row, l *record.Leaf) error {
	return row.Scan(&l.Sequence, &l.OfEntry, (*toHash)(&l.Hash))
}

// placed is something at a place of a list of rows.
type placed[T any] struct {
	place int64
	it    T
}

// rows returns the rows that a query of (place, entry, link) names, by place.
func (r Reader) rows(ctx context.Context, places string, args ...any) (map[int64]record.Row, error) {
	all := map[int64]record.Row{}
	entries, err := list(ctx, r, scanPlacedEntry, `
		SELECT w.place, j.id, j.minute, j.body FROM `+places+` w JOIN journal j ON j.number = w.entry`, args...)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		all[e.place] = record.Row{Entry: &e.it}
	}
	slips, err := list(ctx, r, scanPlacedSlip, `
		SELECT w.place, c.id, s.epoch, s.person, s.service, s.sealed
		FROM `+places+` w JOIN journal_slip s ON s.key > w.entry * 1048576 AND s.key < (w.entry + 1) * 1048576
			JOIN circle c ON c.key = s.circle
		ORDER BY s.key`, args...)
	if err != nil {
		return nil, err
	}
	for _, s := range slips {
		if e := all[s.place].Entry; e != nil {
			e.Slips = append(e.Slips, s.it)
		}
	}
	links, err := list(ctx, r, scanPlacedLink, `
		SELECT w.place, e.kind, e.id, l.key % 1048576 - 1, l.class, l.entitles, l.recipient_kind, l.recipient,
			l.target_kind, l.target, l.epoch, l.since, l.until, l.at, l.author,
			l.commitment, l.sealed_hash, l.prev, l.signature, l.sealed
		FROM `+places+` w JOIN link l ON l.key = w.link JOIN entity e ON e.number = l.key / 1048576`, args...)
	for _, l := range links {
		all[l.place] = record.Row{Link: &l.it}
	}
	return all, err
}

func scanPlacedEntry(row row, e *placed[record.Entry]) error {
	return row.Scan(&e.place, (*toID)(&e.it.ID), number(&e.it.Minute), (*toBytes)(&e.it.Body))
}

func scanPlacedSlip(row row, s *placed[record.EntrySlip]) error {
	return row.Scan(&s.place, (*toID)(&s.it.Circle), number(&s.it.Epoch),
		(*toID)(&s.it.Person), (*toID)(&s.it.Service), (*toBytes)(&s.it.Sealed))
}

func scanPlacedLink(row row, p *placed[record.Link]) error {
	l := &p.it
	return row.Scan(&p.place, number(&l.Owner.Kind), (*toID)(&l.Owner.ID), number(&l.N), number(&l.Class), number(&l.Right),
		number(&l.Recipient.Kind), (*toID)(&l.Recipient.ID), number(&l.Target.Kind), (*toID)(&l.Target.ID),
		number(&l.Epoch), number(&l.Since), number(&l.Until), number(&l.At), (*toID)(&l.Author),
		(*toHash)(&l.Commitment), (*toHash)(&l.SealedHash), (*toHash)(&l.Prev),
		(*toBytes)(&l.Signature), (*toBytes)(&l.Sealed))
}

// LeafOfEntry returns the place of an entry in the tree.
func (r Reader) LeafOfEntry(ctx context.Context, id record.EntryID) (int64, error) {
	return one(ctx, r, scanNumber, `
		SELECT f.sequence FROM journal j JOIN leaf f ON f.entry = j.number WHERE j.id = $1`, ident(id))
}

// LeafOfLink returns the place in the tree of link n of an owner's chain.
func (r Reader) LeafOfLink(ctx context.Context, owner record.Owner, n uint32) (int64, error) {
	return one(ctx, r, scanNumber, `
		SELECT f.sequence FROM entity e JOIN leaf f ON f.link = e.number * 1048576 + $3 + 1
		WHERE +e.kind = $1 AND e.id = $2`, owner.Kind, ident(owner.ID), n)
}

// LeafHash returns the hash of one leaf.
func (r Reader) LeafHash(ctx context.Context, sequence int64) ([32]byte, error) {
	return one(ctx, r, scanHash, `SELECT hash FROM leaf WHERE sequence = $1`, sequence)
}

// TreeNode returns the hash at one position above the leaves.
func (r Reader) TreeNode(ctx context.Context, position int64) ([32]byte, error) {
	return one(ctx, r, scanHash, `SELECT hash FROM node WHERE position = $1`, position)
}

// TreeNodes returns up to limit hashes above the leaves, from a position on.
func (r Reader) TreeNodes(ctx context.Context, from int64, limit int) ([]record.TreeNode, error) {
	return list(ctx, r, scanTreeNode, `
		SELECT position, hash FROM node WHERE position >= $1 ORDER BY position LIMIT $2`, from, limit)
}

func scanHash(row row, h *[32]byte) error { return row.Scan((*toHash)(h)) }

func scanTreeNode(row row, n *record.TreeNode) error {
	return row.Scan(&n.Position, (*toHash)(&n.Hash))
}

// LastCheckpoint returns the checkpoint signed last.
func (r Reader) LastCheckpoint(ctx context.Context) (record.Checkpoint, error) {
	return one(ctx, r, scanCheckpoint, `
		SELECT size, root, minute, note FROM checkpoint ORDER BY number DESC LIMIT 1`)
}

// CheckpointBefore returns the largest checkpoint signed at or before a minute.
func (r Reader) CheckpointBefore(ctx context.Context, m record.Minute) (record.Checkpoint, error) {
	return one(ctx, r, scanCheckpoint, `
		SELECT size, root, minute, note FROM checkpoint WHERE minute <= $1 ORDER BY size DESC, number DESC LIMIT 1`, m)
}

// CheckpointsFrom returns up to limit checkpoints of a size or more, smallest first.
func (r Reader) CheckpointsFrom(ctx context.Context, size int64, limit int) ([]record.Checkpoint, error) {
	return list(ctx, r, scanCheckpoint, `
		SELECT size, root, minute, note FROM checkpoint WHERE size >= $1 ORDER BY size, minute LIMIT $2`, size, limit)
}

func scanCheckpoint(row row, c *record.Checkpoint) error {
	return row.Scan(&c.Size, (*toHash)(&c.Root), number(&c.Minute), &c.Note)
}

// Purges returns what was ever purged, oldest first.
func (r Reader) Purges(ctx context.Context) ([]record.Purge, error) {
	return list(ctx, r, scanPurge, `SELECT below, since, minute, entry, note FROM purge ORDER BY below`)
}

func scanPurge(row row, p *record.Purge) error {
	return row.Scan(&p.Below, number(&p.Since), number(&p.Minute), (*toID)(&p.Entry), &p.Note)
}

// TakeLease takes or renews a lease, and reports whether it is the caller's. A
// lease of somebody else is taken once it is over at now, in seconds since 1970.
func (tx *Tx) TakeLease(ctx context.Context, l record.Lease, now int64) (bool, error) {
	n, err := tx.exec(ctx, `
		INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE lease.holder = excluded.holder OR lease.until <= $4`, l.Name, ident(l.Holder), l.Until, now)
	return n > 0, err
}

// PutLeaf gives the waiting row of a number its place, which must be the next.
func (tx *Tx) PutLeaf(ctx context.Context, waiting, sequence int64, hash [32]byte) error {
	n, err := tx.exec(ctx, `
		INSERT INTO leaf (sequence, entry, link, hash)
		SELECT $2, entry, link, $3 FROM waiting WHERE number = $1 AND $2 = (SELECT COALESCE(MAX(sequence) + 1, 0) FROM leaf)`,
		waiting, sequence, digest(hash))
	if err == nil && n == 0 {
		err = conflict()
	}
	if err != nil {
		return err
	}
	return tx.set(ctx, `DELETE FROM waiting WHERE number = $1`, waiting)
}

// PutTreeNode keeps a hash above the leaves.
func (tx *Tx) PutTreeNode(ctx context.Context, n record.TreeNode) error {
	return tx.put(ctx, `INSERT INTO node (position, hash) VALUES ($1, $2)`, n.Position, digest(n.Hash))
}

// PutCheckpoint keeps a checkpoint.
func (tx *Tx) PutCheckpoint(ctx context.Context, c record.Checkpoint) error {
	if err := texts(c.Note); err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO checkpoint (size, root, minute, note) VALUES ($1, $2, $3, $4)`,
		c.Size, digest(c.Root), c.Minute, c.Note)
}

// PutPurge marks the entries that may be deleted from now on.
func (tx *Tx) PutPurge(ctx context.Context, p record.Purge) error {
	if err := texts(p.Note); err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO purge (below, since, minute, entry, note) VALUES ($1, $2, $3, $4, $5)`,
		p.Below, p.Since, p.Minute, ident(p.Entry), p.Note)
}

// Purgeable returns up to limit entries whose leaf lies below a place and that
// were written at or before a minute.
func (r Reader) Purgeable(ctx context.Context, below int64, before record.Minute, limit int) ([]record.EntryID, error) {
	return list(ctx, r, func(row row, id *record.EntryID) error { return row.Scan((*toID)(id)) }, `
		SELECT j.id FROM journal j JOIN leaf f ON f.entry = j.number
		WHERE f.sequence < $1 AND j.minute <= $2 ORDER BY j.number LIMIT $3`, below, before, limit)
}

// PurgeEntry deletes an entry and its slips; triggers refuse one that no purge
// covers. Its leaf stays.
func (tx *Tx) PurgeEntry(ctx context.Context, id record.EntryID) error {
	n, err := one(ctx, tx.Reader, scanNumber, `SELECT number FROM journal WHERE id = $1`, ident(id))
	if err == nil {
		err = tx.put(ctx, `DELETE FROM journal_slip WHERE key > $1 AND key < $2`, n*span, (n+1)*span)
	}
	if err == nil {
		err = tx.put(ctx, `DELETE FROM journal WHERE number = $1`, n)
	}
	return err
}

// WaitingCount returns how many rows wait for their place.
func (r Reader) WaitingCount(ctx context.Context) (int64, error) {
	return one(ctx, r, scanNumber, `SELECT COUNT(*) FROM waiting`)
}

// Unplaced returns up to limit rows written before a minute that have no leaf and
// wait for none: which they are and when they were written, nothing else.
func (r Reader) Unplaced(ctx context.Context, before record.Minute, limit int) ([]record.Row, error) {
	entries, err := list(ctx, r, func(row row, e *record.Entry) error { return row.Scan((*toID)(&e.ID), number(&e.Minute)) }, `
		SELECT j.id, j.minute FROM journal j LEFT JOIN leaf f ON f.entry = j.number
		WHERE f.entry IS NULL AND j.minute < $1
			AND j.number NOT IN (SELECT w.entry FROM waiting w WHERE w.entry IS NOT NULL) LIMIT $2`, before, limit)
	if err != nil {
		return nil, err
	}
	var all []record.Row
	for _, e := range entries {
		all = append(all, record.Row{Entry: &e})
	}
	links, err := list(ctx, r, scanUnplacedLink, `
		SELECT e.kind, e.id, l.key % 1048576 - 1, l.at
		FROM link l LEFT JOIN leaf f ON f.link = l.key JOIN entity e ON e.number = l.key / 1048576
		WHERE f.link IS NULL AND l.at < $1
			AND l.key NOT IN (SELECT w.link FROM waiting w WHERE w.link IS NOT NULL) LIMIT $2`, before, limit)
	for _, l := range links {
		all = append(all, record.Row{Link: &l})
	}
	return all, err
}

func scanUnplacedLink(row row, l *record.Link) error {
	return row.Scan(number(&l.Owner.Kind), (*toID)(&l.Owner.ID), number(&l.N), number(&l.At))
}

// Owners returns up to limit owners that may have a chain, in the order in which
// they were made, after one; from the first when after is zero.
func (r Reader) Owners(ctx context.Context, after record.Owner, limit int) ([]record.Owner, error) {
	return list(ctx, r, scanOwner, `
		SELECT e.kind, e.id FROM entity e
		WHERE e.number > COALESCE((SELECT o.number FROM entity o WHERE o.id = $1), 0) AND e.kind <> $3
		ORDER BY e.number LIMIT $2`, ident(after.ID), limit, record.OwnerMember)
}

// StraySlips counts the slips that stand beside another entry than their own.
func (r Reader) StraySlips(ctx context.Context) (int64, error) {
	return one(ctx, r, scanNumber, `
		SELECT COUNT(*) FROM journal_slip s LEFT JOIN journal j ON j.number = s.entry
		WHERE j.number IS NULL OR s.entry <> s.key / 1048576`)
}

func scanOwner(row row, o *record.Owner) error { return row.Scan(number(&o.Kind), (*toID)(&o.ID)) }
