// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Account is one member and what she does. Names and functions are not secret:
// the person has a right to know who works on her case.
type Account struct {
	record.Member
	Functions []record.Function
}

// Members returns every account, closed ones included.
func (r *Room) Members(ctx context.Context) ([]Account, error) {
	members, err := r.read.Members(ctx)
	if err != nil {
		return nil, err
	}
	var all []Account
	for _, m := range members {
		functions, err := r.read.Functions(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, Account{m, functions})
	}
	return all, nil
}

// Member returns one account.
func (r *Room) Member(ctx context.Context, id record.MemberID) (Account, error) {
	m, err := r.read.Member(ctx, id)
	if err != nil {
		return Account{}, err
	}
	functions, err := r.read.Functions(ctx, id)
	return Account{m, functions}, err
}

// CloseAccount ends everything of a member's in the same second: certificate,
// functions, slots, sessions, devices, unfinished drafts, and every key that was
// wrapped to her. The circles she read get a new one at their next write. Nobody closes her own account: a certificate cannot
// sign its own end and what follows it. fault.Refused for the last officer's.
func (r *Room) CloseAccount(ctx context.Context, by *strongroom.Unlocked, id record.MemberID) error {
	if err := may(by, policy.Administer, policy.Subject{}); err != nil {
		return err
	}
	if id == by.Member() {
		return fault.New(fault.Refused, "fault.close_self")
	}
	m, err := r.read.Member(ctx, id)
	if err != nil {
		return err
	}
	if m.State != record.MemberActive {
		return fault.New(fault.Refused, "fault.not_enrolled")
	}
	m.State = record.MemberClosed
	return r.do(ctx, by, func(a *strongroom.Act) error { return a.CloseMember(ctx, id) },
		func(tx Tx) error { return closeRows(ctx, tx, m) })
}

// closeRows ends the rows of an account.
func closeRows(ctx context.Context, tx Tx, m record.Member) error {
	functions, err := tx.Functions(ctx, m.ID)
	if err != nil {
		return err
	}
	slots, err := tx.Slots(ctx, m.ID)
	if err != nil {
		return err
	}
	drafts, err := tx.Drafts(ctx, m.ID)
	if err != nil {
		return err
	}
	return steps(
		func() error { return tx.SetMember(ctx, m) },
		func() error { return each(functions, func(f record.Function) error { return tx.DropFunction(ctx, f) }) },
		func() error { return each(slots, func(s record.Slot) error { return tx.DropSlot(ctx, s.ID) }) },
		func() error { return each(drafts, func(d record.Draft) error { return tx.DropDraft(ctx, d.ID, m.ID) }) },
		func() error { return tx.DropSessions(ctx, m.ID) },
		func() error { return tx.DropDevices(ctx, m.ID) },
		func() error { return tx.DropWrapsTo(ctx, record.RecipientOf(record.ToMember, m.ID)) },
	)
}
