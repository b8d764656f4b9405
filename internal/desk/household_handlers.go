// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
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

// resembles reports whether somebody of a household resembles a known person.
func (d *Desk) resembles(ctx context.Context, by *strongroom.Unlocked, all people.Household) (bool, error) {
	near, err := d.People.Near(ctx, by, all.Service, all.All)
	return slices.ContainsFunc(near, func(ids []record.PersonID) bool { return len(ids) > 0 }), err
}

// household shows how the lines were understood, and whom they resemble.
func (d *Desk) household(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	all, _, err := d.waitingHousehold(r, by)
	if err != nil {
		return err
	}
	near, err := d.People.Near(r.Context(), by, all.Service, all.All)
	if err != nil {
		return err
	}
	page, err := d.householdPage(r, by, all, near)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "household", page)
}

func (d *Desk) householdPage(r *http.Request, by *strongroom.Unlocked, all people.Household, near [][]record.PersonID) (*HouseholdPage, error) {
	shown, err := d.People.ShowNear(r.Context(), by, near)
	if err != nil {
		return nil, err
	}
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
		for _, p := range shown[i] {
			row.Near = append(row.Near, NearRow{d.personRow(p), p.ID == n.Same})
		}
		page.Seal = page.Seal || len(row.Near) > 0
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// householdReceive writes a household as it was shown, with the relations chosen,
// and uses the record of who was said to be known.
func (d *Desk) householdReceive(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	all, waited, err := d.waitingHousehold(r, by)
	if fault.KindOf(err) == fault.Withheld {
		return d.receivedAlready(w, r, by, f, err)
	}
	if err != nil {
		return err
	}
	for i, chosen := range f.All("nature", len(all.All)) {
		if i+1 < len(all.All) && slices.Contains(record.Natures(), record.Nature(chosen)) {
			all.All[i+1].Nature = record.Nature(chosen)
		}
	}
	near, err := d.People.Near(r.Context(), by, all.Service, all.All)
	if err != nil {
		return err
	}
	if err = readSame(f, all, near); err == nil {
		err = d.People.Receive(r.Context(), by, all)
	}
	if fault.KindOf(err) == fault.Conflict {
		return d.receivedAlready(w, r, by, f, err)
	}
	if err != nil {
		page, wrong := d.householdPage(r, by, all, near)
		if wrong != nil {
			return wrong
		}
		for i := range page.Rows {
			page.Rows[i].Other = f.Line(sameField(i), 40) == another
		}
		return web.Again("household", page, err)
	}
	return d.received(w, r, all, waited.Line("then", 10))
}

// another is the answer that somebody near is somebody else.
const another = "other"

// sameField is the field that says who somebody of a line is.
func sameField(line int) string { return "same-" + strconv.Itoa(line+1) }

// readSame reads who of a household is a known person. Who resembles somebody
// since the page was shown is asked about: nobody is made twice in silence.
func readSame(f *web.Form, all people.Household, near [][]record.PersonID) error {
	var bad fault.Fields
	for i, ids := range near {
		if len(ids) == 0 {
			continue
		}
		said := f.Line(sameField(i), 40)
		at := slices.IndexFunc(ids, func(id record.PersonID) bool { return id.String() == said })
		switch {
		case at >= 0:
			all.All[i].Same = ids[at]
		case said != another:
			bad.AddAt("same", "fault.choose", i+1)
		}
	}
	return bad.Err()
}

// receivedAlready goes to somebody who was received by a form that is posted again,
// under the id that came with it or the record that was chosen.
func (d *Desk) receivedAlready(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, f *web.Form, none error) error {
	for _, said := range []string{f.Line(sameField(0), 40), f.Line("id", 40)} {
		id, err := record.ParseID[record.Person](said)
		if err != nil {
			continue
		}
		if named, err := d.People.Names(r.Context(), by, id); err == nil && len(named) > 0 {
			return d.site.SeeOther(w, r, "/persons/"+id.String(), "")
		}
	}
	return none
}
