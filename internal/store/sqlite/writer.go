// SPDX-License-Identifier: AGPL-3.0-or-later

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/store"
)

// A group is what waits when the writer is free, so that one sync serves many;
// the bounds keep the first of a group from waiting for the last.
const (
	groupSize = 64
	groupTime = 5 * time.Millisecond
)

var (
	errClosed = errors.New("sqlite: closed")
	errLost   = errors.New("sqlite: transaction lost")
)

// job is one closure that waits to be written.
type job struct {
	ctx      context.Context //nolint:containedctx // a job is a call in transit to the writer
	fn       func(store.Session) error
	err      error
	panicked any
	done     chan struct{}
}

// writer is the one connection that writes, and its goroutine.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	run   *statements
	queue chan *job
	quit  chan struct{}
	gone  chan struct{}
	once  sync.Once
}

func startWriter(ctx context.Context, path string, through Through) (*writer, error) {
	db, err := pool(DSN(path), through)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(sorted(err), db.Close())
	}
	w := &writer{
		db: db, conn: conn, run: newStatements(conn),
		queue: make(chan *job), quit: make(chan struct{}), gone: make(chan struct{}),
	}
	go w.serve()
	return w, nil
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.gone
	return errors.Join(w.run.close(), w.conn.Close(), w.db.Close())
}

// write hands fn to the writer and waits for its answer, which comes after the
// commit. A ctx that ends while fn waits its turn keeps it from running.
func (w *writer) write(ctx context.Context, fn func(store.Session) error) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case w.queue <- j:
	case <-w.gone:
		return sorted(errClosed)
	case <-ctx.Done():
		return sorted(ctx.Err())
	}
	select {
	case <-j.done:
	case <-w.gone: // a closure called runtime.Goexit, as a failing test does
		return sorted(errClosed)
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

func (w *writer) serve() {
	defer close(w.gone)
	for {
		select {
		case j := <-w.queue:
			w.group(j)
		case <-w.quit:
			return
		}
	}
}

// group runs the jobs that wait in one transaction and answers them.
func (w *writer) group(first *job) {
	jobs, err := w.collect(first)
	if errors.Is(err, errLost) && len(jobs) > 1 {
		for _, j := range jobs {
			w.alone(j)
		}
		return
	}
	for _, j := range jobs {
		j.answer(err)
	}
}

// alone runs a job again after another one of its group made SQLite give the
// whole transaction up. A job that failed by itself keeps its answer.
func (w *writer) alone(j *job) {
	if j.failed() {
		close(j.done)
		return
	}
	err := w.exec("BEGIN IMMEDIATE")
	if err == nil {
		err = w.commit(w.apply(j))
	}
	j.answer(err)
}

// collect runs the first job and those that wait, and commits. The first needs no
// savepoint: when it fails nothing else is there to keep. Under one, SQLite walks at
// each statement through what it keeps to undo those before, which makes a closure of
// a thousand statements cost twice as much.
func (w *writer) collect(first *job) ([]*job, error) {
	jobs := []*job{first}
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return jobs, err
	}
	enough := time.After(groupTime)
	if first.begin(&transaction{statements: w.run}); first.failed() {
		_ = w.exec("ROLLBACK") // fails when SQLite has rolled back already
		return jobs, nil
	}
	var err error
	for err == nil && len(jobs) < groupSize {
		j := w.next(enough)
		if j == nil {
			break
		}
		jobs = append(jobs, j)
		err = w.apply(j)
	}
	return jobs, w.commit(err)
}

// next returns a job that waits already, nil when there is none or it is time.
func (w *writer) next(enough <-chan time.Time) *job {
	select {
	case <-enough:
		return nil
	default:
	}
	select {
	case j := <-w.queue:
		return j
	default:
		return nil
	}
}

// commit ends the transaction: by a rollback when err says that it is lost.
func (w *writer) commit(err error) error {
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		_ = w.exec("ROLLBACK") // fails when SQLite has rolled back already
	}
	return err
}

// apply runs a job under a savepoint. Its error is the transaction's: a job
// that fails is undone and keeps its own.
func (w *writer) apply(j *job) error {
	if err := w.exec("SAVEPOINT job"); err != nil {
		return errLost
	}
	j.begin(&transaction{statements: w.run})
	if j.failed() && w.exec("ROLLBACK TO job") != nil {
		return errLost
	}
	if w.exec("RELEASE job") != nil {
		return errLost
	}
	return nil
}

func (w *writer) exec(statement string) error {
	_, err := w.run.ExecContext(context.Background(), statement)
	return err
}

func (j *job) failed() bool { return j.err != nil || j.panicked != nil }

// begin runs the closure unless its caller has left.
func (j *job) begin(tx *transaction) {
	if err := j.ctx.Err(); err != nil {
		j.err = sorted(err)
		return
	}
	j.call(tx)
}

// call runs the closure, keeping its panic for the caller's goroutine.
func (j *job) call(tx *transaction) {
	defer func() { j.panicked = recover() }()
	j.err = j.fn(tx)
	if j.err == nil {
		j.err = tx.failed
	}
}

// answer releases the job's caller; err is the transaction's.
func (j *job) answer(err error) {
	if err != nil && j.err == nil {
		j.err = sorted(err)
	}
	close(j.done)
}

// transaction is the session of one job. It outlives its context: interrupting
// one statement would undo the whole group.
type transaction struct {
	*statements
	failed error
}

// QueryContext implements store.Session.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.statements.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// ExecContext implements store.Session.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.statements.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// Fault implements store.Session.
func (t *transaction) Fault(err error) error {
	err = sorted(err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}
