// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/record"
)

// Rosters compares wraps with what the chains grant, and the invariants of
// secrecy.md §5 with who could open what today. It needs no key, and counts.
type Rosters struct {
	*Audit
	alive   map[record.MemberID]bool // active, certified, with a slot
	healthy map[record.LockID]bool   // k+1 of its seats are proved (I4)
	offices map[record.CircleID]reachable
	Counts  map[string]int64
}

// reachable is who opens a circle today, through any chain of wraps.
type reachable struct {
	members map[record.MemberID]bool
	lock    bool // a healthy one
	seat    bool
}

// What Rosters counts.
const (
	WrapWithoutGrant = "wrap_without_grant" // a key that nobody granted
	GrantWithoutWrap = "grant_without_wrap" // a grant whose key is not there
	FewReaders       = "few_readers"        // I1: fewer than two living readers, and no healthy lock behind the one
	JournalKeepers   = "journal_keepers"    // I1: a journal without the DPO's seat or a lock
	OneSlot          = "one_slot"           // I3: an account with one way in, after its first seven days
	SeatUnproved     = "seat_unproved"      // I4: an envelope nobody looked at for twelve months
	LockUnhealthy    = "lock_unhealthy"     // I4: fewer than k+1 proved seats
)

// The times of I3 and I4, in minutes.
const (
	firstDays    = 7 * 24 * 60
	envelopeTime = 365 * 24 * 60
)

// CompareRosters begins a comparison: members, seats and services first. slots
// lists a member's.
func (a *Audit) CompareRosters(ctx context.Context, slots func(context.Context, record.MemberID) ([]record.Slot, error)) (*Rosters, error) {
	r := &Rosters{
		Audit: a, alive: map[record.MemberID]bool{}, healthy: map[record.LockID]bool{},
		offices: map[record.CircleID]reachable{}, Counts: map[string]int64{},
	}
	if err := r.members(ctx, slots); err != nil {
		return nil, err
	}
	services, err := a.room.read.Services(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		if err := r.office(ctx, record.OwnerOf(record.OwnerService, s.ID)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// members finds who lives (I3).
func (r *Rosters) members(ctx context.Context, slots func(context.Context, record.MemberID) ([]record.Slot, error)) error {
	all, err := r.room.read.Members(ctx)
	if err != nil {
		return err
	}
	now := r.room.minute()
	for _, m := range all {
		if m.State != record.MemberActive {
			continue
		}
		ways, err := slots(ctx, m.ID)
		if err != nil {
			return err
		}
		proved, first := 0, now
		for _, s := range ways {
			if first = min(first, s.Made); s.Proved != 0 {
				proved++
			}
		}
		r.alive[m.ID] = r.house.Certified(m) && r.house.isMemberNow(m.ID, now) && len(ways) > 0
		if proved < 2 && now-first > firstDays {
			r.Counts[OneSlot]++
		}
	}
	return nil
}

// office remembers who reaches a service's circles.
func (r *Rosters) office(ctx context.Context, o record.Owner) error {
	s, err := r.folded(ctx, o)
	if err != nil {
		return nil //nolint:nilerr // a chain that does not verify is the verification's to tell
	}
	if err := r.locks(ctx, o, false); err != nil {
		return err
	}
	for _, id := range s.order {
		r.offices[id] = r.reach(s, id)
	}
	return nil
}

// folded is an owner's shelf, verified, without a key.
func (r *Rosters) folded(ctx context.Context, o record.Owner) (*shelf, error) {
	s, err := r.room.rows(ctx, newUnlocked(record.Actor{}, "", Secret{}), o)
	if err != nil {
		return nil, err
	}
	if o == r.room.house() {
		s.roster = r.house.roster
		return s, r.room.bound(s)
	}
	return s, r.room.fold(r.house, s, Head{})
}

// locks judges an owner's locks by their seats (I4), and counts when asked.
func (r *Rosters) locks(ctx context.Context, o record.Owner, count bool) error {
	seats, err := r.room.read.Seats(ctx)
	if err != nil {
		return err
	}
	now := r.room.minute()
	proved := map[record.SeatID]bool{}
	for _, s := range seats {
		proved[s.ID] = s.Proved != 0 && now-s.Proved <= envelopeTime && r.house.Seat(s)
	}
	all, err := r.room.read.Locks(ctx, o)
	for _, l := range all {
		n := 0
		for _, sh := range l.Shares {
			if proved[sh.Seat] {
				n++
			}
		}
		r.healthy[l.ID] = n > int(l.Threshold)
		if count && !r.healthy[l.ID] {
			r.Counts[LockUnhealthy]++
		}
	}
	return err
}

// reach is who opens a circle by its live grants.
func (r *Rosters) reach(s *shelf, c record.CircleID) reachable {
	out := reachable{members: map[record.MemberID]bool{}}
	for _, g := range s.roster.Grants(record.RightRead, record.TargetOf(record.OnCircle, c), r.room.minute()) {
		switch g.Recipient.Kind {
		case record.ToMember:
			if m := record.MemberID(g.Recipient.ID); r.alive[m] {
				out.members[m] = true
			}
		case record.ToLock:
			out.lock = out.lock || r.healthy[record.LockID(g.Recipient.ID)]
		case record.ToSeat:
			out.seat = true
		case record.ToCircle:
			behind := r.offices[record.CircleID(g.Recipient.ID)]
			for m := range behind.members {
				out.members[m] = true
			}
			out.lock = out.lock || behind.lock
		}
	}
	return out
}

// Owner compares one owner's wraps with its roster, and judges I1 of its circles.
func (r *Rosters) Owner(ctx context.Context, o record.Owner) error {
	s, err := r.folded(ctx, o)
	if err != nil {
		return nil //nolint:nilerr // a chain that does not verify is the verification's to tell
	}
	if err := r.locks(ctx, o, true); err != nil {
		return err
	}
	for _, id := range s.order {
		if _, ok := s.roster.epochs[id]; !ok {
			continue
		}
		if err := r.circle(ctx, s, s.circles[id]); err != nil {
			return err
		}
	}
	return r.objects(ctx, s)
}

// objects looks for the keys of notes granted alone.
func (r *Rosters) objects(ctx context.Context, s *shelf) error {
	now := r.room.minute()
	for k, g := range s.roster.grants {
		if k.target.Kind != record.OnObject || !g.Live(now) {
			continue
		}
		wraps, err := r.room.read.ObjectWraps(ctx, record.ObjectID(k.target.ID))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(wraps, func(w record.Wrap) bool { return w.Recipient == k.recipient }) {
			r.Counts[GrantWithoutWrap]++
		}
	}
	return nil
}

// granted lists whom a circle's chain lets in now, as readers or in an emergency.
func (r *Rosters) granted(s *shelf, c record.CircleID) map[record.Recipient]bool {
	all := map[record.Recipient]bool{}
	for _, right := range []record.Right{record.RightRead, record.RightEmergency} {
		for _, g := range s.roster.Grants(right, record.TargetOf(record.OnCircle, c), r.room.minute()) {
			all[g.Recipient] = true
		}
	}
	return all
}

func (r *Rosters) circle(ctx context.Context, s *shelf, c record.Circle) error {
	granted := r.granted(s, c.ID)
	wraps, err := r.room.read.Wraps(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(granted) == 0 && len(wraps) == 0 { // ended for everybody: well so, if nothing is left in it
		pieces, err := r.room.read.Pieces(ctx, s.owner)
		left := slices.ContainsFunc(pieces, func(p record.Piece) bool {
			return slices.ContainsFunc(p.Slips, func(in record.Slip) bool { return in.Circle == c.ID })
		})
		if err != nil || !left {
			return err
		}
	}
	for _, w := range wraps {
		if !granted[w.Recipient] {
			r.Counts[WrapWithoutGrant]++
		}
		delete(granted, w.Recipient)
	}
	for to := range granted {
		if waits := s.owner.Kind == record.OwnerService && to.Kind == record.ToMember; !waits { // for a colleague to welcome her
			r.Counts[GrantWithoutWrap]++
		}
	}
	r.judge(c, r.reach(s, c.ID))
	return nil
}

// judge is I1: two living readers, or one and a healthy lock; a journal has the
// DPO's seat and a lock instead, an emergency key its lock and its holder.
func (r *Rosters) judge(c record.Circle, who reachable) {
	switch {
	case c.Kind == record.HerJournal || c.Kind == record.HouseJournal:
		if !who.seat || !who.lock {
			r.Counts[JournalKeepers]++
		}
	case len(who.members) == 0, len(who.members) == 1 && !who.lock:
		r.Counts[FewReaders]++
	}
}

// Seats counts the envelopes that nobody proved in time (I4).
func (r *Rosters) Seats(ctx context.Context) error {
	all, err := r.room.read.Seats(ctx)
	for _, s := range all {
		if s.Proved == 0 || r.room.minute()-s.Proved > envelopeTime {
			r.Counts[SeatUnproved]++
		}
	}
	return err
}
