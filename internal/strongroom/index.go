// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"iter"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// OpenForIndex opens the names that a service knows, for the index in memory and
// nothing else: the tables of ARCHITECTURE.md list who may call it. It is the one
// opening that no person's journal tells: it shows nothing to anybody, an entry of
// the house says that it was done, and whoever the index finds is opened again,
// one by one, by Open (secrecy.md §4).
//
// It trusts the rows more than Open does: chains are not folded. A host who puts
// an old name back makes somebody hard to find; Open still refuses to show it.
func (r *Room) OpenForIndex(ctx context.Context, u *Unlocked, service record.ServiceID, rows iter.Seq2[[]record.Named, error], yield func(record.Named, Words)) error {
	if err := r.InOffice(ctx, u, service); err != nil {
		return err
	}
	if err := r.witness(ctx, u, journal.Body{Act: journal.Listed, Purpose: journal.ForIndex}); err != nil {
		return err
	}
	for some, err := range rows {
		if err != nil {
			return err
		}
		for _, n := range some {
			if words, ok := r.named(u, n); ok {
				yield(n, words)
			}
		}
	}
	return nil
}

// InOffice returns nil when the key of a service's Office is in hand, fault.Withheld
// when it is not: a newcomer waits for a colleague to welcome her.
func (r *Room) InOffice(ctx context.Context, u *Unlocked, service record.ServiceID) error {
	s, err := r.shelf(ctx, u, record.OwnerOf(record.OwnerService, service))
	if err != nil {
		return err
	}
	office, ok := s.kind(record.Office)
	if !ok {
		return fault.New(fault.Withheld, "")
	}
	_, _, err = u.current(s, office.ID)
	return err
}

// named opens one part of a person; what does not open is in no index.
func (r *Room) named(u *Unlocked, n record.Named) (Words, bool) {
	owner := record.OwnerOf(record.OwnerPerson, n.Person)
	o, ok := r.openWrap(u, owner, n.Wrap)
	if !ok || n.Slip.Epoch != n.Wrap.Epoch {
		return nil, false
	}
	raw, err := seal.Open(o.key, r.objectSlipContext(owner, n.Slip), n.Slip.Sealed)
	if err != nil {
		return nil, false
	}
	key, err := seal.KeyFrom(raw)
	if err != nil {
		return nil, false
	}
	object := record.Object{ID: n.Object, Owner: owner, Order: n.Order}
	plain, err := seal.Open(key, r.versionContext(object, n.Version), n.Version.Sealed)
	if err != nil {
		return nil, false
	}
	b, err := decodeBody(plain)
	return b.Words, err == nil
}
