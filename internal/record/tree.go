// SPDX-License-Identifier: AGPL-3.0-or-later

package record

// Row is one row of the register: an entry of a journal, or a link of a chain.
// Both are nil when the row is gone.
type Row struct {
	Entry *Entry
	Link  *Link
}

// Waiting is a row that the tree does not hold yet.
type Waiting struct {
	Number int64 // its place in the queue
	Row
}

// Leaf is a row's place in the tree.
type Leaf struct {
	Sequence int64 // from 0
	OfEntry  bool  // the row is an entry, which a purge may take; else a link
	Hash     [32]byte
	Row
}

// TreeNode is a hash of the tree above its leaves.
type TreeNode struct {
	Position int64 // among all hashes of the tree, in the order in which they are known
	Hash     [32]byte
}

// Checkpoint is what the host signed of the tree at one size.
type Checkpoint struct {
	Size   int64
	Root   [32]byte
	Minute Minute
	Note   string // the signed note that says so
}

// Purge says that the entries before a place in the tree are gone, on purpose.
type Purge struct {
	Below  int64   // the size of a checkpoint that is twelve months old
	Since  Minute  // that checkpoint's
	Minute Minute  // when purged
	Entry  EntryID // what the house's journal says of it
	Note   string  // the signed note that says so
}

// Lease is the right to do alone what only one process does at a time.
type Lease struct {
	Name   string
	Holder LeaseHolder
	Until  int64 // seconds since 1970
}

// LeaseHolder names one process, for as long as it runs.
type LeaseHolder = ID[Lease]
