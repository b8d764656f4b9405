// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) caseRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /cases":                             d.in(d.cases),
		"POST /cases":                            d.in(d.cases),
		"GET /cases/{id}":                        d.in(d.caseShow),
		"GET /cases/{id}/readers":                d.in(d.readers),
		"GET /cases/{id}/readers/add":            d.in(d.readerAdd),
		"POST /cases/{id}/readers/add":           d.in(d.readerAdmit),
		"POST /cases/{id}/readers/{member}/stop": d.in(d.readerStop),
	}
}

// A page lists perPage names; a filter looks through mostSearched, the newest.
const (
	perPage      = 50
	mostSearched = 2000
)

// caseload is one page of a member's dossiers.
type caseload struct {
	dossiers []cases.Dossier
	next     record.CaseID // where the following page begins, zero at the end
}

// mine lists the member's dossiers with the names of their persons.
func (d *Desk) mine(ctx context.Context, by *strongroom.Unlocked, from record.CaseID, limit int) (caseload, map[record.PersonID]people.Person, error) {
	all, next, err := d.Cases.Mine(ctx, by, from, limit)
	if err != nil || len(all) == 0 {
		return caseload{next: next}, nil, err
	}
	var ids []record.PersonID
	for _, c := range all {
		for _, p := range c.Persons {
			if !slices.Contains(ids, p) {
				ids = append(ids, p)
			}
		}
	}
	named, err := d.People.Names(ctx, by, ids...)
	return caseload{all, next}, named, err
}

// calledOf joins the names of a dossier's persons.
func calledOf(c cases.Dossier, named map[record.PersonID]people.Person) confided.Text {
	var all []confided.Text
	for _, p := range c.Persons {
		all = append(all, named[p].Called())
	}
	return confided.Join(", ", all...)
}

func (d *Desk) cases(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page := CasesPage{Page: d.base(r, "cases")}
	page.Seal = true
	limit, err := page.ask(r)
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	from, _ := record.ParseID[record.Case](r.URL.Query().Get("from"))
	all, named, err := d.mine(r.Context(), by, from, limit)
	if err != nil {
		return err
	}
	page.cut(!all.next.IsZero(), limit, "/cases?from="+all.next.String())
	for _, c := range all.dossiers {
		if name := calledOf(c, named); matches(name, page.Filter) {
			page.Cases = append(page.Cases, d.caseRow(by, n, c, name))
		}
	}
	return d.site.Render(w, r, http.StatusOK, "cases", &page)
}

// ask reads the filter, which is posted: a name never stands in an address. It
// returns how many names to look at.
func (l *Listing) ask(r *http.Request) (limit int, err error) {
	if r.Method != http.MethodPost {
		return perPage, nil
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return 0, err
	}
	if l.Filter = f.Name("filter", 200); l.Filter.Empty() {
		return perPage, nil
	}
	return mostSearched, nil
}

// cut says what a list leaves out, when it does: the following page is at next, or
// a filter looked no further.
func (l *Listing) cut(more bool, limit int, next string) {
	switch {
	case more && l.Filter.Empty():
		l.More = next
	case more:
		l.Among = limit
	}
}

// matches reports whether every word of the filter begins a word of a name,
// accents and case apart.
func matches(name, filter confided.Text) bool {
	words := strings.FieldsFunc(web.Fold(name.Reveal()), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	for wanted := range strings.FieldsSeq(web.Fold(filter.Reveal())) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, wanted) }) {
			return false
		}
	}
	return true
}

// caseShow is a dossier and its timeline.
func (d *Desk) caseShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return err
	}
	file, err := d.Casework.Timeline(r.Context(), by, id)
	if err != nil {
		return err
	}
	members, err := d.Strong.Members(r.Context(), by)
	if err != nil {
		return err
	}
	n := names(members)
	page, err := d.casePage(r, by, n, file)
	if err != nil {
		return err
	}
	page.Notes = d.noteViews(by, n, file.Notes)
	page.Papers = d.documentLines(by, n, file.Papers)
	page.Beside = beside(n, file.Notes, append(page.Readers.Readers, n.of(by.Member())))
	return d.site.Render(w, r, http.StatusOK, "case", page)
}

// beside counts the notes that colleagues out of the team read: of those that
// the reader of the page reads too.
func beside(n names, notes []casework.Note, team []string) []PartReader {
	var out []PartReader
	for _, note := range notes {
		if note.Ink != record.Reserved || note.Stub {
			continue
		}
		for _, name := range n.all(note.Readers.Members, record.MemberID{}) {
			if slices.Contains(team, name) {
				continue
			}
			at := slices.IndexFunc(out, func(p PartReader) bool { return p.Name == name })
			if at < 0 {
				at = len(out)
				out = append(out, PartReader{Name: name})
			}
			out[at].Notes++
		}
	}
	return out
}

func (d *Desk) casePage(r *http.Request, by *strongroom.Unlocked, n names, c casework.File) (*CasePage, error) {
	s, err := d.Directory.Service(r.Context(), c.Service)
	if err != nil {
		return nil, err
	}
	page := &CasePage{
		Page: d.base(r, "cases"), ID: c.ID.String(), Referent: n.of(c.Referent),
		ReferentMe: c.Referent == by.Member(), Service: s.Name, MayNote: c.Reads,
	}
	page.Seal = true
	who := c.First()
	page.PersonID, page.Name, page.Language, page.Contact = who.ID.String(), who.Called(), who.Language, who.Contact
	page.NoVoice, page.Reaching = who.NoVoice, d.reaching(who)
	page.Birth, page.Age = d.birth(who)
	if page.Family, err = d.family(r.Context(), by, who); err != nil {
		return nil, err
	}
	if c.Reads {
		a, err := d.Cases.Will(r.Context(), by, c.Dossier, record.CaseCircle, record.PersonID{}, nil)
		if err != nil {
			return nil, err
		}
		page.Readers = n.audience(by.Member(), InkCase, a, who, s)
	}
	return page, nil
}

// first opens the first person of a dossier; a colleague who holds one note of it
// in a service that does not know her sees no name.
func (d *Desk) first(ctx context.Context, by *strongroom.Unlocked, c cases.Dossier) (people.Person, error) {
	return d.People.Known(ctx, by, c.Persons[0])
}

// noteViews shows notes, the line of what was read already above the first old one.
func (d *Desk) noteViews(by *strongroom.Unlocked, n names, notes []casework.Note) []NoteView {
	out := make([]NoteView, 0, len(notes))
	fresh := slices.ContainsFunc(notes, func(n casework.Note) bool { return n.New })
	for _, note := range notes {
		v := NoteView{
			ID: note.ID.String(), Meta: d.meta(by, n, note), Words: note.Words, Origin: note.Origin,
			Corrected: note.Version > 1, Moved: note.Stub,
		}
		if note.Stub {
			v.MovedBy, v.MovedAt = n.of(note.Author), time.Unix(note.At, 0)
		}
		if fresh && !note.New {
			v.ReadUpToHere, fresh = true, false
		}
		own := note.Author == by.Member() && !note.Stub
		v.MayCorrect, v.MayMove = own, own
		v.MayNarrow = !note.Stub && note.Ink != record.Scratchpad
		out = append(out, v)
	}
	return out
}

// scratchLasts is how long a scratchpad note stays (S-34).
const scratchLasts = 30 * 24 * time.Hour

func (d *Desk) meta(by *strongroom.Unlocked, n names, note casework.Note) Meta {
	day, _ := time.ParseInLocation(time.DateOnly, note.Day.Reveal(), d.now().Location())
	m := Meta{
		Ink: inkOf(note.Ink), Author: n.of(note.Author), Mine: note.Author == by.Member(), Day: day, Kind: note.Kind,
		ReadOf: len(note.Readers.Members), HideRead: len(note.Readers.Members) < 2,
	}
	if note.Ink == record.Reserved {
		m.Named = n.all(note.Readers.Members, by.Member())
	}
	if note.Ink == record.Scratchpad {
		m.Erases = time.Unix(note.At, 0).Add(scratchLasts)
	}
	for _, reader := range note.Readers.Members {
		read := reader == note.Author || reader == by.Member()
		for _, one := range note.Reads {
			read = read || one.Member == reader && one.Version >= note.Version
		}
		if read {
			m.ReadBy++
		}
	}
	return m
}

const readersDays = 30 // of Qui a lu, unless all is asked

// readers is Qui peut lire, qui a lu.
func (d *Desk) readers(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return err
	}
	page := ReadersPage{Page: d.base(r, "cases"), ID: id.String(), All: r.URL.Query().Get("days") == "all"}
	page.Seal = true
	var since time.Time
	if !page.All {
		since = d.now().AddDate(0, 0, -readersDays)
	}
	told, err := d.Cases.Readers(r.Context(), by, id, since)
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	who, err := d.first(r.Context(), by, told.Dossier)
	if err != nil {
		return err
	}
	s, err := d.Directory.Service(r.Context(), told.Service)
	if err != nil {
		return err
	}
	notes, err := d.Casework.Index(r.Context(), by, told.ID)
	if err != nil {
		return err
	}
	page.Name, page.MayAdd, page.Reader = who.Called(), told.Reads, n.of(by.Member())
	page.Emergency = Emergency{Off: !s.Emergency, Names: n.all(told.Emergency, record.MemberID{})}
	page.Rows = readerRows(by, n, told, notes)
	d.readings(r, by, n, told, notes, &page)
	return d.site.Render(w, r, http.StatusOK, "readers", &page)
}

func readerRows(by *strongroom.Unlocked, n names, told cases.Readers, notes []casework.Note) []ReaderRow {
	var rows []ReaderRow
	for _, p := range told.Places {
		row := ReaderRow{
			Grant: p.Member.String(), Name: n.of(p.Member), Me: p.Member == by.Member(), Referent: p.Referent,
			Reason: p.Reason, Reserved: reserved(p, notes), Since: minute(p.Since), Until: minute(p.Until),
			Stoppable: told.Reads && !p.Referent,
		}
		if p.Referent {
			row.Reason = "" // she carries it: no other reason is needed
		}
		for _, o := range told.Offices {
			row.Identity = row.Identity || slices.Contains(o.Members, p.Member)
		}
		for _, c := range p.Circles {
			row.Case = row.Case || c.Kind == record.CaseCircle
			row.Shared = row.Shared || c.Kind == record.Shared
		}
		rows = append(rows, row)
	}
	for _, o := range told.Offices {
		others := slices.DeleteFunc(slices.Clone(o.Members), func(m record.MemberID) bool {
			return slices.ContainsFunc(told.Places, func(p strongroom.Place) bool { return p.Member == m })
		})
		if len(others) > 0 {
			rows = append(rows, ReaderRow{Name: o.Service.Name, Reception: len(others), Identity: true})
		}
	}
	return rows
}

// reserved counts the notes that somebody reads beside the team: those she was
// named for, and those she wrote or reads as far as the actor reads them too.
func reserved(p strongroom.Place, notes []casework.Note) int {
	all := slices.Clone(p.Objects)
	for _, note := range notes {
		if note.Ink == record.Reserved && !note.Stub && slices.Contains(note.Readers.Members, p.Member) && !slices.Contains(all, note.ID) {
			all = append(all, note.ID)
		}
	}
	return len(all)
}

func minute(m record.Minute) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(int64(m)*60, 0)
}

// readings adds who has read, by day; of one note when one was chosen.
func (d *Desk) readings(r *http.Request, by *strongroom.Unlocked, n names, told cases.Readers, notes []casework.Note, page *ReadersPage) {
	chosen, err := record.ParseID[record.Object](r.URL.Query().Get("note"))
	var order uint32
	for _, note := range notes {
		if err == nil && note.ID == chosen {
			order = note.Order
		}
		m := d.meta(by, n, note)
		page.Notes = append(page.Notes, NoteRef{ID: note.ID.String(), Day: m.Day, Kind: m.Kind, Author: m.Author, Mine: m.Mine, Chosen: order == note.Order && order > 0})
	}
	for _, l := range told.Looks {
		if order > 0 && !l.Orders[order] {
			continue
		}
		page.Readings = append(page.Readings, ReadingRow{Day: l.Day, Name: n.of(l.Member), Me: l.Member == by.Member(), Identity: l.Identity, Number: l.Pieces})
	}
}

func (d *Desk) readerAdd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.readerAddPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "reader_add", page)
}

func (d *Desk) readerAddPage(r *http.Request, by *strongroom.Unlocked) (*ReaderAddPage, error) {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return nil, err
	}
	c, err := d.Cases.Team(r.Context(), by, id)
	if err != nil {
		return nil, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, err
	}
	who, err := d.first(r.Context(), by, c.Dossier)
	if err != nil {
		return nil, err
	}
	page := &ReaderAddPage{Page: d.base(r, "cases"), ID: id.String(), Name: who.Called(), Notes: c.Notes, Reasons: record.UsualReasons()}
	page.Seal = true
	page.Colleagues, err = d.colleagues(r.Context(), n, c.Service, nil, c.Members...)
	return page, err
}

func (d *Desk) readerAdmit(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.readerAddPage(r, by)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, err := path[record.Case](r, "id")
	if err != nil {
		return err
	}
	member, missing := chosen[record.Member](f, "member")
	page.Reason, page.Until = record.Reason(f.Line("reason", 20)), f.Line("until", 40)
	for i := range page.Colleagues {
		page.Colleagues[i].Chosen = page.Colleagues[i].ID == member.String()
	}
	wide := strongroom.Widening{To: member, Reason: page.Reason}
	if day := f.Day("until", d.now()); !day.IsZero() { // to the end of that day
		wide.Until = record.Minute(day.AddDate(0, 0, 1).Unix() / 60)
	}
	err = cmp.Or(missing, f.Err())
	if err == nil {
		err = d.Cases.Admit(r.Context(), by, id, wide)
	}
	if err != nil {
		return web.Again("reader_add", page, err)
	}
	return d.site.SeeOther(w, r, "/cases/"+id.String()+"/readers", "reader_added")
}

func (d *Desk) readerStop(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return err
	}
	m, err := path[record.Member](r, "member")
	if err != nil {
		return err
	}
	if err := d.Cases.End(r.Context(), by, id, m); err != nil {
		return err
	}
	if m == by.Member() {
		return d.site.SeeOther(w, r, "/cases", "reader_stopped")
	}
	return d.site.SeeOther(w, r, "/cases/"+id.String()+"/readers", "reader_stopped")
}
