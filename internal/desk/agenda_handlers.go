// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) agendaRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /agenda/{date}":                      d.in(d.agendaDay),
		"GET /appointments/new":                   d.in(d.appointmentNew),
		"POST /appointments/new":                  d.in(d.appointmentGive),
		"GET /persons/{person}/appointments/new":  d.in(d.appointmentNew),
		"POST /persons/{person}/appointments/new": d.in(d.appointmentGive),
		"GET /appointments/{id}":                  d.in(d.appointmentShow),
		"POST /appointments/{id}":                 d.in(d.appointmentMove),
		"POST /appointments/{id}/answer":          d.in(d.appointmentAnswer),
	}
}

func dayPath(day time.Time) string { return "/agenda/" + day.Format(time.DateOnly) }

// agendaDay is one day.
func (d *Desk) agendaDay(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	day, err := time.ParseInLocation(time.DateOnly, r.PathValue("date"), d.now().Location())
	if err != nil {
		return fault.New(fault.Withheld, "")
	}
	page := AgendaPage{Page: d.base(r, "today"), Day: day}
	var mayGive bool
	if page.Awaited, mayGive, err = d.awaited(r.Context(), by); err != nil {
		return err
	}
	if page.Agenda, err = d.day(r.Context(), by, day, mayGive); err != nil {
		return err
	}
	page.Seal = len(page.Agenda.Rows) > 0
	return d.site.Render(w, r, http.StatusOK, "agenda", &page)
}

// day opens the appointments of a day for its reader.
func (d *Desk) day(ctx context.Context, by *strongroom.Unlocked, day time.Time, mayGive bool) (Day, error) {
	out := Day{MayGive: mayGive, Today: day.Format(time.DateOnly) == d.now().Format(time.DateOnly), Date: day.Format(time.DateOnly), Before: dayPath(day.AddDate(0, 0, -1)), After: dayPath(day.AddDate(0, 0, 1))}
	from, to := agenda.Bounds(day, d.now().Location())
	all, err := d.Agenda.Day(ctx, by, from, to)
	if err != nil || len(all) == 0 {
		return out, err
	}
	n, err := d.names(ctx)
	if err != nil {
		return out, err
	}
	for _, a := range all {
		out.Rows = append(out.Rows, d.appointmentRow(by, n, a))
	}
	return out, nil
}

func (d *Desk) appointmentRow(by *strongroom.Unlocked, n names, a agenda.Appointment) AppointmentRow {
	mine := a.Member == by.Member()
	row := AppointmentRow{
		ID: a.ID.String(), Start: d.local(a.Start), Minutes: int(a.Length), Name: a.Name,
		Medium: a.Medium, Spot: a.Spot, Presence: a.Presence, Desk: by.Actor().Has(record.RoleReception, a.Service),
	}
	row.MayMark = mine || row.Desk
	if !mine {
		row.With = n.of(a.Member)
	}
	if !a.Person.IsZero() {
		row.PersonID = a.Person.String()
		row.MayNote = mine && !row.Off() && by.Actor().Has(record.RoleWorker, a.Service)
	}
	row.MayReceive = a.Person.IsZero() && !row.Off()
	return row
}

// alias is what somebody without a file was called when her appointment was given:
// she is received without its being typed again.
func (d *Desk) alias(r *http.Request, by *strongroom.Unlocked) (confided.Text, error) {
	id, err := record.ParseID[record.Appointment](r.URL.Query().Get("appointment"))
	if err != nil {
		return confided.Text{}, nil //nolint:nilerr // nobody was expected
	}
	a, err := d.Agenda.Get(r.Context(), by, id)
	if fault.KindOf(err) == fault.Withheld || err == nil && !a.Person.IsZero() {
		return confided.Text{}, nil
	}
	return a.Name, err
}

// local is a minute on the clocks of the house.
func (d *Desk) local(at record.Minute) time.Time {
	return time.Unix(int64(at)*60, 0).In(d.now().Location())
}

// lengths is how long appointments last, in minutes.
func lengths() []int { return []int{15, 20, 30, 45, 60, 90, 120} }

// appointmentPage is the form of a new appointment.
func (d *Desk) appointmentPage(r *http.Request, by *strongroom.Unlocked) (*AppointmentPage, people.Person, error) {
	page := &AppointmentPage{
		Page: d.base(r, "today"), ID: record.NewID[record.Appointment]().String(), Action: r.URL.Path, Cancel: "/today",
		Length: 30, Lengths: lengths(), Medium: record.AtOffice, Mediums: record.Mediums(),
	}
	day := d.now()
	if asked, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("day"), day.Location()); err == nil {
		day, page.Cancel = asked, dayPath(asked)
	}
	page.TypedDay = page.Birthday(day)
	if r.PathValue("person") == "" {
		return page, people.Person{}, d.appointmentServices(r.Context(), by, page)
	}
	id, err := path[record.Person](r, "person")
	if err != nil {
		return nil, people.Person{}, err
	}
	who, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, who, err
	}
	page.WithPerson, page.Name, page.Cancel, page.Seal = true, who.Called(), "/persons/"+id.String(), true
	page.Reaching, page.NoVoice = d.reaching(who), who.NoVoice
	mine := slices.DeleteFunc(slices.Clone(who.Services), func(s record.ServiceID) bool { return !slices.Contains(by.Actor().Services(), s) })
	return page, who, d.appointmentColleagues(r.Context(), by, page, mine)
}

// appointmentServices offers the services in which a member may give an appointment
// without a file: those whose key she holds.
func (d *Desk) appointmentServices(ctx context.Context, by *strongroom.Unlocked, page *AppointmentPage) error {
	if len(by.Actor().Services()) == 0 {
		return policy.Decide(by.Actor(), policy.GiveAppointment, policy.Subject{}).Err()
	}
	awaited, err := d.Organisation.Awaiting(ctx, by)
	if err != nil {
		return err
	}
	waits := map[record.ServiceID]bool{}
	for _, a := range awaited {
		waits[a.Service.ID] = true
	}
	var services []record.ServiceID
	for _, s := range by.Actor().Services() {
		if waits[s] {
			continue
		}
		row, err := d.Directory.Service(ctx, s)
		if err != nil {
			return err
		}
		page.Services = append(page.Services, Choice{ID: s.String(), Name: row.Name, Chosen: len(services) == 0})
		services = append(services, s)
	}
	if len(services) == 0 {
		return fault.New(fault.Refused, "fault.not_welcomed")
	}
	return d.appointmentColleagues(ctx, by, page, services)
}

// appointmentColleagues are those with whom one may be expected, the reader first
// unless she holds the desk, and who will read it.
func (d *Desk) appointmentColleagues(ctx context.Context, by *strongroom.Unlocked, page *AppointmentPage, services []record.ServiceID) error {
	n, err := d.names(ctx)
	if err != nil {
		return err
	}
	seen := map[record.MemberID]bool{}
	for _, s := range services {
		row, err := d.Directory.Service(ctx, s)
		if err != nil {
			return err
		}
		page.Readers = append(page.Readers, row.Name)
		all, err := d.Directory.ServiceFunctions(ctx, s)
		if err != nil {
			return err
		}
		for _, f := range all {
			if !seen[f.Member] && n[f.Member].State == record.MemberActive {
				seen[f.Member] = true
				page.Colleagues = append(page.Colleagues, Choice{ID: f.Member.String(), Name: n.of(f.Member), Chosen: f.Member == by.Member() && works(by)})
			}
		}
	}
	slices.SortFunc(page.Colleagues, func(a, b Choice) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

// read takes a posted appointment into its page and into the room's form. The hour
// is an hour of the house's clocks, or is said not to be one.
func (page *AppointmentPage) read(f *web.Form, now time.Time) (agenda.Form, error) {
	id := posted[record.Appointment](f, "id")
	page.ID = id.String()
	page.TypedDay, page.TypedHour = f.Line("day", 32), f.Line("hour", 20)
	page.Length = f.Number("length", 5, 720)
	page.Medium = record.Medium(f.Line("medium", 20))
	page.Spot = f.Name("spot", 200)
	member, _ := chosen[record.Member](f, "member")
	choose(page.Colleagues, member.String())
	service, _ := record.ParseID[record.Service](f.Line("service", 40))
	if !service.IsZero() {
		choose(page.Services, service.String())
	}
	if !page.WithPerson {
		page.Name = f.Name("called", 200)
	}
	day := f.Day("day", now)
	if page.TypedDay == "" {
		f.Fail("day", "form.day")
	}
	if err := f.Err(); err != nil {
		return agenda.Form{}, err
	}
	start, err := agenda.At(day, page.TypedHour, now.Location())
	return agenda.Form{
		ID: id, Service: service, Member: member, Start: start, Length: page.Length, Medium: page.Medium,
		Spot: page.Spot.Reveal(), Alias: page.Name.Reveal(),
	}, err
}

// choose marks one of the choices, if it is there, and no other.
func choose(all []Choice, id string) {
	for i := range all {
		all[i].Chosen = all[i].ID == id
	}
}

func (d *Desk) appointmentNew(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.appointmentPage(r, by)
	if fault.KindOf(err) == fault.Refused && len(by.Actor().Services()) > 0 && r.PathValue("person") == "" {
		return d.site.SeeOther(w, r, "/persons", "") // where it is said who can welcome her
	}
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "appointment", page)
}

func (d *Desk) appointmentGive(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, who, err := d.appointmentPage(r, by)
	if err != nil {
		return err
	}
	form, err := page.read(f, d.now())
	if form.Person = who.ID; page.WithPerson {
		form.Alias, form.Service = "", record.ServiceID{}
	}
	if err == nil {
		err = d.Agenda.Give(r.Context(), by, form)
	}
	if err != nil {
		return web.Again("appointment", page, renamed(err, "name", "called"))
	}
	return d.site.SeeOther(w, r, dayPath(d.local(form.Start)), "appointment_given")
}

// appointmentShown is the form of an appointment that was given, filled.
func (d *Desk) appointmentShown(r *http.Request, by *strongroom.Unlocked) (*AppointmentPage, agenda.Appointment, error) {
	id, err := path[record.Appointment](r, "id")
	if err != nil {
		return nil, agenda.Appointment{}, err
	}
	a, err := d.Agenda.Get(r.Context(), by, id)
	if err != nil {
		return nil, a, err
	}
	start := d.local(a.Start)
	page := &AppointmentPage{
		Page: d.base(r, "today"), ID: id.String(), Action: "/appointments/" + id.String(), Cancel: dayPath(start),
		Version: strconv.Itoa(int(a.Version)), Name: a.Name, WithPerson: !a.Person.IsZero(), Length: int(a.Length), Lengths: lengths(),
		Medium: a.Medium, Mediums: record.Mediums(), Spot: a.Spot, Presence: a.Presence,
	}
	page.Seal = true
	page.TypedDay, page.TypedHour = page.Birthday(start), strings.ReplaceAll(page.Clock(start), "\u202f", " ")
	if !slices.Contains(page.Lengths, page.Length) {
		page.Lengths = slices.Sorted(slices.Values(append(lengths(), page.Length)))
	}
	if err := d.appointmentColleagues(r.Context(), by, page, []record.ServiceID{a.Service}); err != nil {
		return nil, a, err
	}
	choose(page.Colleagues, a.Member.String())
	return page, a, nil
}

func (d *Desk) appointmentShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.appointmentShown(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "appointment", page)
}

func (d *Desk) appointmentMove(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, a, err := d.appointmentShown(r, by)
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseUint(f.Line("version", 12), 10, 32)
	form, err := page.read(f, d.now())
	form.ID, page.ID = a.ID, a.ID.String()
	if err == nil {
		err = d.Agenda.Move(r.Context(), by, uint32(seen), form)
	}
	if err != nil {
		return web.Again("appointment", page, renamed(err, "name", "called"))
	}
	return d.site.SeeOther(w, r, dayPath(d.local(form.Start)), "appointment_moved")
}

// appointmentAnswer says what became of an appointment, and goes back to the list.
func (d *Desk) appointmentAnswer(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, err := path[record.Appointment](r, "id")
	if err != nil {
		return err
	}
	said := f.Line("answer", 20)
	for p := record.Expected; p <= record.Cancelled; p++ {
		if p.String() == said {
			if err := d.Agenda.Answer(r.Context(), by, id, p); err != nil {
				return err
			}
			return d.site.SeeOther(w, r, back(f), "presence_"+said)
		}
	}
	_, err = d.Agenda.Get(r.Context(), by, id) // nothing that can be said: as for what does not exist, when it is not hers
	return cmp.Or(err, error(fault.Field("answer", "form.choice")))
}
