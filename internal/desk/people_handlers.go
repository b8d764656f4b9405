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
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) peopleRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /persons":      d.in(d.persons),
		"POST /persons":     d.in(d.persons),
		"GET /persons/new":  d.in(d.personNew),
		"POST /persons/new": d.in(d.personCreate),

		"GET /households/{draft}":  d.in(d.household),
		"POST /households/{draft}": d.in(d.householdReceive),

		"GET /persons/{id}":          d.in(d.person),
		"GET /persons/{id}/edit":     d.in(d.personEdit),
		"POST /persons/{id}/edit":    d.in(d.personSave),
		"GET /persons/{id}/contact":  d.in(d.contact),
		"POST /persons/{id}/contact": d.in(d.contactSave),

		"GET /persons/{id}/refer":  d.in(d.personRefer),
		"POST /persons/{id}/refer": d.in(d.personAssign),
	}
}

// persons lists whom the member's services know, newest first.
func (d *Desk) persons(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page := PersonsPage{Page: d.base(r, "persons")}
	page.Seal = true
	page.MayNote = works(by)
	limit, err := page.ask(r)
	if err != nil {
		return err
	}
	if page.Awaited, page.MayCreate, err = d.awaited(r.Context(), by); err != nil {
		return err
	}
	before, _ := record.ParseID[record.Person](r.URL.Query().Get("from"))
	all, next, err := d.People.List(r.Context(), by, record.ServiceID{}, before, limit)
	if err != nil {
		return err
	}
	for _, p := range all {
		if matches(p.Called(), page.Filter) {
			page.Persons = append(page.Persons, d.personRow(p))
		}
	}
	page.cut(!next.IsZero(), limit, "/persons?from="+next.String())
	return d.site.Render(w, r, http.StatusOK, "persons", &page)
}

// awaited returns the services in which a member waits to be welcomed, and whether
// there is another, in which she may receive somebody.
func (d *Desk) awaited(ctx context.Context, by *strongroom.Unlocked) (rows []AwaitedRow, mayCreate bool, err error) {
	all, err := d.Organisation.Awaiting(ctx, by)
	for _, a := range all {
		row := AwaitedRow{Service: a.Service.Name}
		for _, m := range a.Welcomers {
			row.Welcomers = append(row.Welcomers, m.Name)
		}
		rows = append(rows, row)
	}
	return rows, len(by.Actor().Services()) > len(all), err
}

// works reports whether a member carries cases somewhere.
func works(by *strongroom.Unlocked) bool {
	return slices.ContainsFunc(by.Actor().Functions, func(f record.Function) bool { return f.Role.CarriesCases() })
}

func (d *Desk) personRow(p people.Person) PersonRow {
	row := PersonRow{ID: p.ID.String(), Name: p.Called()}
	row.Birth, row.Age = d.birth(p)
	return row
}

// birth is her day of birth, when the whole of it is known, and her age.
func (d *Desk) birth(p people.Person) (time.Time, int) {
	b := people.ReadBirth(p.Birth.Reveal())
	age, _ := b.Years(d.now())
	if b.Day == 0 {
		return time.Time{}, age
	}
	return time.Date(b.Year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC), age
}

func (d *Desk) personNew(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.personNewPage(r, by)
	if fault.KindOf(err) == fault.Refused && len(by.Actor().Services()) > 0 {
		return d.site.SeeOther(w, r, "/persons", "") // where it is said who can welcome her
	}
	if err != nil {
		return err
	}
	page.ID = record.NewID[record.Person]().String()
	if page.Words.Called, err = d.alias(r, by); err != nil {
		return err
	}
	if asked := d.asideOf(r, by, searchCookie, r.URL.Query().Get("search")); !asked.Empty() {
		page.Words.Called = asked
	}
	return d.site.Render(w, r, http.StatusOK, "person_new", page)
}

func (d *Desk) personNewPage(r *http.Request, by *strongroom.Unlocked) (*PersonNewPage, error) {
	page := &PersonNewPage{PersonForm: PersonForm{Page: d.base(r, "persons")}}
	awaited, err := d.Organisation.Awaiting(r.Context(), by)
	if err != nil {
		return nil, err
	}
	for _, s := range by.Actor().Services() {
		if slices.ContainsFunc(awaited, func(a organisation.Awaited) bool { return a.Service.ID == s }) {
			continue
		}
		row, err := d.Directory.Service(r.Context(), s)
		if err != nil {
			return nil, err
		}
		page.Services = append(page.Services, Choice{ID: s.String(), Name: row.Name, Chosen: len(page.Services) == 0})
		page.ThenNote = page.ThenNote || by.Actor().Has(record.RoleWorker, s)
	}
	if len(page.Services) == 0 && len(awaited) > 0 {
		return nil, fault.New(fault.Refused, "fault.not_welcomed")
	}
	if len(page.Services) == 0 {
		return nil, policy.Decide(by.Actor(), policy.CreatePerson, policy.Subject{}).Err()
	}
	return page, nil
}

// personCreate receives somebody: one name is enough. A household, a name with
// more, or one that resembles somebody known is shown as it was understood before
// anything is written.
func (d *Desk) personCreate(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, err := d.personNewPage(r, by)
	if err != nil {
		return err
	}
	all, err := d.readHousehold(f, page)
	look := !plain(all)
	if err == nil && !look {
		look, err = d.resembles(r.Context(), by, all)
	}
	if err == nil && look {
		return d.understood(w, r, by, f)
	}
	if err == nil {
		err = d.People.Receive(r.Context(), by, all)
	}
	if err != nil {
		return web.Again("person_new", page, renamed(d.unwritten(r, by, f, err), "name", "called", "lines", "called"))
	}
	if err := d.finished(r.Context(), by, f); err != nil {
		return err
	}
	return d.received(w, r, all, f.Line("then", 10))
}

// received goes on to what was asked for: a first note, or the person's page.
func (d *Desk) received(w http.ResponseWriter, r *http.Request, all people.Household, then string) error {
	at := "/persons/" + all.All[0].Person().String()
	if then == "note" {
		at += "/notes/new"
	}
	return d.site.SeeOther(w, r, at, done(all))
}

// done is what a household that was received is told: nobody is said to be created
// who was known.
func done(all people.Household) string {
	created := slices.ContainsFunc(all.All, func(n people.Newcomer) bool { return !n.Known() })
	switch {
	case created && len(all.All) > 1:
		return "household_created"
	case created:
		return "person_created"
	case len(all.All) > 1:
		return "relation_saved"
	}
	return ""
}

// finished erases the draft that a form was resumed from.
func (d *Desk) finished(ctx context.Context, by *strongroom.Unlocked, f *web.Form) error {
	id, err := record.ParseID[record.Draft](f.Line("draft", 40))
	if err != nil || id == organisation.KeptID(by.Member()) {
		return nil //nolint:nilerr // a form that was not resumed names none
	}
	return d.Strong.DropDraft(ctx, by, id)
}

// resumeNewPerson shows the form of somebody about to be received.
func (d *Desk) resumeNewPerson(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, form waiting, f *web.Form) error {
	page, err := d.personNewPage(r, by)
	if err != nil {
		return err
	}
	page.DraftID = form.ID.String()
	_, _ = d.readHousehold(f, page) // what is not understood is said when it is sent
	return d.site.Render(w, r, http.StatusOK, "person_new", page)
}

// resumePerson shows the form of a person who was being edited.
func (d *Desk) resumePerson(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, form waiting, f *web.Form) error {
	page, _, err := d.personEditPage(r, by)
	if err != nil {
		return err
	}
	page.Version, page.DraftID = f.Line("version", 30), form.ID.String()
	readPerson(f, &page.PersonForm)
	return d.site.Render(w, r, http.StatusOK, "person_edit", page)
}

// readPerson reads the fields of a person, and keeps them in the page.
func readPerson(f *web.Form, page *PersonForm) people.Form {
	page.Words = PersonWords{
		Called: page.called(f), LastName: f.Name("last_name", 200), Birth: f.Name("birth", 40),
		Phone: f.Name("phone", 40), Language: f.Name("language", 200), Contact: f.Words("contact", 2000), Died: f.Name("died", 40),
	}
	page.NoVoice = f.Ticked("no_voice")
	answer := func(name string) record.Answer { return record.Answer(f.Line(name+"_answer", 20)) }
	page.Answers = PersonAnswers{
		LastName: answer("last_name"), Birth: answer("birth"), Phone: answer("phone"),
		Language: answer("language"), Contact: answer("contact"),
	}
	return page.form()
}

// form is what the page's fields say to the room.
func (p *PersonForm) form() people.Form {
	return people.Form{
		Name: p.Words.Called.Reveal(), FamilyName: p.Words.LastName.Reveal(), Birth: p.Words.Birth.Reveal(),
		Phone: p.Words.Phone.Reveal(), Language: p.Words.Language.Reveal(), Contact: p.Words.Contact.Reveal(), Died: p.Words.Died.Reveal(),
		NoVoice: p.NoVoice, Answers: people.Answers{
			"family_name": p.Answers.LastName, "birth": p.Answers.Birth, "phone": p.Answers.Phone,
			"language": p.Answers.Language, "contact": p.Answers.Contact,
		},
	}
}

// renamed turns a room's field names into those of the forms; more are pairs of
// the names of one form.
func renamed(err error, more ...string) error {
	form := map[string]string{"family_name": "last_name", "date": "day", "referent": "member", "passphrase": "new_passphrase"}
	for pair := range slices.Chunk(more, 2) {
		form[pair[0]] = pair[1]
	}
	for _, e := range fault.AllFields(err) {
		e.Field = cmp.Or(form[e.Field], e.Field)
	}
	return err
}

func (d *Desk) person(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	page := PersonPage{Page: d.base(r, "persons"), ID: id.String(), Name: p.Called(), Phone: spaced(p.Phone), Language: p.Language, Contact: p.Contact, NoVoice: p.NoVoice, Answers: answersOf(p)}
	page.Seal = true
	page.Birth, page.Age = d.birth(p)
	page.Reference, page.Email, page.Address, page.Reaching = p.Reference, p.Email, p.Address, d.reaching(p)
	if page.Family, err = d.family(r.Context(), by, p); err != nil {
		return err
	}
	if err := d.personPlaces(r.Context(), by, n, p, &page); err != nil {
		return err
	}
	if err := d.otherRecord(r.Context(), by, n, p, &page); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "person", &page)
}

// spaced writes a telephone number of ten digits as people read it.
func spaced(phone confided.Text) confided.Text {
	s := phone.Reveal()
	if len(s) != 10 || s[0] != '0' {
		return phone
	}
	return confided.NewText(s[:2] + "\u00a0" + s[2:4] + "\u00a0" + s[4:6] + "\u00a0" + s[6:8] + "\u00a0" + s[8:])
}

func answersOf(p people.Person) PersonAnswers {
	kept := people.ReadAnswers(p.Answers.Reveal())
	return PersonAnswers{
		LastName: kept["family_name"], Birth: kept["birth"], Phone: kept["phone"],
		Language: kept["language"], Contact: kept["contact"],
	}
}

// personPlaces adds the dossiers open to the member, and what she may do.
func (d *Desk) personPlaces(ctx context.Context, by *strongroom.Unlocked, n names, p people.Person, page *PersonPage) error {
	mine, err := d.Cases.Of(ctx, by, p.ID)
	if err != nil {
		return err
	}
	for _, c := range mine {
		page.Cases = append(page.Cases, d.caseRow(by, n, c, p.Called()))
	}
	for _, s := range p.Services {
		row, err := d.Directory.Service(ctx, s)
		if err != nil {
			return err
		}
		page.Services = append(page.Services, row.Name)
		page.MayNote = page.MayNote || by.Actor().Has(record.RoleWorker, s)
		page.MayRefer = page.MayRefer || by.Actor().Has(record.RoleLead, s)
	}
	page.MayEdit = true
	return nil
}

func (d *Desk) personEdit(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.personEditPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "person_edit", page)
}

// personEditPage is the form of a person, filled with what is kept.
func (d *Desk) personEditPage(r *http.Request, by *strongroom.Unlocked) (*PersonEditPage, people.Person, error) {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return nil, people.Person{}, err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, p, err
	}
	form := PersonForm{Page: d.base(r, "persons"), Words: wordsOf(p), NoVoice: p.NoVoice, Answers: answersOf(p)}
	page := &PersonEditPage{PersonForm: form, ID: id.String(), Version: seen(p)}
	page.Seal = true
	return page, p, nil
}

func wordsOf(p people.Person) PersonWords {
	return PersonWords{
		Called: p.Name, LastName: p.FamilyName, Birth: confided.NewText(people.ReadBirth(p.Birth.Reveal()).Typed()),
		Phone: spaced(p.Phone), Language: p.Language, Contact: p.Contact, Died: confided.NewText(dated(p.Died)),
	}
}

// seen says which versions a page showed.
func seen(p people.Person) string {
	return strconv.FormatUint(uint64(p.Identity.Version), 10) + "." + strconv.FormatUint(uint64(p.Reach.Version), 10)
}

// personSave keeps both texts when somebody else changed the person meanwhile.
func (d *Desk) personSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, now, err := d.personEditPage(r, by)
	if err != nil {
		return err
	}
	theirs := page.PersonForm
	page.Version = f.Line("version", 30)
	form := readPerson(f, &page.PersonForm)
	form.Contact, form.NoVoice, form.Answers["contact"] = theirs.Words.Contact.Reveal(), theirs.NoVoice, answersOf(now).Contact // of another page
	err = f.Err()
	switch {
	case err != nil:
	case page.Version == seen(now):
		err = d.People.Edit(r.Context(), by, now.ID, now, form)
	case !form.Same(theirs.form(), d.now()): // else the same form, posted twice
		err = fault.New(fault.Conflict, "")
	}
	if fault.KindOf(err) == fault.Conflict {
		if err := d.personTheirs(r.Context(), now, &theirs, page); err != nil {
			return err
		}
	}
	if err != nil {
		return web.Again("person_edit", page, renamed(err, "name", "called"))
	}
	if err := d.finished(r.Context(), by, f); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/persons/"+now.ID.String(), "person_saved")
}

// personTheirs shows what a colleague saved beside what was typed.
func (d *Desk) personTheirs(ctx context.Context, now people.Person, theirs *PersonForm, page *PersonEditPage) error {
	n, err := d.names(ctx)
	if err != nil {
		return err
	}
	last := now.Identity
	if now.Reach.At > last.At {
		last = now.Reach
	}
	page.Theirs, page.Version = &theirs.Words, seen(now)
	page.By, page.At = n.of(last.Author), time.Unix(last.At, 0)
	return nil
}

func (d *Desk) personRefer(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.referPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "person_refer", page)
}

// referPage is the page where a lead names a referent: Confier à….
func (d *Desk) referPage(r *http.Request, by *strongroom.Unlocked) (*PersonReferPage, record.ServiceID, error) {
	var service record.ServiceID
	id, err := path[record.Person](r, "id")
	if err != nil {
		return nil, service, err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, service, err
	}
	at := slices.IndexFunc(p.Services, func(s record.ServiceID) bool { return by.Actor().Has(record.RoleLead, s) })
	if at < 0 {
		return nil, service, policy.Decide(by.Actor(), policy.AssignCase, policy.Subject{Knows: true}).Err()
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, service, err
	}
	row, err := d.Directory.Service(r.Context(), p.Services[at])
	if err != nil {
		return nil, service, err
	}
	page := &PersonReferPage{
		Page: d.base(r, "persons"), ID: id.String(), Name: p.Called(), Service: row.Name,
		CaseID: record.NewID[record.Case]().String(),
	}
	page.Seal = true
	page.Colleagues, err = d.carriers(r.Context(), n, p.Services[at])
	return page, p.Services[at], err
}

// carriers are the members of a service who may carry cases.
func (d *Desk) carriers(ctx context.Context, n names, s record.ServiceID) ([]Choice, error) {
	all, err := d.Directory.ServiceFunctions(ctx, s)
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, f := range all {
		if f.Role.CarriesCases() && n[f.Member].State == record.MemberActive {
			out = append(out, Choice{ID: f.Member.String(), Name: n.of(f.Member)})
		}
	}
	slices.SortFunc(out, func(a, b Choice) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func (d *Desk) personAssign(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, service, err := d.referPage(r, by)
	if err != nil {
		return err
	}
	id, err := path[record.Person](r, "id")
	if err != nil {
		return err
	}
	opens := posted[record.Case](f, "case")
	page.CaseID = opens.String()
	member, err := chosen[record.Member](f, "member")
	if err == nil {
		err = d.Cases.Assign(r.Context(), by, opens, id, service, member)
	}
	if err != nil {
		return web.Again("person_refer", page, renamed(err))
	}
	return d.site.SeeOther(w, r, "/persons/"+id.String(), "person_referred")
}

// caseRow is one dossier in a list.
func (d *Desk) caseRow(by *strongroom.Unlocked, n names, c cases.Dossier, name confided.Text) CaseRow {
	return CaseRow{ID: c.ID.String(), Name: name, Referent: n.of(c.Referent), ReferentMe: c.Referent == by.Member(), MayNote: c.Reads}
}
