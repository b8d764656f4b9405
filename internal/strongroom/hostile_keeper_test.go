// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build !nojournal

package strongroom_test

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/house/figures"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

var folder = flag.String("figures", "", "folder of the figures; empty: none is written")

// keeper keeps a house as the program does.
func keeper() strongroom.Keeper {
	public := func(h *strongroom.Host) (journal.Key, string, error) {
		key, err := h.CheckpointKey()
		return key, key.Public(), err
	}
	register := func(db *store.DB, h *strongroom.Host, witness string, now func() time.Time) (*journal.Register, error) {
		write := func(ctx context.Context, fn func(journal.RegisterTx) error) error {
			return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
		}
		key, name, err := public(h)
		return journal.NewRegister(db, write, key, upkeep.NewWitnessFile(witness, name), now), err
	}
	return strongroom.Keeper{
		Sign: func(ctx context.Context, db *store.DB, h *strongroom.Host, witness string, now func() time.Time) (record.Checkpoint, error) {
			r, err := register(db, h, witness, now)
			if err != nil {
				return record.Checkpoint{}, err
			}
			return r.Checkpoint(ctx)
		},
		Agrees: func(ctx context.Context, db *store.DB, h *strongroom.Host, browser record.Checkpoint) (bool, error) {
			r, err := register(db, h, "", nil)
			if err != nil {
				return false, err
			}
			return r.Consistent(ctx, browser.Size, browser.Root)
		},
		Verify: func(ctx context.Context, db *store.DB, room *strongroom.Room, h *strongroom.Host, witness string, now func() time.Time) (kinds []string, err error) {
			_, name, err := public(h)
			if err != nil {
				return nil, err
			}
			v := upkeep.Verifier{Read: db, Strong: room, Witness: upkeep.NewWitnessFile(witness, name), Public: name, Now: now}
			r, err := v.Verify(ctx)
			for _, k := range r.Kinds() {
				kinds = append(kinds, string(k))
			}
			return kinds, err
		},
		Night: func(ctx context.Context, db *store.DB, room *strongroom.Room, now func() time.Time) (map[string]int64, error) {
			a := upkeep.Auditor{Read: db, Strong: room, Now: now}
			all, err := a.Audit(ctx)
			counts := map[string]int64{}
			for _, f := range all {
				if f.Code != upkeep.Deposits { // a deposit may be anybody's: it tells nothing
					counts[f.Code] = f.Many
				}
			}
			return counts, err
		},
	}
}

// Seen to kill: rolledBack saying no; keep without justified; bound without its
// commitments, without the persons of a case, without mislabelled; complete asking
// nothing; Unlock believing any secret; an extra slip that is not opened, or whose
// key is not compared; living believing rows; aloneReaders asking for no wrap;
// draftContext without its draft, sessionContext without its member; lockOf believing
// a row; an invitation that is over; mayGive to members of
// any service; recall without the head; verify without its chains, without rest; an
// audit that counts no wrap without a grant; Consistent believing a shorter tree.
func TestEveryAttackOfTheHostIsNoticedHarmlessOrDeclared(t *testing.T) {
	declared, err := os.ReadFile("../../doc/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	tally := strongroom.PlayTheHost(t, keeper(), string(declared))
	t.Log(tally)
	if testing.Short() {
		return
	}
	all := 0.0
	for _, n := range tally {
		all += float64(n)
	}
	const fewest = 60 // issue 3
	writeFigure(t, "malicious-host attacks", all, fewest, all >= fewest && !t.Failed())
	for _, when := range []string{strongroom.BeforeUse, strongroom.AtVerify, strongroom.ByWitness, strongroom.AtNight, strongroom.Harmless, strongroom.Undetected} {
		n := float64(tally[when])
		writeFigure(t, "malicious-host attacks: "+when, n, n, !t.Failed())
	}
}

// writeFigure puts a figure among those of other tests; an empty folder keeps none.
func writeFigure(t *testing.T, name string, value, budget float64, holds bool) {
	t.Helper()
	f := figures.Figure{Name: name, Value: value, Unit: "attacks", Budget: &budget, Holds: holds}
	if err := figures.Keep(*folder, "faults", "make proof", time.Now(), f); err != nil {
		t.Fatal(err)
	}
}
