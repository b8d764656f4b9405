// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/web"
)

// DocumentLine is one document in the list of a dossier.
type DocumentLine struct {
	ID        string
	Title     confided.Text
	Day       time.Time
	Author    string
	Mine      bool
	Media     string // key of its type's name
	Removed   bool
	RemovedAt time.Time
}

// DocumentNewPage attaches a file: GET /cases/{id}/documents/new posting to
// /cases/{id}/documents, GET /notes/{note}/documents/new posting to
// /notes/{note}/documents.
type DocumentNewPage struct {
	web.Page
	ID       string // the document to be: posted twice, it is written once
	Action   string
	Cancel   string
	Name     confided.Text
	Beside   time.Time // day of the note that it stands beside; zero: none
	Title    confided.Text
	Date     time.Time
	TypedDay string
	Audience Audience
	Most     int // megabytes
}

// Typed is the day as it stands in the form.
func (p *DocumentNewPage) Typed() string {
	if p.TypedDay != "" {
		return p.TypedDay
	}
	return p.Date.Format("02/01/2006")
}

// DocumentPage is GET /documents/{document}: removing posts a reason to
// /documents/{document}/remove.
type DocumentPage struct {
	web.Page
	ID        string
	CaseID    string
	Title     confided.Text
	Dated     time.Time
	Author    string
	Mine      bool
	At        time.Time
	Media     string // key of its type's name
	Image     bool
	Shown     bool // the browser shows it
	Length    int64
	Audience  Audience
	MayRemove bool
	Removed   bool
	Why       confided.Text
	Gone      time.Time // of a removed one: in no backup any more
}

// Size says how long the file is.
func (p *DocumentPage) Size() string {
	if p.Length >= 1<<20 {
		return p.T("size.megabytes", (p.Length+1<<19)>>20)
	}
	return p.T("size.kilobytes", max(p.Length>>10, 1))
}

// mediaKey is the word for a type.
func mediaKey(m document.Media) string {
	switch {
	case m == document.PDF:
		return "pdf"
	case m.Image():
		return "image"
	case m == document.Plain:
		return "text"
	}
	return "office"
}
