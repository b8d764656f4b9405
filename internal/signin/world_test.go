// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

var (
	ctx    = context.Background()
	_   Tx = (*store.Tx)(nil)
)

const (
	words = "six mots tirés au sort ensemble"
	other = "une autre phrase pour demain"
)

// world is an organisation founded by Odile, and the door to it.
type world struct {
	t      testing.TB
	db     *store.DB
	strong *strongroom.Room
	house  *organisation.Room
	door   *Room
	clock  time.Time
	odile  record.MemberID
	secret strongroom.Secret
	paper  string
}

var site = Site{Name: "Dépositaire", Domain: "depositaire.example", Origin: "https://depositaire.example"}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "depositaire.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.clock }
	host, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	w.strong = strongroom.New(db, func(ctx context.Context, fn func(strongroom.Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, host, now)
	w.house = organisation.New(db, func(ctx context.Context, fn func(organisation.Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, w.strong, host, now)
	w.door, err = New(db, func(ctx context.Context, fn func(Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, w.strong, newTickets(t), site, NewGate(2, now), now)
	must(t, err)
	out, err := w.house.Found(ctx, organisation.Founding{Organisation: "CCAS de Valmont", Name: "Odile Faure", Login: "odile", Passphrase: words}, journal.DeviceDesk)
	must(t, err)
	w.odile, w.secret, w.paper = out.Member.ID, out.Secret, out.Paper
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sealed is a Tickets for tests.
type sealed struct{ aead cipher.AEAD }

func newTickets(t testing.TB) sealed {
	t.Helper()
	block, err := aes.NewCipher(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	aead, err := cipher.NewGCMWithRandomNonce(block)
	must(t, err)
	return sealed{aead}
}

func (s sealed) SealTicket(plain []byte) []byte { return s.aead.Seal(nil, nil, plain, nil) }

func (s sealed) OpenTicket(box []byte) ([]byte, error) {
	if len(box) == 0 {
		return nil, errors.New("no ticket")
	}
	return s.aead.Open(nil, nil, box, nil)
}

// browser keeps cookies as a browser does, except that it never lets one lapse.
type browser map[string]string

func (b browser) cookies() Cookies { return ReadCookies(func(name string) string { return b[name] }) }

func (b browser) take(all []*http.Cookie) {
	for _, c := range all {
		if c.MaxAge < 0 {
			delete(b, c.Name)
			continue
		}
		b[c.Name] = c.Value
	}
}

// enrolled is a browser where Odile is signed in and lifted.
func (w *world) enrolled() browser {
	w.t.Helper()
	b := browser{}
	o, err := w.door.Admit(ctx, b.cookies(), w.odile, w.secret, journal.DeviceDesk)
	must(w.t, err)
	b.take(o.Set)
	return b
}

// who is a request, of a person or of a timer.
func (w *world) who(b browser, active bool) Visitor {
	w.t.Helper()
	v, err := w.door.Who(ctx, b.cookies(), Use{Active: active})
	must(w.t, err)
	b.take(v.Set)
	return v
}

func (w *world) unlocked() *strongroom.Unlocked {
	w.t.Helper()
	u, err := w.strong.Unlock(ctx, w.odile, w.secret, journal.DeviceDesk)
	must(w.t, err)
	return u
}

func (w *world) setState(s record.MemberState) {
	w.t.Helper()
	m, err := w.db.Member(ctx, w.odile)
	must(w.t, err)
	m.State = s
	must(w.t, w.db.Write(ctx, func(tx *store.Tx) error { return tx.SetMember(ctx, m) }))
}

func wantKind(t testing.TB, err error, want fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != want {
		t.Errorf("got %v, want a fault of kind %q", err, want)
	}
}
