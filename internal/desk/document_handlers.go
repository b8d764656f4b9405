// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) documentRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /cases/{id}/documents/new":     d.in(d.documentNew),
		"POST /cases/{id}/documents":        d.sending(d.documentAdd),
		"GET /notes/{note}/documents/new":   d.in(d.documentNew),
		"POST /notes/{note}/documents":      d.sending(d.documentAdd),
		"GET /documents/{document}":         d.in(d.documentShow),
		"GET /documents/{document}/content": d.in(d.documentContent),
		"GET /documents/{document}/keep":    d.in(d.documentContent),
		"POST /documents/{document}/remove": d.in(d.documentRemove),
	}
}

// uploads says which requests carry a file.
func uploads(r *http.Request) bool {
	return r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/documents") || r.URL.Path == "/imports")
}

// shows says what the page of a document shows by itself.
func shows(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/documents/") && strings.HasSuffix(r.URL.Path, "/content")
}

// attaching is where a file goes: a dossier, or beside a note.
func (d *Desk) attaching(r *http.Request, by *strongroom.Unlocked) (*DocumentNewPage, document.Draft, error) {
	if r.PathValue("note") != "" {
		return d.attachingBeside(r, by)
	}
	p, err := d.place(r, by)
	if err != nil {
		return nil, document.Draft{}, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, document.Draft{}, err
	}
	page := d.documentNewPage(r, p)
	page.Action, page.Cancel = p.at+"/documents", p.at
	page.Audience, err = d.audience(r.Context(), by, n, p, InkCase, nil)
	page.Audience.Document = true
	return page, document.Draft{Case: p.dossier.ID}, err
}

func (d *Desk) attachingBeside(r *http.Request, by *strongroom.Unlocked) (*DocumentNewPage, document.Draft, error) {
	note, c, err := d.ownNote(r, by)
	if err != nil {
		return nil, document.Draft{}, err
	}
	p, err := d.complete(r.Context(), by, place{dossier: c, at: "/cases/" + c.ID.String()})
	if err != nil {
		return nil, document.Draft{}, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, document.Draft{}, err
	}
	page := d.documentNewPage(r, p)
	page.Action, page.Cancel = "/notes/"+note.ID.String()+"/documents", p.at
	m := d.meta(by, n, note)
	page.Beside, page.Audience = m.Day, n.audience(by.Member(), m.Ink, note.Readers, p.who, p.service)
	page.Audience.Document = true
	return page, document.Draft{Case: c.ID, Note: note.ID}, nil
}

func (d *Desk) documentNewPage(r *http.Request, p place) *DocumentNewPage {
	page := &DocumentNewPage{
		Page: d.base(r, "cases"), ID: record.NewID[record.Object]().String(), Name: p.who.Called(), Date: d.now(),
		Most: document.MaxSize >> 20,
	}
	page.Seal = true
	return page
}

func (d *Desk) documentNew(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.attaching(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "document_new", page)
}

// documentAdd saves a file as it comes.
func (d *Desk) documentAdd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, u *web.Upload) error {
	page, draft, err := d.attaching(r, by)
	if err != nil {
		return err
	}
	draft.ID, draft.Title, draft.Day = posted[record.Object](u.Form, "id"), u.Name("title", 200), page.Date
	page.ID, page.Title, page.TypedDay = draft.ID.String(), draft.Title, u.Line("day", 32)
	if day := u.Day("day", d.now()); !day.IsZero() {
		draft.Day = day
	}
	if err = u.Err(); err == nil {
		err = d.Document.Add(r.Context(), by, draft, u.File)
	}
	if err != nil {
		u.Drain()
		return web.Again("document_new", page, err)
	}
	return d.site.SeeOther(w, r, "/documents/"+draft.ID.String(), "document_saved")
}

func (d *Desk) documentShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "document")
	if err != nil {
		return err
	}
	paper, err := d.Document.Document(r.Context(), by, id)
	if err != nil {
		return err
	}
	page, err := d.documentPage(r, by, paper)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "document", page)
}

func (d *Desk) documentPage(r *http.Request, by *strongroom.Unlocked, paper document.Document) (*DocumentPage, error) {
	c, err := d.Cases.Readable(r.Context(), by, paper.Case)
	if err != nil {
		return nil, err
	}
	p, err := d.complete(r.Context(), by, place{dossier: c})
	if err != nil {
		return nil, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, err
	}
	page := &DocumentPage{
		Page: d.base(r, "cases"), ID: paper.ID.String(), CaseID: paper.Case.String(), Title: paper.Title, Dated: d.dayOf(paper),
		Author: n.of(paper.Author), Mine: paper.Author == by.Member(), At: time.Unix(paper.At, 0),
		Media: mediaKey(paper.Media), Image: paper.Media.Image(), Shown: paper.Media.Shown(), Removed: paper.Removed, Why: paper.Why,
		Audience: n.audience(by.Member(), inkOf(paper.Ink), paper.Readers, p.who, p.service),
	}
	page.Seal, page.Length, page.Audience.Document = true, paper.Length, true
	page.MayRemove = page.Mine && !paper.Removed
	if paper.Removed {
		days, err := d.Document.Backups(r.Context())
		if err != nil {
			return nil, err
		}
		page.Gone = upkeep.Date(upkeep.GoneOn(upkeep.DayOf(page.At)+1, days)) // swept in the night that follows
	}
	return page, nil
}

func (d *Desk) dayOf(paper document.Document) time.Time {
	day, _ := time.ParseInLocation(time.DateOnly, paper.Day.Reveal(), d.now().Location())
	return day
}

// documentContent is the file itself: shown where the browser shows it, else kept.
func (d *Desk) documentContent(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "document")
	if err != nil {
		return err
	}
	paper, content, err := d.Document.Content(r.Context(), by, id)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	keep := strings.HasSuffix(r.URL.Path, "/keep") || !paper.Media.Shown()
	name := "piece-" + d.dayOf(paper).Format(time.DateOnly) + paper.Media.Extension()
	return web.Content(w, string(paper.Media), name, paper.Length, keep, content)
}

// documentRemove takes a document away, for a reason.
func (d *Desk) documentRemove(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "document")
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	why := f.Name("why", 500)
	if err = f.Err(); err == nil {
		_, err = d.Document.Remove(r.Context(), by, id, why)
	}
	if err == nil {
		return d.site.SeeOther(w, r, "/documents/"+id.String(), "document_removed")
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	paper, again := d.Document.Document(r.Context(), by, id)
	if again != nil {
		return again
	}
	page, again := d.documentPage(r, by, paper)
	if again != nil {
		return again
	}
	return web.Again("document", page, err)
}

// documentLines are the documents of a dossier.
func (d *Desk) documentLines(by *strongroom.Unlocked, n names, all []document.Document) []DocumentLine {
	var out []DocumentLine
	for _, paper := range all {
		out = append(out, DocumentLine{
			ID: paper.ID.String(), Title: paper.Title, Day: d.dayOf(paper), Author: n.of(paper.Author),
			Mine: paper.Author == by.Member(), Media: mediaKey(paper.Media), Removed: paper.Removed, RemovedAt: time.Unix(paper.At, 0),
		})
	}
	return out
}
