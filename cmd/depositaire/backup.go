// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// backup takes one consistent copy, while the server serves.
func backup(ctx context.Context, p *program) error {
	if p.config.Upkeep.Keygen != "" {
		return keygen(p)
	}
	if p.config.Upkeep.To == "" {
		return fail(exitUsage, errors.New("a backup wants a folder"), "depositaire backup -to FOLDER")
	}
	to, err := recipients(p)
	if err != nil {
		return err
	}
	db, err := beside(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	host, raw, err := readHost(ctx, p, db)
	if err != nil {
		return err
	}
	if err := keepCanary(ctx, p, db, host); err != nil {
		return p.told(exitFailed, err)
	}
	files, err := blob.Open(p.config.Files)
	if err != nil {
		return p.told(exitFailed, err)
	}
	b := upkeep.Backup{Snapshot: snapshotOf(db), Files: files.Get, Host: host, Secrets: raw, Recipients: to, Now: time.Now}
	taken, err := b.To(ctx, p.config.Upkeep.To)
	if err != nil {
		return p.told(exitFailed, err)
	}
	if err := note(ctx, db, taken); err != nil {
		return p.told(exitFailed, err)
	}
	_, _ = fmt.Fprintln(p.out, p.says("upkeep.taken", taken.Rows, taken.Database))
	_, _ = fmt.Fprintln(p.out, p.says("upkeep.taken_secrets", taken.Secrets))
	_, _ = fmt.Fprintln(p.out, p.says("upkeep.taken_next"))
	if taken.Lost > 0 {
		return fail(exitUnwell, errors.New(p.says("upkeep.files_lost", taken.Lost)), p.says("upkeep.files_lost.next"))
	}
	return nil
}

// note writes down the day of a backup. A database that this program has not
// brought up to date yet may have no place for it.
func note(ctx context.Context, db *store.DB, taken upkeep.Taken) error {
	if taken.Schema < store.Newest() {
		return nil
	}
	return db.Write(ctx, func(tx *store.Tx) error { return tx.PutBackup(ctx, upkeep.DayOf(taken.At)) })
}

// keygen makes an offline key, of the kind that age calls hybrid.
func keygen(p *program) error {
	key, recipient, err := upkeep.NewKey()
	if err != nil {
		return p.told(exitFailed, err)
	}
	path := p.config.Upkeep.Keygen
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fail(exitFailed, errors.New(path+" is there already"), "a key is never written over: choose another name")
	}
	if err == nil {
		_, err = f.WriteString(key)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fail(exitFailed, errors.New("the key cannot be written"), "check the permissions of "+path)
	}
	_, _ = fmt.Fprintln(p.out, recipient)
	_, _ = fmt.Fprintln(p.log, p.says("upkeep.keygen", path))
	return nil
}

func recipients(p *program) ([]upkeep.Recipient, error) {
	f, err := os.Open(p.config.Upkeep.Recipients)
	if err != nil {
		return nil, fail(exitFailed, errors.New(p.says("upkeep.no_recipients", p.config.Upkeep.Recipients)), p.says("fault.backup_two_recipients.next"))
	}
	defer func() { _ = f.Close() }()
	all, err := upkeep.Recipients(f)
	if err != nil {
		return nil, p.told(exitFailed, err)
	}
	return all, nil
}

// beside opens the database, beside the process that may be serving it.
func beside(ctx context.Context, p *program) (db *store.DB, err error) {
	if p.config.Postgres != "" {
		db, _, err = postgres.Look(ctx, p.config.Postgres, p.config.Schema)
	} else {
		db, err = sqlite.Beside(ctx, p.database())
	}
	if fault.KindOf(err) == fault.Withheld {
		return nil, fail(exitDatabase, errors.New("there is no database here"), "check -data, or -postgres and -schema")
	}
	if err != nil {
		return nil, fail(exitDatabase, err, "check -data or -postgres; `depositaire doctor` says more")
	}
	return db, nil
}

// readHost reads the host secrets and never makes them.
func readHost(ctx context.Context, p *program, db *store.DB) (*strongroom.Host, []byte, error) {
	raw, err := os.ReadFile(p.config.Secrets)
	if err != nil {
		return nil, nil, fail(exitSecrets, errors.New("the host secrets cannot be read"), "check -secrets and its permissions")
	}
	host, err := loadHost(ctx, db, raw, nil)
	return host, raw, err
}

// snapshotOf adapts a store to what upkeep copies.
func snapshotOf(db *store.DB) func(context.Context, func(upkeep.Snapshot) error) error {
	return func(ctx context.Context, fn func(upkeep.Snapshot) error) error {
		return db.Snapshot(ctx, func(s store.Snapshot) error { return fn(s) })
	}
}

// says is a sentence of the catalogues, in the operator's language.
func (p *program) says(key string, args ...any) string {
	catalogues, err := locale.Load()
	if err != nil {
		return key
	}
	return catalogues.Printer(p.config.Upkeep.Lang, time.Now()).T(key, args...)
}

// told turns a fault into a failure that says it in the operator's language, and
// what to do next.
func (p *program) told(code int, err error) error {
	f := fault.As(err)
	catalogues, loaded := locale.Load()
	if loaded != nil || f.Key == "" {
		return fail(code, err)
	}
	printer := catalogues.Printer(p.config.Upkeep.Lang, time.Now())
	if !printer.Has(f.Key) {
		return fail(code, err)
	}
	if printer.Has(f.Key + ".next") {
		return fail(code, errors.New(printer.T(f.Key)), printer.T(f.Key+".next"))
	}
	return fail(code, errors.New(printer.T(f.Key)))
}

// print prints a report, a line a sentence.
func (p *program) print(r upkeep.Lines) {
	for _, l := range r {
		_, _ = fmt.Fprintf(p.out, "%c %s\n", rune(l.Mark), p.says(l.Key, l.Args...))
		if l.Next != "" {
			_, _ = fmt.Fprintf(p.out, "  hint: %s\n", p.says(l.Next))
		}
	}
}

func minuteNow() record.Minute { return record.Minute(time.Now().Unix() / 60) }
