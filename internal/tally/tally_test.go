// SPDX-License-Identifier: AGPL-3.0-or-later

package tally

import (
	"context"
	"reflect"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

// book is a tally in memory.
type book map[record.Fact]int

func (b book) Count(_ context.Context, f record.Fact) error { b[f]++; return nil }

func (b book) Uncount(_ context.Context, f record.Fact) error { b[f]--; return nil }

func (b book) Times(_ context.Context, s record.ServiceID, m record.Month, act record.Counted) (n int, err error) {
	for f, times := range b {
		if f.Service == s && f.Month == m && f.Act == act {
			n += times
		}
	}
	return n, nil
}

func TestAnActIsCountedInItsMonthAndTakenBackFromIt(t *testing.T) {
	paris := time.FixedZone("Paris", 3600)
	now := time.Date(2026, 12, 31, 23, 58, 0, 0, paris)
	b := book{}
	r := New(b, func(_ context.Context, do func(Tx) error) error { return do(b) }, func() time.Time { return now })
	north := record.NewID[record.Service]()
	kept, err := r.Count(t.Context(), record.Fact{Service: north, Month: 3, Act: record.FirstConversation, Medium: record.AtOffice, Theme: record.ThemeUnasked})
	if err != nil || kept.Month != 2026*12+11 {
		t.Fatalf("month %d, %v", kept.Month, err)
	}
	now = now.Add(5 * time.Minute)
	if _, err := r.Count(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	if err := r.TakeBack(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	later := kept
	later.Month++
	if d := cmp.Diff(book{kept: 0, later: 1}, b); d != "" {
		t.Error(d)
	}
	if n, err := r.ThisMonth(t.Context(), north, record.FirstConversation); n != 1 || err != nil {
		t.Errorf("%d this month, %v", n, err)
	}
}

// Seen to kill: words accepted as a theme.
func TestWordsAreNoCode(t *testing.T) {
	good := record.Fact{Service: record.NewID[record.Service](), Act: record.FirstConversation, Medium: record.ByPhone, Theme: record.ThemeMoney}
	b := book{}
	r := New(b, func(_ context.Context, do func(Tx) error) error { return do(b) }, func() time.Time { return time.Unix(0, 0) })
	nobody, how, what, about := good, good, good, good
	nobody.Service = record.ServiceID{}
	how.Medium, what.Act, about.Theme = "chez Mme M.", "a visit", "Mme M."
	for name, f := range map[string]record.Fact{"no service": nobody, "another medium": how, "another act": what, "words for a theme": about} {
		if _, err := r.Count(t.Context(), f); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is counted: %v", name, err)
		}
		if err := r.TakeBack(t.Context(), f); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is taken back: %v", name, err)
		}
	}
	if len(b) != 0 {
		t.Errorf("%d facts were kept", len(b))
	}
}

// TestAFactNamesNobody: no person, member or case, and nothing finer than a month
// (T-10, T-16).
func TestAFactNamesNobody(t *testing.T) {
	want := map[string]string{"Service": "ServiceID", "Month": "Month", "Act": "Counted", "Medium": "Medium", "Theme": "Theme"}
	got := map[string]string{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[record.Fact]()) {
		got[f.Name] = f.Type.Name()
		if f.Type == reflect.TypeFor[record.ServiceID]() {
			got[f.Name] = "ServiceID"
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
