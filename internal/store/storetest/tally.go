// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func tallyTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"facts are counted by service, month and act, and taken back": factsAreCounted,
	}
}

func factsAreCounted(t *testing.T, h *house) {
	ctx := t.Context()
	fact := record.Fact{Service: h.services[0].ID, Month: 2026*12 + 10, Act: record.FirstConversation, Medium: record.AtOffice, Theme: record.ThemeHousing}
	later, other, elsewhere := fact, fact, fact
	later.Month++
	other.Theme = record.ThemeUnasked
	elsewhere.Service = h.services[1].ID
	for _, f := range []record.Fact{fact, fact, other, later, elsewhere} {
		h.write(func(tx *store.Tx) error { return tx.Count(ctx, f) })
	}
	times := func(f record.Fact) int {
		return must[int](t)(h.db.Times(ctx, f.Service, f.Month, f.Act))
	}
	same(t, []int{3, 1, 1}, []int{times(fact), times(later), times(elsewhere)})
	h.write(func(tx *store.Tx) error { return tx.Uncount(ctx, other) })
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.Uncount(ctx, other) })
	same(t, []int{2, 1, 1}, []int{times(fact), times(later), times(elsewhere)})
	same(t, 0, must[int](t)(h.db.Times(ctx, fact.Service, fact.Month, "another act")))
}
