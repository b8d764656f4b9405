// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Snapshot is one state of a database, while others write.
type Snapshot interface {
	FileReader
	Schema(ctx context.Context) (int64, error)
	Tables() ([]string, error)
	Rows(ctx context.Context, table string, begin func(columns []string) error, row func(values []any) error) error
}

// Recipient is one of those who may open backups, Identity their offline key.
type (
	Recipient = age.Recipient
	Identity  = age.Identity
)

// NewKey returns the file of a new offline key, of the kind that age calls hybrid,
// and its recipient.
func NewKey() (file, recipient string, err error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", "", fault.Because(fault.Internal, err)
	}
	recipient = key.Recipient().String()
	return fmt.Sprintf("# public: %s\n%s\n", recipient, key), recipient, nil
}

// Backup is what one needs to take a backup.
type Backup struct {
	Snapshot   func(context.Context, func(Snapshot) error) error
	Files      func(record.FileID) (io.ReadCloser, error) // the ciphertext files; nil: there are none
	Host       *strongroom.Host
	Secrets    []byte // the host's file
	Recipients []Recipient
	Now        func() time.Time
}

// Taken is what a backup left: two files that only its recipients open.
type Taken struct {
	Database, Secrets string // their paths
	At                time.Time
	Rows, Files       int
	Lost              int // files that are not what their rows say: not in the backup
	Schema            int64
}

// Recipients reads the file of those who may open backups: age's own format, a
// recipient a line. It wants two at least, each once (secrecy.md §9): one key
// lost must not lose everything.
func Recipients(r io.Reader) ([]Recipient, error) {
	all, err := age.ParseRecipients(r)
	if err != nil {
		return nil, fault.New(fault.Invalid, "fault.backup_recipients")
	}
	seen := map[string]bool{}
	for _, one := range all {
		seen[fmt.Sprint(one)] = true
	}
	if len(seen) < 2 || len(seen) < len(all) {
		return nil, fault.New(fault.Refused, "fault.backup_two_recipients")
	}
	return all, nil
}

// To takes a backup into a folder that is there: both files or none, each written,
// synced and named last. Nothing of it touches the disk in clear.
func (b Backup) To(ctx context.Context, dir string) (Taken, error) {
	if len(b.Recipients) < 2 {
		return Taken{}, fault.New(fault.Refused, "fault.backup_two_recipients")
	}
	h := header{ID: newHeaderID(), Organisation: b.Host.Organisation(), At: b.Now().Unix()}
	at := time.Unix(h.At, 0).UTC()
	stem := filepath.Join(dir, fmt.Sprintf("depositaire-%s-%.6s-", at.Format("2006-01-02-1504"), h.ID))
	out := Taken{Database: stem + "database.age", Secrets: stem + "host-secrets.age", At: at}
	err := b.seal(out.Database, func(w io.Writer) error { return b.database(ctx, w, &h, &out) })
	if err != nil {
		return Taken{}, err
	}
	if err := b.seal(out.Secrets, func(w io.Writer) error { return b.secrets(w, h) }); err != nil {
		return Taken{}, errors.Join(err, os.Remove(out.Database))
	}
	return out, nil
}

// database writes every row of one state of the database.
func (b Backup) database(ctx context.Context, w io.Writer, h *header, out *Taken) error {
	return b.Snapshot(ctx, func(s Snapshot) (err error) {
		h.Purpose = ofDatabase
		if h.Schema, err = s.Schema(ctx); err != nil {
			return err
		}
		c, err := newCopyWriter(w, *h)
		if err != nil {
			return err
		}
		err = copyTables(ctx, s, c)
		out.Rows, out.Schema = int(c.rows), h.Schema //nolint:gosec // rows are far below 2⁶³
		if err == nil && b.Files != nil {
			err = b.copyFiles(ctx, s, c, out)
		}
		if err != nil {
			return err
		}
		return c.end(b.Host.SignCopy)
	})
}

func copyTables(ctx context.Context, s Snapshot, c *copyWriter) error {
	tables, err := s.Tables()
	if err != nil {
		return err
	}
	for _, table := range tables {
		begin := func(columns []string) error { return c.table(table, columns) }
		if err := s.Rows(ctx, table, begin, c.row); err != nil {
			return err
		}
	}
	return nil
}

func (b Backup) secrets(w io.Writer, h header) error {
	h.Purpose = ofSecrets
	c, err := newCopyWriter(w, h)
	if err != nil {
		return err
	}
	if err := c.frame(frameSecret, b.Secrets); err != nil {
		return err
	}
	return c.end(b.Host.SignCopy)
}

// seal writes one file to the recipients, under another name until it is whole.
func (b Backup) seal(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return noFile(err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(b.encrypt(f, write), flush(f)); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return noFile(err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return noFile(err)
	}
	return nil
}

func (b Backup) encrypt(f io.Writer, write func(io.Writer) error) error {
	sealed, err := age.Encrypt(f, b.Recipients...)
	if err != nil { // age does not mix hybrid recipients with others
		return fault.New(fault.Refused, "fault.backup_mixed_recipients")
	}
	w := bufio.NewWriterSize(sealed, 64<<10)
	if err := write(w); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), sealed.Close()); err != nil {
		return noFile(err)
	}
	return nil
}

// flush puts a file on the disk.
func flush(f *os.File) error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return noFile(err)
	}
	return nil
}

// noFile says that a file could not be written, and why, without its content.
func noFile(err error) error {
	f := fault.Because(fault.Unavailable, err)
	f.Key = "fault.backup_file"
	return f
}
