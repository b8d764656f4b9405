// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"depositaire.org/depositaire/internal/fault"
)

// uploadBody bounds a request that carries a file. A file longer than what a room
// takes is read to its end and refused at its field; beyond this the connection is
// closed.
const uploadBody = 64 << 20

// uploadTime is how long a file may take: 20 MiB from an old telephone.
const uploadTime = 10 * time.Minute

// uploadFields bounds what stands before the file.
const uploadFields = 64 << 10

// Upload is a posted form whose last field is a file. The file is read as it comes:
// it is never whole in memory, and nothing of it is written.
type Upload struct {
	*Form
	File io.Reader // empty when none was chosen
	body io.Reader
}

// ReadUpload reads the answers that stand before the file of r.
func ReadUpload(r *http.Request) (*Upload, error) {
	u := &Upload{body: r.Body, Form: &Form{values: url.Values{}}, File: http.NoBody}
	parts, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) { // a form without its file
		u.Form, err = ReadForm(r)
		return u, err
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "form.unread")
	}
	r.PostForm = u.values // what the error page may give back
	left := int64(uploadFields)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return nil, unread(err)
		}
		if part.FileName() != "" {
			u.File = file{part}
			return u, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); err != nil || left < 0 {
			return nil, unread(err)
		}
		u.values.Add(part.FormName(), string(value))
	}
}

// Patient gives one request the time that a file takes, until stop.
func Patient(w http.ResponseWriter) (stop func()) {
	c := http.NewResponseController(w)
	set := func(until time.Time) {
		_ = errors.Join(c.SetReadDeadline(until), c.SetWriteDeadline(until)) // a test's writer has none
	}
	set(time.Time{})
	over := time.AfterFunc(uploadTime, func() { set(time.Unix(1, 0)) })
	return func() { over.Stop() }
}

// Drain reads what is left of the file: a browser that is still sending hears no
// answer.
func (u *Upload) Drain() { _, _ = io.Copy(io.Discard, u.body) }

// file is the bytes of a posted file.
type file struct{ part *multipart.Part }

func (f file) Read(b []byte) (int, error) {
	n, err := f.part.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unread(err)
	}
	return n, err
}

func unread(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) || err == nil {
		return fault.New(fault.TooLarge, "")
	}
	return fault.New(fault.Invalid, "form.unread")
}

// contentPolicy lets a file of somebody's do nothing: no script, no form, no address.
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Content sends a file under a name that says nothing of anybody: shown by the
// browser itself, or to keep. A file that does not open to its end breaks the
// connection: no browser takes its beginning for the whole.
func Content(w http.ResponseWriter, kind, name string, length int64, keep bool, from io.Reader) error {
	defer Patient(w)()
	way, policy := "inline", contentPolicy
	if keep {
		way = "attachment"
	}
	if kind != "application/pdf" { // which no browser shows in a sandbox
		policy += "; sandbox"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", way+`; filename="`+name+`"`)
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	if _, err := io.Copy(w, from); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
