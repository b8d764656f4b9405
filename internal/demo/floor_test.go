// SPDX-License-Identifier: AGPL-3.0-or-later

//go:build figures

package demo

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/desk"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// street is the whole product over one store, with somebody signed in.
type street struct {
	*maker
	db      *store.DB
	watch   *watcher
	handler http.Handler
	door    *signin.Room
	cookies []*http.Cookie
	opened  []record.CaseID // dossiers of twenty notes, read once
	quiet   []record.CaseID // where notes are added
	bare    []record.CaseID // where bare rows are written
}

func newStreet(t *testing.T, db *store.DB) *street {
	t.Helper()
	host, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	s := &street{db: db, watch: &watcher{DB: db}}
	rooms := Rooms{Clock: NewClock(time.Now())}
	now := rooms.Clock.Now
	rooms.Strong = strongroom.New(s.watch, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, now)
	rooms.Organisation = organisation.New(s.watch, write(db, func(tx *store.Tx) organisation.Tx { return tx }), rooms.Strong, host, now)
	rooms.People = people.New(s.watch, rooms.Strong, write(db, func(tx *store.Tx) people.Tx { return tx }), now)
	rooms.Cases = cases.New(s.watch, rooms.Strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), now)
	rooms.Casework = casework.New(s.watch, rooms.Strong, rooms.Cases, rooms.People, write(db, func(tx *store.Tx) casework.Tx { return tx }), now)
	s.maker = newMaker(rooms)
	s.door, err = signin.New(db, write(db, func(tx *store.Tx) signin.Tx { return tx }), rooms.Strong, rooms.Strong,
		signin.Site{Name: "Depositaire", Domain: "localhost", Origin: "http://localhost"}, signin.NewGate(2, now), now)
	must(t, err)
	pages, err := desk.LoadPages()
	must(t, err)
	assets, err := web.LoadAssets()
	must(t, err)
	catalogues, err := locale.Load()
	must(t, err)
	site := &web.Site{Pages: pages, Assets: assets, Catalogues: catalogues, Log: slog.New(slog.DiscardHandler), Now: now, Host: "example.com", Secure: true}
	s.handler = desk.New(desk.Rooms{
		Directory: s.watch, Strong: rooms.Strong, Organisation: rooms.Organisation, Signin: s.door,
		People: rooms.People, Cases: rooms.Cases, Casework: rooms.Casework,
	}, site, "")
	return s
}

// fill makes the organisation, and the dossiers that are measured.
func (s *street) fill(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for _, step := range []func(context.Context) error{s.found, s.open, s.hire, s.tell} {
		must(t, step(ctx))
	}
	must(t, s.grow(ctx, *size))
	s.Clock.Finish()
	for i := range openedCases {
		s.opened = append(s.opened, s.dossier(t, i, caseNotes))
		s.quiet = append(s.quiet, s.dossier(t, i, notesPerCase))
		s.bare = append(s.bare, s.dossier(t, i, notesPerCase))
	}
	s.signIn(t)
	for _, all := range [][]record.CaseID{s.opened, s.quiet} {
		for _, id := range all {
			s.get("/cases/" + id.String())
		}
	}
}

// dossier receives somebody and fills a dossier.
func (s *street) dossier(t *testing.T, i, notes int) record.CaseID {
	t.Helper()
	by, err := s.unlock(t.Context(), lucie)
	must(t, err)
	p := record.NewID[record.Person]()
	must(t, s.People.Create(t.Context(), by, p, s.services[social], newCast().identity(i)))
	must(t, s.maker.fill(t.Context(), p, i, notes))
	of, err := s.db.ScopedCasesOfPerson(t.Context(), policy.Scope(by.Actor()), p)
	must(t, err)
	return of[0].ID
}

// signIn opens Lucie's session on a new browser, as she would.
func (s *street) signIn(t *testing.T) {
	t.Helper()
	a := s.made.People[slices.IndexFunc(s.made.People, func(a Account) bool { return a.Name == lucie })]
	out, err := s.door.SignIn(t.Context(), signin.Attempt{
		Login: a.Login, Passphrase: a.Passphrase, Paper: a.Paper, Network: "bench", Device: journal.DeviceDesk,
	})
	must(t, err)
	s.cookies = out.Set
}

// get asks for a page as Lucie.
func (s *street) get(path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", "fr")
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// floor is the bare handler of architecture.md §5: it reads the rows that the
// product reads, each once, the session's apart; opens as many envelopes of the
// same sizes; makes the same durable journal write, signed; and writes the same
// bytes. No template, no session, no fold, no policy.
type floor struct {
	db        *store.DB
	reads     []func(context.Context) error
	envelopes []envelope
	entry     record.Entry // of the sizes and the circles of the product's
	sign      ed25519.PrivateKey
	body      []byte
}

// envelope is sealed bytes and their key.
type envelope struct{ key, about, sealed []byte }

const about = 200 // bytes of context that each envelope is bound to

func seal(n int) envelope {
	e := envelope{key: make([]byte, 32), about: make([]byte, about)}
	_, _ = rand.Read(e.key)
	_, _ = rand.Read(e.about)
	e.sealed = gcm(e.key).Seal(nil, nil, make([]byte, max(n-28, 0)), e.about) // nonce and tag
	return e
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return a
}

// floorOf watches the product answer once, and makes its floor.
func (s *street) floorOf(t *testing.T, path string) *floor {
	t.Helper()
	s.watch.begin()
	w := s.get(path)
	f := &floor{db: s.db, body: w.Body.Bytes()}
	var sizes []int
	f.reads, sizes = s.watch.end()
	if w.Code != http.StatusOK || len(f.reads) == 0 || len(sizes) == 0 {
		t.Fatalf("%s answers %d after %d reads of %d envelopes", path, w.Code, len(f.reads), len(sizes))
	}
	for _, n := range sizes {
		f.envelopes = append(f.envelopes, seal(n))
	}
	_, f.sign, _ = ed25519.GenerateKey(nil)
	f.entry = s.lastEntry(t)
	return f
}

// lastEntry returns the journal's newest entry about anybody of Lucie's.
func (s *street) lastEntry(t *testing.T) (last record.Entry) {
	t.Helper()
	for _, c := range s.watch.journals() {
		all, err := s.db.JournalOf(t.Context(), c, 0, 1)
		must(t, err)
		if len(all) > 0 {
			last = all[0]
		}
	}
	if len(last.Body) == 0 {
		t.Fatal("no journal entry")
	}
	return last
}

func (f *floor) answer(t *testing.T) {
	ctx := t.Context()
	for _, read := range f.reads {
		if err := read(ctx); err != nil {
			t.Error(err)
		}
	}
	for _, e := range f.envelopes {
		if _, err := gcm(e.key).Open(nil, nil, e.sealed, e.about); err != nil {
			t.Error(err)
		}
	}
	entry := f.sealed(f.entry)
	if err := f.db.Write(ctx, func(tx *store.Tx) error { return tx.AppendEntry(ctx, entry) }); err != nil {
		t.Error(err)
	}
	w := httptest.NewRecorder()
	_, _ = w.Write(f.body)
}

// sealed makes a journal entry of the same sizes: a fresh key, a slip per person,
// a signature, a body.
func (f *floor) sealed(like record.Entry) record.Entry {
	out := record.Entry{ID: record.NewID[record.Entry](), Minute: like.Minute}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	for _, s := range like.Slips {
		s.Sealed = gcm(key).Seal(nil, nil, make([]byte, len(s.Sealed)-28), make([]byte, about))
		out.Slips = append(out.Slips, s)
	}
	plain := make([]byte, len(like.Body)-28)
	copy(plain, ed25519.Sign(f.sign, plain))
	out.Body = gcm(key).Seal(nil, nil, plain, make([]byte, about))
	return out
}

// note is the rows of one note.
type note struct {
	slip    record.Slip
	version record.Version
	entry   record.Entry
	circle  map[record.CaseID]record.CircleID
}

// lastNote reads back what AddNote writes.
func (s *street) lastNote(t *testing.T) note {
	t.Helper()
	o := record.OwnerOf(record.OwnerCase, s.quiet[0])
	slips, err := s.db.Slips(t.Context(), o)
	must(t, err)
	versions, err := s.db.LatestVersions(t.Context(), o)
	must(t, err)
	n := note{slip: slips[len(slips)-1], version: versions[len(versions)-1], entry: s.lastEntry(t), circle: map[record.CaseID]record.CircleID{}}
	for _, id := range s.bare {
		circles, err := s.db.Circles(t.Context(), record.OwnerOf(record.OwnerCase, id))
		must(t, err)
		n.circle[id] = circles[0].ID
	}
	return n
}

// writeBare writes rows of the same sizes in one transaction, and nothing else.
func (s *street) writeBare(ctx context.Context, n note, id record.CaseID) error {
	o := record.Object{ID: record.NewID[record.Object](), Owner: record.OwnerOf(record.OwnerCase, id)}
	n.slip.Object, n.slip.Circle, n.version.Object, n.version.Number = o.ID, n.circle[id], o.ID, 1
	n.entry.ID = record.NewID[record.Entry]()
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.PutObject(ctx, o); err != nil {
			return err
		}
		if err := tx.PutSlip(ctx, n.slip); err != nil {
			return err
		}
		if err := tx.PutVersion(ctx, n.version); err != nil {
			return err
		}
		return tx.AppendEntry(ctx, n.entry)
	})
}
