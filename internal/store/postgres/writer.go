// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/store"
)

const (
	attempts  = 20               // of one closure
	groupSize = 64               // closures in one transaction
	groupTime = 30 * time.Second // of a group: what takes longer is done alone, for as long as its caller waits
)

var errLost = errors.New("postgres: transaction lost")

// job is one closure that waits to be written.
type job struct {
	ctx      context.Context //nolint:containedctx // a job is a call in transit to the writer
	fn       func(store.Session) error
	err      error
	panicked any
	done     chan struct{}
}

// writer is what waits to be written. One goroutine writes while something waits:
// rows that are new stand side by side, so that two transactions that add some
// disturb each other and one of them is run again, whatever they are about. Those of
// this process therefore go one after the other, and those that wait go together.
type writer struct {
	mu      sync.Mutex
	waiting []*job
	busy    bool
}

// Write implements store.Engine.
func (e *engine) Write(ctx context.Context, fn func(store.Session) error) error {
	j := &job{ctx: ctx, fn: fn, done: make(chan struct{})}
	e.w.mu.Lock()
	e.w.waiting = append(e.w.waiting, j)
	if !e.w.busy {
		e.w.busy = true
		go e.serve()
	}
	e.w.mu.Unlock()
	<-j.done
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

// take returns the next group, nil when nothing waits: the writer then ends.
func (w *writer) take() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), groupSize)
	jobs := w.waiting[:n:n]
	w.waiting = w.waiting[n:]
	w.busy = n > 0
	return jobs
}

func (e *engine) serve() {
	var jobs []*job
	defer func() {
		if len(jobs) > 0 { // a closure called runtime.Goexit, as a failing test does
			answer(jobs, fault.Because(fault.Unavailable, errLost))
			go e.serve()
		}
	}()
	for jobs = e.w.take(); len(jobs) > 0; jobs = e.w.take() {
		if len(jobs) == 1 || !e.together(jobs) {
			for _, j := range jobs {
				e.alone(j)
			}
		}
		answer(jobs, nil)
	}
}

// answer releases the callers; err, if any, is what they are told.
func answer(jobs []*job, err error) {
	for _, j := range jobs {
		if err != nil {
			j.err = err
		}
		close(j.done)
	}
}

// together runs a group in one transaction, each job under a savepoint: one that
// fails is undone and keeps its error. It reports whether the group is answered; if
// not, nothing of it is committed.
func (e *engine) together(jobs []*job) bool {
	ctx, cancel := context.WithTimeout(context.Background(), groupTime)
	defer cancel()
	tx, err := e.begin(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	for _, j := range jobs {
		if !j.within(ctx, tx) {
			return false
		}
	}
	if ctx.Err() != nil {
		return false // nobody asked for the commit yet
	}
	if err := tx.Commit(); err != nil {
		if raced(err) {
			return false
		}
		for _, j := range jobs { // committed perhaps: run again, it might be there twice
			if j.err == nil {
				j.err = sorted(err)
			}
		}
	}
	return true
}

// within runs a job under a savepoint and reports whether the transaction goes on.
func (j *job) within(ctx context.Context, tx *sql.Tx) bool {
	if err := j.ctx.Err(); err != nil {
		j.err = sorted(err)
		return true
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return false
	}
	t := &transaction{Tx: tx, group: ctx}
	j.call(t)
	if t.again {
		return false
	}
	end := "RELEASE SAVEPOINT job"
	if j.err != nil || j.panicked != nil {
		end = "ROLLBACK TO SAVEPOINT job"
	}
	_, err := tx.ExecContext(ctx, end)
	return err == nil
}

// call runs the closure, keeping its panic for the caller's goroutine.
func (j *job) call(t *transaction) {
	defer func() { j.panicked = recover() }()
	j.err = j.fn(t)
	if j.err == nil {
		j.err = t.failed
	}
}

// alone runs a job in a transaction of its own, again as long as it loses a race
// against another process.
func (e *engine) alone(j *job) {
	again := true
	for n := 0; again && n < attempts && (n == 0 || j.ctx.Err() == nil); n++ {
		again = e.try(j)
	}
}

// try runs a job in one transaction and reports whether it lost a race.
func (e *engine) try(j *job) (again bool) {
	tx, err := e.begin(j.ctx)
	if err != nil {
		j.err = sorted(err)
		return false
	}
	t := &transaction{Tx: tx}
	defer func() { _ = tx.Rollback() }() // of a panic or a failure; nothing after a commit
	j.call(t)
	if j.err != nil || j.panicked != nil {
		return t.again && j.panicked == nil
	}
	if err := tx.Commit(); err != nil {
		j.err = sorted(err)
		return raced(err)
	}
	return false
}

func (e *engine) begin(ctx context.Context) (*sql.Tx, error) {
	return e.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
}

// transaction is the session of one job.
type transaction struct {
	*sql.Tx
	group  context.Context //nolint:containedctx // that of all who share the transaction; nil when alone
	failed error
	again  bool
}

// until is the context of a statement. A caller who leaves may not break the
// transaction of the others.
func (t *transaction) until(ctx context.Context) context.Context {
	if t.group != nil {
		return t.group
	}
	return ctx
}

// QueryContext implements store.Session.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.Tx.QueryContext(t.until(ctx), query, args...)
}

// ExecContext implements store.Session.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.Tx.ExecContext(t.until(ctx), query, args...)
}

// Fault implements store.Session.
func (t *transaction) Fault(err error) error {
	t.again = t.again || raced(err)
	err = sorted(err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}
