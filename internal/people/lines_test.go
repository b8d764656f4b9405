// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// TestALineIsReadAsPeopleTypeIt reads the second line of a household.
func TestALineIsReadAsPeopleTypeIt(t *testing.T) {
	age := func(n int) Birth { return Birth{Age: n, AsOf: 2026} }
	nadia := Birth{Year: 1988, Month: 4, Day: 2}
	tests := []struct {
		typed string
		want  Line
	}{
		{"Nadia Mokrani 2/4/88", Line{"Nadia", "Mokrani", nadia, ""}},
		{"MOKRANI Nadia 02.04.1988", Line{"Nadia", "Mokrani", nadia, ""}},
		{"Nadia MOKRANI, née le 2 avril 1988", Line{"Nadia", "Mokrani", nadia, ""}},
		{"Mme Nadia Mokrani née le 02/04/1988", Line{"Nadia", "Mokrani", nadia, ""}},
		{"NADIA MOKRANI 1988-04-02", Line{"Nadia", "Mokrani", nadia, ""}},
		{"- Nadia Mokrani (2 4 88)", Line{"Nadia", "Mokrani", nadia, ""}},
		{"Nadia Mokrani 02041988", Line{"Nadia", "Mokrani", nadia, ""}},
		{"2/4/88 Nadia Mokrani", Line{"Nadia", "Mokrani", nadia, ""}},
		{"MOKRANI\tNadia\t02/04/1988", Line{"Nadia", "Mokrani", nadia, ""}},
		{"Nadia Mokrani né(e) le 1er mai 1990", Line{"Nadia", "Mokrani", Birth{Year: 1990, Month: 5, Day: 1}, ""}},
		{"Nadia Mokrani, avril 1988", Line{"Nadia", "Mokrani", Birth{Year: 1988, Month: 4}, ""}},
		{"Nadia Mokrani 4/1988", Line{"Nadia", "Mokrani", Birth{Year: 1988, Month: 4}, ""}},
		{"Nadia Mokrani 1988", Line{"Nadia", "Mokrani", Birth{Year: 1988}, ""}},
		{"Nadia, née en 1988", Line{"Nadia", "", Birth{Year: 1988}, ""}},
		{"Sami 9 ans", Line{"Sami", "", age(9), ""}},
		{"Sami 9ans", Line{"Sami", "", age(9), ""}},
		{"Sami, 9 ans, fils", Line{"Sami", "", age(9), record.NatureChild}},
		{"Inès 4", Line{"Inès", "", age(4), ""}},
		{"Lina 18 mois", Line{"Lina", "", age(1), ""}},
		{"Karim Mokrani 5/9/85 son mari", Line{"Karim", "Mokrani", Birth{Year: 1985, Month: 9, Day: 5}, record.NaturePartner}},
		{"Fatma sœur", Line{"Fatma", "", Birth{}, record.NatureSibling}},
		{"Inès", Line{"Inès", "", Birth{}, ""}},
		{"Jean de la Tour 1/2/1960", Line{"Jean", "de la Tour", Birth{Year: 1960, Month: 2, Day: 1}, ""}},
		{"DE LA TOUR Jean-Marie 1/2/1960", Line{"Jean-Marie", "De La Tour", Birth{Year: 1960, Month: 2, Day: 1}, ""}},
		{"LEFÈVRE-MARTIN Zoé 12 ans", Line{"Zoé", "Lefèvre-Martin", age(12), ""}},
		{"Fatima Zahra El Idrissi 1970", Line{"Fatima Zahra", "El Idrissi", Birth{Year: 1970}, ""}},
		{"Ahmed Ben Ali 60 ans", Line{"Ahmed", "Ben Ali", age(60), ""}},
		{"Ben Ali", Line{"Ben Ali", "", Birth{}, ""}},
		{"Marie-Thérèse d'Alençon 80 ans", Line{"Marie-Thérèse", "d'Alençon", age(80), ""}},
		{"Juin Mars 7 ans", Line{"Juin", "Mars", age(7), ""}},
	}
	for _, tt := range tests {
		got, err := ParseLines("Quelqu’un\n"+tt.typed, monday)
		if err != nil || len(got) != 2 {
			t.Errorf("%q: %v, %d lines", tt.typed, err, len(got))
			continue
		}
		if diff := cmp.Diff(tt.want, got[1]); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tt.typed, diff)
		}
		if _, _, err := got[1].Form().words(monday); err != nil {
			t.Errorf("%q: its form: %v", tt.typed, err)
		}
	}
}

func TestASingleLineWithoutADateIsANameWhateverItSays(t *testing.T) {
	for _, typed := range []string{"Nadia", "Nadia Mokrani", "accueil du 12 mars", "accueil du 12 mars 2026", "la dame au chien, le matin", "« Zaza »", "Accueil 12"} {
		got, err := ParseLines("\n "+typed+"\n", monday)
		if err != nil || len(got) != 1 {
			t.Errorf("%q: %v, %d lines", typed, err, len(got))
			continue
		}
		if diff := cmp.Diff(Line{Name: typed}, got[0]); diff != "" {
			t.Errorf("%q (-want +got)\n%s", typed, diff)
		}
	}
}

func TestALineThatIsNotUnderstoodIsNamed(t *testing.T) {
	tests := []struct {
		typed, key string
		line       int
	}{
		{"", "fault.name_missing", 0},
		{" \n\t\n", "fault.name_missing", 0},
		{"Nadia\n\nKarim 31/02/88", "fault.line_date", 3},
		{"Noé 31/02/1988", "fault.line_date", 1},
		{"Nadia\nKarim 24/11/2026", "fault.line_date", 2},
		{"Nadia\nKarim 2/4/88 5/9/85", "fault.line_date", 2},
		{"Nadia\nKarim 5/9/85 06 11 22 33 44", "fault.line_date", 2},
		{"Nadia\n2/4/88", "fault.line_name", 2},
		{"Nadia\n" + strings.Repeat("n", 201), "fault.too_long", 2},
		{strings.Repeat("Nadia\n", 21), "fault.lines_many", 0},
	}
	for _, tt := range tests {
		_, err := ParseLines(tt.typed, monday)
		all := fault.AllFields(err)
		if len(all) != 1 || all[0].Key != tt.key || all[0].Line != tt.line || all[0].Field != "lines" {
			t.Errorf("%q: %v", tt.typed, all)
		}
	}
}

func FuzzParseLines(f *testing.F) {
	f.Add("Nadia Mokrani 2/4/88\nSami 9 ans")
	f.Add("MOKRANI\n1er mai\n(é)")
	f.Fuzz(func(t *testing.T, typed string) {
		lines, err := ParseLines(typed, monday)
		for _, l := range lines {
			if err == nil && strings.TrimSpace(l.Name) == "" {
				t.Errorf("%q: somebody without a name", typed)
			}
		}
	})
}
