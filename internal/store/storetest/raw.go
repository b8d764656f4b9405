// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

// columns lists every column with its class of secrecy.md §2bis.
//
//go:embed columns.txt
var columns string

// Raw is an open store and another way into its database.
type Raw struct {
	DB      *store.DB
	SQL     *sql.DB
	Columns string       // a query for "table.column" and the type, of every column
	Blob    string       // the type of bytes
	Again   func() error // closes the store and opens it again
}

// RunRaw says what the schema itself refuses, and what it shows without a key.
func RunRaw(t *testing.T, open func(t *testing.T) Raw) {
	t.Helper()
	tests := map[string]func(*testing.T, Raw){
		"the database refuses to change what is append-only":             appendOnly,
		"every column is in the list of what shows, and sealed is bytes": columnsListed,
		"an owner is refused a row beyond 2^20":                          ownerFull,
		"a newer database is refused":                                    newerRefused,
		"what goes past the program is found":                            past,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func appendOnly(t *testing.T, r Raw) {
	h := newHouse(t, r.DB)
	c := h.circle(record.HerJournal, h.personOwner())
	h.entry(5, record.EntrySlip{Circle: c.ID, Sealed: raw(1, 9)})
	h.write(func(tx *store.Tx) error { return tx.PutLink(t.Context(), h.link(0)) })
	for _, statement := range []string{
		"UPDATE link SET until = 1", "DELETE FROM link",
		"UPDATE journal SET minute = 1", "DELETE FROM journal",
		"UPDATE journal_slip SET epoch = 9", "DELETE FROM journal_slip",
	} {
		if _, err := r.SQL.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got %v", statement, err)
		}
	}
	same(t, 1, len(must[[]record.Entry](t)(r.DB.JournalOf(t.Context(), c.ID, 0, 9))))
}

func columnsListed(t *testing.T, r Raw) {
	classes := map[string]string{}
	for line := range strings.Lines(columns) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			t.Fatalf("columns.txt: %q", line)
		}
		classes[fields[0]] = fields[1]
	}
	rows, err := r.SQL.QueryContext(t.Context(), r.Columns)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for ; rows.Next(); seen++ {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		checkColumn(t, name, classes[name], strings.EqualFold(kind, r.Blob))
		delete(classes, name)
	}
	if err := rows.Err(); err != nil || seen == 0 {
		t.Fatalf("%d columns, %v", seen, err)
	}
	for name := range classes {
		t.Errorf("columns.txt lists %s, which is no column", name)
	}
}

func checkColumn(t *testing.T, name, class string, isBytes bool) {
	t.Helper()
	kind, _, _ := strings.Cut(class, ":")
	switch kind {
	case "sealed":
		if !isBytes {
			t.Errorf("%s is sealed and not bytes", name)
		}
	case "id", "link", "clear", "public":
	default:
		t.Errorf("%s shows without a key and is not in columns.txt (class %q)", name, class)
	}
}

// ownerFull fills the end of a person's range in each table, then puts one more.
func ownerFull(t *testing.T, r Raw) {
	ctx := t.Context()
	h := newHouse(t, r.DB)
	c, o := h.circle(record.Own, h.personOwner()), h.object(h.personOwner())
	second := h.object(h.personOwner())
	h.wrap(record.Wrap{Circle: c.ID, Recipient: h.toMember(0), Epoch: 1})
	for _, put := range []func(*store.Tx) error{
		func(tx *store.Tx) error { return tx.PutEpoch(ctx, record.Epoch{Circle: c.ID, Number: 1}) },
		func(tx *store.Tx) error { return tx.PutSlip(ctx, record.Slip{Object: o.ID, Circle: c.ID}) },
		func(tx *store.Tx) error { return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: 1}) },
		func(tx *store.Tx) error {
			return tx.PutMark(ctx, record.Mark{Circle: c.ID, Reader: h.members[0].ID})
		},
	} {
		h.write(put)
	}
	for table, put := range h.putsInto(c, second) {
		statement, args := fill(table)
		if _, err := r.SQL.ExecContext(ctx, statement, args...); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		err := r.DB.Write(ctx, func(tx *store.Tx) error { return put(ctx, tx) })
		if fault.KindOf(err) != fault.Refused || fault.As(err).Key != "store.full" {
			t.Errorf("%s: got %v", table, err)
		}
	}
}

// fill occupies the last key of the range of the last owner in table: with a
// new row where others refer to the old ones, by moving the last row elsewhere.
func fill(table string) (statement string, args []any) {
	switch table {
	case "circle":
		return `INSERT INTO circle (key, id, kind, epoch)
			SELECT MAX(key) / 1048576 * 1048576 + 1048575, $1, 2, 1 FROM circle`, []any{raw(1, 16)}
	case "object":
		return `INSERT INTO object (key, id)
			SELECT MAX(key) / 1048576 * 1048576 + 1048575, $1 FROM object`, []any{raw(1, 16)}
	}
	return fmt.Sprintf("UPDATE %[1]s SET key = key / 1048576 * 1048576 + 1048575 WHERE key = (SELECT MAX(key) FROM %[1]s)", table), nil
}

func (h *house) putsInto(c record.Circle, o record.Object) map[string]func(context.Context, *store.Tx) error {
	return map[string]func(context.Context, *store.Tx) error{
		"circle": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutCircle(ctx, record.Circle{ID: record.NewID[record.Circle](), Kind: record.Own, Owner: h.personOwner()})
		},
		"object": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.PutObject(ctx, record.Object{ID: record.NewID[record.Object](), Owner: h.personOwner()})
			return err
		},
		"epoch": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutEpoch(ctx, record.Epoch{Circle: c.ID, Number: 2})
		},
		"wrap": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutWrap(ctx, record.Wrap{Circle: c.ID, Recipient: h.toMember(1)})
		},
		"slip": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutSlip(ctx, record.Slip{Object: o.ID, Circle: c.ID})
		},
		"version": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutVersion(ctx, record.Version{Object: o.ID, Number: 1})
		},
		"mark": func(ctx context.Context, tx *store.Tx) error {
			return tx.PutMark(ctx, record.Mark{Circle: c.ID, Reader: h.members[1].ID})
		},
	}
}

func newerRefused(t *testing.T, r Raw) {
	newHouse(t, r.DB)
	if err := r.Again(); err != nil {
		t.Fatalf("a database of today: %v", err)
	}
	if _, err := r.SQL.ExecContext(t.Context(), "INSERT INTO schema_version (number) VALUES (9999)"); err != nil {
		t.Fatal(err)
	}
	err := r.Again()
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "schema 9999") {
		t.Errorf("got %v", err)
	}
}
