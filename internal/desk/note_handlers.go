// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) noteRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /cases/{id}/notes/new":             d.in(d.noteNew),
		"POST /cases/{id}/notes":                d.in(d.noteAdd),
		"POST /cases/{id}/notes/audience":       d.in(d.noteAudience),
		"GET /persons/{person}/notes/new":       d.in(d.noteNew),
		"POST /persons/{person}/notes":          d.in(d.noteAdd),
		"POST /persons/{person}/notes/audience": d.in(d.noteAudience),
	}
}

// place is where a note is being written: in a dossier, or on somebody whose
// first note opens one.
type place struct {
	dossier cases.Dossier
	plan    *cases.Plan
	who     people.Person
	service record.Service
	at      string // path of the dossier or the person
}

func (d *Desk) place(r *http.Request, by *strongroom.Unlocked) (place, error) {
	if r.PathValue("person") != "" {
		return d.firstPlace(r, by)
	}
	id, err := path[record.Case](r, "id")
	if err != nil {
		return place{}, err
	}
	c, err := d.Cases.Writable(r.Context(), by, id)
	if err != nil {
		return place{}, err
	}
	return d.complete(r.Context(), by, place{dossier: c, at: "/cases/" + id.String()})
}

// firstPlace is a person without a dossier of the member's; with one, her note
// goes there.
func (d *Desk) firstPlace(r *http.Request, by *strongroom.Unlocked) (place, error) {
	id, err := path[record.Person](r, "person")
	if err != nil {
		return place{}, err
	}
	mine, err := d.Cases.Of(r.Context(), by, id)
	if err != nil {
		return place{}, err
	}
	for _, c := range mine {
		if c.Reads && c.Case.Open {
			return d.complete(r.Context(), by, place{dossier: c, at: "/cases/" + c.ID.String()})
		}
	}
	plan, err := d.Cases.Plan(r.Context(), by, record.NewID[record.Case](), id)
	if err != nil {
		return place{}, err
	}
	return d.complete(r.Context(), by, place{dossier: cases.Dossier{Case: plan.Case}, plan: &plan, at: "/persons/" + id.String()})
}

func (d *Desk) complete(ctx context.Context, by *strongroom.Unlocked, p place) (place, error) {
	var err error
	if p.who, err = d.first(ctx, by, p.dossier); err != nil {
		return p, err
	}
	p.service, err = d.Directory.Service(ctx, p.dossier.Service)
	return p, err
}

// audience computes who will read what is about to be written.
func (d *Desk) audience(ctx context.Context, by *strongroom.Unlocked, n names, p place, ink Ink, named []record.MemberID) (Audience, error) {
	var a cases.Audience
	var err error
	if p.plan != nil {
		a, err = d.Cases.WillOpen(ctx, by, *p.plan, circleOf(ink), named)
	} else {
		a, err = d.Cases.Will(ctx, by, p.dossier, circleOf(ink), p.dossier.Persons[0], named)
	}
	return n.audience(by.Member(), ink, a, p.who, p.service), err
}

func (d *Desk) noteNew(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	p, err := d.place(r, by)
	if err != nil {
		return err
	}
	if r.PathValue("person") != "" && p.plan == nil { // she has a dossier: what waits there is found by its address
		at := p.at + "/notes/new"
		if r.URL.RawQuery != "" {
			at += "?" + r.URL.RawQuery
		}
		return d.site.SeeOther(w, r, at, "")
	}
	page, err := d.notePage(r, by, p)
	if err != nil {
		return err
	}
	if err := d.noteFrom(r, by, p, page); err != nil {
		return err
	}
	if err := d.noteChoices(r.Context(), by, p, nil, page); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "note", page)
}

func (d *Desk) notePage(r *http.Request, by *strongroom.Unlocked, p place) (*NotePage, error) {
	usual, err := d.Organisation.Settings(r.Context(), by, p.dossier.Service)
	if fault.KindOf(err) == fault.Withheld { // she has a place in the case and none in the service
		usual, err = organisation.Settings{Ink: record.CaseCircle}, nil
	}
	if err != nil {
		return nil, err
	}
	ink := inkOf(usual.Ink)
	page := &NotePage{
		Page: d.base(r, "cases"), ID: record.NewID[record.Object]().String(), DraftID: record.NewID[record.Draft]().String(),
		Action: p.at + "/notes", Cancel: p.at, Preview: p.at + "/notes/audience", DraftTo: draftsPath,
		Opens: p.plan != nil, Name: p.who.Called(),
		Kind: record.NoteInterview, Kinds: record.NoteKinds(), Date: d.now(), Origins: record.Origins(),
		Ink: ink, Inks: NoteInks(), Usual: ink,
	}
	page.Seal = true
	return page, nil
}

// noteFrom takes what an appointment tells of a note about it: what is known is not
// typed twice (P-02). One that is not hers, or of somebody else, tells nothing.
func (d *Desk) noteFrom(r *http.Request, by *strongroom.Unlocked, p place, page *NotePage) error {
	id, err := record.ParseID[record.Appointment](r.URL.Query().Get("appointment"))
	if err != nil {
		return nil //nolint:nilerr // a note about no appointment
	}
	a, err := d.Agenda.Get(r.Context(), by, id)
	if fault.KindOf(err) == fault.Withheld || err == nil && a.Person != p.dossier.Persons[0] {
		return nil
	}
	if err != nil {
		return err
	}
	row := d.appointmentRow(by, nil, a)
	page.From, page.Minutes, page.Kind = &row, row.Minutes, a.Medium.Note()
	if row.Start.Before(d.now().AddDate(0, 0, 1)) {
		page.Date = row.Start
	}
	return nil
}

// noteChoices adds the colleagues who may be named, and the sentence.
func (d *Desk) noteChoices(ctx context.Context, by *strongroom.Unlocked, p place, named []record.MemberID, page *NotePage) error {
	n, err := d.names(ctx)
	if err != nil {
		return err
	}
	if page.Readers, err = d.colleagues(ctx, n, p.dossier.Service, named, by.Member()); err != nil {
		return err
	}
	page.Audience, err = d.audience(ctx, by, n, p, page.Ink, named)
	return err
}

// read takes a posted note into its page and into the room's draft.
func (page *NotePage) read(f *web.Form, now time.Time) casework.Draft {
	kept, id := posted[record.Draft](f, "draft"), posted[record.Object](f, "id")
	page.ID, page.DraftID, page.Version = id.String(), kept.String(), f.Line("version", 12)
	page.Words = f.Words("words", 1<<20)
	page.Kind = record.NoteKind(cmp.Or(f.Line("kind", 20), string(page.Kind)))
	page.Origin = record.Origin(f.Line("origin", 20))
	page.Minutes = f.Number("minutes", 0, 24*60)
	page.TypedDay = f.Line("day", 32)
	if day := f.Day("day", now); !day.IsZero() {
		page.Date = day
	}
	if ink := Ink(f.Line("ink", 20)); slices.Contains(page.Inks, ink) {
		page.Ink = ink
	} else if ink != "" {
		f.Fail("ink", "form.choice")
	}
	return casework.Draft{
		ID: id, Ink: circleOf(page.Ink), Words: page.Words.Reveal(), Kind: page.Kind, Day: page.Date, Origin: page.Origin, Minutes: page.Minutes,
		Named: ticked[record.Member](f, "reader"), Kept: kept,
	}
}

// noteAdd saves a note. The audience is computed again by the room that seals.
func (d *Desk) noteAdd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := d.place(r, by)
	if err != nil {
		return err
	}
	page, err := d.notePage(r, by, p)
	if err != nil {
		return err
	}
	draft := page.read(f, d.now())
	draft.Case, draft.Person = p.dossier.ID, p.dossier.Persons[0]
	if p.plan != nil {
		draft.Case = record.CaseID{}
	}
	at, err := d.noteWrite(r, by, f, draft, page)
	if err == nil && !f.Ticked("preview") {
		return d.site.SeeOther(w, r, "/cases/"+at.String(), "note_saved")
	}
	if again := d.noteChoices(r.Context(), by, p, draft.Named, page); again != nil {
		return again
	}
	if err != nil {
		return web.Again("note", page, renamed(d.unwritten(r, by, f, err), "member", "reader"))
	}
	return d.site.Render(w, r, http.StatusOK, "note", page) // without script: who will read, for this choice
}

// noteWrite writes the note of a form, once. The form posted again, as it was, is
// answered as the first time; with other words, it is another note, to be saved
// as such: nothing typed is lost.
func (d *Desk) noteWrite(r *http.Request, by *strongroom.Unlocked, f *web.Form, draft casework.Draft, page *NotePage) (record.CaseID, error) {
	if err := f.Err(); err != nil || f.Ticked("preview") {
		return draft.Case, err
	}
	at, written, err := d.Casework.Written(r.Context(), by, draft.ID)
	if err != nil || !written {
		if err == nil {
			at, err = d.Casework.AddNote(r.Context(), by, draft)
		}
		return at, err
	}
	note, err := d.Casework.Note(r.Context(), by, draft.ID)
	if err != nil || note.Words.Equal(page.Words) {
		return at, err
	}
	page.ID = record.NewID[record.Object]().String()
	return at, fault.New(fault.Conflict, "fault.note_written")
}

// resumeNote shows the form of a note that waits.
func (d *Desk) resumeNote(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, form waiting, f *web.Form) error {
	p, err := d.place(r, by)
	if err != nil {
		return err
	}
	page, err := d.notePage(r, by, p)
	if err != nil {
		return err
	}
	draft := page.read(f, d.now())
	if err := d.resumed(r.Context(), by, form, f, draft.ID, page); err != nil {
		return err
	}
	if err := d.noteChoices(r.Context(), by, p, draft.Named, page); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "note", page)
}

// resumed gives a resumed page its draft, and the other draft of the same form
// when a session ended in between: both texts are kept.
func (d *Desk) resumed(ctx context.Context, by *strongroom.Unlocked, form waiting, f *web.Form, id record.ObjectID, page *NotePage) error {
	page.DraftID, page.DraftAt = form.ID.String(), form.At
	if _, written, err := d.Casework.Written(ctx, by, id); err != nil || written {
		page.ID = record.NewID[record.Object]().String() // what waits was typed after the note was saved
	}
	other := posted[record.Draft](f, "draft")
	if other == form.ID {
		return nil
	}
	kept, err := d.Strong.OpenDraft(ctx, by, other)
	if fault.KindOf(err) == fault.Withheld {
		return nil
	}
	if err != nil {
		return err
	}
	if w, ok := waitingOf(kept); ok {
		if words := web.FormOf(w.Answers).Words("words", 1<<20); !words.Equal(page.Words) {
			page.Older = &WordsBy{Words: words, At: w.At}
		}
	}
	return nil
}

// noteAudience is the sentence alone, for the script that shows it as the choice
// changes.
func (d *Desk) noteAudience(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	p, err := d.place(r, by)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	page := &NotePage{Page: d.base(r, "cases")}
	ink := Ink(f.Choice("ink", string(InkCase), string(InkReserved), string(InkShared), string(InkScratch)))
	if err := f.Err(); err != nil {
		return err
	}
	if page.Audience, err = d.audience(r.Context(), by, n, p, ink, ticked[record.Member](f, "reader")); err != nil {
		return err
	}
	return d.site.RenderPart(w, r, "note", "audience", page)
}
