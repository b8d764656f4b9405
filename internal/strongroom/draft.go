// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// Draft is an unfinished text, opened by its author.
type Draft struct {
	ID    record.DraftID
	At    int64 // seconds since 1970, when it was last kept
	Words Words
}

// DraftDays is how long an untouched draft is kept (S-33).
const DraftDays = 30

func (r *Room) draftContext(id record.DraftID, m record.MemberID) seal.Context {
	return seal.Context{
		Purpose: seal.ForDraft, Organisation: r.host.organisation,
		Owner: record.OwnerOf(record.OwnerMember, m), Object: id.Ref(), Author: m,
	}
}

// KeepDraft seals a draft under its author's own key.
func (r *Room) KeepDraft(ctx context.Context, u *Unlocked, id record.DraftID, w Words) error {
	d, err := r.ownDraft(u, id, w)
	if err != nil {
		return err
	}
	return r.write(ctx, func(tx Tx) error { return tx.PutDraft(ctx, d) })
}

func (r *Room) ownDraft(u *Unlocked, id record.DraftID, w Words) (record.Draft, error) {
	plain, err := r.draftBody(u.Member(), w)
	if err != nil {
		return record.Draft{}, err
	}
	d := record.Draft{ID: id, Author: u.Member(), Form: record.WrapOwn}
	d.Sealed = seal.Seal(u.own().Derive("drafts"), r.draftContext(id, d.Author), plain)
	return d, nil
}

// SealDraft seals a few words to the member who typed them, for her browser to
// bring back: the database keeps nothing of them.
func (r *Room) SealDraft(u *Unlocked, id record.DraftID, w Words) ([]byte, error) {
	d, err := r.ownDraft(u, id, w)
	return d.Sealed, err
}

// UnsealDraft opens what SealDraft sealed, for the same member and under the same
// id. Whoever calls it says in the journal what it was for.
func (r *Room) UnsealDraft(u *Unlocked, id record.DraftID, sealed []byte) (Draft, error) {
	return r.revealDraft(u, record.Draft{ID: id, Author: u.Member(), Form: record.WrapOwn, Sealed: sealed})
}

// KeepDraft keeps a draft of the member's in the act's own transaction.
func (a *Act) KeepDraft(id record.DraftID, w Words) error {
	d, err := a.room.ownDraft(a.by, id, w)
	if err != nil {
		return err
	}
	a.step(func(ctx context.Context, tx Tx) error { return tx.PutDraft(ctx, d) })
	return nil
}

// DepositDraft seals a draft to a member's public key, for a session that is
// veiled or over: it can no longer read, and may still keep what was typed.
func (r *Room) DepositDraft(ctx context.Context, m record.MemberID, w Words) error {
	row, err := r.read.Member(ctx, m)
	if err != nil {
		return err
	}
	dir, err := r.directory(ctx)
	if err != nil {
		return err
	}
	if !dir.Certified(row) {
		return errChain("a member's public keys are not those certified")
	}
	plain, err := r.draftBody(m, w)
	if err != nil {
		return err
	}
	d := record.Draft{ID: record.NewID[record.Draft](), Author: m, Form: record.WrapHybrid}
	if d.Sealed, err = seal.Wrap(row.Keys.KEM, r.draftContext(d.ID, m), plain); err != nil {
		return fault.Because(fault.Internal, err)
	}
	return r.write(ctx, func(tx Tx) error { return tx.PutDraft(ctx, d) })
}

func (r *Room) draftBody(m record.MemberID, w Words) ([]byte, error) {
	return body{Kind: "draft", Author: m, At: r.now().Unix(), Words: w}.encode()
}

// OpenDrafts opens all of a member's drafts, after an entry in the house journal,
// and erases those kept longer than DraftDays. With none, nothing is written.
func (r *Room) OpenDrafts(ctx context.Context, u *Unlocked) ([]Draft, error) {
	rows, err := r.read.Drafts(ctx, u.Member())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return r.openDrafts(ctx, u, rows)
}

// OpenDraft opens one of a member's drafts.
func (r *Room) OpenDraft(ctx context.Context, u *Unlocked, id record.DraftID) (Draft, error) {
	row, err := r.read.Draft(ctx, id, u.Member())
	if err != nil {
		return Draft{}, err
	}
	all, err := r.openDrafts(ctx, u, []record.Draft{row})
	if err != nil {
		return Draft{}, err
	}
	if len(all) == 0 {
		return Draft{}, fault.New(fault.Withheld, "")
	}
	return all[0], nil
}

func (r *Room) openDrafts(ctx context.Context, u *Unlocked, rows []record.Draft) ([]Draft, error) {
	if err := r.witness(ctx, u, journal.Body{Act: journal.Opened, Purpose: journal.ForDraft}); err != nil {
		return nil, err
	}
	var out []Draft
	for _, row := range rows {
		d, err := r.revealDraft(u, row)
		if err != nil {
			return nil, err
		}
		if d.At < r.now().Unix()-DraftDays*86400 {
			if err := r.DropDraft(ctx, u, row.ID); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

func (r *Room) revealDraft(u *Unlocked, row record.Draft) (Draft, error) {
	var plain []byte
	var err error
	c := r.draftContext(row.ID, u.Member())
	if row.Form == record.WrapOwn {
		plain, err = seal.Open(u.own().Derive("drafts"), c, row.Sealed)
	} else {
		plain, err = u.secret.pair().Open(c, row.Sealed)
	}
	if err != nil {
		return Draft{}, errItem
	}
	b, err := decodeBody(plain)
	return Draft{row.ID, b.At, b.Words}, err
}

// DropDraft erases one of a member's drafts.
func (r *Room) DropDraft(ctx context.Context, u *Unlocked, id record.DraftID) error {
	return r.write(ctx, func(tx Tx) error { return tx.DropDraft(ctx, id, u.Member()) })
}

// DropDraft erases a draft with the act that finishes it.
func (a *Act) DropDraft(id record.DraftID) {
	a.step(func(ctx context.Context, tx Tx) error {
		err := tx.DropDraft(ctx, id, a.by.Member())
		if fault.KindOf(err) == fault.Withheld {
			return nil // erased meanwhile: the act matters, not the draft
		}
		return err
	})
}

// UseDraft erases a draft with the act that it becomes, once: who posts it twice
// gets fault.Conflict for the second.
func (a *Act) UseDraft(id record.DraftID) {
	a.step(func(ctx context.Context, tx Tx) error {
		err := tx.UseDraft(ctx, id, a.by.Member())
		if fault.KindOf(err) == fault.Withheld {
			return fault.New(fault.Conflict, "fault.conflict")
		}
		return err
	})
}
