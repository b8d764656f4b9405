// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"container/list"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"depositaire.org/depositaire/internal/record"
)

// folded is what an owner's chain says once verified: who holds what, and the
// circles and epochs that it commits to. It needs no key and holds no secret, so
// a node keeps it from one request to the next and then verifies newer links only
// (secrecy.md §5). Nobody writes to a fold: an act works on a copy.
type folded struct {
	roster  *Roster
	circles map[record.CircleID]record.Circle
	order   []record.CircleID
	epochs  map[circleEpoch]record.Epoch
	hashes  [][32]byte       // of each link, which a reader's wrap may remember
	service record.ServiceID // of a case or a service; zero for a person
	row     record.Case      // of a case, read with its chain: its service and persons are those of the chain
}

// own makes a shelf's fold its own, so that an act may carry it further.
func (s *shelf) own() {
	if s.kept {
		s.roster, s.circles, s.order, s.epochs = s.roster.clone(), maps.Clone(s.circles), slices.Clone(s.order), maps.Clone(s.epochs)
		s.kept = false
	}
}

// extends reports whether the chain goes on from a head that somebody remembers.
func (f folded) extends(h Head) bool {
	return h.Count == 0 || int(h.Count) <= len(f.hashes) && f.hashes[h.Count-1] == h.Hash
}

// keptFolds bounds the folds of persons and cases, of about 6 KB each. Those of
// services are few, used by every request, and never dropped: a node that served
// a service remembers where its chain was.
const keptFolds = 4096

// folds are the folds that a node keeps. It is safe for concurrent use.
type folds struct {
	mu       sync.Mutex
	services map[record.Owner]*keptFold
	others   map[record.Owner]*list.Element // of *keptFold
	recent   *list.List                     // newest used first
}

// keptFold is a fold, and whose memory stood for the signatures of its older
// links: zero when this process verified every one. A member may write what she
// likes into her own wraps, so what she vouches for is good for herself only.
type keptFold struct {
	folded
	owner   record.Owner
	vouched record.MemberID
	next    atomic.Uint32 // the order that the owner's next object takes, so far as is known here; 0: to be asked
}

func newFolds() *folds {
	return &folds{services: map[record.Owner]*keptFold{}, others: map[record.Owner]*list.Element{}, recent: list.New()}
}

// get returns the fold of an owner that is good for a member, nil when none is kept.
func (f *folds) get(o record.Owner, m record.MemberID) *keptFold {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.services[o]
	if e, ok := f.others[o]; ok {
		f.recent.MoveToFront(e)
		kept = e.Value.(*keptFold) //nolint:forcetypeassert,errcheck // put stores nothing else
	}
	if kept == nil || !kept.vouched.IsZero() && kept.vouched != m {
		return nil
	}
	return kept
}

// put keeps a fold, unless one that goes further is kept already, or nothing was
// linked yet.
func (f *folds) put(k *keptFold) {
	if k.roster.Head.Count == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if k.owner.Kind == record.OwnerService {
		if old := f.services[k.owner]; old == nil || old.roster.Head.Count <= k.roster.Head.Count {
			f.services[k.owner] = k
		}
		return
	}
	if e, ok := f.others[k.owner]; ok {
		old := e.Value.(*keptFold) //nolint:forcetypeassert,errcheck // as above
		if old.roster.Head.Count <= k.roster.Head.Count || !old.vouched.IsZero() && k.vouched.IsZero() {
			e.Value = k
		}
		return
	}
	f.others[k.owner] = f.recent.PushFront(k)
	if f.recent.Len() > keptFolds {
		last := f.recent.Back()
		delete(f.others, f.recent.Remove(last).(*keptFold).owner) //nolint:forcetypeassert,errcheck // as above
	}
}

// recall makes an owner's shelf of the fold that is kept, when its chain has not
// grown since; nil when it has. A chain that no longer has its newest link where
// the fold ends was rolled back or rewritten.
func (r *Room) recall(ctx context.Context, u *Unlocked, kept *keptFold) (*shelf, []openedWrap, error) {
	head, to := kept.roster.Head, u.recipients(kept.owner.Kind)
	wraps, newer, err := r.read.Recall(ctx, kept.owner, head.Count-1, to...)
	if err == nil && len(wraps) == 0 {
		newer, err = r.read.ChainSince(ctx, kept.owner, head.Count-1)
	}
	if err != nil {
		return nil, nil, err
	}
	if len(newer) == 0 || linkHash(r.host.organisation, &newer[0]) != head.Hash {
		return nil, nil, errChain("went back behind what this node has verified")
	}
	if len(newer) > 1 {
		return nil, nil, nil
	}
	s := &shelf{owner: kept.owner, folded: kept.folded, wraps: wraps, asked: len(to), kept: true, node: kept}
	opened := r.openWraps(u, s)
	if !s.extends(u.newest(opened)) {
		return nil, nil, errChain("not what its reader remembers")
	}
	return s, opened, nil
}

// verify makes an owner's shelf of its rows and keeps its fold. Signatures behind
// what is kept, or behind what the reader's own wraps remember, are not verified
// again; a service's, which everybody relies on, are all verified here.
func (r *Room) verify(ctx context.Context, u *Unlocked, o record.Owner, kept *keptFold) (*shelf, []openedWrap, error) {
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	s, err := r.rows(ctx, u, o)
	if err != nil {
		return nil, nil, err
	}
	opened := r.openWraps(u, s)
	remembered := u.newest(opened)
	next := &keptFold{owner: o}
	var trusted Head
	if kept != nil {
		trusted, next.vouched = kept.roster.Head, kept.vouched
	} else if o.Kind != record.OwnerService && remembered.Count > 0 {
		trusted, next.vouched = remembered, u.Member()
	}
	if err := r.fold(d, s, trusted); err != nil {
		return nil, nil, err
	}
	if !s.extends(remembered) {
		return nil, nil, errChain("not what its reader remembers")
	}
	next.folded, s.kept, s.node = s.folded, true, next
	r.folds.put(next)
	return s, opened, nil
}

// linksOf returns the links that a shelf's roster was folded from, which hold why
// each act was done.
func (r *Room) linksOf(ctx context.Context, s *shelf) ([]record.Link, error) {
	if s.links != nil {
		return s.links, nil
	}
	links, err := r.read.Chain(ctx, s.owner)
	if err != nil {
		return nil, err
	}
	links = links[:min(len(links), int(s.roster.Head.Count))] // those made since are not in the roster
	_, err = walkChain(r.host.organisation, s.owner, links, s.roster.Head, nil)
	return links, err
}
