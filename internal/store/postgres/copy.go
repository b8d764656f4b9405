// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"database/sql"
	"errors"

	"depositaire.org/depositaire/internal/store"
)

// Snapshot implements store.Engine.
func (e *engine) Snapshot(ctx context.Context, fn func(store.Session) error) error {
	tx, err := e.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return sorted(err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&transaction{Tx: tx})
}

// Fill makes an empty schema, when there is none, and fills it: see store.Fill.
func Fill(ctx context.Context, dsn, schema string, number int64, fn func(*store.Filler) error, then func(*store.Tx) error) error {
	e, err := connect(dsn, schema, direct)
	if err != nil {
		return err
	}
	if err = e.makeSchema(ctx, schema); err == nil {
		err = store.Fill(ctx, e, dialect(), number, fn, then)
	}
	return errors.Join(err, e.Close())
}
