// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"depositaire.org/depositaire/internal/cases"
	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// Register proves what the journal holds. Nothing of it is sealed.
type Register interface {
	Public() string
	Head(ctx context.Context) (record.Checkpoint, error)
	Consistent(ctx context.Context, size int64, root [32]byte) (bool, error)
	LinkInclusion(ctx context.Context, owner record.Owner, n uint32) (journal.Inclusion, error)
}

//go:embed receipt/check.html
var checkPage []byte

// CheckPage is a page that verifies receipts by itself, opened from a disk: it
// needs neither this program nor a network.
func CheckPage() []byte { return checkPage }

// ReceiptPage is GET /cases/{id}/readers/{member}/receipt: one access, told to the
// person on paper (S-16). What she carries bears no mark of ours.
type ReceiptPage struct {
	web.Page
	ID, Grant    string
	Name         confided.Text
	Who, By      string
	Function     record.Role
	Referent     bool
	Reason       record.Reason
	Case, Shared bool
	Notes        int // held alone
	Since, Until time.Time
	Service      string
	House        string
	Number       int64 // of the journal, from 1
	Key          string
}

func (d *Desk) receiptRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /cases/{id}/readers/{member}/receipt":       d.in(d.receipt),
		"GET /cases/{id}/readers/{member}/receipt/proof": d.in(d.receiptProof),
		"GET /receipts/check":                            d.checkPage,
	}
}

// access finds one member's place in a case, and the proof that it was written.
func (d *Desk) access(r *http.Request, by *strongroom.Unlocked) (cases.Receipt, journal.Inclusion, error) {
	id, err := path[record.Case](r, "id")
	if err != nil {
		return cases.Receipt{}, journal.Inclusion{}, err
	}
	m, err := path[record.Member](r, "member")
	if err != nil {
		return cases.Receipt{}, journal.Inclusion{}, err
	}
	of, err := d.Cases.Receipt(r.Context(), by, id, m)
	if err != nil {
		return of, journal.Inclusion{}, err
	}
	proof, err := d.Register.LinkInclusion(r.Context(), record.OwnerOf(record.OwnerCase, id), of.Link)
	return of, proof, err
}

func (d *Desk) receipt(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	of, proof, err := d.access(r, by)
	if err != nil {
		return err
	}
	page := ReceiptPage{
		Page: d.base(r, "cases"), ID: of.ID.String(), Grant: of.Member.String(), Referent: of.Referent, Reason: of.Reason,
		Notes: len(of.Objects), Since: minute(of.Since), Until: minute(of.Until), Number: proof.Sequence + 1, Key: d.Register.Public(),
	}
	page.Seal = true
	for _, c := range of.Circles {
		page.Case = page.Case || c.Kind == record.CaseCircle
		page.Shared = page.Shared || c.Kind == record.Shared
	}
	who, err := d.first(r.Context(), by, of.Dossier)
	if err != nil {
		return err
	}
	page.Name = who.Called()
	if err := d.receiptNames(r.Context(), of, &page); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "receipt", &page)
}

// receiptNames fills in who it is about, and whom to ask.
func (d *Desk) receiptNames(ctx context.Context, of cases.Receipt, page *ReceiptPage) error {
	n, err := d.names(ctx)
	if err != nil {
		return err
	}
	page.Who, page.By = n.of(of.Member), n.of(of.By)
	functions, err := d.Directory.Functions(ctx, of.Member)
	if err != nil {
		return err
	}
	for _, f := range functions {
		if f.Service == of.Service {
			page.Function = f.Role
		}
	}
	s, err := d.Directory.Service(ctx, of.Service)
	if err != nil {
		return err
	}
	house, err := d.Directory.Organisation(ctx)
	page.Service, page.House = s.Name, house.Name
	return err
}

// receiptProof is the proof as a file.
func (d *Desk) receiptProof(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	_, proof, err := d.access(r, by)
	if err != nil {
		return err
	}
	web.Attach(w, "text/plain; charset=utf-8", "recu.tlog-proof", []byte(proof.Receipt()))
	return nil
}

func (d *Desk) checkPage(w http.ResponseWriter, _ *http.Request) error {
	web.Attach(w, "text/html; charset=utf-8", "verifier-un-recu.html", checkPage)
	return nil
}
