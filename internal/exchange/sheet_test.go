// SPDX-License-Identifier: AGPL-3.0-or-later

package exchange

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func sample(t *testing.T) Sheet {
	t.Helper()
	file, err := os.ReadFile("testdata/persons.csv")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(file, monday)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s Sheet) row(t *testing.T, reference string) Row {
	t.Helper()
	for _, r := range s.Rows {
		if r.Reference == reference {
			return r
		}
	}
	t.Fatalf("no row %s", reference)
	return Row{}
}

// TestTheSampleIsReadAsItsPageSays: shared/data/sample-persons.README.md, row by row.
func TestTheSampleIsReadAsItsPageSays(t *testing.T) {
	s := sample(t)
	if len(s.Rows) != 71 || len(s.Taken) != 10 || len(s.Left) != 15 {
		t.Fatalf("%d rows, %d columns taken, %d left", len(s.Rows), len(s.Taken), len(s.Left))
	}
	line := func(reference string) int { return s.row(t, reference).Line }
	for again, first := range map[string]string{
		"SI-2001": "SI-1000", "SI-2002": "SI-1001", "SI-2003": "SI-1002", "SI-2004": "SI-1003",
		"SI-2006": "SI-1005", "SI-2008": "SI-1007", "SI-2010": "SI-1009",
	} {
		if r := s.row(t, again); r.Outcome != Alike || r.Of != line(first) {
			t.Errorf("%s: outcome %d, like line %d; should be like %s", again, r.Outcome, r.Of, first)
		}
	}
	for _, fresh := range []string{"SI-2005", "SI-2007", "SI-2011"} {
		if r := s.row(t, fresh); r.Outcome != Fresh {
			t.Errorf("%s: outcome %d, should be received", fresh, r.Outcome)
		}
	}
	refused, alike := []int{}, 0
	for _, r := range s.Rows {
		switch r.Outcome {
		case Refused:
			refused = append(refused, r.Line)
		case Alike:
			alike++
		}
	}
	if diff := cmp.Diff([]int{70}, refused); diff != "" || s.Rows[68].Form.FamilyName != "Autre Personne" || alike != 7 {
		t.Errorf("refused: %s; %d alike", diff, alike)
	}
}

func TestAnAwkwardRowKeepsWhatItSays(t *testing.T) {
	s := sample(t)
	if r := s.row(t, "SI-2005"); r.Form.Name != "Le monsieur au chien" || r.Form.FamilyName != "" {
		t.Errorf("an alias alone: %+v", r.Form)
	}
	if r := s.row(t, "SI-2006"); r.Form.Birth != "" || !cmp.Equal(r.Remarks, []Remark{{Birth, "not_a_date"}}) {
		t.Errorf("31/02: %+v", r)
	}
	if r := s.row(t, "SI-2007"); r.Form.FamilyName != `=HYPERLINK("http://exemple.test";"clic")` {
		t.Errorf("a formula is text: %q", r.Form.FamilyName)
	}
	if r := s.row(t, "SI-2010"); r.Address.Street != `12 rue "des" Acacias; bât. B` {
		t.Errorf("a separator in quotes: %q", r.Address.Street)
	}
	if r := s.row(t, "SI-2011"); r.Form.Name != "Zoé" || r.SamePhone != s.row(t, "SI-1010").Line {
		t.Errorf("a decomposed accent, a shared telephone: %+v", r)
	}
}

// TestANumberOfSocialSecurityIsNowhere: C-06. Seen to kill: "nir" among
// the headings of Reference.
func TestANumberOfSocialSecurityIsNowhere(t *testing.T) {
	alone, err := Read([]byte("NIR;Prénom\n2 85 05 78 006 084 36;Zoé\n"), monday)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Sheet{sample(t), alone} {
		if dump := fmt.Sprintf("%+v", s); strings.Contains(dump, "85 05 78") {
			t.Error("the sheet holds a social security number")
		}
		if kept, err := s.Text(); err != nil || strings.Contains(kept, "85 05 78") {
			t.Errorf("what is kept holds a social security number (%v)", err)
		}
		if !strings.Contains(strings.Join(s.Left, "|"), "NIR") {
			t.Error("the column is not told as left")
		}
	}
}

func TestReadUnderstandsWhatSpreadsheetsWrite(t *testing.T) {
	want := []string{"Zoé", "Léon"}
	for name, file := range map[string]string{
		"semicolons and a mark of UTF-8":     "\ufeffPrénom*;Nom*\r\nZoé;Roux\r\nLéon;Roux\r\n",
		"commas":                             "Nom,Prénom\nRoux,Zoé\nRoux,Léon\n",
		"tabs":                               "Prénom\tVille\nZoé\tBrest\nLéon\t\n",
		"Windows":                            "Pr\xe9nom;Nom\r\nZo\xe9;Roux\r\nL\xe9on;Roux",
		"English headings":                   "First name,Last name\nZoé,Roux\nLéon,Roux\n",
		"decomposed accents and empty lines": "Pre\u0301nom;Nom\nZoe\u0301;Roux\n;\n\nLe\u0301on;Roux\n",
		"fewer cells than headings":          "Prénom;Nom;Ville\nZoé\nLéon;Roux\n",
		"a line break inside quotes":         "Prénom;Adresse\nZoé;\"1 rue\nhaute\"\nLéon;\n",
	} {
		s, err := Read([]byte(file), monday)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, r := range s.Rows {
			got = append(got, r.Form.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadRefusesWhatIsNoListOfPersons(t *testing.T) {
	for name, one := range map[string]struct{ file, key string }{
		"nothing":           {"", "fault.import_table"},
		"a picture":         {"\x89PNG\r\n\x1a\n\x00\x00", "fault.import_table"},
		"no names":          {"Ville;Téléphone\nBrest;0639980000\n", "fault.import_names"},
		"only headings":     {"Prénom;Nom\n", "fault.import_empty"},
		"an open quote":     {"Prénom;Nom\n\"Zoé;Roux\n", "fault.import_table"},
		"too many lines":    {"Prénom\n" + strings.Repeat("Zoé\n", MaxRows+1), "fault.import_long"},
		"more than we read": {"Prénom\n" + strings.Repeat("é", MaxBytes), "fault.import_large"},
	} {
		var told *fault.Error
		if _, err := Read([]byte(one.file), monday); !errors.As(err, &told) || told.Key != one.key {
			t.Errorf("%s: %v, want %s", name, err, one.key)
		}
	}
}

// TestWhatIsKeptReadsTheSame: a list that waits is shown again and again.
func TestWhatIsKeptReadsTheSame(t *testing.T) {
	for _, file := range []string{"Prénom\tNIR\tVille\n\t\t\nZoé\t2 85\t\"Saint\nÉtienne\"\n\nLéon\n", "Prénom\n\n\" \"\nZoé"} {
		s, err := Read([]byte(file), monday)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read([]byte(kept), monday)
		if diff := cmp.Diff(s.Rows, again.Rows); err != nil || diff != "" || !cmp.Equal(s.Left, again.Left) {
			t.Errorf("%q, kept as %q: %v %s", file, kept, err, diff)
		}
	}
	s := sample(t)
	kept, _ := s.Text()
	again, err := Read([]byte(kept), monday)
	if diff := cmp.Diff(s.Rows, again.Rows); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

// FuzzRead: no file stops the reader, and every row it gives can be received or is refused.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Prénom;Nom;Date de naissance\nZoé;Roux;31/02/1980\n"))
	f.Add([]byte("\ufeffNom,Email\n=1+1,a@b\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := Read(file, monday)
		if err != nil {
			return
		}
		for _, r := range s.Rows {
			if err := r.Form.Check(monday); r.Outcome != Refused && err != nil {
				t.Errorf("line %d can not be received: %v", r.Line, err)
			}
		}
	})
}
