// SPDX-License-Identifier: AGPL-3.0-or-later

package names

import (
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/confided"
)

// one is a person from "first name | family name | birth | telephone".
func one(n int, s string) Entry {
	parts := append(strings.Split(s, "|"), "", "", "")
	text := func(i int) confided.Text { return confided.NewText(strings.TrimSpace(parts[i])) }
	return Entry{ID: nth(n), Name: text(0), Family: text(1), Birth: text(2), Phone: text(3)}
}

// Seen to kill: a ceiling of costMost; a ceiling of costNear; half of a name free;
// the first of January a day like others; the telephone louder than two births.
func TestWhoIsAboutToBeCreatedIsComparedWithWhomOneKnows(t *testing.T) {
	for _, tt := range []struct {
		known, typed string
		near         bool
	}{
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani|1988-04-02", true},
		{"Nadia|Mokrani|1988-04-02", "Mokrani|Nadia|1988-04-02", true},
		{"Nadia|Mokrani|1988-04-02", "NADIA|MOKRANY|1988-04-02", true},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani|1983-04-02", true},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani|1988-02-04", true},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani|38@2026", true},
		{"Nadia|Mokrani|1988-12-24", "Nadia|Mokrani|37@2026", true},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani", true},
		{"Nadia|Mokrani", "Nadia|Mokrani|1988-04-02", true},
		{"Nadia|Mokrani|1988-04-02", "Nadia||1988-04-02", true},
		{"Nadia|Mokrani||0612345678", "Nadia|||+33612345678", true},
		{"Nadia|Mokrani|1988-04-02|0612345678", "Nadja|Moqrani||0612345678", true},
		{"Nadia Mokrani", "Nadia|Mokrani", true},
		{"Le monsieur au chien", "le monsieur au chien", true},
		{"Mohamed|Benali|1971-03-09", "Mohammed|Ben Ali|1971-03-09", true},
		{"Mohamed|El Khattabi|1971-03-09", "Muhammad|Elkhatabi|1971-03-09", true},
		{"Youssef|Haddad|1990-06-11", "Yousef|Hadad|1990-06-11", true},
		{"Aïssatou|Diallo|2001-07-11", "Aichatou|Dialo|2001-07-11", true},
		{"Jean-Pierre|Lefèvre|1956-11-30", "Jean|Lefebvre|1956-11-30", true},
		{"Piotr|Kowalczyk|1979-01-05", "Piotr|Kowaltchik|1979-01-05", true},
		{"Oleksandr|Shevchenko|1985-10-05", "Oleksandr|Chevtchenko|1985-10-05", true},
		{"Мария|Иванова|1990-05-06", "Мария|Иванова", true},
		{"Fatma|Haddad|1950-01-01", "Fatma|Haddad|1950-01-01", true},

		{"Nadia|Mokrani|1988-04-02", "Samir|Mokrani|1990-09-14", false},
		{"Nadia|Mokrani|1988-04-02", "Samir|Mokrani|1988-04-02", false}, // twins
		{"Nadia|Mokrani|1988-04-02|0612345678", "Samir|Mokrani||0612345678", false},
		{"Nadia|Mokrani|1988-04-02", "Samir|Mokrani", false},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Mokrani|1971-11-23", false},
		{"Sami|Haddad|1960-05-04|0612345678", "Sami|Haddad|1999-11-23|0612345678", false},
		{"Nadia|Mokrani|1988-04-02", "Nadia|Lefèvre|1988-04-02", false},
		{"Nadia|Mokrani|1988-04-02", "Nadia", false},
		{"Nadia|Mokrani|1988-04-02", "Nadia||38@2026", false},
		{"Nadia", "Nadia", false},
		{"Sami||9@2026", "Sami||9@2026", false},
		{"Fatma||1950-01-01", "Fatma||1950-01-01", false},
		{"Mohamed|Haddad", "Mehdi|Haddad", false},
		{"Amina|Haddad|1990-02-11", "Amin|Haddad|1994-06-23", false},
		{"Dupont|Marie", "", false},
	} {
		x := Build([]Entry{one(1, tt.known)})
		if got := x.Near(one(2, tt.typed), 3); len(got) > 0 != tt.near {
			t.Errorf("%q beside %q: near %t, want %t", tt.typed, tt.known, len(got) > 0, tt.near)
		}
	}
}

// TestAStrangerIsRarelyTakenForSomebody: in a town of 5,000 whom the service knows.
func TestAStrangerIsRarelyTakenForSomebody(t *testing.T) {
	const size, strangers = 5_000, 1_000
	x := town(size)
	interrupted := 0
	for n := range strangers {
		if len(x.Near(entry(size+n), 3)) > 0 {
			interrupted++
		}
	}
	if interrupted > strangers/50 {
		t.Errorf("%d of %d strangers resemble somebody", interrupted, strangers)
	}
}
