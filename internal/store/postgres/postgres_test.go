// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/storetest"
)

var update = flag.Bool("update", false, "write schema.sql")

// server returns the DSN of a throw-away server. Its absence is a failure:
// only a run under -short, on a machine that is not asked for everything, may
// do without.
func server(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("DEPOSITAIRE_TEST_POSTGRES")
	if dsn != "" {
		return dsn
	}
	if testing.Short() && os.Getenv("DEPOSITAIRE_TEST_REQUIRE_ALL") != "1" {
		t.Skip("no DEPOSITAIRE_TEST_POSTGRES under -short")
	}
	t.Fatal("DEPOSITAIRE_TEST_POSTGRES names no server")
	return ""
}

// newSchema names a schema and drops it when the test ends.
func newSchema(t *testing.T) (schema string, raw *sql.DB) {
	t.Helper()
	id := record.NewID[record.Entry]()
	schema = "test_" + hex.EncodeToString(id[:8])
	config, err := pgx.ParseConfig(server(t))
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["search_path"] = schema
	raw = stdlib.OpenDB(*config)
	t.Cleanup(func() {
		_, err := raw.ExecContext(context.Background(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
		if err != nil {
			t.Error(err)
		}
		_ = raw.Close()
	})
	return schema, raw
}

func openSchema(t *testing.T, schema string) *store.DB {
	t.Helper()
	db, err := Open(t.Context(), server(t), schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB {
		schema, _ := newSchema(t)
		return openSchema(t, schema)
	})
}

func TestWhoLooksReadsAndMakesNoSchema(t *testing.T) {
	schema, _ := newSchema(t)
	if _, _, err := Look(t.Context(), server(t), schema); fault.KindOf(err) != fault.Withheld {
		t.Fatalf("a schema that is not there: %v", err)
	}
	openSchema(t, schema)
	looking, lacks, err := Look(t.Context(), server(t), schema)
	if err != nil || len(lacks) > 0 {
		t.Fatalf("%q, %v", lacks, err)
	}
	defer func() { _ = looking.Close() }()
	if _, err := looking.Organisation(t.Context()); fault.KindOf(err) != fault.Withheld {
		t.Errorf("an empty schema: %v", err)
	}
}

const columns = `SELECT table_name || '.' || column_name, data_type FROM information_schema.columns
	WHERE table_schema = current_schema()`

func TestSchema(t *testing.T) {
	storetest.RunRaw(t, func(t *testing.T) storetest.Raw {
		schema, raw := newSchema(t)
		db := openSchema(t, schema)
		return storetest.Raw{
			DB: db, SQL: raw, Columns: columns, Blob: "bytea",
			Again: func() error {
				_ = db.Close()
				again, err := Open(t.Context(), server(t), schema)
				if err == nil {
					err = again.Close()
				}
				return err
			},
		}
	})
}

// dump describes a schema line by line: columns, constraints, indexes, triggers.
const dump = `SELECT line COLLATE "C" FROM (
	SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
		|| CASE is_identity WHEN 'YES' THEN ' GENERATED ' || identity_generation || ' AS IDENTITY' ELSE '' END
		|| COALESCE(' DEFAULT ' || column_default, '') AS line
	FROM information_schema.columns WHERE table_schema = current_schema()
	UNION ALL
	SELECT c.conrelid::regclass || ' CONSTRAINT ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
	FROM pg_constraint c WHERE c.connamespace = current_schema()::regnamespace
	UNION ALL
	SELECT tablename || ' INDEX ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
	UNION ALL
	SELECT t.tgrelid::regclass || ' TRIGGER ' || pg_get_triggerdef(t.oid) FROM pg_trigger t
		JOIN pg_class r ON r.oid = t.tgrelid
	WHERE NOT t.tgisinternal AND r.relnamespace = current_schema()::regnamespace
	) shape ORDER BY 1`

func TestSchemaDump(t *testing.T) {
	schema, raw := newSchema(t)
	openSchema(t, schema)
	rows, err := raw.QueryContext(t.Context(), dump)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := "-- Written by the tests of this package with -update; do not edit.\n"
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		got += strings.ReplaceAll(line, schema+".", "") + "\n"
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if diff := cmp.Diff(string(want), got); err != nil || diff != "" {
		t.Errorf("%v (-want, +got):\n%s", err, diff)
	}
}

func TestSettings(t *testing.T) {
	schema, _ := newSchema(t)
	db := openSchema(t, schema)
	err := db.Write(t.Context(), func(*store.Tx) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	e := engineOf(t, schema)
	err = e.Write(t.Context(), func(s store.Session) error {
		for setting, want := range map[string]string{
			"synchronous_commit": "on", "transaction_isolation": "serializable", "search_path": schema,
		} {
			rows, err := s.QueryContext(t.Context(), "SELECT current_setting($1)", setting)
			if err != nil {
				return err
			}
			var got string
			for rows.Next() {
				err = rows.Scan(&got)
			}
			_ = rows.Close()
			if err != nil || got != want {
				t.Errorf("%s: %s, want %s (%v)", setting, got, want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func engineOf(t *testing.T, schema string) *engine {
	t.Helper()
	e, err := connect(server(t), schema, direct)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestProcessesThatStartTogetherMakeOneSchema(t *testing.T) {
	schema, _ := newSchema(t)
	failed := make(chan error)
	const processes = 6
	for range processes {
		go func() {
			db, err := Open(t.Context(), server(t), schema)
			if err == nil {
				err = db.Close()
			}
			failed <- err
		}()
	}
	for range processes {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

func TestASchemaIsNamedPlainly(t *testing.T) {
	for _, name := range []string{"", "Upper", "a-b", `a";--`, "1a", strings.Repeat("a", 64)} {
		if _, err := Open(t.Context(), server(t), name); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	_, err := Open(t.Context(), "postgres://nobody:hush-hush@127.0.0.1:1/none?connect_timeout=2", "x")
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "hush-hush") {
		t.Errorf("got %v", err)
	}
}

func TestAConnectionThatIsCutIsUnavailableThenBack(t *testing.T) {
	schema, raw := newSchema(t)
	db := openSchema(t, schema)
	ctx := t.Context()
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.PutPerson(ctx, record.Person{ID: record.NewID[record.Person]()}); err != nil {
			return err
		}
		_, err := raw.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE state = 'idle in transaction' AND pid <> pg_backend_pid() AND query LIKE '%INTO entity%'
			AND application_name = current_setting('application_name')`)
		if err != nil {
			return err
		}
		return tx.PutPerson(ctx, record.Person{ID: record.NewID[record.Person]()})
	})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		return tx.PutPerson(ctx, record.Person{ID: record.NewID[record.Person]()})
	})
	if err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A server puts the values of a row into the DETAIL of its errors.
func TestFaultsCarryNoValue(t *testing.T) {
	schema, _ := newSchema(t)
	db := openSchema(t, schema)
	ctx := t.Context()
	m := record.Member{ID: record.NewID[record.Member](), Name: "Awa Diallo", Login: "awa.diallo"}
	var err error
	for range 2 {
		err = db.Write(ctx, func(tx *store.Tx) error {
			m.ID = record.NewID[record.Member]()
			return tx.PutMember(ctx, m)
		})
	}
	if fault.KindOf(err) != fault.Conflict || strings.Contains(err.Error(), "awa") || !strings.Contains(err.Error(), "member_login_key") {
		t.Errorf("got %v", err)
	}
}
