// SPDX-License-Identifier: AGPL-3.0-or-later

package confided_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/confided"
)

// secret is nobody's: looked for in clear and in the encodings a printer may use.
const secret = "Zèbre-7f3a mot confié"

type holder struct {
	Shown  confided.Text
	hidden confided.Text //nolint:unused // printed by reflection
}

type deep struct {
	inner  *holder
	list   []confided.Text
	byName map[string]confided.Text
	any    any
}

// carriers are the ways a program holds opened words.
func carriers() map[string]any {
	w := confided.NewText(secret)
	h := holder{w, w}
	return map[string]any{
		"the text": w, "a pointer to it": &w, "a struct": h, "a pointer to a struct": &h,
		"a slice": []confided.Text{w, w}, "an array": [2]confided.Text{w, w},
		"a map": map[string]confided.Text{"note": w}, "a map keyed by it": map[any]int{w: 1},
		"nested":              deep{&h, []confided.Text{w}, map[string]confided.Text{"note": w}, w},
		"a pointer to nested": &deep{&h, []confided.Text{w}, map[string]confided.Text{"note": w}, &w},
		"an interface":        any(w), "a slice of interfaces": []any{w, h, &h},
		"a map of structs": map[int]holder{1: h}, "a function's result": func() confided.Text { return w }(),
	}
}

// leaks says in which encoding the secret shows in s; "" when it does not.
func leaks(s string) string {
	low := strings.ToLower(s)
	quoted := strconv.QuoteToASCII(secret)
	for name, form := range map[string]string{
		"in clear": secret, "in hexadecimal": hex.EncodeToString([]byte(secret)),
		"in spaced hexadecimal": spaced("% x"), "as numbers": strings.Trim(spaced("%d"), "[]"),
		"in base64": base64.StdEncoding.EncodeToString([]byte(secret)), "in base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"quoted": quoted[1 : len(quoted)-1], "a word of it": "7f3a",
	} {
		if strings.Contains(low, strings.ToLower(form)) {
			return name
		}
	}
	return ""
}

func spaced(verb string) string { return fmt.Sprintf(verb, []byte(secret)) }

// Seen to kill: Text holding a string instead of a pointer; no Format.
func TestNoVerbPrintsOpenedWords(t *testing.T) {
	tried := 0
	for name, v := range carriers() {
		for _, verb := range strings.Fields("v +v #v T t b c d o O q U x X #x %x e E f F g G s +q #q p w 5s -20v 08d .3s +.2v [1]v z") {
			if got := leaks(fmt.Sprintf("%"+verb, v)); got != "" {
				t.Errorf("%%%s of %s leaks %s", verb, name, got)
			}
			tried++
		}
		for how, s := range map[string]string{"Sprint": fmt.Sprint(v), "Sprintln": fmt.Sprintln(v), "Append": string(fmt.Append(nil, v))} {
			if got := leaks(s); got != "" {
				t.Errorf("%s of %s leaks %s", how, name, got)
			}
		}
	}
	if tried < 300 {
		t.Fatalf("only %d ways tried", tried)
	}
}

// Seen to kill: leaks() returning "" always: the table itself must see a leak.
func TestTheTableSeesALeak(t *testing.T) {
	for how, s := range map[string]string{
		"clear": secret, "hex": fmt.Sprintf("%x", secret), "HEX": fmt.Sprintf("%X", secret), "quoted": fmt.Sprintf("%+q", secret),
		"numbers": fmt.Sprintf("%d", []byte(secret)), "base64": base64.StdEncoding.EncodeToString([]byte(secret)),
		"a plain string in a struct": fmt.Sprintf("%v", struct{ s string }{secret}),
	} {
		if leaks(s) == "" {
			t.Errorf("a leak in %s is not seen", how)
		}
	}
}

// Seen to kill: an Error method or Unwrap that prints the words.
func TestErrorsAndPanicsCarryNoWords(t *testing.T) {
	w := confided.NewText(secret)
	for name, err := range map[string]error{
		"wrapped by value": fmt.Errorf("cannot write %v", w), "quoted": fmt.Errorf("cannot write %q", w),
		"joined": errors.Join(fmt.Errorf("%s", w), fmt.Errorf("%+v", holder{w, w})),
	} {
		if got := leaks(err.Error()); got != "" {
			t.Errorf("an error %s leaks %s", name, got)
		}
	}
	for name, v := range carriers() {
		func() {
			defer func() {
				r := recover()
				if got := leaks(fmt.Sprint(r) + fmt.Sprintf("%#v", r) + string(debug.Stack())); got != "" {
					t.Errorf("a panic with %s leaks %s", name, got)
				}
			}()
			panic(v)
		}()
	}
}

// Seen to kill: no LogValue; LogValue returning the words.
func TestLogsCarryNoWords(t *testing.T) {
	for name, v := range carriers() {
		var b bytes.Buffer
		all := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, all), slog.NewJSONHandler(&b, all)} {
			l := slog.New(h)
			l.Info("note", "words", v)
			l.With("words", v).WithGroup("g").Debug("words", slog.Any("more", v), slog.Group("in", "words", v))
		}
		log.New(&b, "", log.LstdFlags).Println(v)
		if got := leaks(b.String()); got != "" {
			t.Errorf("a log of %s leaks %s", name, got)
		}
		if b.Len() == 0 {
			t.Fatal("nothing was logged")
		}
	}
}

// Seen to kill: MarshalText, MarshalJSON or MarshalBinary returning words or nil.
func TestNothingMarshalsOpenedWords(t *testing.T) {
	w := confided.NewText(secret)
	for name, v := range map[string]any{"the text": w, "a pointer": &w, "a field": struct{ Words confided.Text }{w}, "a slice": []confided.Text{w}, "a map": map[string]confided.Text{"a": w}} {
		for how, marshal := range map[string]func(any) ([]byte, error){
			"json": json.Marshal, "xml": xml.Marshal, "gob": func(v any) ([]byte, error) {
				var b bytes.Buffer
				err := gob.NewEncoder(&b).Encode(v)
				return b.Bytes(), err
			},
		} {
			b, err := marshal(v)
			if err == nil {
				t.Errorf("%s marshals %s without a word", how, name)
			}
			if got := leaks(string(b) + fmt.Sprint(err)); got != "" {
				t.Errorf("%s of %s leaks %s", how, name, got)
			}
		}
	}
	if _, err := json.Marshal(w); !errors.Is(err, confided.ErrMarshal) {
		t.Errorf("json: %v", err)
	}
}

// Seen to kill: a Text whose String returns the words.
func TestTemplatesShowOnlyWhatIsRevealed(t *testing.T) {
	w := confided.NewText(secret + " <b>&\"'")
	for name, text := range map[string]string{
		"as text": `<p>{{.Words}}</p>`, "as an attribute": `<p title="{{.Words}}">`, "unquoted": `<p title={{.Words}}>`,
		"in a script": `<script>var x = {{.Words}};</script>`, "in a script's string": `<script>var x = "{{.Words}}";</script>`,
		"in a URL": `<a href="/?q={{.Words}}">`, "in a style": `<p style="color: {{.Words}}">`, "the struct": `<p>{{.}}</p>`,
		"the struct in a script": `<script>var x = {{.}};</script>`, "printed": `{{printf "%v %s %q %x" .Words .Words .Words .Words}}`,
		"a list": `{{range .List}}{{.}}{{end}}`, "joined": `{{print .List}}`, "as html": `{{html .Words}}`, "as js": `{{js .Words}}`, "as a query": `{{urlquery .Words}}`,
	} {
		var b bytes.Buffer
		page, err := template.New(name).Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		err = page.Execute(&b, struct {
			Words confided.Text
			List  []confided.Text
		}{w, []confided.Text{w}})
		if got := leaks(b.String() + fmt.Sprint(err)); got != "" {
			t.Errorf("%s leaks %s", name, got)
		}
	}
	var b bytes.Buffer
	page := template.Must(template.New("revealed").Parse(`<p title="{{.Reveal}}">{{.Reveal}}</p>`))
	if err := page.Execute(&b, w); err != nil || leaks(b.String()) == "" || strings.Contains(b.String(), "<b>") {
		t.Errorf("revealed words are not shown, or not escaped: %v", err)
	}
}

// Seen to kill: Empty and Equal comparing pointers.
func TestWordsAreEqualByWhatTheySay(t *testing.T) {
	var zero confided.Text
	if !zero.Empty() || zero.Reveal() != "" || !confided.NewText("").Empty() || confided.NewText("x").Empty() {
		t.Error("what is empty is not")
	}
	if !zero.Equal(confided.NewText("")) || confided.NewText("a").Equal(confided.NewText("b")) || !confided.NewText("a").Equal(confided.NewText("a")) {
		t.Error("equality is not of the words")
	}
	if zero.String() != "[sealed]" || fmt.Sprintf("%#v", zero) != "[sealed]" || zero.GoString() != "[sealed]" {
		t.Error("the zero text prints something else")
	}
	for _, marshal := range []func() ([]byte, error){zero.MarshalText, zero.MarshalJSON, zero.MarshalBinary} {
		if b, err := marshal(); !errors.Is(err, confided.ErrMarshal) || len(b) > 0 {
			t.Errorf("%q %v", b, err)
		}
	}
}

// Seen to kill: Join printing what it joins; Is and Compare asking String.
func TestWordsAreComparedAndJoinedUnseen(t *testing.T) {
	a, b := confided.NewText("a"), confided.NewText("b")
	if !a.Is("a") || a.Is("b") || a.Is("[sealed]") || a.Compare(b) >= 0 || b.Compare(a) <= 0 || a.Compare(a) != 0 {
		t.Error("words are compared by something else")
	}
	for want, got := range map[string]confided.Text{
		"a, b": confided.Join(", ", a, confided.Text{}, b), "a": confided.Join(", ", confided.NewText(""), a), "": confided.Join(", "),
	} {
		if got.Reveal() != want || got.String() != "[sealed]" {
			t.Errorf("joined otherwise than %q", want)
		}
	}
}
