// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/fault"
)

// errColumn is a column that does not hold what its name says.
var errColumn = errors.New("store: unexpected column")

// row is the current row of a result.
type row interface{ Scan(dest ...any) error }

// list returns every row of a query.
func list[T any](ctx context.Context, r Reader, scan func(row, *T) error, query string, args ...any) ([]T, error) {
	rows, err := r.session.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, r.session.Fault(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		all = append(all, *new(T))
		if err := scan(rows, &all[len(all)-1]); err != nil {
			return nil, r.session.Fault(err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, r.session.Fault(err)
	}
	return all, nil
}

// one returns the first row of a query, Withheld when there is none.
func one[T any](ctx context.Context, r Reader, scan func(row, *T) error, query string, args ...any) (T, error) {
	all, err := list(ctx, r, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = withheld()
	}
	if err != nil {
		return *new(T), err
	}
	return all[0], nil
}

// exec runs a statement and returns how many rows it touched.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.session.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, tx.session.Fault(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, tx.session.Fault(err)
	}
	return n, nil
}

// put runs a statement, however many rows it touches.
func (tx *Tx) put(ctx context.Context, query string, args ...any) error {
	_, err := tx.exec(ctx, query, args...)
	return err
}

// set runs a statement that changes one row, Withheld when there is none.
func (tx *Tx) set(ctx context.Context, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = withheld()
	}
	return err
}

// place runs a statement that allocates a key under an owner. When it placed
// nothing, parent says whether there is an owner at all; if so, it is full.
func (tx *Tx) place(ctx context.Context, parent func() error, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err != nil || n > 0 {
		return err
	}
	if err := parent(); err != nil {
		return err
	}
	return full()
}

func withheld() error { return fault.New(fault.Withheld, "") }

func full() error { return fault.New(fault.Refused, "store.full") }

func conflict() error { return fault.New(fault.Conflict, "") }

// texts refuses what PostgreSQL cannot hold as text, on both databases.
func texts(all ...string) error {
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fault.New(fault.Invalid, "")
		}
	}
	return nil
}

// ident is an id as an argument: NULL when it names nothing.
func ident(id [16]byte) any {
	if id == [16]byte{} {
		return nil
	}
	return id[:]
}

// digest is 32 bytes as an argument.
func digest(h [32]byte) []byte { return h[:] }

// sealed is bytes as an argument: empty, never NULL.
func sealed(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// unless is bytes as an argument: NULL when empty, so that a unique column may
// be empty in many rows.
func unless(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// toID, toHash, toBytes and integer are what the columns of a row are scanned
// into: they copy once, and convert numbers without passing through text.
type (
	toID                [16]byte
	toHash              [32]byte
	toBytes             []byte
	integer[T integral] struct{ to *T }
	integral            interface {
		~uint8 | ~uint32 | ~int64
	}
)

// Scan implements sql.Scanner; NULL is the zero id.
func (id *toID) Scan(src any) error { return fill(id[:], src) }

// Scan implements sql.Scanner; NULL is the zero hash.
func (h *toHash) Scan(src any) error { return fill(h[:], src) }

func fill(to []byte, src any) error {
	clear(to)
	if src == nil {
		return nil
	}
	b, ok := src.([]byte)
	if !ok || len(b) != len(to) {
		return errColumn
	}
	copy(to, b)
	return nil
}

// Scan implements sql.Scanner; NULL and empty are nil.
func (b *toBytes) Scan(src any) error {
	from, ok := src.([]byte)
	if !ok && src != nil {
		return errColumn
	}
	*b = nil
	if len(from) > 0 {
		*b = bytes.Clone(from)
	}
	return nil
}

func number[T integral](to *T) integer[T] { return integer[T]{to} }

// Scan implements sql.Scanner.
func (n integer[T]) Scan(src any) error {
	v, ok := src.(int64)
	if !ok || int64(T(v)) != v {
		return errColumn
	}
	*n.to = T(v)
	return nil
}

func scanNumber(r row, n *int64) error { return r.Scan(n) }
