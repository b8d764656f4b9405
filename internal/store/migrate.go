// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
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

	// ${purgeable table column}: refuse UPDATE, and any DELETE that Purged does not
	// allow to the row whose column names an entry.
	Purgeable func(table, column string) []string
}

var (
	appendOnly = regexp.MustCompile(`^\$\{append_only (\w+)\}$`)
	purgeable  = regexp.MustCompile(`^\$\{purgeable (\w+) (\w+)\}$`)
)

// Purged is a condition on an entry's number: a purge has named a leaf beyond the
// entry's, a year after the entry was written.
func Purged(number string) string {
	return `EXISTS (SELECT 1 FROM journal j JOIN leaf f ON f.entry = j.number
		JOIN purge p ON p.below > f.sequence AND p.minute - j.minute >= 525600 WHERE j.number = ` + number + `)`
}

// migrate applies the migrations that the database has not seen, forward only.
func migrate(ctx context.Context, s Session, d Dialect) error {
	tx := &Tx{Reader{s}}
	if err := tx.run(ctx, d.expand("CREATE TABLE IF NOT EXISTS schema_version (number ${key} PRIMARY KEY)")); err != nil {
		return err
	}
	seen, err := list(ctx, tx.Reader, scanNumber, `SELECT number FROM schema_version ORDER BY number`)
	if err != nil {
		return err
	}
	files, err := migrations.ReadDir("migration")
	if err != nil {
		return fault.Because(fault.Internal, err)
	}
	known := int64(0)
	for _, file := range files {
		if _, err := fmt.Sscanf(file.Name(), "%04d_", &known); err != nil {
			return fault.Because(fault.Internal, errors.New("store: a migration has no number"))
		}
		if slices.Contains(seen, known) {
			continue
		}
		if err := tx.migrate(ctx, d, file.Name(), known); err != nil {
			return err
		}
	}
	if n := len(seen); n > 0 && seen[n-1] > known {
		return newer(seen[n-1], known)
	}
	return nil
}

func newer(seen, known int64) error {
	err := fault.Because(fault.Unavailable, fmt.Errorf("the database has schema %d, this program knows %d: use a newer program", seen, known))
	err.Key = "store.newer"
	return err
}

// migrate applies one file, whose name starts with its number.
func (tx *Tx) migrate(ctx context.Context, d Dialect, name string, number int64) error {
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
		} else if m := purgeable.FindStringSubmatch(statement); m != nil {
			all = append(all, d.Purgeable(m[1], m[2])...)
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
