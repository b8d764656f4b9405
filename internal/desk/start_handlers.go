// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// startSteps is how many screens the first start has (secrecy.md §4, in order).
const startSteps = 7

func (d *Desk) startRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /start":              d.startShow,
		"GET /start/{code}":       d.startLink,
		"POST /start":             d.startName,
		"POST /start/passphrase":  d.startFound,
		"GET /start/paper":        d.in(d.paperShow),
		"POST /start/paper":       d.in(d.paperProve),
		"GET /start/envelopes":    d.step(organisation.StepEnvelopes, d.envelopesShow),
		"POST /start/envelopes":   d.step(organisation.StepEnvelopes, d.envelopesPrinted),
		"GET /start/controls":     d.step(organisation.StepEnvelopes, d.controlsShow),
		"POST /start/controls":    d.step(organisation.StepEnvelopes, d.controlsProve),
		"GET /start/dpo":          d.step(organisation.StepDPO, d.envelopesShow),
		"POST /start/dpo":         d.step(organisation.StepDPO, d.envelopesPrinted),
		"GET /start/dpo-control":  d.step(organisation.StepDPO, d.controlsShow),
		"POST /start/dpo-control": d.step(organisation.StepDPO, d.controlsProve),
		"GET /start/services":     d.step(organisation.StepServices, d.servicesShow),
		"POST /start/services":    d.step(organisation.StepServices, d.servicesName),
		"GET /start/invitations":  d.in(d.inviteShow),
		"POST /start/invitations": d.in(d.inviteMake),
		"GET /start/done":         d.in(d.startDone),
	}
}

// stepPath is the page of a step that is not done.
func stepPath(by *strongroom.Unlocked, p organisation.Progress) string {
	if p.Step == organisation.StepPaper && !administers(by) {
		return "/invitation/paper"
	}
	return map[organisation.Step]string{
		organisation.StepPaper: "/start/paper", organisation.StepEnvelopes: "/start/envelopes",
		organisation.StepDPO: "/start/dpo", organisation.StepServices: "/start/services",
		organisation.StepInvitations: "/start/invitations", organisation.StepDone: "/today",
	}[p.Step]
}

func administers(by *strongroom.Unlocked) bool {
	return by.Actor().Has(record.RoleAdministrator, record.ServiceID{})
}

// step answers a step that is due; at another time it goes where the starter is,
// so that a page reloaded or reopened is never a dead end.
func (d *Desk) step(s organisation.Step, h member) web.Handler {
	return d.in(func(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
		p, err := d.Organisation.Progress(r.Context(), by)
		if err != nil {
			return err
		}
		if p.Step != s {
			return d.site.SeeOther(w, r, stepPath(by, p), "")
		}
		if p.Lost {
			return fault.New(fault.Refused, "fault.codes_lost")
		}
		return h(w, r, by)
	})
}

// startCookie keeps the code of the first start's link, so that no address
// carries it.
const startCookie = "__Host-start"

// starting refuses who does not hold the link of the first start.
func (d *Desk) starting(r *http.Request) error {
	c, err := r.Cookie(startCookie)
	if err != nil || !d.opensStart(c.Value) {
		return fault.New(fault.Unavailable, "fault.not_founded")
	}
	return nil
}

// opensStart compares prints: equal ones tell nothing by the time they take.
func (d *Desk) opensStart(code string) bool {
	given, want := strongroom.CookieHash([]byte(code)), strongroom.CookieHash([]byte(d.start))
	return d.start != "" && bytes.Equal(given[:], want[:])
}

// startLink is where the link of the first start leads.
func (d *Desk) startLink(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	if !d.opensStart(code) {
		return fault.New(fault.Withheld, "")
	}
	web.SetCookie(w, startCookie, code, 24*3600)
	return d.site.SeeOther(w, r, "/start", "")
}

func (d *Desk) startShow(w http.ResponseWriter, r *http.Request) error {
	founded, err := d.Organisation.Founded(r.Context())
	if err != nil {
		return err
	}
	if founded {
		return d.goOn(w, r)
	}
	if err := d.starting(r); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "start_name", &StartNamePage{Page: d.outside(r, 0), Step: Step{1, startSteps}})
}

// goOn goes to the step where the starter is.
func (d *Desk) goOn(w http.ResponseWriter, r *http.Request) error {
	v, err := d.visit(w, r)
	if err != nil {
		return err
	}
	if v.Unlocked == nil {
		return v.absent(v.first())
	}
	p, err := d.Organisation.Progress(r.Context(), v.Unlocked)
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, stepPath(v.Unlocked, p), "")
}

// startForm reads a form of somebody who founds: nothing is kept before there is
// somebody to keep it for.
func (d *Desk) startForm(r *http.Request) (*web.Form, *StartNamePage, error) {
	if err := d.site.Stranger(r); err != nil {
		return nil, nil, err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return nil, nil, err
	}
	founded, err := d.Organisation.Founded(r.Context())
	if err != nil {
		return nil, nil, err
	}
	if founded {
		return nil, nil, fault.New(fault.Refused, "fault.founded")
	}
	page := &StartNamePage{
		Page: d.outside(r, 0), Step: Step{1, startSteps},
		Organisation: f.Need("organisation", 200), Name: f.Need("name", 200), Login: f.Need("login", 200),
	}
	return f, page, d.starting(r)
}

// startName asks for the passphrase, the answers carried along.
func (d *Desk) startName(w http.ResponseWriter, r *http.Request) error {
	f, page, err := d.startForm(r)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return web.Again("start_name", page, err)
	}
	return d.site.Render(w, r, http.StatusOK, "passphrase", d.startPassphrase(page))
}

func (d *Desk) startPassphrase(from *StartNamePage) *PassphrasePage {
	return &PassphrasePage{
		Page: from.Page, Step: Step{2, startSteps}, Action: "/start/passphrase", Cancel: "/start", Offered: strongroom.OfferPassphrase(),
		Carried: []Carried{{"organisation", from.Organisation}, {"name", from.Name}, {"login", from.Login}},
	}
}

// startFound makes the organisation.
func (d *Desk) startFound(w http.ResponseWriter, r *http.Request) error {
	f, page, err := d.startForm(r)
	if err != nil {
		return err
	}
	next := d.startPassphrase(page)
	if f.Ticked("other") && f.Err() == nil {
		return d.site.Render(w, r, http.StatusOK, "passphrase", next)
	}
	chosen := newPassphrase(f, page.Organisation, page.Name, page.Login)
	if err := f.Err(); err != nil {
		return web.Again("passphrase", next, err)
	}
	out, err := d.Organisation.Found(r.Context(), organisation.Founding{
		Organisation: page.Organisation, Name: page.Name, Login: page.Login, Passphrase: chosen,
	}, deviceOf(r))
	if err != nil {
		return again("passphrase", next, err)
	}
	opened, err := d.Signin.Admit(r.Context(), cookiesOf(r), out.Member.ID, out.Secret, deviceOf(r))
	if err != nil {
		return err
	}
	setAll(w, opened.Set)
	return d.site.SeeOther(w, r, "/start/paper", "")
}

// newPassphrase reads a passphrase, typed once: the page shows what is typed. One that
// is little more than names which anybody knows is refused.
func newPassphrase(f *web.Form, names ...string) string {
	chosen := f.Secret("new_passphrase")
	switch {
	case chosen == "":
		f.Fail("new_passphrase", "form.missing")
	case beyond(chosen, append(names, "depositaire")) < beyondNames:
		f.Fail("new_passphrase", "fault.passphrase_names")
	}
	return chosen
}

// beyondNames is how many characters a passphrase has besides the names of
// its owner, her services and her organisation.
const beyondNames = 8

func beyond(chosen string, names []string) int {
	notWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	rest := web.Fold(chosen)
	for word := range strings.FieldsFuncSeq(web.Fold(strings.Join(names, " ")), notWord) {
		if len(word) > 2 {
			rest = strings.ReplaceAll(rest, word, " ")
		}
	}
	return len([]rune(strings.Join(strings.Fields(rest), "")))
}

// paperShow shows the paper code that is kept until it was typed back.
func (d *Desk) paperShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.paperPage(r, by)
	if err != nil {
		return err
	}
	if page.Code == "" {
		return d.paperGone(w, r, by)
	}
	return d.site.Render(w, r, http.StatusOK, "paper_code", page)
}

// paperGone goes on when there is no code to show: proved, or lost before it was
// kept; then another is made.
func (d *Desk) paperGone(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	p, err := d.Organisation.Progress(r.Context(), by)
	if err != nil {
		return err
	}
	if p.Step == organisation.StepPaper {
		return d.site.SeeOther(w, r, "/security/paper", "")
	}
	return d.site.SeeOther(w, r, stepPath(by, p), "")
}

func (d *Desk) paperPage(r *http.Request, by *strongroom.Unlocked) (*PaperCodePage, error) {
	codes, err := d.Organisation.Codes(r.Context(), by)
	if err != nil && fault.KindOf(err) != fault.Withheld {
		return nil, err
	}
	page, err := d.paperSheet(r, "", r.URL.Path)
	if err != nil {
		return nil, err
	}
	page.Code, page.Step = codes.Paper, Step{3, enrolSteps}
	if starts(r) {
		page.Step = Step{3, startSteps}
	}
	return page, nil
}

// paperSheet is the page of a paper code without its code: found in a drawer years
// later, the paper says what it opens.
func (d *Desk) paperSheet(r *http.Request, nav, action string) (*PaperCodePage, error) {
	o, err := d.Directory.Organisation(r.Context())
	if err != nil {
		return nil, err
	}
	v := visitOf(r)
	return &PaperCodePage{
		Page: d.base(r, nav), Action: action, Name: v.Places[v.Current].Name, Made: d.now(), Organisation: o.Name, Address: r.Host,
	}, nil
}

func (d *Desk) paperProve(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, err := d.paperPage(r, by)
	if err != nil {
		return err
	}
	if page.Code == "" {
		return d.paperGone(w, r, by)
	}
	typed := f.Secret("paper_code")
	if typed == "" {
		return web.Again("paper_code", page, fault.Field("paper_code", "form.missing"))
	}
	if err := d.Organisation.ProvePaper(r.Context(), by, typed); err != nil {
		return again("paper_code", page, err)
	}
	return d.goOn(w, r)
}

// dpoStep reports whether a page of envelopes is about the DPO's.
func dpoStep(r *http.Request) bool {
	return r.URL.Path == "/start/dpo" || r.URL.Path == "/start/dpo-control"
}

// startStep is where the pages of envelopes stand.
func startStep(dpo bool) Step {
	if dpo {
		return Step{5, startSteps}
	}
	return Step{4, startSteps}
}

func (d *Desk) envelopesShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	codes, err := d.Organisation.Codes(r.Context(), by)
	if err != nil {
		return err
	}
	o, err := d.Directory.Organisation(r.Context())
	if err != nil {
		return err
	}
	dpo := dpoStep(r)
	page := EnvelopesPage{Page: d.base(r, ""), Step: startStep(dpo), Action: r.URL.Path, DPO: dpo}
	for i, e := range codes.Envelopes {
		if is := e.Kind == record.SeatDPO; is == dpo && e.Code != "" {
			page.Envelopes = append(page.Envelopes, Envelope{
				Number: i + 1, Code: e.Code, RootShare: e.Root, Control: e.Control, DPO: is, Organisation: o.Name, Made: d.now(),
			})
		}
	}
	return d.site.Render(w, r, http.StatusOK, "envelopes", &page)
}

func (d *Desk) envelopesPrinted(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	if dpoStep(r) {
		return d.site.SeeOther(w, r, "/start/dpo-control", "")
	}
	return d.site.SeeOther(w, r, "/start/controls", "")
}

func (d *Desk) controlsPage(r *http.Request) *ControlsPage {
	dpo := dpoStep(r)
	page := &ControlsPage{Page: d.base(r, ""), Step: startStep(dpo), Action: r.URL.Path, Print: "/start/envelopes", DPO: dpo}
	if dpo {
		page.Print = "/start/dpo"
	}
	return page
}

func (d *Desk) controlsShow(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	return d.site.Render(w, r, http.StatusOK, "controls", d.controlsPage(r))
}

// controlsProve compares the words typed back with those printed.
func (d *Desk) controlsProve(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page := d.controlsPage(r)
	codes, err := d.Organisation.Codes(r.Context(), by)
	if err != nil {
		return err
	}
	words := map[record.SeatID]string{}
	for i, e := range codes.Envelopes {
		if is := e.Kind == record.SeatDPO; is == page.DPO {
			words[e.Seat] = f.Need(controlField(is, i), 100)
		}
	}
	if err := f.Err(); err != nil {
		return web.Again("controls", page, err)
	}
	if err := d.Organisation.ProveEnvelopes(r.Context(), by, words); err != nil {
		return again("controls", page, err)
	}
	return d.goOn(w, r)
}

func controlField(dpo bool, i int) string {
	if dpo {
		return "control_dpo"
	}
	return []string{"control_1", "control_2", "control_3"}[min(i, 2)]
}

func (d *Desk) servicesPage(r *http.Request) *StartServicesPage {
	return &StartServicesPage{
		Page: d.base(r, ""), Step: Step{6, startSteps}, Services: []ServiceDraft{{Mission: record.MissionGeneral}},
		Missions: record.Missions(), Roles: record.ServiceRoles(), Role: record.RoleWorker,
	}
}

func (d *Desk) servicesShow(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	return d.site.Render(w, r, http.StatusOK, "start_services", d.servicesPage(r))
}

// servicesName makes the services and the starter's own function in the first.
func (d *Desk) servicesName(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page := d.servicesPage(r)
	page.read(f)
	if f.Ticked("more") {
		page.Services = append(page.Services, ServiceDraft{Mission: record.MissionGeneral})
		return d.site.Render(w, r, http.StatusOK, "start_services", page)
	}
	if !slices.Contains(page.Roles, page.Role) {
		f.Fail("role", "form.choice")
	}
	named := slices.DeleteFunc(slices.Clone(page.Services), func(s ServiceDraft) bool { return s.Name == "" })
	if len(named) == 0 {
		f.Fail("service", "form.missing")
	}
	if err := f.Err(); err != nil {
		return web.Again("start_services", page, err)
	}
	if err := d.makeServices(r.Context(), by, named, page.Role); err != nil {
		return again("start_services", page, err)
	}
	return d.site.SeeOther(w, r, "/start/invitations", "")
}

// read takes the lines of the form, one service each.
func (p *StartServicesPage) read(f *web.Form) {
	p.Services = nil
	missions := f.All("mission", 50)
	for i, name := range f.All("service", 50) {
		s := ServiceDraft{Name: name, Mission: record.MissionGeneral}
		if i < len(missions) {
			s.Mission = record.MissionCode(missions[i])
		}
		p.Services = append(p.Services, s)
	}
	p.Role = record.Role(cmp.Or(f.Line("role", 20), string(p.Role)))
}

// makeServices makes those that are not there yet, then the function: should one
// step fail, the form is posted again and goes on.
func (d *Desk) makeServices(ctx context.Context, by *strongroom.Unlocked, named []ServiceDraft, role record.Role) error {
	there, err := d.Directory.Services(ctx)
	if err != nil {
		return err
	}
	var first record.ServiceID
	for _, s := range named {
		id := record.ServiceID{}
		if at := slices.IndexFunc(there, func(t record.Service) bool { return t.Name == s.Name }); at >= 0 {
			id = there[at].ID
		} else if id, err = d.Organisation.AddService(ctx, by, s.Name, []record.MissionCode{s.Mission}, true); err != nil {
			return err
		}
		if first.IsZero() {
			first = id
		}
	}
	return d.Organisation.TakeFunction(ctx, by, first, role)
}

func (d *Desk) startDone(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if !administers(by) {
		return fault.New(fault.Refused, "fault.not_yours")
	}
	o, err := d.Directory.Organisation(r.Context())
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "start_done", &StartDonePage{Page: d.base(r, ""), Organisation: o.Name, Works: works(by)})
}
