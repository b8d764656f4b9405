// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// Step is one thing that a transaction does: a statement, or what begins, keeps,
// undoes and ends it.
type Step struct {
	Query     string
	Args      []driver.NamedValue
	Committed bool // nothing is asked: what was asked is durable, nobody knows yet
}

// Watch is told each step before it is taken, from the goroutine that takes it.
// Its error is what the database answers instead.
type Watch func(Step) error

// Through puts watch between a store and its driver. What is asked outside of
// transactions is not a step.
func Through(watch Watch) func(driver.Connector) driver.Connector {
	return func(c driver.Connector) driver.Connector { return watched{c, watch, false} }
}

// Every is Through for what is asked outside of transactions too.
func Every(watch Watch) func(driver.Connector) driver.Connector {
	return func(c driver.Connector) driver.Connector { return watched{c, watch, true} }
}

type watched struct {
	driver.Connector
	watch Watch
	every bool
}

// Connect implements driver.Connector.
func (w watched) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, watch: w.watch, every: w.every}, nil
}

// conn is one connection, and whether it is in a transaction.
type conn struct {
	driver.Conn
	watch Watch
	every bool
	in    bool
}

// asked tells a step, and follows where the transaction is.
func (c *conn) asked(query string, args []driver.NamedValue) error {
	c.in = c.in || strings.HasPrefix(query, "BEGIN")
	if !c.in && !c.every {
		return nil
	}
	err := c.watch(Step{Query: query, Args: args})
	if err != nil && strings.HasPrefix(query, "BEGIN") {
		c.in = false
	}
	return err
}

// done follows a step that was taken.
func (c *conn) done(query string, err error) error {
	switch {
	case query == "COMMIT" && err == nil:
		c.in = false
		return c.watch(Step{Query: query, Committed: true})
	case query == "ROLLBACK" || query == "COMMIT" && err != nil:
		c.in = false
	}
	return err
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &stmt{s, c, query}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.asked("BEGIN", nil); err != nil {
		return nil, err
	}
	t, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return tx{t, c}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.asked(query, args); err != nil {
		return nil, err
	}
	r, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	return r, c.done(query, err)
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.asked(query, args); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if by, ok := c.Conn.(driver.NamedValueChecker); ok {
		return by.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// ResetSession implements driver.SessionResetter.
func (c *conn) ResetSession(ctx context.Context) error {
	if by, ok := c.Conn.(driver.SessionResetter); ok {
		return by.ResetSession(ctx)
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *conn) IsValid() bool {
	by, ok := c.Conn.(driver.Validator)
	return !ok || by.IsValid()
}

// stmt is a prepared statement of a connection.
type stmt struct {
	driver.Stmt
	on    *conn
	query string
}

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.on.asked(s.query, args); err != nil {
		return nil, err
	}
	r, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return r, s.on.done(s.query, err)
}

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.on.asked(s.query, args); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

// tx is a transaction that database/sql began.
type tx struct {
	driver.Tx
	on *conn
}

// Commit implements driver.Tx. A commit that the test fails was not asked.
func (t tx) Commit() error {
	if err := t.on.asked("COMMIT", nil); err != nil {
		t.on.in = false
		return errors.Join(err, t.Tx.Rollback())
	}
	return t.on.done("COMMIT", t.Tx.Commit())
}

// Rollback implements driver.Tx.
func (t tx) Rollback() error {
	t.on.in = false
	return t.Tx.Rollback()
}
