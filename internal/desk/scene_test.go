// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/store/storetest"
	"depositaire.org/depositaire/internal/upkeep"
)

// hands are what people hold, and what outlives the server's process: their
// browsers' cookies, their papers, and the addresses they know.
type hands struct {
	Clock   time.Time
	Cookies map[string]map[string]string // by browser
	Known   map[string]string
}

func newHands() hands {
	return hands{
		Clock:   time.Date(2026, 11, 23, 9, 42, 0, 0, time.UTC),
		Cookies: map[string]map[string]string{}, Known: map[string]string{},
	}
}

func (h hands) clone() hands {
	c := hands{Clock: h.Clock, Cookies: map[string]map[string]string{}, Known: map[string]string{}}
	for k, v := range h.Cookies {
		c.Cookies[k] = cloned(v)
	}
	c.Known = cloned(h.Known)
	return c
}

func cloned(m map[string]string) map[string]string {
	c := map[string]string{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// scene is a house of a folder, served, with people in front of it.
type scene struct {
	t     testing.TB
	h     *hall
	has   hands
	tape  *tape
	watch *upkeep.Watch // of the journal's tree
	wrong []string      // what was shown and not journalled, or is no page
}

// ground is where a house stands: a folder, and a schema of PostgreSQL if its rows
// are there.
type ground struct{ Dir, DSN, Schema string }

func (g ground) file() string { return filepath.Join(g.Dir, "depositaire.db") }

// enter opens the house of a folder.
func enter(t testing.TB, dir string, has hands) *scene {
	t.Helper()
	return enterOn(t, ground{Dir: dir}, has)
}

// enterOn opens a house, with people in front of it.
func enterOn(t testing.TB, g ground, has hands) *scene {
	t.Helper()
	s := &scene{t: t, has: has, tape: &tape{}}
	through := storetest.Through(s.tape.watch)
	if g.Schema == "" {
		s.h = openHall(t, g.Dir, through)
	} else {
		db, err := postgres.OpenThrough(context.Background(), g.DSN, g.Schema, through)
		ok(t, err)
		s.h = hallOver(t, db, g.Dir)
	}
	s.settle(g)
	return s
}

// settle puts people in front of a house.
func (s *scene) settle(g ground) {
	s.h.clock = s.has.Clock
	s.h.handler = s.watchful(s.h.handler)
	key, err := hostOf(s.t, g.Dir).CheckpointKey()
	ok(s.t, err)
	witness := upkeep.NewWitnessFile(filepath.Join(g.Dir, "witness"), key.Public())
	s.watch = &upkeep.Watch{
		Verifier: upkeep.Verifier{Read: s.h.db, Strong: s.h.desk.Strong, Witness: witness, Public: key.Public(), Now: s.h.now},
		Register: journal.NewRegister(s.h.db, writing(s.h, func(tx *store.Tx) journal.RegisterTx { return tx }), key, witness, s.h.now),
		Save:     func([]byte) error { return nil }, Log: slog.New(slog.DiscardHandler),
	}
}

// verifies finds what the nightly verification would: a chain, a leaf or a
// checkpoint that is not what was signed.
func (s *scene) verifies() (wrong []string) {
	ctx := s.t.Context()
	if _, err := s.watch.Register.Checkpoint(ctx); err != nil {
		return []string{err.Error()}
	}
	report, err := s.watch.Verify(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	for _, f := range report.Findings {
		wrong = append(wrong, fmt.Sprintf("%+v", f))
	}
	return wrong
}

// raw is a handle beside the server's.
func (g ground) raw(t testing.TB) *sql.DB {
	t.Helper()
	if g.Schema == "" {
		raw, err := sql.Open("sqlite", sqlite.DSN(g.file()))
		ok(t, err)
		return raw
	}
	config, err := pgx.ParseConfig(g.DSN)
	ok(t, err)
	config.RuntimeParams["search_path"] = g.Schema
	return stdlib.OpenDB(*config)
}

// rows counts a table.
func (g ground) rows(t testing.TB, table string) (n int) {
	t.Helper()
	raw := g.raw(t)
	defer func() { _ = raw.Close() }()
	ok(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n))
	return n
}

// postgresGround is a new schema of the PostgreSQL that the tests were given.
func postgresGround(t *testing.T) ground {
	t.Helper()
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn == "" && testing.Short() && os.Getenv("DEPOSITAIRE_TEST_REQUIRE_ALL") != "1" {
		t.Skip("no DEPOSITAIRE_TEST_POSTGRES under -short")
	}
	if dsn == "" {
		t.Fatal("DEPOSITAIRE_TEST_POSTGRES names no server")
	}
	g := ground{Dir: t.TempDir(), DSN: dsn, Schema: "desk_" + unheard()}
	t.Cleanup(func() {
		raw := g.raw(t)
		defer func() { _ = raw.Close() }()
		_, _ = raw.ExecContext(context.Background(), "DROP SCHEMA "+g.Schema+" CASCADE")
	})
	return g
}

// leave stops the server and returns what people hold.
func (s *scene) leave() hands {
	s.has.Clock = s.h.now()
	_ = s.h.db.Close()
	return s.has
}

// by is somebody's browser.
func (s *scene) by(who string) *browser {
	if s.has.Cookies[who] == nil {
		s.has.Cookies[who] = map[string]string{}
	}
	b := s.h.browser(s.t)
	b.cookies = s.has.Cookies[who]
	return b
}

// at is an address that somebody knows.
func (s *scene) at(name string) string {
	if at, known := s.has.Known[name]; known {
		return at
	}
	return "/nowhere/" + name
}

func (s *scene) know(name, at string) { s.has.Known[name] = at }

// confiding finds the words of the story that only an opening shows.
var confiding = regexp.MustCompile(`Confié-\w+`)

// watchful serves, and notes each page that shows confided words, other than
// those of the request's own form, though no entry was written for it.
func (s *scene) watchful(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, before := typedIn(r), s.tape.written()
		got := httptest.NewRecorder()
		next.ServeHTTP(got, r)
		for _, word := range confiding.FindAllString(got.Body.String(), -1) {
			if !strings.Contains(sent, word) && s.tape.written() == before {
				s.blame("%s %s shows %s", r.Method, r.URL.Path, word)
			}
		}
		if got.Code >= 500 && !bytes.Contains(got.Body.Bytes(), []byte("</html>")) {
			s.blame("%s %s answers %d without a page", r.Method, r.URL.Path, got.Code)
		}
		for k, v := range got.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(got.Code)
		_, _ = w.Write(got.Body.Bytes())
	})
}

func (s *scene) blame(format string, args ...any) {
	s.tape.mu.Lock()
	defer s.tape.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

// typedIn is the form of a request, which can still be read afterwards.
func typedIn(r *http.Request) string {
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	r.Body = http.NoBody
	if b.Len() > 0 {
		r.Body = readCloser{bytes.NewReader(b.Bytes())}
	}
	all, _ := url.QueryUnescape(b.String())
	return all
}

type readCloser struct{ *bytes.Reader }

// Close implements io.Closer.
func (readCloser) Close() error { return nil }

// tape follows the transactions of one house: it numbers their steps, and lets
// one of them meet a fault.
type tape struct {
	mu      sync.Mutex
	steps   []string // so far
	at      int      // the step that meets the fault, from 1; 0: none
	fault   func() error
	asked   []string // by the transaction under way
	entries int      // of the journal, durable
	commits int
	done    func() // after each commit
}

// watch implements storetest.Watch.
func (p *tape) watch(s storetest.Step) error {
	p.mu.Lock()
	name := s.Query
	if s.Committed {
		name = "committed"
		for _, query := range p.asked {
			if strings.HasPrefix(strings.TrimSpace(query), "INSERT INTO journal (") {
				p.entries++
			}
		}
		p.commits++
	}
	p.asked = append(p.asked, s.Query)
	if s.Committed || strings.HasPrefix(s.Query, "ROLLBACK") {
		p.asked = nil
	}
	p.steps = append(p.steps, name)
	struck := p.at > 0 && len(p.steps) == p.at
	p.mu.Unlock()
	if s.Committed && p.done != nil {
		p.done()
	}
	if struck {
		return p.fault()
	}
	return nil
}

// written is how many entries are durable.
func (p *tape) written() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries
}

// begin forgets what opening the house did, and lets step k meet a fault.
func (p *tape) begin(k int, fault func() error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps, p.asked, p.entries, p.commits, p.at, p.fault = nil, nil, 0, 0, k, fault
}

// trial is a test whose failure is an answer.
type trial struct {
	testing.TB // nil in a child process
	mu         sync.Mutex
	why        []string
}

// Context implements testing.TB.
func (t *trial) Context() context.Context {
	if t.TB == nil {
		return context.Background()
	}
	return t.TB.Context()
}

// Helper implements testing.TB.
func (*trial) Helper() {}

// Errorf implements testing.TB.
func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.why = append(t.why, fmt.Sprintf(format, args...))
}

// Error implements testing.TB.
func (t *trial) Error(args ...any) { t.Errorf("%s", fmt.Sprint(args...)) }

// Fatal implements testing.TB.
func (t *trial) Fatal(args ...any) {
	t.Errorf("%s", fmt.Sprint(args...))
	runtime.Goexit()
}

// Fatalf implements testing.TB.
func (t *trial) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// attempt does what may fail, and says why it did; "" when it did not.
func (s *scene) attempt(do func(*scene)) string {
	t := &trial{TB: s.t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		own := *s // several may attempt at once
		own.t = t
		do(&own)
	}()
	<-done
	return strings.Join(t.why, "\n")
}

// noteSaying finds the note of a page by its words.
func noteSaying(t testing.TB, a answer, words string) string {
	t.Helper()
	n := first(a.doc, func(n *html.Node) bool { return n.Data == "article" && strings.Contains(visible(n), words) })
	if n == nil {
		t.Fatalf("%s (%d) shows no note %q", a.path, a.status, words)
	}
	return strings.TrimPrefix(attr(n, "id"), "note-")
}

// copyHouse copies the files of a house that nobody serves, or that was killed.
func copyHouse(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	ok(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

// fact is what somebody finds at an address she knows.
type fact struct{ who, at, says string }

// told is all that an answer tells somebody.
func (a answer) told() string { return fmt.Sprintf("%d %s %s", a.status, a.path, visible(a.doc)) }

// finds goes and looks at each fact.
func (s *scene) finds(all []fact) map[fact]bool {
	found := map[fact]bool{}
	pages := map[[2]string]string{}
	for _, f := range all {
		key := [2]string{f.who, f.at}
		if _, seen := pages[key]; !seen {
			if why := s.attempt(func(s *scene) {
				path := f.at
				if !strings.HasPrefix(path, "/") {
					path = s.at(path)
				}
				a := s.by(f.who).get(path)
				pages[key] = a.told()
			}); why != "" {
				pages[key] = why
			}
		}
		found[f] = strings.Contains(pages[key], f.says)
	}
	return found
}

// sound lists what no fault may leave in the files of a house (secrecy.md §5, §8).
func (g ground) sound(t testing.TB) (wrong []string) {
	t.Helper()
	raw := g.raw(t)
	defer func() { _ = raw.Close() }()
	for _, rule := range soundness {
		if g.Schema != "" && strings.Contains(rule.query, "pragma_") {
			continue
		}
		rows, err := raw.QueryContext(t.Context(), rule.query)
		ok(t, err)
		for rows.Next() {
			var what any
			ok(t, rows.Scan(&what))
			if what != "ok" {
				wrong = append(wrong, fmt.Sprintf("%s: %v", rule.says, what))
			}
		}
		ok(t, rows.Err())
		_ = rows.Close()
	}
	return wrong
}

// soundness asks for the rows that break each rule. A scratchpad (kind 7) has no
// key of its own.
var soundness = []struct{ says, query string }{
	{"the file is whole", `SELECT integrity_check FROM pragma_integrity_check`},
	{"a row refers to what is there", `SELECT "table" FROM pragma_foreign_key_check`},
	{"an object has a version", `SELECT key FROM object WHERE key NOT IN (SELECT object FROM version)`},
	{"versions follow each other", `SELECT object FROM version GROUP BY object HAVING max(number) <> count(*)`},
	{"an object's key is in a circle", `SELECT key FROM object WHERE key NOT IN (SELECT object FROM slip) AND key NOT IN (SELECT object FROM wrap WHERE object IS NOT NULL)`},
	{"a slip is under an epoch that is there", `SELECT s.key FROM slip s WHERE s.circle NOT IN (SELECT key FROM circle WHERE kind = 7) AND NOT EXISTS (SELECT 1 FROM epoch e WHERE e.circle = s.circle AND e.number = s.epoch)`},
	{"a circle has all its epochs", `SELECT c.key FROM circle c WHERE c.kind <> 7 AND c.epoch <> (SELECT count(*) FROM epoch e WHERE e.circle = c.key)`},
	// but for who was forgotten: nothing of hers is left to open
	{"a circle's key is with somebody", `SELECT key FROM circle WHERE kind <> 7 AND key NOT IN (SELECT circle FROM wrap WHERE circle IS NOT NULL)
		AND key / 1048576 IN (SELECT key / 1048576 FROM object)`},
	{"a wrap is under an epoch that is there", `SELECT w.key FROM wrap w WHERE w.circle IS NOT NULL AND NOT EXISTS (SELECT 1 FROM epoch e WHERE e.circle = w.circle AND e.number = w.epoch)`},
	{"an entry has its slips' circles", `SELECT s.key FROM journal_slip s WHERE NOT EXISTS (SELECT 1 FROM epoch e WHERE e.circle = s.circle AND e.number = s.epoch)`},
	{"a slip has its entry", `SELECT key FROM journal_slip WHERE entry NOT IN (SELECT number FROM journal)`},
	{"every entry and link waits for its place or has it", `SELECT n FROM (SELECT
		(SELECT count(*) FROM journal WHERE number NOT IN (SELECT entry FROM waiting WHERE entry IS NOT NULL UNION SELECT entry FROM leaf WHERE entry IS NOT NULL)) +
		(SELECT count(*) FROM link WHERE key NOT IN (SELECT link FROM waiting WHERE link IS NOT NULL UNION SELECT link FROM leaf WHERE link IS NOT NULL)) AS n) AS without WHERE n > 0`},
	{"leaves follow each other", `SELECT n FROM (SELECT max(sequence) + 1 - count(*) AS n FROM leaf) AS places WHERE n <> 0`},
	{"a lock has all its shares", `SELECT l.number FROM lock l WHERE (SELECT count(*) FROM share s WHERE s.lock = l.number) <= l.threshold - 1`},
	{"a case has a person", `SELECT number FROM "case" WHERE number NOT IN (SELECT number FROM case_person)`},
	{"a case has a chain", `SELECT c.number FROM "case" c WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.key / 1048576 = c.number)`},
}

// tables are those whose rows are counted.
func (g ground) tables(t testing.TB) map[string]int {
	t.Helper()
	raw := g.raw(t)
	defer func() { _ = raw.Close() }()
	rows, err := raw.QueryContext(t.Context(), `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	ok(t, err)
	var names []string
	for rows.Next() {
		var name string
		ok(t, rows.Scan(&name))
		names = append(names, name)
	}
	_ = rows.Close()
	slices.Sort(names)
	counts := map[string]int{}
	for _, name := range names {
		var n int
		ok(t, raw.QueryRowContext(t.Context(), `SELECT count(*) FROM "`+name+`"`).Scan(&n))
		counts[name] = n
	}
	return counts
}
