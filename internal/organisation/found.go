// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Founding is the first form of an empty house. The founder is its first
// administrator; an empty Regime is that of any public agent (S-01).
type Founding struct {
	Organisation string
	Name         string
	Login        string
	Regime       record.Regime
	Passphrase   string
}

// Founded reports whether the organisation was made.
func (r *Room) Founded(ctx context.Context) (bool, error) {
	_, err := r.read.Organisation(ctx)
	if fault.KindOf(err) == fault.Withheld {
		return false, nil
	}
	return err == nil, err
}

// Found makes the organisation, its first administrator and its seats in one
// transaction, and keeps what must be printed until it is proved. Faults stand
// at "organisation", "name", "login" and "passphrase".
func (r *Room) Found(ctx context.Context, form Founding, device journal.Device) (strongroom.Founded, error) {
	var faults fault.Fields
	o := record.Organisation{ID: r.host.Organisation(), Name: line(&faults, "organisation", form.Organisation)}
	founder := record.Member{
		ID: record.NewID[record.Member](), Name: line(&faults, "name", form.Name),
		Login: login(&faults, form.Login), Regime: form.Regime,
	}
	if founder.Regime == "" {
		founder.Regime = record.RegimeFunction
	}
	if err := faults.Err(); err != nil {
		return strongroom.Founded{}, err
	}
	f := strongroom.Founding{Name: o.Name, Founder: founder, Passphrase: form.Passphrase, Device: device}
	out, err := r.strong.Found(ctx, f, func(ctx context.Context, out strongroom.Founded, a *strongroom.Act) error {
		if err := keepNew(a, out.Member.ID, Codes{Paper: out.Paper, Envelopes: out.Envelopes}); err != nil {
			return err
		}
		return r.write(ctx, func(tx Tx) error { return putFounded(ctx, tx, o, out, a) })
	})
	if err != nil {
		return strongroom.Founded{}, err
	}
	return out, nil
}

func putFounded(ctx context.Context, tx Tx, o record.Organisation, out strongroom.Founded, a *strongroom.Act) error {
	return steps(
		func() error { return tx.PutOrganisation(ctx, o) },
		func() error { return tx.PutMember(ctx, out.Member) },
		func() error {
			return tx.PutFunction(ctx, record.Function{Member: out.Member.ID, Role: record.RoleAdministrator})
		},
		func() error { return each(typed(out.Slots), func(s record.Slot) error { return tx.PutSlot(ctx, s) }) },
		func() error { return each(out.Seats, func(s record.Seat) error { return tx.PutSeat(ctx, s) }) },
		func() error { return tx.PutCircle(ctx, scratchpad(out.Member.ID)) },
		func() error { return a.Apply(ctx, tx) },
	)
}

// Step is what a member has to do next to finish what was started.
type Step uint8

// The steps, in the order of secrecy.md §4.
const (
	StepPaper       Step = iota + 1 // type the paper code back
	StepEnvelopes                   // print three envelopes, type their control words
	StepDPO                         // the same for the DPO's
	StepServices                    // name the services
	StepInvitations                 // invite the first colleagues
	StepDone
)

// Progress is where a member stands. It is derived from what is there and kept
// nowhere.
type Progress struct {
	Step Step
	Lost bool // what had to be printed is not kept any more
}

// Progress returns the next step of whoever acts. A member who administers
// nothing has only her paper code to prove.
func (r *Room) Progress(ctx context.Context, by *strongroom.Unlocked) (Progress, error) {
	step, err := r.step(ctx, by)
	if err != nil || step > StepDPO {
		return Progress{Step: step}, err
	}
	_, err = r.read.Draft(ctx, KeptID(by.Member()), by.Member())
	if fault.KindOf(err) == fault.Withheld {
		return Progress{step, true}, nil
	}
	return Progress{Step: step}, err
}

func (r *Room) step(ctx context.Context, by *strongroom.Unlocked) (Step, error) {
	slots, err := r.read.Slots(ctx, by.Member())
	if err != nil {
		return 0, err
	}
	if !provedPaper(slots) {
		return StepPaper, nil
	}
	if !by.Actor().Has(record.RoleAdministrator, record.ServiceID{}) {
		return StepDone, nil
	}
	seats, err := r.read.Seats(ctx)
	if err != nil {
		return 0, err
	}
	for _, kind := range []record.SeatKind{record.SeatEnvelope, record.SeatDPO} {
		for _, s := range seats {
			if s.Kind == kind && s.Proved == 0 {
				return map[record.SeatKind]Step{record.SeatEnvelope: StepEnvelopes, record.SeatDPO: StepDPO}[kind], nil
			}
		}
	}
	return r.stepAfterSeats(ctx)
}

func (r *Room) stepAfterSeats(ctx context.Context) (Step, error) {
	services, err := r.read.Services(ctx)
	if err != nil || len(services) == 0 {
		return StepServices, err
	}
	members, err := r.read.Members(ctx)
	if err != nil || len(members) == 1 {
		return StepInvitations, err
	}
	return StepDone, nil
}

func provedPaper(all []record.Slot) bool {
	for _, s := range all {
		if s.Kind == record.SlotPaper && s.Proved != 0 {
			return true
		}
	}
	return false
}

// ProvePaper proves a paper code that its owner typed back, and forgets it. A
// wrong one is a fault at "paper_code".
func (r *Room) ProvePaper(ctx context.Context, by *strongroom.Unlocked, code string) error {
	slots, err := r.read.Slots(ctx, by.Member())
	if err != nil {
		return err
	}
	for _, s := range slots {
		if s.Kind != record.SlotPaper || s.Proved != 0 {
			continue
		}
		if _, err := r.strong.OpenPaper(s, code); err != nil {
			break
		}
		return r.prove(ctx, by, func(c *Codes) { c.Paper = "" },
			func(tx Tx) error { return tx.SetSlotProved(ctx, s.ID, r.minute()) })
	}
	return fault.Field("paper_code", "fault.code_mistyped")
}

// ProveEnvelopes proves the seats whose control word was typed back, all or none
// of those given. The fault of a wrong word stands at "control_1" to
// "control_3", or "control_dpo".
func (r *Room) ProveEnvelopes(ctx context.Context, by *strongroom.Unlocked, words map[record.SeatID]string) error {
	codes, err := r.Codes(ctx, by)
	if err != nil {
		return err
	}
	var faults fault.Fields
	proved := map[record.SeatID]bool{}
	for i, e := range codes.Envelopes {
		word, given := words[e.Seat]
		if given && !e.ProveControl(word) {
			faults.Add(controlField(e, i), "fault.control_word")
		}
		proved[e.Seat] = given
	}
	if err := faults.Err(); err != nil {
		return err
	}
	seats, err := r.read.Seats(ctx)
	if err != nil {
		return err
	}
	return r.prove(ctx, by, func(c *Codes) {
		for i, e := range c.Envelopes {
			if proved[e.Seat] {
				c.Envelopes[i].Code, c.Envelopes[i].Root = "", ""
			}
		}
	}, func(tx Tx) error { return r.setProved(ctx, tx, seats, proved) })
}

// controlField is the form's field of an envelope: they are kept in order, the
// DPO's last.
func controlField(e strongroom.Envelope, i int) string {
	if e.Kind == record.SeatDPO {
		return "control_dpo"
	}
	return "control_" + string(rune('1'+i))
}

func (r *Room) setProved(ctx context.Context, tx Tx, seats []record.Seat, proved map[record.SeatID]bool) error {
	return each(seats, func(s record.Seat) error {
		if !proved[s.ID] {
			return nil
		}
		s.Proved = r.minute()
		return tx.SetSeat(ctx, s)
	})
}
