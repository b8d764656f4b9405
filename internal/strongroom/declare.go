// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Declare signs in a person's chain an act that gives and ends nothing: what it
// is, and about whom, is sealed to who reads her.
func (a *Act) Declare(ctx context.Context, p record.PersonID, act record.Act, whom record.PersonID) error {
	s, err := a.enter(ctx, record.OwnerOf(record.OwnerPerson, p))
	if err != nil {
		return err
	}
	return a.link(ctx, s, record.Link{Class: record.LinkOther}, detail{Act: act, Motive: whom.String()})
}
