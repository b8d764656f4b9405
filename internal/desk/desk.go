// SPDX-License-Identifier: AGPL-3.0-or-later

// Package desk is the members' pages. Each page is a folder of page/, a struct
// that says all it can show, and a handler. What was confided is
// confided.Text in the structs and {{.X.Reveal}} in the templates, nothing
// else; names of members and services are plain strings, ids are opaque
// strings, and templates ask the page's printer for every other word.
package desk

import (
	"embed"
	"io/fs"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

//go:embed page
var files embed.FS

// LoadPages parses the templates of every page.
func LoadPages() (*web.Pages, error) {
	root, err := fs.Sub(files, "page")
	if err != nil {
		return nil, err
	}
	return web.ParsePages(root)
}

// Ink is what the screen shows of a circle: who reads.
type Ink string

// The five inks of look.md. The values name CSS classes and catalogue keys.
const (
	InkOffice   Ink = "office"
	InkCase     Ink = "case"
	InkReserved Ink = "reserved"
	InkShared   Ink = "shared"
	InkScratch  Ink = "scratch"
)

// NoteInks are those a note may be written in, in the order shown.
func NoteInks() []Ink { return []Ink{InkCase, InkReserved, InkShared, InkScratch} }

// Choice is one entry of a list to choose from: a service, a colleague.
type Choice struct {
	ID, Name string
	Detail   string // a function or a service, already in words
	Chosen   bool
}

// Step is where a page stands in a sequence: step N of Of. The zero value shows
// nothing.
type Step struct{ N, Of int }

// Emergency is who could open in an emergency, with an alert. Computed from the
// keys: Names are the living holders of the service's emergency key who do not
// read already.
type Emergency struct {
	Off   bool // switched off by the organisation
	Never bool // the ink is one that no emergency opens
	Names []string
}

// foldAt is how many names a sentence shows before it folds the rest (look.md).
const foldAt = 7

// Audience is the sentence that says who will read a note: names and a count,
// computed from the keys, never declared.
type Audience struct {
	Document  bool // of a document, not of a note
	Ink       Ink
	Me        bool     // the reader of the page is among the readers
	Readers   []string // the others, in the order shown
	Person    confided.Text
	WithHer   bool // the person reads too
	Team      string
	Emergency Emergency
}

// Count returns how many members will read.
func (a Audience) Count() int {
	if a.Me {
		return len(a.Readers) + 1
	}
	return len(a.Readers)
}

// Shown returns the names that the sentence says; you comes first.
func (a Audience) Shown(you string) []string {
	var names []string
	if a.Me {
		names = append(names, you)
	}
	names = append(names, a.Readers...)
	if len(names) > foldAt {
		names = names[:foldAt-1]
	}
	return names
}

// Folded returns the names that the sentence folds into a count.
func (a Audience) Folded() []string {
	if a.Count() <= foldAt {
		return nil
	}
	return a.Readers[foldAt-1-(a.Count()-len(a.Readers)):]
}

// CaseRow is one dossier in a list.
type CaseRow struct {
	ID         string
	Name       confided.Text
	Referent   string
	ReferentMe bool
	MayNote    bool
}

// WordsBy is a text with its author and day: what is shown beside ours when
// two people wrote.
type WordsBy struct {
	Words confided.Text
	By    string
	At    time.Time
}

// Meta is what the small line of a note says.
type Meta struct {
	Ink      Ink
	Named    []string // for réservé: who, without me
	Author   string
	Mine     bool
	Day      time.Time
	Kind     record.NoteKind
	Erases   time.Time // for bloc-notes
	ReadBy   int
	ReadOf   int
	HideRead bool // nobody else reads: no count to show
}
