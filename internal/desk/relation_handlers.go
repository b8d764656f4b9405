// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/strongroom"
)

// family names those linked to a person.
func (d *Desk) family(ctx context.Context, by *strongroom.Unlocked, p people.Person) (Family, error) {
	kin, err := d.People.Kin(ctx, by, p)
	if err != nil {
		return nil, err
	}
	var out Family
	for _, k := range kin {
		row := KinRow{
			ID: k.Object.String(), PersonID: k.Other.String(), Name: k.Person.Name, Called: k.Person.Called(),
			Nature: k.Nature, Since: dated(k.Since), Until: dated(k.Until), Custody: k.Custody,
		}
		_, row.Age = d.birth(k.Person)
		out = append(out, row)
	}
	return out, nil
}

// dated is a date, or what is known of one, as one types it.
func dated(kept confided.Text) string { return people.ReadBirth(kept.Reveal()).Typed() }
