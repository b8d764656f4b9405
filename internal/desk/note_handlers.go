// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
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
		"GET /notes/{note}/correct":             d.in(d.noteCorrect),
		"POST /notes/{note}/correct":            d.in(d.noteSave),
		"GET /notes/{note}/versions":            d.in(d.noteVersions),
		"GET /notes/{note}/readers":             d.in(d.noteReaders),
		"POST /notes/{note}/narrow":             d.in(d.noteNarrow),
		"POST /notes/{note}/widen":              d.in(d.noteWiden),
		"GET /notes/{note}/move":                d.in(d.noteMove),
		"POST /notes/{note}/move":               d.in(d.noteMoved),
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
	page, err := d.notePage(r, by, p)
	if err != nil {
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
		ID: id, Ink: circleOf(page.Ink), Words: page.Words.Reveal(), Kind: page.Kind, Day: page.Date, Origin: page.Origin,
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
		return web.Again("note", page, renamed(err, "member", "reader"))
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

// correction fills the page of a note being corrected.
func (d *Desk) correction(r *http.Request, by *strongroom.Unlocked) (*NotePage, casework.Note, error) {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return nil, casework.Note{}, err
	}
	note, err := d.Casework.Note(r.Context(), by, id)
	if err != nil {
		return nil, note, err
	}
	c, err := d.Cases.Readable(r.Context(), by, note.Case)
	if err != nil {
		return nil, note, err
	}
	p, err := d.complete(r.Context(), by, place{dossier: c, at: "/cases/" + note.Case.String()})
	if err != nil {
		return nil, note, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, note, err
	}
	m := d.meta(by, n, note)
	page := &NotePage{
		Page: d.base(r, "cases"), Action: "/notes/" + id.String() + "/correct", Cancel: p.at, DraftTo: draftsPath,
		ID: id.String(), DraftID: record.NewID[record.Draft]().String(),
		Version: strconv.FormatUint(uint64(note.Version), 10), Correct: true, Name: p.who.Called(), Words: note.Words,
		Kind: note.Kind, Kinds: record.NoteKinds(), Date: m.Day, Origin: note.Origin, Origins: record.Origins(),
		Ink: m.Ink, Inks: []Ink{m.Ink}, Audience: n.audience(by.Member(), m.Ink, note.Readers, p.who, p.service),
	}
	page.Seal = true
	return page, note, nil
}

func (d *Desk) noteCorrect(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.correction(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "note", page)
}

// resumeCorrection shows the form of a correction that waits.
func (d *Desk) resumeCorrection(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, form waiting, f *web.Form) error {
	page, _, err := d.correction(r, by)
	if err != nil {
		return err
	}
	page.read(f, d.now())
	page.DraftID, page.DraftAt = form.ID.String(), form.At
	return d.site.Render(w, r, http.StatusOK, "note", page)
}

// noteSave writes a further version; when somebody wrote one meanwhile, both
// texts are shown.
func (d *Desk) noteSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, note, err := d.correction(r, by)
	if err != nil {
		return err
	}
	newest, theirs := page.Version, page.Words
	draft := page.read(f, d.now())
	base, _ := strconv.ParseUint(page.Version, 10, 32)
	if err = f.Err(); err == nil {
		_, err = d.Casework.Correct(r.Context(), by, note.ID, uint32(base), draft)
	}
	if fault.KindOf(err) == fault.Conflict && !page.Words.Equal(theirs) {
		n, nerr := d.names(r.Context())
		if nerr != nil {
			return nerr
		}
		page.Theirs, page.Version = &WordsBy{Words: theirs, By: n.of(note.Author), At: time.Unix(note.At, 0)}, newest
	} else if fault.KindOf(err) == fault.Conflict {
		err = nil // the same form, posted twice
	}
	if err != nil {
		return web.Again("note", page, renamed(err, "member", "reader"))
	}
	return d.site.SeeOther(w, r, "/cases/"+note.Case.String(), "note_corrected")
}

func (d *Desk) noteVersions(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return err
	}
	all, err := d.Casework.Versions(r.Context(), by, id)
	if err != nil {
		return err
	}
	_, n, who, err := d.around(r.Context(), by, all[0].Case)
	if err != nil {
		return err
	}
	last := all[len(all)-1]
	page := NoteVersionsPage{Page: d.base(r, "cases"), CaseID: last.Case.String(), Name: who.Called(), Meta: d.meta(by, n, last)}
	page.Seal = true
	for _, v := range slices.Backward(all) {
		page.Versions = append(page.Versions, VersionView{N: int(v.Version), Words: v.Words, By: n.of(v.Author), Mine: v.Author == by.Member(), At: time.Unix(v.At, 0)})
	}
	return d.site.Render(w, r, http.StatusOK, "note_versions", &page)
}

// around is a case, the names of the members, and its first person.
func (d *Desk) around(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) (cases.Dossier, names, people.Person, error) {
	c, err := d.Cases.Readable(ctx, by, id)
	if err != nil {
		return c, nil, people.Person{}, err
	}
	n, err := d.names(ctx)
	if err != nil {
		return c, nil, people.Person{}, err
	}
	who, err := d.first(ctx, by, c)
	return c, n, who, err
}

func (d *Desk) noteReaders(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return err
	}
	page, err := d.noteReadersPage(r, by, id)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "note_readers", page)
}

// unchosen shows the page of a note's readers again, saying what was not chosen.
func (d *Desk) unchosen(r *http.Request, by *strongroom.Unlocked, id record.ObjectID, why error) error {
	page, err := d.noteReadersPage(r, by, id)
	if err != nil {
		return err
	}
	return web.Again("note_readers", page, why)
}

func (d *Desk) noteReadersPage(r *http.Request, by *strongroom.Unlocked, id record.ObjectID) (*NoteReadersPage, error) {
	note, err := d.Casework.Note(r.Context(), by, id)
	if err != nil {
		return nil, err
	}
	c, n, who, err := d.around(r.Context(), by, note.Case)
	if err != nil {
		return nil, err
	}
	s, err := d.Directory.Service(r.Context(), c.Service)
	if err != nil {
		return nil, err
	}
	page := &NoteReadersPage{
		Page: d.base(r, "cases"), ID: id.String(), CaseID: note.Case.String(), Name: who.Called(), Meta: d.meta(by, n, note), Reasons: record.UsualReasons(),
		Emergency: Emergency{Off: !s.Emergency, Never: note.Ink != record.CaseCircle, Names: n.all(note.Readers.Emergency, record.MemberID{})},
	}
	page.Seal = true
	for _, m := range note.Readers.Members {
		page.Readers = append(page.Readers, NoteReader{
			ID: m.String(), Name: n.of(m), Me: m == by.Member(), Read: readOn(note, m),
			Removable: note.Author == by.Member() && m != by.Member() && note.Ink != record.Shared,
		})
	}
	if note.Ink != record.Scratchpad && (note.Author == by.Member() || c.Referent == by.Member()) {
		page.Colleagues, err = d.colleagues(r.Context(), n, c.Service, nil, note.Readers.Members...)
	}
	return page, err
}

// readOn is the day on which a colleague has read a note; zero if never.
func readOn(note casework.Note, m record.MemberID) time.Time {
	for _, one := range note.Reads {
		if one.Member == m {
			return time.Unix(int64(one.Day)*86400, 0).UTC()
		}
	}
	return time.Time{}
}

func (d *Desk) noteNarrow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, f, err := d.noteForm(r)
	if err != nil {
		return err
	}
	gone, err := chosen[record.Member](f, "reader")
	if err != nil {
		return d.unchosen(r, by, id, err)
	}
	note, err := d.Casework.Narrow(r.Context(), by, id, gone)
	if err != nil {
		return err
	}
	return d.noteResult(w, r, by, "narrowed", note)
}

func (d *Desk) noteForm(r *http.Request) (record.ObjectID, *web.Form, error) {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return id, nil, err
	}
	f, err := web.ReadForm(r)
	return id, f, err
}

// noteResult says what a narrowing or a move cannot undo: who had read.
func (d *Desk) noteResult(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, act string, note casework.Note) error {
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	page := NoteResultPage{Page: d.base(r, "cases"), Act: act, CaseID: note.Case.String()}
	for _, one := range note.Reads {
		page.Had = append(page.Had, ReadBy{Name: n.of(one.Member), Me: one.Member == by.Member(), At: time.Unix(int64(one.Day)*86400, 0).UTC()})
	}
	return d.site.Render(w, r, http.StatusOK, "note_result", &page)
}

func (d *Desk) noteWiden(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, f, err := d.noteForm(r)
	if err != nil {
		return err
	}
	to, err := chosen[record.Member](f, "member")
	if err == nil {
		err = d.Casework.Widen(r.Context(), by, id, strongroom.Widening{To: to, Reason: record.Reason(f.Line("reason", 20))})
	}
	if len(fault.AllFields(err)) > 0 {
		return d.unchosen(r, by, id, err)
	}
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/notes/"+id.String()+"/readers", "widened")
}

func (d *Desk) noteMove(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return err
	}
	page, err := d.noteMovePage(r, by, id)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "note_move", page)
}

func (d *Desk) unmoved(r *http.Request, by *strongroom.Unlocked, id record.ObjectID, why error) error {
	page, err := d.noteMovePage(r, by, id)
	if err != nil {
		return err
	}
	return web.Again("note_move", page, why)
}

func (d *Desk) noteMovePage(r *http.Request, by *strongroom.Unlocked, id record.ObjectID) (*NoteMovePage, error) {
	note, err := d.Casework.Note(r.Context(), by, id)
	if err != nil {
		return nil, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, err
	}
	all, named, err := d.mine(r.Context(), by, record.CaseID{})
	if err != nil {
		return nil, err
	}
	page := &NoteMovePage{Page: d.base(r, "cases"), ID: id.String(), CaseID: note.Case.String(), Meta: d.meta(by, n, note), Words: note.Words}
	page.Seal = true
	for _, c := range all.dossiers {
		if c.ID != note.Case && c.Reads {
			page.Cases = append(page.Cases, d.caseRow(by, n, c, calledOf(c, named)))
		}
	}
	return page, nil
}

func (d *Desk) noteMoved(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, f, err := d.noteForm(r)
	if err != nil {
		return err
	}
	to, err := chosen[record.Case](f, "case")
	if err != nil {
		return d.unmoved(r, by, id, err)
	}
	note, err := d.Casework.Move(r.Context(), by, id, to)
	if err != nil {
		return err
	}
	return d.noteResult(w, r, by, "moved", note)
}
