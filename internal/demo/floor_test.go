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

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/desk"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
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
	handler http.Handler
	door    *signin.Room
	cookies []*http.Cookie
	opened  []record.CaseID // dossiers of twenty notes, read once
	quiet   []record.CaseID // where notes are added
	bare    []record.CaseID // where bare rows are written
	read    []record.CaseID // read once before anything is measured
}

// newStreet is the product over a store, with the host's secrets, fresh ones when
// there are none, which keep keeps.
func newStreet(t testing.TB, db *store.DB, secrets []byte, keep func([]byte) error) *street {
	t.Helper()
	var host *strongroom.Host
	var err error
	if secrets == nil {
		host, err = strongroom.NewHost(keep)
	} else {
		host, err = strongroom.LoadHost(secrets, keep)
	}
	must(t, err)
	s := &street{db: db}
	rooms := Rooms{Clock: NewClock(time.Now(), *size)}
	now := rooms.Clock.Now
	rooms.Strong = strongroom.New(db, write(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, now)
	rooms.Organisation = organisation.New(db, write(db, func(tx *store.Tx) organisation.Tx { return tx }), rooms.Strong, host, now)
	rooms.People = people.New(db, rooms.Strong, write(db, func(tx *store.Tx) people.Tx { return tx }), now)
	rooms.Cases = cases.New(db, rooms.Strong, nobody{}, write(db, func(tx *store.Tx) cases.Tx { return tx }), now)
	rooms.Document = document.New(db, rooms.Strong, rooms.Cases, nil, now)
	rooms.Casework = casework.New(db, rooms.Strong, rooms.Cases, rooms.People, rooms.Document, write(db, func(tx *store.Tx) casework.Tx { return tx }), now)
	rooms.Agenda = agenda.New(db, rooms.Strong, rooms.People, write(db, func(tx *store.Tx) agenda.Tx { return tx }), now)
	rooms.Write = write(db, func(tx *store.Tx) Tx { return tx })
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
		Directory: db, Strong: rooms.Strong, Organisation: rooms.Organisation, Signin: s.door,
		People: rooms.People, Cases: rooms.Cases, Casework: rooms.Casework, Agenda: rooms.Agenda,
	}, site, "")
	return s
}

// fill adds the dossiers that are measured to the organisation.
func (s *street) fill(t testing.TB) {
	t.Helper()
	s.opened = s.dossiers(t, openedCases, caseNotes)
	s.quiet = s.dossiers(t, openedCases, notesPerCase)
	s.bare = s.dossiers(t, openedCases, notesPerCase)
	s.read = s.dossiers(t, readCases, notesPerCase)
}

// warm signs Lucie in and reads what is measured once, after a thousand others:
// what a morning's work leaves in memory (architecture.md §5).
func (s *street) warm(t testing.TB) {
	t.Helper()
	s.Clock.Finish()
	s.signIn(t)
	for _, all := range [][]record.CaseID{s.read, s.opened, s.quiet} {
		for _, id := range all {
			if w := s.get("/cases/" + id.String()); w.Code != http.StatusOK {
				t.Fatalf("the dossier answers %d", w.Code)
			}
		}
	}
}

// dossiers receives n persons, each with a dossier of so many notes.
func (s *street) dossiers(t testing.TB, n, notes int) (all []record.CaseID) {
	t.Helper()
	like, err := s.plan(t.Context())
	must(t, err)
	made, err := s.receive(t.Context(), func(a *strongroom.Act) (all []arrival, err error) {
		for i := range n {
			one, err := s.arrive(t.Context(), a, like, newCast().identity(i), turned(lines(), i, notes))
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, nil
	})
	must(t, err)
	for _, one := range made {
		all = append(all, one.opened.ID)
	}
	return all
}

// signIn opens Lucie's session on a new browser, as she would.
func (s *street) signIn(t testing.TB) {
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

// floor is the bare handler of architecture.md §5, as one would write it by hand:
// it reads the rows that the page shows or that hold a key for it, each once, in
// as few statements as there are kinds of rows; opens as many envelopes of the
// same sizes; makes the same durable journal write, signed; and writes the same
// bytes. No template, no session, no fold and so no link of a chain, no policy.
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

// floorOf makes the floor of a dossier's page.
func (s *street) floorOf(t *testing.T, id record.CaseID) *floor {
	t.Helper()
	ctx := t.Context()
	w := s.get("/cases/" + id.String())
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", id, w.Code)
	}
	f := &floor{db: s.db, body: w.Body.Bytes(), entry: s.lastEntry(t, id)}
	_, f.sign, _ = ed25519.GenerateKey(nil)
	c, err := s.db.Case(ctx, id)
	must(t, err)
	dossier, service := record.OwnerOf(record.OwnerCase, id), record.OwnerOf(record.OwnerService, c.Service)
	person := record.OwnerOf(record.OwnerPerson, c.Persons[0])
	me := record.RecipientOf(record.ToMember, s.members[lucie])
	team, office, emergency := s.circle(t, dossier, record.CaseCircle), s.circle(t, service, record.Office), s.circle(t, service, record.Emergency)
	f.reads = append(f.reads, func(ctx context.Context) error { _, err := s.db.Case(ctx, id); return err })
	for _, of := range []struct {
		owner record.Owner
		to    []record.Recipient
	}{{dossier, []record.Recipient{me}}, {service, []record.Recipient{me}}, {person, []record.Recipient{me, record.RecipientOf(record.ToCircle, office), record.RecipientOf(record.ToCircle, team)}}} {
		reads(t, f, func(ctx context.Context) ([]record.Wrap, error) { return s.db.WrapsTo(ctx, of.owner, of.to...) },
			func(w record.Wrap) [][]byte { return [][]byte{w.Sealed} })
	}
	for _, o := range []record.Owner{dossier, person} {
		reads(t, f, func(ctx context.Context) ([]record.Piece, error) { return s.db.Pieces(ctx, o) }, func(p record.Piece) [][]byte {
			return [][]byte{p.Version.Sealed, p.Slips[0].Sealed}
		})
	}
	reads(t, f, func(ctx context.Context) ([]record.Mark, error) { return s.db.MarksOf(ctx, dossier) }, func(m record.Mark) [][]byte {
		return [][]byte{m.Sealed}
	})
	for _, circle := range []record.CircleID{team, emergency} { // who reads, and who could: nothing to open
		reads(t, f, func(ctx context.Context) ([]record.Holder, error) { return s.db.Holders(ctx, circle) }, func(record.Holder) [][]byte { return nil })
	}
	return f
}

// reads adds a read to the floor, and the envelopes that its rows bring.
func reads[T any](t *testing.T, f *floor, read func(context.Context) ([]T, error), sealed func(T) [][]byte) {
	t.Helper()
	all, err := read(t.Context())
	must(t, err)
	if len(all) == 0 {
		t.Fatal("the floor reads nothing")
	}
	for _, row := range all {
		for _, b := range sealed(row) {
			f.envelopes = append(f.envelopes, seal(len(b)))
		}
	}
	f.reads = append(f.reads, func(ctx context.Context) error { _, err := read(ctx); return err })
}

// circle finds an owner's newest circle of a kind.
func (s *street) circle(t *testing.T, o record.Owner, kind record.CircleKind) (id record.CircleID) {
	t.Helper()
	all, err := s.db.Circles(t.Context(), o)
	must(t, err)
	for _, c := range all {
		if c.Kind == kind {
			id = c.ID
		}
	}
	if id.IsZero() {
		t.Fatal("no such circle")
	}
	return id
}

// lastEntry returns the newest entry in the journal of a dossier's person.
func (s *street) lastEntry(t *testing.T, id record.CaseID) record.Entry {
	t.Helper()
	c, err := s.db.Case(t.Context(), id)
	must(t, err)
	all, err := s.db.JournalOf(t.Context(), s.circle(t, record.OwnerOf(record.OwnerPerson, c.Persons[0]), record.HerJournal), 0, 1)
	must(t, err)
	if len(all) == 0 {
		t.Fatal("no journal entry")
	}
	return all[0]
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
	n := note{slip: slips[len(slips)-1], version: versions[len(versions)-1], entry: s.lastEntry(t, s.quiet[0]), circle: map[record.CaseID]record.CircleID{}}
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
