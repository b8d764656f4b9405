// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/names"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// nearLines is how many known persons may be shown beside a newcomer: whoever has
// as many namesakes is looked for, not guessed.
const nearLines = 3

// Near returns who resembles each newcomer, the likeliest first, among those whom
// the service that receives them knows. It opens nothing; that somebody is near is
// an answer already, so the question is entered, whatever the answer is. Who is in
// no Office, a discreet identity, is near nobody and by the same statements as who
// does not exist (secrecy.md §2).
func (r *Room) Near(ctx context.Context, by *strongroom.Unlocked, service record.ServiceID, all []Newcomer) ([][]record.PersonID, error) {
	if err := policy.Decide(by.Actor(), policy.CreatePerson, policy.Subject{Service: service}).Err(); err != nil {
		return nil, err
	}
	near, err := r.nearIn(ctx, by, service, all)
	if fault.KindOf(err) == fault.Withheld {
		return make([][]record.PersonID, len(all)), nil // she holds no key of it: Receive says so
	}
	if err != nil {
		return nil, err
	}
	return near, r.strong.Note(ctx, by, journal.Body{Act: journal.Searched, Purpose: journal.ForReception})
}

func (r *Room) nearIn(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID, all []Newcomer) ([][]record.PersonID, error) {
	one := r.registry.of(s, r.now())
	one.mu.Lock()
	defer one.mu.Unlock()
	if err := r.strong.InOffice(ctx, by, s); err != nil {
		return nil, err
	}
	if err := r.catchUp(ctx, by, one, s); err != nil {
		return nil, err
	}
	near := make([][]record.PersonID, len(all))
	for i, n := range all {
		ids := one.index.Near(names.Entry{
			Name: confided.NewText(n.Form.Name), Family: confided.NewText(n.Form.FamilyName),
			Birth: KeptBirth(n.Form.Birth, r.now()), Phone: confided.NewText(n.Form.Phone),
		}, nearLines)
		near[i] = slices.DeleteFunc(ids, func(id record.PersonID) bool { return id == n.ID }) // posted twice, she is there already
	}
	return near, nil
}

// ShowNear opens the names of those who are near: one screen, one entry, and a slip
// for each of them. Two records of one person are one row.
func (r *Room) ShowNear(ctx context.Context, by *strongroom.Unlocked, near [][]record.PersonID) ([][]Person, error) {
	named, err := r.Names(ctx, by, slices.Concat(near...)...)
	if err != nil {
		return nil, err
	}
	out := make([][]Person, len(near))
	for i, ids := range near {
		for _, id := range ids {
			if p, ok := named[id]; ok {
				out[i] = append(out[i], p)
			}
		}
		out[i] = onePerPerson(out[i])
	}
	return out, nil
}
