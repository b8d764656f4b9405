// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// TreeReader reads the hashes that the sequencer kept.
type TreeReader interface {
	TreeSize(ctx context.Context) (int64, error)
	LeafHash(ctx context.Context, sequence int64) ([32]byte, error)
	TreeNode(ctx context.Context, position int64) ([32]byte, error)
}

// stored reads hashes by position: those above the leaves stand in a table of
// their own. fresh are not in the database yet.
type stored struct {
	ctx   context.Context //nolint:containedctx // tlog's readers take none
	read  TreeReader
	fresh map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (s stored) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(positions))
	for i, position := range positions {
		h, err := s.at(position)
		if err != nil {
			return nil, err
		}
		all[i] = h
	}
	return all, nil
}

func (s stored) at(position int64) (tlog.Hash, error) {
	if h, ok := s.fresh[position]; ok {
		return h, nil
	}
	level, n := tlog.SplitStoredHashIndex(position)
	if level == 0 {
		return s.read.LeafHash(s.ctx, n)
	}
	return s.read.TreeNode(s.ctx, position)
}

// root returns the hash of the tree at a size. A hash that is missing is no
// secret withheld: the tree is damaged.
func root(ctx context.Context, read TreeReader, size int64) ([32]byte, error) {
	h, err := tlog.TreeHash(size, stored{ctx: ctx, read: read})
	return h, damaged(err)
}

func damaged(err error) error {
	if err == nil || fault.KindOf(err) == fault.Unavailable {
		return err
	}
	return fault.Because(fault.Unavailable, err)
}

// grow computes what the tree becomes when leaves are added to it: the hash of
// each and the hashes above that become known.
func grow(ctx context.Context, read TreeReader, size int64, leaves [][32]byte) ([]record.TreeNode, error) {
	s := stored{ctx, read, map[int64]tlog.Hash{}}
	var nodes []record.TreeNode
	for i, leaf := range leaves {
		n := size + int64(i)
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, s)
		if err != nil {
			return nil, damaged(err)
		}
		for k, h := range hashes {
			position := tlog.StoredHashIndex(0, n) + int64(k)
			s.fresh[position] = h
			if k > 0 {
				nodes = append(nodes, record.TreeNode{Position: position, Hash: h})
			}
		}
	}
	return nodes, nil
}

// Rebuild computes a tree from its leaves alone, in memory that grows with the
// tree's height only. The zero value is the empty tree.
type Rebuild struct {
	size  int64
	peaks []tlog.Hash // of the perfect trees that make it up, largest first
}

// Size returns how many leaves were added.
func (r *Rebuild) Size() int64 { return r.size }

// Add adds a leaf and returns the nodes that become known with it.
func (r *Rebuild) Add(leaf [32]byte) []record.TreeNode {
	var nodes []record.TreeNode
	h := tlog.Hash(leaf)
	position := tlog.StoredHashIndex(0, r.size)
	for n := r.size; n&1 == 1; n >>= 1 {
		last := len(r.peaks) - 1
		h, r.peaks = tlog.NodeHash(r.peaks[last], h), r.peaks[:last]
		position++
		nodes = append(nodes, record.TreeNode{Position: position, Hash: h})
	}
	r.peaks = append(r.peaks, h)
	r.size++
	return nodes
}

// Root returns the root of the leaves added so far.
func (r *Rebuild) Root() [32]byte {
	if r.size == 0 {
		empty, _ := tlog.TreeHash(0, nil) // of no leaf nothing is read
		return empty
	}
	h := r.peaks[len(r.peaks)-1]
	for i := len(r.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(r.peaks[i], h)
	}
	return h
}

// Positions returns how many hashes a tree of a size has in all: the positions
// below it are taken.
func Positions(size int64) int64 { return tlog.StoredHashCount(size) }
