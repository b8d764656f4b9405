// SPDX-License-Identifier: AGPL-3.0-or-later

// Package web is the HTTP machinery of every street door: middleware, headers,
// forms, rendering, error pages and assets. It knows nothing of the domain: a
// page is a struct that embeds Page, a template that shows it, and a handler
// that returns an error when it cannot.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/pace"
)

// Handler answers one request, or returns why it could not. A handler that
// returns an error has written nothing: Site shows the error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Site is one organisation's web site: what all its pages share. Every field
// is needed but Proxies, Limits, Dress, Uploads, Shows and Instead.
type Site struct {
	Pages      *Pages
	Assets     *Assets
	Catalogues *locale.Catalogues
	Log        *slog.Logger
	Now        func() time.Time // in the zone dates are shown in

	// Host is what browsers type: a name, and a port unless it is the scheme's own.
	// Nothing is answered under another.
	Host string
	// Proxies are believed when they say for whom they ask.
	Proxies []netip.Prefix
	Limits  Limits
	// Secure is true when people reach the site by TLS, even if a proxy ends it.
	Secure bool
	// Dress completes a page with what the door knows: who is there, the
	// session number, the banner. It must not fail.
	Dress func(r *http.Request, p *Page)
	// Uploads says which requests may carry a file, Shows which a page of ours may
	// ask for by itself, because it shows a picture.
	Uploads, Shows func(r *http.Request) bool
	// Instead answers faults of some kinds in place of the error page: the
	// veil for Veiled, the sign-in page for SignedOut.
	Instead map[fault.Kind]Handler

	requests            atomic.Uint64
	strangers, sessions *pace.Pace // made by Wrap
}

// Handle registers h for an http.ServeMux pattern such as "GET /cases/{id}".
func (s *Site) Handle(mux *http.ServeMux, pattern string, h Handler) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.serveError(w, r, err)
		}
	})
}

// Base returns the part of a page that is the same everywhere, for this
// request.
func (s *Site) Base(r *http.Request) Page {
	p := Page{
		Printer:   s.printer(r),
		Languages: s.Catalogues.Languages(),
		Path:      r.URL.Path,
		Flash:     readFlash(r),
		assets:    s.Assets,
	}
	if s.Dress != nil {
		s.Dress(r, &p)
	}
	return p
}

func (s *Site) printer(r *http.Request) *locale.Printer {
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	return s.Catalogues.Printer(s.Catalogues.Choose(chosen, r.Header.Get("Accept-Language")), s.Now())
}

// SeeOther sends the browser to path with 303, and leaves a message for the
// next page: a catalogue key without its "flash." prefix, or "" for none.
func (s *Site) SeeOther(w http.ResponseWriter, r *http.Request, path, flash string) error {
	if !Local(path) {
		return fault.New(fault.Internal, "")
	}
	if flash != "" {
		SetCookie(w, flashCookie, flash, 60)
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// NotFound answers an address that no pattern has: exactly as if it were
// withheld.
func (s *Site) NotFound(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.Withheld, "")
}

// Blank returns the common part of a page without a request: for tests, and for
// pages that are printed.
func (s *Site) Blank(lang, path string) Page {
	return Page{
		Printer: s.Catalogues.Printer(lang, s.Now()), Languages: s.Catalogues.Languages(),
		Path: path, assets: s.Assets,
	}
}
