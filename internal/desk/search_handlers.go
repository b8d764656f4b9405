// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"

	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// What was typed is put aside: it stands in no address, no log and no table
// (secrecy.md §4). Only the last search is kept.
const (
	searchCookie  = "__Host-search"
	longestSearch = 200 // characters
)

func (d *Desk) searchRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"POST /search":         d.in(d.search),
		"GET /search/{search}": d.in(d.searchShow),
	}
}

// search keeps what is looked for, and sends to the page that looks.
func (d *Desk) search(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, f, err := d.searchForm(r, by)
	if err != nil {
		return err
	}
	if f.Need("query", longestSearch); f.Err() != nil {
		return web.Again("search", page, f.Err())
	}
	id, err := d.putAside(w, by, searchCookie, f.Name("query", longestSearch))
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/search/"+id, "")
}

func (d *Desk) searchForm(r *http.Request, by *strongroom.Unlocked) (*SearchPage, *web.Form, error) {
	page, err := d.searchPage(r, by)
	if err != nil {
		return nil, nil, err
	}
	f, err := web.ReadForm(r)
	return page, f, err
}

func (d *Desk) searchPage(r *http.Request, by *strongroom.Unlocked) (*SearchPage, error) {
	if err := policy.Decide(by.Actor(), policy.ListPersons, policy.Subject{}).Err(); err != nil {
		return nil, err
	}
	return &SearchPage{Page: d.base(r, "search"), MayNote: works(by)}, nil
}

// searchShow looks for a name. Each look is an opening of the lines it shows.
func (d *Desk) searchShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.searchPage(r, by)
	if err != nil {
		return err
	}
	page.ID = r.PathValue("search")
	page.Search = d.asideOf(r, by, searchCookie, page.ID)
	if page.Forgotten = page.Search.Empty(); page.Forgotten {
		return d.site.Render(w, r, http.StatusOK, "search", page)
	}
	if _, page.MayCreate, err = d.awaited(r.Context(), by); err != nil {
		return err
	}
	found, err := d.People.Find(r.Context(), by, page.Search)
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	for _, p := range found {
		row := FoundRow{ID: p.ID.String(), Name: p.Called()}
		row.Birth, row.Age = d.birth(p)
		mine, err := d.Cases.Of(r.Context(), by, p.ID)
		if err != nil {
			return err
		}
		for _, c := range mine {
			row.Referent, row.ReferentMe = n.of(c.Referent), c.Referent == by.Member()
		}
		page.Found = append(page.Found, row)
	}
	page.Seal = len(page.Found) > 0
	return d.site.Render(w, r, http.StatusOK, "search", page)
}
