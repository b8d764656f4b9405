// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/upkeep"
)

// reportFile keeps what the last verification found, for doctor.
func reportFile(p *program) string { return filepath.Join(p.config.Data, "verified.json") }

// newWatch returns the journal's tree, and who verifies it.
func newWatch(p *program, db *store.DB, host *strongroom.Host, strong *strongroom.Room, now func() time.Time) (*upkeep.Watch, error) {
	key, err := host.CheckpointKey()
	if err != nil {
		return nil, err
	}
	witness := upkeep.NewWitnessFile(p.config.Witness, key.Public())
	return &upkeep.Watch{
		Verifier: upkeep.Verifier{Read: db, Strong: strong, Witness: witness, Public: key.Public(), Now: now},
		Register: journal.NewRegister(db, writer(db, func(tx *store.Tx) journal.RegisterTx { return tx }), key, witness, now),
		Save:     func(b []byte) error { return replace(reportFile(p), append(b, '\n')) },
		Log:      newLog(p.log),
	}, nil
}

// verify compares everything that is stored with what was signed, in plain words.
// It changes nothing but the report that doctor repeats, and may run beside the
// process that serves.
func verify(ctx context.Context, p *program) error {
	host, err := lookHost(p)
	if err != nil {
		return err
	}
	db, found := look(ctx, p)
	if db == nil {
		return fail(exitDatabase, errors.New(found[0].says), "check -data or -postgres; `depositaire doctor` says more")
	}
	defer func() { _ = db.Close() }()
	if o, err := db.Organisation(ctx); err == nil && o.ID != host.Organisation() {
		return fail(exitSecrets, errors.New("the host secrets are those of another organisation"), "check -secrets, and -data or -schema")
	}
	strong := strongroom.New(db, func(context.Context, func(strongroom.Tx) error) error { return fault.New(fault.Refused, "") }, host, time.Now)
	watch, err := newWatch(p, db, host, strong, time.Now)
	if err != nil {
		return err
	}
	watch.Log = slog.New(slog.DiscardHandler)
	watch.Save = func(b []byte) error { // who may only read verifies all the same
		_ = replace(reportFile(p), append(b, '\n'))
		return nil
	}
	if err := watch.Run(ctx); err != nil {
		return fail(exitDatabase, err, "`depositaire doctor` says more")
	}
	report, _ := watch.Last()
	return p.say(report)
}

// lookHost reads the host secrets, and changes nothing.
func lookHost(p *program) (*strongroom.Host, error) {
	raw, err := os.ReadFile(p.config.Secrets)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(exitSecrets, errors.New("there are no host secrets"), "check -secrets and -data")
	}
	host, loadErr := strongroom.LoadHost(raw, nil)
	if err := errors.Join(err, loadErr); err != nil {
		return nil, fail(exitSecrets, errors.New("the host secrets cannot be read"), "put the file back from its own backup")
	}
	return host, nil
}

// say prints a report. It names chains by the random id of what they are of.
func (p *program) say(r upkeep.Report) error {
	catalogues, err := locale.Load()
	if err != nil {
		return err
	}
	says := catalogues.Printer(locale.English, time.Now())
	for _, f := range r.Findings {
		where := ""
		switch {
		case f.Owner != (record.Owner{}):
			where = fmt.Sprintf(" (%s %s)", ownerWord(f.Owner.Kind), f.Owner.ID)
		case f.Place >= 0:
			where = fmt.Sprintf(" (place %d)", f.Place)
		}
		_, _ = fmt.Fprintf(p.out, "%c %s%s\n", repair, says.T("upkeep."+string(f.Kind)), where)
	}
	if n := r.Found - int64(len(r.Findings)); n > 0 {
		_, _ = fmt.Fprintf(p.out, "%c and %d more\n", repair, n)
	}
	if n := r.Waiting + r.Unsigned; n > 0 {
		_, _ = fmt.Fprintf(p.out, "%c %d rows wait to be signed: `depositaire serve` does so within ten minutes, and when it stops\n", minor, n)
	}
	counted := fmt.Sprintf("%d entries and acts, %d acts in chains, %d checkpoints, %d of them with the witness", r.Leaves, r.Links, r.Checkpoints, r.Witnessed)
	if !r.Sound() {
		_, _ = fmt.Fprintf(p.out, "verified: %s\n", counted)
		return fail(exitTampered, fmt.Errorf("%d things are not as they were signed", r.Found),
			"copy the database, the witness and the host secrets before anything else", "doc/operations.md says what each line means")
	}
	_, _ = fmt.Fprintf(p.out, "%c everything is as it was signed: %s\n", well, counted)
	return nil
}

func ownerWord(k record.OwnerKind) string {
	switch k {
	case record.OwnerOrganisation:
		return "organisation"
	case record.OwnerService:
		return "service"
	case record.OwnerPerson:
		return "person"
	case record.OwnerCase:
		return "case"
	default:
		return "member"
	}
}

// verified says what the last verification found.
func verified(p *program, now time.Time) (c check) {
	raw, err := os.ReadFile(reportFile(p))
	if err != nil {
		c.add(minor, "the journal was not verified yet", "`depositaire serve` does so every hour, `depositaire verify` at once")
		return c
	}
	r, err := upkeep.ParseReport(raw)
	if err != nil {
		c.add(repair, "what the last verification found cannot be read", "run `depositaire verify`")
		return c
	}
	at := time.Unix(int64(r.At)*60, 0)
	when := at.Format("2 January 15:04")
	switch {
	case !r.Sound():
		c.add(repair, fmt.Sprintf("verified on %s: %d things are not as they were signed", when, r.Found), "run `depositaire verify`")
	case now.Sub(at) > staleReport:
		c.add(minor, "the journal was last verified on "+when, "is `depositaire serve` running?")
	default:
		c.add(well, "verified on "+when+": everything is as it was signed", "")
	}
	return c
}

const staleReport = 3 * time.Hour // a verification is due every hour
