// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// noteActRoutes are what one does with a note that is written.
func (d *Desk) noteActRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /notes/{note}/correct":  d.in(d.noteCorrect),
		"POST /notes/{note}/correct": d.in(d.noteSave),
		"GET /notes/{note}/versions": d.in(d.noteVersions),
		"GET /notes/{note}/readers":  d.in(d.noteReaders),
		"POST /notes/{note}/narrow":  d.in(d.noteNarrow),
		"POST /notes/{note}/widen":   d.in(d.noteWiden),
		"GET /notes/{note}/move":     d.in(d.noteMove),
		"POST /notes/{note}/move":    d.in(d.noteMoved),
	}
}

// ownNote is the note of a path, of who wrote it.
func (d *Desk) ownNote(r *http.Request, by *strongroom.Unlocked) (casework.Note, cases.Dossier, error) {
	id, err := path[record.Object](r, "note")
	if err != nil {
		return casework.Note{}, cases.Dossier{}, err
	}
	note, err := d.Casework.Note(r.Context(), by, id)
	if err != nil {
		return note, cases.Dossier{}, err
	}
	c, err := d.Cases.May(r.Context(), by, policy.CorrectNote, note.Case, note.Author)
	if err == nil && note.Stub {
		err = fault.New(fault.Refused, "fault.not_yours")
	}
	return note, c, err
}

// correction fills the page of a note being corrected.
func (d *Desk) correction(r *http.Request, by *strongroom.Unlocked) (*NotePage, casework.Note, error) {
	note, c, err := d.ownNote(r, by)
	if err != nil {
		return nil, note, err
	}
	id := note.ID
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
		return web.Again("note", page, renamed(d.unwritten(r, by, f, err), "member", "reader"))
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
			ID: m.String(), Name: n.of(m), Me: m == by.Member(), Wrote: m == note.Author, Read: readOn(note, m),
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
	if err == nil {
		_, err = d.Cases.May(r.Context(), by, policy.MoveNote, note.Case, note.Author)
	}
	if err == nil && (note.Stub || note.Author != by.Member()) {
		err = fault.New(fault.Refused, "fault.not_yours")
	}
	if err != nil {
		return nil, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, err
	}
	all, named, err := d.mine(r.Context(), by, record.CaseID{}, mostSearched)
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
