// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/fault"
)

// A copy of a database leaves through Snapshot and comes back through Fill,
// table by table in the order of the migrations: each row after those it refers
// to. A value is nil, an int64, a bool, a string or bytes, on both databases.

// Snapshot is one state of the whole database, while others write.
type Snapshot struct {
	Reader
	Number int64 // of the last migration it has seen
}

// Snapshot runs fn on one state of the database.
func (db *DB) Snapshot(ctx context.Context, fn func(Snapshot) error) error {
	return db.engine.Snapshot(ctx, func(s Session) error {
		r := Reader{s}
		number, err := r.Schema(ctx)
		if err != nil {
			return err
		}
		return fn(Snapshot{r, number})
	})
}

// Schema returns the number of the last migration that the database has seen.
func (r Reader) Schema(ctx context.Context) (int64, error) {
	return one(ctx, r, scanNumber, `SELECT COALESCE(MAX(number), 0) FROM schema_version`)
}

// copied is one table of a copy.
type copied struct {
	name   string
	serial bool // the database gives out its internal key
}

var (
	tableMade    = regexp.MustCompile(`(?s)^CREATE TABLE ("?\w+"?) \((.*)\)$`)
	tableDropped = regexp.MustCompile(`^DROP TABLE ("?\w+"?)$`)
	comments     = regexp.MustCompile(`(?m)^--.*\n`)
)

// tables lists those of a schema, in the order of the migrations.
func tables(number int64) ([]copied, error) {
	if number < 1 || number > Newest() {
		return nil, newer(number, Newest())
	}
	var all []copied
	for _, m := range known() {
		if m.number > number {
			break
		}
		for statement := range strings.SplitSeq(comments.ReplaceAllString(m.text, ""), ";\n") {
			statement = strings.TrimSpace(statement)
			if made := tableMade.FindStringSubmatch(statement); made != nil {
				all = append(all, copied{made[1], strings.Contains(made[2], "${serial}")})
			} else if gone := tableDropped.FindStringSubmatch(statement); gone != nil {
				all = slices.DeleteFunc(all, func(c copied) bool { return c.name == gone[1] })
			}
		}
	}
	return all, nil
}

// Tables lists the tables of the snapshot, each after those it refers to.
func (s Snapshot) Tables() ([]string, error) {
	all, err := tables(s.Number)
	var names []string
	for _, t := range all {
		names = append(names, strings.Trim(t.name, `"`))
	}
	return names, err
}

// Rows calls begin with the columns of a table, then row with each of its rows.
// What row is given is overwritten by the next.
func (s Snapshot) Rows(ctx context.Context, table string, begin func([]string) error, row func([]any) error) error {
	rows, err := s.session.QueryContext(ctx, `SELECT * FROM "`+table+`" ORDER BY 1`)
	if err != nil {
		return s.session.Fault(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err == nil {
		err = begin(columns)
	}
	if err != nil {
		return err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return s.session.Fault(err)
	}
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := scanValues(rows, types, into, values); err != nil {
			return s.session.Fault(err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.session.Fault(err)
	}
	return nil
}

// scanValues reads a row. SQLite keeps a boolean as a number.
func scanValues(rows *sql.Rows, types []*sql.ColumnType, into, values []any) error {
	if err := rows.Scan(into...); err != nil {
		return err
	}
	for i, v := range values {
		switch v := v.(type) {
		case nil, bool, string, []byte:
		case int64:
			if types[i].DatabaseTypeName() == "BOOLEAN" {
				values[i] = v != 0
			}
		default:
			return errColumn
		}
	}
	return nil
}

// Fill makes the tables of an older or the same schema in an empty database, lets
// fn add its rows, brings the tables up to date and runs then: all of it in one
// transaction, or nothing. fn and then may run more than once. A database that
// holds tables already gets a Refused fault with the key "fault.backup_place".
func Fill(ctx context.Context, engine Engine, d Dialect, number int64, fn func(*Filler) error, then func(*Tx) error) error {
	all, err := tables(number)
	if err != nil {
		return err
	}
	return engine.Write(ctx, func(s Session) error {
		f := &Filler{tx: &Tx{Reader: Reader{s}}, dialect: d, tables: all}
		for _, step := range []func() error{
			func() error { return f.begin(ctx, number) },
			func() error { return fn(f) },
			func() error { return f.end(ctx) },
			func() error { return migrate(ctx, s, d, Newest()) },
			func() error { return then(f.tx) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Filler adds the rows of a copy to an empty database.
type Filler struct {
	tx        *Tx
	dialect   Dialect
	tables    []copied
	statement string // of the table being filled
}

func (f *Filler) begin(ctx context.Context, number int64) error {
	if err := f.tx.begin(ctx, f.dialect); err != nil {
		return err
	}
	seen, err := f.tx.Schema(ctx)
	if err != nil {
		return err
	}
	if seen > 0 {
		return fault.New(fault.Refused, "fault.backup_place")
	}
	return migrate(ctx, f.tx.session, f.dialect, number)
}

// Table says which table the next rows are of.
func (f *Filler) Table(ctx context.Context, name string, columns []string) error {
	at := slices.IndexFunc(f.tables, func(t copied) bool { return strings.Trim(t.name, `"`) == name })
	if at < 0 {
		return fault.Because(fault.Invalid, errors.New("a table that this schema does not have"))
	}
	known, err := f.columns(ctx, name)
	if err != nil {
		return err
	}
	if !slices.Equal(known, columns) {
		return fault.Because(fault.Invalid, fmt.Errorf("the columns of %s are not this schema's", name))
	}
	places := make([]string, len(columns))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	f.statement = fmt.Sprintf(`INSERT INTO "%s" ("%s")%s VALUES (%s)`,
		name, strings.Join(columns, `", "`), f.dialect.Given, strings.Join(places, ", "))
	return nil
}

func (f *Filler) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := f.tx.session.QueryContext(ctx, `SELECT * FROM "`+table+`" WHERE 1 = 0`)
	if err != nil {
		return nil, f.tx.session.Fault(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return nil, f.tx.session.Fault(err)
	}
	return columns, nil
}

// Row adds one row of the table named last.
func (f *Filler) Row(ctx context.Context, values []any) error {
	return f.tx.put(ctx, f.statement, values...)
}

// end lets the database give out internal keys after those that came.
func (f *Filler) end(ctx context.Context) error {
	if f.dialect.Restart == "" {
		return nil
	}
	for _, t := range f.tables {
		if !t.serial {
			continue
		}
		_, err := list(ctx, f.tx.Reader, func(r row, n *sql.NullInt64) error { return r.Scan(n) }, fmt.Sprintf(f.dialect.Restart, t.name))
		if err != nil {
			return err
		}
	}
	return nil
}
