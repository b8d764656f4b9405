// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"strings"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) relationRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /persons/{id}/relations":                      d.in(d.relations),
		"POST /persons/{id}/relations":                     d.in(d.relate),
		"GET /persons/{id}/relations/{relation}":           d.in(d.relation),
		"POST /persons/{id}/relations/{relation}":          d.in(d.relationAmend),
		"GET /persons/{id}/relations/{relation}/separate":  d.in(d.separate),
		"POST /persons/{id}/relations/{relation}/separate": d.in(d.separate),
	}
}

// mostOffered bounds the persons among whom one chooses who is linked.
const mostOffered = 20

// family names those linked to a person.
func (d *Desk) family(ctx context.Context, by *strongroom.Unlocked, p people.Person) (Family, error) {
	kin, err := d.People.Kin(ctx, by, p)
	if err != nil {
		return nil, err
	}
	var out Family
	for _, k := range kin {
		row := KinRow{
			ID: k.Object.String(), PersonID: k.Other.String(), Name: k.Person.Name, Called: k.Person.Called(),
			Nature: k.Nature, Sealed: !k.Relation.Called.Empty(), Since: dated(k.Since), Until: dated(k.Until), Custody: k.Custody,
		}
		_, row.Age = d.birth(k.Person)
		out = append(out, row)
	}
	return out, nil
}

// dated is a date, or what is known of one, as one types it.
func dated(kept confided.Text) string { return people.ReadBirth(kept.Reveal()).Typed() }

func (d *Desk) relationsPage(r *http.Request, by *strongroom.Unlocked) (*RelationsPage, people.Person, error) {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return nil, people.Person{}, err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, p, err
	}
	page := &RelationsPage{ID: id.String(), Name: p.Called(), TieForm: TieForm{Page: d.base(r, "persons"), Nature: record.NatureOther}}
	page.Seal = true
	page.Family, err = d.family(r.Context(), by, p)
	return page, p, err
}

// relations shows the links of a person, and the form of a further one.
func (d *Desk) relations(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.relationsPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "relations", page)
}

// relate looks for the other person among those her services know, then links the
// two. What is looked for is posted: a name never stands in an address.
func (d *Desk) relate(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, p, err := d.relationsPage(r, by)
	if err != nil {
		return err
	}
	tie := page.read(f)
	page.Filter, page.Looked = f.Name("filter", 200), true
	if page.Offered, err = d.offered(r.Context(), by, p.ID, page.Filter); err != nil {
		return err
	}
	if f.Line("kin", 40) == "" && f.Err() == nil {
		return d.site.Render(w, r, http.StatusOK, "relations", page)
	}
	other, err := chosen[record.Person](f, "kin")
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		err = d.People.Relate(r.Context(), by, p, other, tie)
	}
	if err != nil {
		return web.Again("relations", page, err)
	}
	return d.site.SeeOther(w, r, "/persons/"+page.ID+"/relations", "relation_saved")
}

// offered are the persons whose names match, but her.
func (d *Desk) offered(ctx context.Context, by *strongroom.Unlocked, her record.PersonID, filter confided.Text) ([]PersonRow, error) {
	if filter.Empty() {
		return nil, nil
	}
	all, _, err := d.People.List(ctx, by, record.ServiceID{}, record.PersonID{}, mostSearched)
	if err != nil {
		return nil, err
	}
	var out []PersonRow
	for _, p := range all {
		if p.ID != her && matches(p.Called(), filter) && len(out) < mostOffered {
			out = append(out, d.personRow(p))
		}
	}
	return out, nil
}

// read reads the fields of a link, and keeps them in the page.
func (p *TieForm) read(f *web.Form) people.Tie {
	p.Nature = record.Nature(f.Line("nature", 20))
	p.Since, p.Until, p.Custody = f.Name("since", 40), f.Name("ended", 40), f.Words("custody", 2000)
	return people.Tie{Nature: p.Nature, Since: p.Since.Reveal(), Until: p.Until.Reveal(), Custody: p.Custody.Reveal()}
}

// relationPage is the form of one link of a person's.
func (d *Desk) relationPage(r *http.Request, by *strongroom.Unlocked) (*RelationPage, people.Person, record.ObjectID, error) {
	of, err := path[record.Object](r, "relation")
	if err != nil {
		return nil, people.Person{}, of, err
	}
	all, p, err := d.relationsPage(r, by)
	if err != nil {
		return nil, p, of, err
	}
	for _, one := range p.Relations {
		for _, k := range all.Family {
			if one.Object != of || k.ID != of.String() || one.Parted() {
				continue
			}
			page := &RelationPage{ID: k.ID, PersonID: all.ID, Name: all.Name, Called: k.Called, Version: int(one.Version), TieForm: all.TieForm}
			page.Nature, page.Custody = one.Nature, one.Custody
			page.Since, page.Until = confided.NewText(k.Since), confided.NewText(k.Until)
			page.MaySeparate = one.Nature != record.NatureApart && !one.Ended()
			return page, p, of, nil
		}
	}
	return nil, p, of, fault.New(fault.Withheld, "")
}

func (d *Desk) relation(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, _, err := d.relationPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "relation", page)
}

// relationAmend corrects or ends a link, on both sides.
func (d *Desk) relationAmend(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, p, of, err := d.relationPage(r, by)
	if err != nil {
		return err
	}
	was := page.TieForm
	tie := page.read(f)
	if f.Ticked("today") {
		tie.Until = d.now().Format("2/1/2006")
	}
	if was.said() == page.said() && tie.Until == page.Until.Reveal() {
		return d.site.SeeOther(w, r, "/persons/"+page.PersonID+"/relations", "") // posted twice
	}
	version := f.Number("version", 0, 1<<30)
	page.Version = version
	if err = f.Err(); err == nil {
		err = d.People.Amend(r.Context(), by, p, of, uint32(version), tie) //nolint:gosec // bounded above
	}
	if err != nil {
		return web.Again("relation", page, err)
	}
	return d.site.SeeOther(w, r, "/persons/"+page.PersonID+"/relations", "relation_saved")
}

// said is all that a form of a link says.
func (p *TieForm) said() string {
	return strings.Join([]string{string(p.Nature), p.Since.Reveal(), p.Until.Reveal(), p.Custody.Reveal()}, "\n")
}

// separate asks once more, then cuts every link between two persons.
func (d *Desk) separate(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, p, of, err := d.relationPage(r, by)
	if err != nil {
		return err
	}
	at := "/persons/" + page.PersonID + "/relations"
	if done, err := d.confirmed(w, r, ConfirmPage{What: "separate", Action: r.URL.Path, Cancel: at}); !done {
		return err
	}
	if err := d.People.Separate(r.Context(), by, p, of); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, at, "separated")
}
