// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
)

// canaryWorld is the canary dossier, and the host it was made beside.
func canaryWorld(t *testing.T) (world, *strongroom.Host, strongroom.Canary) {
	t.Helper()
	real, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	w := newWorldOf(t, real.Canary(nil))
	made, err := MakeCanary(t.Context(), w.Rooms, func(ctx context.Context, s record.Slot) error {
		return w.db.Write(ctx, func(tx *store.Tx) error { return tx.PutSlot(ctx, s) })
	})
	must(t, err)
	return w, real, made
}

// Seen to kill: a path that is not tried.
func TestTheCanaryOpensThroughEveryPath(t *testing.T) {
	w, _, made := canaryWorld(t)
	proved, err := w.Strong.ProveCanary(t.Context(), w.db, made)
	must(t, err)
	paths := []strongroom.Path{"passphrase", "paper", "passkey", "object", "emergency", "lock", "office", "dpo"}
	if diff := cmp.Diff(paths, strongroom.Paths()); diff != "" {
		t.Errorf("(-want +proved):\n%s", diff)
	}
	for _, path := range paths {
		if err, tried := proved[path]; !tried || err != nil {
			t.Errorf("%s: tried %v, %v", path, tried, err)
		}
	}
}

func TestARealOrganisationIsNeverProved(t *testing.T) {
	w := newWorld(t)
	if _, err := w.Strong.ProveCanary(t.Context(), w.db, strongroom.Canary{}); fault.KindOf(err) != fault.Withheld {
		t.Errorf("got %v", err)
	}
}
