// SPDX-License-Identifier: AGPL-3.0-or-later

package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"github.com/google/go-cmp/cmp"
)

// Seen to kill: Because with Unwrap; Is comparing nothing, or the key always.
func TestAFaultShowsItsKindAndKeepsItsCause(t *testing.T) {
	withheld := fault.New(fault.Withheld, "")
	caused := fault.Because(fault.Unavailable, io.ErrUnexpectedEOF)
	keyed := fault.New(fault.Refused, "fault.not_yours")
	if errors.Is(caused, io.ErrUnexpectedEOF) {
		t.Error("what is below a room's border became API")
	}
	for _, tt := range []struct {
		name      string
		err, like error
		want      bool
	}{
		{"the same kind", fmt.Errorf("open: %w", withheld), fault.New(fault.Withheld, ""), true},
		{"another kind", withheld, fault.New(fault.Refused, ""), false},
		{"a key, asked by kind", keyed, fault.New(fault.Refused, ""), true},
		{"a key, asked by key", keyed, fault.New(fault.Refused, "fault.not_yours"), true},
		{"a key, asked by another", keyed, fault.New(fault.Refused, "fault.other"), false},
		{"no key, asked by key", withheld, fault.New(fault.Withheld, "fault.other"), false},
		{"not a fault", keyed, io.EOF, false},
	} {
		if got := errors.Is(tt.err, tt.like); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	for want, err := range map[string]*fault.Error{
		"unavailable: unexpected EOF": caused, "refused (fault.not_yours)": keyed, "withheld": withheld,
		"invalid field name (fault.name)": fault.Field("name", "fault.name"),
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Seen to kill: a kind without a name; KindOf defaulting to Withheld.
func TestEveryKindHasAWordAndASentence(t *testing.T) {
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.TooLarge; k++ {
		if seen[k.String()] || k.String() == "" {
			t.Errorf("kind %d says %q again", k, k)
		}
		seen[k.String()] = true
		if got := fault.New(k, "").Sentence(); got != "fault."+k.String() {
			t.Errorf("%v says %q", k, got)
		}
	}
	if fault.Kind(200).String() != "internal" || fault.New(fault.Refused, "a.b").Sentence() != "a.b" {
		t.Error("an unknown kind, or a key, says something else")
	}
	if fault.KindOf(io.EOF) != fault.Internal || fault.KindOf(nil) != fault.Internal || fault.As(io.EOF).Kind != fault.Internal {
		t.Error("what is not a fault is internal")
	}
	one := fault.New(fault.TooMany, "")
	if fault.As(fmt.Errorf("again: %w", one)) != one || fault.KindOf(fmt.Errorf("again: %w", one)) != fault.TooMany {
		t.Error("a wrapped fault is lost")
	}
}

// Seen to kill: Err returning a typed nil; AllFields returning the first only.
func TestAFormTellsAllItsFaultsAtOnce(t *testing.T) {
	var none fault.Fields
	if none.Err() != nil {
		t.Error("an empty form is a fault")
	}
	var f fault.Fields
	f.Add("name", "fault.name")
	f.Add("day", "fault.day")
	err := fmt.Errorf("save: %w", f.Err())
	var fields []string
	for _, e := range fault.AllFields(err) {
		fields = append(fields, e.Field)
	}
	if diff := cmp.Diff([]string{"name", "day"}, fields); diff != "" {
		t.Error(diff)
	}
	if fault.KindOf(err) != fault.Invalid || err.Error() != "save: invalid form: name day" {
		t.Errorf("%v says %q", fault.KindOf(err), err)
	}
	if got := fault.AllFields(fault.Field("a", "b")); len(got) != 1 || len(fault.AllFields(io.EOF)) != 0 || len(fault.AllFields(fault.New(fault.Refused, ""))) != 0 {
		t.Errorf("one field gives %d", len(got))
	}
	if (&fault.Form{}).As(new(*fault.Error)) {
		t.Error("an empty form is some fault")
	}
}
