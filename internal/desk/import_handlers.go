// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) importRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /imports":                 d.in(d.imports),
		"POST /imports":                d.sending(d.importPropose),
		"GET /imports/{list}":          d.in(d.importShow),
		"POST /imports/{list}":         d.in(d.importReceive),
		"POST /imports/{list}/discard": d.in(d.importDiscard),
		"GET /imports/{list}/undo":     d.in(d.importUndo),
		"POST /imports/{list}/undo":    d.in(d.importUndo),
	}
}

func (d *Desk) imports(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.importsPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "imports", page)
}

func (d *Desk) importsPage(r *http.Request, by *strongroom.Unlocked) (*ImportsPage, error) {
	receiving, err := d.personNewPage(r, by) // the services in which she may receive somebody
	if err != nil {
		return nil, err
	}
	page := &ImportsPage{Page: d.base(r, "persons"), Services: receiving.Services}
	lists, err := d.Exchange.Lists(r.Context(), by)
	for _, l := range lists {
		page.Lists = append(page.Lists, ListRow{
			ID: l.ID.String(), At: l.At, Waits: l.Waits(), Lines: len(l.Sheet.Rows), Received: len(l.Received),
			Until: l.At.AddDate(0, 0, strongroom.DraftDays),
		})
	}
	return page, err
}

// importPropose reads a list and keeps it for its giver alone, until she decides.
func (d *Desk) importPropose(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, u *web.Upload) error {
	page, err := d.importsPage(r, by)
	if err != nil {
		return err
	}
	page.Typed = u.Words("list", exchange.MaxBytes)
	list := []byte(page.Typed.Reveal())
	if page.Typed.Empty() {
		if list, err = io.ReadAll(io.LimitReader(u.File, exchange.MaxBytes+1)); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		u.Fail("file", "form.missing")
	}
	service := posted[record.Service](u.Form, "service")
	var id record.DraftID
	if err = u.Err(); err == nil {
		id, err = d.Exchange.Propose(r.Context(), by, service, list)
	}
	if err != nil {
		u.Drain()
		return web.Again("imports", page, err)
	}
	return d.site.SeeOther(w, r, "/imports/"+id.String(), "")
}

// list is the list that a path names: the member's own.
func (d *Desk) list(r *http.Request, by *strongroom.Unlocked) (exchange.List, error) {
	id, err := record.ParseID[record.Draft](r.PathValue("list"))
	if err != nil {
		return exchange.List{}, err
	}
	return d.Exchange.List(r.Context(), by, id)
}

// mostNamed bounds how many lines of a list show whom they resemble by name: each
// is an opening, and a list that repeats a whole service is recognised before.
const mostNamed = 100

// known opens whom the lines of a list resemble.
func (d *Desk) known(ctx context.Context, by *strongroom.Unlocked, l exchange.List) (map[int][]PersonRow, error) {
	var lines []int
	var near [][]record.PersonID
	for _, row := range l.Sheet.Rows {
		if len(row.Known) > 0 && len(near) < mostNamed {
			lines, near = append(lines, row.Line), append(near, row.Known)
		}
	}
	shown, err := d.People.ShowNear(ctx, by, near)
	named := map[int][]PersonRow{}
	for i, all := range shown {
		for _, p := range all {
			named[lines[i]] = append(named[lines[i]], d.personRow(p))
		}
	}
	return named, err
}

func (d *Desk) importShow(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := record.ParseID[record.Draft](r.PathValue("list"))
	if err != nil {
		return err
	}
	l, err := d.Exchange.Compared(r.Context(), by, id)
	if err != nil {
		return err
	}
	if !l.Waits() {
		return d.site.SeeOther(w, r, "/imports", "")
	}
	page := ImportPage{Page: d.base(r, "persons"), ID: l.ID.String(), Taken: l.Sheet.Taken, Left: l.Sheet.Left}
	known, err := d.known(r.Context(), by, l)
	if err != nil {
		return err
	}
	page.Seal = len(known) > 0
	named := map[int]confided.Text{}
	for _, row := range l.Sheet.Rows {
		named[row.Line] = people.Person{Name: confided.NewText(row.Form.Name), FamilyName: confided.NewText(row.Form.FamilyName)}.Called()
	}
	for _, row := range l.Sheet.Rows {
		shown := ImportRow{
			Line: row.Line, Name: named[row.Line], Outcome: row.Outcome, Of: row.Of, OfName: named[row.Of],
			PhoneLine: row.SamePhone, SamePhone: named[row.SamePhone],
			Known: len(row.Known) > 0, Near: known[row.Line],
		}
		shown.Birth, shown.Age = d.birth(people.Person{Birth: people.KeptBirth(row.Form.Birth, d.now())})
		for _, m := range row.Remarks {
			shown.Remarks = append(shown.Remarks, RemarkRow{Field: string(m.Field), Key: m.Key})
		}
		page.add(shown)
	}
	return d.site.Render(w, r, http.StatusOK, "import", &page)
}

func (p *ImportPage) add(row ImportRow) {
	switch {
	case row.Alike():
		p.Alike++
	case row.Refused():
		p.Refused++
	default:
		p.Fresh++
	}
	if row.Told() {
		p.Told = append(p.Told, row)
	} else {
		p.Rows = append(p.Rows, row)
	}
}

// importReceive receives the persons of a list, all of them or none.
func (d *Desk) importReceive(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	l, err := d.list(r, by)
	if err != nil {
		return err
	}
	said := exchange.Said{Known: lines(f, "known"), Others: lines(f, "other")}
	if _, err := d.Exchange.Receive(r.Context(), by, l.ID, said); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/imports", "list_received")
}

// lines reads the numbers of lines that a field repeats.
func lines(f *web.Form, name string) map[int]bool {
	out := map[int]bool{}
	for _, line := range f.All(name, exchange.MaxRows) {
		n, _ := strconv.Atoi(line) // what is no number is no line
		out[n] = true
	}
	return out
}

func (d *Desk) importDiscard(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	l, err := d.list(r, by)
	if err == nil {
		err = d.Exchange.Discard(r.Context(), by, l.ID)
	}
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/imports", "")
}

// importUndo takes a list back, after asking once more: what it brought is deleted.
func (d *Desk) importUndo(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	l, err := d.list(r, by)
	if err != nil {
		return err
	}
	if done, err := d.confirmed(w, r, ConfirmPage{What: "undo_list", Action: r.URL.Path, Cancel: "/imports"}); !done {
		return err
	}
	_, stay, err := d.Exchange.TakeBack(r.Context(), by, l.ID)
	switch {
	case err != nil:
		return err
	case stay > 0:
		return d.site.SeeOther(w, r, "/imports", "list_undone_but")
	}
	return d.site.SeeOther(w, r, "/imports", "list_undone")
}
