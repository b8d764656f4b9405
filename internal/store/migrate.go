// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"depositaire.org/depositaire/internal/fault"
)

//go:embed migration/*.sql
var migrations embed.FS

// Dialect is what the schema's tokens become.
type Dialect struct {
	Blob       string                      // ${blob}: bytes
	Key        string                      // ${key}: an internal key
	Serial     string                      // ${serial}: an internal key that the database gives out
	AppendOnly func(table string) []string // ${append_only table}: refuse UPDATE and DELETE
}

var appendOnly = regexp.MustCompile(`^\$\{append_only (\w+)\}$`)

// migrate applies the migrations that the database has not seen, forward only.
func migrate(ctx context.Context, s Session, d Dialect) error {
	tx := &Tx{Reader{s}}
	if err := tx.run(ctx, d.expand("CREATE TABLE IF NOT EXISTS schema_version (number ${key} PRIMARY KEY)")); err != nil {
		return err
	}
	seen, err := one(ctx, tx.Reader, scanNumber, `SELECT COALESCE(MAX(number), 0) FROM schema_version`)
	if err != nil {
		return err
	}
	files, err := migrations.ReadDir("migration")
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	if seen > int64(len(files)) {
		return newer(seen, len(files))
	}
	for i, file := range files[seen:] {
		if err := tx.migrate(ctx, d, file.Name(), seen+int64(i)+1); err != nil {
			return err
		}
	}
	return nil
}

func newer(seen int64, known int) error {
	err := fault.Because(fault.Unavailable, fmt.Errorf("the database has schema %d, this program knows %d: use a newer program", seen, known))
	err.Key = "store.newer"
	return err
}

// migrate applies one file, whose name starts with its number.
func (tx *Tx) migrate(ctx context.Context, d Dialect, name string, number int64) error {
	if !strings.HasPrefix(name, fmt.Sprintf("%04d_", number)) {
		return fault.Because(fault.Internal, errors.New("store: migrations are not numbered from 0001"))
	}
	text, err := migrations.ReadFile("migration/" + name)
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	if err := tx.run(ctx, d.expand(string(text))); err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO schema_version (number) VALUES ($1)`, number)
}

// expand cuts a migration into statements and replaces its tokens.
func (d Dialect) expand(text string) []string {
	tokens := strings.NewReplacer("${blob}", d.Blob, "${key}", d.Key, "${serial}", d.Serial)
	var all []string
	for statement := range strings.SplitSeq(text, ";\n") {
		statement = strings.TrimSpace(statement)
		if m := appendOnly.FindStringSubmatch(statement); m != nil {
			all = append(all, d.AppendOnly(m[1])...)
		} else if statement != "" {
			all = append(all, tokens.Replace(statement))
		}
	}
	return all
}

func (tx *Tx) run(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if err := tx.put(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
