// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/blob"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/postgres"
	"depositaire.org/depositaire/internal/store/sqlite"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// restore puts a backup back elsewhere, never over anything, and proves it.
func restore(ctx context.Context, p *program) error {
	if p.config.Upkeep.Incident != "" {
		return recordIncident(ctx, p)
	}
	if p.config.Upkeep.From == "" || p.config.Upkeep.Identity == "" {
		return fail(exitUsage, errors.New("a restoration wants a backup and an offline key"),
			"depositaire restore -from FILE -identity KEYFILE -data ELSEWHERE -prove")
	}
	r, kept, err := openBackup(p)
	if err != nil {
		return err
	}
	if err := putBack(ctx, p, r, kept); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.out, "%c %s\n", well, p.says("upkeep.restored", r.Taken().Format("2006-01-02 15:04 MST")))
	_, _ = fmt.Fprintf(p.out, "%c %s\n", well, p.says("upkeep.root", fmt.Sprintf("%x", kept.Host.Root())))
	if p.config.Upkeep.Prove {
		err = prove(ctx, p)
	}
	_, _ = fmt.Fprintf(p.out, "%c %s\n  hint: %s\n", minor, p.says("upkeep.read_only"), p.says("upkeep.read_only.next"))
	return err
}

// openBackup opens both files of a backup with one offline key.
func openBackup(p *program) (*upkeep.Restore, upkeep.Kept, error) {
	keys, err := identities(p.config.Upkeep.Identity)
	if err != nil {
		return nil, upkeep.Kept{}, p.told(exitFailed, err)
	}
	from := p.config.Upkeep.From
	beside := upkeep.SecretsBeside(from)
	if beside == from {
		return nil, upkeep.Kept{}, fail(exitUsage, errors.New("-from wants a file whose name ends in database.age"), "the host secrets' file stands beside it")
	}
	kept, err := upkeep.OpenSecrets(beside, keys)
	if err != nil {
		return nil, upkeep.Kept{}, p.told(exitFailed, err)
	}
	r, err := upkeep.OpenBackup(from, keys, kept)
	if err != nil {
		return nil, upkeep.Kept{}, p.told(exitFailed, err)
	}
	return r, kept, nil
}

func identities(path string) ([]upkeep.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "fault.backup_key")
	}
	defer func() { _ = f.Close() }()
	return upkeep.Identities(f)
}

// putBack fills an empty folder or schema, then puts the host secrets there. The
// record is read-only from the first moment.
func putBack(ctx context.Context, p *program, r *upkeep.Restore, kept upkeep.Kept) error {
	if _, err := os.Lstat(p.config.Secrets); !errors.Is(err, fs.ErrNotExist) {
		return p.told(exitFailed, fault.New(fault.Refused, "fault.backup_place"))
	}
	if err := os.MkdirAll(p.config.Data, 0o700); err != nil {
		return fail(exitDatabase, errors.New("the data folder cannot be made"), "check -data and its permissions")
	}
	undo, err := putFilesBack(p, r)
	if err != nil {
		return p.told(exitFailed, err)
	}
	fill := func(f *store.Filler) error { return r.Fill(ctx, f) }
	then := func(tx *store.Tx) error { return marked(ctx, tx, r) }
	if p.config.Postgres != "" {
		err = postgres.Fill(ctx, p.config.Postgres, p.config.Schema, r.Schema(), fill, then)
	} else {
		err = sqlite.Fill(ctx, p.database(), r.Schema(), fill, then)
	}
	if err != nil {
		undo()
		return p.told(exitFailed, err)
	}
	if err := replace(p.config.Secrets, kept.File); err != nil {
		return fail(exitSecrets, errors.New("the host secrets cannot be written"), "check -secrets and its permissions")
	}
	return nil
}

// putFilesBack has a restoration put the sealed files into their folder, which must
// not be there. undo takes it away again.
func putFilesBack(p *program, r *upkeep.Restore) (undo func(), err error) {
	if _, err := os.Lstat(p.config.Files); !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Refused, "fault.backup_place")
	}
	files, err := blob.Open(p.config.Files)
	r.File = func(id record.FileID, content []byte) error {
		_, _, err := files.Put(id, func(w io.Writer) error { _, err := w.Write(content); return err })
		return err
	}
	return func() { _ = os.RemoveAll(p.config.Files) }, err
}

// marked says in the database that it is a state of another day: the record is
// read-only, every session ended, and the backup it comes from is known.
func marked(ctx context.Context, tx *store.Tx, r *upkeep.Restore) error {
	i := record.Incident{Kind: record.IncidentRestored, Taken: record.Minute(r.Taken().Unix() / 60), Found: minuteNow()}
	if err := tx.PutIncident(ctx, i); err != nil {
		return err
	}
	if err := tx.DropEverySession(ctx); err != nil {
		return err
	}
	return tx.PutBackup(ctx, upkeep.DayOf(r.Taken()))
}

// prove says, line by line, what of a restored database holds.
func prove(ctx context.Context, p *program) error {
	db, err := beside(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	host, _, err := readHost(ctx, p, db)
	if err != nil {
		return err
	}
	report, err := proveRows(ctx, p, db, host)
	if err != nil {
		return p.told(exitUnwell, err)
	}
	files, err := proveFiles(ctx, p, db)
	if err != nil {
		return p.told(exitUnwell, err)
	}
	report = append(report, files...)
	opened, err := proveCanary(ctx, p, db, host)
	if fault.KindOf(err) == fault.Withheld {
		opened, err = upkeep.Lines{{Mark: upkeep.Repair, Key: "upkeep.no_canary"}}, nil
	}
	if err != nil {
		return p.told(exitUnwell, err)
	}
	return p.conclude(append(report, opened...))
}

// proveRows rebuilds the tree and every chain, and audits the rosters.
func proveRows(ctx context.Context, p *program, db *store.DB, host *strongroom.Host) (upkeep.Lines, error) {
	strong := looking(db, host)
	watch, err := newWatch(p, db, host, strong, time.Now)
	if err != nil {
		return nil, err
	}
	verified, err := watch.Verify(ctx)
	if err != nil {
		return nil, err
	}
	found, err := auditor(db, strong).Audit(ctx)
	if err != nil {
		return nil, err
	}
	return append(upkeep.SayVerified(verified), upkeep.Say(found)...), keepFindings(ctx, db, found)
}

// proveFiles reads every sealed file and compares its sum.
func proveFiles(ctx context.Context, p *program, db *store.DB) (upkeep.Lines, error) {
	files, err := blob.Open(p.config.Files)
	if err != nil {
		return nil, err
	}
	return upkeep.ProveFiles(ctx, db, files.Sum)
}

// recordIncident is the operator's sentence: afterwards the record is written again.
func recordIncident(ctx context.Context, p *program) error {
	db, err := beside(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	sentence := strings.TrimSpace(p.config.Upkeep.Incident)
	err = db.Write(ctx, func(tx *store.Tx) error { return tx.RecordIncident(ctx, minuteNow(), sentence) })
	if fault.KindOf(err) == fault.Withheld {
		return fail(exitFailed, errors.New(p.says("upkeep.no_incident")))
	}
	if err != nil {
		return fail(exitDatabase, err)
	}
	_, _ = fmt.Fprintf(p.out, "%c %s\n", well, p.says("upkeep.incident_recorded"))
	aside, err := setWitnessAside(p)
	if err != nil {
		return fail(exitFailed, errors.New("the witness cannot be set aside"), "check the permissions of -witness")
	}
	if aside != "" {
		_, _ = fmt.Fprintf(p.out, "%c %s\n  hint: %s\n", minor, p.says("upkeep.witness_aside", aside), p.says("upkeep.witness_aside.next"))
	}
	return nil
}
