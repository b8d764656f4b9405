// SPDX-License-Identifier: AGPL-3.0-or-later

package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"depositaire.org/depositaire/internal/fault"
)

// The SQLSTATE codes that are told apart.
const (
	foreignKey     = "23503"
	unique         = "23505"
	notInRepertory = "22021" // bytes that are no text, U+0000 included
	untranslatable = "22P05"
	readOnly       = "25006"
	serialization  = "40001"
	deadlock       = "40P01"
	duplicateTable = "42P07"
)

// raced reports an error that running the closure again may cure: a lost race
// for the order of transactions, for an allocated key, or, when two processes
// start together, for a table.
func raced(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case serialization, deadlock, duplicateTable:
		return true
	case unique:
		return strings.HasSuffix(e.ConstraintName, "_pkey") || strings.HasPrefix(e.ConstraintName, "pg_")
	}
	return false
}

// sorted turns an error into a fault. The server's message, detail and hint may
// carry values: only the code and the constraint's name go on.
func sorted(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return fault.Because(kindOf(e.Code), fmt.Errorf("postgres: SQLSTATE %s %s", e.Code, e.ConstraintName))
	}
	if gone(err) {
		return fault.Because(fault.Unavailable, err)
	}
	return fault.Because(fault.Internal, fmt.Errorf("postgres: %T", err))
}

// gone reports an error of the connection, which names no value.
func gone(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) ||
		err.Error() == "sql: database is closed" // database/sql does not export it
}

func kindOf(code string) fault.Kind {
	switch code {
	case unique:
		return fault.Conflict
	case foreignKey: // what the row refers to is not there
		return fault.Withheld
	case notInRepertory, untranslatable:
		return fault.Invalid
	case readOnly, serialization, deadlock:
		return fault.Unavailable
	}
	switch code[:min(2, len(code))] {
	case "08", "53", "57", "58", "XX": // connection, resources, operator, system, corruption
		return fault.Unavailable
	}
	return fault.Internal
}
