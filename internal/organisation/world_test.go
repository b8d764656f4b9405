// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
)

var ctx = context.Background()

const words = "six mots tirés au sort ensemble"

// world is an organisation on a real store, founded by Odile.
type world struct {
	t       testing.TB
	db      *store.DB
	strong  *strongroom.Room
	house   *Room
	clock   time.Time
	secrets map[record.MemberID]strongroom.Secret
	founder record.MemberID
	found   strongroom.Founded
}

// empty is a house before anybody came.
func empty(t testing.TB) *world {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "depositaire.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), secrets: map[record.MemberID]strongroom.Secret{}}
	host, err := strongroom.NewHost(func([]byte) error { return nil })
	must(t, err)
	now := func() time.Time { return w.clock }
	w.strong = strongroom.New(db, func(ctx context.Context, fn func(strongroom.Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, host, now)
	w.house = New(db, func(ctx context.Context, fn func(Tx) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
	}, w.strong, host, now)
	return w
}

func founded(t testing.TB) *world {
	t.Helper()
	w := empty(t)
	var err error
	w.found, err = w.house.Found(ctx, Founding{Organisation: "CCAS de Valmont", Name: "Odile Faure", Login: "Odile", Passphrase: words}, journal.DeviceDesk)
	must(t, err)
	w.founder = w.found.Member.ID
	w.secrets[w.founder] = w.found.Secret
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) unlock(m record.MemberID) *strongroom.Unlocked {
	w.t.Helper()
	u, err := w.strong.Unlock(ctx, m, w.secrets[m], journal.DeviceDesk)
	must(w.t, err)
	return u
}

func (w *world) service(name string) record.ServiceID {
	w.t.Helper()
	id, err := w.house.AddService(ctx, w.unlock(w.founder), name, []record.MissionCode{record.MissionGeneral}, true)
	must(w.t, err)
	return id
}

// hire invites and enrols somebody, and settles what she is first to need.
func (w *world) hire(by record.MemberID, name string, functions ...record.Function) record.MemberID {
	w.t.Helper()
	code, _, err := w.house.Invite(ctx, w.unlock(by), Newcomer{Name: name, Regime: record.RegimeProfession, Functions: functions})
	must(w.t, err)
	shown, err := w.house.Invited(ctx, code)
	must(w.t, err)
	out, err := w.house.Enrol(ctx, code, shown.Member.Login, words, journal.DeviceDesk)
	must(w.t, err)
	w.secrets[out.Member.ID] = out.Secret
	must(w.t, w.house.Settle(ctx, w.unlock(out.Member.ID)))
	return out.Member.ID
}

func as(r record.Role, s record.ServiceID) record.Function {
	return record.Function{Service: s, Role: r}
}

// holders returns who holds a wrap of a service's circles of a kind.
func (w *world) holders(s record.ServiceID, kind record.CircleKind) map[record.MemberID]bool {
	w.t.Helper()
	circles, err := w.db.Circles(ctx, record.OwnerOf(record.OwnerService, s))
	must(w.t, err)
	all := map[record.MemberID]bool{}
	for _, c := range circles {
		if c.Kind != kind {
			continue
		}
		wraps, err := w.db.Wraps(ctx, c.ID)
		must(w.t, err)
		for _, wrap := range wraps {
			if wrap.Recipient.Kind == record.ToMember {
				all[record.MemberID(wrap.Recipient.ID)] = true
			}
		}
	}
	return all
}
