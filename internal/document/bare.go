// SPDX-License-Identifier: AGPL-3.0-or-later

package document

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"slices"

	"depositaire.org/depositaire/internal/fault"
)

func damaged() error { return fault.Field("file", "fault.file_damaged") }

// The markers of a JPEG (ITU T.81, B.1).
const (
	jpegEnd     = 0xd9
	jpegScan    = 0xda
	jpegApp0    = 0xe0 // JFIF
	jpegApp1    = 0xe1 // Exif, XMP
	jpegApp2    = 0xe2 // colours, and a second photograph
	jpegApp14   = 0xee // how its colours are coded
	jpegApp15   = 0xef
	jpegComment = 0xfe
)

// bareJPEG keeps the image, its colours and which way up it is. What follows the
// image, such as a second photograph or a film, is left out.
func bareJPEG(w io.Writer, from io.Reader) error {
	r := bufio.NewReader(from)
	if _, err := io.CopyN(w, r, 2); err != nil {
		return err
	}
	marker, err := nextMarker(r)
	for err == nil && marker != jpegEnd {
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 { // no segment follows
			return damaged()
		}
		if err = bareSegment(w, r, marker); err != nil {
			return err
		}
		if marker == jpegScan {
			marker, err = copyScan(w, r)
		} else {
			marker, err = nextMarker(r)
		}
	}
	if err == nil {
		_, err = w.Write([]byte{0xff, jpegEnd})
	}
	return err
}

func nextMarker(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err == nil && b != 0xff {
		err = damaged()
	}
	for err == nil && b == 0xff {
		b, err = r.ReadByte()
	}
	return b, err
}

// bareSegment copies one segment, or leaves it out.
func bareSegment(w io.Writer, r *bufio.Reader, marker byte) error {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return damaged()
	}
	content := make([]byte, n)
	if _, err := io.ReadFull(r, content); err != nil {
		return err
	}
	switch {
	case marker == jpegApp1:
		content = uprightOnly(content)
	case marker == jpegApp2 && !bytes.HasPrefix(content, []byte("ICC_PROFILE\x00")), marker == jpegComment,
		marker > jpegApp2 && marker <= jpegApp15 && marker != jpegApp14:
		content = nil
	}
	if content == nil {
		return nil
	}
	head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)) //nolint:gosec // as it came
	_, err := w.Write(append(head, content...))
	return err
}

// copyScan copies the image's own data, up to the next marker.
func copyScan(w io.Writer, r *bufio.Reader) (byte, error) {
	out := bufio.NewWriter(w)
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != 0xff {
			_ = out.WriteByte(b) // Flush says what failed
			continue
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if b != 0 && (b < 0xd0 || b > 0xd7) {
			return b, out.Flush()
		}
		_, _ = out.Write([]byte{0xff, b})
	}
}

// uprightOnly returns an Exif segment that says which way up an image is and
// nothing else, or nothing.
func uprightOnly(exif []byte) []byte {
	tiff, ok := bytes.CutPrefix(exif, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return nil
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return nil
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return nil
		}
		if way := order.Uint16(entries[8:]); order.Uint16(entries) == 0x0112 && way >= 1 && way <= 8 {
			const entry = "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"
			return append([]byte(entry), byte(way), 0, 0, 0, 0, 0, 0)
		}
		entries = entries[12:]
	}
	return nil
}

// barePNG leaves out the chunks that hold words, a date or Exif.
func barePNG(w io.Writer, from io.Reader) error {
	if _, err := io.CopyN(w, from, 8); err != nil {
		return err
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return err
		}
		kind, n := string(head[4:]), int64(binary.BigEndian.Uint32(head[:]))+4
		to := w
		if slices.Contains([]string{"eXIf", "tEXt", "zTXt", "iTXt", "tIME"}, kind) {
			to = io.Discard
		}
		if _, err := to.Write(head[:]); err != nil {
			return err
		}
		if _, err := io.CopyN(to, from, n); err != nil {
			return err
		}
		if kind == "IEND" {
			return nil
		}
	}
}

// bareWebP empties the chunks that hold Exif and XMP: the sizes stay, so that it
// need not be read twice.
func bareWebP(w io.Writer, from io.Reader) error {
	var head [12]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return err
	}
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	left := int64(binary.LittleEndian.Uint32(head[4:])) - 4
	for left > 0 {
		n, err := bareChunk(w, from)
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

func bareChunk(w io.Writer, from io.Reader) (int64, error) {
	var head [8]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, err
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	size += size & 1
	switch string(head[:4]) {
	case "EXIF", "XMP ":
		copy(head[:], "JUNK")
		if _, err := w.Write(head[:]); err != nil {
			return 0, err
		}
		if _, err := io.CopyN(w, zeros{}, size); err != nil {
			return 0, err
		}
		_, err := io.CopyN(io.Discard, from, size)
		return 8 + size, err
	case "VP8X":
		from = &unflagged{from: from}
	}
	if _, err := w.Write(head[:]); err != nil {
		return 0, err
	}
	_, err := io.CopyN(w, from, size)
	return 8 + size, err
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// unflagged takes the flags of Exif and XMP out of the first byte it reads.
type unflagged struct {
	from io.Reader
	past bool
}

func (u *unflagged) Read(b []byte) (int, error) {
	n, err := u.from.Read(b)
	if n > 0 && !u.past {
		b[0], u.past = b[0]&^0x0c, true
	}
	return n, err
}
