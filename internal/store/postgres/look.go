// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"errors"
	"fmt"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

// Look connects to a schema to read it as it is, and says in plain words which
// settings of secrecy.md §9 the server lacks. fault.Withheld when there is no
// such schema.
func Look(ctx context.Context, dsn, schema string) (db *store.DB, lacks []string, err error) {
	e, err := connect(dsn, schema, direct)
	if err != nil {
		return nil, nil, err
	}
	if lacks, err = e.settings(ctx, schema); err != nil {
		return nil, nil, errors.Join(err, e.Close())
	}
	return store.Look(e), lacks, nil
}

func (e *engine) settings(ctx context.Context, schema string) (lacks []string, err error) {
	var known bool
	row := e.pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = $1)", schema)
	if err := row.Scan(&known); err != nil {
		return nil, sorted(err)
	}
	if !known {
		return nil, fault.New(fault.Withheld, "")
	}
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var got string
		if err := e.pool.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&got); err != nil {
			return nil, sorted(err)
		}
		if got != "on" {
			lacks = append(lacks, fmt.Sprintf("%s is %s, not on: a power cut would lose what was saved", name, got))
		}
	}
	return lacks, nil
}
