// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// visit is who stands behind one request, read once.
type visit struct {
	signin.Visitor
	cookies signin.Cookies
	read    bool
	wanted  int  // the session that the form belongs to; 0 when the page has none
	kept    bool // what the form carried was kept as a draft
}

type visitKey struct{}

func withVisit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, &visit{})))
	})
}

func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// visit reads who stands behind a request. Every request is something a person
// did: pages ask for nothing by themselves, and an autosave follows a key.
func (d *Desk) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := visitOf(r)
	if v.read {
		return v, nil
	}
	v.cookies = cookiesOf(r)
	var err error
	v.Visitor, err = d.Signin.Who(r.Context(), v.cookies, signin.Use{Active: true, Device: deviceOf(r)})
	if err != nil {
		return nil, err
	}
	v.read = true
	setAll(w, v.Set)
	if v.stranger() {
		return v, d.site.Stranger(r)
	}
	return v, nil
}

// stranger reports whether no session of ours stands behind a request.
func (v *visit) stranger() bool {
	return !slices.ContainsFunc(v.Places[:], func(p signin.Place) bool { return p.State != signin.Absent })
}

func cookiesOf(r *http.Request) signin.Cookies {
	return signin.ReadCookies(func(name string) string {
		c, err := r.Cookie(name)
		if err != nil {
			return ""
		}
		return c.Value
	})
}

func setAll(w http.ResponseWriter, all []*http.Cookie) {
	for _, c := range all {
		http.SetCookie(w, c)
	}
}

// deviceOf is the class of the device, never more.
func deviceOf(r *http.Request) journal.Device {
	if strings.Contains(r.UserAgent(), "Mobi") {
		return journal.DevicePhone
	}
	return journal.DeviceDesk
}

// dress completes a page with who is there.
func (d *Desk) dress(r *http.Request, p *web.Page) {
	v := visitOf(r)
	if v.Current == 0 {
		return
	}
	p.Session, p.Member = v.Current, v.Places[v.Current].Name
	p.Serves = len(v.Unlocked.Actor().Services()) > 0
	for _, f := range v.Unlocked.Actor().Functions {
		p.Admin = p.Admin || f.Role == record.RoleAdministrator || f.Role == record.RoleLead
	}
}

// base is the common part of a page under one link of the header.
func (d *Desk) base(r *http.Request, nav string) web.Page {
	p := d.site.Base(r)
	p.Nav = nav
	return p
}

// outside is the common part of a page that shows nobody's header.
func (d *Desk) outside(r *http.Request, session int) web.Page {
	p := d.site.Base(r)
	p.Member, p.Admin, p.Serves, p.Session = "", false, false, session
	return p
}

// member is a handler of somebody whose keys are in hand.
type member func(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error

// in answers only who is signed in and lifted; for whom is not, the veil or the
// sign-in page stands instead, and what was typed is kept.
func (d *Desk) in(h member) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := d.visit(w, r)
		if err != nil {
			return err
		}
		if r.Method == http.MethodPost {
			f, err := web.ReadForm(r)
			if err != nil {
				return err
			}
			if err := d.ownForm(r, v, f); err != nil {
				return err
			}
		}
		if err := d.enter(r, v); err != nil {
			return err
		}
		return h(w, r, v.Unlocked)
	}
}

// enter refuses a session that is not lifted, and slows down one that hurries.
func (d *Desk) enter(r *http.Request, v *visit) error {
	if v.Unlocked == nil {
		return v.absent(v.first())
	}
	return d.turn(r, v)
}

// sending is in for a form whose last field is a file. Nobody's file is read before
// her session is known.
func (d *Desk) sending(h func(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, u *web.Upload) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := d.visit(w, r)
		if err != nil {
			return err
		}
		defer web.Patient(w)()
		u, err := web.ReadUpload(r)
		if err != nil {
			return err
		}
		if err := d.ownForm(r, v, u.Form); err != nil {
			return err
		}
		if err := d.enter(r, v); err != nil {
			return err
		}
		defer u.Drain()
		return h(w, r, v.Unlocked, u)
	}
}

// turn slows down a session that opens pages faster than people read. The house is
// told once, at the beginning: a stolen session may be at work.
func (d *Desk) turn(r *http.Request, v *visit) error {
	first, err := d.site.Turn(v.cookies.Name(v.Current))
	if first {
		if err := d.Signin.Slowed(r.Context(), v.Unlocked.Member(), deviceOf(r)); err != nil {
			return err
		}
	}
	return err
}

// ownForm refuses a form of another session than the lifted one: it is kept as a
// draft of the member who typed it, and never posted as somebody else.
func (d *Desk) ownForm(r *http.Request, v *visit, f *web.Form) error {
	n := f.Number("session", 0, signin.Places)
	if n == v.Current && n > 0 {
		return nil
	}
	v.wanted = n
	if v.Places[n].State == signin.Absent {
		return fault.New(fault.SignedOut, "")
	}
	if answers, ok := f.Kept(); ok {
		err := d.Signin.Deposit(r.Context(), v.cookies, n, waitingWords(formPlace(r, f), answers))
		if err != nil {
			return err
		}
		v.kept = true
	}
	return v.absent(n)
}

// absent is the fault of a session that is not lifted.
func (v *visit) absent(n int) error {
	switch v.Places[n].State {
	case signin.Veiled, signin.Lifted:
		return fault.New(fault.Veiled, "")
	}
	return fault.New(fault.SignedOut, "")
}

// first is the place that a veil is shown for: the form's, else the first that
// is veiled, else one that is over.
func (v *visit) first() int {
	if v.wanted != 0 {
		return v.wanted
	}
	over := 0
	for n, p := range v.Places {
		if p.State == signin.Veiled {
			return n
		}
		if p.State == signin.Over && over == 0 {
			over = n
		}
	}
	return over
}

// veiled stands instead of a page whose reader has put her keys away.
func (d *Desk) veiled(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := d.veilPage(r, v, v.first())
	page.Kept = v.kept
	if r.Method == http.MethodGet || v.kept {
		page.Back = shownAt(r.URL.Path)
	}
	return d.site.Render(w, r, http.StatusForbidden, "veil", page)
}

// signedOut stands instead of a page that asks for a session. Typed words that no
// session can keep are given back by the error page.
func (d *Desk) signedOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	ended := v.Places[v.first()].State == signin.Over
	switch {
	case r.Method == http.MethodGet && !ended:
		return d.site.SeeOther(w, r, "/signin?back="+url.QueryEscape(r.URL.Path), "")
	case r.Method != http.MethodGet && !v.kept && len(r.PostForm["keep"]) > 0:
		return fault.New(fault.SignedOut, "")
	}
	page := EndedPage{Page: d.outside(r, 0), Kept: v.kept}
	if r.Method == http.MethodGet || v.kept {
		page.Back = shownAt(r.URL.Path)
	}
	return d.site.Render(w, r, http.StatusForbidden, "ended", &page)
}

// shownAt is the page of the form that posts to a path.
func shownAt(place string) string {
	if strings.HasSuffix(place, "/notes") {
		return place + "/new"
	}
	return place
}

// back is the page to go to after an act: one of ours, or today.
func back(f *web.Form) string {
	if at := f.Line("back", 512); web.Local(at) {
		return at
	}
	return "/today"
}

// cameFrom is the page a link was followed from, if it is one of ours that can be
// shown again.
func (d *Desk) cameFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || !web.Local(from.Path) {
		return "/today"
	}
	_, pattern := d.mux.Handler(&http.Request{Method: http.MethodGet, Host: r.Host, URL: from})
	if !strings.HasPrefix(pattern, "GET ") || strings.HasPrefix(pattern, "GET /lift") || strings.HasPrefix(pattern, "GET /signin") {
		return "/today"
	}
	return from.Path
}

// digits reads a code of digits: without the spaces that people put between them,
// and from the upper row of a French or Belgian keyboard with or without Shift.
func digits(typed string) string {
	const row = "à&é\"'(-è_ç" // 0 to 9
	return strings.Map(func(key rune) rune {
		for digit, unshifted := range []rune(row) {
			if key == unshifted {
				return '0' + rune(digit)
			}
		}
		switch {
		case unicode.IsSpace(key):
			return -1
		case key == '§':
			return '6'
		case key == '!':
			return '8'
		}
		return key
	}, typed)
}

func waitingWords(place string, answers url.Values) strongroom.Words {
	return strongroom.Words{record.TagPlace: confided.NewText(place), record.TagForm: confided.NewText(answers.Encode())}
}

// formPlace is the path that a form posts to: an autosave says it in "at".
func formPlace(r *http.Request, f *web.Form) string {
	if r.URL.Path == draftsPath {
		return f.Line("at", 200)
	}
	return r.URL.Path
}
