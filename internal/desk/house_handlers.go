// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) houseRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /today":                              d.in(d.today),
		"GET /welcome/{service}/{member}":         d.in(d.welcomeShow),
		"POST /welcome/{service}/{member}":        d.in(d.welcome),
		"GET /administration":                     d.in(d.administration),
		"GET /administration/members/{id}":        d.admin(d.memberShow),
		"POST /administration/members/{id}":       d.admin(d.functionAdd),
		"GET /administration/members/{id}/close":  d.admin(d.closeShow),
		"POST /administration/members/{id}/close": d.admin(d.closeAccount),

		"GET /administration/members/{id}/functions/{function}/end":  d.admin(d.functionEndShow),
		"POST /administration/members/{id}/functions/{function}/end": d.admin(d.functionEnd),

		"GET /administration/services/new":        d.admin(d.serviceNameShow),
		"POST /administration/services/new":       d.admin(d.serviceNameSave),
		"GET /administration/services/{id}/name":  d.admin(d.serviceNameShow),
		"POST /administration/services/{id}/name": d.admin(d.serviceNameSave),
		"GET /administration/services/{id}":       d.in(d.serviceShow),
		"POST /administration/services/{id}":      d.in(d.serviceSave),
	}
}

// today is where one lands: who is expected, and what waits for the member.
func (d *Desk) today(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page := TodayPage{Page: d.base(r, "today"), Works: works(by)}
	var err error
	if page.Awaited, page.MayCreate, err = d.awaited(r.Context(), by); err != nil {
		return err
	}
	if page.Drafts, err = d.draftRows(r.Context(), by); err != nil {
		return err
	}
	if page.Serves {
		if page.Agenda, err = d.day(r.Context(), by, d.now(), page.MayCreate); err != nil {
			return err
		}
	}
	page.Seal = len(page.Drafts) > 0 || len(page.Agenda.Rows) > 0
	waiting, err := d.Organisation.ToWelcome(r.Context(), by)
	if err != nil {
		return err
	}
	for _, one := range waiting {
		page.Welcomes = append(page.Welcomes, WelcomeRow{
			ID: one.Service.ID.String() + "/" + one.Member.ID.String(), FirstName: firstName(one.Member.Name), Service: one.Service.Name,
		})
	}
	if page.Works && page.MayCreate {
		mine, _, err := d.Cases.Mine(r.Context(), by, record.CaseID{}, 1)
		if err != nil {
			return err
		}
		page.FirstDay = len(mine) == 0
	}
	return d.site.Render(w, r, http.StatusOK, "today", &page)
}

// welcomePage finds a colleague who waits for a key that the member holds.
func (d *Desk) welcomePage(r *http.Request, by *strongroom.Unlocked) (*WelcomePage, organisation.Waiting, error) {
	service, err := path[record.Service](r, "service")
	if err != nil {
		return nil, organisation.Waiting{}, err
	}
	member, err := path[record.Member](r, "member")
	if err != nil {
		return nil, organisation.Waiting{}, err
	}
	all, err := d.Organisation.ToWelcome(r.Context(), by)
	if err != nil {
		return nil, organisation.Waiting{}, err
	}
	for _, one := range all {
		if one.Member.ID == member && one.Service.ID == service {
			return &WelcomePage{
				Page: d.base(r, "today"), ID: service.String() + "/" + member.String(), FirstName: firstName(one.Member.Name),
				Name: one.Member.Name, Role: one.Roles[0], Service: one.Service.Name,
			}, one, nil
		}
	}
	return nil, organisation.Waiting{}, fault.New(fault.Withheld, "")
}

func (d *Desk) welcomeShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.welcomePage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "welcome", page)
}

func (d *Desk) welcome(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	_, one, err := d.welcomePage(r, by)
	if fault.KindOf(err) == fault.Withheld { // a colleague was quicker, or the form was posted twice
		return d.site.SeeOther(w, r, "/today", "")
	}
	if err != nil {
		return err
	}
	if err := d.Organisation.Welcome(r.Context(), by, one.Service.ID, one.Member.ID); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/today", "welcomed")
}

// administration is the page of accounts, for administrators and leads.
func (d *Desk) administration(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page := AdministrationPage{Page: d.base(r, "administration")}
	if !page.Admin {
		return fault.New(fault.Refused, "fault.not_yours")
	}
	o, err := d.Directory.Organisation(r.Context())
	if err != nil {
		return err
	}
	page.Organisation, page.Officer = o.Name, administers(by)
	if page.Waiting, err = d.waitingInvitations(r, by); err != nil {
		return err
	}
	places, err := d.Organisation.Services(r.Context())
	if err != nil {
		return err
	}
	if page.Services, err = d.serviceRows(r.Context(), by, places); err != nil {
		return err
	}
	if page.Members, err = d.memberRows(r.Context(), by, places); err != nil {
		return err
	}
	if page.Alarms, err = d.alarmRows(r.Context(), &page); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "administration", &page)
}

// alarmRows is what the upkeep of the machine asks for, for who administers.
func (d *Desk) alarmRows(ctx context.Context, page *AdministrationPage) ([]AlarmRow, error) {
	if !page.Officer || d.Alarms == nil {
		return nil, nil
	}
	lines, err := d.Alarms(ctx)
	var rows []AlarmRow
	for _, l := range lines {
		row := AlarmRow{Repair: l.Mark == upkeep.Repair, Says: page.T(l.Key, l.Args...)}
		if l.Next != "" {
			row.Next = page.T(l.Next)
		}
		rows = append(rows, row)
	}
	return rows, err
}

func (d *Desk) serviceRows(ctx context.Context, by *strongroom.Unlocked, places []organisation.Place) ([]ServiceRow, error) {
	var rows []ServiceRow
	for _, p := range places {
		row := ServiceRow{ID: p.ID.String(), Name: p.Name, Emergency: p.Emergency, Open: mayChange(by, p.ID)}
		row.Missions = codes(p.Missions)
		var err error
		if row.Ready, err = d.Organisation.Ready(ctx, p.ID); err != nil {
			return nil, err
		}
		if row.Open = row.Open && row.Ready; row.Open {
			settings, err := d.Organisation.Settings(ctx, by, p.ID)
			if err != nil && fault.KindOf(err) != fault.Withheld {
				return nil, err
			}
			row.Open, row.Readers = err == nil, len(settings.Readers)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// mayChange reports whether a member decides for a service.
func mayChange(by *strongroom.Unlocked, s record.ServiceID) bool {
	return policy.Decide(by.Actor(), policy.ChangeSettings, policy.Subject{Service: s}).Allowed()
}

func (d *Desk) memberRows(ctx context.Context, by *strongroom.Unlocked, places []organisation.Place) ([]MemberRow, error) {
	all, err := d.Organisation.Members(ctx)
	var rows []MemberRow
	for _, a := range all {
		row := MemberRow{
			ID: a.ID.String(), Name: a.Name, Login: a.Login, Me: a.ID == by.Member(),
			State: map[record.MemberState]string{record.MemberInvited: "invited", record.MemberActive: "active", record.MemberClosed: "closed"}[a.State],
		}
		row.MayChange = administers(by) && a.State == record.MemberActive
		if a.State == record.MemberClosed {
			row.Login = "" // of a cancelled invitation it says nothing
		}
		row.Functions = functionRows(a.Functions, places)
		rows = append(rows, row)
	}
	return rows, err
}

// servicePage shows what a service has decided for its new dossiers.
func (d *Desk) servicePage(r *http.Request, by *strongroom.Unlocked) (*ServicePage, record.ServiceID, error) {
	id, err := path[record.Service](r, "id")
	if err != nil {
		return nil, id, err
	}
	if !mayChange(by, id) {
		return nil, id, fault.New(fault.Refused, "fault.not_yours")
	}
	s, err := d.Directory.Service(r.Context(), id)
	if err != nil {
		return nil, id, err
	}
	settings, err := d.Organisation.Settings(r.Context(), by, id)
	if err != nil {
		return nil, id, err
	}
	n, err := d.names(r.Context())
	if err != nil {
		return nil, id, err
	}
	page := &ServicePage{
		Page: d.base(r, "administration"), ID: id.String(), Name: s.Name, Ink: inkOf(settings.Ink),
		Inks: []Ink{InkCase, InkReserved}, Emergency: s.Emergency,
	}
	missions, err := d.Directory.Missions(r.Context(), id)
	if err != nil {
		return nil, id, err
	}
	for _, m := range missions {
		page.Missions = append(page.Missions, m.Code)
	}
	if page.Members, err = d.carriers(r.Context(), n, id); err != nil {
		return nil, id, err
	}
	page.choose(settings.Readers)
	future, err := d.Strong.FutureReaders(r.Context(), by, id, nil)
	page.Holders = n.all(future.Emergency, record.MemberID{})
	return page, id, err
}

func (p *ServicePage) choose(readers []record.MemberID) {
	for i := range p.Members {
		p.Members[i].Chosen = slices.ContainsFunc(readers, func(m record.MemberID) bool { return m.String() == p.Members[i].ID })
	}
}

func (d *Desk) serviceShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.servicePage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "service", page)
}

func (d *Desk) serviceSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, id, err := d.servicePage(r, by)
	if err != nil {
		return err
	}
	to := organisation.Settings{Readers: ticked[record.Member](f, "readers"), Ink: circleOf(Ink(f.Line("ink", 20)))}
	page.choose(to.Readers)
	page.Ink = inkOf(to.Ink)
	if err := f.Err(); err != nil {
		return web.Again("service", page, err)
	}
	if err := d.Organisation.SetSettings(r.Context(), by, id, to); err != nil {
		return again("service", page, err)
	}
	return d.site.SeeOther(w, r, "/administration/services/"+id.String(), "saved")
}
