// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"net/http"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// HelpPage is GET /help: the gestures of every day, and whom to call.
type HelpPage struct {
	web.Page
	Contacts
}

// Inks are what the page explains: who reads what.
func (HelpPage) Inks() []Ink { return append([]Ink{InkOffice}, NoteInks()...) }

// NoticePage is GET /notice: what the person is told, spoken and on one page of
// paper (D-15). What she carries bears no mark of ours.
type NoticePage struct {
	web.Page
	Contacts
}

// AccessibilityPage is GET /accessibilite: the statement that article 47 of the law
// of 11 February 2005 asks for.
type AccessibilityPage struct {
	web.Page
	Contacts
	Tested, Absent, Looked []string // criteria of the RGAA
	Written                time.Time
}

// Contacts are whom to ask. Nobody is named to who is not signed in.
type Contacts struct {
	House                string
	Administrators, DPOs []string
}

func (d *Desk) helpRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /help":          d.help,
		"GET /notice":        d.notice,
		"GET /accessibilite": d.accessibility,
		"GET /map":           d.siteMap,
	}
}

func (d *Desk) help(w http.ResponseWriter, r *http.Request) error {
	page, whom, err := d.public(w, r, "help")
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "help", &HelpPage{page, whom})
}

func (d *Desk) notice(w http.ResponseWriter, r *http.Request) error {
	page, whom, err := d.public(w, r, "")
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "notice", &NoticePage{page, whom})
}

func (d *Desk) accessibility(w http.ResponseWriter, r *http.Request) error {
	page, whom, err := d.public(w, r, "")
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "accessibility", &AccessibilityPage{
		page, whom, strings.Fields(tested), strings.Fields(absent), strings.Fields(looked), statementWritten,
	})
}

// public is the common part of a page for anybody: a member keeps her header, and
// is told whom to ask by name.
func (d *Desk) public(w http.ResponseWriter, r *http.Request, nav string) (web.Page, Contacts, error) {
	v, err := d.visit(w, r)
	if err != nil {
		return web.Page{}, Contacts{}, err
	}
	page := d.base(r, nav)
	if v.Unlocked == nil {
		return page, Contacts{}, nil
	}
	whom, err := d.contacts(r.Context())
	return page, whom, err
}

func (d *Desk) contacts(ctx context.Context) (Contacts, error) {
	house, err := d.Directory.Organisation(ctx)
	if err != nil {
		return Contacts{}, err
	}
	functions, err := d.Directory.HouseFunctions(ctx)
	if err != nil {
		return Contacts{}, err
	}
	n, err := d.names(ctx)
	if err != nil {
		return Contacts{}, err
	}
	out := Contacts{House: house.Name}
	for _, f := range functions {
		switch {
		case n[f.Member].State != record.MemberActive:
		case f.Role == record.RoleAdministrator:
			out.Administrators = append(out.Administrators, n.of(f.Member))
		case f.Role == record.RoleDPO:
			out.DPOs = append(out.DPOs, n.of(f.Member))
		}
	}
	return out, nil
}

// The 106 criteria of the RGAA 4.1.2 (ux.md §4.2): those that a tool may find broken,
// those about what no page of ours holds, and those that a person has to look at.
// No test claims a criterion: it only fails when it sees one broken.
const (
	tested = "1.1 1.2 3.2 3.3 5.4 5.6 5.7 6.2 7.1 7.3 8.1 8.2 8.3 8.4 8.5 8.6 8.8 8.10 9.2 9.3 10.1 10.4 10.5 10.6 10.7 10.8 10.11 10.12 " +
		"11.1 11.4 11.5 11.6 11.9 11.10 11.11 11.12 11.13 12.1 12.2 12.4 12.5 12.6 12.7 12.8 12.9 12.10 13.1 13.2 13.9 13.11"
	absent = "1.4 1.5 1.8 2.1 2.2 4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 4.9 4.10 4.11 4.12 4.13 5.3 5.8 9.4 10.13 10.14 12.11 13.5 13.6 13.7 13.8 13.10 13.12"
	looked = "1.3 1.6 1.7 1.9 3.1 5.1 5.2 5.5 6.1 7.2 7.4 7.5 8.7 8.9 9.1 10.2 10.3 10.9 10.10 11.2 11.3 11.7 11.8 12.3 13.3 13.4"
)

// statementWritten is when a person last read the statement against the product.
var statementWritten = time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)
