// SPDX-License-Identifier: AGPL-3.0-or-later

package document

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/fault"
)

// Media is the type of a file, found in its bytes and never in its name.
type Media string

// The types that are taken.
const (
	PDF           Media = "application/pdf"
	JPEG          Media = "image/jpeg"
	PNG           Media = "image/png"
	WebP          Media = "image/webp"
	Plain         Media = "text/plain"
	OpenText      Media = "application/vnd.oasis.opendocument.text"
	OpenSheet     Media = "application/vnd.oasis.opendocument.spreadsheet"
	WordText      Media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	ExcelSheet    Media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	sniffed             = 4096
	documentText        = "word/"
	documentSheet       = "xl/"
)

func medias() []Media {
	return []Media{PDF, JPEG, PNG, WebP, Plain, OpenText, OpenSheet, WordText, ExcelSheet}
}

// Image reports whether a page shows the file.
func (m Media) Image() bool { return m == JPEG || m == PNG || m == WebP }

// Shown reports whether a browser shows the file by itself, without opening another
// program.
func (m Media) Shown() bool { return m.Image() || m == PDF }

// Extension is what the name of such a file ends in.
func (m Media) Extension() string {
	return map[Media]string{
		PDF: ".pdf", JPEG: ".jpg", PNG: ".png", WebP: ".webp", Plain: ".txt",
		OpenText: ".odt", OpenSheet: ".ods", WordText: ".docx", ExcelSheet: ".xlsx",
	}[m]
}

// mediaOf recognises a file by its first bytes.
func mediaOf(head []byte) (Media, error) {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case len(head) == 0:
		return "", fault.Field("file", "fault.file_empty")
	case begins("%PDF-"):
		return PDF, nil
	case begins("\xff\xd8\xff"):
		return JPEG, nil
	case begins("\x89PNG\r\n\x1a\n"):
		return PNG, nil
	case begins("RIFF") && len(head) > 12 && string(head[8:12]) == "WEBP":
		return WebP, nil
	case begins("PK\x03\x04"):
		return officeOf(head)
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		return "", fault.Field("file", "fault.file_heic")
	case plain(head):
		return Plain, nil
	}
	return "", fault.Field("file", "fault.file_type")
}

// officeOf recognises an office document by the names of its first parts.
func officeOf(head []byte) (Media, error) {
	for _, m := range []Media{OpenText, OpenSheet} {
		if at := bytes.Index(head, []byte("mimetype"+string(m)+"PK")); at > 0 {
			return m, nil
		}
	}
	if bytes.Contains(head, []byte("[Content_Types].xml")) {
		switch {
		case bytes.Contains(head, []byte(documentText)):
			return WordText, nil
		case bytes.Contains(head, []byte(documentSheet)):
			return ExcelSheet, nil
		}
	}
	return "", fault.Field("file", "fault.file_type")
}

// plain reports whether the beginning of a file is text: what a letter cut in the
// middle ends with apart.
func plain(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 && len(head) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		head = head[n:]
	}
	return true
}

// bare returns a file without what a photograph says beside its image: where and
// when it was taken, by which device. Its caller closes it.
func (m Media) bare(from io.Reader) io.ReadCloser {
	switch m {
	case JPEG:
		return filtered(from, bareJPEG)
	case PNG:
		return filtered(from, barePNG)
	case WebP:
		return filtered(from, bareWebP)
	}
	return io.NopCloser(from)
}

// filtered reads through a function that writes what it keeps. Closing it ends the
// function.
func filtered(from io.Reader, keep func(io.Writer, io.Reader) error) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		err := keep(w, from)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fault.Field("file", "fault.file_damaged")
		}
		w.CloseWithError(err)
	}()
	return r
}
