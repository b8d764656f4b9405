// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"net/http"
	"net/url"

	"depositaire.org/depositaire/internal/fault"
)

// A reading is an act, written down in somebody's name (secrecy.md §8). So a page
// opens for a person who asked for it: not for another site that made her browser
// ask, not for a browser that guesses what she will ask next.

// arrival is how a request came to a page.
type arrival uint8

const (
	asked     arrival = iota // typed, a bookmark, a link or a script of ours, a browser that does not say
	sentHere                 // a link of another site: she is asked whether she meant it
	notByHand                // a frame, an image, a script, a guess of the browser
)

// arrivalOf reads what the browser says of itself (Fetch Metadata), or, on an old
// one that says nothing, which page it came from.
func arrivalOf(r *http.Request) arrival {
	site, dest := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Dest")
	navigates := dest == "document" && r.Header.Get("Sec-Fetch-Mode") == "navigate"
	switch {
	case guessed(r.Header), dest != "" && dest != "document" && dest != "empty":
		return notByHand
	case site == "":
		return arrivalOfOld(r)
	case site == "same-origin", site == "none" && navigates:
		return asked
	case navigates && safe(r.Method):
		return sentHere
	}
	return notByHand
}

// pictured reports whether a page of ours shows a picture, now.
func pictured(r *http.Request) bool {
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Site") == "same-origin" &&
		r.Header.Get("Sec-Fetch-Dest") == "image" && !guessed(r.Header)
}

// guessed reports whether the browser asks ahead of its user.
func guessed(h http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if h.Get(name) != "" {
			return true
		}
	}
	return false
}

func arrivalOfOld(r *http.Request) arrival {
	switch {
	case !safe(r.Method): // sameOrigin has judged it
		return asked
	case elsewhere(r, "Origin"):
		return notByHand
	case elsewhere(r, "Referer"):
		return sentHere
	}
	return asked
}

// elsewhere reports whether a header names a page of another host.
func elsewhere(r *http.Request, name string) bool {
	from := r.Header.Get(name)
	if from == "" {
		return false
	}
	u, err := url.Parse(from)
	return err != nil || u.Host != r.Host
}

// ContinuePage stands instead of the page that another site leads to. It looks the
// same for every address. Its template is named "continue".
type ContinuePage struct {
	Page
	To string // where its one link goes
}

// byHand serves pages to who asked for them. Assets say nothing about anybody.
func (s *Site) byHand(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Assets.has(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if s.Shows != nil && s.Shows(r) && pictured(r) {
			next.ServeHTTP(w, r)
			return
		}
		switch arrivalOf(r) {
		case asked:
			next.ServeHTTP(w, r)
		case sentHere:
			s.askAgain(w, r)
		default:
			s.serveError(w, r, fault.New(fault.Refused, "fault.not_by_hand"))
		}
	})
}

func (s *Site) askAgain(w http.ResponseWriter, r *http.Request) {
	page := ContinuePage{Page: s.Base(r), To: "/"}
	page.Path = "/" // the foot of the page says nothing of the address either
	if to := r.URL.RequestURI(); Local(to) {
		page.To = to
	}
	if err := s.Render(w, r, http.StatusForbidden, "continue", &page); err != nil {
		s.serveError(w, r, err)
	}
}
