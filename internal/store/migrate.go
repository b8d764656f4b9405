// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	Given     string // in an INSERT that gives internal keys itself
	Restart   string // a query that gives out keys after the highest of a table; "" when it goes without saying
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

// begin makes the table that remembers which migrations a database has seen.
func (tx *Tx) begin(ctx context.Context, d Dialect) error {
	return tx.run(ctx, d.expand("CREATE TABLE IF NOT EXISTS schema_version (number ${key} PRIMARY KEY)"))
}

// migrate applies the migrations that the database has not seen, forward only, up
// to the one numbered last.
func migrate(ctx context.Context, s Session, d Dialect, last int64) error {
	tx := &Tx{Reader: Reader{s}}
	if err := tx.begin(ctx, d); err != nil {
		return err
	}
	seen, err := list(ctx, tx.Reader, scanNumber, `SELECT number FROM schema_version ORDER BY number`)
	if err != nil {
		return err
	}
	if n := len(seen); n > 0 && seen[n-1] > Newest() {
		return newer(seen[n-1], Newest())
	}
	for _, m := range known() {
		if m.number > last || slices.Contains(seen, m.number) {
			continue
		}
		if err := tx.migrate(ctx, d, m); err != nil {
			return err
		}
	}
	return nil
}

// migration is one file, whose name starts with its number.
type migration struct {
	number int64
	text   string
}

// known lists the migrations in the order of their numbers.
func known() []migration {
	files, err := migrations.ReadDir("migration")
	if err != nil {
		panic("internal error: no migrations: " + err.Error())
	}
	var all []migration
	for _, file := range files {
		text, err := migrations.ReadFile("migration/" + file.Name())
		digits, _, _ := strings.Cut(file.Name(), "_")
		number, bad := strconv.ParseInt(digits, 10, 64)
		if err := errors.Join(err, bad); err != nil {
			panic("internal error: a migration: " + err.Error())
		}
		all = append(all, migration{number, string(text)})
	}
	return all
}

// Newest is the number of the last migration that this program knows.
func Newest() int64 {
	all := known()
	return all[len(all)-1].number
}

func newer(seen, known int64) error {
	err := fault.Because(fault.Unavailable, fmt.Errorf("the database has schema %d, this program knows %d: use a newer program", seen, known))
	err.Key = "store.newer"
	return err
}

func (tx *Tx) migrate(ctx context.Context, d Dialect, m migration) error {
	if err := tx.run(ctx, d.expand(m.text)); err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO schema_version (number) VALUES ($1)`, m.number)
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
