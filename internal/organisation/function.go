// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// AddFunction gives an enrolled member one function more. It brings no key: a
// colleague who holds those of the service welcomes her (Accueillir), and where
// nobody works yet she makes them at her next unlock (Settle). A fault stands at
// "role".
func (r *Room) AddFunction(ctx context.Context, by *strongroom.Unlocked, f record.Function) error {
	if err := may(by, policy.Administer, policy.Subject{Service: f.Service, Role: f.Role}); err != nil {
		return err
	}
	if misplaced(f) {
		return fault.Field("role", "form.choice")
	}
	held, err := r.read.Functions(ctx, f.Member)
	if err != nil {
		return err
	}
	if slices.Contains(held, f) {
		return fault.Field("role", "fault.function_held")
	}
	if !f.Service.IsZero() {
		if _, err := r.read.Service(ctx, f.Service); err != nil {
			return err
		}
	}
	return r.do(ctx, by, func(act *strongroom.Act) error {
		if err := act.Employ(ctx, f); err != nil {
			return err
		}
		return act.Journal(ctx, journal.Granted, journal.ForHouse)
	}, func(tx Tx) error { return tx.PutFunction(ctx, f) })
}

// Ending is what the end of a function, or of an account, brings: shown in plain
// words before anybody confirms.
type Ending struct {
	strongroom.Held                   // of the service she leaves, or of the whole house
	Left            []record.Function // what she goes on doing
	Leaves          bool              // it was her last function in its service
	Emergency       bool              // she loses the service's emergency key
	Refused         string            // the fault that forbids it; "" when it can be done
}

// Ending tells what the end of a function brings.
func (r *Room) Ending(ctx context.Context, by *strongroom.Unlocked, f record.Function) (Ending, error) {
	if err := may(by, policy.Administer, policy.Subject{Service: f.Service, Role: f.Role}); err != nil {
		return Ending{}, err
	}
	return r.ending(ctx, by, f)
}

// Closing tells what the end of an account brings. It is never refused for what
// she alone reads: an account that must close closes, and recovery is for the rest.
func (r *Room) Closing(ctx context.Context, by *strongroom.Unlocked, m record.MemberID) (Ending, error) {
	if err := may(by, policy.Administer, policy.Subject{}); err != nil {
		return Ending{}, err
	}
	held, err := r.strong.Held(ctx, by, record.ServiceID{}, m)
	return Ending{Held: held, Leaves: true}, err
}

func (r *Room) ending(ctx context.Context, by *strongroom.Unlocked, f record.Function) (Ending, error) {
	held, err := r.read.Functions(ctx, f.Member)
	if err != nil {
		return Ending{}, err
	}
	at := slices.Index(held, f)
	if at < 0 {
		return Ending{}, fault.New(fault.Withheld, "")
	}
	e := Ending{Left: slices.Delete(held, at, at+1)}
	if len(e.Left) == 0 {
		e.Refused = "fault.last_function"
	}
	if f.Service.IsZero() {
		return e, nil
	}
	e.Leaves = !slices.ContainsFunc(e.Left, func(g record.Function) bool { return g.Service == f.Service })
	keeps := slices.ContainsFunc(e.Left, func(g record.Function) bool { return g.Service == f.Service && g.Role.HoldsEmergency() })
	alone, err := r.onlyHolder(ctx, f)
	if err != nil {
		return Ending{}, err
	}
	e.Emergency = f.Role.HoldsEmergency() && !keeps && (e.Leaves || !alone[record.Emergency])
	if e.Leaves {
		return r.leaving(ctx, by, f, e, alone)
	}
	return e, nil
}

// leaving counts what she leaves behind, and refuses what would leave nobody.
func (r *Room) leaving(ctx context.Context, by *strongroom.Unlocked, f record.Function, e Ending, alone map[record.CircleKind]bool) (Ending, error) {
	var err error
	if e.Held, err = r.strong.Held(ctx, by, f.Service, f.Member); err != nil {
		return Ending{}, err
	}
	switch {
	case e.Refused != "":
	case alone[record.Office] || alone[record.Emergency]:
		e.Refused = "fault.last_key"
	case e.Alone > 0:
		e.Refused = "fault.alone_in_cases"
	}
	return e, nil
}

// onlyHolder returns the keys of a service that no other member could give: the
// Office, and the emergency key where the service uses it.
func (r *Room) onlyHolder(ctx context.Context, f record.Function) (map[record.CircleKind]bool, error) {
	s, err := r.read.Service(ctx, f.Service)
	if err != nil {
		return nil, err
	}
	circles, err := r.read.Circles(ctx, record.OwnerOf(record.OwnerService, f.Service))
	if err != nil {
		return nil, err
	}
	alone := map[record.CircleKind]bool{}
	for _, c := range circles {
		if c.Kind == record.Emergency && !s.Emergency {
			continue
		}
		hers, others, err := r.holders(ctx, c, f.Member)
		if err != nil {
			return nil, err
		}
		alone[c.Kind] = hers && !others
	}
	return alone, nil
}

// holders reports whether a member holds a circle's newest key, and whether
// another living member does.
func (r *Room) holders(ctx context.Context, c record.Circle, m record.MemberID) (hers, others bool, err error) {
	wraps, err := r.read.Wraps(ctx, c.ID)
	if err != nil {
		return false, false, err
	}
	for _, w := range wraps {
		if w.Recipient.Kind != record.ToMember || w.Epoch != c.Epoch {
			continue
		}
		if record.MemberID(w.Recipient.ID) == m {
			hers = true
			continue
		}
		row, err := r.read.Member(ctx, record.MemberID(w.Recipient.ID))
		if err != nil {
			return false, false, err
		}
		others = others || row.State == record.MemberActive
	}
	return hers, others, nil
}

// EndFunction ends one function of a member. With her last one in a service she
// leaves it: the Office and her places in its cases end, and the circles she read
// get a new key at their next write. fault.Refused says what must be done first.
func (r *Room) EndFunction(ctx context.Context, by *strongroom.Unlocked, f record.Function) error {
	if err := may(by, policy.Administer, policy.Subject{Service: f.Service, Role: f.Role}); err != nil {
		return err
	}
	return r.do(ctx, by, func(a *strongroom.Act) error {
		e, err := r.ending(ctx, by, f)
		if err != nil {
			return err
		}
		if e.Refused != "" {
			return fault.New(fault.Refused, e.Refused)
		}
		if err := a.Dismiss(ctx, f, e.Left, !e.Emergency); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Ended, journal.ForHouse)
	}, func(tx Tx) error { return tx.DropFunction(ctx, f) })
}
