// SPDX-License-Identifier: AGPL-3.0-or-later

package upkeep

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
)

// The inside of a backup's files (doc/format.md, doc/adr/0011): a line that names
// the format, then frames. A frame is a kind, a 32-bit length and that many bytes.
const copyLabel = "depositaire copy 1\n"

// The kinds of frames, in the order in which they come.
const (
	frameHeader byte = 'h'
	frameTable  byte = 't'
	frameRow    byte = 'r'
	frameFile   byte = 'f' // one ciphertext file
	frameSecret byte = 's' // the host's file, instead of tables and rows
	frameEnd    byte = 'e'
)

// The kinds of values.
const (
	valueNull byte = iota
	valueNumber
	valueFalse
	valueTrue
	valueText
	valueBytes
)

// maxFrame bounds a row, in bytes: a version is at most about 1 MB.
const maxFrame = 64 << 20

var (
	errDamaged = fault.New(fault.Unavailable, "fault.backup_damaged")
	errSwapped = fault.New(fault.Refused, "fault.backup_swapped")
)

// purpose says which of a backup's two files one is.
type purpose byte

const (
	ofDatabase purpose = iota + 1
	ofSecrets
)

// header begins both files of a backup.
type header struct {
	Purpose      purpose
	ID           record.ID[header] // of the backup: the same in both files
	Organisation record.OrganisationID
	At           int64 // seconds since 1970
	Schema       int64 // number of the database's last migration
}

func (h header) encode() []byte {
	b := append([]byte{byte(h.Purpose)}, h.ID[:]...)
	b = append(b, h.Organisation[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.At))        //nolint:gosec // two's complement, undone by decodeHeader
	return binary.BigEndian.AppendUint64(b, uint64(h.Schema)) //nolint:gosec // the same
}

func decodeHeader(b []byte) (header, error) {
	if len(b) != 1+16+16+8+8 {
		return header{}, errDamaged
	}
	return header{
		Purpose: purpose(b[0]), ID: record.ID[header](b[1:17]), Organisation: record.OrganisationID(b[17:33]),
		At: int64(binary.BigEndian.Uint64(b[33:])), Schema: int64(binary.BigEndian.Uint64(b[41:])), //nolint:gosec // two's complement
	}, nil
}

// copyWriter writes one file.
type copyWriter struct {
	to   io.Writer
	sum  hash.Hash
	rows uint64
}

func newCopyWriter(to io.Writer, h header) (*copyWriter, error) {
	c := &copyWriter{to: to, sum: sha256.New()}
	if err := c.write([]byte(copyLabel)); err != nil {
		return nil, err
	}
	return c, c.frame(frameHeader, h.encode())
}

func (c *copyWriter) write(b []byte) error {
	c.sum.Write(b)
	if _, err := c.to.Write(b); err != nil {
		return fault.Because(fault.Unavailable, err)
	}
	return nil
}

func (c *copyWriter) frame(kind byte, payload []byte) error {
	if len(payload) > maxFrame {
		return fault.Because(fault.Internal, errors.New("a row that no backup can hold"))
	}
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload))) //nolint:gosec // at most maxFrame
	if err := c.write(head); err != nil {
		return err
	}
	return c.write(payload)
}

func (c *copyWriter) table(name string, columns []string) error {
	b := field(nil, []byte(name))
	for _, column := range columns {
		b = field(b, []byte(column))
	}
	return c.frame(frameTable, b)
}

func (c *copyWriter) row(values []any) error {
	c.rows++
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, valueNull)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, valueNumber), uint64(v)) //nolint:gosec // two's complement
		case bool:
			b = append(b, map[bool]byte{false: valueFalse, true: valueTrue}[v])
		case string:
			b = field(append(b, valueText), []byte(v))
		case []byte:
			b = field(append(b, valueBytes), v)
		default:
			return fault.Because(fault.Internal, errors.New("a value that no backup can hold"))
		}
	}
	return c.frame(frameRow, b)
}

// end counts the rows and signs all that came before.
func (c *copyWriter) end(sign func([32]byte) []byte) error {
	b := binary.BigEndian.AppendUint64(nil, c.rows)
	digest := c.digest(b)
	return c.frame(frameEnd, append(append(b, digest[:]...), sign(digest)...))
}

func (c *copyWriter) digest(rows []byte) [32]byte {
	c.sum.Write(rows)
	return [32]byte(c.sum.Sum(nil))
}

// field appends a 32-bit length and the bytes.
func field(b, f []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(f))) //nolint:gosec // a frame is far below 4 GiB
	return append(b, f...)
}

// copyReader reads what copyWriter wrote, and refuses anything else.
type copyReader struct {
	from   io.Reader
	sum    hash.Hash
	rows   uint64
	header header
}

func newCopyReader(from io.Reader, of purpose) (*copyReader, error) {
	c := &copyReader{from: from, sum: sha256.New()}
	label, err := c.take(len(copyLabel))
	if err != nil || string(label) != copyLabel {
		return nil, errDamaged
	}
	kind, payload, err := c.next()
	if err != nil || kind != frameHeader {
		return nil, errDamaged
	}
	if c.header, err = decodeHeader(payload); err != nil {
		return nil, err
	}
	if c.header.Purpose != of {
		return nil, errSwapped
	}
	return c, nil
}

// take reads n bytes and counts them into the sum.
func (c *copyReader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(c.from, b); err != nil {
		return nil, errDamaged
	}
	c.sum.Write(b)
	return b, nil
}

// next reads one frame; an end is left out of the sum.
func (c *copyReader) next() (kind byte, payload []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c.from, head); err != nil {
		return 0, nil, errDamaged
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, errDamaged
	}
	if head[0] != frameEnd {
		c.sum.Write(head)
		payload, err = c.take(int(n))
		return head[0], payload, err
	}
	payload = make([]byte, n)
	if _, err := io.ReadFull(c.from, payload); err != nil {
		return 0, nil, errDamaged
	}
	return head[0], payload, nil
}

// end checks the last frame: the count, the sum, the host's signature, and that
// nothing follows.
func (c *copyReader) end(payload []byte, signed func(digest [32]byte, sign []byte) bool) error {
	if len(payload) < 40 || binary.BigEndian.Uint64(payload) != c.rows {
		return errDamaged
	}
	c.sum.Write(payload[:8])
	digest := [32]byte(c.sum.Sum(nil))
	if !bytes.Equal(digest[:], payload[8:40]) {
		return errDamaged
	}
	if n, err := io.Copy(io.Discard, c.from); err != nil || n > 0 {
		return errDamaged
	}
	if !signed(digest, payload[40:]) {
		return fault.New(fault.Refused, "fault.backup_not_signed")
	}
	return nil
}

func decodeTable(b []byte) (name string, columns []string, err error) {
	for len(b) > 0 {
		var f []byte
		if f, b, err = cut(b); err != nil {
			return "", nil, err
		}
		columns = append(columns, string(f))
	}
	if len(columns) < 2 {
		return "", nil, errDamaged
	}
	return columns[0], columns[1:], nil
}

func decodeRow(b []byte) (values []any, err error) {
	for len(b) > 0 {
		kind := b[0]
		b = b[1:]
		var f []byte
		switch kind {
		case valueNull:
			values = append(values, nil)
		case valueFalse, valueTrue:
			values = append(values, kind == valueTrue)
		case valueNumber:
			if len(b) < 8 {
				return nil, errDamaged
			}
			values = append(values, int64(binary.BigEndian.Uint64(b))) //nolint:gosec // two's complement
			b = b[8:]
		case valueText, valueBytes:
			if f, b, err = cut(b); err != nil {
				return nil, err
			}
			if kind == valueText {
				values = append(values, string(f))
			} else {
				values = append(values, f)
			}
		default:
			return nil, errDamaged
		}
	}
	return values, nil
}

// cut reads a field.
func cut(b []byte) (f, rest []byte, err error) {
	if len(b) < 4 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-4) {
		return nil, nil, errDamaged
	}
	n := 4 + int(binary.BigEndian.Uint32(b))
	return b[4:n:n], b[n:], nil
}
