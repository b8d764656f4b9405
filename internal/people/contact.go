// SPDX-License-Identifier: AGPL-3.0-or-later

package people

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Rules are what a person answered to *Comment vous joindre sans risque ?*
type Rules struct {
	Ways     []record.ContactWay // those she accepts
	Hours    confided.Text
	Answerer confided.Text
	IfOther  confided.Text
	Asked    confided.Text // the day, 2006-01-02; empty: not asked, or to be asked again
}

// Allows reports whether she was asked and accepts a way.
func (r Rules) Allows(w record.ContactWay) bool {
	return !r.Asked.Empty() && slices.Contains(r.Ways, w)
}

func rules(w strongroom.Words) Rules {
	out := Rules{Hours: w[record.TagHours], Answerer: w[record.TagAnswerer], IfOther: w[record.TagIfOther], Asked: w[record.TagAsked]}
	out.Ways = ways(w[record.TagWays])
	return out
}

// ways recognises which of the ways a kept code names: every set of them has one.
func ways(kept confided.Text) []record.ContactWay {
	all := record.ContactWays()
	for set := range 1 << len(all) {
		var some []record.ContactWay
		for i, w := range all {
			if set&(1<<i) != 0 {
				some = append(some, w)
			}
		}
		if kept.Is(waysCode(some)) {
			return some
		}
	}
	return nil
}

func waysCode(some []record.ContactWay) string {
	var out []string
	for _, w := range record.ContactWays() {
		if slices.Contains(some, w) {
			out = append(out, string(w))
		}
	}
	return strings.Join(out, " ")
}

// Reachable reports whether a message may be made for her, in one way: she lives,
// she was asked, and she accepts it.
func (p Person) Reachable(w record.ContactWay) bool { return p.Died.Empty() && p.Rules.Allows(w) }

// Reachable reports whether a message may be made for a person, in one way. Who
// prepares one asks first: not asked is no (product.md §6).
func (r *Room) Reachable(ctx context.Context, by *strongroom.Unlocked, id record.PersonID, w record.ContactWay) (bool, error) {
	all, err := r.Records(ctx, by, id)
	if err != nil {
		return false, err
	}
	for _, p := range all { // what one record forbids is forbidden
		if !p.Died.Empty() || !p.Rules.Asked.Empty() && !p.Rules.Allows(w) {
			return false, nil
		}
	}
	return slices.ContainsFunc(all, func(p Person) bool { return p.Reachable(w) }), nil
}

// RulesForm is what is typed of the rules. Asked false is an answer too: nothing is
// sent.
type RulesForm struct {
	Asked                             bool
	Ways                              []record.ContactWay
	Hours, Answerer, IfOther, Contact string
	Answers                           Answers // of how to reach her, all of them
}

// SetRules keeps what she answered. base is what the page had shown.
func (r *Room) SetRules(ctx context.Context, by *strongroom.Unlocked, id record.PersonID, base Person, version uint32, f RulesForm) error {
	facts, err := r.may(ctx, by, policy.EditPerson, id)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for field, s := range map[string]string{"hours": f.Hours, "answerer": f.Answerer, "if_other": f.IfOther, "contact": f.Contact} {
		if utf8.RuneCountInString(s) > longestContact {
			bad.Add(field, "fault.too_long")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if version != base.Reach.Version {
		return fault.New(fault.Conflict, "fault.conflict")
	}
	said := map[record.Tag]string{
		record.TagHours: f.Hours, record.TagAnswerer: f.Answerer, record.TagIfOther: f.IfOther, record.TagSafeContact: f.Contact,
		record.TagAnswers: f.Answers.only("phone", "contact").encode(), record.TagWays: "", record.TagAsked: "", record.TagNoVoicemail: "",
	}
	if f.Asked {
		said[record.TagWays], said[record.TagAsked] = waysCode(f.Ways), r.now().Format("2006-01-02")
		said[record.TagNoVoicemail] = flag(!slices.Contains(f.Ways, record.WayVoice))
	}
	words := base.rulesWith(sealed(said), slices.Collect(maps.Keys(said))...)
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if _, err := a.Correct(ctx, owner(id), base.Reach.Object, base.Reach.Version, text(record.ItemContact, id, words)); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Wrote, journal.ForReception, about(id, facts.Via))
	}, nil)
}

// rulesWith is all that is kept of how to reach her, with some of it said anew.
func (p Person) rulesWith(anew strongroom.Words, tags ...record.Tag) strongroom.Words {
	out := strongroom.Words{}
	maps.Copy(out, p.reach)
	for _, t := range tags {
		out[t] = anew[t]
	}
	return out
}
