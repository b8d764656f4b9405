// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Files returns the files whose ids come after one, by id, and at most limit.
func (r Reader) Files(ctx context.Context, after record.FileID, limit int) ([]record.File, error) {
	return list(ctx, r, scanFile, `
		SELECT f.id, o.id, f.size, f.digest FROM file f JOIN object o ON o.key = f.object
		WHERE f.id > $1 ORDER BY f.id LIMIT $2`, after[:], limit)
}

// FileOf returns the file of an object.
func (r Reader) FileOf(ctx context.Context, object record.ObjectID) (record.File, error) {
	return one(ctx, r, scanFile, `
		SELECT f.id, o.id, f.size, f.digest FROM object o JOIN file f ON f.object = o.key WHERE o.id = $1`, ident(object))
}

func scanFile(row row, f *record.File) error {
	return row.Scan((*toID)(&f.ID), (*toID)(&f.Object), number(&f.Size), (*toHash)(&f.Digest))
}

// PutFile refers to a file that is on the disk; an object has one at most.
func (tx *Tx) PutFile(ctx context.Context, f record.File) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.set(ctx, `
		INSERT INTO file (id, object, size, digest) SELECT $1, o.key, $3, $4 FROM object o WHERE o.id = $2`,
		ident(f.ID), ident(f.Object), f.Size, digest(f.Digest))
}

// DropFile forgets an object's file: it is swept from the disk.
func (tx *Tx) DropFile(ctx context.Context, object record.ObjectID) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `DELETE FROM file WHERE object = (SELECT key FROM object WHERE id = $1)`, ident(object))
}
