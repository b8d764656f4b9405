// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/jobs"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/tally"
	"depositaire.org/depositaire/internal/upkeep"
	"depositaire.org/depositaire/internal/web"
)

const (
	phrase    = "tilleul wagon matin orage" // everybody's passphrase
	startCode = "c0de"
	host      = "depositaire.test"
)

// hall is a whole house on a real store, behind its pages.
type hall struct {
	db       *store.DB
	dir      string
	desk     *Desk
	jobs     jobs.Clock
	handler  http.Handler
	logs     *lockedBuffer
	mu       sync.Mutex
	clock    time.Time
	broken   error           // what every write answers, when set
	writes   int             // transactions begun
	sites    map[string]bool // where the rooms write, as file:line
	register *journal.Register

	devices map[string]*browser
	papers  map[string]string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (h *hall) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func (h *hall) breaks(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = err
}

func (h *hall) failure() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writes++
	return h.broken
}

func (h *hall) written() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.writes
}

// writing adapts the store to a room, and fails when the test says so: before
// anything, or when the transaction would have been committed.
func writing[T any](h *hall, as func(*store.Tx) T) func(context.Context, func(T) error) error {
	return func(ctx context.Context, fn func(T) error) error {
		h.wrote()
		return h.db.Write(ctx, func(tx *store.Tx) error {
			if err := fn(as(tx)); err != nil {
				return err
			}
			return h.failure()
		})
	}
}

type settings struct{ *organisation.Room }

func (s settings) UsualReaders(ctx context.Context, by *strongroom.Unlocked, id record.ServiceID) ([]record.MemberID, error) {
	all, err := s.Settings(ctx, by, id)
	return all.Readers, err
}

// emptyHall is a house before anybody came.
func emptyHall(t testing.TB, dir string) *hall {
	t.Helper()
	return openHall(t, dir, func(c driver.Connector) driver.Connector { return c })
}

// openHall opens the house of a folder; through stands between the store and its
// driver.
func openHall(t testing.TB, dir string, through sqlite.Through) *hall {
	t.Helper()
	db, err := sqlite.OpenThrough(context.Background(), filepath.Join(dir, "depositaire.db"), through)
	ok(t, err)
	return hallOver(t, db, dir)
}

// hallOver is the house of a store, with the host secrets of a folder.
func hallOver(t testing.TB, db *store.DB, dir string) *hall {
	t.Helper()
	h := &hall{
		db: db, dir: dir, clock: time.Date(2026, 11, 23, 9, 42, 0, 0, time.UTC), logs: &lockedBuffer{},
		devices: map[string]*browser{}, papers: map[string]string{}, sites: map[string]bool{},
	}
	secrets := hostOf(t, dir)
	strong := strongroom.New(db, writing(h, func(tx *store.Tx) strongroom.Tx { return tx }), secrets, h.now)
	org := organisation.New(db, writing(h, func(tx *store.Tx) organisation.Tx { return tx }), strong, secrets, h.now)
	per := people.New(db, strong, writing(h, func(tx *store.Tx) people.Tx { return tx }), h.now)
	cas := cases.New(db, strong, settings{org}, writing(h, func(tx *store.Tx) cases.Tx { return tx }), h.now)
	files, err := blob.Open(filepath.Join(dir, "documents"))
	ok(t, err)
	papers := document.New(db, strong, cas, files, h.now)
	work := casework.New(db, strong, cas, per, papers, writing(h, func(tx *store.Tx) casework.Tx { return tx }), h.now)
	diary := agenda.New(db, strong, per, writing(h, func(tx *store.Tx) agenda.Tx { return tx }), h.now)
	fast := h.clock
	gate := signin.NewGate(8, func() time.Time { fast = fast.Add(time.Hour); return fast }) // limits are signin's to test
	door, err := signin.New(db, writing(h, func(tx *store.Tx) signin.Tx { return tx }), strong, strong,
		signin.Site{Name: "Depositaire", Domain: host, Origin: "https://" + host}, gate, h.now)
	ok(t, err)
	street, err := pagesOnce()
	ok(t, err)
	key, err := secrets.CheckpointKey()
	ok(t, err)
	witness := upkeep.NewWitnessFile(filepath.Join(dir, "witness"), key.Public())
	h.register = journal.NewRegister(db, writing(h, func(tx *store.Tx) journal.RegisterTx { return tx }), key, witness, h.now)
	site := &web.Site{Pages: street.Pages, Assets: street.Assets, Catalogues: street.Catalogues, Log: slog.New(slog.NewTextHandler(h.logs, nil)), Now: h.now, Host: host, Secure: true}
	h.jobs = jobs.Clock{Write: writing(h, func(tx *store.Tx) jobs.Tx { return tx }), Now: h.now, Log: site.Log}
	h.desk = newDesk(Rooms{Directory: db, Strong: strong, Organisation: org, Signin: door, People: per, Cases: cas, Casework: work, Document: papers, Agenda: diary, Tally: tally.New(db, writing(h, func(tx *store.Tx) tally.Tx { return tx }), h.now), Exchange: exchange.New(db, per, strong, writing(h, func(tx *store.Tx) exchange.Tx { return tx }), h.now), Register: h.register}, site, startCode)
	h.handler = h.desk.handler()
	return h
}

// pagesOnce loads what every house of these tests shows: none changes it.
var pagesOnce = sync.OnceValues(func() (s *web.Site, err error) {
	s = &web.Site{}
	if s.Pages, err = LoadPages(); err != nil {
		return s, err
	}
	if s.Assets, err = web.LoadAssets(); err != nil {
		return s, err
	}
	s.Catalogues, err = locale.Load()
	return s, err
})

// hostOf reads the host secrets of a folder, or makes them.
func hostOf(t testing.TB, dir string) *strongroom.Host {
	t.Helper()
	path := filepath.Join(dir, "host-secrets.json")
	save := func(b []byte) error { return os.WriteFile(path, b, 0o600) }
	var host *strongroom.Host
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		host, err = strongroom.NewHost(save)
	} else if err == nil {
		host, err = strongroom.LoadHost(raw, save)
	}
	ok(t, err)
	return host
}

// wrote notes which line of the product writes.
func (h *hall) wrote() {
	_, file, line, _ := runtime.Caller(2)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sites[fmt.Sprintf("%s:%d", file, line)] = true
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies as a browser does, and sends what one sends.
type browser struct {
	t       testing.TB
	h       *hall
	cookies map[string]string
	says    func(*http.Request) // what it says otherwise than a page of ours would
}

func (h *hall) browser(t testing.TB) *browser {
	return &browser{t: t, h: h, cookies: map[string]string{}}
}

// copy is another test's browser with the same cookies.
func (b *browser) copy(t testing.TB) *browser {
	c := b.h.browser(t)
	for k, v := range b.cookies {
		c.cookies[k] = v
	}
	return c
}

// answer is a page as it came, followed to its end.
type answer struct {
	status int
	path   string // of the last request
	body   string
	doc    *html.Node
	header http.Header
}

func (b *browser) send(r *http.Request) answer {
	b.t.Helper()
	r.Host = host
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "fr")
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	if b.says != nil {
		b.says(r)
	}
	w := httptest.NewRecorder()
	b.h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	a := answer{status: w.Code, path: r.URL.Path, body: w.Body.String(), header: w.Header()}
	doc, err := html.ParseWithOptions(strings.NewReader(a.body), html.ParseOptionEnableScripting(false))
	ok(b.t, err)
	a.doc = doc
	return a
}

// follow goes where redirects lead.
func (b *browser) follow(a answer) answer {
	b.t.Helper()
	for range 5 {
		if a.status != http.StatusSeeOther {
			return a
		}
		a = b.send(httptest.NewRequest(http.MethodGet, a.header.Get("Location"), nil))
	}
	b.t.Fatal("redirects do not end")
	return a
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.follow(b.send(httptest.NewRequest(http.MethodGet, path, nil)))
}

func request(path string, form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	return b.follow(b.send(request(path, form)))
}

// fields are what a form of a page would send, before anything is typed.
func (a answer) fields(t testing.TB, action string) url.Values {
	t.Helper()
	for f := range elements(a.doc) {
		if f.Data != "form" || attr(f, "action") != action {
			continue
		}
		v := url.Values{}
		for n := range elements(f) {
			name, kind := attr(n, "name"), attr(n, "type")
			switch {
			case name == "" || n.Data == "button":
			case n.Data == "textarea":
				v.Add(name, inside(n))
			case n.Data == "select":
				if o := first(n, func(m *html.Node) bool { return m.Data == "option" && has(m, "selected") }); o != nil {
					v.Add(name, attr(o, "value"))
				}
			case n.Data == "input" && (kind != "radio" && kind != "checkbox" || has(n, "checked")):
				v.Add(name, attr(n, "value"))
			}
		}
		return v
	}
	t.Fatalf("no form to %s on %s (%d):\n%s", action, a.path, a.status, visible(a.doc))
	return nil
}

// inside is a text as it was typed, line by line.
func inside(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// submit fills a form of a page and sends it; typed are names and values.
func (b *browser) submit(a answer, action string, typed ...string) answer {
	b.t.Helper()
	v := a.fields(b.t, action)
	for pair := range slices.Chunk(typed, 2) {
		v.Set(pair[0], pair[1])
	}
	return b.post(action, v)
}

func (a answer) says(t testing.TB, want ...string) {
	t.Helper()
	text := visible(a.doc)
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Fatalf("%s (%d) does not say %q:\n%s", a.path, a.status, w, text)
		}
	}
}

func (a answer) at(t testing.TB, path string) {
	t.Helper()
	if a.status != http.StatusOK || a.path != path {
		t.Fatalf("at %s (%d), want %s:\n%s", a.path, a.status, path, visible(a.doc))
	}
}

// code reads the n-th code shown on a page.
func (a answer) code(t testing.TB, n int) string {
	t.Helper()
	var all []string
	for e := range elements(a.doc) {
		if attr(e, "class") == "code" {
			all = append(all, strings.TrimSpace(visible(e)))
		}
	}
	if n >= len(all) {
		t.Fatalf("%s shows %d codes:\n%s", a.path, len(all), visible(a.doc))
	}
	return all[n]
}

// found walks through the first start as its pages ask (secrecy.md §4).
func (h *hall) found(t testing.TB) {
	t.Helper()
	b := h.browser(t)
	a := b.get("/start/" + startCode)
	a.at(t, "/start")
	a = b.submit(a, "/start", "organisation", "CCAS de Valmont", "name", "Odile Faure", "login", "odile")
	a = b.submit(a, "/start/passphrase", "new_passphrase", phrase)
	a.at(t, "/start/paper")
	h.papers["odile"] = a.code(t, 0)
	a = b.submit(a, "/start/paper", "paper_code", h.papers["odile"])
	a.at(t, "/start/envelopes")
	words := []string{a.code(t, 0), a.code(t, 3), a.code(t, 6)}
	a = b.submit(a, "/start/envelopes")
	a = b.submit(a, "/start/controls", "control_1", words[0], "control_2", words[1], "control_3", words[2])
	a.at(t, "/start/dpo")
	word := a.code(t, 0)
	a = b.submit(a, "/start/dpo")
	a = b.submit(a, "/start/dpo-control", "control_dpo", word)
	a.at(t, "/start/services")
	a = b.submit(a, "/start/services", "service", "Action sociale", "mission", "general", "role", "lead")
	a.at(t, "/start/invitations")
	h.devices["odile"] = b
	for _, who := range []struct{ login, name, role string }{
		{"karim", "Karim Benaïssa", "worker"},
		{"lucie", "Lucie Petit", "worker"},
		{"rose", "Rose Lemoine", "reception"},
		{"paul", "Paul Roche", "lead"},
		{"ada", "Ada Simon", "administrator"},
	} {
		h.hire(t, b, who.login, who.name, who.role)
	}
	done := b.get("/start/done")
	done.says(t, "CCAS de Valmont est prêt")
	if strings.Contains(visible(done.doc), "première note") {
		t.Error("a lead is told to write a note")
	}
	b.get("/today").at(t, "/today")
}

// hire invites somebody from a browser, and enrols her in her own.
func (h *hall) hire(t testing.TB, by *browser, login, name, role string) {
	t.Helper()
	slip := by.submit(by.get("/start/invitations"), "/start/invitations", "name", name, "role", role, "regime", "profession")
	slip.says(t, name)
	b := h.browser(t)
	a := b.submit(b.get("/invitation"), "/invitation", "invitation_code", slip.code(t, 0))
	a.says(t, name, "Invitation de")
	a = b.submit(a, "/invitation/identity", "login", login)
	a = b.submit(a, "/invitation/passphrase", "new_passphrase", phrase)
	a.at(t, "/invitation/paper")
	h.papers[login] = a.code(t, 0)
	b.submit(a, "/invitation/paper", "paper_code", h.papers[login]).at(t, "/today")
	h.devices[login] = b
}

// as signs somebody in, in a session of the test's own, on her known browser.
func (h *hall) as(t testing.TB, login string) *browser {
	t.Helper()
	b := h.browser(t)
	b.cookies["__Host-device"] = h.devices[login].cookies["__Host-device"]
	a := b.submit(b.get("/signin"), "/signin", "login", login, "passphrase", phrase)
	if a.path != "/today" { // a test had her browsers forgotten
		a = b.submit(a, "/signin", "login", login, "passphrase", phrase, "paper_code", h.papers[login])
		h.devices[login] = b
	}
	a.at(t, "/today")
	return b
}

// sharedHall is founded once for the tests that leave it as they found it, but
// for persons and dossiers of their own.
var sharedHall = struct {
	sync.Once
	hall *hall
}{}

// ownSite is founded for one test: what others left behind would change it.
func ownSite(t testing.TB) *hall {
	t.Helper()
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	h.found(t)
	return h
}

func testSite(t testing.TB) *hall {
	t.Helper()
	sharedHall.Do(func() {
		h := emptyHall(t, sharedDir)
		h.found(t)
		sharedHall.hall = h
	})
	if sharedHall.hall == nil {
		t.Fatal("the house could not be founded")
	}
	return sharedHall.hall
}

// receive creates a person and returns the path of her page.
func (b *browser) receive(name string) string {
	b.t.Helper()
	v := b.get("/persons/new").fields(b.t, "/persons/new")
	v.Set("called", name)
	v.Set("then", "person")
	a := b.post("/persons/new", v)
	a.says(b.t, name)
	if strings.HasPrefix(a.path, "/households/") { // another test's namesake
		a = b.submit(a, a.path, "same-1", another)
	}
	return a.path
}

// note writes a note from a page's form and returns the dossier's path.
func (b *browser) note(place, text string, typed ...string) string {
	b.t.Helper()
	b.h.pass(time.Second) // notes of one second have no order
	a := b.submit(b.get(place+"/notes/new"), place+"/notes", append([]string{"words", text}, typed...)...)
	a.says(b.t, text)
	return a.path
}

// choice finds the value of the choice that says some words.
func choice(t testing.TB, a answer, words string) string {
	t.Helper()
	for l := range elements(a.doc) {
		if l.Data != "label" || !strings.Contains(visible(l), words) {
			continue
		}
		if in := first(l, func(n *html.Node) bool { return n.Data == "input" }); in != nil {
			return attr(in, "value")
		}
	}
	t.Fatalf("%s offers no %q:\n%s", a.path, words, visible(a.doc))
	return ""
}
