// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"context"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// PackCanary makes one value of the canary's whole organisation: its root, its
// dossier, its person, then a copy of its rows. It goes into one row of the real
// database, where nothing lists it (doc/adr/0012).
func PackCanary(ctx context.Context, c strongroom.Canary, host *strongroom.Host, snapshot func(context.Context, func(Snapshot) error) error, now time.Time) ([]byte, error) {
	var rows bytes.Buffer
	b := Backup{Snapshot: snapshot, Host: host}
	h := header{ID: newHeaderID(), Organisation: host.Organisation(), At: now.Unix()}
	if err := b.database(ctx, &rows, &h, &Taken{}); err != nil {
		return nil, err
	}
	out := field(nil, host.Root())
	out = field(out, c.Case[:])
	out = field(out, c.Person[:])
	return field(out, rows.Bytes()), nil
}

// PackedCanary is the canary dossier as the database keeps it.
type PackedCanary struct {
	Root   []byte
	Canary strongroom.Canary
	Schema int64
	rows   []byte
}

// UnpackCanary reads what PackCanary made.
func UnpackCanary(content []byte) (PackedCanary, error) {
	var parts [4][]byte
	for i := range parts {
		var err error
		if parts[i], content, err = cut(content); err != nil {
			return PackedCanary{}, err
		}
	}
	if len(content) > 0 || len(parts[1]) != 16 || len(parts[2]) != 16 {
		return PackedCanary{}, errDamaged
	}
	p := PackedCanary{
		Root: parts[0], Canary: strongroom.Canary{Case: record.CaseID(parts[1]), Person: record.PersonID(parts[2])}, rows: parts[3],
	}
	c, err := newCopyReader(bytes.NewReader(p.rows), ofDatabase)
	if err != nil {
		return PackedCanary{}, err
	}
	p.Schema = c.header.Schema
	return p, nil
}

// Fill adds the canary's rows to an empty database of its own.
func (p PackedCanary) Fill(ctx context.Context, to Filler, host *strongroom.Host) error {
	c, err := newCopyReader(bytes.NewReader(p.rows), ofDatabase)
	if err != nil {
		return err
	}
	return fill(ctx, c, to, nil, host)
}
