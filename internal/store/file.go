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

// FilesOf returns the files of an owner's objects, by order.
func (r Reader) FilesOf(ctx context.Context, owner record.Owner) ([]record.File, error) {
	return list(ctx, r, scanFile, `
		SELECT f.id, o.id, f.size, f.digest
		FROM entity e JOIN object o ON o.key > `+here+` * 1048576 AND o.key < (`+here+` + 1) * 1048576
			JOIN file f ON f.object = o.key
		WHERE +e.kind = $1 AND e.id = $2 ORDER BY o.key`, owner.Kind, ident(owner.ID))
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
