// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"context"
	"maps"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// AuditReader is what an audit reads: rows, and no key.
type AuditReader interface {
	Owners(ctx context.Context, after record.Owner, limit int) ([]record.Owner, error)
	Slots(ctx context.Context, m record.MemberID) ([]record.Slot, error)
	Loose(ctx context.Context) ([]record.Finding, error)
	Deposits(ctx context.Context) (int64, error)
	Findings(ctx context.Context) ([]record.Finding, error)
	Backups(ctx context.Context) ([]record.Day, error)
	ReadOnly(ctx context.Context) (bool, error)
}

// Auditor compares, every night, wraps with rosters and the rows with the
// invariants of secrecy.md §5. What it finds are kinds and counts.
type Auditor struct {
	Read   AuditReader
	Strong *strongroom.Room
	Now    func() time.Time
}

// The kinds that are not to repair: that an audit was made, and what waits.
const (
	Audited  = "audited" // how many chains were compared
	Deposits = "deposits"
)

// Audit compares everything, and returns what to keep: first that it was done.
func (a *Auditor) Audit(ctx context.Context) ([]record.Finding, error) {
	chains, err := a.Strong.Audit(ctx)
	if err != nil {
		return nil, err
	}
	rosters, err := chains.CompareRosters(ctx, a.Read.Slots)
	if err != nil {
		return nil, err
	}
	if err := rosters.Seats(ctx); err != nil {
		return nil, err
	}
	owners, err := a.owners(ctx, rosters)
	if err != nil {
		return nil, err
	}
	all := []record.Finding{{Code: Audited, Many: owners}}
	for _, code := range slices.Sorted(maps.Keys(rosters.Counts)) {
		all = append(all, record.Finding{Code: code, Many: rosters.Counts[code]})
	}
	loose, err := a.Read.Loose(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := a.Read.Deposits(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, loose...)
	if waiting > 0 {
		all = append(all, record.Finding{Code: Deposits, Many: waiting})
	}
	for i := range all {
		all[i].Minute = record.Minute(a.Now().Unix() / 60)
	}
	return all, nil
}

func (a *Auditor) owners(ctx context.Context, rosters *strongroom.Rosters) (n int64, err error) {
	for after := (record.Owner{}); ; {
		owners, err := a.Read.Owners(ctx, after, batch)
		if err != nil || len(owners) == 0 {
			return n, err
		}
		for _, o := range owners {
			if err := rosters.Owner(ctx, o); err != nil {
				return n, err
			}
			n++
		}
		after = owners[len(owners)-1]
	}
}

// auditEvery is how old an audit may be before another is due: a night.
const auditEvery = 20 * 60 // minutes

// Due reports whether an audit is due.
func (a *Auditor) Due(ctx context.Context) (bool, error) {
	all, err := a.Read.Findings(ctx)
	if err != nil || len(all) == 0 {
		return true, err
	}
	return record.Minute(a.Now().Unix()/60)-all[0].Minute >= auditEvery, nil
}

// Say turns findings into sentences.
func Say(all []record.Finding) (r Lines) {
	for _, f := range all {
		switch f.Code {
		case Audited:
			if len(all) == 1 || len(all) == 2 && all[1].Code == Deposits {
				r.add(Well, "upkeep.audited", int(f.Many))
			}
		case Deposits:
			r.add(Minor, "upkeep.audit."+f.Code, int(f.Many))
		case strongroom.OneSlot, strongroom.SeatUnproved, strongroom.LockUnhealthy, strongroom.FewReaders, strongroom.JournalKeepers:
			r = append(r, Line{Mark: Repair, Key: "upkeep.audit." + f.Code, Args: []any{int(f.Many)}, Next: "upkeep.audit_people"})
		default: // rows that no act leaves
			r = append(r, Line{Mark: Repair, Key: "upkeep.audit." + f.Code, Args: []any{int(f.Many)}, Next: "upkeep.audit_next"})
		}
	}
	return r
}

// SayVerified turns a verification into sentences, one for each kind found.
func SayVerified(v Report) (r Lines) {
	if v.Sound() {
		r.add(Well, "upkeep.sound", int(v.Leaves), int(v.Links))
	}
	for _, k := range v.Kinds() {
		r.add(Repair, "upkeep."+string(k))
	}
	return r
}

// Bounds of the alarms.
const (
	backupDays  = 2           // a nightly backup that failed twice
	littleRoom  = 1 << 30     // bytes on the disk
	staleAudit  = 3 * 24 * 60 // minutes
	depositsAge = 12 * 60     // minutes after the audit that counted them
)

// State is what the process that asks knows besides the database.
type State struct {
	Verified *Report // the last verification; nil: none yet
	Free     uint64  // bytes on the disk; 0: unknown
	Demo     bool    // of a demonstration, whose loss is no loss
}

// Alarms says what an operator has to do now, and what is well: the age of the
// last backup and the day on which what is erased today is gone, the disk, the
// last verification, the last audit, an older state that came back.
func (a *Auditor) Alarms(ctx context.Context, s State) (Lines, error) {
	var r Lines
	for _, examine := range []func(context.Context, State, *Lines) error{a.readOnly, a.backups, a.disk, a.verified, a.audited} {
		if err := examine(ctx, s, &r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (a *Auditor) readOnly(ctx context.Context, _ State, r *Lines) error {
	open, err := a.Read.ReadOnly(ctx)
	if open {
		*r = append(*r, Line{Mark: Repair, Key: "upkeep.read_only", Next: "upkeep.read_only.next"})
	}
	return err
}

func (a *Auditor) backups(ctx context.Context, s State, r *Lines) error {
	all, err := a.Read.Backups(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		mark := map[bool]Mark{false: Repair, true: Minor}[s.Demo]
		*r = append(*r, Line{Mark: mark, Key: "upkeep.no_backup", Next: "upkeep.no_backup_next"})
		return nil
	}
	today, last := DayOf(a.Now()), all[len(all)-1]
	line := Line{Mark: Well, Key: "upkeep.last_backup", Args: []any{Date(last).Format(time.DateOnly), Date(GoneOn(today, all)).Format(time.DateOnly)}}
	if today > last+backupDays {
		line.Mark, line.Next = Repair, "upkeep.no_backup_next"
	}
	*r = append(*r, line)
	return nil
}

func (a *Auditor) disk(_ context.Context, s State, r *Lines) error {
	if s.Free > 0 && s.Free < littleRoom {
		*r = append(*r, Line{Mark: Repair, Key: "upkeep.disk", Args: []any{int(s.Free >> 20)}, Next: "upkeep.disk_next"}) //nolint:gosec // megabytes
	}
	return nil
}

func (a *Auditor) verified(_ context.Context, s State, r *Lines) error {
	if s.Verified != nil && !s.Verified.Sound() {
		*r = append(*r, Line{Mark: Repair, Key: "upkeep.tampered", Args: []any{int(s.Verified.Found)}, Next: "upkeep.tampered_next"})
	}
	return nil
}

func (a *Auditor) audited(ctx context.Context, _ State, r *Lines) error {
	all, err := a.Read.Findings(ctx)
	if err != nil {
		return err
	}
	now := record.Minute(a.Now().Unix() / 60)
	if len(all) == 0 || now-all[0].Minute > staleAudit {
		*r = append(*r, Line{Mark: Minor, Key: "upkeep.not_audited", Next: "upkeep.not_audited_next"})
	}
	waiting, err := a.Read.Deposits(ctx)
	if err != nil {
		return err
	}
	for _, l := range Say(all) {
		if l.Key == "upkeep.audit."+Deposits && (waiting == 0 || now-all[0].Minute < depositsAge) {
			continue // they came in, or may still: nobody unlocked for half a day is worth an alarm
		}
		if l.Key == "upkeep.audit."+Deposits {
			l.Mark, l.Next = Repair, "upkeep.deposits_next"
		}
		*r = append(*r, l)
	}
	return nil
}
