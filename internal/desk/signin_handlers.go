// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) doorRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /{$}":                     d.root,
		"POST /language":               d.language,
		"GET /signin":                  d.signinShow,
		"POST /signin":                 d.signinTry,
		"POST /signin/passkey/options": d.signinOptions,
		"POST /signin/passkey":         d.signinPasskey,
		"POST /signout":                d.signout,
		"POST /veil":                   d.veil,
		"GET /lift":                    d.liftShow,
		"POST /lift":                   d.liftTry,
		"POST /lift/passkey/options":   d.liftOptions,
		"POST /lift/passkey":           d.liftPasskey,
	}
}

// root goes where the visitor's work is.
func (d *Desk) root(w http.ResponseWriter, r *http.Request) error {
	founded, err := d.Organisation.Founded(r.Context())
	if err != nil {
		return err
	}
	if !founded {
		if err := d.starting(r); err != nil {
			return err
		}
		return d.site.SeeOther(w, r, "/start", "")
	}
	v, err := d.visit(w, r)
	if err != nil {
		return err
	}
	if v.Unlocked == nil && v.Places[v.first()].State == signin.Absent {
		return d.site.SeeOther(w, r, "/signin", "")
	}
	return d.site.SeeOther(w, r, "/today", "")
}

func (d *Desk) language(w http.ResponseWriter, r *http.Request) error {
	if _, err := d.visit(w, r); err != nil {
		return err
	}
	return d.site.ChooseLanguage(w, r)
}

func (d *Desk) signinShow(w http.ResponseWriter, r *http.Request) error {
	v, err := d.visit(w, r)
	if err != nil {
		return err
	}
	page := d.signinPage(r, v)
	if at := r.URL.Query().Get("back"); web.Local(at) {
		page.Back = at
	}
	return d.site.Render(w, r, http.StatusOK, "signin", page)
}

func (d *Desk) signinPage(r *http.Request, v *visit) *SigninPage {
	return &SigninPage{Page: d.outside(r, 0), NewDevice: !v.cookies.Known()}
}

// signinTry opens a session. A browser that is known to a colleague only learns
// from the answer that the paper code is needed too.
func (d *Desk) signinTry(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	page := d.signinPage(r, v)
	page.Login, page.Back = f.Need("login", 200), back(f)
	try := signin.Attempt{
		Login: page.Login, Passphrase: f.Secret("passphrase"), Paper: f.Secret("paper_code"),
		Cookies: v.cookies, Network: web.Network(r), Device: deviceOf(r),
	}
	if try.Passphrase == "" && (try.Paper == "" || page.NewDevice) {
		f.Fail("passphrase", "form.missing")
	}
	if try.Paper == "" && page.NewDevice {
		f.Fail("paper_code", "form.missing")
	}
	if err := f.Err(); err != nil {
		return web.Again("signin", page, err)
	}
	opened, err := d.Signin.SignIn(r.Context(), try)
	if err != nil {
		page.Lost = !page.NewDevice
		return again("signin", page, err)
	}
	return d.arrived(w, r, opened, page.Back)
}

// again shows a page of the door once more for what its reader can mend; the
// rest has pages of its own.
func again(name string, page web.Pager, err error) error {
	switch fault.KindOf(err) {
	case fault.Refused, fault.Invalid, fault.TooMany, fault.Conflict:
		return web.Again(name, page, renamed(err))
	}
	return err
}

// posting reads who posts a form of the door, which needs no lifted session.
func (d *Desk) posting(w http.ResponseWriter, r *http.Request) (*visit, *web.Form, error) {
	v, err := d.visit(w, r)
	if err != nil {
		return nil, nil, err
	}
	f, err := web.ReadForm(r)
	return v, f, err
}

// arrived goes on after a session was opened: to a new passphrase, to what is not
// finished, or to the page that was asked for.
func (d *Desk) arrived(w http.ResponseWriter, r *http.Request, o signin.Opened, to string) error {
	setAll(w, o.Set)
	sound, err := d.remember(w, r, o)
	if err != nil {
		return err
	}
	if o.Renew {
		return d.site.SeeOther(w, r, "/security/passphrase", "")
	}
	if err := d.Organisation.Settle(r.Context(), o.Unlocked); err != nil {
		return err
	}
	p, err := d.Organisation.Progress(r.Context(), o.Unlocked)
	if err != nil {
		return err
	}
	if p.Step < organisation.StepInvitations {
		to = stepPath(o.Unlocked, p)
	} else if to, err = d.whereSheWas(r.Context(), o.Unlocked, to); err != nil {
		return err
	}
	if !sound {
		to = "/witness"
	}
	return d.site.SeeOther(w, r, to, "")
}

func (d *Desk) signinOptions(w http.ResponseWriter, r *http.Request) error {
	if err := d.site.Stranger(r); err != nil {
		return err
	}
	c, err := d.Signin.BeginSignIn()
	if err != nil {
		return err
	}
	return writeOptions(w, c)
}

// writeOptions gives a script what the browser asks a passkey.
func writeOptions(w http.ResponseWriter, c signin.Ceremony) error {
	http.SetCookie(w, c.Set)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(c.Options) // the browser left: nobody to tell
	return nil
}

// answerOf reads what a passkey answered.
func answerOf(f *web.Form) signin.Answer {
	const limit = 1 << 16
	return signin.Answer{
		Credential: f.Line("credential", limit), ClientData: f.Line("client_data", limit),
		Attestation: f.Line("attestation", limit), Authenticator: f.Line("authenticator", limit),
		Signature: f.Line("signature", limit), UserHandle: f.Line("user_handle", limit),
		PRF: f.Line("prf", limit), PRFEnabled: f.Ticked("prf_enabled"),
	}
}

func (d *Desk) signinPasskey(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	try := signin.Attempt{Cookies: v.cookies, Network: web.Network(r), Device: deviceOf(r)}
	opened, err := d.Signin.SignInByPasskey(r.Context(), try, answerOf(f))
	if err != nil {
		page := d.signinPage(r, v)
		page.Back = back(f)
		return again("signin", page, err)
	}
	return d.arrived(w, r, opened, back(f))
}

func (d *Desk) signout(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	n := f.Number("session", 0, signin.Places)
	set, err := d.Signin.SignOut(r.Context(), v.cookies, n)
	if err != nil {
		return err
	}
	setAll(w, set)
	for other, p := range v.Places {
		if other != n && p.State == signin.Veiled {
			return d.site.SeeOther(w, r, "/lift?session="+strconv.Itoa(other), "")
		}
	}
	return d.site.SeeOther(w, r, "/signin", "signed_out")
}

func (d *Desk) veil(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	n := f.Number("session", 0, signin.Places)
	set, err := d.Signin.Veil(r.Context(), v.cookies, n)
	if err != nil {
		return err
	}
	setAll(w, set)
	return d.site.SeeOther(w, r, "/lift?session="+strconv.Itoa(n), "")
}

// veilPage is the veil over one session. Nothing of anybody's work is on it.
func (d *Desk) veilPage(r *http.Request, v *visit, n int) *VeilPage {
	page := &VeilPage{Page: d.outside(r, n), DayCode: v.Places[n].DayCode, Back: "/today"}
	for other, p := range v.Places {
		if p.State != signin.Veiled && p.State != signin.Lifted {
			continue
		}
		one := Present{Number: other, FirstName: firstName(p.Name)}
		if other == n {
			page.Chosen = one
		} else {
			page.Others = append(page.Others, one)
		}
	}
	has, err := d.Signin.HasPasskey(r.Context(), v.Places[n].Member)
	page.Passkey = err == nil && has
	return page
}

func (d *Desk) liftShow(w http.ResponseWriter, r *http.Request) error {
	v, err := d.visit(w, r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.URL.Query().Get("session"))
	if err != nil || n < 1 || n > signin.Places {
		n = v.first()
		if v.Current != 0 { // hidden by the page, not by us: another tab was at work
			return d.site.SeeOther(w, r, d.cameFrom(r), "")
		}
	}
	switch v.Places[n].State {
	case signin.Absent, signin.Over:
		return d.site.SeeOther(w, r, "/signin", "")
	case signin.Lifted:
		return d.site.SeeOther(w, r, "/today", "")
	}
	page := d.veilPage(r, v, n)
	page.Back = d.cameFrom(r)
	return d.site.Render(w, r, http.StatusOK, "veil", page)
}

// liftTry lifts a veil by a day code or a passphrase.
func (d *Desk) liftTry(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	n := f.Number("session", 0, signin.Places)
	page := d.veilPage(r, v, n)
	page.Back = back(f)
	by := signin.Lifting{Passphrase: f.Secret("passphrase"), DayCode: digits(f.Secret("day_code")), Network: web.Network(r), Device: deviceOf(r)}
	if by.Passphrase == "" && by.DayCode == "" {
		return web.Again("veil", page, fault.Field("passphrase", "form.missing"))
	}
	opened, err := d.Signin.Lift(r.Context(), v.cookies, n, by)
	if err != nil {
		v.wanted = n
		return again("veil", page, err)
	}
	return d.uncovered(w, r, opened, page.Back)
}

// uncovered goes on after a veil was lifted; a day code is offered once.
func (d *Desk) uncovered(w http.ResponseWriter, r *http.Request, o signin.Opened, to string) error {
	to, err := d.whereSheWas(r.Context(), o.Unlocked, to)
	if err != nil {
		return err
	}
	if o.OfferDayCode && !o.Renew && !offered(r, o.Member) {
		web.SetCookie(w, offeredCookie, o.Member.String(), int(signin.SessionTime.Seconds()))
		to = "/security/day-code?back=" + url.QueryEscape(to)
	}
	return d.arrived(w, r, o, to)
}

// offeredCookie says that its owner was offered a day code in this session: she
// is not asked again each time.
const offeredCookie = "__Host-offered"

func offered(r *http.Request, m record.MemberID) bool {
	c, err := r.Cookie(offeredCookie)
	return err == nil && c.Value == m.String()
}

func (d *Desk) liftOptions(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	c, err := d.Signin.BeginLift(r.Context(), v.cookies, f.Number("session", 0, signin.Places))
	if err != nil {
		return err
	}
	return writeOptions(w, c)
}

func (d *Desk) liftPasskey(w http.ResponseWriter, r *http.Request) error {
	v, f, err := d.posting(w, r)
	if err != nil {
		return err
	}
	n := f.Number("session", 0, signin.Places)
	by := signin.Lifting{Network: web.Network(r), Device: deviceOf(r)}
	opened, err := d.Signin.LiftByPasskey(r.Context(), v.cookies, n, by, answerOf(f))
	if err != nil {
		v.wanted = n
		page := d.veilPage(r, v, n)
		page.Back = back(f)
		return again("veil", page, err)
	}
	return d.uncovered(w, r, opened, back(f))
}
