// SPDX-License-Identifier: AGPL-3.0-or-later

// Package store keeps rows: sealed bytes, random ids and their links, and the
// few clear columns of secrecy.md §2bis. It opens nothing and judges nothing;
// lists of persons and cases are cut by a record.Scope. One SQL text serves
// SQLite and PostgreSQL, which store/sqlite and store/postgres open.
//
// Methods return faults: Withheld for a row that is not there, Conflict for one
// that is there already, Refused with the key "store.full" when an owner has
// 2^20 rows of a kind, Invalid for a text no database can hold, Unavailable
// when the disk or the database cannot serve. No fault carries a value.
package store

import (
	"context"
	"database/sql"
)

// Session runs statements, in a transaction or outside of any.
type Session interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)

	// Fault turns an error of the driver into a fault. In a transaction it also
	// dooms it: PostgreSQL accepts no statement after a failed one, so neither
	// database commits a closure that swallowed an error.
	Fault(err error) error
}

// Engine is one open database. Its own Session reads outside of transactions.
type Engine interface {
	Session

	// Write runs fn in a transaction and returns once it is durable.
	Write(ctx context.Context, fn func(Session) error) error

	// Snapshot runs fn on one state of the database, which it may only read.
	Snapshot(ctx context.Context, fn func(Session) error) error
	Close() error
}

// DB is one organisation's database. It is safe for concurrent use.
type DB struct {
	Reader
	engine Engine
}

// Reader reads rows. Lists come in the order in which the rows were put, unless
// the method says otherwise; what is not there is an empty list or a Withheld.
type Reader struct{ session Session }

// Tx reads and writes inside one transaction.
type Tx struct {
	Reader
	writable bool // asked already: see record
}

// New brings engine's tables up to date and returns its store.
func New(ctx context.Context, engine Engine, dialect Dialect) (*DB, error) {
	err := engine.Write(ctx, func(s Session) error { return migrate(ctx, s, dialect, Newest()) })
	if err != nil {
		return nil, err
	}
	return &DB{Reader: Reader{engine}, engine: engine}, nil
}

// Look returns a store over engine's tables as they are: nothing is brought up
// to date, so that who only looks changes nothing.
func Look(engine Engine) *DB { return &DB{Reader: Reader{engine}, engine: engine} }

// Write runs fn in one transaction and returns when it is durable, or when
// nothing of it is kept. fn may run more than once: it touches nothing but its
// Tx, calls no Write, and overwrites what it hands out. A panic of fn undoes
// its writes and goes on in the caller.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return db.engine.Write(ctx, func(s Session) error { return fn(&Tx{Reader: Reader{s}}) })
}

// Close waits for the writes under way and closes the database.
func (db *DB) Close() error { return db.engine.Close() }
