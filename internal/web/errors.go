// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
)

// statuses: withheld and absent are both 404; nothing here is 401 or 403, so
// that a status never says that something exists.
var statuses = [...]int{
	fault.Internal:    http.StatusInternalServerError,
	fault.Withheld:    http.StatusNotFound,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Conflict:    http.StatusConflict,
	fault.Refused:     http.StatusUnprocessableEntity,
	fault.Expired:     http.StatusGone,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Veiled:      http.StatusForbidden,
	fault.SignedOut:   http.StatusForbidden,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
}

// ErrorPage is shown when a request could not be served. Its template is named
// "error" and belongs to the door that parses the pages.
type ErrorPage struct {
	Page
	Kind     fault.Kind
	Sentence string // catalogue keys
	Next     string
	Number   string  // the request's number, to give to an administrator; "" when nothing failed
	Typed    []Typed // what the form asked to keep, so that nothing typed is lost
}

// Typed is one answer of a form that could not be saved.
type Typed struct {
	Name  string
	Words confided.Text
}

// again asks for the form's own page to be shown again.
type again struct {
	name string
	page Pager
	err  error
}

func (a *again) Error() string { return a.err.Error() }

// Again returns an error that shows the page named name once more, filled with
// what was typed and saying what err is about. The page's Errors are set here.
func Again(name string, page Pager, err error) error {
	return &again{name: name, page: page, err: err}
}

// serveError is the one place where an error becomes a page and a log line.
func (s *Site) serveError(w http.ResponseWriter, r *http.Request, err error) {
	var back *again
	if errors.As(err, &back) {
		s.logError(r, back.err)
		s.showAgain(w, r, back)
		return
	}
	s.logError(r, err)
	kind := fault.KindOf(err)
	if h, ok := s.Instead[kind]; ok {
		if err = h(w, r); err == nil {
			return
		}
		s.logError(r, err)
		kind = fault.KindOf(err)
	}
	s.showError(w, r, kind, fault.As(err))
}

func (s *Site) showAgain(w http.ResponseWriter, r *http.Request, back *again) {
	f := fault.As(back.err)
	base := back.page.base()
	base.Errors = fault.AllFields(back.err)
	if len(base.Errors) == 0 {
		base.Alert = f.Sentence()
	}
	if err := s.Render(w, r, statuses[f.Kind], back.name, back.page); err != nil {
		s.serveError(w, r, err)
	}
}

func (s *Site) showError(w http.ResponseWriter, r *http.Request, kind fault.Kind, f *fault.Error) {
	s.showStatus(w, r, statuses[kind], kind, f)
}

func (s *Site) showStatus(w http.ResponseWriter, r *http.Request, status int, kind fault.Kind, f *fault.Error) {
	page := &ErrorPage{
		Page: s.Base(r), Kind: kind, Sentence: f.Sentence(),
		Next: "fault." + kind.String() + ".next", Typed: kept(r.PostForm),
	}
	if failed(kind, f) {
		page.Number = requestID(r)
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	if err := s.Render(w, r, status, "error", page); err != nil {
		s.logError(r, err)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintln(w, page.T("fault.internal"), page.Number)
	}
}

// kept returns the answers a form wants back if it fails: those named by its
// hidden fields "keep". Secrets are never named there.
func kept(form url.Values) []Typed {
	var all []Typed
	for _, name := range form["keep"] {
		if words := clean(form.Get(name)); words != "" {
			all = append(all, Typed{Name: name, Words: confided.NewText(words)})
		}
	}
	return all
}

// logError writes kind, route and request number: never a URL's values, never
// words. The text of an error that is not a fault may hold anything, so only
// its type is written.
func (s *Site) logError(r *http.Request, err error) {
	kind := fault.KindOf(err)
	how := []slog.Attr{
		slog.String("kind", kind.String()), slog.String("why", describe(err)),
		slog.String("route", r.Pattern), slog.String("request", requestID(r)),
	}
	if r.Context().Err() != nil { // who asked has left: nobody is waiting for an answer
		s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request abandoned", how...)
		return
	}
	if failed(kind, fault.As(err)) {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed", how...)
		return
	}
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request refused", how...)
}

// failed reports whether something broke, rather than was refused. A house that is
// not founded yet is as it should be.
func failed(kind fault.Kind, f *fault.Error) bool {
	return kind == fault.Internal || kind == fault.Unavailable && f.Sentence() != "fault.not_founded"
}

func describe(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Error()
	}
	return fmt.Sprintf("%T", err)
}

// recovered turns a panic into an error page. Only the runtime's own text and
// our "internal error:" sentences are logged.
func (s *Site) recovered(w http.ResponseWriter, r *http.Request, value any) {
	why := fmt.Sprintf("%T", value)
	if e, ok := value.(runtime.Error); ok {
		why = e.Error()
	} else if text, ok := value.(string); ok && strings.HasPrefix(text, "internal error:") {
		why = text
	}
	s.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("why", why),
		slog.String("route", r.Pattern), slog.String("request", requestID(r)),
		slog.String("stack", string(debug.Stack())))
	s.showError(w, r, fault.Internal, fault.New(fault.Internal, ""))
}
