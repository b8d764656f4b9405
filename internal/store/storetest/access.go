// SPDX-License-Identifier: AGPL-3.0-or-later

package storetest

import (
	"context"
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/store"
)

func accessTests() map[string]func(*testing.T, *house) {
	return map[string]func(*testing.T, *house){
		"slots come back, are proved and go":                          slotsComeBack,
		"several slots without a credential do not collide":           slotsWithoutCredential,
		"devices come back and are forgotten together":                devicesComeBack,
		"sessions come back, are touched, replaced and dropped":       sessionsComeBack,
		"the clock ends idle and old sessions and forgets ended ones": sessionsExpire,
		"invitations come back by code":                               invitationsComeBack,
		"seats and locks come back with their shares":                 locksComeBack,
	}
}

func (h *house) slot(n byte) record.Slot {
	return record.Slot{
		ID: record.NewID[record.Slot](), Member: h.members[0].ID, Kind: record.SlotPasskey, Salt: raw(n, 16),
		Public: raw(n, 1216), Sealed: raw(n, 1168), Credential: raw(n, 90), CredID: raw(n, 40), Made: 7, Proved: 8,
	}
}

func slotsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a, b := h.slot(1), h.slot(2)
	b.Label = raw(3, 99)
	h.write(func(tx *store.Tx) error { return tx.PutSlot(ctx, a) })
	h.write(func(tx *store.Tx) error { return tx.PutSlot(ctx, b) })
	same(t, []record.Slot{a, b}, must[[]record.Slot](t)(h.db.Slots(ctx, h.members[0].ID)))
	same(t, 2, must[int](t)(h.db.SlotCount(ctx, h.members[0].ID)))
	same(t, b, must[record.Slot](t)(h.db.SlotByCredential(ctx, b.CredID)))
	got, err := h.db.SlotByCredential(ctx, nil)
	withheld(t, got, err)
	a.Proved, a.Credential = 99, raw(9, 5)
	h.write(func(tx *store.Tx) error { return tx.SetSlotProved(ctx, a.ID, a.Proved) })
	h.write(func(tx *store.Tx) error { return tx.SetSlotCredential(ctx, a.ID, a.Credential) })
	h.write(func(tx *store.Tx) error { return tx.DropSlot(ctx, b.ID) })
	same(t, []record.Slot{a}, must[[]record.Slot](t)(h.db.Slots(ctx, h.members[0].ID)))
	same(t, 1, must[int](t)(h.db.SlotCount(ctx, h.members[0].ID)))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.SetSlotProved(ctx, b.ID, 1) })
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.SetSlotCredential(ctx, b.ID, nil) })
	b.CredID = a.CredID
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutSlot(ctx, b) })
}

func slotsWithoutCredential(t *testing.T, h *house) {
	ctx := t.Context()
	a, b := h.slot(1), h.slot(2)
	for _, s := range []*record.Slot{&a, &b} {
		s.Kind, s.Credential, s.CredID = record.SlotPaper, nil, nil
		h.write(func(tx *store.Tx) error { return tx.PutSlot(ctx, *s) })
	}
	same(t, []record.Slot{a, b}, must[[]record.Slot](t)(h.db.Slots(ctx, h.members[0].ID)))
}

func devicesComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a := record.Device{Hash: hash(1), Member: h.members[0].ID, Made: 5}
	b := record.Device{Hash: hash(2), Member: h.members[0].ID, Made: 4, Label: raw(7, 99)}
	other := record.Device{Hash: hash(3), Member: h.members[1].ID, Made: 5}
	for _, d := range []record.Device{a, b, other} {
		h.write(func(tx *store.Tx) error { return tx.PutDevice(ctx, d) })
	}
	same(t, a, must[record.Device](t)(h.db.Device(ctx, a.Hash)))
	same(t, []record.Device{a, b}, must[[]record.Device](t)(h.db.Devices(ctx, h.members[0].ID)))
	h.write(func(tx *store.Tx) error {
		return tx.DropDevice(ctx, record.Device{Hash: a.Hash, Member: h.members[1].ID})
	}) // not hers
	same(t, []record.Device{a, b}, must[[]record.Device](t)(h.db.Devices(ctx, h.members[0].ID)))
	h.write(func(tx *store.Tx) error { return tx.DropDevice(ctx, b) })
	same(t, []record.Device{a}, must[[]record.Device](t)(h.db.Devices(ctx, h.members[0].ID)))
	h.write(func(tx *store.Tx) error { return tx.DropDevices(ctx, h.members[0].ID) })
	got, err := h.db.Device(ctx, a.Hash)
	withheld(t, got, err)
	same(t, []record.Device{other}, must[[]record.Device](t)(h.db.Devices(ctx, h.members[1].ID)))
}

func (h *house) session(n byte, started, lastUse int64) record.Session {
	return record.Session{
		Hash: hash(n), Member: h.members[0].ID, Started: started, LastUse: lastUse,
		Sealed: raw(n, 60), DaySalt: raw(n, 16), DaySealed: raw(n, 60), DayTries: 2,
	}
}

func sessionsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	a, b, c := h.session(1, 1_700_000_000, 1_700_000_001), h.session(2, 5, 6), h.session(3, 7, 8)
	for _, s := range []record.Session{a, b, c} {
		h.write(func(tx *store.Tx) error { return tx.PutSession(ctx, s) })
	}
	same(t, a, must[record.Session](t)(h.db.Session(ctx, a.Hash)))
	a.LastUse = 1_700_000_090
	b.DayTries, b.DaySealed, b.Sealed, b.Member = 5, nil, raw(9, 90), h.members[1].ID
	h.write(func(tx *store.Tx) error { return tx.TouchSession(ctx, a.Hash, a.LastUse) })
	h.write(func(tx *store.Tx) error { return tx.SetSession(ctx, b) })
	h.write(func(tx *store.Tx) error { return tx.DropSession(ctx, c.Hash) })
	same(t, []record.Session{a}, must[[]record.Session](t)(h.db.Sessions(ctx, h.members[0].ID)))
	same(t, []record.Session{b}, must[[]record.Session](t)(h.db.Sessions(ctx, h.members[1].ID)))
	h.write(func(tx *store.Tx) error { return tx.DropSessions(ctx, h.members[0].ID) })
	got, err := h.db.Session(ctx, a.Hash)
	withheld(t, got, err)
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.TouchSession(ctx, a.Hash, 1) })
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error { return tx.SetSession(ctx, a) })
	h.fails(fault.Conflict, func(ctx context.Context, tx *store.Tx) error { return tx.PutSession(ctx, b) })
}

func sessionsExpire(t *testing.T, h *house) {
	ctx := t.Context()
	alive, idle, old, gone := h.session(1, 1000, 1000), h.session(2, 1000, 899), h.session(3, 499, 1000), h.session(4, 10, 99)
	gone.Deposit, gone.Sealed, gone.DaySalt, gone.DaySealed = true, nil, nil, nil
	for _, s := range []record.Session{alive, idle, old, gone} {
		h.write(func(tx *store.Tx) error { return tx.PutSession(ctx, s) })
	}
	h.write(func(tx *store.Tx) error { return tx.ExpireSessions(ctx, 900, 500, 100) })
	for _, s := range []*record.Session{&idle, &old} {
		s.Deposit, s.Sealed, s.DaySalt, s.DaySealed = true, nil, nil, nil
	}
	same(t, []record.Session{alive, idle, old}, must[[]record.Session](t)(h.db.Sessions(ctx, h.members[0].ID)))
}

func invitationsComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	first := record.Invitation{ID: record.NewID[record.Invitation](), Code: hash(1), Member: h.members[0].ID, Until: 5}
	next := record.Invitation{
		ID: record.NewID[record.Invitation](), Code: hash(2), Member: h.members[1].ID, Inviter: h.members[0].ID,
		Until: 6, Sealed: raw(1, 4000),
	}
	h.write(func(tx *store.Tx) error { return tx.PutInvitation(ctx, first) })
	h.write(func(tx *store.Tx) error { return tx.PutInvitation(ctx, next) })
	same(t, []record.Invitation{first, next}, must[[]record.Invitation](t)(h.db.Invitations(ctx)))
	same(t, next, must[record.Invitation](t)(h.db.Invitation(ctx, next.Code)))
	h.write(func(tx *store.Tx) error { return tx.DropInvitation(ctx, next.ID) })
	got, err := h.db.Invitation(ctx, next.Code)
	withheld(t, got, err)
}

func locksComeBack(t *testing.T, h *house) {
	ctx := t.Context()
	seats := []record.Seat{
		{ID: record.NewID[record.Seat](), Kind: record.SeatEnvelope, Public: raw(1, 1216)},
		{ID: record.NewID[record.Seat](), Kind: record.SeatDPO, Public: raw(2, 1216), Proved: 9},
	}
	for _, s := range seats {
		h.write(func(tx *store.Tx) error { return tx.PutSeat(ctx, s) })
	}
	seats[0].Proved, seats[0].Public = 12, raw(3, 1216)
	h.write(func(tx *store.Tx) error { return tx.SetSeat(ctx, seats[0]) })
	same(t, seats, must[[]record.Seat](t)(h.db.Seats(ctx)))
	same(t, seats[1], must[record.Seat](t)(h.db.Seat(ctx, seats[1].ID)))
	var locks []record.Lock
	for range 2 {
		lock := record.Lock{ID: record.NewID[record.Lock](), Owner: h.caseOwner(), Public: raw(4, 1216), Threshold: 2}
		for i, s := range seats {
			lock.Shares = append(lock.Shares, record.Share{Seat: s.ID, Index: uint8(i + 1), Sealed: raw(byte(i), 1200)})
		}
		h.write(func(tx *store.Tx) error { return tx.PutLock(ctx, lock) })
		locks = append(locks, lock)
	}
	locks[1].Shares[0].Sealed, locks[1].Shares[0].Seat = raw(7, 60), seats[1].ID
	h.write(func(tx *store.Tx) error { return tx.SetShare(ctx, locks[1].ID, locks[1].Shares[0]) })
	same(t, locks, must[[]record.Lock](t)(h.db.Locks(ctx, h.caseOwner())))
	same(t, 0, len(must[[]record.Lock](t)(h.db.Locks(ctx, h.personOwner()))))
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetShare(ctx, locks[0].ID, record.Share{Index: 9, Seat: seats[0].ID})
	})
	h.fails(fault.Withheld, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutLock(ctx, record.Lock{ID: record.NewID[record.Lock]()})
	})
}
