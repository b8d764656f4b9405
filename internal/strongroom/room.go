// SPDX-License-Identifier: AGPL-3.0-or-later

// Package strongroom is the only door between sealed and plain. It holds the
// circles and their keys, reads grants out of signed chains, writes in the
// journal before it opens, and refuses when the chain, not policy, says no.
//
// Words leave it as confided.Text only. Nothing cryptographic is wrapped at its
// border: what does not open is fault.Withheld, what was tampered with is
// fault.Unavailable.
package strongroom

import (
	"context"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// Room is the strong room of one organisation.
type Room struct {
	read  Reader
	write func(context.Context, func(Tx) error) error
	now   func() time.Time
	host  *Host

	mu     sync.Mutex
	folded *Directory // the organisation's chain, verified once
	folds  *folds     // the other chains, verified once
}

// New returns the strong room over a store. host holds the secrets kept outside
// the database.
func New(read Reader, write func(context.Context, func(Tx) error) error, host *Host, now func() time.Time) *Room {
	return &Room{read: read, write: write, now: now, host: host, folds: newFolds()}
}

func (r *Room) minute() record.Minute { return record.Minute(r.now().Unix() / 60) }

// directory returns the organisation's chain, folded and verified. The fold is
// kept; a longer chain is folded again.
func (r *Room) directory(ctx context.Context) (*Directory, error) {
	r.mu.Lock()
	folded := r.folded
	r.mu.Unlock()
	if folded != nil {
		newer, err := r.read.ChainSince(ctx, r.house(), folded.roster.Head.Count-1)
		if err != nil {
			return nil, err
		}
		if folded.fits(newer) {
			return folded, nil
		}
	}
	return r.foldHouse(ctx)
}

func (r *Room) foldHouse(ctx context.Context) (*Directory, error) {
	links, err := r.read.Chain(ctx, r.house())
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	members, err := r.read.Members(ctx)
	if err != nil {
		return nil, err
	}
	d, err := foldDirectory(r.host.organisation, r.host.root, links, members)
	if err != nil {
		return nil, err
	}
	if r.folded != nil && !d.extends(r.host.organisation, links, r.folded.roster.Head) {
		return nil, errChain("the organisation's chain went back")
	}
	r.folded = d
	return d, nil
}

// extends reports whether links go on from a head that this process has verified.
func (d *Directory) extends(o record.OrganisationID, links []record.Link, h Head) bool {
	return uint32(len(links)) >= h.Count && linkHash(o, &links[h.Count-1]) == h.Hash //nolint:gosec // at most 2²⁰
}

// fits reports whether the newest link of the chain is the newest that d folded.
func (d *Directory) fits(newest []record.Link) bool {
	return len(newest) == 1 && linkHash(d.organisation, &newest[0]) == d.roster.Head.Hash
}

// Members returns the members that the organisation's chain certifies, as it was
// when this request first asked: their names and keys, for ever the same. It is
// shared: nobody writes to it.
func (r *Room) Members(ctx context.Context, u *Unlocked) (map[record.MemberID]record.Member, error) {
	d, err := r.houseOf(ctx, u)
	if err != nil {
		return nil, err
	}
	return d.members, nil
}

// houseOf returns the organisation's chain as it was when this request first asked.
func (r *Room) houseOf(ctx context.Context, u *Unlocked) (*Directory, error) {
	if u == nil {
		return r.directory(ctx)
	}
	if u.house == nil {
		d, err := r.directory(ctx)
		if err != nil {
			return nil, err
		}
		u.house = d
	}
	return u.house, nil
}
