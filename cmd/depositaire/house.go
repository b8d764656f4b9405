// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/document"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/tally"
	"depositaire.org/depositaire/internal/upkeep"
)

// house is every room of one organisation, wired.
type house struct {
	db           *store.DB
	host         *strongroom.Host
	strong       *strongroom.Room
	organisation *organisation.Room
	signin       *signin.Room
	people       *people.Room
	cases        *cases.Room
	casework     *casework.Room
	document     *document.Room
	files        *blob.Folder
	exchange     *exchange.Room
	agenda       *agenda.Room
	tally        *tally.Room
	watch        *upkeep.Watch
}

// open opens the secrets and the database of a folder, making what is missing.
func open(ctx context.Context, p *program, now func() time.Time) (*house, error) {
	if err := os.MkdirAll(p.config.Data, 0o700); err != nil {
		return nil, fail(exitDatabase, errors.New("the data folder cannot be made"), "check -data and its permissions")
	}
	db, err := openStore(ctx, p)
	if err != nil {
		return nil, err
	}
	host, err := openHost(ctx, p, db)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	var h *house
	files, err := blob.Open(p.config.Files)
	if err == nil {
		h, err = wire(db, files, host, p.config.URL, now)
	}
	if err == nil {
		h.watch, err = newWatch(p, db, host, h.strong, now)
	}
	if err != nil {
		_ = db.Close()
	}
	return h, err
}

// wire builds every room over one store. It may be called again on the same
// store, with another clock.
func wire(db *store.DB, files *blob.Folder, host *strongroom.Host, address string, now func() time.Time) (*house, error) {
	site, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	h := &house{db: db, host: host, files: files}
	h.strong = strongroom.New(db, writer(db, func(tx *store.Tx) strongroom.Tx { return tx }), host, now)
	h.organisation = organisation.New(db, writer(db, func(tx *store.Tx) organisation.Tx { return tx }), h.strong, host, now)
	h.people = people.New(db, h.strong, writer(db, func(tx *store.Tx) people.Tx { return tx }), now)
	h.cases = cases.New(db, h.strong, team{h.organisation}, writer(db, func(tx *store.Tx) cases.Tx { return tx }), now)
	h.document = document.New(db, h.strong, h.cases, files, now)
	h.casework = casework.New(db, h.strong, h.cases, h.people, h.document, writer(db, func(tx *store.Tx) casework.Tx { return tx }), now)
	h.exchange = exchange.New(db, h.people, h.strong, writer(db, func(tx *store.Tx) exchange.Tx { return tx }), now)
	h.agenda = agenda.New(db, h.strong, h.people, writer(db, func(tx *store.Tx) agenda.Tx { return tx }), now)
	h.tally = tally.New(db, writer(db, func(tx *store.Tx) tally.Tx { return tx }), now)
	h.signin, err = signin.New(db, writer(db, func(tx *store.Tx) signin.Tx { return tx }), h.strong, h.strong,
		signin.Site{Name: "Depositaire", Domain: site.Hostname(), Origin: address}, signin.NewGate(runtime.NumCPU(), now), now)
	return h, err
}

// team answers whom a service names when a dossier opens, by its settings.
type team struct{ *organisation.Room }

// UsualReaders implements cases.Settings.
func (t team) UsualReaders(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID) ([]record.MemberID, error) {
	settings, err := t.Settings(ctx, by, s)
	return settings.Readers, err
}

func openStore(ctx context.Context, p *program) (*store.DB, error) {
	var db *store.DB
	var err error
	if p.config.Postgres != "" {
		db, err = postgres.Open(ctx, p.config.Postgres, p.config.Schema)
	} else {
		db, err = sqlite.Open(ctx, p.database())
	}
	if err == nil {
		return db, nil
	}
	if errors.Is(err, fault.New(fault.Unavailable, "store.locked")) {
		return nil, fail(exitInUse, errors.New("another process serves this folder"), "stop it, or choose another -data")
	}
	return nil, fail(exitDatabase, err, "check -data or -postgres; `depositaire doctor` says more")
}

// openHost reads the host secrets. They are made only for a database without an
// organisation: new secrets beside an old database would open nothing.
func openHost(ctx context.Context, p *program, db *store.DB) (*strongroom.Host, error) {
	save := func(b []byte) error { return replace(p.config.Secrets, b) }
	raw, err := os.ReadFile(p.config.Secrets)
	if err == nil {
		return loadHost(ctx, db, raw, save)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fail(exitSecrets, errors.New("the host secrets cannot be read"), "check the permissions of -secrets")
	}
	if _, err := db.Organisation(ctx); fault.KindOf(err) != fault.Withheld {
		return nil, fail(exitSecrets, errors.New("the host secrets are missing, and the database holds an organisation"),
			"put the file back from its own backup", "without it the passphrases open nothing; paper codes and passkeys still do, on a rebuilt host")
	}
	host, err := strongroom.NewHost(save)
	if err != nil {
		return nil, fail(exitSecrets, errors.New("the host secrets cannot be written"), "check -secrets and its permissions")
	}
	return host, nil
}

func loadHost(ctx context.Context, db *store.DB, raw []byte, save func([]byte) error) (*strongroom.Host, error) {
	host, err := strongroom.LoadHost(raw, save)
	if err != nil {
		return nil, fail(exitSecrets, errors.New("the host secrets cannot be read"), "put the file back from its own backup")
	}
	o, err := db.Organisation(ctx)
	if err == nil && o.ID != host.Organisation() {
		return nil, fail(exitSecrets, errors.New("the host secrets are those of another organisation"), "check -secrets, and -data or -schema")
	}
	return host, nil
}

// replace writes a file whole or not at all, readable by its owner only.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writer adapts the store's one way of writing to the Tx that a room declares.
func writer[T any](db *store.DB, as func(*store.Tx) T) func(context.Context, func(T) error) error {
	return func(ctx context.Context, fn func(T) error) error {
		return db.Write(ctx, func(tx *store.Tx) error { return fn(as(tx)) })
	}
}

// database is the file of SQLite.
func (p *program) database() string { return filepath.Join(p.config.Data, "depositaire.db") }
