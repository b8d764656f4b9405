// SPDX-License-Identifier: AGPL-3.0-or-later

package journal

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type tx struct {
	kept []record.Entry
	err  error
}

func (t *tx) AppendEntry(_ context.Context, e record.Entry) error {
	if t.err == nil {
		t.kept = append(t.kept, e)
	}
	return t.err
}

func sample() Body {
	return Body{
		At: -1, Act: Opened, Actor: record.NewID[record.Member](), Role: record.RoleWorker, Service: record.NewID[record.Service](),
		Purpose: ForFollowUp, Device: DevicePhone, Refusal: "withheld", Slips: [][32]byte{{1}, {2}}, Sign: []byte{3, 4},
	}
}

// Seen to kill: Signed leaving out any field; two fields run together.
func TestTheSignatureCoversEveryField(t *testing.T) {
	b := sample()
	all := [][]byte{b.Signed()}
	for name, change := range map[string]func(*Body){
		"time": func(b *Body) { b.At++ }, "act": func(b *Body) { b.Act = Refused }, "actor": func(b *Body) { b.Actor[0]++ },
		"role": func(b *Body) { b.Role = record.RoleLead }, "service": func(b *Body) { b.Service[15]++ }, "purpose": func(b *Body) { b.Purpose = ForHouse },
		"device": func(b *Body) { b.Device = "" }, "refusal": func(b *Body) { b.Refusal = "" }, "a slip": func(b *Body) { b.Slips = [][32]byte{{1}, {9}} },
		"a slip fewer": func(b *Body) { b.Slips = b.Slips[:1] }, "a boundary": func(b *Body) { b.Act, b.Role = b.Act+Act(b.Role), "" },
	} {
		c := sample()
		c.Actor, c.Service = b.Actor, b.Service
		change(&c)
		for _, other := range all {
			if bytes.Equal(other, c.Signed()) {
				t.Errorf("the signature does not cover the %s", name)
			}
		}
		all = append(all, c.Signed())
	}
	unsigned := b
	unsigned.Sign = nil
	if !bytes.Equal(unsigned.Signed(), b.Signed()) || bytes.Equal(unsigned.Encode(), b.Encode()) {
		t.Error("the signature signs itself, or is not kept")
	}
}

// Seen to kill: Decode accepting a byte more, or a byte fewer.
func TestABodyIsReadBackWhole(t *testing.T) {
	for name, b := range map[string]Body{"full": sample(), "empty": {}, "no slip": {Act: Listed, Sign: []byte{1}}} {
		raw := b.Encode()
		got, err := Decode(raw)
		if diff := cmp.Diff(b, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		for cut := range raw {
			if _, err := Decode(raw[:cut]); !errors.Is(err, ErrFormat) {
				t.Fatalf("%s cut at %d is a body: %v", name, cut, err)
			}
		}
		if _, err := Decode(append(raw, 0)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s and a byte more is a body", name)
		}
	}
}

// Seen to kill: Spans merging neighbours of a gap; DecodeSpans taking a run that goes back.
func TestOrdersAreGatheredIntoRuns(t *testing.T) {
	owner := record.Owner{Kind: record.OwnerCase, ID: record.Ref{7}}
	rapid.Check(t, func(t *rapid.T) {
		in := map[uint32]bool{}
		var sorted []uint32
		n := uint32(0)
		for _, step := range rapid.SliceOf(rapid.Uint32Range(0, 3)).Draw(t, "steps") {
			n += step
			if n > 0 {
				in[n], sorted = true, append(sorted, n)
			}
		}
		spans := Spans(owner, sorted)
		covered := 0
		for i, s := range spans {
			if s.Owner != owner || i > 0 && s.From <= spans[i-1].To+1 {
				t.Fatalf("runs touch: %v", spans)
			}
			for o := s.From; o <= s.To; o++ {
				covered++
				if !in[o] {
					t.Fatalf("%d was not opened", o)
				}
			}
		}
		if covered != len(in) {
			t.Fatalf("%d of %d orders are named", covered, len(in))
		}
		raw := EncodeSpans(spans)
		back, err := DecodeSpans(raw)
		if err != nil || len(raw) != SpanSize*len(spans) || !bytes.Equal(EncodeSpans(back), raw) {
			t.Fatalf("%v: read back as %v", err, back)
		}
	})
	for name, raw := range map[string][]byte{
		"a part of a run": make([]byte, SpanSize-1), "a run that goes back": EncodeSpans([]Span{{owner, 5, 4}}),
	} {
		if _, err := DecodeSpans(raw); !errors.Is(err, ErrFormat) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
}

// Seen to kill: SlipHash leaving out a field.
func TestASlipsHashCoversItAll(t *testing.T) {
	s := record.EntrySlip{Circle: record.CircleID{1}, Epoch: 2, Person: record.PersonID{3}, Service: record.ServiceID{4}, Sealed: []byte{5}}
	seen := map[[32]byte]string{SlipHash(s): "itself"}
	for name, change := range map[string]func(*record.EntrySlip){
		"circle": func(s *record.EntrySlip) { s.Circle[0]++ }, "epoch": func(s *record.EntrySlip) { s.Epoch++ }, "person": func(s *record.EntrySlip) { s.Person[0]++ },
		"service": func(s *record.EntrySlip) { s.Service[0]++ }, "bytes": func(s *record.EntrySlip) { s.Sealed = []byte{6} }, "length": func(s *record.EntrySlip) { s.Sealed = []byte{5, 0} },
	} {
		c := s
		change(&c)
		if other, ok := seen[SlipHash(c)]; ok {
			t.Errorf("another %s hashes like %s", name, other)
		}
		seen[SlipHash(c)] = name
	}
}

// Seen to kill: a proof that proves any entry; the zero proof proving the zero entry.
func TestAProofIsOfOneEntry(t *testing.T) {
	var zero Proof
	id := record.NewID[record.Entry]()
	if zero.For(record.EntryID{}) || zero.For(id) || (Proof{entry: id}).For(record.NewID[record.Entry]()) || !(Proof{entry: id}).For(id) {
		t.Error("a proof proves something else")
	}
}

// Seen to kill: check without one of its conditions.
func TestAnEntryWithoutAPlaceOrTooLargeIsRefused(t *testing.T) {
	id := record.NewID[record.Entry]()
	fits := record.EntrySlip{Sealed: make([]byte, MaxSlip)}
	for name, tt := range map[string]struct {
		e  record.Entry
		ok bool
	}{
		"a slip of 512 bytes":   {record.Entry{ID: id, Slips: []record.EntrySlip{fits}}, true},
		"no slip":               {record.Entry{ID: id}, false},
		"no id":                 {record.Entry{Slips: []record.EntrySlip{fits}}, false},
		"a slip of 513 bytes":   {record.Entry{ID: id, Slips: []record.EntrySlip{fits, {Sealed: make([]byte, MaxSlip+1)}}}, false},
		"no id and a long slip": {record.Entry{Slips: []record.EntrySlip{{Sealed: make([]byte, 600)}}}, false},
	} {
		var to tx
		_, err := Append(t.Context(), &to, tt.e)
		if (err == nil) != tt.ok || !tt.ok && (fault.KindOf(err) != fault.Internal || len(to.kept) > 0) {
			t.Errorf("%s: %v, %d kept", name, err, len(to.kept))
		}
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(sample().Encode())
	f.Add(Body{}.Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := Decode(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(b.Encode(), raw) {
			t.Fatalf("%x is read and written back as %x", raw, b.Encode())
		}
	})
}

func FuzzSpans(f *testing.F) {
	f.Add(EncodeSpans([]Span{{record.Owner{Kind: 3}, 1, 2}, {record.Owner{Kind: 4}, 3, 3}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		spans, err := DecodeSpans(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(EncodeSpans(spans), raw) {
			t.Fatal("not the bytes that were read")
		}
		for _, s := range spans {
			if s.From > s.To {
				t.Fatal("a run goes back")
			}
		}
	})
}
