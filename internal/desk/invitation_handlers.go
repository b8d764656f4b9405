// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// enrolSteps is how many screens an enrolment has.
const enrolSteps = 3

func (d *Desk) invitationRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /invitation":                              d.invitationShow,
		"POST /invitation":                             d.invitationOpen,
		"GET /invitation/identity":                     d.invitationBack,
		"POST /invitation/identity":                    d.invitationName,
		"GET /invitation/passphrase":                   d.invitationBack,
		"POST /invitation/passphrase":                  d.invitationEnrol,
		"GET /invitation/paper":                        d.in(d.paperShow),
		"POST /invitation/paper":                       d.in(d.paperProve),
		"GET /administration/invitations":              d.in(d.inviteShow),
		"POST /administration/invitations":             d.in(d.inviteMake),
		"GET /slips/{draft}":                           d.in(d.slip),
		"POST /administration/invitations/{id}/cancel": d.in(d.inviteCancel),
	}
}

func (d *Desk) invitationShow(w http.ResponseWriter, r *http.Request) error {
	return d.site.Render(w, r, http.StatusOK, "invitation", &InvitationPage{Page: d.outside(r, 0)})
}

// invitationBack answers the address of a page that only a form reaches.
func (d *Desk) invitationBack(w http.ResponseWriter, r *http.Request) error {
	return d.site.SeeOther(w, r, "/invitation", "")
}

// invitationForm reads a form of an enrolment, with its code.
func (d *Desk) invitationForm(r *http.Request) (*web.Form, *EnrolPage, error) {
	if err := d.site.Stranger(r); err != nil {
		return nil, nil, err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return nil, nil, err
	}
	first := &InvitationPage{Page: d.outside(r, 0)}
	code := f.Need("invitation_code", 100)
	if err := f.Err(); err != nil {
		return nil, nil, web.Again("invitation", first, err)
	}
	who, err := d.Organisation.Invited(r.Context(), code)
	if err != nil {
		return nil, nil, againOr("invitation", first, err, fault.Expired)
	}
	page := &EnrolPage{
		Page: first.Page, Step: Step{1, enrolSteps}, Name: who.Member.Name, Service: strings.Join(who.Services, ", "),
		Inviter: who.Inviter, Login: who.Member.Login, Carried: []Carried{{"invitation_code", code}},
	}
	if len(who.Functions) > 0 {
		page.Role = who.Functions[0].Role
	}
	return f, page, nil
}

// againOr is again, for faults of one more kind.
func againOr(name string, page web.Pager, err error, kind fault.Kind) error {
	if fault.KindOf(err) == kind {
		return web.Again(name, page, err)
	}
	return again(name, page, err)
}

func (d *Desk) invitationOpen(w http.ResponseWriter, r *http.Request) error {
	_, page, err := d.invitationForm(r)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "enrol", page)
}

func (d *Desk) invitationName(w http.ResponseWriter, r *http.Request) error {
	f, page, err := d.invitationForm(r)
	if err != nil {
		return err
	}
	page.Login = f.Need("login", 200)
	if err := f.Err(); err != nil {
		return web.Again("enrol", page, err)
	}
	return d.site.Render(w, r, http.StatusOK, "passphrase", enrolPassphrase(page))
}

func enrolPassphrase(from *EnrolPage) *PassphrasePage {
	return &PassphrasePage{
		Page: from.Page, Step: Step{2, enrolSteps}, Action: "/invitation/passphrase", Cancel: "/invitation",
		Offered: strongroom.OfferPassphrase(), Carried: append(slices.Clone(from.Carried), Carried{"login", from.Login}),
	}
}

// invitationEnrol makes the newcomer's keys and opens her session.
func (d *Desk) invitationEnrol(w http.ResponseWriter, r *http.Request) error {
	f, page, err := d.invitationForm(r)
	if err != nil {
		return err
	}
	page.Login = f.Need("login", 200)
	next := enrolPassphrase(page)
	if f.Ticked("other") {
		return d.site.Render(w, r, http.StatusOK, "passphrase", next)
	}
	chosen := newPassphrase(f, page.Name, page.Login, page.Service)
	if err := f.Err(); err != nil {
		return web.Again("passphrase", next, err)
	}
	out, err := d.Organisation.Enrol(r.Context(), page.Carried[0].Value, page.Login, chosen, deviceOf(r))
	for _, e := range fault.AllFields(err) {
		if e.Field == "login" { // chosen on the page before
			return web.Again("enrol", page, err)
		}
	}
	if err != nil {
		return again("passphrase", next, err)
	}
	opened, err := d.Signin.Admit(r.Context(), cookiesOf(r), out.Member.ID, out.Secret, deviceOf(r))
	if err != nil {
		return err
	}
	setAll(w, opened.Set)
	if err := d.Organisation.Settle(r.Context(), opened.Unlocked); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/invitation/paper", "enrolled")
}

// starts reports whether a page of invitations belongs to the first start.
func starts(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/start/") }

func (d *Desk) inviteShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.invitePage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "invite", page)
}

// invitePage offers the roles and services into which the member may invite.
func (d *Desk) invitePage(r *http.Request, by *strongroom.Unlocked) (*InvitePage, error) {
	page := &InvitePage{
		Page: d.base(r, "administration"), ID: record.NewID[record.Draft]().String(), Action: r.URL.Path, Finish: "/administration",
		Role: record.RoleWorker, Regimes: record.Regimes(),
	}
	if starts(r) {
		page.Step, page.Finish = Step{7, startSteps}, "/start/done"
	}
	services, err := d.Directory.Services(r.Context())
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		if mayInvite(by, s.ID, record.RoleWorker) {
			page.Services = append(page.Services, Choice{ID: s.ID.String(), Name: s.Name, Chosen: len(page.Services) == 0})
		}
	}
	if len(page.Services) > 0 {
		first, _ := record.ParseID[record.Service](page.Services[0].ID)
		page.Roles = slices.DeleteFunc(record.ServiceRoles(), func(role record.Role) bool { return !mayInvite(by, first, role) })
	}
	page.House = slices.DeleteFunc(record.HouseRoles(), func(role record.Role) bool { return !mayInvite(by, record.ServiceID{}, role) })
	if len(page.Roles) == 0 {
		page.Roles, page.House = page.House, nil
	}
	if len(page.Roles) == 0 {
		return nil, fault.New(fault.Refused, "fault.not_yours")
	}
	page.Waiting, err = d.waitingInvitations(r, by)
	return page, err
}

func mayInvite(by *strongroom.Unlocked, s record.ServiceID, role record.Role) bool {
	return policy.Decide(by.Actor(), policy.Invite, policy.Subject{Service: s, Role: role}).Allowed()
}

func (d *Desk) waitingInvitations(r *http.Request, by *strongroom.Unlocked) ([]InvitedRow, error) {
	all, err := d.Organisation.Invitations(r.Context(), by)
	var rows []InvitedRow
	for _, i := range all {
		row := InvitedRow{ID: i.ID.String(), Name: i.Member.Name, Service: strings.Join(i.Services, ", "), Until: minute(i.Until)}
		if len(i.Functions) > 0 {
			row.Role = i.Functions[0].Role
		}
		rows = append(rows, row)
	}
	return rows, err
}

// inviteMake invites, and keeps the code sealed for the inviter until it was
// handed over: the page of the slip may be printed again, and the form posted
// again invites nobody twice.
func (d *Desk) inviteMake(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, err := d.invitePage(r, by)
	if err != nil {
		return err
	}
	slip := posted[record.Draft](f, "id")
	page.ID = slip.String()
	to := "/slips/" + slip.String()
	if starts(r) {
		to += "?start=yes"
	}
	if _, err := d.Strong.OpenDraft(r.Context(), by, slip); err == nil {
		return d.site.SeeOther(w, r, to, "")
	}
	form := page.read(f)
	if err := f.Err(); err != nil {
		return web.Again("invite", page, err)
	}
	code, _, err := d.Organisation.Invite(r.Context(), by, form)
	if err != nil {
		return again("invite", page, err)
	}
	if err := d.Strong.KeepDraft(r.Context(), by, slip, strongroom.Words{record.TagCode: confided.NewText(code)}); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, to, "")
}

// read takes an invitation's form into its page.
func (p *InvitePage) read(f *web.Form) organisation.Newcomer {
	p.Name, p.Role, p.Regime = f.Need("name", 200), record.Role(f.Line("role", 20)), record.Regime(f.Line("regime", 20))
	service, _ := record.ParseID[record.Service](f.Line("service", 40))
	for i := range p.Services {
		p.Services[i].Chosen = p.Services[i].ID == service.String()
	}
	if !p.Role.InService() {
		service = record.ServiceID{}
	}
	if !slices.Contains(p.Roles, p.Role) && !slices.Contains(p.House, p.Role) {
		f.Fail("role", "form.choice")
	}
	return organisation.Newcomer{Name: p.Name, Regime: p.Regime, Functions: []record.Function{{Service: service, Role: p.Role}}}
}

// slip shows the code of an invitation as long as it can be used.
func (d *Desk) slip(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Draft](r, "draft")
	if err != nil {
		return err
	}
	kept, err := d.Strong.OpenDraft(r.Context(), by, id)
	if err != nil {
		return err
	}
	code := kept.Words[record.TagCode].Reveal()
	who, err := d.Organisation.Invited(r.Context(), code)
	if fault.KindOf(err) == fault.Expired {
		_ = d.Strong.DropDraft(r.Context(), by, id) // of no use any more; it ends by itself otherwise
	}
	if err != nil {
		return err
	}
	page := SlipPage{
		Page: d.base(r, "administration"), Name: who.Member.Name, Service: strings.Join(who.Services, ", "), Inviter: who.Inviter,
		Address: r.Host, Code: code, Until: time.Unix(int64(who.Until)*60, 0), More: "/administration/invitations", Finish: "/administration",
	}
	if len(who.Functions) > 0 {
		page.Role = who.Functions[0].Role
	}
	if r.URL.Query().Get("start") != "" {
		page.Step, page.More, page.Finish = Step{7, startSteps}, "/start/invitations", "/start/done"
	}
	return d.site.Render(w, r, http.StatusOK, "slip", &page)
}

func (d *Desk) inviteCancel(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Invitation](r, "id")
	if err != nil {
		return err
	}
	if done, err := d.confirmed(w, r, ConfirmPage{What: "cancel_invitation", Action: r.URL.Path, Cancel: "/administration"}); !done {
		return err
	}
	if err := d.Organisation.CancelInvitation(r.Context(), by, id); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/administration", "invitation_cancelled")
}
