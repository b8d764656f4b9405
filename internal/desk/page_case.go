// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// NoteView is one note of a timeline, newest first.
type NoteView struct {
	ID string
	Meta
	Words     confided.Text
	Origin    record.Origin
	Corrected bool
	Moved     bool // a stub: the note went to another dossier
	MovedBy   string
	MovedAt   time.Time

	ReadUpToHere bool // the first note I had read already: the line stands above it
	MayCorrect   bool
	MayNarrow    bool
	MayMove      bool
}

// CasePage is GET /cases/{id}.
type CasePage struct {
	web.Page
	ID         string
	PersonID   string
	Name       confided.Text
	Birth      time.Time
	Age        int
	Language   confided.Text
	Contact    confided.Text
	NoVoice    bool
	Family     Family
	Reaching   Reaching
	Referent   string
	ReferentMe bool
	Service    string
	Opened     time.Time
	Notes      []NoteView
	Papers     []DocumentLine
	Readers    Audience
	Beside     []PartReader
	MayNote    bool
	Within     confided.Text // what was looked for in it
}

// noteLine is a note as its template shows it: each word of ours is said once in
// Go, because a template's action costs more than the sentence.
type noteLine struct {
	ID, Ink                                   string
	SoFar                                     string // the line above the first note read already
	Head, Erases, Date, Day, Tail, Origin     string
	Words                                     confided.Text
	Moved                                     bool
	Corrected, MayCorrect, MayNarrow, MayMove bool
}

// Timeline returns the notes as they are shown.
func (p *CasePage) Timeline() []noteLine {
	out := make([]noteLine, 0, len(p.Notes))
	for i := range p.Notes {
		out = append(out, p.line(&p.Notes[i]))
	}
	return out
}

func (p *CasePage) line(v *NoteView) noteLine {
	l := noteLine{
		ID: v.ID, Ink: string(v.Ink), Words: v.Words, Moved: v.Moved, Corrected: v.Corrected,
		MayCorrect: v.MayCorrect, MayNarrow: v.MayNarrow, MayMove: v.MayMove,
	}
	if v.ReadUpToHere {
		l.SoFar = p.T("page.case.so_far")
	}
	if v.Moved {
		l.Head, l.Date, l.Day = p.T("page.case.moved", v.MovedBy), p.Machine(v.MovedAt), p.Day(v.MovedAt)
		return l
	}
	l.Head, l.Date, l.Day, l.Tail = p.head(&v.Meta), p.Machine(v.Day), p.Day(v.Day), p.tail(&v.Meta)
	l.Origin = p.Of("origin", v.Origin)
	if !v.Erases.IsZero() {
		l.Erases = p.T("note.erases", p.PlainDay(v.Erases))
	}
	return l
}

// head says in which ink a note is, and for whom.
func (p *CasePage) head(m *Meta) string {
	ink := p.Of("ink", m.Ink)
	switch {
	case m.Ink != InkReserved:
		return ink
	case len(m.Named) == 0:
		return ink + " " + p.T("note.to_me")
	case m.Mine:
		return ink + " " + p.T("note.to_me_and", p.Names(m.Named))
	}
	return ink + " " + p.T("note.to", p.Names(m.Named))
}

// tail says who wrote a note, what kind it is and how many have read it.
func (p *CasePage) tail(m *Meta) string {
	who := m.Author
	if m.Mine {
		who = p.T("you")
	}
	said := who + " · " + p.Of("kind", m.Kind)
	if m.ReadOf > 0 && !m.HideRead {
		said += " · " + p.T("note.read", m.ReadBy, m.ReadOf)
	}
	return said
}

// PartReader is a colleague who reads some notes of a dossier and not the others.
type PartReader struct {
	Name  string
	Notes int
}

// NotePage writes a note: GET /cases/{id}/notes/new posting to
// /cases/{id}/notes, GET /persons/{id}/notes/new posting to
// /persons/{id}/notes when there is no dossier yet, and GET and POST
// /notes/{id}/correct.
type NotePage struct {
	web.Page
	ID       string // the note to be: posted twice, it is written once
	Action   string
	Cancel   string // the dossier or the person
	Preview  string // POST: the audience line for the choice made, a part of this page
	DraftTo  string // POST: keeps the draft
	DraftID  string
	DraftAt  time.Time // when it was last kept, zero if never
	Version  string    // of the note corrected, for conflicts
	Correct  bool
	Opens    bool // saving opens the dossier
	Name     confided.Text
	Words    confided.Text
	Kind     record.NoteKind
	Kinds    []record.NoteKind
	Date     time.Time       // the day it happened
	TypedDay string          // the same as typed, when it was not understood
	Minutes  int             // how long it lasted; 0: not said
	From     *AppointmentRow // the appointment that it is about
	Origin   record.Origin
	Origins  []record.Origin
	Ink      Ink
	Inks     []Ink
	Usual    Ink      // the team's usual one
	Readers  []Choice // colleagues who may be named for réservé
	Audience Audience
	Theirs   *WordsBy // somebody else's version, kept beside mine
	Older    *WordsBy // another draft of mine, kept beside this one
}

// Sensitive reports whether what is written asks to be weighed.
func (page *NotePage) Sensitive() bool { return sensitive(page.Words) }

// NoteReader is one reader of a note.
type NoteReader struct {
	ID        string
	Name      string
	Me        bool
	Wrote     bool
	Read      time.Time // last opening, zero if none
	Removable bool
}

// NoteReadersPage is GET /notes/{id}/readers: narrowing posts a reader to
// /notes/{id}/narrow, widening a name and a reason to /notes/{id}/widen.
type NoteReadersPage struct {
	web.Page
	ID         string
	CaseID     string
	Name       confided.Text
	Meta       Meta
	Readers    []NoteReader
	Colleagues []Choice
	Reasons    []record.Reason
	Emergency  Emergency
}

// NoteMovePage is GET and POST /notes/{id}/move.
type NoteMovePage struct {
	web.Page
	ID     string
	CaseID string
	Meta   Meta
	Words  confided.Text
	Cases  []CaseRow
}

// ReadBy is one reader and the day of the last reading.
type ReadBy struct {
	Name string
	Me   bool
	At   time.Time
}

// NoteResultPage tells what a narrowing or a move cannot undo: who had read.
type NoteResultPage struct {
	web.Page
	Act    string // narrowed or moved
	CaseID string
	Had    []ReadBy
}

// VersionView is one version of a note.
type VersionView struct {
	N     int
	Words confided.Text
	By    string
	Mine  bool
	At    time.Time
}

// NoteVersionsPage is GET /notes/{id}/versions, newest first.
type NoteVersionsPage struct {
	web.Page
	CaseID   string
	Name     confided.Text
	Meta     Meta
	Versions []VersionView
}

// ReaderRow is one line of Qui peut lire.
type ReaderRow struct {
	Grant     string
	Name      string
	Me        bool
	Reception int // so many others, for the accueil line; Name is the service
	Referent  bool
	Reason    record.Reason
	Identity  bool
	Case      bool
	Shared    bool
	Reserved  int // notes named to this reader
	Since     time.Time
	Until     time.Time
	Stoppable bool
}

// ReadingRow is one line of Qui a lu: by day, never by hour.
type ReadingRow struct {
	Day      time.Time
	Name     string
	Me       bool
	Identity bool // the person's name or how to reach her
	Number   int  // of notes of the dossier opened that day
}

// NoteRef names a note in a list of choices.
type NoteRef struct {
	ID     string
	Day    time.Time
	Kind   record.NoteKind
	Author string
	Mine   bool
	Chosen bool
}

// ReadersPage is GET /cases/{id}/readers?days=all&note=…: who can read, who has
// read. Stopping posts to /cases/{id}/readers/{grant}/stop.
type ReadersPage struct {
	web.Page
	ID        string
	Name      confided.Text
	Reader    string // of the page: her name on paper
	Rows      []ReaderRow
	Emergency Emergency
	Readings  []ReadingRow
	Notes     []NoteRef
	All       bool // everything, not only 30 days
	MayAdd    bool
}

// ReaderAddPage is GET and POST /cases/{id}/readers/add.
type ReaderAddPage struct {
	web.Page
	ID         string
	Name       confided.Text
	Notes      int // already written, which the new reader will open too
	Colleagues []Choice
	Reasons    []record.Reason
	Reason     record.Reason
	Until      string // as typed
}
