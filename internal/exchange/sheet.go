// SPDX-License-Identifier: AGPL-3.0-or-later

// Package exchange moves records in: a file of persons, read line by line, shown
// before anything is kept, then kept whole or not at all.
package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
)

// Bounds of a file: a service's own list, not a directory of the town.
const (
	MaxBytes = 2 << 20
	MaxRows  = 2000
)

// Field is what a column becomes.
type Field string

// The fields that are taken. Every other column is listed and forgotten: nobody
// asked for it here (S-36), and a social security number is not even read (C-06).
const (
	Reference  Field = "reference" // its number in the software that it comes from
	FirstName  Field = "name"
	FamilyName Field = "family_name"
	Birth      Field = "birth"
	Phone      Field = "phone"
	Email      Field = "email"
	Street     Field = "street"
	Complement Field = "complement"
	Postcode   Field = "postcode"
	Town       Field = "town"
)

// headings are how columns are called, folded, in the files that people have:
// shared notebooks, Mon Suivi Social, spreadsheets of their own.
var headings = map[Field][]string{
	Reference:  {"identifiant dans le si", "identifiant", "numero", "numero de dossier", "file number", "id"},
	FirstName:  {"prenom", "first name", "firstname", "prenoms"},
	FamilyName: {"nom", "nom de famille", "nom usuel", "nom d usage", "usual name", "last name", "lastname", "family name"},
	Birth:      {"date de naissance", "ne le", "nee le", "naissance", "birth date", "date of birth", "birthdate"},
	Phone:      {"telephone", "tel", "portable", "mobile", "phone", "phone1", "telephone 1"},
	Email:      {"email", "e mail", "courriel", "mail", "adresse electronique"},
	Street:     {"adresse", "rue", "street", "address", "address1"},
	Complement: {"adresse complement", "complement d adresse", "complement", "address complement", "address2"},
	Postcode:   {"code postal", "cp", "zipcode", "postal code", "postcode"},
	Town:       {"ville", "commune", "city", "town"},
}

// Column is a heading of the file, and what it becomes.
type Column struct {
	Heading string
	Field   Field
}

// Row is one line of the file, as it was understood.
type Row struct {
	Line      int // of the table, its headings being the first: what a spreadsheet shows beside it
	Reference string
	Form      people.Form
	Address   Address
	Remarks   []Remark
	Outcome   Outcome
	Of        int               // the line of this file that it repeats; 0: none
	SamePhone int               // another line with the same telephone, and somebody else's name; 0: none
	Known     []record.PersonID // whom it resembles among those whom the service knows; Compared says it
}

// Address is where somebody can be written to. It is kept apart from her name
// and telephone: some addresses protect (S-41).
type Address struct{ Email, Street, Complement, Postcode, Town string }

// Remark is what was left out of a row, and why: one of the catalogue's remarks on a list.
type Remark struct {
	Field Field
	Key   string
}

// Outcome is what becomes of a row, before anybody decided.
type Outcome uint8

// The outcomes.
const (
	Fresh   Outcome = iota // is received
	Alike                  // seems to be somebody already there: somebody decides
	Refused                // its number is another person's, or it names nobody
)

// Sheet is a file that was read. Nothing of it is kept anywhere.
type Sheet struct {
	Taken []Column
	Left  []string // headings of the columns that are not taken
	Rows  []Row
	kept  [][]string // every line, the cells of the columns left emptied
}

// Text is the sheet as it may be kept: a file that says the same of the columns
// taken, and nothing of the others (C-06).
func (s Sheet) Text() (string, error) {
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Comma = ';'
	if err := w.WriteAll(s.kept); err != nil {
		return "", fault.Because(fault.Internal, err)
	}
	return out.String(), nil
}

// keep keeps a line; of the headings, columns being nil, every one.
func (s *Sheet) keep(cells []string, columns map[int]Field) {
	line := make([]string, len(cells))
	for i, cell := range cells {
		if _, taken := columns[i]; taken || columns == nil {
			line[i] = cell
		}
	}
	s.kept = append(s.kept, line)
}

// Read reads a file of persons: columns found by their headings, separated by
// semicolons, commas or tabs; UTF-8, or what spreadsheets on Windows write. Errors are
// faults with a sentence: too large, not a table, no column of names.
func Read(file []byte, now time.Time) (Sheet, error) {
	if len(file) > MaxBytes {
		return Sheet{}, fault.New(fault.Invalid, "fault.import_large")
	}
	text, err := decoded(file)
	if err != nil {
		return Sheet{}, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(text), -1, true
	first, err := r.Read()
	if err != nil {
		return Sheet{}, fault.New(fault.Invalid, "fault.import_table")
	}
	var s Sheet
	columns, err := s.columns(first)
	if err != nil {
		return Sheet{}, err
	}
	s.keep(first, nil)
	for line := 2; ; line++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Sheet{}, fault.New(fault.Invalid, "fault.import_table")
		}
		if line > MaxRows+1 {
			return Sheet{}, fault.New(fault.Invalid, "fault.import_long")
		}
		s.keep(cells, columns)
		if row, ok := readRow(line, cells, columns, now); ok {
			s.Rows = append(s.Rows, row)
		}
	}
	if len(s.Rows) == 0 {
		return Sheet{}, fault.New(fault.Invalid, "fault.import_empty")
	}
	s.compare(now)
	return s, nil
}

// decoded is a file as composed text.
func decoded(file []byte) (string, error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		var err error
		if file, err = charmap.Windows1252.NewDecoder().Bytes(file); err != nil {
			return "", fault.New(fault.Invalid, "fault.import_table")
		}
	}
	if bytes.IndexByte(file, 0) >= 0 {
		return "", fault.New(fault.Invalid, "fault.import_table") // a spreadsheet or a picture, not its text
	}
	return norm.NFC.String(string(file)), nil
}

// separator is the sign that the headings use most.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	best := ';'
	for _, c := range ",\t" {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

// columns says which column becomes which field; the first of a kind is taken.
func (s *Sheet) columns(cells []string) (map[int]Field, error) {
	columns, seen := make(map[int]Field), make(map[Field]bool)
	for i, cell := range cells {
		f := fieldOf(fold(cell))
		if f == "" || seen[f] {
			s.Left = append(s.Left, strings.TrimSpace(cell))
			continue
		}
		columns[i], seen[f] = f, true
		s.Taken = append(s.Taken, Column{strings.TrimSpace(cell), f})
	}
	if !seen[FirstName] && !seen[FamilyName] {
		return nil, fault.New(fault.Invalid, "fault.import_names")
	}
	return columns, nil
}

func fieldOf(heading string) Field {
	for f, all := range headings {
		if slices.Contains(all, heading) {
			return f
		}
	}
	return ""
}

// readRow reads the cells that are taken, and looks at no other. ok is false for an
// empty line.
func readRow(line int, cells []string, columns map[int]Field, now time.Time) (Row, bool) {
	in := make(map[Field]string)
	for i, f := range columns {
		if i < len(cells) {
			if s := clean(cells[i]); s != "" {
				in[f] = s
			}
		}
	}
	if len(in) == 0 {
		return Row{}, false
	}
	row := Row{Line: line, Reference: in[Reference]}
	row.Form = people.Form{Name: in[FirstName], FamilyName: in[FamilyName], Birth: in[Birth], Phone: in[Phone]}
	row.Address = Address{in[Email], in[Street], in[Complement], in[Postcode], in[Town]}
	if row.Form.Name == "" { // an alias, or a family name alone: something to call her by
		row.Form.Name, row.Form.FamilyName = row.Form.FamilyName, ""
	}
	row.leaveOut(now)
	return row, true
}

// leaveOut empties the cells that say nothing sure: the report tells each.
func (r *Row) leaveOut(now time.Time) {
	for _, wrong := range fault.AllFields(r.Form.Check(now)) {
		switch Field(wrong.Field) {
		case Birth:
			r.remark(Birth, "not_a_date", &r.Form.Birth)
		case Phone:
			r.remark(Phone, "not_a_phone", &r.Form.Phone)
		case FirstName:
			r.Outcome = Refused // nothing to call her by, or more than a name
			r.remark(FirstName, "no_name", nil)
		case FamilyName:
			r.remark(FamilyName, "too_long", &r.Form.FamilyName)
		}
	}
	for _, cell := range []struct {
		field Field
		text  *string
	}{
		{Reference, &r.Reference},
		{Email, &r.Address.Email},
		{Street, &r.Address.Street},
		{Complement, &r.Address.Complement},
		{Postcode, &r.Address.Postcode},
		{Town, &r.Address.Town},
	} {
		if utf8.RuneCountInString(*cell.text) > longest {
			r.remark(cell.field, "too_long", cell.text)
		}
	}
}

const longest = 300 // characters of a cell

func (r *Row) remark(f Field, key string, emptied *string) {
	r.Remarks = append(r.Remarks, Remark{f, key})
	if emptied != nil {
		*emptied = ""
	}
}

// clean is a cell without what no keyboard types. A formula is text like another:
// nothing here computes it.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\r' || c == '\t':
			return ' '
		case unicode.IsControl(c):
			return -1
		}
		return c
	}, s))
}

// fold is a text without accents, capitals or signs: words with one space between.
func fold(s string) string {
	letters := strings.Map(func(c rune) rune {
		switch {
		case unicode.Is(unicode.Mn, c):
			return -1
		case unicode.IsLetter(c), unicode.IsDigit(c):
			return unicode.ToLower(c)
		}
		return ' '
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(letters), " ")
}
