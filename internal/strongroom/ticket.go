// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// A ticket is what a browser carries between two requests when no session does:
// a passkey's challenge. Every node of the host opens what another sealed.

func (r *Room) ticketContext() seal.Context {
	return seal.Context{Purpose: seal.ForTicket, Organisation: r.host.organisation}
}

// SealTicket seals a few bytes to this host. Its caller puts an end date in them.
func (r *Room) SealTicket(plain []byte) []byte {
	return seal.Seal(r.host.pepper.Derive("ticket"), r.ticketContext(), plain)
}

// OpenTicket opens what SealTicket sealed; fault.Expired for anything else.
func (r *Room) OpenTicket(sealed []byte) ([]byte, error) {
	plain, err := seal.Open(r.host.pepper.Derive("ticket"), r.ticketContext(), sealed)
	if err != nil {
		return nil, fault.New(fault.Expired, "")
	}
	return plain, nil
}
