// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// withinCookie keeps what was looked for in a dossier, as searchCookie does a name.
const withinCookie = "__Host-within"

func (d *Desk) withinRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"POST /cases/{id}/search":         d.in(d.within),
		"GET /cases/{id}/search/{search}": d.in(d.withinShow),
	}
}

// within keeps what is looked for in a dossier, and sends to the page that looks.
func (d *Desk) within(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.withinPage(r, by)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.Need("within", longestSearch); f.Err() != nil {
		return web.Again("case_search", page, f.Err())
	}
	id, err := d.putAside(w, by, withinCookie, f.Name("within", longestSearch))
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/cases/"+page.ID+"/search/"+id, "")
}

// withinPage is the page without a word of the dossier, for who may read it.
func (d *Desk) withinPage(r *http.Request, by *strongroom.Unlocked) (*CaseSearchPage, record.CaseID, error) {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return nil, id, err
	}
	if _, err := d.Cases.Readable(r.Context(), by, id); err != nil {
		return nil, id, err
	}
	return &CaseSearchPage{CasePage: CasePage{Page: d.base(r, "cases"), ID: id.String()}}, id, nil
}

// withinShow looks through a dossier. Each look is an opening of all of it.
func (d *Desk) withinShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, id, err := d.withinPage(r, by)
	if err != nil {
		return err
	}
	page.Within = d.asideOf(r, by, withinCookie, r.PathValue("search"))
	if page.Forgotten = page.Within.Empty(); page.Forgotten {
		return d.site.Render(w, r, http.StatusOK, "case_search", page)
	}
	file, err := d.Casework.Within(r.Context(), by, id, func(t confided.Text) bool {
		return !t.Empty() && matches(t, page.Within)
	})
	if err != nil {
		return err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return err
	}
	page.Name, page.Seal = file.First().Called(), true
	page.Notes, page.Papers = d.noteViews(by, n, file.Notes), d.documentLines(by, n, file.Papers)
	return d.site.Render(w, r, http.StatusOK, "case_search", page)
}
