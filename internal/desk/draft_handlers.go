// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// draftsPath is where forms keep themselves as one types.
const draftsPath = "/drafts"

func (d *Desk) draftRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"POST " + draftsPath:           d.draftKeep,
		"GET /drafts/{draft}":          d.in(d.draftResume),
		"POST /drafts/{draft}/discard": d.in(d.draftDiscard),
	}
}

// waiting is a form that was not finished.
type waiting struct {
	ID      record.DraftID
	At      time.Time
	Place   string // the path that the form posts to
	Answers url.Values
}

// waitingOf reads a draft as a form that waits; ok is false for other drafts.
func waitingOf(d strongroom.Draft) (waiting, bool) {
	answers, err := url.ParseQuery(d.Words[record.TagForm].Reveal())
	w := waiting{ID: d.ID, At: time.Unix(d.At, 0), Place: d.Words[record.TagPlace].Reveal(), Answers: answers}
	return w, err == nil && w.Place != ""
}

// typedFields are the fields of waiting forms that hold what a person typed.
func typedFields() []string {
	return []string{"words", "called", "last_name", "birth", "phone", "contact", "language", "hours", "answerer", "if_other"}
}

// shown are the answers that an error page gives back.
func (w waiting) shown() url.Values {
	out := url.Values{"keep": typedFields()}
	for _, name := range out["keep"] {
		out[name] = w.Answers[name]
	}
	return out
}

// goesOn reports whether a form is an earlier one, gone on with: nothing typed
// there is missing here. A veiled screen keeps one form several times.
func (w waiting) goesOn(earlier waiting) bool {
	if w.Place != earlier.Place || w.Answers.Get("id") != earlier.Answers.Get("id") {
		return false
	}
	for _, name := range typedFields() {
		if !strings.HasPrefix(w.Answers.Get(name), strings.TrimSpace(earlier.Answers.Get(name))) {
			return false
		}
	}
	return true
}

// draftKeep keeps a form as one types. Its answer is the sentence to show: a
// script asks, nobody else.
func (d *Desk) draftKeep(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	answers, ok := f.Kept()
	if !ok || formPlace(r, f) == "" {
		return fault.New(fault.Invalid, "form.unread")
	}
	words := waitingWords(formPlace(r, f), answers)
	n := f.Number("session", 0, signin.Places)
	if n != v.Current || n == 0 {
		if err := d.Signin.Deposit(r.Context(), v.cookies, n, words); err != nil {
			return err
		}
		return d.say(w, r, http.StatusForbidden, "draft.veiled", "")
	}
	id := posted[record.Draft](f, "draft")
	if id == organisation.KeptID(v.Unlocked.Member()) {
		return fault.New(fault.Withheld, "")
	}
	if err := d.Strong.KeepDraft(r.Context(), v.Unlocked, id, words); err != nil {
		return err
	}
	asked := ""
	if sensitive(confided.NewText(answers.Get("words"))) {
		asked = "draft.sensitive"
	}
	return d.say(w, r, http.StatusOK, "draft.kept", asked)
}

// unwritten keeps a form as a draft when the record takes nothing more: an older
// state was put back, and what was typed meanwhile waits for the operator. It
// returns why the form was not written.
func (d *Desk) unwritten(r *http.Request, by *strongroom.Unlocked, f *web.Form, why error) error {
	answers, ok := f.Kept()
	if !ok || !errors.Is(why, fault.New(fault.Refused, "fault.read_only")) {
		return why
	}
	if err := d.Strong.KeepDraft(r.Context(), by, posted[record.Draft](f, "draft"), waitingWords(formPlace(r, f), answers)); err != nil {
		return err
	}
	return why
}

// say answers a script with a sentence and the time, and with another when there is
// one more to say.
func (d *Desk) say(w http.ResponseWriter, r *http.Request, status int, key, more string) error {
	p := d.site.Base(r)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	said := p.T(key, p.Clock(d.now()))
	if more != "" {
		said += "\n" + p.T(more)
	}
	_, _ = fmt.Fprint(w, said) // the browser left: nobody to tell
	return nil
}

// waitingForms opens the forms that wait, newest first, and erases those that a
// later one goes on with.
func (d *Desk) waitingForms(ctx context.Context, by *strongroom.Unlocked) ([]waiting, error) {
	drafts, err := d.Strong.OpenDrafts(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []waiting
	for _, one := range drafts {
		if w, ok := waitingOf(one); ok {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b waiting) int { return b.At.Compare(a.At) })
	var left []waiting
	for _, w := range all {
		if !slices.ContainsFunc(left, func(later waiting) bool { return later.goesOn(w) }) {
			left = append(left, w)
		} else if err := d.Strong.DropDraft(ctx, by, w.ID); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// whereSheWas is the page to come back to: when it is one that writes, the form
// that waits for it, as it was left.
func (d *Desk) whereSheWas(ctx context.Context, by *strongroom.Unlocked, to string) (string, error) {
	kept, resumed := strings.CutPrefix(to, draftsPath+"/")
	if !resumed && !strings.HasSuffix(to, "/notes/new") && !strings.HasSuffix(to, "/correct") && !strings.HasSuffix(to, "/edit") && !strings.HasSuffix(to, "/contact") && to != "/persons/new" {
		return to, nil
	}
	all, err := d.waitingForms(ctx, by)
	for _, w := range all {
		if shownAt(w.Place) == to || resumed && w.carries(kept) {
			return draftsPath + "/" + w.ID.String(), nil
		}
	}
	return to, err
}

// carries reports whether a form is the draft of an id, or was resumed from it.
func (w waiting) carries(id string) bool {
	return w.ID.String() == id || w.Answers.Get("draft") == id
}

// draftRows names the persons whom waiting forms are about.
func (d *Desk) draftRows(ctx context.Context, by *strongroom.Unlocked) ([]DraftRow, error) {
	all, err := d.waitingForms(ctx, by)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	about := make([]record.PersonID, len(all))
	var ids []record.PersonID
	for i, w := range all {
		if about[i] = d.aboutWhom(ctx, by, w.Place); !about[i].IsZero() && !slices.Contains(ids, about[i]) {
			ids = append(ids, about[i])
		}
	}
	named, err := d.People.Names(ctx, by, ids...)
	if err != nil {
		return nil, err
	}
	var rows []DraftRow
	for i, w := range all {
		row := DraftRow{ID: w.ID.String(), Name: named[about[i]].Called(), Started: w.At, First: firstWords(w.Answers.Get("words"))}
		if kind := record.NoteKind(w.Answers.Get("kind")); slices.Contains(record.NoteKinds(), kind) {
			row.Kind = kind
		}
		if row.Name.Empty() {
			first, _, _ := strings.Cut(w.Answers.Get("called"), "\n")
			row.Name = confided.NewText(strings.TrimSpace(first))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// firstLetters is how much of a text a row shows: enough to know it again.
const firstLetters = 40

// firstWords is the beginning of a text, cut between two words.
func firstWords(text string) confided.Text {
	short := strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(short) <= firstLetters {
		return confided.NewText(short)
	}
	short = string([]rune(short)[:firstLetters])
	if at := strings.LastIndex(short, " "); at > 0 {
		short = short[:at]
	}
	return confided.NewText(short + "…")
}

// aboutWhom finds the person of a form's path, as far as the member may know.
func (d *Desk) aboutWhom(ctx context.Context, by *strongroom.Unlocked, place string) record.PersonID {
	kind, id := splitPlace(place)
	switch kind {
	case "persons":
		if p, err := record.ParseID[record.Person](id); err == nil {
			return p
		}
	case "cases":
		if c, err := record.ParseID[record.Case](id); err == nil {
			return d.personOf(ctx, by, c)
		}
	}
	return record.PersonID{}
}

func (d *Desk) personOf(ctx context.Context, by *strongroom.Unlocked, id record.CaseID) record.PersonID {
	c, err := d.Cases.Readable(ctx, by, id)
	if err != nil || len(c.Persons) == 0 {
		return record.PersonID{}
	}
	return c.Persons[0]
}

// splitPlace cuts "/cases/k2v7/notes" into "cases" and "k2v7".
func splitPlace(place string) (kind, id string) {
	parts := strings.Split(strings.TrimPrefix(place, "/"), "/")
	if len(parts) < 2 {
		return "", ""
	}
	return parts[0], parts[1]
}

// draftResume puts a form that waits back on the screen: the form's own page,
// filled.
func (d *Desk) draftResume(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Draft](r, "draft")
	if err != nil {
		return err
	}
	kept, err := d.Strong.OpenDraft(r.Context(), by, id)
	if fault.KindOf(err) == fault.Withheld {
		return d.draftGone(w, r, by)
	}
	if err != nil {
		return err
	}
	form, ok := waitingOf(kept)
	if !ok {
		return fault.New(fault.Withheld, "")
	}
	r.PostForm = form.shown() // should it not be resumed, the error page gives it back
	kind, about := splitPlace(form.Place)
	answers := web.FormOf(form.Answers)
	switch {
	case form.Place == "/persons/new":
		return d.resumeNewPerson(w, r, by, form, answers)
	case strings.HasSuffix(form.Place, "/edit"):
		r.SetPathValue("id", about)
		return d.resumePerson(w, r, by, form, answers)
	case strings.HasSuffix(form.Place, "/contact"):
		r.SetPathValue("id", about)
		return d.resumeContact(w, r, by, form, answers)
	case kind == "notes":
		r.SetPathValue("note", about)
		return d.resumeCorrection(w, r, by, form, answers)
	case kind == "cases":
		r.SetPathValue("id", about)
	default:
		r.SetPathValue("person", about)
	}
	return d.resumeNote(w, r, by, form, answers)
}

// draftGone answers the address of a draft that is not there: kept by a veiled
// screen under another id, saved as a note, or never hers, which look the same.
func (d *Desk) draftGone(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	to, err := d.whereSheWas(r.Context(), by, r.URL.Path)
	if err != nil {
		return err
	}
	if to == r.URL.Path {
		to = "/today"
	}
	return d.site.SeeOther(w, r, to, "")
}

// draftDiscard erases a form that waits.
func (d *Desk) draftDiscard(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Draft](r, "draft")
	if err != nil {
		return err
	}
	if id == organisation.KeptID(by.Member()) {
		return fault.New(fault.Withheld, "")
	}
	if err := d.Strong.DropDraft(r.Context(), by, id); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/today", "draft_discarded")
}
