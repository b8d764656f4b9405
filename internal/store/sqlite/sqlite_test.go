// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
	"depositaire.org/depositaire/internal/store/storetest"
)

var update = flag.Bool("update", false, "write schema.sql")

// childPath names the database of the child process that is killed.
const childPath = "DEPOSITAIRE_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func openAt(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return openAt(t, filepath.Join(t.TempDir(), "rows.db")) })
}

func rawHandle(t *testing.T, path string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", DSN(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return raw
}

const columns = `SELECT m.name || '.' || p.name, p.type FROM sqlite_schema m, pragma_table_info(m.name) p
	WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`

func TestSchema(t *testing.T) {
	storetest.RunRaw(t, func(t *testing.T) storetest.Raw {
		path := filepath.Join(t.TempDir(), "rows.db")
		db := openAt(t, path)
		return storetest.Raw{
			DB: db, SQL: rawHandle(t, path), Columns: columns, Blob: "BLOB",
			Again: func() error {
				_ = db.Close()
				again, err := Open(t.Context(), path)
				if err == nil {
					err = again.Close()
				}
				return err
			},
		}
	})
}

func TestSchemaDump(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.db")
	openAt(t, path)
	rows, err := rawHandle(t, path).QueryContext(t.Context(), `
		SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := "-- Written by the tests of this package with -update; do not edit.\n"
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		got += statement + ";\n"
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
	e, err := open(t.Context(), filepath.Join(t.TempDir(), "a name with ?, # and é.db"), direct)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "temp_store": "2",
		"trusted_schema": "0", "busy_timeout": "5000", "recursive_triggers": "1",
	} {
		for half, handle := range map[string]interface {
			QueryRowContext(context.Context, string, ...any) *sql.Row
		}{"readers": e.pool, "writer": e.w.conn} {
			var got string
			if err := handle.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s of the %s: %s, want %s (%v)", pragma, half, got, want, err)
			}
		}
	}
	if _, err := e.pool.ExecContext(t.Context(), "CREATE TABLE x (y)"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestFilesAreForTheirOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

// TestAClosedStoreLeavesNoFileOpen: the last connection that is closed takes the
// WAL in and removes it.
//
// Seen to kill: the writer's statements left open.
func TestAClosedStoreLeavesNoFileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if diff := cmp.Diff([]string{path, path + "-lock"}, files); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestOneProcessServesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.db")
	db := openAt(t, path)
	_, err := Open(t.Context(), path)
	if fault.KindOf(err) != fault.Unavailable || fault.As(err).Key != "store.locked" {
		t.Errorf("got %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
}

func TestAFileThatCannotBeOpenedIsUnavailable(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{garbage, filepath.Join(t.TempDir(), "absent", "rows.db"), t.TempDir()} {
		_, err := Open(t.Context(), path)
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	}
}

func TestAFullDiskIsUnavailableUntilThereIsRoom(t *testing.T) {
	e, err := open(t.Context(), filepath.Join(t.TempDir(), "rows.db"), direct)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.New(t.Context(), e, dialect())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	service := func(size int) error {
		s := record.Service{ID: record.NewID[record.Service](), Name: strings.Repeat("x", size)}
		return db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutService(t.Context(), s) })
	}
	if err := e.w.exec("PRAGMA max_page_count = 200"); err != nil {
		t.Fatal(err)
	}
	big := make(chan error)
	go func() { big <- service(10 << 20) }()
	small := service(10)
	if err := <-big; fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "xxx") {
		t.Errorf("got %.200v", err)
	}
	if small != nil {
		t.Errorf("what fits beside: %v", small)
	}
	if err := e.w.exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if err := service(10 << 20); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// An errant ROLLBACK stands for what SQLite does after some errors of the disk:
// it gives the whole group's transaction up.
func TestALostTransactionIsRunAgainForTheOthers(t *testing.T) {
	e, err := open(t.Context(), filepath.Join(t.TempDir(), "rows.db"), direct)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	own := errors.New("its own")
	started, release := make(chan struct{}), make(chan struct{})
	runs := 0
	first := newJob(t, func(store.Session) error {
		if runs++; runs == 1 {
			close(started)
			<-release // so that the others wait and join the group
		}
		return nil
	})
	good := newJob(t, func(s store.Session) error { _, err := s.ExecContext(t.Context(), "CREATE TABLE a (b)"); return err })
	bad := newJob(t, func(store.Session) error { _ = e.w.exec("ROLLBACK"); return own })
	e.w.queue <- first
	<-started
	go func() { e.w.queue <- good; e.w.queue <- bad }()
	time.AfterFunc(2*time.Millisecond, func() { close(release) })
	for _, j := range []*job{first, good, bad} {
		<-j.done
	}
	if first.err != nil || good.err != nil || !errors.Is(bad.err, own) {
		t.Errorf("got %v, %v, %v", first.err, good.err, bad.err)
	}
	rows, err := e.QueryContext(t.Context(), "SELECT b FROM a")
	if err != nil {
		t.Fatalf("the good one's table: %v", err)
	}
	_ = rows.Close()
}

func newJob(t *testing.T, fn func(store.Session) error) *job {
	t.Helper()
	return &job{ctx: t.Context(), fn: fn, done: make(chan struct{})}
}

// recorder notes what a store asks.
type recorder struct {
	*engine
	asked []string
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.asked = append(r.asked, query)
	return r.engine.QueryContext(ctx, query, args...)
}

// TestAbsentAndWithheldRunTheSameStatements counts them.
//
// Seen to kill: looking first whether the person exists.
func TestAbsentAndWithheldRunTheSameStatements(t *testing.T) {
	e, err := open(t.Context(), filepath.Join(t.TempDir(), "rows.db"), direct)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{engine: e}
	db, err := store.New(t.Context(), r, dialect())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	withheld := record.NewID[record.Person]()
	err = db.Write(t.Context(), func(tx *store.Tx) error { return tx.PutPerson(t.Context(), record.Person{ID: withheld}) })
	if err != nil {
		t.Fatal(err)
	}
	scope := record.NewScope(record.NewID[record.Member](), []record.ServiceID{record.NewID[record.Service](), record.NewID[record.Service]()})
	ask := func(id record.PersonID) []string {
		r.asked = nil
		if _, err := db.ScopedPerson(t.Context(), scope, id); fault.KindOf(err) != fault.Withheld {
			t.Errorf("got %v", err)
		}
		_, _ = db.ScopedCasesOfPerson(t.Context(), scope, id)
		return r.asked
	}
	want := ask(withheld)
	if diff := cmp.Diff(want, ask(record.NewID[record.Person]())); diff != "" || len(want) != 4 {
		t.Errorf("%d statements (-withheld, +absent):\n%s", len(want), diff)
	}
}

// writeUntilKilled writes persons one after the other, eight hands at once, and
// prints each once it is acknowledged.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for range 8 {
		go func() {
			for {
				id := record.NewID[record.Person]()
				err := db.Write(ctx, func(tx *store.Tx) error { return tx.PutPerson(ctx, record.Person{ID: id}) })
				if err != nil {
					failed <- err
					return
				}
				fmt.Println(id)
			}
		}()
	}
	return <-failed
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.db")
	var acknowledged []record.PersonID
	for range 5 {
		acknowledged = append(acknowledged, killAfter(t, path, 100)...)
	}
	db := openAt(t, path)
	for _, id := range acknowledged {
		o := record.Object{ID: record.NewID[record.Object](), Owner: record.OwnerOf(record.OwnerPerson, id)}
		err := db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.PutObject(t.Context(), o); return err })
		if err != nil {
			t.Errorf("%v was acknowledged and lost: %v", id, err)
		}
	}
}

// killAfter kills a writing child after n acknowledgements and returns all that
// it printed.
func killAfter(t *testing.T, path string, n int) []record.PersonID {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var all []record.PersonID
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, err := record.ParseID[record.Person](lines.Text())
		if err != nil {
			break // cut by the kill
		}
		if all = append(all, id); len(all) == n {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(all) < n {
		t.Fatalf("the child acknowledged %d writes", len(all))
	}
	return all
}
