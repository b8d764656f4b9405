// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// Audit verifies chains without a key, each from its first link and the pinned
// root: nothing that this process remembers is believed.
type Audit struct {
	room  *Room
	house *Directory
}

// Audit verifies the organisation's chain, by which the others are judged. A
// fault.Unavailable says that it was tampered with.
func (r *Room) Audit(ctx context.Context) (*Audit, error) {
	links, err := r.read.Chain(ctx, r.house())
	if err != nil {
		return nil, err
	}
	members, err := r.read.Members(ctx)
	if err != nil {
		return nil, err
	}
	d, err := foldDirectory(r.host.organisation, r.host.root, links, members)
	return &Audit{r, d}, err
}

// Chain verifies every link of an owner's chain, and its circles against it; it
// counts the links.
func (a *Audit) Chain(ctx context.Context, o record.Owner) (int, error) {
	s, err := a.room.rows(ctx, newUnlocked(record.Actor{}, "", Secret{}), o)
	if err != nil {
		return 0, err
	}
	if o == a.room.house() {
		s.roster = a.house.roster
		return len(s.links), a.room.bound(s)
	}
	return len(s.links), a.room.fold(a.house, s, Head{})
}

// HostEntry makes an entry of the house's journal that the host signs: what
// nobody unlocked did. It is not written yet.
func (r *Room) HostEntry(ctx context.Context, act journal.Act) (record.Entry, error) {
	if !r.host.Founded() {
		return record.Entry{}, fault.New(fault.Unavailable, "")
	}
	return r.entry(ctx, nil, journal.Body{Act: act, Purpose: journal.ForHouse}, nil)
}
