// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"syscall"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// audit compares rosters and invariants with the rows, and keeps what it found.
func audit(ctx context.Context, p *program) error {
	db, err := beside(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	host, _, err := readHost(ctx, p, db)
	if err != nil {
		return err
	}
	a := auditor(db, looking(db, host))
	found, err := a.Audit(ctx)
	if err != nil {
		return fail(exitFailed, err, "`depositaire verify` says more")
	}
	if err := keepFindings(ctx, db, found); err != nil {
		return p.told(exitFailed, err)
	}
	return p.conclude(upkeep.Say(found))
}

// looking is a strong room that writes nothing.
func looking(db *store.DB, host *strongroom.Host) *strongroom.Room {
	refuse := func(context.Context, func(strongroom.Tx) error) error { return fault.New(fault.Refused, "") }
	return strongroom.New(db, refuse, host, time.Now)
}

func auditor(db *store.DB, strong *strongroom.Room) *upkeep.Auditor {
	return &upkeep.Auditor{Read: db, Strong: strong, Now: time.Now}
}

func keepFindings(ctx context.Context, db *store.DB, found []record.Finding) error {
	return db.Write(ctx, func(tx *store.Tx) error { return tx.SetFindings(ctx, found) })
}

// conclude prints a report and fails when something is to repair.
func (p *program) conclude(l upkeep.Lines) error {
	p.print(l)
	if n := l.Repairs(); n > 0 {
		return fail(exitUnwell, fmt.Errorf("%d to repair", n))
	}
	return nil
}

// nightly makes the canary dossier when there is none, and audits when a night has
// passed.
func (h *house) nightly(p *program, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		if !h.host.Founded() {
			return nil
		}
		if err := keepCanary(ctx, p, h.db, h.host); err != nil {
			return err
		}
		a := auditor(h.db, h.strong)
		if due, err := a.Due(ctx); err != nil || !due {
			return err
		}
		found, err := a.Audit(ctx)
		if err != nil {
			return err
		}
		if err := h.sweep(ctx, log); err != nil {
			return err
		}
		log.InfoContext(ctx, "audited", "chains", found[0].Many, "kinds", len(found)-1)
		return keepFindings(ctx, h.db, found)
	}
}

// orphansLast is how long a file that no row names stays: longer than any request
// takes to write both (secrecy.md §9).
const orphansLast = 24 * time.Hour

// sweep deletes the files that no row names: of a document taken away, of a request
// that was cut short. The rows are read after the clock: a file of the last day stays.
func (h *house) sweep(ctx context.Context, log *slog.Logger) error {
	before := time.Now().Add(-orphansLast)
	known, err := upkeep.KnownFiles(ctx, h.db)
	if err != nil {
		return err
	}
	gone, err := h.files.Sweep(ctx, before, known)
	if gone > 0 {
		log.InfoContext(ctx, "swept", "files", gone)
	}
	return err
}

// noticeOlder makes the record read-only when the witness remembers more than the
// database holds.
func (h *house) noticeOlder(ctx context.Context, log *slog.Logger) error {
	older, err := h.watch.Older(ctx)
	if err != nil || !older {
		return err
	}
	return h.db.Write(ctx, func(tx *store.Tx) error {
		if known, err := tx.ReadOnly(ctx); err != nil || known {
			return err
		}
		log.ErrorContext(ctx, "the database is older than its witness: the record is read-only")
		return tx.PutIncident(ctx, record.Incident{Kind: record.IncidentOlder, Found: minuteNow()})
	})
}

// setWitnessAside keeps, under another name, a witness that remembers what is lost:
// the database goes on from where it is, and is watched by a new one.
func setWitnessAside(p *program) (string, error) {
	aside := p.config.Witness + time.Now().UTC().Format(".2006-01-02-150405")
	err := os.Rename(p.config.Witness, aside)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return aside, err
}

// freeBytes is the room left on the disk of the data folder; 0 when unknown.
func freeBytes(p *program) uint64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(nearest(p.config.Data), &disk); err != nil {
		return 0
	}
	return disk.Bavail * uint64(disk.Bsize) //nolint:gosec // a block has a positive size
}

// alarms is what an administrator's page shows, and the doctor.
func (h *house) alarms(p *program) func(context.Context) (upkeep.Lines, error) {
	return func(ctx context.Context) (upkeep.Lines, error) {
		state := upkeep.State{Free: freeBytes(p), Demo: isDemo(p)}
		if last, ok := h.watch.Last(); ok {
			state.Verified = &last
		}
		return auditor(h.db, h.strong).Alarms(ctx, state)
	}
}
