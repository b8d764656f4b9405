// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"testing"
	"time"
)

func TestASoundHouseIsSound(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	start := time.Now()
	r := h.verify(t)
	t.Logf("%d leaves, %d links, %d checkpoints in %v", r.Leaves, r.Links, r.Checkpoints, time.Since(start))
	if !r.Sound() || r.Leaves < 200 || r.Links < 100 || r.Checkpoints != 4 || r.Witnessed != 4 {
		t.Errorf("%+v", r)
	}
}
