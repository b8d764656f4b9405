// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"cmp"
	"maps"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// Grant is one recipient's place in a circle, on an object or on a case, as the
// chain's links leave it.
type Grant struct {
	Right     record.Right
	Recipient record.Recipient
	Target    record.Target
	Since     record.Minute // 0: always
	Until     record.Minute // 0: no end
	At        record.Minute // when given
	Author    record.MemberID
	N         uint32 // the link that gave it
	Commit    [32]byte
}

// Live reports whether the grant holds at now. Outside since and until a wrap is
// not a wrap (secrecy.md §5).
func (g Grant) Live(now record.Minute) bool {
	return (g.Since == 0 || g.Since <= now) && (g.Until == 0 || now < g.Until)
}

// epochLink is what a chain says of one epoch of a circle.
type epochLink struct {
	commit [32]byte
	author record.MemberID
	at     record.Minute
}

// grantKey names a place in the roster.
type grantKey struct {
	right     record.Right
	recipient record.Recipient
	target    record.Target
}

// Roster is the fold of a chain: who holds what, and the commitments of keys. It
// needs no key.
type Roster struct {
	Owner  record.Owner
	Head   Head
	grants map[grantKey]Grant
	epochs map[record.CircleID][]epochLink
	// founder is who made each circle in the act that still runs: until somebody
	// else writes, another minute begins or the referent is named, she may give it
	// to others without being a reader (a lead who opens a case for a colleague).
	founder map[record.CircleID]record.MemberID
	opening bool              // the act that began the chain still runs
	leaving []record.CircleID // circles that lost a reader since their newest key
	act     struct {
		author record.MemberID
		at     record.Minute
	}
}

// begins reports whether an act at that minute begins the chain or carries on
// beginning it.
func (r *Roster) begins(author record.MemberID, at record.Minute) bool {
	return r.Head.Count == 0 && len(r.epochs) == 0 && len(r.grants) == 0 || r.opening && r.act.author == author && r.act.at == at
}

func newRoster(owner record.Owner) *Roster {
	return &Roster{
		Owner: owner, grants: map[grantKey]Grant{},
		epochs: map[record.CircleID][]epochLink{}, founder: map[record.CircleID]record.MemberID{},
	}
}

// Grants returns every live grant of right on target.
func (r *Roster) Grants(right record.Right, target record.Target, now record.Minute) []Grant {
	var all []Grant
	for k, g := range r.grants {
		if k.right == right && k.target == target && g.Live(now) {
			all = append(all, g)
		}
	}
	sortGrants(all)
	return all
}

// Holds reports whether recipient has a live grant of right on target.
func (r *Roster) Holds(right record.Right, to record.Recipient, target record.Target, now record.Minute) bool {
	g, ok := r.grants[grantKey{right, to, target}]
	return ok && g.Live(now)
}

// Grant returns the grant of right on target to a recipient, live or not.
func (r *Roster) Grant(right record.Right, to record.Recipient, target record.Target) (Grant, bool) {
	g, ok := r.grants[grantKey{right, to, target}]
	return g, ok
}

// reads reports whether m may open circle c or object o at now by a direct grant.
func (r *Roster) reads(m record.MemberID, target record.Target, now record.Minute) bool {
	return r.Holds(record.RightRead, record.RecipientOf(record.ToMember, m), target, now)
}

// readsAny reports whether m reads any circle of the chain.
func (r *Roster) readsAny(m record.MemberID, now record.Minute) bool {
	for c := range r.epochs {
		if r.reads(m, record.TargetOf(record.OnCircle, c), now) {
			return true
		}
	}
	return false
}

// Referent returns the member who carries the case; zero when there is none.
func (r *Roster) Referent(c record.CaseID) record.MemberID {
	var last Grant
	for k, g := range r.grants {
		if k.right == record.RightReferent && k.target == record.TargetOf(record.OnCase, c) && (last.Author.IsZero() || g.N > last.N) {
			last = g
		}
	}
	return record.MemberID(last.Recipient.ID)
}

// commitment returns what the chain publishes of a circle's key at an epoch.
func (r *Roster) commitment(c record.CircleID, epoch uint32) ([32]byte, bool) {
	all := r.epochs[c]
	if epoch == 0 || uint32(len(all)) < epoch { //nolint:gosec // a chain has at most 2²⁰ links
		return [32]byte{}, false
	}
	return all[epoch-1].commit, true
}

// epochCount returns how many epochs the chain knows of a circle.
func (r *Roster) epochCount(c record.CircleID) uint32 { return uint32(len(r.epochs[c])) } //nolint:gosec // at most 2²⁰

// apply adds one link that may has already judged.
func (r *Roster) apply(l *record.Link) {
	if l.Author != r.act.author || l.At != r.act.at {
		clear(r.founder)
		r.opening = l.N == 0
		r.act.author, r.act.at = l.Author, l.At
	}
	key := grantKey{l.Right, l.Recipient, l.Target}
	switch l.Class {
	case record.LinkGives:
		if l.Right == record.RightReferent { // naming the referent ends the opening of a case
			clear(r.founder)
			r.opening = false
		}
		r.grants[key] = Grant{
			Right: l.Right, Recipient: l.Recipient, Target: l.Target, Since: l.Since, Until: l.Until,
			At: l.At, Author: l.Author, N: l.N, Commit: l.Commitment,
		}
	case record.LinkEnds:
		delete(r.grants, key)
		if l.Target.Kind == record.OnCircle && !slices.Contains(r.leaving, record.CircleID(l.Target.ID)) {
			r.leaving = append(r.leaving, record.CircleID(l.Target.ID))
		}
	case record.LinkNewEpoch:
		c := record.CircleID(l.Target.ID)
		if len(r.epochs[c]) == 0 {
			r.founder[c] = l.Author
		}
		r.epochs[c] = append(r.epochs[c], epochLink{l.Commitment, l.Author, l.At})
		r.leaving = slices.DeleteFunc(slices.Clone(r.leaving), func(k record.CircleID) bool { return k == c })
	case record.LinkOther:
	}
}

// clone copies a roster, so that a cached one can be carried further.
func (r *Roster) clone() *Roster {
	c := newRoster(r.Owner)
	c.Head, c.act, c.opening, c.leaving = r.Head, r.act, r.opening, slices.Clone(r.leaving)
	c.grants, c.founder = maps.Clone(r.grants), maps.Clone(r.founder)
	for k, e := range r.epochs {
		c.epochs[k] = slices.Clip(e)
	}
	return c
}

func sortGrants(all []Grant) {
	slices.SortFunc(all, func(a, b Grant) int { return cmp.Compare(a.N, b.N) })
}
