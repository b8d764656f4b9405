// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// countedCookie keeps aside what was counted last. The tally tells no two conversations
// apart: only who has just counted one can take it back. Who copied the cookie could
// take back as many as were counted; what is lost is a figure.
const countedCookie = "__Host-counted"

func (d *Desk) countRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /conversations/new":            d.in(d.countNew),
		"POST /conversations":               d.in(d.count),
		"GET /conversations/{search}":       d.in(d.counted),
		"POST /conversations/{search}/undo": d.in(d.uncount),
	}
}

func (d *Desk) countNew(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.countPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "count", page)
}

func (d *Desk) countPage(r *http.Request, by *strongroom.Unlocked) (*CountPage, error) {
	page := &CountPage{
		Page: d.base(r, "today"), Medium: record.AtOffice, Mediums: record.Mediums(),
		Theme: record.ThemeUnasked, Themes: record.Themes(),
	}
	for _, s := range by.Actor().Services() {
		row, err := d.Directory.Service(r.Context(), s)
		if err != nil {
			return nil, err
		}
		page.Services = append(page.Services, Choice{ID: s.String(), Name: row.Name, Chosen: len(page.Services) == 0})
	}
	if len(page.Services) == 0 {
		return nil, policy.Decide(by.Actor(), policy.CountEncounter, policy.Subject{}).Err()
	}
	return page, nil
}

// count counts a conversation and closes it: nothing of it is kept but the count (S-37).
func (d *Desk) count(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.countPage(r, by)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	service, _ := record.ParseID[record.Service](f.Choice("service", listed(page.Services)...))
	fact := record.Fact{
		Service: service, Act: record.FirstConversation,
		Medium: record.Medium(f.Choice("medium", spelt(page.Mediums)...)), Theme: record.Theme(f.Choice("theme", spelt(page.Themes)...)),
	}
	choose(page.Services, service.String())
	page.Medium, page.Theme = fact.Medium, fact.Theme
	if f.Err() != nil {
		return web.Again("count", page, f.Err())
	}
	if err := policy.Decide(by.Actor(), policy.CountEncounter, policy.Subject{Service: service}).Err(); err != nil {
		return err
	}
	if fact, err = d.Tally.Count(r.Context(), fact); err != nil {
		return err
	}
	id, err := d.putAside(w, by, countedCookie, receiptOf(fact))
	if err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/conversations/"+id, "")
}

// counted says that it is, and how many there are this month.
func (d *Desk) counted(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if err := policy.Decide(by.Actor(), policy.ListPersons, policy.Subject{}).Err(); err != nil {
		return err
	}
	page := &CountedPage{Page: d.base(r, "today"), ID: r.PathValue("search")}
	fact, ok := d.countedFact(r, by)
	if page.Over = !ok; page.Over {
		return d.site.Render(w, r, http.StatusOK, "counted", page)
	}
	s, err := d.Directory.Service(r.Context(), fact.Service)
	if err != nil {
		return err
	}
	page.Service, page.Medium, page.Theme = s.Name, fact.Medium, fact.Theme
	if page.Times, err = d.Tally.ThisMonth(r.Context(), fact.Service, fact.Act); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "counted", page)
}

// uncount takes the last one back, and has its browser forget it.
func (d *Desk) uncount(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if _, err := web.ReadForm(r); err != nil {
		return err
	}
	fact, ok := d.countedFact(r, by)
	if !ok {
		return d.site.SeeOther(w, r, "/conversations/"+r.PathValue("search"), "")
	}
	if err := policy.Decide(by.Actor(), policy.CountEncounter, policy.Subject{Service: fact.Service}).Err(); err != nil {
		return err
	}
	if err := d.Tally.TakeBack(r.Context(), fact); err != nil {
		return err
	}
	web.SetCookie(w, countedCookie, "", -1)
	return d.site.SeeOther(w, r, "/today", "uncounted")
}

// receiptOf writes a fact down for who counted it.
func receiptOf(f record.Fact) confided.Text {
	return confided.NewText(url.Values{
		"service": {f.Service.String()}, "month": {strconv.Itoa(int(f.Month))}, "act": {string(f.Act)},
		"medium": {string(f.Medium)}, "theme": {string(f.Theme)},
	}.Encode())
}

// countedFact reads it again, while it is hers to take back.
func (d *Desk) countedFact(r *http.Request, by *strongroom.Unlocked) (record.Fact, bool) {
	kept, err := url.ParseQuery(d.asideOf(r, by, countedCookie, r.PathValue("search")).Reveal())
	if err != nil {
		return record.Fact{}, false
	}
	service, err := record.ParseID[record.Service](kept.Get("service"))
	month, wrong := strconv.ParseInt(kept.Get("month"), 10, 32)
	return record.Fact{
		Service: service, Month: record.Month(month), Act: record.Counted(kept.Get("act")),
		Medium: record.Medium(kept.Get("medium")), Theme: record.Theme(kept.Get("theme")),
	}, err == nil && wrong == nil
}

// listed are the answers that a list of choices allows.
func listed(all []Choice) []string {
	out := make([]string, 0, len(all))
	for _, c := range all {
		out = append(out, c.ID)
	}
	return out
}

func spelt[T ~string](all []T) []string {
	out := make([]string, 0, len(all))
	for _, v := range all {
		out = append(out, string(v))
	}
	return out
}
