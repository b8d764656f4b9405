// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// asked is the answer of who answered the question of safe contact.
const asked = "asked"

// reaching is how to reach a person without risk, as her pages say it.
func (d *Desk) reaching(p people.Person) Reaching {
	out := Reaching{Hours: p.Rules.Hours, Answerer: p.Rules.Answerer, IfOther: p.Rules.IfOther, Died: dated(p.Died)}
	out.Asked, _ = time.ParseInLocation(time.DateOnly, p.Rules.Asked.Reveal(), d.now().Location())
	out.Again = p.Rules.Asked.Empty() && len(p.Rules.Ways) > 0
	for _, w := range record.ContactWays() {
		if !p.Rules.Asked.Empty() && !p.Rules.Allows(w) && w != record.WayVoice {
			out.Forbidden = append(out.Forbidden, w)
		}
	}
	return out
}

func (d *Desk) contactPage(r *http.Request, by *strongroom.Unlocked) (*ContactPage, people.Person, error) {
	id, err := path[record.Person](r, "id")
	if err != nil {
		return nil, people.Person{}, err
	}
	p, err := d.People.Get(r.Context(), by, id)
	if err != nil {
		return nil, p, err
	}
	page := &ContactPage{
		Page: d.base(r, "persons"), ID: id.String(), Name: p.Called(), Version: int(p.Reach.Version), Contact: p.Contact,
		Hours: p.Rules.Hours, Answerer: p.Rules.Answerer, IfOther: p.Rules.IfOther, Answer: string(answersOf(p).Contact),
		Answered: []string{asked, "unasked", string(record.AnswerDeclined), string(record.AnswerUnwritten)},
	}
	page.Seal = true
	if !p.Rules.Asked.Empty() || page.Answer == "" && !p.Contact.Empty() {
		page.Answer = asked
	}
	page.offer(p.Rules.Ways)
	return page, p, nil
}

// offer lists the ways, those accepted ticked.
func (p *ContactPage) offer(accepted []record.ContactWay) {
	p.Ways = nil
	for _, w := range record.ContactWays() {
		p.Ways = append(p.Ways, Choice{ID: string(w), Chosen: slices.Contains(accepted, w)})
	}
}

func (d *Desk) contact(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, _, err := d.contactPage(r, by)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "contact", page)
}

// read reads what she answered, and keeps it in the page. Whoever ticked a way was
// answered.
func (p *ContactPage) read(f *web.Form) people.RulesForm {
	p.Hours, p.Answerer, p.IfOther, p.Contact = f.Words("hours", 2000), f.Words("answerer", 2000), f.Words("if_other", 2000), f.Words("contact", 2000)
	p.Answer = f.Line("contact_answer", 20)
	form := people.RulesForm{Hours: p.Hours.Reveal(), Answerer: p.Answerer.Reveal(), IfOther: p.IfOther.Reveal(), Contact: p.Contact.Reveal()}
	for _, one := range f.All("way", len(record.ContactWays())) {
		form.Ways = append(form.Ways, record.ContactWay(one))
	}
	form.Asked = p.Answer == asked || len(form.Ways) > 0
	p.offer(form.Ways)
	return form
}

// contactSave keeps what she answered.
func (d *Desk) contactSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, p, err := d.contactPage(r, by)
	if err != nil {
		return err
	}
	form := page.read(f)
	form.Answers = people.Answers{"phone": answersOf(p).Phone}
	if !form.Asked {
		form.Answers["contact"] = record.Answer(page.Answer)
	}
	version := f.Number("version", 0, 1<<30)
	if err = f.Err(); err == nil {
		err = d.People.SetRules(r.Context(), by, p.ID, p, uint32(version), form) //nolint:gosec // bounded above
	}
	if err != nil {
		return web.Again("contact", page, d.unwritten(r, by, f, err))
	}
	if err := d.finished(r.Context(), by, f); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/persons/"+page.ID, "person_saved")
}

// resumeContact shows the form of safe contact that was being filled.
func (d *Desk) resumeContact(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked, form waiting, f *web.Form) error {
	page, _, err := d.contactPage(r, by)
	if err != nil {
		return err
	}
	page.Version, page.DraftID = f.Number("version", 0, 1<<30), form.ID.String()
	page.read(f)
	return d.site.Render(w, r, http.StatusOK, "contact", page)
}
