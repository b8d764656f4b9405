// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"fmt"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/locale"
)

// Page is what every page carries. Page structs embed it; templates reach the
// printer through it: {{.T "page.case.title"}}.
type Page struct {
	*locale.Printer
	Languages []string      // offered at the foot of the page
	Path      string        // of this page, to come back to it after a change of language
	Nav       string        // the link of the header this page belongs to: today, cases, persons
	Session   int           // 1 to 4: which of the sessions of this browser; 0 when signed out
	Member    string        // name of the member; "" shows no header
	Admin     bool          // the member has pages of administration
	Serves    bool          // the member works in a service: there are persons and dossiers
	Banner    string        // catalogue key under "banner.", such as demo; "" for none
	Flash     string        // what the last request did: key under "flash.", "" for none
	Alert     string        // catalogue key of what went wrong with the form shown again
	Search    confided.Text // what the header's box says; empty but on the page that looks for it
	Seal      bool          // the page shows opened confidences
	Errors    []*fault.Error

	assets *Assets
}

// Pager is a page struct: one that embeds Page.
type Pager interface{ base() *Page }

func (p *Page) base() *Page { return p }

// Error returns the sentence to show at a field, or "". A general reason is
// made precise by the entry "field.<name>.<reason>" when the catalogue has it.
func (p *Page) Error(name string) string {
	for _, e := range p.Errors {
		if e.Field == name {
			return p.reason(e)
		}
	}
	return ""
}

// Trouble is one line of the summary above a form: where, and what.
type Trouble struct{ ID, Label, Sentence string }

// Troubles returns the summary of Errors, in the order they were found.
func (p *Page) Troubles() []Trouble {
	var all []Trouble
	for _, e := range p.Errors {
		all = append(all, Trouble{ID: e.Field, Label: p.T("field." + e.Field + ".label"), Sentence: p.reason(e)})
	}
	return all
}

func (p *Page) reason(e *fault.Error) string {
	if e.Key == "form.missing" {
		if own := "field." + e.Field + ".missing"; p.Has(own) {
			return p.T(own)
		}
	}
	if e.Line > 0 {
		return p.T("form.line", e.Line, p.T(e.Sentence()))
	}
	return p.T(e.Sentence())
}

// AlertNext returns what to do about Alert, when the catalogue says it.
func (p *Page) AlertNext() string {
	if next := p.Alert + ".next"; p.Has(next) {
		return p.T(next)
	}
	return ""
}

// Asset returns the address of a file of asset/ under the name of its content.
func (p *Page) Asset(name string) string { return p.assets.Path(name) }

// Input is one field of a form, complete: label, hint, error and value. Its
// label is the catalogue entry "field.<name>.label", its hint
// "field.<name>.hint" when there is one.
type Input struct {
	Name, ID, Type, Mode, Complete   string
	Label, Hint, Error, Optional     string
	Value                            confided.Text
	Digits                           string // what to say where six digits send the form by themselves
	Rows                             int
	Needed, Focus, Secret, Multiline bool
	Masked                           bool // a script hides what is typed, and can show it
}

// kinds are the fields a form may have: type, inputmode and autocomplete of
// their input. Names and notes of others are never offered by the browser. A new
// passphrase is typed once: it can be read where no script hides and shows it.
var kinds = map[string][3]string{
	"text":             {"text", "", "off"},
	"area":             {"", "", "off"},
	"tel":              {"tel", "tel", "off"},
	"username":         {"text", "email", "username"},
	"own-name":         {"text", "", "name"},
	"current-password": {"password", "", "current-password"},
	"new-password":     {"text", "", "off"},
	"code":             {"text", "", "off"},
	"digits":           {"password", "numeric", "one-time-code"},
}

// Input returns the field called name. kind is one of the keys of kinds;
// value is a string or a confided.Text, and is not shown for secrets.
func (p *Page) Input(kind, name string, value any) Input {
	k, ok := kinds[kind]
	if !ok {
		panic("internal error: web: no such kind of field: " + kind)
	}
	in := Input{
		Name: name, ID: name, Type: k[0], Mode: k[1], Complete: k[2], Multiline: kind == "area", Rows: 3,
		Label: p.T("field." + name + ".label"), Error: p.Error(name), Optional: p.T("form.optional"),
		Masked: kind == "new-password",
		Secret: k[0] == "password" || kind == "code" || kind == "new-password",
	}
	if hint := "field." + name + ".hint"; p.Has(hint) {
		in.Hint = p.T(hint)
	}
	if words, ok := value.(confided.Text); ok {
		in.Value = words
	} else if !in.Secret {
		in.Value = confided.NewText(fmt.Sprint(value))
	}
	return in
}

// Need marks the field as the one that must be filled.
func (in Input) Need() Input { in.Needed = true; return in }

// Focused puts the cursor in the field when the page opens.
func (in Input) Focused() Input { in.Focus = true; return in }

// Alone lets six digits send the form by themselves, where scripts run; hint says
// so there.
func (in Input) Alone(hint string) Input { in.Digits = hint; return in }

// As gives the field another identity on a page that has two of the same name.
func (in Input) As(id string) Input { in.ID = id; return in }

// DescribedBy returns the ids of what explains the field: its error, its hint.
func (in Input) DescribedBy() string {
	switch {
	case in.Error != "" && in.Hint != "":
		return in.ID + "-error " + in.ID + "-hint"
	case in.Error != "":
		return in.ID + "-error"
	case in.Hint != "":
		return in.ID + "-hint"
	}
	return ""
}
