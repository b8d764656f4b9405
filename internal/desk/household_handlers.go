// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// longestLines bounds what is typed of a household, in characters.
const longestLines = 4000

// called is what the form calls somebody: a name, or a household's lines.
func (p *PersonForm) called(f *web.Form) confided.Text {
	if p.Several {
		return f.Words("called", longestLines)
	}
	return f.Name("called", 200)
}

// readHousehold reads the form of who is received, keeps it in its page, and
// returns who comes. A person alone keeps the id that came with the form.
func (d *Desk) readHousehold(f *web.Form, page *PersonNewPage) (people.Household, error) {
	id := posted[record.Person](f, "id")
	page.ID, page.Several = id.String(), true
	form := readPerson(f, &page.PersonForm)
	all := people.Household{Service: posted[record.Service](f, "service")}
	for i := range page.Services {
		page.Services[i].Chosen = page.Services[i].ID == all.Service.String()
	}
	if err := f.Err(); err != nil {
		return all, err
	}
	if !slices.ContainsFunc(page.Services, func(c Choice) bool { return c.Chosen }) {
		return all, fault.Field("service", "fault.choose")
	}
	lines, err := people.ParseLines(form.Name, d.now())
	if err != nil {
		return all, err
	}
	for i, l := range lines {
		n := people.Newcomer{ID: record.NewID[record.Person](), Form: l.Form(), Nature: d.guessed(l)}
		if i == 0 {
			form.Name, form.FamilyName, form.Birth = n.Form.Name, n.Form.FamilyName, n.Form.Birth
			n = people.Newcomer{ID: id, Form: form}
		}
		all.All = append(all.All, n)
	}
	return all, all.All[0].Form.Check(d.now())
}

// adulthood is the age of majority (Code civil, art. 414).
const adulthood = 18

// guessed is who somebody of a line is to the person received: as the line says,
// else her child when she is a minor.
func (d *Desk) guessed(l people.Line) record.Nature {
	if age, known := l.Birth.Years(d.now()); l.Nature == "" && known && age < adulthood {
		return record.NatureChild
	}
	return cmp.Or(l.Nature, record.NatureOther)
}

// plain reports whether a household is one name and nothing more, which needs no
// second look.
func plain(all people.Household) bool { return len(all.All) == 1 && all.All[0].Form.Birth == "" }

// understood keeps the form, sealed, and goes to the page that says how its lines
// were understood: nothing of them stands in an address.
func (d *Desk) understood(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, f *web.Form) error {
	answers, ok := f.Kept()
	if !ok {
		return fault.New(fault.Invalid, "form.unread")
	}
	id := posted[record.Draft](f, "draft")
	if id == organisation.KeptID(by.Member()) {
		return fault.New(fault.Withheld, "")
	}
	if err := d.Strong.KeepDraft(r.Context(), by, id, waitingWords("/persons/new", answers)); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/households/"+id.String(), "")
}

// waitingHousehold opens the form that waits for a second look.
func (d *Desk) waitingHousehold(r *http.Request, by *strongroom.Unlocked) (people.Household, *web.Form, error) {
	var all people.Household
	id, err := path[record.Draft](r, "draft")
	if err != nil {
		return all, nil, err
	}
	kept, err := d.Strong.OpenDraft(r.Context(), by, id)
	if err != nil {
		return all, nil, err
	}
	form, ok := waitingOf(kept)
	if !ok || form.Place != "/persons/new" {
		return all, nil, fault.New(fault.Withheld, "")
	}
	page, err := d.personNewPage(r, by)
	if err != nil {
		return all, nil, err
	}
	page.DraftID = id.String()
	f := web.FormOf(form.Answers)
	all, err = d.readHousehold(f, page)
	all.Draft = id
	if err != nil {
		err = web.Again("person_new", page, renamed(err, "name", "called", "lines", "called"))
	}
	return all, f, err
}

// household shows how the lines were understood.
func (d *Desk) household(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	all, _, err := d.waitingHousehold(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "household", d.householdPage(r, all))
}

func (d *Desk) householdPage(r *http.Request, all people.Household) *HouseholdPage {
	page := &HouseholdPage{
		Page: d.base(r, "persons"), Draft: all.Draft.String(), ID: all.All[0].ID.String(), Natures: record.Natures(),
	}
	for i, n := range all.All {
		b, _ := people.ParseBirth(n.Form.Birth, d.now())
		row := HouseholdRow{N: i + 1, Name: confided.Join(" ", confided.NewText(n.Form.Name), confided.NewText(n.Form.FamilyName)), Known: b.Known(), Nature: n.Nature}
		row.Age, _ = b.Years(d.now())
		if b.Day > 0 {
			row.Birth = time.Date(b.Year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC)
		}
		switch {
		case !b.Known():
			page.Ageless++
		case row.Age < adulthood:
			page.Children++
		default:
			page.Adults++
		}
		page.Rows = append(page.Rows, row)
	}
	return page
}

// householdReceive writes a household as it was shown, with the relations chosen.
func (d *Desk) householdReceive(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	all, waited, err := d.waitingHousehold(r, by)
	if id, wrong := record.ParseID[record.Person](f.Line("id", 40)); fault.KindOf(err) == fault.Withheld && wrong == nil {
		if d.receivedAlready(r.Context(), by, id) {
			return d.site.SeeOther(w, r, "/persons/"+id.String(), "")
		}
	}
	if err != nil {
		return err
	}
	for i, chosen := range f.All("nature", len(all.All)) {
		if i+1 < len(all.All) && slices.Contains(record.Natures(), record.Nature(chosen)) {
			all.All[i+1].Nature = record.Nature(chosen)
		}
	}
	if err := d.People.Receive(r.Context(), by, all); err != nil {
		return web.Again("household", d.householdPage(r, all), err)
	}
	return d.received(w, r, all, waited.Line("then", 10))
}

// receivedAlready reports whether somebody was received by a form that is posted
// again.
func (d *Desk) receivedAlready(ctx context.Context, by *strongroom.Unlocked, id record.PersonID) bool {
	named, err := d.People.Names(ctx, by, id)
	return err == nil && len(named) > 0
}
