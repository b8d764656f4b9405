// SPDX-License-Identifier: AGPL-3.0-or-later

// Package locale holds what the screen says: one sorted catalogue per
// language, and the printer that fills its sentences, dates and lists of names
// for one request. It knows no other package of ours.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed fr.json en.json
var files embed.FS

// Languages of the interface, the default first.
const (
	French  = "fr"
	English = "en"
)

// message is one sentence, or its two plural forms.
type message struct{ One, Other string }

// UnmarshalJSON reads "sentence" or {"one": "…", "other": "…"}.
func (m *message) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &m.Other)
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(b, &forms); err != nil {
		return err
	}
	*m = message(forms)
	return nil
}

// Catalogues are the sentences of every language.
type Catalogues struct {
	languages []string
	messages  map[string]map[string]message
}

// Load reads the embedded catalogues.
func Load() (*Catalogues, error) {
	c := &Catalogues{languages: []string{French, English}, messages: map[string]map[string]message{}}
	for _, lang := range c.languages {
		b, err := files.ReadFile(lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("locale: %w", err)
		}
		sentences := map[string]message{}
		if err := json.Unmarshal(b, &sentences); err != nil {
			return nil, fmt.Errorf("locale: %s.json: %w", lang, err)
		}
		c.messages[lang] = sentences
	}
	return c, nil
}

// Languages returns the languages there are, the default first.
func (c *Catalogues) Languages() []string { return slices.Clone(c.languages) }

// Choose returns the language to speak: the one chosen (a cookie), else the
// first of the Accept-Language header that we have, else French. Weights are
// not read: browsers send the list in order.
func (c *Catalogues) Choose(chosen, accept string) string {
	if slices.Contains(c.languages, chosen) {
		return chosen
	}
	for _, part := range strings.Split(accept, ",") {
		tag, _, _ := strings.Cut(part, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if slices.Contains(c.languages, primary) {
			return primary
		}
	}
	return French
}

// Printer returns the printer of one language at one moment. The moment gives
// "yesterday" its meaning, and its location is the zone dates are shown in.
func (c *Catalogues) Printer(lang string, now time.Time) *Printer {
	if !slices.Contains(c.languages, lang) {
		lang = French
	}
	return &Printer{lang: lang, messages: c.messages[lang], now: now}
}

// Printer says things in one language, for one request.
type Printer struct {
	lang     string
	messages map[string]message
	now      time.Time
}

// Lang returns the language, as the html lang attribute wants it.
func (p *Printer) Lang() string { return p.lang }

// Dir returns the direction of writing, as the html dir attribute wants it.
func (p *Printer) Dir() string { return "ltr" }

// Has reports whether the catalogue has a sentence for key.
func (p *Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// T returns the sentence of key, its placeholders {0}, {1}… filled with args.
// The first integer of args chooses between one and other. A key that is not
// there is returned as it is: a test makes sure that there is none.
func (p *Printer) T(key string, args ...any) string {
	m, ok := p.messages[key]
	if !ok {
		return key
	}
	return fill(m.form(p.lang, args), args)
}

// Of returns the sentence of one value of an enumeration: the key
// "<family>.<value>". No value, no sentence.
func (p *Printer) Of(family string, value any) string {
	name := said(value)
	if name == "" {
		return ""
	}
	return p.T(family + "." + name)
}

func (m message) form(lang string, args []any) string {
	if m.One == "" {
		return m.Other
	}
	for _, a := range args {
		if n, ok := a.(int); ok && singular(lang, n) {
			return m.One
		} else if ok {
			break
		}
	}
	return m.Other
}

// singular: French says "0 personne", English "0 people".
func singular(lang string, n int) bool {
	return n == 1 || n == 0 && lang == French
}

// fill puts args in the places {0} to {9} of a sentence, in one pass: what is put
// in is not looked at again.
func fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 16*len(args))
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 || i+2 >= len(s) {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:i])
		if n := int(s[i+1]) - '0'; s[i+2] == '}' && 0 <= n && n < len(args) {
			out.WriteString(said(args[n]))
			s = s[i+3:]
			continue
		}
		out.WriteByte('{')
		s = s[i+1:]
	}
}

// said is what fmt says of a value, of which most are strings and small numbers.
func said(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(value)
}

// Names joins names as a sentence does: "vous, Karim B. et Lucie P.".
func (p *Printer) Names(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " " + p.T("list.and") + " " + names[last]
}
