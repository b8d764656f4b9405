// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// Seen to kill: names kept for ever.
func TestNamesLeaveMemoryWhenNobodyLooksForThem(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	r := New(nil, nil, nil, func() time.Time { return now })
	busy, quiet := record.NewID[record.Service](), record.NewID[record.Service]()
	first := r.registry.of(quiet, now)
	r.registry.of(busy, now)
	now = now.Add(idle - time.Second)
	r.registry.of(busy, now)
	r.Forget()
	if r.registry.services[quiet] != first {
		t.Error("names are forgotten before their time")
	}
	now = now.Add(time.Second)
	r.Forget()
	if len(r.registry.services) != 1 || r.registry.services[busy] == nil {
		t.Errorf("%d services are in memory, want the one that is asked", len(r.registry.services))
	}
}
