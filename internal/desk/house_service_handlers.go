// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// admin answers only who administers the organisation.
func (d *Desk) admin(h member) web.Handler {
	return d.in(func(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
		if !administers(by) {
			return fault.New(fault.Refused, "fault.not_yours")
		}
		return h(w, r, by)
	})
}

// serviceNamePage is the form of a service to be, or of one that is there.
func (d *Desk) serviceNamePage(r *http.Request) (*ServiceNamePage, record.ServiceID, error) {
	page := &ServiceNamePage{Page: d.base(r, "administration"), Action: r.URL.Path, New: r.PathValue("id") == ""}
	var id record.ServiceID
	if !page.New {
		var err error
		if id, err = path[record.Service](r, "id"); err != nil {
			return nil, id, err
		}
		places, err := d.Organisation.Services(r.Context())
		if err != nil {
			return nil, id, err
		}
		at := slices.IndexFunc(places, func(p organisation.Place) bool { return p.ID == id })
		if at < 0 {
			return nil, id, fault.New(fault.Withheld, "")
		}
		page.Name, page.Has = places[at].Name, codes(places[at].Missions)
	}
	for _, c := range record.Missions() {
		if !slices.Contains(page.Has, c) {
			page.Missions = append(page.Missions, MissionChoice{Code: c})
		}
	}
	return page, id, nil
}

func codes(all []record.Mission) []record.MissionCode {
	var out []record.MissionCode
	for _, m := range all {
		out = append(out, m.Code)
	}
	return out
}

func (d *Desk) serviceNameShow(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	page, _, err := d.serviceNamePage(r)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "service_name", page)
}

func (d *Desk) serviceNameSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, id, err := d.serviceNamePage(r)
	if err != nil {
		return err
	}
	page.Name = f.Line("service", 200)
	chosen := page.chosen(f)
	if err := f.Err(); err != nil {
		return web.Again("service_name", page, err)
	}
	if page.New {
		_, err = d.Organisation.AddService(r.Context(), by, page.Name, chosen, true)
	} else {
		err = d.Organisation.ChangeService(r.Context(), by, id, page.Name, chosen)
	}
	if err != nil {
		return again("service_name", page, err)
	}
	if page.New {
		return d.site.SeeOther(w, r, "/administration", "service_added")
	}
	return d.site.SeeOther(w, r, "/administration", "saved")
}

// chosen reads the missions that were ticked, and keeps them ticked.
func (p *ServiceNamePage) chosen(f *web.Form) []record.MissionCode {
	var all []record.MissionCode
	for _, code := range f.All("mission", 50) {
		all = append(all, record.MissionCode(code))
	}
	for i, m := range p.Missions {
		p.Missions[i].Chosen = slices.Contains(all, m.Code)
	}
	return all
}
