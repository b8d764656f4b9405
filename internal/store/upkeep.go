// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// record lets a row of the record be written, unless an older state came back and
// no operator has said what happened: then it is a Refused fault with the key
// "fault.read_only". Every method that adds to a chain, an object or the lists of
// owners asks it; sessions, drafts, marks, wraps and journals do not.
func (tx *Tx) record(ctx context.Context) error {
	if tx.writable {
		return nil
	}
	open, err := tx.ReadOnly(ctx)
	if err == nil && open {
		err = fault.New(fault.Refused, "fault.read_only")
	}
	tx.writable = err == nil
	return err
}

// ReadOnly reports whether an incident waits to be recorded.
func (r Reader) ReadOnly(ctx context.Context) (bool, error) {
	n, err := one(ctx, r, scanNumber, `SELECT COUNT(*) FROM incident WHERE recorded = 0`)
	return n > 0, err
}

// Incidents returns every incident, oldest first.
func (r Reader) Incidents(ctx context.Context) ([]record.Incident, error) {
	return list(ctx, r, func(row row, i *record.Incident) error {
		return row.Scan(number(&i.Kind), number(&i.Taken), number(&i.Found), number(&i.Recorded), &i.Sentence)
	}, `SELECT kind, taken, found, recorded, sentence FROM incident ORDER BY number`)
}

// PutIncident makes the record read-only until RecordIncident.
func (tx *Tx) PutIncident(ctx context.Context, i record.Incident) error {
	tx.writable = false
	return tx.put(ctx, `INSERT INTO incident (kind, taken, found, recorded, sentence) VALUES ($1, $2, $3, 0, '')`,
		i.Kind, i.Taken, i.Found)
}

// RecordIncident says what happened, of every incident that waits; Withheld when
// none does.
func (tx *Tx) RecordIncident(ctx context.Context, now record.Minute, sentence string) error {
	if err := texts(sentence); err != nil {
		return err
	}
	return tx.set(ctx, `UPDATE incident SET recorded = $1, sentence = $2 WHERE recorded = 0`, now, sentence)
}

// Backups returns the days on which a backup was taken, oldest first.
func (r Reader) Backups(ctx context.Context) ([]record.Day, error) {
	return list(ctx, r, func(row row, d *record.Day) error { return row.Scan(number(d)) }, `SELECT day FROM backup ORDER BY day`)
}

// PutBackup notes that a backup was taken on a day.
func (tx *Tx) PutBackup(ctx context.Context, d record.Day) error {
	return tx.put(ctx, `INSERT INTO backup (day) VALUES ($1) ON CONFLICT (day) DO NOTHING`, d)
}

// Findings returns what the last audit found.
func (r Reader) Findings(ctx context.Context) ([]record.Finding, error) {
	return list(ctx, r, func(row row, f *record.Finding) error {
		return row.Scan(&f.Code, number(&f.Many), number(&f.Minute))
	}, `SELECT code, many, minute FROM finding ORDER BY number`)
}

// SetFindings replaces what the last audit found.
func (tx *Tx) SetFindings(ctx context.Context, all []record.Finding) error {
	err := tx.put(ctx, `DELETE FROM finding`)
	for _, f := range all {
		if err != nil {
			return err
		}
		err = tx.put(ctx, `INSERT INTO finding (code, many, minute) VALUES ($1, $2, $3)`, f.Code, f.Many, f.Minute)
	}
	return err
}

// Canary returns the canary dossier; Withheld when there is none yet.
func (r Reader) Canary(ctx context.Context) ([]byte, error) {
	content, err := one(ctx, r, func(row row, b *toBytes) error { return row.Scan(b) }, `SELECT content FROM canary`)
	return content, err
}

// PutCanary keeps the canary dossier, in the place of any other.
func (tx *Tx) PutCanary(ctx context.Context, content []byte) error {
	return tx.put(ctx, `
		INSERT INTO canary (number, content) VALUES (1, $1)
		ON CONFLICT (number) DO UPDATE SET content = excluded.content`, sealed(content))
}

// DropEverySession ends every session: those of a state put back may have ended
// since.
func (tx *Tx) DropEverySession(ctx context.Context) error { return tx.put(ctx, `DELETE FROM session`) }
