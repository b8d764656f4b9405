// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// linkSize is the size of a link's skeleton (doc/format.md).
const linkSize = 160

// Seen to kill: a field left out of linkBytes; numbers of another size.
func TestALinksSkeletonIs160Bytes(t *testing.T) {
	if n := len(linkBytes(&record.Link{})); n != linkSize {
		t.Errorf("%d bytes", n)
	}
	base := record.Link{Class: record.LinkGives}
	seen := map[string]string{string(linkBytes(&base)): "itself"}
	for name, change := range map[string]func(*record.Link){
		"class": func(l *record.Link) { l.Class++ }, "right": func(l *record.Link) { l.Right++ }, "recipient's kind": func(l *record.Link) { l.Recipient.Kind++ },
		"recipient": func(l *record.Link) { l.Recipient.ID[0]++ }, "target's kind": func(l *record.Link) { l.Target.Kind++ }, "target": func(l *record.Link) { l.Target.ID[0]++ },
		"epoch": func(l *record.Link) { l.Epoch++ }, "since": func(l *record.Link) { l.Since++ }, "until": func(l *record.Link) { l.Until++ }, "at": func(l *record.Link) { l.At++ },
		"commitment": func(l *record.Link) { l.Commitment[0]++ }, "hash of the sealed part": func(l *record.Link) { l.SealedHash[0]++ }, "previous hash": func(l *record.Link) { l.Prev[0]++ },
	} {
		l := base
		change(&l)
		if other, ok := seen[string(linkBytes(&l))]; ok {
			t.Errorf("another %s is signed like %s", name, other)
		}
		seen[string(linkBytes(&l))] = name
	}
	o := record.NewID[record.Organisation]()
	for name, change := range map[string]func(*record.Link){
		"owner": func(l *record.Link) { l.Owner.ID[0]++ }, "owner's kind": func(l *record.Link) { l.Owner.Kind++ }, "number": func(l *record.Link) { l.N++ }, "author": func(l *record.Link) { l.Author[0]++ },
	} {
		l := base
		change(&l)
		if bytes.Equal(linkContext(o, seal.ForSignature, &l).Bytes(), linkContext(o, seal.ForSignature, &base).Bytes()) {
			t.Errorf("the context of a signature does not cover the %s", name)
		}
	}
}

// readLink reads a skeleton back, for the fuzzer only: the product keeps columns.
func readLink(raw []byte, l *record.Link) bool {
	d := decoder{b: raw}
	l.Class, l.Right = record.LinkClass(d.u8()), record.Right(d.u8())
	l.Recipient = record.Recipient{Kind: record.RecipientKind(d.u8()), ID: d.ref()}
	l.Target = record.Target{Kind: record.TargetKind(d.u8()), ID: d.ref()}
	l.Epoch, l.Since, l.Until, l.At = d.u32(), record.Minute(d.i64()), record.Minute(d.i64()), record.Minute(d.i64())
	l.Commitment, l.SealedHash, l.Prev = d.hash(), d.hash(), d.hash()
	return d.done()
}

// FuzzChain changes one link of a real case's chain and lets its own author sign
// it anew: the fold never panics, and never lets in anybody but members of the
// service, whatever a reader of the case signs.
func FuzzChain(f *testing.F) {
	c := newCast(f)
	d := c.dossier(c.karim)
	links, err := c.db.Chain(ctx, d.owner)
	must(f, err)
	u := c.unlock(c.julie)
	for n := range links {
		f.Add(uint8(n), linkBytes(&links[n]), true)
	}
	dir, err := c.room.directory(ctx)
	must(f, err)
	honest, err := c.room.rows(ctx, u, d.owner)
	must(f, err)
	must(f, c.room.fold(dir, honest, Head{}))
	f.Fuzz(func(t *testing.T, n uint8, raw []byte, signed bool) {
		at := int(n) % len(links)
		l := links[at]
		if !readLink(raw, &l) {
			return
		}
		if !bytes.Equal(raw, linkBytes(&l)) {
			t.Fatal("a skeleton is written back otherwise")
		}
		s := *honest
		s.links = slices.Clone(links[:at])
		l.Sealed = links[at].Sealed
		if at > 0 {
			l.Prev = linkHash(c.room.host.organisation, &links[at-1])
		} else {
			l.Prev = [32]byte{}
		}
		if signed {
			signLink(c.room.host.organisation, c.secrets[l.Author].signer(), &l)
		}
		s.links = append(s.links, l)
		_ = c.room.fold(dir, &s, Head{}) // a shorter chain lacks circles that the rows have: what was walked is asked
		if s.roster.Head.Count == 0 {
			return
		}
		if !signed && !bytes.Equal(raw, linkBytes(&links[at])) {
			t.Fatal("an unsigned link is taken")
		}
		for g := range maps.Values(s.roster.grants) {
			if g.Recipient.Kind == record.ToMember && !dir.belongs(record.MemberID(g.Recipient.ID), c.north, g.At) {
				t.Fatal("somebody outside the service is let in")
			}
		}
	})
}

// FuzzWrap: bytes that are no wrap of ours open nothing.
func FuzzWrap(f *testing.F) {
	c := newCast(f)
	d := c.dossier()
	u := c.unlock(c.julie)
	wraps, err := c.db.WrapsTo(ctx, d.owner, u.self())
	must(f, err)
	for _, w := range wraps {
		f.Add(uint8(w.Form), w.Epoch, w.Sealed)
	}
	f.Add(uint8(2), uint32(1), encodeWrap(seal.NewKey(), Head{}))
	real := map[string]bool{}
	for _, w := range wraps {
		real[string(w.Sealed)] = true
	}
	f.Fuzz(func(t *testing.T, form uint8, epoch uint32, sealed []byte) {
		for _, to := range []record.Recipient{u.self(), record.RecipientOf(record.ToCircle, d.team), record.RecipientOf(record.ToMember, c.karim)} {
			w := record.Wrap{Circle: d.team, Recipient: to, Epoch: epoch, Form: record.WrapForm(form), Sealed: sealed}
			if _, ok := c.room.openWrap(u, d.owner, w); ok && !real[string(sealed)] {
				t.Fatal("bytes of nobody's open")
			}
		}
		if o, ok := decodeWrap(record.Wrap{}, sealed); ok && !bytes.Equal(encodeWrap(o.key, o.head), sealed) {
			t.Fatal("a wrap is written back otherwise")
		}
	})
}

// FuzzBody: what is read as a body is written back as the same words.
func FuzzBody(f *testing.F) {
	b := body{Kind: record.ItemNote, At: 12, Persons: []record.PersonID{{1}, {2}}, Words: Words{record.TagText: confided.NewText("mots"), record.TagDay: confided.NewText("2026-11-23")}}
	raw, err := b.encode()
	must(f, err)
	f.Add(raw)
	empty, err := body{}.encode()
	must(f, err)
	f.Add(empty)
	f.Fuzz(func(t *testing.T, padded []byte) {
		got, err := decodeBody(padded)
		if err != nil {
			return
		}
		raw, err := got.encode()
		if err != nil {
			return // larger than a note may be
		}
		again, err := decodeBody(raw)
		if err != nil || again.Kind != got.Kind || again.Author != got.Author || again.At != got.At || !slices.Equal(again.Persons, got.Persons) {
			t.Fatalf("read back otherwise: %v", err)
		}
		for tag, w := range got.Words {
			if !w.Equal(again.Words[tag]) {
				t.Fatal("other words are read back")
			}
		}
	})
}

// FuzzDetail: what is read as the reason of a link is written back.
func FuzzDetail(f *testing.F) {
	f.Add(detail{Act: record.ActGrant, Ground: record.GroundContinuity, Reason: record.ReasonPair, Informed: record.InformedNotice, Motive: "m"}.encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, ok := decodeDetail(raw)
		if !ok {
			return
		}
		if again, ok := decodeDetail(d.encode()); !ok || again != d {
			t.Fatal("read back otherwise")
		}
	})
}

// FuzzMarks: spans are read back, and asking them never panics.
func FuzzMarks(f *testing.F) {
	f.Add(marks{{1, 3, 1, 20000}, {4, 9, 2, 20001}}.encode(), uint32(2), uint32(2))
	f.Fuzz(func(t *testing.T, raw []byte, order, version uint32) {
		m, ok := decodeMarks(raw)
		if !ok {
			return
		}
		if again, ok := decodeMarks(m.encode()); !ok || !slices.Equal(again, m) {
			t.Fatal("read back otherwise")
		}
		if order == 0 || version == 0 || order == ^uint32(0) {
			return
		}
		after := m.read(order, version, 20002)
		if v, _, ok := after.at(order); !ok || v < version {
			t.Fatal("what was read is not remembered")
		}
	})
}

// Seen to kill: encode without the limit; tags in the map's order; empty words kept.
func TestABodySaysNoMoreThanItsWords(t *testing.T) {
	words := Words{record.TagText: confided.NewText("x"), record.TagName: confided.NewText(""), record.TagDay: confided.NewText("2026-11-23")}
	a, err := body{Words: words}.encode()
	must(t, err)
	for range 20 {
		b, err := body{Words: maps.Clone(words)}.encode()
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Fatal("the same words give other bytes")
		}
	}
	got, err := decodeBody(a)
	must(t, err)
	if len(got.Words) != 2 || len(a) != sealedFloor {
		t.Errorf("%d fields in %d bytes", len(got.Words), len(a))
	}
	if _, err := (body{Words: Words{record.TagText: confided.NewText(string(make([]byte, maxWords)))}}).encode(); err == nil {
		t.Error("more than a note may hold is sealed")
	}
	if _, err := (body{Words: Words{record.TagText: confided.NewText(string(make([]byte, 1<<20)))}}).encode(); err != nil {
		t.Errorf("a note of 1 MB: %v", err)
	}
}
