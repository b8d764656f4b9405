// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Codes are shown once, to be printed. Until each is typed back they stay in a
// sealed draft of their owner's, so that a page lost is not an envelope lost.
type Codes struct {
	Paper     string                // "" once proved
	Envelopes []strongroom.Envelope // in order, the DPO's last; Code is "" once proved
}

func (c Codes) empty() bool {
	return c.Paper == "" && !slices.ContainsFunc(c.Envelopes, func(e strongroom.Envelope) bool { return e.Code != "" })
}

// KeptID is the draft in which a member's codes are kept. It has her own id: it
// is found without opening her other drafts, and lists of drafts leave it out.
func KeptID(m record.MemberID) record.DraftID { return record.DraftID(m) }

// Codes opens what a member has still to prove. fault.Withheld when nothing is
// kept.
func (r *Room) Codes(ctx context.Context, by *strongroom.Unlocked) (Codes, error) {
	d, err := r.strong.OpenDraft(ctx, by, KeptID(by.Member()))
	if err != nil {
		return Codes{}, err
	}
	c := Codes{Paper: d.Words[record.TagPaper].Reveal()}
	c.Envelopes, err = readEnvelopes(d.Words[record.TagEnvelopes].Reveal())
	return c, err
}

// keepNew keeps the codes of an account in the transaction that makes it.
func keepNew(a *strongroom.Act, m record.MemberID, c Codes) error {
	return a.KeepDraft(KeptID(m), c.words())
}

func (c Codes) words() strongroom.Words {
	return strongroom.Words{
		record.TagPaper: confided.NewText(c.Paper), record.TagEnvelopes: confided.NewText(writeEnvelopes(c.Envelopes)),
	}
}

// prove writes rows, and drops what they prove from the kept codes, the draft with
// the last: in one transaction, or a code would stay that nobody is asked for again.
func (r *Room) prove(ctx context.Context, by *strongroom.Unlocked, change func(*Codes), rows func(Tx) error) error {
	c, err := r.Codes(ctx, by)
	none := fault.KindOf(err) == fault.Withheld
	if err != nil && !none {
		return err
	}
	change(&c)
	return r.do(ctx, by, func(a *strongroom.Act) error {
		switch {
		case none:
			return nil
		case c.empty():
			a.DropDraft(KeptID(by.Member()))
			return nil
		}
		return a.KeepDraft(KeptID(by.Member()), c.words())
	}, rows)
}

// writeEnvelopes lays envelopes out, one a line; no code has a tab.
func writeEnvelopes(all []strongroom.Envelope) string {
	var lines []string
	for _, e := range all {
		kind := "envelope"
		if e.Kind == record.SeatDPO {
			kind = "dpo"
		}
		lines = append(lines, strings.Join([]string{e.Seat.String(), kind, e.Code, e.Root, e.Control}, "\t"))
	}
	return strings.Join(lines, "\n")
}

func readEnvelopes(s string) ([]strongroom.Envelope, error) {
	var all []strongroom.Envelope
	for line := range strings.Lines(s) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			return nil, fault.Because(fault.Unavailable, record.ErrID)
		}
		seat, err := record.ParseID[record.Seat](f[0])
		if err != nil {
			return nil, fault.Because(fault.Unavailable, err)
		}
		e := strongroom.Envelope{Seat: seat, Kind: record.SeatEnvelope, Code: f[2], Root: f[3], Control: f[4]}
		if f[1] == "dpo" {
			e.Kind = record.SeatDPO
		}
		all = append(all, e)
	}
	return all, nil
}
