// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestABirthIsReadAsPeopleTypeIt(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	tests := []struct {
		typed string
		want  Birth
		ok    bool
	}{
		{"", Birth{}, true},
		{"2/4/88", Birth{Year: 1988, Month: 4, Day: 2}, true},
		{" 02.04.1988 ", Birth{Year: 1988, Month: 4, Day: 2}, true},
		{"1988-04-02", Birth{Year: 1988, Month: 4, Day: 2}, true},
		{"8/8/22", Birth{Year: 2022, Month: 8, Day: 8}, true},
		{"4/1988", Birth{Year: 1988, Month: 4}, true},
		{"1988", Birth{Year: 1988}, true},
		{"38 ans", Birth{Age: 38, AsOf: 2026}, true},
		{"38", Birth{Age: 38, AsOf: 2026}, true},
		{"29/2/2024", Birth{Year: 2024, Month: 2, Day: 29}, true},
		{"31/02/1988", Birth{}, false},
		{"29/2/2023", Birth{}, false},
		{"24/11/2026", Birth{}, false},
		{"1/13/1988", Birth{}, false},
		{"0/4/1988", Birth{}, false},
		{"131 ans", Birth{}, false},
		{"hier", Birth{}, false},
		{"1/2/3/4", Birth{}, false},
	}
	for _, tt := range tests {
		got, ok := ParseBirth(tt.typed, now)
		if ok != tt.ok {
			t.Errorf("%q: ok %v, want %v", tt.typed, ok, tt.ok)
		}
		if ok {
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q: %s", tt.typed, diff)
			}
			if diff := cmp.Diff(got, ReadBirth(got.kept())); diff != "" {
				t.Errorf("%q kept and read again: %s", tt.typed, diff)
			}
		}
	}
}

func TestAgeIsCountedFromWhatIsKnown(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for typed, want := range map[string]int{"2/4/88": 38, "24/11/1988": 37, "1988": 38, "38 ans": 38} {
		b, _ := ParseBirth(typed, now)
		if got, ok := b.Years(now); !ok || got != want {
			t.Errorf("%q: %d, want %d", typed, got, want)
		}
	}
	if _, ok := (Birth{}).Years(now); ok {
		t.Error("an unknown birth has an age")
	}
}
