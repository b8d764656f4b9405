// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Forget deletes what was kept of a person received by mistake: her objects with
// their keys, and the service's place in her circles. Her chain and her journal
// stay, which say that it happened and hold no word of hers. The caller has made
// sure that nobody wrote about her since, takes her out of the service's list in
// the same transaction, and writes the entry. fault.Withheld for who could not read her.
func (a *Act) Forget(ctx context.Context, p record.PersonID) error {
	s, err := a.enter(ctx, record.OwnerOf(record.OwnerPerson, p))
	if err != nil {
		return err
	}
	own, ok := s.kind(record.Own)
	if !ok {
		return fault.New(fault.Withheld, "")
	}
	if _, _, err := a.by.current(s, own.ID); err != nil {
		return err
	}
	pieces, err := a.room.read.Pieces(ctx, s.owner)
	if err != nil {
		return err
	}
	for _, one := range pieces {
		a.step(func(ctx context.Context, tx Tx) error { return tx.DropObject(ctx, one.ID) })
	}
	for _, id := range s.order {
		c := s.circles[id]
		if c.Kind != record.Own && c.Kind != record.Counter {
			continue
		}
		for _, g := range s.roster.Grants(record.RightRead, record.TargetOf(record.OnCircle, id), a.at) {
			if err := a.end(ctx, s, g, record.ActErase); err != nil {
				return err
			}
		}
	}
	return nil
}
