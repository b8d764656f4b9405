// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"context"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
)

// Reader is what the strong room reads: rows, never words.
type Reader interface {
	houseReader
	caseReader
	circleReader
	objectReader
}

type houseReader interface {
	Organisation(ctx context.Context) (record.Organisation, error)
	Services(ctx context.Context) ([]record.Service, error)
	Service(ctx context.Context, id record.ServiceID) (record.Service, error)
	Members(ctx context.Context) ([]record.Member, error)
	Member(ctx context.Context, id record.MemberID) (record.Member, error)
	Functions(ctx context.Context, m record.MemberID) ([]record.Function, error)
	SlotCount(ctx context.Context, m record.MemberID) (int, error)
	Seats(ctx context.Context) ([]record.Seat, error)
	Locks(ctx context.Context, o record.Owner) ([]record.Lock, error)
	Known(ctx context.Context, p record.PersonID) ([]record.ServiceID, error)
}

type caseReader interface {
	Case(ctx context.Context, id record.CaseID) (record.Case, error)
	CasesOf(ctx context.Context, p record.PersonID) ([]record.Case, error)
	CasesHeld(ctx context.Context, s record.ServiceID, m record.MemberID) ([]record.Case, error)
}

type circleReader interface {
	Chain(ctx context.Context, o record.Owner) ([]record.Link, error)
	ChainSince(ctx context.Context, o record.Owner, n uint32) ([]record.Link, error)
	Circles(ctx context.Context, o record.Owner) ([]record.Circle, error)
	OwnerEpochs(ctx context.Context, o record.Owner) ([]record.Epoch, error)
	WrapsTo(ctx context.Context, o record.Owner, to ...record.Recipient) ([]record.Wrap, error)
	Recall(ctx context.Context, o record.Owner, n uint32, to ...record.Recipient) ([]record.Wrap, []record.Link, error)
	Wraps(ctx context.Context, c record.CircleID) ([]record.Wrap, error)
	Holders(ctx context.Context, c record.CircleID) ([]record.Holder, error)
	ObjectWraps(ctx context.Context, o record.ObjectID) ([]record.Wrap, error)
	JournalOf(ctx context.Context, c record.CircleID, since record.Minute, limit int) ([]record.Entry, error)
}

type objectReader interface {
	NextOrder(ctx context.Context, o record.Owner) (uint32, error)
	Pieces(ctx context.Context, o record.Owner) ([]record.Piece, error)
	Piece(ctx context.Context, o record.Owner, id record.ObjectID) (record.Piece, error)
	Slips(ctx context.Context, o record.Owner) ([]record.Slip, error)
	ObjectVersions(ctx context.Context, o record.ObjectID) ([]record.Version, error)
	MarksOf(ctx context.Context, o record.Owner) ([]record.Mark, error)
	Drafts(ctx context.Context, m record.MemberID) ([]record.Draft, error)
	Draft(ctx context.Context, id record.DraftID, m record.MemberID) (record.Draft, error)
}

// Tx is what the strong room writes in a transaction.
type Tx interface {
	journal.Tx
	circleWriter
	objectWriter
	draftWriter
}

type circleWriter interface {
	PutCircle(ctx context.Context, c record.Circle) error
	PutEpoch(ctx context.Context, e record.Epoch) error
	PutWrap(ctx context.Context, w record.Wrap) error
	DropWrap(ctx context.Context, w record.Wrap) error
	PutLink(ctx context.Context, l record.Link) error
	PutLock(ctx context.Context, l record.Lock) error
}

type objectWriter interface {
	PutObject(ctx context.Context, o record.Object) (uint32, error)
	DropObject(ctx context.Context, o record.ObjectID) error
	PutSlip(ctx context.Context, s record.Slip) error
	DropSlips(ctx context.Context, o record.ObjectID) error
	PutVersion(ctx context.Context, v record.Version) error
	DropVersions(ctx context.Context, o record.ObjectID) error
	ObjectVersions(ctx context.Context, o record.ObjectID) ([]record.Version, error) // to read back before deleting
	PutFile(ctx context.Context, f record.File) error
	DropFile(ctx context.Context, o record.ObjectID) error
	PutMark(ctx context.Context, m record.Mark) error
}

type draftWriter interface {
	PutDraft(ctx context.Context, d record.Draft) error
	DropDraft(ctx context.Context, id record.DraftID, m record.MemberID) error
	UseDraft(ctx context.Context, id record.DraftID, m record.MemberID) error // Withheld when it is gone
}
