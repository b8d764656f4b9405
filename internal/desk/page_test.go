// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/web"
)

var (
	update = flag.Bool("update", false, "rewrite the goldens")
	out    = flag.String("pages", "", "folder to write every page to, to be looked at")
)

// rendered is one page as a browser would get it.
type rendered struct {
	name, template, text string
	doc                  *html.Node
}

// render renders every page in one language, from its sample or its zero value.
func render(t *testing.T, lang string, sample bool) []rendered {
	t.Helper()
	pages, err := LoadPages()
	if err != nil {
		t.Fatal(err)
	}
	signedOut := printed(t, lang)
	signedIn := signedOut
	signedIn.Member, signedIn.Session, signedIn.Serves = "Julie Martin", 1, true
	var all []rendered
	for name, m := range samples(signedOut, signedIn) {
		template, _, _ := strings.Cut(name, "-")
		b, err := pages.Execute(template, "layout", m(sample))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		doc, err := html.ParseWithOptions(bytes.NewReader(b), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all = append(all, rendered{name, template, string(b), doc})
	}
	if len(all) == 0 {
		t.Fatal("no page was rendered")
	}
	slices.SortFunc(all, func(a, b rendered) int { return strings.Compare(a.name, b.name) })
	return all
}

func TestEveryPageHasASample(t *testing.T) {
	pages, err := LoadPages()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range render(t, "fr", true) {
		seen[r.template] = true
	}
	for _, name := range pages.Names() {
		if !seen[name] {
			t.Errorf("page %s has no sample", name)
		}
	}
}

// A page's own field hides the one of every page that has its name: the header
// once showed an id for a member's name.
func TestNoPageHidesWhatEveryPageSays(t *testing.T) {
	common := reflect.TypeFor[web.Page]()
	out := printed(t, "fr")
	n := 0
	for name, m := range samples(out, out) {
		page := reflect.TypeOf(m(false)).Elem()
		for i := range page.NumField() {
			f := page.Field(i)
			if _, hides := common.FieldByName(f.Name); hides && !f.Anonymous {
				t.Errorf("%s: %s hides the field of every page", name, f.Name)
			}
			n++
		}
	}
	if n == 0 {
		t.Fatal("no page was looked at")
	}
}

func TestPagesAreSound(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		for _, sample := range []bool{true, false} {
			for _, r := range render(t, lang, sample) {
				t.Run(lang+" "+r.name, func(t *testing.T) {
					check(t, r, lang, sample)
				})
			}
		}
	}
}

// mustNot are words that no page may contain: those product.md §3 keeps off the
// screen, a sealed text printed by mistake, a catalogue key, a template's
// failure.
var mustNot = regexp.MustCompile(`(?i)\b(cercle|encre|foyer|cheffe|registre|bénéficiaire|usager)s?\b|\[sealed\]|%!|ZgotmplZ|<nil>|0x[0-9a-f]{6}|\b(page|fault|field|form|flash|note|audience|emergency)\.[a-z_]+`)

var samplePeople = regexp.MustCompile(`Nadia|Mokrani|Lefèvre|Diallo|Benali|Samir|Martin|Karim|Lucie|Valmont`)

func check(t *testing.T, r rendered, lang string, sample bool) {
	t.Helper()
	if found := mustNot.FindString(visible(r.doc)); found != "" {
		t.Errorf("contains %q", found)
	}
	root := first(r.doc, func(n *html.Node) bool { return n.Data == "html" })
	if attr(root, "lang") != lang || attr(root, "dir") == "" {
		t.Errorf("lang %q, dir %q", attr(root, "lang"), attr(root, "dir"))
	}
	title := visible(first(r.doc, func(n *html.Node) bool { return n.Data == "title" }))
	if r.template == "receipt" || r.template == "notice" { // the person carries it
		title += " – Dépositaire"
	}
	if !strings.HasSuffix(title, " – Dépositaire") || len(title) < len(" – Dépositaire")+3 || samplePeople.MatchString(title) {
		t.Errorf("title %q", title)
	}
	checkIDs(t, r)
	checkLabels(t, r, sample)
	checkHeadings(t, r)
	checkForms(t, r)
	if regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=`).MatchString(r.text) {
		t.Error("has an inline style or handler")
	}
	if strings.Contains(r.text, "placeholder=") || strings.Contains(r.text, "_blank") {
		t.Error("has a placeholder or opens a window")
	}
}

func checkIDs(t *testing.T, r rendered) {
	t.Helper()
	ids := map[string]bool{}
	for n := range elements(r.doc) {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %q comes twice", id)
			}
			ids[id] = true
		}
	}
	for n := range elements(r.doc) {
		for _, name := range []string{"aria-describedby", "aria-labelledby", "for"} {
			for _, id := range strings.Fields(attr(n, name)) {
				if !ids[id] {
					t.Errorf("%s=%q names no element", name, id)
				}
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			t.Errorf("link to %s, which is not there", href)
		}
	}
}

func checkLabels(t *testing.T, r rendered, sample bool) {
	t.Helper()
	labelled := map[string]bool{}
	for n := range elements(r.doc) {
		if n.Data == "label" {
			labelled[attr(n, "for")] = strings.TrimSpace(visible(n)) != ""
		}
	}
	for n := range elements(r.doc) {
		switch n.Data {
		case "input", "select", "textarea":
			if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" {
				t.Errorf("%s %q has no label", n.Data, attr(n, "name"))
			}
		case "a", "button", "summary", "legend":
			if sample && strings.TrimSpace(visible(n)) == "" {
				t.Errorf("%s %q says nothing", n.Data, attr(n, "href"))
			}
		}
	}
}

func checkHeadings(t *testing.T, r rendered) {
	t.Helper()
	last, ones := 0, 0
	for n := range elements(r.doc) {
		if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
			continue
		}
		level := int(n.Data[1] - '0')
		if level == 1 {
			ones++
		}
		if level > last+1 {
			t.Errorf("h%d comes after h%d", level, last)
		}
		last = level
	}
	if ones != 1 {
		t.Errorf("%d h1", ones)
	}
}

// checkForms: every form that posts carries its session number, every button
// its place in a form, every refused field the sentence that says why.
func checkForms(t *testing.T, r rendered) {
	t.Helper()
	for n := range elements(r.doc) {
		if n.Data == "form" && attr(n, "method") == "post" && attr(n, "action") != "/language" {
			if first(n, func(m *html.Node) bool { return m.Data == "input" && attr(m, "name") == "session" }) == nil {
				t.Errorf("form to %s has no session number", attr(n, "action"))
			}
		}
		if attr(n, "aria-invalid") == "true" && !strings.Contains(attr(n, "aria-describedby"), "-error") {
			t.Errorf("field %q is refused without saying why", attr(n, "name"))
		}
	}
}

func TestGoldens(t *testing.T) {
	for _, r := range render(t, "fr", true) {
		t.Run(r.name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", r.name+".html")
			got := normal(r.text)
			if *update {
				write(t, path, got)
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("run with -update after looking (-want +got):\n%s", diff)
			}
		})
	}
}

var assetHash = regexp.MustCompile(`\.[0-9a-f]{10}\.(css|js|svg)`)

// normal leaves out what changes without meaning: asset names, empty lines.
func normal(text string) string {
	text = assetHash.ReplaceAllString(text, ".$1")
	return regexp.MustCompile(`\n\s*\n+`).ReplaceAllString(text, "\n")
}

// TestWritePages writes every page and the assets to -pages, so that people
// look at them in a browser.
func TestWritePages(t *testing.T) {
	if *out == "" {
		return
	}
	for _, r := range render(t, "fr", true) {
		text := regexp.MustCompile(`"/asset/`).ReplaceAllString(assetHash.ReplaceAllString(r.text, ".$1"), `"asset/`)
		write(t, filepath.Join(*out, r.name+".html"), text)
	}
	for _, r := range render(t, "fr", false) {
		text := regexp.MustCompile(`"/asset/`).ReplaceAllString(assetHash.ReplaceAllString(r.text, ".$1"), `"asset/`)
		write(t, filepath.Join(*out, "zero-"+r.name+".html"), text)
	}
}

// TestRevealsAreListed: opened words appear in text or in an attribute's value,
// and the list of places is read in reviews.
func TestRevealsAreListed(t *testing.T) {
	var list []string
	plain := regexp.MustCompile(`\{\{(\$?[A-Za-z.]*)\.Reveal\}\}`)
	inside := regexp.MustCompile(`<script[^\n]*Reveal|(href|src|action|style|on[a-z]+|name|id|class|for)="[^"]*Reveal`)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		text := string(b)
		found := plain.FindAllStringSubmatch(text, -1)
		if strings.Count(text, "Reveal") != len(found) {
			t.Errorf("%s reveals in another form than {{.X.Reveal}}", path)
		}
		if bad := inside.FindString(text); bad != "" {
			t.Errorf("%s reveals where words must not go: %s", path, bad)
		}
		for _, m := range found {
			list = append(list, filepath.Base(path)+" "+m[1])
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("no template reveals anything (%v)", err)
	}
	slices.Sort(list)
	got := strings.Join(slices.Compact(list), "\n") + "\n"
	path := filepath.Join("testdata", "reveals.txt")
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEveryFieldHasItsRow: ux.md §2.6, no question without a reason.
func TestEveryFieldHasItsRow(t *testing.T) {
	file, err := os.Open("../../doc/fields.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("no row read (%v)", err)
	}
	known := map[string]bool{}
	for _, row := range rows[1:] {
		known[row[0]] = false
		for i, cell := range row {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("field %s: column %s is empty", row[0], rows[0][i])
			}
		}
	}
	for _, r := range render(t, "fr", true) {
		for n := range elements(r.doc) {
			name, _, _ := strings.Cut(attr(n, "name"), "-") // same-2 is the same of line 2
			if name != "" && slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data) {
				if _, ok := known[name]; !ok {
					t.Errorf("%s asks %q, which doc/fields.csv does not explain", r.name, name)
				}
				known[name] = true
			}
		}
	}
	for name, used := range known {
		if !used {
			t.Errorf("doc/fields.csv explains %q, which no page asks", name)
		}
	}
}

func TestPagesSayWhatTheyMust(t *testing.T) {
	pages := map[string]rendered{}
	for _, r := range render(t, "fr", true) {
		pages[r.name] = r
	}
	for _, tt := range []struct {
		name, page string
		has, not   []string
	}{
		{"the audience line names and counts", "note", []string{
			"Liront cette note\u202f: vous, Karim Benaïssa et Lucie Petit — 3 personnes.", "Pas l’accueil.", "Pas Mme Mokrani.",
			"Peuvent l’ouvrir en urgence, avec alerte\u202f: 6 collègues du service. Personne d’autre.",
		}, nil},
		{"a long audience folds", "note-conflict", []string{"A B, C D, E F, G H", "et 3 autres de l’équipe Logement — 9 personnes", "K L, M N et O P"}, nil},
		{"a scratchpad says that it is no shield", "note-first", []string{"Un juge pourrait la demander", "Cette première note ouvre le dossier"}, []string{"Liront"}},
		{"both texts are kept", "note-conflict", []string{"Quittance d’octobre reçue le 20.", "dossier FSL complet"}, nil},
		{"readings are by day", "readers", []string{"hier", "4 notes"}, []string{"9\u202fh"}},
		{"the accueil reads no note", "readers", []string{"Action sociale, accueil\u202f: 4 autres personnes"}, nil},
		{"the withheld page says nothing more", "error-withheld", []string{"Ce dossier n’existe pas ou ne vous est pas ouvert."}, []string{"Nadia", "Numéro"}},
		{"who had read is told", "note_result", []string{"Karim Benaïssa", "Cela ne s’efface pas"}, nil},
		{"a first day shows the three gestures", "today-first", []string{"Trois gestes suffisent"}, []string{"Notes en attente"}},
		{"the header holds only what exists", "today", []string{"Aujourd’hui", "Mes dossiers", "Personnes"}, []string{"Agenda", "Activité"}},
		{"a veiled page shows nobody's dossier", "veil", []string{"Lucie", "Karim"}, []string{"Mes dossiers", "Nadia"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := visible(pages[tt.page].doc)
			for _, want := range tt.has {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not say %q", tt.page, want)
				}
			}
			for _, bad := range tt.not {
				if strings.Contains(text, bad) {
					t.Errorf("%s says %q", tt.page, bad)
				}
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
