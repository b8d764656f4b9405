// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build nojournal

package strongroom

import (
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// Appending is compiled out: no proof, so nothing opens, whoever asks.
// Seen to kill: reveal without the proof; openDrafts without it; Told without it.
func TestWithoutAJournalNothingOpens(t *testing.T) {
	c := newCast(t)
	d := c.dossier(c.karim)
	draft := record.NewID[record.Draft]()
	must(t, c.room.KeepDraft(ctx, c.unlock(c.julie), draft, note(d.Case, "brouillon").Words))
	for name, open := range map[string]func(*Unlocked) (int, error){
		"a case": func(u *Unlocked) (int, error) {
			items, err := c.room.Open(ctx, u, followUp, Ask{Owner: d.owner})
			return len(items), err
		},
		"one note, with its history": func(u *Unlocked) (int, error) {
			items, err := c.room.Open(ctx, u, followUp, Ask{Owner: d.owner, Objects: []record.ObjectID{d.noteTeam.ID}, History: true})
			return len(items), err
		},
		"a person": func(u *Unlocked) (int, error) {
			items, err := c.room.Open(ctx, u, followUp, Ask{Owner: personOwner(d.person), Via: c.north})
			return len(items), err
		},
		"drafts": func(u *Unlocked) (int, error) {
			all, err := c.room.OpenDrafts(ctx, u)
			return len(all), err
		},
		"one draft": func(u *Unlocked) (int, error) {
			one, err := c.room.OpenDraft(ctx, u, draft)
			return len(one.Words), err
		},
		"why somebody reads, and who has looked": func(u *Unlocked) (int, error) {
			told, err := c.room.Told(ctx, u, d.Case)
			if told == nil {
				return 0, err
			}
			return len(told.Places), err
		},
	} {
		if n, err := open(c.unlock(c.julie)); n > 0 || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %d opened, %v", name, n, err)
		}
	}
}
