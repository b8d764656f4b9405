// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"maps"
	"slices"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// markSpan is a run of orders that one reader read on one day, all at the same
// version.
type markSpan struct {
	From, To uint32
	Version  uint32
	Day      record.ReadDay
}

// marks is what one reader has read of one circle: sorted, disjoint spans.
type marks []markSpan

// at returns which version of an order was read, and when.
func (m marks) at(order uint32) (version uint32, day record.ReadDay, ok bool) {
	for _, s := range m {
		if s.From <= order && order <= s.To {
			return s.Version, s.Day, true
		}
	}
	return 0, 0, false
}

// read returns m with an order read at a version on a day; the first day of a
// version stays.
func (m marks) read(order, version uint32, day record.ReadDay) marks {
	if v, _, ok := m.at(order); ok && v >= version {
		return m
	}
	var out marks
	for _, s := range m {
		if order < s.From || s.To < order {
			out = append(out, s)
			continue
		}
		if s.From < order {
			out = append(out, markSpan{s.From, order - 1, s.Version, s.Day})
		}
		if order < s.To {
			out = append(out, markSpan{order + 1, s.To, s.Version, s.Day})
		}
	}
	out = append(out, markSpan{order, order, version, day})
	slices.SortFunc(out, func(a, b markSpan) int { return int(a.From) - int(b.From) })
	return out.joined()
}

func (m marks) joined() marks {
	var out marks
	for _, s := range m {
		if k := len(out) - 1; k >= 0 && out[k].To+1 == s.From && out[k].Version == s.Version && out[k].Day == s.Day {
			out[k].To = s.To
			continue
		}
		out = append(out, s)
	}
	return out
}

func (m marks) encode() []byte {
	var e encoder
	for _, s := range m {
		e.u32(s.From)
		e.u32(s.To)
		e.u32(s.Version)
		e.u32(uint32(s.Day))
	}
	return seal.Pad(e.b, 64)
}

func decodeMarks(padded []byte) (marks, bool) {
	raw, err := seal.Unpad(padded)
	if err != nil {
		return nil, false
	}
	d := decoder{b: raw}
	var out marks
	for len(d.b) > 0 && !d.bad {
		out = append(out, markSpan{d.u32(), d.u32(), d.u32(), record.ReadDay(d.u32())})
	}
	return out, d.done()
}

// markContext binds a mark to its reader and circle (or object, when the reader
// holds that object alone).
func (r *Room) markContext(o record.Owner, m record.Mark) seal.Context {
	return seal.Context{
		Purpose: seal.ForMark, Organisation: r.host.organisation, Owner: o,
		Circle: m.Circle, Object: m.Object.Ref(), Author: m.Reader,
	}
}

// readMarks opens what the readers of the picked objects have read, for what is
// kept with a case. A mark that does not open is none: it hides nothing, it only
// shows less.
func (r *Room) readMarks(ctx context.Context, u *Unlocked, s *shelf, picked []*pick) error {
	if s.owner.Kind != record.OwnerCase {
		return nil
	}
	rows, err := r.read.MarksOf(ctx, s.owner)
	if err != nil {
		return err
	}
	byCircle := map[record.CircleID]map[record.MemberID]marks{}
	alone := map[record.ObjectID]map[record.MemberID]marks{}
	keys := map[record.ObjectID]seal.Key{}
	for _, p := range picked {
		keys[p.object.ID] = p.key
	}
	for _, row := range rows {
		if m, ok := r.openMark(u, s.owner, row, keys[row.Object]); ok && row.Object.IsZero() {
			put(byCircle, row.Circle, row.Reader, m)
		} else if ok {
			put(alone, row.Object, row.Reader, m)
		}
	}
	for _, p := range picked {
		p.marks = byCircle[p.via] // of all the objects of a circle: nobody writes to it
		if own := alone[p.object.ID]; len(own) > 0 || p.marks == nil {
			p.marks = map[record.MemberID]marks{}
			maps.Copy(p.marks, byCircle[p.via])
			maps.Copy(p.marks, own)
		}
	}
	return nil
}

func put[K comparable](all map[K]map[record.MemberID]marks, k K, m record.MemberID, read marks) {
	if all[k] == nil {
		all[k] = map[record.MemberID]marks{}
	}
	all[k][m] = read
}

func (r *Room) openMark(u *Unlocked, o record.Owner, row record.Mark, object seal.Key) (marks, bool) {
	d := decoder{b: row.Sealed}
	epoch := d.u32()
	k, ok := u.key(row.Circle, epoch)
	if !row.Object.IsZero() {
		k, ok = object, !object.IsZero()
	}
	if !ok || d.bad {
		return nil, false
	}
	plain, err := seal.Open(k, r.markContext(o, row), d.b)
	if err != nil {
		return nil, false
	}
	return decodeMarks(plain)
}

// mark returns the reader's marks after an opening, for the circles where
// something was new to her.
func (r *Room) mark(u *Unlocked, picked []*pick) []record.Mark {
	type place struct {
		circle record.CircleID
		object record.ObjectID
	}
	day := record.ReadDay(r.now().Unix() / 86400) //nolint:gosec // until the year 11,761,191
	grown := map[place]marks{}
	from := map[place]*pick{}
	for _, p := range picked {
		if p.marks == nil || len(p.versions) == 0 {
			continue
		}
		at := place{circle: p.via}
		if p.via.IsZero() {
			at.object = p.object.ID
		}
		before, ok := grown[at]
		if !ok {
			before = p.marks[u.Member()]
		}
		grown[at], from[at] = before.read(p.object.Order, p.versions[len(p.versions)-1].Number, day), p
	}
	var out []record.Mark
	for at, m := range grown {
		p := from[at]
		if slices.Equal(m, p.marks[u.Member()]) {
			continue
		}
		row := record.Mark{Circle: at.circle, Object: at.object, Reader: u.Member()}
		if row.Object.IsZero() && p.shelf.circles[at.circle].ID.IsZero() {
			continue // a scratchpad: its author needs no mark
		}
		if sealed, ok := r.sealMark(u, p, row, m); ok {
			out = append(out, sealed)
		}
	}
	return out
}

// sealMark seals a mark under its circle's newest key, or its object's; ok is
// false when the newest key is not in hand.
func (r *Room) sealMark(u *Unlocked, p *pick, row record.Mark, m marks) (record.Mark, bool) {
	var e encoder
	k, epoch := p.key, uint32(0)
	if row.Object.IsZero() {
		epoch = p.shelf.circles[row.Circle].Epoch
		held, ok := u.key(row.Circle, epoch)
		if !ok {
			return row, false
		}
		k = held
	}
	e.u32(epoch)
	e.raw(seal.Seal(k, r.markContext(p.shelf.owner, row), m.encode()))
	row.Sealed = e.b
	return row, true
}

// shrink returns the wraps to write back: sealed under the reader's own key, with
// the head of the chain that was just verified (secrecy.md §5).
func (r *Room) shrink(u *Unlocked) []record.Wrap {
	var out []record.Wrap
	for _, s := range u.loaded {
		for _, w := range s.stale {
			if n, ok := r.rewrap(u, s, w); ok {
				out = append(out, n)
			}
		}
		s.stale = nil
	}
	return out
}

func (r *Room) rewrap(u *Unlocked, s *shelf, w record.Wrap) (record.Wrap, bool) {
	o, ok := r.openWrap(u, s.owner, w)
	if !ok {
		return w, false
	}
	to := recipient{Recipient: w.Recipient, key: u.own()}
	if w.Recipient.Kind == record.ToCircle {
		epoch := u.newestEpoch(record.CircleID(w.Recipient.ID))
		held, ok := u.key(record.CircleID(w.Recipient.ID), epoch)
		if !ok {
			return w, false
		}
		to.key, to.epoch = held, epoch
	}
	if err := to.seal(r.wrapContext(s.owner, w), encodeWrap(o.key, s.roster.Head), &w); err != nil {
		return w, false
	}
	return w, true
}

// scratchpad returns the member's own circle and puts its key in hand.
func (r *Room) scratchpad(ctx context.Context, u *Unlocked) (record.Circle, error) {
	if u.pad.ID.IsZero() {
		all, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerMember, u.Member()))
		if err != nil {
			return record.Circle{}, err
		}
		for _, c := range all {
			if c.Kind == record.Scratchpad {
				u.pad = c
				u.held[circleEpoch{c.ID, 1}] = u.secret.scratch()
			}
		}
	}
	return u.pad, nil
}
