// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"depositaire.org/depositaire/internal/store/storetest"
)

// world is a tale one may knock at: each knock is a real request with somebody's
// real cookies, and what it does to the database is seen from outside.
type world struct {
	tale
	*hall
	t        testing.TB
	told     string // the folder of the tale, as it was told
	watch    *watcher
	raw      *sql.DB
	baseline string // of the record's rows
	restored int
}

// watcher notes each statement before it runs.
type watcher struct {
	mu    sync.Mutex
	asked []string
}

func (w *watcher) see(s storetest.Step) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, s.Query)
	return nil
}

func (w *watcher) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.asked
	w.asked = nil
	return all
}

// newWorld opens the tale that a folder holds.
func newWorld(t testing.TB, told string) *world {
	t.Helper()
	w := &world{t: t, told: told}
	raw, err := os.ReadFile(filepath.Join(told, "tale.json"))
	ok(t, err)
	ok(t, json.Unmarshal(raw, &w.tale))
	t.Cleanup(w.close)
	w.restore()
	w.baseline = w.rows()
	return w
}

func (w *world) close() {
	if w.raw != nil {
		ok(w.t, w.raw.Close())
		ok(w.t, w.db.Close())
	}
}

// restore brings the tale back to its beginning.
func (w *world) restore() {
	w.t.Helper()
	w.close()
	w.restored++
	dir := w.t.(*testing.T).TempDir()
	ok(w.t, os.CopyFS(dir, os.DirFS(w.told)))
	w.watch = &watcher{}
	w.hall = openHall(w.t, dir, storetest.Every(w.watch.see))
	w.clock = w.Clock
	var err error
	w.raw, err = sql.Open("sqlite", "file:"+filepath.Join(dir, "depositaire.db")+"?mode=ro")
	ok(w.t, err)
}

// call is one thing somebody tries.
type call struct {
	method, path string
	form         url.Values
}

// reply is what came back, and what was done for it.
type reply struct {
	status  int
	body    string
	headers string
	asked   []string
	before  int64    // the journal's last row before the request
	first   int64    // before the first byte
	after   int64    // at the end
	slips   []string // whose journals the entries are in, "" for the house
}

func (w *world) number(query string, args ...any) (n int64) {
	w.t.Helper()
	ok(w.t, w.raw.QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}

func (w *world) entries() int64 {
	return w.number("SELECT COALESCE(MAX(number), 0) FROM journal")
}

// firstByte calls look before anything of an answer is written.
type firstByte struct {
	http.ResponseWriter
	look func()
	done bool
}

func (f *firstByte) see() {
	if !f.done {
		f.done = true
		f.look()
	}
}

func (f *firstByte) WriteHeader(status int) {
	f.see()
	f.ResponseWriter.WriteHeader(status)
}

func (f *firstByte) Write(b []byte) (int, error) {
	f.see()
	return f.ResponseWriter.Write(b)
}

// knock makes one request as somebody. Her cookies stay as they were.
func (w *world) knock(actor string, c call) reply {
	w.t.Helper()
	r := httptest.NewRequest(c.method, c.path, nil)
	if c.method == http.MethodPost {
		form := url.Values{}
		for k, v := range c.form {
			form[k] = v
		}
		if w.Cookies[actor]["__Host-s1"] != "" {
			form.Set("session", "1")
		}
		r = request(c.path, form)
	}
	r.Host = host
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "fr")
	for k, v := range w.Cookies[actor] {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	var out reply
	out.before = w.entries()
	rec := httptest.NewRecorder()
	w.watch.take()
	w.handler.ServeHTTP(&firstByte{ResponseWriter: rec, look: func() { out.first = w.entries() }}, r)
	out.asked = w.watch.take()
	out.status, out.body, out.after = rec.Code, rec.Body.String(), w.entries()
	out.headers = headers(rec.Header())
	out.slips = w.slips(out.before)
	return out
}

// headers are all of them but the values of cookies, which are random.
func headers(h http.Header) string {
	var all []string
	for name, values := range h {
		for _, v := range values {
			if name == "Set-Cookie" {
				kept, _, _ := strings.Cut(v, "=")
				v = kept
			}
			all = append(all, name+": "+v)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func (w *world) slips(after int64) (persons []string) {
	w.t.Helper()
	rows, err := w.raw.QueryContext(context.Background(), "SELECT lower(hex(COALESCE(person, x''))) FROM journal_slip WHERE entry > ? ORDER BY key", after)
	ok(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var p string
		ok(w.t, rows.Scan(&p))
		persons = append(persons, p)
	}
	ok(w.t, rows.Err())
	return persons
}

// changing matches a statement that changes rows, and names their table.
var changing = regexp.MustCompile(`(?is)^\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)`)

// quiet are the tables that answering changes whatever the answer: the journal and
// its tree, the day of the last reading, and the numbers that rows are given.
// Everything else is the record.
func quiet(table string) bool {
	tree := []string{"leaf", "node", "checkpoint", "purge", "lease", "waiting"}
	return strings.HasPrefix(table, "journal") || slices.Contains(append(tree, "mark", "entity"), table)
}

// touched are the tables of the record that a request's statements write to.
func (r reply) touched() (tables []string) {
	for _, query := range r.asked {
		if m := changing.FindStringSubmatch(query); m != nil && !quiet(m[1]) {
			tables = append(tables, m[1])
		}
	}
	return tables
}

// changed reports whether a request changed the record since the tale's beginning.
func (w *world) changed(got reply) bool {
	return len(got.touched()) > 0 && w.rows() != w.baseline
}

// shown are the canaries of an answer.
func (w *world) shown(got reply) (all []canary) {
	for _, c := range w.Canaries {
		if strings.Contains(got.body, c.Token) || strings.Contains(got.headers, c.Token) || strings.Contains(got.body, strings.ReplaceAll(c.Token, "\u00a0", "")) {
			all = append(all, c)
		}
	}
	return all
}

// rows is a print of every row of the record: of a session not when it was last
// used, of a wrap not its form, which shrinks at its owner's first use.
func (w *world) rows() string {
	w.t.Helper()
	var all strings.Builder
	for _, table := range w.list("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		columns := `*`
		switch {
		case quiet(table):
			continue
		case table == "session":
			columns = "hash, member, started, deposit, sealed, day_half, day_tries"
		case table == "wrap":
			columns = "key, circle, object, recipient_kind, recipient, epoch"
		}
		all.WriteString(table + ": " + w.printed("SELECT "+columns+` FROM "`+table+`" ORDER BY rowid`) + "\n")
	}
	return all.String()
}

func (w *world) list(query string) (all []string) {
	rows, err := w.raw.QueryContext(context.Background(), query)
	ok(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		ok(w.t, rows.Scan(&s))
		all = append(all, s)
	}
	ok(w.t, rows.Err())
	return all
}
