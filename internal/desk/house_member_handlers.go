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

func functionRows(all []record.Function, places []organisation.Place) []FunctionRow {
	var rows []FunctionRow
	for _, f := range all {
		row := FunctionRow{Role: f.Role}
		if at := slices.IndexFunc(places, func(p organisation.Place) bool { return p.ID == f.Service }); at >= 0 {
			row.Service = places[at].Name
		}
		rows = append(rows, row)
	}
	return rows
}

// account is the member that an address of administration names, and the services.
func (d *Desk) account(r *http.Request) (organisation.Account, []organisation.Place, error) {
	id, err := path[record.Member](r, "id")
	if err != nil {
		return organisation.Account{}, nil, err
	}
	a, err := d.Organisation.Member(r.Context(), id)
	if err != nil {
		return a, nil, err
	}
	if a.State != record.MemberActive {
		return a, nil, fault.New(fault.Refused, "fault.not_enrolled")
	}
	places, err := d.Organisation.Services(r.Context())
	return a, places, err
}

func (d *Desk) memberPage(r *http.Request, by *strongroom.Unlocked) (*MemberPage, organisation.Account, error) {
	a, places, err := d.account(r)
	if err != nil {
		return nil, a, err
	}
	at := "/administration/members/" + a.ID.String()
	page := &MemberPage{
		Page: d.base(r, "administration"), ID: a.ID.String(), Name: a.Name, Login: a.Login,
		Roles: slices.Concat(record.ServiceRoles(), record.HouseRoles()),
	}
	if a.ID != by.Member() {
		page.Close = at + "/close"
	}
	for i, row := range functionRows(a.Functions, places) {
		page.Functions = append(page.Functions, HeldFunction{row, at + "/functions/" + functionKey(a.Functions[i]) + "/end"})
	}
	for i, p := range places {
		page.Services = append(page.Services, Choice{ID: p.ID.String(), Name: p.Name, Chosen: i == 0})
	}
	return page, a, nil
}

// functionKey names a function in an address: its role, and its service.
func functionKey(f record.Function) string {
	if f.Service.IsZero() {
		return string(f.Role)
	}
	return string(f.Role) + "-" + f.Service.String()
}

// heldFunction finds the function that an address names among a member's.
func heldFunction(r *http.Request, a organisation.Account) (record.Function, error) {
	at := slices.IndexFunc(a.Functions, func(f record.Function) bool { return functionKey(f) == r.PathValue("function") })
	if at < 0 {
		return record.Function{}, fault.New(fault.Withheld, "")
	}
	return a.Functions[at], nil
}

func (d *Desk) memberShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.memberPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "member", page)
}

func (d *Desk) functionAdd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, a, err := d.memberPage(r, by)
	if err != nil {
		return err
	}
	given := record.Function{Member: a.ID, Role: record.Role(f.Line("role", 20))}
	service, _ := record.ParseID[record.Service](f.Line("service", 40))
	for i := range page.Services {
		page.Services[i].Chosen = page.Services[i].ID == service.String()
	}
	if given.Role.InService() {
		given.Service = service
	}
	page.Role = given.Role
	if err := f.Err(); err != nil {
		return web.Again("member", page, err)
	}
	if err := d.Organisation.AddFunction(r.Context(), by, given); err != nil {
		return again("member", page, err)
	}
	flash := "function_added"
	if given.Service.IsZero() {
		flash = "saved"
	} else if a.ID == by.Member() { // nobody else may be there to unlock: she makes the Office now
		if err := d.Organisation.Settle(r.Context(), by); err != nil {
			return err
		}
	}
	return d.site.SeeOther(w, r, r.URL.Path, flash)
}

// endingPage says what comes of an ending, in words.
func (d *Desk) endingPage(r *http.Request, a organisation.Account, places []organisation.Place, e organisation.Ending) *EndingPage {
	at := "/administration/members/" + a.ID.String()
	page := &EndingPage{
		Page: d.base(r, "administration"), Action: r.URL.Path, Cancel: at, Name: a.Name, FirstName: firstName(a.Name),
		Leaves: e.Leaves, Emergency: e.Emergency, Left: functionRows(e.Left, places), Cases: e.Cases, Carries: e.Carries, Alone: e.Alone,
	}
	page.Alert = e.Refused
	return page
}

func (d *Desk) functionEnding(r *http.Request, by *strongroom.Unlocked) (*EndingPage, record.Function, error) {
	a, places, err := d.account(r)
	if err != nil {
		return nil, record.Function{}, err
	}
	f, err := heldFunction(r, a)
	if err != nil {
		return nil, f, err
	}
	e, err := d.Organisation.Ending(r.Context(), by, f)
	if err != nil {
		return nil, f, err
	}
	page := d.endingPage(r, a, places, e)
	page.Function = functionRows([]record.Function{f}, places)[0]
	return page, f, nil
}

func (d *Desk) functionEndShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.functionEnding(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "ending", page)
}

func (d *Desk) functionEnd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, f, err := d.functionEnding(r, by)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if !form.Ticked("confirmed") {
		return d.site.Render(w, r, http.StatusOK, "ending", page)
	}
	if err := d.Organisation.EndFunction(r.Context(), by, f); err != nil {
		return err
	}
	if f.Member == by.Member() && !f.Role.InService() { // she may have left this very page
		return d.site.SeeOther(w, r, "/today", "function_ended")
	}
	return d.site.SeeOther(w, r, page.Cancel, "function_ended")
}

func (d *Desk) closing(r *http.Request, by *strongroom.Unlocked) (*EndingPage, record.MemberID, error) {
	a, places, err := d.account(r)
	if err != nil {
		return nil, a.ID, err
	}
	e, err := d.Organisation.Closing(r.Context(), by, a.ID)
	if err != nil {
		return nil, a.ID, err
	}
	page := d.endingPage(r, a, places, e)
	page.Close = true
	return page, a.ID, nil
}

func (d *Desk) closeShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.closing(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "ending", page)
}

func (d *Desk) closeAccount(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, id, err := d.closing(r, by)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if !f.Ticked("confirmed") {
		return d.site.Render(w, r, http.StatusOK, "ending", page)
	}
	if err := d.Organisation.CloseAccount(r.Context(), by, id); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/administration", "account_closed")
}
