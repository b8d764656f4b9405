// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) mergeRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /persons/{id}/merge":    d.in(d.merge),
		"POST /persons/{id}/merge":   d.in(d.mergeSay),
		"POST /persons/{id}/unmerge": d.in(d.unmerge),
	}
}

// MergePage is GET and POST /persons/{id}/merge: which other record is hers too.
type MergePage struct {
	web.Page
	ID      string
	Name    confided.Text
	Filter  confided.Text
	Looked  bool        // a record was looked for
	Offered []PersonRow // and found
}

// Find is the field in which one looks for the other record.
func (p *MergePage) Find() web.Input {
	in := p.Input("text", "filter", p.Filter)
	in.Label = p.T("page.merge.find")
	return in
}

// OtherRecord is what a person's page shows of her other record.
type OtherRecord struct {
	ID      string
	Name    confided.Text
	Birth   time.Time
	Age     int
	Phone   confided.Text
	Contact confided.Text
	Until   time.Time // the last day on which the two can be told apart again; zero: no more
}

func (d *Desk) mergePage(r *http.Request, by *strongroom.Unlocked) (*MergePage, record.PersonID, error) {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return nil, id, err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, id, err
	}
	page := &MergePage{Page: d.base(r, "persons"), ID: id.String(), Name: p.Called(), Filter: p.Name}
	page.Seal = true
	return page, id, nil
}

func (d *Desk) merge(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.mergePage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "merge", page)
}

// mergeSay looks for the other record among those her services know, then says
// that it is hers.
func (d *Desk) mergeSay(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, id, err := d.mergePage(r, by)
	if err != nil {
		return err
	}
	page.Filter, page.Looked = f.Name("filter", 200), true
	if page.Offered, err = d.offered(r.Context(), by, id, page.Filter); err != nil {
		return err
	}
	if f.Line("kin", 40) == "" && f.Err() == nil {
		return d.site.Render(w, r, http.StatusOK, "merge", page)
	}
	other, err := chosen[record.Person](f, "kin")
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		err = d.People.Merge(r.Context(), by, id, other)
	}
	if err != nil {
		return web.Again("merge", page, err)
	}
	return d.site.SeeOther(w, r, "/persons/"+page.ID, "merged")
}

func (d *Desk) unmerge(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return err
	}
	if err := d.People.Unmerge(r.Context(), by, id); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/persons/"+id.String(), "unmerged")
}

// otherRecord adds to a person's page her other record, when the member's keys
// open it: who it is, how to reach her safely, who must not cross her, and the
// dossiers of it that are open to the member.
func (d *Desk) otherRecord(ctx context.Context, by *strongroom.Unlocked, n names, p people.Person, page *PersonPage) error {
	if p.Same.IsZero() {
		return nil
	}
	q, err := d.People.Known(ctx, by, p.Same)
	if err != nil || q.Name.Empty() {
		return err
	}
	page.Other = &OtherRecord{ID: q.ID.String(), Name: q.Called(), Phone: spaced(q.Phone), Contact: q.Contact}
	page.Other.Birth, page.Other.Age = d.birth(q)
	if day, err := time.ParseInLocation(time.DateOnly, p.Merged.Reveal(), d.now().Location()); err == nil && d.People.MayUnmerge(p) {
		page.Other.Until = day.AddDate(0, 0, people.UnmergeDays)
	}
	page.heed(d.reaching(q), q.NoVoice)
	family, err := d.family(ctx, by, q)
	if err != nil {
		return err
	}
	page.Family = append(page.Family, family.Apart()...)
	mine, err := d.Cases.Of(ctx, by, q.ID)
	for _, c := range mine {
		page.Cases = append(page.Cases, d.caseRow(by, n, c, q.Called()))
	}
	return err
}

// heed adds the warnings of another record of hers: what one forbids is forbidden.
func (p *PersonPage) heed(other Reaching, noVoice bool) {
	p.NoVoice = p.NoVoice || noVoice
	p.Reaching.Again = p.Reaching.Again || other.Again
	if p.Reaching.Died == "" {
		p.Reaching.Died = other.Died
	}
	for _, way := range other.Forbidden {
		if !slices.Contains(p.Reaching.Forbidden, way) {
			p.Reaching.Forbidden = append(p.Reaching.Forbidden, way)
		}
	}
}
