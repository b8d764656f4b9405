// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

func newHeaderID() record.ID[header] { return record.NewID[header]() }

// Filler adds the rows of a backup to an empty database.
type Filler interface {
	Table(ctx context.Context, name string, columns []string) error
	Row(ctx context.Context, values []any) error
}

// Restore is a backup about to be put back elsewhere.
type Restore struct {
	Path       string // of the database's file
	Identities []Identity
	Host       *strongroom.Host
	File       func(id record.FileID, content []byte) error // puts one ciphertext file back
	header     header
}

// Kept is the other file of a backup, opened: the host's secrets.
type Kept struct {
	File   []byte // as it stood on the host
	Host   *strongroom.Host
	header header
}

// SecretsBeside names the host secrets' file that a backup left beside its
// database's.
func SecretsBeside(database string) string {
	return strings.TrimSuffix(database, "database.age") + "host-secrets.age"
}

// Identities reads the file of a key that opens backups, in age's own format.
func Identities(r io.Reader) ([]Identity, error) {
	all, err := age.ParseIdentities(r)
	if err != nil {
		return nil, fault.New(fault.Invalid, "fault.backup_key")
	}
	return all, nil
}

// OpenSecrets opens the file of a backup's host secrets.
func OpenSecrets(path string, keys []Identity) (Kept, error) {
	c, done, err := openCopy(path, keys, ofSecrets)
	if err != nil {
		return Kept{}, err
	}
	defer done()
	kind, file, err := c.next()
	if err != nil || kind != frameSecret {
		return Kept{}, errDamaged
	}
	kind, last, err := c.next()
	if err != nil || kind != frameEnd {
		return Kept{}, errDamaged
	}
	host, err := strongroom.LoadHost(file, nil)
	if err != nil {
		return Kept{}, errDamaged
	}
	if err := c.end(last, host.SignedCopy); err != nil {
		return Kept{}, err
	}
	if host.Organisation() != c.header.Organisation {
		return Kept{}, errSwapped
	}
	return Kept{file, host, c.header}, nil
}

// OpenBackup looks at the file of a backup's database, which the host of kept must
// have signed. Both files are of one backup, or it is refused.
func OpenBackup(path string, keys []Identity, kept Kept) (*Restore, error) {
	c, done, err := openCopy(path, keys, ofDatabase)
	if err != nil {
		return nil, err
	}
	defer done()
	if c.header.ID != kept.header.ID || c.header.Organisation != kept.header.Organisation {
		return nil, errSwapped
	}
	return &Restore{Path: path, Identities: keys, Host: kept.Host, header: c.header}, nil
}

// Taken returns when the backup was taken.
func (r *Restore) Taken() time.Time { return time.Unix(r.header.At, 0).UTC() }

// Schema returns the number of the last migration of the backup's database.
func (r *Restore) Schema() int64 { return r.header.Schema }

// Fill adds every row of the backup. It reads the file from its beginning, and
// fails at its end when anything in it is not what the host signed: the caller's
// transaction keeps all of it or nothing.
func (r *Restore) Fill(ctx context.Context, to Filler) error {
	c, done, err := openCopy(r.Path, r.Identities, ofDatabase)
	if err != nil {
		return err
	}
	defer done()
	return fill(ctx, c, to, r.File, r.Host)
}

// fill adds the rows that a copy holds, and checks at the end that host signed it.
func fill(ctx context.Context, c *copyReader, to Filler, file func(record.FileID, []byte) error, host *strongroom.Host) error {
	for {
		kind, payload, err := c.next()
		if err != nil {
			return err
		}
		switch kind {
		case frameTable:
			err = fillTable(ctx, to, payload)
		case frameRow:
			c.rows++
			err = fillRow(ctx, to, payload)
		case frameFile:
			err = putBack(file, payload)
		case frameEnd:
			return c.end(payload, host.SignedCopy)
		default:
			err = errDamaged
		}
		if err != nil {
			return err
		}
	}
}

func fillTable(ctx context.Context, to Filler, payload []byte) error {
	name, columns, err := decodeTable(payload)
	if err != nil {
		return err
	}
	return to.Table(ctx, name, columns)
}

func fillRow(ctx context.Context, to Filler, payload []byte) error {
	values, err := decodeRow(payload)
	if err != nil {
		return err
	}
	return to.Row(ctx, values)
}

func putBack(put func(record.FileID, []byte) error, payload []byte) error {
	if put == nil || len(payload) < len(record.FileID{}) {
		return errDamaged
	}
	id := record.FileID(payload[:len(record.FileID{})])
	return put(id, payload[len(id):])
}

// openCopy opens one file of a backup with an offline key.
func openCopy(path string, keys []Identity, of purpose) (*copyReader, func(), error) {
	f, err := os.Open(path) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, nil, noFile(err)
	}
	done := func() { _ = f.Close() }
	plain, err := age.Decrypt(bufio.NewReader(f), keys...)
	if err == nil {
		var c *copyReader
		if c, err = newCopyReader(bufio.NewReaderSize(plain, 64<<10), of); err == nil {
			return c, done, nil
		}
	}
	done()
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		err = fault.New(fault.Refused, "fault.backup_other_key")
	case fault.KindOf(err) == fault.Internal:
		err = errDamaged
	}
	return nil, nil, err
}
