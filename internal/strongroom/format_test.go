// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// commits is the commitment of an epoch as its maker would sign it.
func (c *cast) commits(k record.Circle, e record.Epoch) [32]byte {
	s := &shelf{owner: k.Owner}
	switch k.Owner.Kind {
	case record.OwnerService:
		s.service = record.ServiceID(k.Owner.ID)
	case record.OwnerCase:
		row, err := c.db.Case(ctx, record.CaseID(k.Owner.ID))
		must(c.t, err)
		s.service = row.Service
	}
	return seal.Commitment(e.Check, e.Public, c.room.epochContext(s, k, k.Epoch))
}
