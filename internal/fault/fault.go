// SPDX-License-Identifier: AGPL-3.0-or-later

// Package fault names the ways things go wrong. Every fault carries a
// catalogue key that says, in the reader's words, what happened and what to do
// next. A fault never carries a name, a note or a secret: its text may reach a
// log.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what went wrong, as far as the reader of a page is concerned.
type Kind uint8

// The kinds. The zero value is an internal error: something nobody foresaw.
const (
	Internal    Kind = iota // unforeseen; the page apologises, the log says where
	Withheld                // absent or not open to the reader: the two look the same
	Invalid                 // a field was not understood
	Conflict                // somebody else wrote meanwhile; both texts are kept
	Refused                 // understood, allowed to be asked, and answered no
	Expired                 // a link, an invitation or a form whose time is over
	Unavailable             // the journal, the disk or the database cannot serve now
	Veiled                  // signed in, but the keys are put away
	SignedOut               // nobody is signed in
	TooMany                 // too many tries; wait
	TooLarge                // more bytes than a page accepts
)

var names = [...]string{
	Internal: "internal", Withheld: "withheld", Invalid: "invalid", Conflict: "conflict",
	Refused: "refused", Expired: "expired", Unavailable: "unavailable", Veiled: "veiled",
	SignedOut: "signed_out", TooMany: "too_many", TooLarge: "too_large",
}

// String returns the kind's stable English word, used in logs and keys.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return "internal"
}

// Error is one fault.
type Error struct {
	Kind  Kind
	Field string // the form field that was not understood, for Invalid
	Key   string // catalogue key of the sentence shown; "" means "fault.<kind>"
	Line  int    // of a field of several lines: the one that was not understood, from 1
	cause error
}

// New returns a fault of kind k whose sentence is the catalogue entry key;
// with an empty key the general sentence of the kind is shown.
func New(k Kind, key string) *Error { return &Error{Kind: k, Key: key} }

// Field returns an Invalid fault at a form field.
func Field(field, key string) *Error { return &Error{Kind: Invalid, Field: field, Key: key} }

// Because returns a fault of kind k caused by err. The cause is for the log;
// it is not unwrapped, so that nothing below a room's border becomes API.
func Because(k Kind, err error) *Error { return &Error{Kind: k, cause: err} }

// Error describes the fault for a log: kind, field, key and cause, no words.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Field != "" {
		s += " field " + e.Field
	}
	if e.Key != "" {
		s += " (" + e.Key + ")"
	}
	if e.cause != nil {
		s += fmt.Sprintf(": %v", e.cause)
	}
	return s
}

// Is reports whether target is a fault of the same kind, so that callers write
// errors.Is(err, fault.New(fault.Withheld, "")).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && (t.Key == "" || t.Key == e.Key)
}

// Sentence returns the catalogue key of what the reader is told.
func (e *Error) Sentence() string {
	if e.Key != "" {
		return e.Key
	}
	return "fault." + e.Kind.String()
}

// KindOf returns the kind of err: Internal when err is not a fault.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// As returns err as a fault, wrapping what is not one as Internal.
func As(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return Because(Internal, err)
}

// Fields collects the faults of one form, so that a page shows them all at
// once. The zero value is ready.
type Fields struct{ all []*Error }

// Add notes a fault at a field.
func (f *Fields) Add(field, key string) { f.all = append(f.all, Field(field, key)) }

// AddAt notes a fault at a line of a field.
func (f *Fields) AddAt(field, key string, line int) {
	f.all = append(f.all, &Error{Kind: Invalid, Field: field, Key: key, Line: line})
}

// Err returns nil when no fault was added, else the first with the others behind it.
func (f *Fields) Err() error {
	if len(f.all) == 0 {
		return nil
	}
	return &Form{Fields: f.all}
}

// Form is several Invalid faults of one form.
type Form struct{ Fields []*Error }

// Error names the fields, never what was typed in them.
func (f *Form) Error() string {
	s := "invalid form:"
	for _, e := range f.Fields {
		s += " " + e.Field
	}
	return s
}

// As lets errors.As find the form's first fault.
func (f *Form) As(target any) bool {
	t, ok := target.(**Error)
	if ok && len(f.Fields) > 0 {
		*t = f.Fields[0]
	}
	return ok && len(f.Fields) > 0
}

// AllFields returns every field fault carried by err.
func AllFields(err error) []*Error {
	var form *Form
	if errors.As(err, &form) {
		return form.Fields
	}
	var one *Error
	if errors.As(err, &one) && one.Kind == Invalid && one.Field != "" {
		return []*Error{one}
	}
	return nil
}
