// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"slices"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// DraftRow is a note that waits.
type DraftRow struct {
	ID      string
	Name    confided.Text
	Kind    record.NoteKind // "" of a form that is no note
	First   confided.Text   // its first words
	Started time.Time
}

// WelcomeRow is a colleague who just enrolled and lacks a key.
type WelcomeRow struct {
	ID, FirstName, Service string
}

// TodayPage is GET /today, where one lands.
type TodayPage struct {
	web.Page
	Drafts    []DraftRow
	Welcomes  []WelcomeRow
	Works     bool // carries cases
	FirstDay  bool
	MayCreate bool // may create a person
	Awaited   []AwaitedRow
	Agenda    Day
}

// AwaitedRow is a service whose key the member lacks, and who can give it to her.
type AwaitedRow struct {
	Service   string
	Welcomers []string
}

// PersonWords are the day-one fields of a person: five, one of them needed,
// and the rule of safe contact.
type PersonWords struct {
	Called   confided.Text
	LastName confided.Text
	Died     confided.Text
	Birth    confided.Text // as typed: 2/4/88, 38 ans
	Phone    confided.Text
	Language confided.Text
	Contact  confided.Text // how to reach her safely
}

// PersonAnswers are the ways of not answering that were chosen.
type PersonAnswers struct {
	LastName, Birth, Phone, Language, Contact record.Answer
}

// PersonForm is what the pages that write a person share.
type PersonForm struct {
	web.Page
	Words   PersonWords
	NoVoice bool // no voice mail
	Answers PersonAnswers
	DraftID string // the draft it was resumed from, "" for none
	Several bool   // one person a line
}

// Keeps are the fields whose words are given back when the form cannot be served.
func (*PersonForm) Keeps() []string {
	return []string{"called", "last_name", "birth", "phone", "contact", "language"}
}

// Asked is a field with its ways of not answering.
type Asked struct {
	web.Input
	Answer  record.Answer
	Summary string
	Ways    []Way
}

// Way is one way of not answering.
type Way struct {
	Value record.Answer
	ID    string
	Label string
}

// Asked adds to a field the ways of not answering.
func (p *PersonForm) Asked(in web.Input, answer record.Answer) Asked {
	a := Asked{Input: in, Answer: answer, Summary: p.T("answer.summary")}
	for _, way := range []struct {
		value record.Answer
		name  string
	}{{record.AnswerGiven, "unasked"}, {record.AnswerDeclined, "declined"}, {record.AnswerUnwritten, "known"}} {
		a.Ways = append(a.Ways, Way{Value: way.value, ID: in.ID + "-" + way.name, Label: p.Of("answer", way.name)})
	}
	return a
}

// PersonNewPage is GET and POST /persons/new.
type PersonNewPage struct {
	PersonForm
	ID       string   // of the person to be: posted twice, she is received once
	Services []Choice // asked when the member has several
	ThenNote bool     // the member may write a note next
}

// Lines is the field of who is received: one person a line.
func (p *PersonNewPage) Lines() web.Input {
	in := p.Input("area", "called", p.Words.Called).Need().Focused()
	in.Hint, in.Rows = p.T("page.person_new.lines"), max(2, 1+strings.Count(p.Words.Called.Reveal(), "\n"))
	return in
}

// HouseholdPage is GET and POST /households/{draft}: the lines as they were
// understood, before anything is written.
type HouseholdPage struct {
	web.Page
	Draft    string
	ID       string // of the person received
	Rows     []HouseholdRow
	Adults   int
	Children int
	Ageless  int
	Natures  []record.Nature
}

// HouseholdRow is one person of a household.
type HouseholdRow struct {
	N      int
	Name   confided.Text
	Birth  time.Time
	Age    int
	Known  bool          // something is known of her birth
	Nature record.Nature // "" for the person received
	Near   []NearRow     // known persons whom she resembles
	Other  bool          // it was said that she is none of them
}

// NearRow is a known person who may be the one of a line.
type NearRow struct {
	PersonRow
	Same bool // it was said that she is
}

// Wrong is what was not understood of a line, or "".
func (p *HouseholdPage) Wrong(line int) string {
	for _, e := range p.Errors {
		if e.Line == line {
			return p.T(e.Sentence())
		}
	}
	return ""
}

// FirstNear is the first line that resembles somebody: where a summary leads.
func (p *HouseholdPage) FirstNear() int {
	for _, r := range p.Rows {
		if len(r.Near) > 0 {
			return r.N
		}
	}
	return 0
}

// Understood says how many people were understood, and of what age.
func (p *HouseholdPage) Understood() string {
	var parts []string
	for _, kind := range []struct {
		key string
		n   int
	}{{"page.household.adults", p.Adults}, {"page.household.children", p.Children}, {"page.household.ageless", p.Ageless}} {
		if kind.n > 0 {
			parts = append(parts, p.T(kind.key, kind.n))
		}
	}
	return p.T("page.household.understood", len(p.Rows), strings.Join(parts, ", "))
}

// PersonEditPage is GET and POST /persons/{id}/edit. On a conflict Theirs holds
// what the other one saved, and the fields keep mine.
type PersonEditPage struct {
	PersonForm
	ID      string
	Version string
	Theirs  *PersonWords
	By      string
	At      time.Time
}

// PersonRow is one person in a list.
type PersonRow struct {
	ID    string
	Name  confided.Text
	Birth time.Time
	Age   int // 0: not known
}

// Listing is what the pages of names share.
type Listing struct {
	Filter confided.Text
	More   string // the following page, "" at the end
	Among  int    // how many names the filter was looked for among, 0: all
}

// PersonsPage is GET and POST /persons: those her service knows. The filter is
// posted: words never stand in an address.
type PersonsPage struct {
	web.Page
	Listing
	Persons   []PersonRow
	MayNote   bool
	MayCreate bool
	Awaited   []AwaitedRow
}

// PersonPage is GET /persons/{id}: what the accueil ink shows, and the dossiers
// open to me.
type PersonPage struct {
	web.Page
	ID        string
	Name      confided.Text
	Birth     time.Time
	Age       int
	Phone     confided.Text
	Language  confided.Text
	Contact   confided.Text
	NoVoice   bool
	Reference confided.Text // her number in the software that she came from
	Email     confided.Text
	Address   []confided.Text // its lines
	Answers   PersonAnswers
	Services  []string
	Cases     []CaseRow
	Family    Family
	Reaching  Reaching
	Other     *OtherRecord // nil: none is known, or open to the member
	MayNote   bool
	MayEdit   bool
	MayRefer  bool
}

// KinRow is somebody linked to a person.
type KinRow struct {
	ID, PersonID string // of the relation; of the other
	Name, Called confided.Text
	Age          int // 0: not known
	Nature       record.Nature
	First        bool   // of a line
	Sealed       bool   // nothing is opened of the other, and nothing leads there
	Since, Until string // as one says a date, or part of one
	Custody      confided.Text
}

// Tied says who somebody is to her, her age, and since and until when.
func (p *PersonPage) Tied(k KinRow) string { return tied(&p.Page, k) }

func tied(p *web.Page, k KinRow) string {
	said := p.Of("nature", k.Nature)
	if k.Age > 0 {
		said += ", " + p.T("person.age", k.Age)
	}
	if k.Since != "" {
		said += ", " + p.T("family.since", k.Since)
	}
	if k.Until != "" {
		said += ", " + p.T("family.until", k.Until)
	}
	return said
}

// Reaching is how to reach a person without risk, as her pages say it.
type Reaching struct {
	Hours, Answerer, IfOther confided.Text
	Forbidden                []record.ContactWay // once she was asked
	Asked                    time.Time           // zero: not asked
	Again                    bool                // asked once, and to be asked again
	Died                     string
}

// ContactPage is GET and POST /persons/{id}/contact.
type ContactPage struct {
	web.Page
	ID       string
	Name     confided.Text
	Version  int
	DraftID  string
	Ways     []Choice
	Hours    confided.Text
	Answerer confided.Text
	IfOther  confided.Text
	Contact  confided.Text
	Answer   string // asked, "", declined or known
	Answered []string
}

// Keeps are the fields whose words are given back when the form cannot be served.
func (*ContactPage) Keeps() []string { return []string{"hours", "answerer", "if_other", "contact"} }

// More is the field of what no other says.
func (p *ContactPage) More() web.Input {
	in := p.Input("area", "contact", p.Contact)
	in.Label = p.T("page.contact.more")
	return in
}

// TieForm is what the pages that write a link share.
type TieForm struct {
	web.Page
	Nature       record.Nature
	Since, Until confided.Text // as typed
	Custody      confided.Text
}

// Natures are those one chooses among, and to be kept apart.
func (*TieForm) Natures() []record.Nature { return append(record.Natures(), record.NatureApart) }

// Tied says who somebody is to her, her age, and since and until when.
func (p *TieForm) Tied(k KinRow) string { return tied(&p.Page, k) }

// RelationsPage is GET and POST /persons/{id}/relations.
type RelationsPage struct {
	TieForm
	ID      string
	Name    confided.Text
	Family  Family
	Filter  confided.Text
	Looked  bool        // somebody was looked for
	Offered []PersonRow // and found
}

// Find is the field in which one looks for the other.
func (p *RelationsPage) Find() web.Input {
	in := p.Input("text", "filter", p.Filter)
	in.Label = p.T("page.relations.find")
	return in
}

// RelationPage is GET and POST /persons/{id}/relations/{relation}.
type RelationPage struct {
	TieForm
	ID, PersonID string
	Name, Called confided.Text
	Version      int
	MaySeparate  bool
}

// Amendable reports whether a link is still to be corrected or ended: not of two
// who were separated.
func (k KinRow) Amendable() bool { return !k.Sealed || k.Nature == record.NatureApart }

// Family are those linked to a person.
type Family []KinRow

// Household are those whose link with her is not over.
func (f Family) Household() Family {
	out := slices.DeleteFunc(slices.Clone(f), func(k KinRow) bool { return k.Until != "" || k.Nature == record.NatureApart })
	for i := range out {
		out[i].First = i == 0
	}
	return out
}

// Apart are those with whom she is not to cross.
func (f Family) Apart() Family {
	return slices.DeleteFunc(slices.Clone(f), func(k KinRow) bool { return k.Until != "" || k.Nature != record.NatureApart })
}

// Counted is how many a family line tells of: she is one of them.
func (f Family) Counted() int { return len(f) + 1 }

// PersonReferPage is GET and POST /persons/{id}/refer: a lead names who will be
// referent.
type PersonReferPage struct {
	web.Page
	ID         string
	Name       confided.Text
	CaseID     string // of the dossier to be: posted twice, one is opened
	Service    string
	Colleagues []Choice
}

// CasesPage is GET and POST /cases: Mes dossiers. The filter is posted.
type CasesPage struct {
	web.Page
	Listing
	Cases []CaseRow
}
