// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// The kinds of incident.
const (
	Console    = "console"     // the page wrote an error
	Exception  = "exception"   // a script threw and nobody caught it
	Policy     = "policy"      // a breach of the content security policy
	Failed     = "failed"      // a request without an answer, or a bad one
	ThirdParty = "third-party" // a request to another house
	Dialog     = "dialog"      // an alert, a confirmation, a prompt
)

// Incident is something that must not happen on a page.
type Incident struct {
	Kind string
	Text string
	URL  string
}

// String says what happened in one line.
func (i Incident) String() string { return fmt.Sprintf("%s: %s (%s)", i.Kind, i.Text, i.URL) }

// expectation is an incident that a test announced.
type expectation struct {
	kind, part string
	met        bool
}

func (e *expectation) covers(i Incident) bool {
	return e.kind == i.Kind && strings.Contains(i.String(), e.part)
}

// request is one exchange that went over the network.
type request struct {
	url      string
	kind     network.ResourceType
	bytes    int64
	cached   bool
	document bool // of the window itself, not of a frame in it
}

// watch listens to one window: what it asked for, what went wrong, whether it
// is at rest. Events arrive on the browser's goroutine.
type watch struct {
	mu       sync.Mutex
	home     string // host and port of the product
	frame    string // the window's own frame
	flying   map[network.RequestID]*request
	done     []*request
	last     time.Time // of the last thing that moved
	loads    int       // documents loaded
	loading  bool      // a document is on its way
	offline  bool
	status   int64 // of the last document
	seen     []Incident
	expected []*expectation
	dialog   func()
}

func newWatch(base string) *watch {
	home, err := url.Parse(base)
	if err != nil {
		home = &url.URL{}
	}
	return &watch{home: home.Host, flying: map[network.RequestID]*request{}, last: time.Now()}
}

// see receives every event of the window, in order.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.sent(e)
	case *network.EventRequestServedFromCache:
		if r := w.flying[e.RequestID]; r != nil {
			r.cached = true
		}
	case *network.EventResponseReceived:
		w.answered(e)
	case *network.EventLoadingFinished:
		w.finished(e.RequestID, int64(e.EncodedDataLength))
	case *network.EventLoadingFailed:
		w.failed(e)
	case *page.EventLoadEventFired:
		w.loads++
		w.loading, w.last = false, time.Now()
	default:
		w.spoken(event)
	}
}

// spoken keeps what a page says when something is wrong.
func (w *watch) spoken(event any) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		w.logged(e.Entry)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.add(Console, spell(e.Args), "")
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if o := e.ExceptionDetails.Exception; o != nil {
			text += " " + o.Description
		}
		w.add(Exception, text, e.ExceptionDetails.URL)
	case *page.EventJavascriptDialogOpening:
		if e.Type != page.DialogTypeBeforeunload {
			w.add(Dialog, e.Message, e.URL)
		}
		w.dialog()
	}
}

func spell(args []*runtime.RemoteObject) string {
	words := make([]string, 0, len(args))
	for _, a := range args {
		words = append(words, orElse(a.Description, string(a.Value)))
	}
	return strings.Join(words, " ")
}

func (w *watch) logged(e *log.Entry) {
	switch {
	case e.Level != log.EntryLevelError:
	case e.Source == log.EntrySourceNetwork: // judged by its status, in answered
	case strings.Contains(e.Text, "Content Security Policy"):
		w.add(Policy, e.Text, e.URL)
	default:
		w.add(Console, e.Text, e.URL)
	}
}

func (w *watch) sent(e *network.EventRequestWillBeSent) {
	w.last = time.Now()
	if !strings.HasPrefix(e.Request.URL, "http") {
		return // data: and blob: go nowhere
	}
	if u, err := url.Parse(e.Request.URL); err != nil || u.Host != w.home {
		w.add(ThirdParty, e.Request.Method, e.Request.URL)
	}
	if hop := e.RedirectResponse; hop != nil {
		w.finished(e.RequestID, int64(hop.EncodedDataLength))
	}
	document := e.Type == network.ResourceTypeDocument && (w.frame == "" || w.frame == string(e.FrameID))
	if document {
		// What the page before still awaited went away with it, and not every
		// such request is said to have failed.
		clear(w.flying)
		w.loading = true
	}
	w.flying[e.RequestID] = &request{url: e.Request.URL, kind: e.Type, document: document}
}

// answered judges the status: a document may refuse (a refusal is a page), and
// so may a fragment asked for by a script; a style or a script may not.
func (w *watch) answered(e *network.EventResponseReceived) {
	w.last = time.Now()
	r := w.flying[e.RequestID]
	if r == nil {
		return
	}
	r.cached = r.cached || e.Response.FromDiskCache
	if r.document {
		w.status = e.Response.Status
	}
	mayRefuse := r.document || e.Type == network.ResourceTypeFetch || e.Type == network.ResourceTypeXHR
	if e.Response.Status >= 500 || e.Response.Status >= 400 && !mayRefuse {
		w.add(Failed, fmt.Sprintf("status %d", e.Response.Status), r.url)
	}
}

func (w *watch) finished(id network.RequestID, bytes int64) {
	w.last = time.Now()
	r := w.flying[id]
	if r == nil {
		return
	}
	delete(w.flying, id)
	r.bytes = bytes
	w.done = append(w.done, r)
}

func (w *watch) failed(e *network.EventLoadingFailed) {
	w.last = time.Now()
	r := w.flying[e.RequestID]
	if r == nil {
		return
	}
	delete(w.flying, e.RequestID)
	if r.document {
		w.loading = false
	}
	switch {
	case e.BlockedReason == network.BlockedReasonCsp:
		w.add(Policy, "blocked "+string(r.kind), r.url)
	case e.Canceled, w.offline:
	default:
		w.add(Failed, e.ErrorText, r.url)
	}
}

// awaited names what was asked for and not answered yet.
func (w *watch) awaited() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	urls := make([]string, 0, len(w.flying))
	for _, r := range w.flying {
		urls = append(urls, r.url)
	}
	return strings.Join(urls, " ")
}

func (w *watch) add(kind, text, where string) {
	w.seen = append(w.seen, Incident{Kind: kind, Text: text, URL: where})
}

// rest says how long the window has been still, or that it is not, and when
// the last thing moved.
func (w *watch) rest() (still time.Duration, last time.Time, loads int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.loading {
		return 0, w.last, w.loads
	}
	for _, r := range w.flying {
		switch r.kind {
		case network.ResourceTypeEventSource, network.ResourceTypeWebSocket:
		case network.ResourceTypeOther: // the icon of the window, whose end is not always told
		default:
			return 0, w.last, w.loads
		}
	}
	return time.Since(w.last), w.last, w.loads
}

// Incidents returns what went wrong so far and was not announced.
func (d *Device) Incidents() []Incident {
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	var bad []Incident
	for _, i := range d.watch.seen {
		known := slices.IndexFunc(d.watch.expected, func(e *expectation) bool { return e.covers(i) })
		if known < 0 {
			bad = append(bad, i)
			continue
		}
		d.watch.expected[known].met = true
	}
	return bad
}

// Expect announces an incident of a kind whose text or address contains part.
// It must happen before the test ends.
func (d *Device) Expect(kind, part string) {
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	d.watch.expected = append(d.watch.expected, &expectation{kind: kind, part: part})
}

// Check reports every incident that nobody announced, and every announced one
// that did not happen. It runs by itself when the test ends.
func (d *Device) Check() {
	d.t.Helper()
	for _, i := range d.Incidents() {
		d.t.Errorf("%s: %s", d.Name, i)
	}
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	for _, e := range d.watch.expected {
		if !e.met {
			d.t.Errorf("%s: the announced incident %q %q did not happen", d.Name, e.kind, e.part)
		}
	}
	d.watch.seen, d.watch.expected = nil, nil
}

// Weight is what a page or a task cost over the network, headers included,
// and without what the cache gave.
type Weight struct {
	Requests int
	Bytes    int64
	URLs     []string
}

// mark remembers a moment, for weightSince.
func (w *watch) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.done)
}

func (w *watch) weightSince(mark int) Weight {
	w.mu.Lock()
	defer w.mu.Unlock()
	var sum Weight
	for _, r := range w.done[mark:] {
		if r.cached {
			continue
		}
		sum.Requests++
		sum.Bytes += r.bytes
		sum.URLs = append(sum.URLs, r.url)
	}
	return sum
}
