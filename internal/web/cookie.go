// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"net/http"
	"regexp"

	"depositaire.org/depositaire/internal/fault"
)

// The cookies of this room say nothing about anybody. flashCookie holds a
// catalogue key for at most a minute; languageCookie a language.
const (
	flashCookie    = "__Host-flash"
	languageCookie = "__Host-language"
)

var flashForm = regexp.MustCompile(`^[a-z_]{1,40}$`)

// SetCookie keeps a value in the browser, for this host only, out of reach of
// scripts and of other sites. Browsers take localhost for secure.
func SetCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
}

func readFlash(r *http.Request) string {
	c, err := r.Cookie(flashCookie)
	if err != nil || !flashForm.MatchString(c.Value) {
		return ""
	}
	return c.Value
}

// ChooseLanguage answers POST /language: it keeps the choice for a year and
// goes back to the page it was made on.
func (s *Site) ChooseLanguage(w http.ResponseWriter, r *http.Request) error {
	form, err := ReadForm(r)
	if err != nil {
		return err
	}
	chosen := form.Choice("language", s.Catalogues.Languages()...)
	back := form.Line("back", 512)
	if form.Err() != nil || !Local(back) {
		return fault.New(fault.Invalid, "form.unread")
	}
	SetCookie(w, languageCookie, chosen, 365*24*3600)
	return s.SeeOther(w, r, back, "")
}
