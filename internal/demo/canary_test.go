// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"testing"

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

// Seen to kill: a path that is not tried; a colleague who reads both notes; a lock
// that only some of its envelopes open.
func TestTheCanaryOpensThroughEveryPath(t *testing.T) {
	w, _, made := canaryWorld(t)
	proved, err := w.Strong.ProveCanary(t.Context(), w.db, made)
	must(t, err)
	if len(proved) != len(strongroom.Paths()) {
		t.Fatalf("%d paths were proved", len(proved))
	}
	for _, path := range strongroom.Paths() {
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
