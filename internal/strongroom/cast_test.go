// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"database/sql"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
)

// cast is a world with its people in it. Enrolling costs an Argon2 for each of
// them: the cast is hired once, and every test plays on a copy of the file.
type cast struct {
	*world
	path string
	people
}

// people are the cast of Nord, and Sud: the malicious host's own account, a
// certified worker of another service.
type people struct {
	julie, karim, ines record.MemberID // workers of Nord
	renee              record.MemberID // leads Nord
	accueil            record.MemberID // reception of Nord
	sud                record.MemberID // worker of Sud
}

// stage is what the copies are made from.
type stage struct {
	file, host []byte
	world      world
	people     people
}

var staging struct {
	once sync.Once
	made stage
}

func newCast(t testing.TB) *cast {
	t.Helper()
	staging.once.Do(func() { staging.made = hireCast(t) })
	s := staging.made
	if len(s.file) == 0 {
		t.Fatal("the cast was not hired: see the first test that asked for it")
	}
	path := filepath.Join(t.TempDir(), "depositaire.db")
	must(t, os.WriteFile(path, s.file, 0o600))
	w := s.world
	w.t, w.secrets = t, maps.Clone(s.world.secrets)
	c := &cast{world: &w, path: path, people: s.people}
	c.start(s.host)
	return c
}

// start opens the file and puts a room before it, as a process does.
func (c *cast) start(host []byte) {
	c.t.Helper()
	db, err := sqlite.Open(ctx, c.path)
	must(c.t, err)
	c.t.Cleanup(func() { _ = db.Close() })
	h, err := LoadHost(host, func([]byte) error { return nil })
	must(c.t, err)
	c.db, c.room = db, roomOver(db, h, c.world)
}

func roomOver(db *store.DB, h *Host, w *world) *Room {
	return New(db, func(ctx context.Context, fn func(Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, h, func() time.Time { return w.clock })
}

// restart forgets what the process had verified.
func (c *cast) restart() { c.room = roomOver(c.db, c.room.host, c.world) }

func hireCast(t testing.TB) stage {
	t.Helper()
	path := filepath.Join(t.TempDir(), "depositaire.db")
	db, err := sqlite.Open(ctx, path)
	must(t, err)
	var saved []byte
	host, err := NewHost(func(b []byte) error { saved = b; return nil })
	must(t, err)
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), secrets: map[record.MemberID]Secret{}}
	w.room = roomOver(db, host, w)
	w.establish()
	w.north, w.south = w.service("Nord"), w.service("Sud")
	p := people{
		julie: w.hire(w.founder, "Julie", worker(w.north)), karim: w.hire(w.founder, "Karim", worker(w.north)),
		ines: w.hire(w.founder, "Inès", worker(w.north)), renee: w.hire(w.founder, "Renée", as(record.RoleLead, w.north)),
		accueil: w.hire(w.founder, "Accueil", as(record.RoleReception, w.north)), sud: w.hire(w.founder, "Sud", worker(w.south)),
	}
	w.welcome(p.julie, w.north, p.karim, p.ines, p.renee)
	must(t, w.room.Do(ctx, w.unlock(p.julie), func(a *Act) error { return a.Welcome(ctx, w.north, p.accueil, false) }, nil))
	for m := range w.secrets { // what the tests hold is what a slot gives
		w.secrets[m] = w.typed(m)
	}
	must(t, db.Close())
	copied := path + "-copy" // closing leaves the last writes in the file beside
	(&cast{world: &world{t: t}, path: path}).sql("VACUUM INTO $1", copied)
	file, err := os.ReadFile(copied)
	must(t, err)
	w.t, w.db, w.room = nil, nil, nil
	return stage{file: file, host: saved, world: *w, people: p}
}

// typed opens a member's passphrase slot, as signing in does.
func (w *world) typed(m record.MemberID) Secret {
	w.t.Helper()
	slots, err := w.db.Slots(ctx, m)
	must(w.t, err)
	for _, s := range slots {
		if s.Kind == record.SlotPassphrase {
			secret, err := w.room.OpenPassphrase(s, words)
			must(w.t, err)
			return secret
		}
	}
	w.t.Fatal("no passphrase")
	return Secret{}
}

// later lets time pass.
func (c *cast) later(d time.Duration) { c.clock = c.clock.Add(d) }

// sql is the malicious host at his table: a statement on the file, past the store.
func (c *cast) sql(statement string, args ...any) {
	c.t.Helper()
	db, err := sql.Open("sqlite", "file:"+c.path+"?_pragma=busy_timeout(5000)")
	must(c.t, err)
	defer db.Close()
	for _, trigger := range []string{"link_no_UPDATE", "link_no_DELETE", "journal_no_UPDATE", "journal_no_DELETE", "journal_slip_no_UPDATE", "journal_slip_no_DELETE"} {
		_, err := db.ExecContext(ctx, "DROP TRIGGER IF EXISTS "+trigger)
		must(c.t, err)
	}
	done, err := db.ExecContext(ctx, statement, args...)
	must(c.t, err)
	if n, err := done.RowsAffected(); (err != nil || n == 0) && !strings.HasPrefix(statement, "VACUUM") {
		c.t.Fatalf("the host's statement touched %d rows (%v): %s", n, err, statement)
	}
}

// row writes through the store what no room would write.
func (c *cast) row(fn func(*store.Tx) error) {
	c.t.Helper()
	must(c.t, c.db.Write(ctx, fn))
}

// forge appends a link to a chain, signed by a member who lends the host her keys.
func (c *cast) forge(author record.MemberID, o record.Owner, l record.Link) {
	c.t.Helper()
	links, err := c.db.Chain(ctx, o)
	must(c.t, err)
	l.Owner, l.N, l.Author = o, uint32(len(links)), author
	if l.At == 0 {
		l.At = c.room.minute()
	}
	if l.N > 0 {
		l.Prev = linkHash(c.room.host.organisation, &links[l.N-1])
	}
	signLink(c.room.host.organisation, c.secrets[author].signer(), &l)
	c.row(func(tx *store.Tx) error { return tx.PutLink(ctx, l) })
}

// do runs an act and returns its error.
func (c *cast) do(m record.MemberID, prepare func(*Act) error) error {
	c.t.Helper()
	return c.room.Do(ctx, c.unlock(m), prepare, nil)
}

// tries opens a case and tells what came of it.
func (c *cast) tries(m record.MemberID, o record.Owner) ([]Item, error) {
	c.t.Helper()
	return c.room.Open(ctx, c.unlock(m), followUp, Ask{Owner: o, Via: c.north})
}

// circle finds one circle of an owner.
func (c *cast) circle(o record.Owner, fits func(record.Circle) bool) record.Circle {
	c.t.Helper()
	all, err := c.db.Circles(ctx, o)
	must(c.t, err)
	for _, k := range all {
		if fits(k) {
			return k
		}
	}
	c.t.Fatal("no such circle")
	return record.Circle{}
}

func ofKind(k record.CircleKind) func(record.Circle) bool {
	return func(c record.Circle) bool { return c.Kind == k }
}

func personOwner(p record.PersonID) record.Owner { return record.OwnerOf(record.OwnerPerson, p) }

// dossier is a case of Julie's with one note of each ink.
type dossier struct {
	record.Case
	person                record.PersonID
	owner                 record.Owner
	team, reserved, hers  record.CircleID
	noteTeam, noteRes     record.Object
	noteShared, otherTeam record.Object
}

func (c *cast) dossier(readers ...record.MemberID) dossier {
	c.t.Helper()
	d := dossier{person: c.receive(c.accueil, c.north, "Lucie")}
	d.Case = c.open(c.julie, c.north, c.julie, readers, d.person)
	d.owner = caseOwner(d.Case)
	d.team = c.main(d.Case)
	must(c.t, c.do(c.julie, func(a *Act) (err error) {
		if d.reserved, err = a.Reserved(ctx, d.Case.ID); err != nil {
			return err
		}
		d.noteRes, err = a.Add(ctx, d.owner, []record.CircleID{d.reserved}, note(d.Case, "réservé"))
		return err
	}))
	d.hers = c.circle(d.owner, ofKind(record.Shared)).ID
	d.noteTeam = c.write(c.julie, d.Case, d.team, "équipe")
	d.otherTeam = c.write(c.julie, d.Case, d.team, "équipe encore")
	d.noteShared = c.write(c.julie, d.Case, d.hers, "avec elle")
	return d
}

func texts(items []Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.Words[record.TagText].Reveal())
	}
	return out
}

// refused reports whether an error says that nothing was opened or written.
func refused(err error) bool {
	k := fault.KindOf(err)
	return err != nil && (k == fault.Unavailable || k == fault.Withheld || k == fault.Refused)
}

var forReaders = Widening{Reason: record.ReasonAdvice, Ground: record.GroundContinuity, Informed: record.InformedNotice}

// entries counts the journal entries whose slips the house or a person's journal holds.
func (c *cast) entries(circle record.CircleID) int {
	c.t.Helper()
	all, err := c.db.JournalOf(ctx, circle, 0, 10_000)
	must(c.t, err)
	return len(all)
}
