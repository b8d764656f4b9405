// SPDX-License-Identifier: AGPL-3.0-or-later

// Package confided holds words that were confided and have been opened. They
// print, log and marshal as "[sealed]": only Reveal yields them, and the
// repository's own tests list who may call it.
package confided

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

const mark = "[sealed]"

// ErrMarshal is returned by every attempt to marshal a Text.
var ErrMarshal = errors.New("confided: opened words are not marshalled")

// Text is opened content. The words sit behind a pointer because fmt cannot
// call methods on unexported fields and would print them otherwise.
type Text struct{ p *string }

// NewText returns s as confided words.
func NewText(s string) Text { return Text{p: &s} }

// Reveal returns the words.
func (t Text) Reveal() string {
	if t.p == nil {
		return ""
	}
	return *t.p
}

// Empty reports whether there are no words. Templates ask this: a Text itself
// is always true.
func (t Text) Empty() bool { return t.p == nil || *t.p == "" }

// Equal reports whether both hold the same words; go-cmp uses it.
func (t Text) Equal(u Text) bool { return t.Reveal() == u.Reveal() }

// Is reports whether the words are exactly s: how a room recognises one of its
// own codes without opening anything to others.
func (t Text) Is(s string) bool { return t.Reveal() == s }

// Compare orders two texts by their bytes.
func (t Text) Compare(u Text) int { return strings.Compare(t.Reveal(), u.Reveal()) }

// Format prints "[sealed]" whatever the verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mark) }

// String returns "[sealed]".
func (Text) String() string { return mark }

// GoString returns "[sealed]".
func (Text) GoString() string { return mark }

// LogValue logs "[sealed]".
func (Text) LogValue() slog.Value { return slog.StringValue(mark) }

// MarshalText refuses with ErrMarshal.
func (Text) MarshalText() ([]byte, error) { return nil, ErrMarshal }

// MarshalJSON refuses with ErrMarshal.
func (Text) MarshalJSON() ([]byte, error) { return nil, ErrMarshal }

// MarshalBinary refuses with ErrMarshal.
func (Text) MarshalBinary() ([]byte, error) { return nil, ErrMarshal }

// Join joins words; what is empty is left out.
func Join(between string, all ...Text) Text {
	var s string
	for _, t := range all {
		if t.Empty() {
			continue
		}
		if s != "" {
			s += between
		}
		s += t.Reveal()
	}
	return NewText(s)
}
