// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The budgets of ux.md §3.5, in thousands of bytes.
const (
	firstKB, firstRequests = 60, 6
	laterKB                = 20
)

// gallery is every page that somebody looked at.
type gallery struct {
	routes []string // GET patterns of the desk

	mu      sync.Mutex
	judged  map[string]bool
	visited map[string]bool // patterns
	names   []string        // of people: no title may say one
	figures []Figure
}

var getRoute = regexp.MustCompile(`"GET (/[^"]*)":`)

// newGallery reads the routes out of the desk's own table, so that a page added
// there and not here fails.
// noPage are two files to keep, and what only a browser that remembers another
// journal is shown (desk's own tests render it).
var noPage = []string{"/cases/{id}/readers/{member}/receipt/proof", "/receipts/check", "/witness"}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(here(), "..", "..", "internal", "desk", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	g := &gallery{judged: map[string]bool{}, visited: map[string]bool{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range getRoute.FindAllStringSubmatch(string(source), -1) {
			if !slices.Contains(noPage, m[1]) {
				g.routes = append(g.routes, m[1])
			}
		}
	}
	if len(g.routes) < 20 {
		t.Fatalf("%d routes read: %q", len(g.routes), g.routes)
	}
	slices.Sort(g.routes)
	return g
}

// pattern finds the route of a path: the one with the fewest wildcards.
func (g *gallery) pattern(path string) string {
	path, _, _ = strings.Cut(path, "?")
	best := ""
	for _, r := range g.routes {
		expression := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(strings.TrimSuffix(r, "{$}")), "[^/]+")
		if ok, _ := regexp.MatchString("^"+expression+"$", path); ok && (best == "" || strings.Count(r, "{") < strings.Count(best, "{")) {
			best = r
		}
	}
	return best
}

func (g *gallery) visit(path string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pattern(path)
	g.visited[p] = true
	return p
}

// once says whether a page is seen for the first time.
func (g *gallery) once(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.judged[name]
	g.judged[name] = true
	return !was
}

func (g *gallery) weigh(t *testing.T, name string, w Weight, kilobytes float64, requests int) {
	t.Helper()
	NoFindings(t, name, w.Over(kilobytes, requests))
	g.mu.Lock()
	defer g.mu.Unlock()
	const command = "DEPOSITAIRE_FIGURES=1 go test -run TestEveryPage ./..."
	g.figures = append(g.figures, Gate(name, w.Kilobytes(), "KB", kilobytes, command))
	if requests > 0 {
		g.figures = append(g.figures, Gate(name+", requests", float64(w.Requests), "requests", float64(requests), command))
	}
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// judge audits the page on the screen of somebody, and takes its pictures when
// they are asked for. One page is known by its address and its title; as names
// what may be said about it.
func (g *gallery) judge(t *testing.T, w *worker, as string) {
	t.Helper()
	p := g.visit(w.Path())
	title, _, _ := strings.Cut(w.Title(), " – ")
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(p+" "+unaccented(title)+" "+as), "-"), "-")
	if !g.once(name) {
		return
	}
	NoFindings(t, name, w.Audit(g.names...))
	if os.Getenv("DEPOSITAIRE_SHOTS") != "" {
		w.Portfolio(name)
	}
}

func unaccented(s string) string {
	return strings.NewReplacer("é", "e", "è", "e", "ê", "e", "à", "a", "ô", "o", "ç", "c").Replace(s)
}

// open goes to a path as one who has been there before, weighs it, and judges it.
func (g *gallery) open(t *testing.T, w *worker, path, as string) {
	t.Helper()
	g.visit(path)
	weight := w.WeighWarm(path)
	if status := w.Status(); status >= 500 {
		t.Errorf("%s: status %d", path, status)
	}
	if g.once("weight of " + g.pattern(path)) {
		g.weigh(t, "GET "+g.pattern(path), weight, laterKB, 0)
	}
	g.judge(t, w, as)
}

// link is the address of the first link that a selector finds.
func (w *worker) link(selector string) string {
	w.t.Helper()
	w.WaitFor(selector)
	return w.Attr(selector, "href")
}

// published is what a demonstration prints.
type published struct {
	People []struct{ Name, Role, Service, Login, Passphrase, Paper string }
}

func (p published) account(t *testing.T, login string) account {
	t.Helper()
	for _, one := range p.People {
		if one.Login == login {
			return account{Name: one.Name, Login: one.Login, Passphrase: one.Passphrase, Paper: one.Paper}
		}
	}
	t.Fatalf("nobody signs in as %s: %+v", login, p)
	return account{}
}

// TestEveryPageIsLookedAt audits each page that the desk serves, as those who
// may see it: axe in both schemes, 320, 768 and 1280 px, structure, the Tab
// key, text at 200 %, weight.
func TestEveryPageIsLookedAt(t *testing.T) {
	g := newGallery(t)
	p := StartProduct(t, "demo", "-json")
	var people published
	p.JSON(&people)
	for _, one := range people.People {
		g.names = append(g.names, strings.Fields(one.Name)...)
	}
	g.names = append(g.names, "Belkacem", "Traoré", "Vasseur", "Haddad", "Zorvaskine")
	t.Run("together", func(t *testing.T) {
		t.Run("first start", func(t *testing.T) { t.Parallel(); g.firstStart(t) })
		t.Run("worker", func(t *testing.T) {
			t.Parallel()
			w := g.seat(t, p, people.account(t, "lucie"))
			g.workerPages(t, w)
		})
		t.Run("others", func(t *testing.T) { t.Parallel(); g.otherPages(t, p, people) })
	})
	for _, r := range g.routes {
		if !g.visited[r] {
			t.Errorf("nobody looked at GET %s", r)
		}
	}
	t.Logf("%d pages judged, %d routes", len(g.judged), len(g.routes))
	WriteFigures(t, "pages", g.figures)
}

// seat signs somebody in on a device of her own.
func (g *gallery) seat(t *testing.T, p *Product, a account) *worker {
	t.Helper()
	w := withMouse(Launch(t).Device(a.Login, Options{Base: p.URL}), a)
	w.signIn()
	return w
}

// firstStart passes through every page before Today, and the door.
func (g *gallery) firstStart(t *testing.T) {
	p, b := StartProduct(t, "serve"), Launch(t)
	look := func(w *worker) { g.judge(t, w, "") }
	h := valmont()
	h.people = h.people[:1]
	w := withMouse(b.Device("Hélène", Options{Base: p.URL}), account{Name: "Hélène Garnier", Login: "helene", Passphrase: "clocher lavoir montrelune six"})
	w.look = look
	w.Expect(Failed, "status 5")
	w.Goto("/")
	g.judge(t, w, "empty")
	g.visit(p.StartLink()[len(p.URL):])
	w.found(p.StartLink(), h)
	g.open(t, w, "/today", "first-day")
	g.open(t, w, "/cases", "none")
	g.open(t, w, "/persons", "none")
	lucie := withMouse(b.Device("Lucie", Options{Base: p.URL}), h.people[0].account)
	g.weigh(t, "GET /signin, first page of all", lucie.Weigh("/signin"), firstKB, firstRequests)
	for _, path := range []string{"/", "/start", "/invitation/identity", "/invitation/passphrase", "/accessibilite", "/map"} {
		g.visit(path)
		lucie.Goto(path)
		g.judge(t, lucie, "")
	}
	lucie.look = look
	lucie.enrol(h, h.people[0])
	for _, path := range []string{"/start/controls", "/start/dpo-control", "/start/envelopes", "/start/dpo", "/start/services", "/start/paper"} {
		w.Goto(path) // done: each goes on to where the work is
		if !strings.HasPrefix(w.Path(), "/start/") && w.Path() != "/today" {
			t.Errorf("%s, once done, leads to %s", path, w.Path())
		}
	}
}

// workerPages are those of somebody who carries cases.
func (g *gallery) workerPages(t *testing.T, w *worker) {
	g.weigh(t, "GET /today, first page of all", w.Weigh("/today"), firstKB, firstRequests)
	for _, path := range []string{"/today", "/cases", "/persons", "/persons/new", "/appointments/new", "/conversations/new", "/conversations/none", "/imports", "/security", "/security/day-code", "/security/passphrase", "/security/paper", "/start", "/invitation", "/help", "/notice", "/accessibilite", "/map"} {
		g.open(t, w, path, "")
	}
	w.Goto("/today")
	appointment, tomorrow := w.link("ul.day a.at"), w.link("a[href^='/agenda/']")
	g.open(t, w, w.link("ul.day a[href*='/notes/new?appointment=']"), "appointment")
	g.open(t, w, appointment, "")
	g.open(t, w, tomorrow, "")
	for _, typed := range []string{"nadya", "zzyqx"} {
		w.Goto("/today")
		w.by.Tell("#query", typed)
		w.by.Click(".search button")
		g.judge(t, w, typed)
	}
	w.Goto("/cases")
	dossier := w.link("text:Nadia")
	person := ""
	g.open(t, w, dossier, "")
	person = w.link("h1 a")
	w.by.Tell("#within", "nadia")
	w.by.Click("form[action$='/search'].filters button")
	g.judge(t, w, "within")
	w.Goto(dossier)
	note := w.link("article.note a[href$='/versions']")
	note = strings.TrimSuffix(note, "/versions")
	w.Goto(dossier + "/readers")
	g.open(t, w, w.link("a[href$='/receipt']"), "")
	for _, path := range []string{dossier + "/readers", dossier + "/readers/add", note + "/versions", note + "/correct", note + "/readers", note + "/move", person, person + "/edit", person + "/appointments/new", person + "/relations", person + "/merge", person + "/contact"} {
		g.open(t, w, path, "")
	}
	g.documents(t, w, dossier, note)
	g.imports(t, w)
	w.Goto(person + "/relations")
	tie := w.link("main a[href*='/relations/']")
	g.open(t, w, tie, "")
	g.open(t, w, tie+"/separate", "")
	g.open(t, w, absent(dossier), "withheld")
	w.Goto("/persons")
	g.open(t, w, w.link("a[href^='/persons/'][href$='/notes/new']"), "first")
	g.mistakes(t, w, dossier, person)
	g.open(t, w, dossier+"/notes/new", "")
	w.by.Tell("[name=words]", "Un mot gardé en attente.")
	w.WaitText("Brouillon gardé")
	g.open(t, w, "/today", "draft")
	g.open(t, w, w.link("a.who[href^='/drafts/']"), "")
	w.Goto("/cases")
	w.by.Click("text:Chantal")
	w.by.Click(w.under("Premier passage", "readers"))
	w.by.Click("form[action$='/narrow'] button")
	g.judge(t, w, "")
	w.veil()
	g.judge(t, w, "")
	g.open(t, w, "/lift", "")
	w.lift("")
	w.Goto("/today")
	w.signOut()
	g.judge(t, w, "out")
}

// documents attaches a picture to a dossier, and looks at it.
func (g *gallery) documents(t *testing.T, w *worker, dossier, note string) {
	t.Helper()
	g.open(t, w, note+"/documents/new", "")
	g.open(t, w, dossier+"/documents/new", "")
	w.by.Tell("[name=title]", "Quittance d’octobre")
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 240, 120))); err != nil {
		t.Fatal(err)
	}
	if _, err := eval[any](w.Device, `(() => {
		const chosen = new DataTransfer(), bytes = Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(drawn.Bytes())+`"), c => c.charCodeAt(0))
		chosen.items.add(new File([bytes], "quittance.png", {type: "image/png"}))
		document.querySelector("[name=file]").files = chosen.files
	})()`); err != nil {
		t.Fatal(err)
	}
	w.press()
	w.Goto(dossier)
	paper := w.link("a[href^='/documents/']")
	g.open(t, w, paper, "")
	if wide, err := eval[int](w.Device, `document.querySelector(".picture img").naturalWidth`); err != nil || wide != 240 {
		t.Errorf("the picture shows %d points wide: %v", wide, err)
	}
	g.visit(paper + "/content") // inside the page
	g.visit(paper + "/keep")    // a file to keep, no page
}

// imports gives a list of persons, reads it through, receives it and takes it back.
func (g *gallery) imports(t *testing.T, w *worker) {
	t.Helper()
	g.open(t, w, "/imports", "")
	w.by.Click("main details summary")
	w.by.Tell("[name=list]", "Prénom;Nom;Date de naissance;NIR\nAda;Roux;31/02/1980;\nADA;ROUX;;\nLéon;Roux;1980;")
	w.by.Click("#paste button")
	list := w.Path()
	g.visit(list)
	g.judge(t, w, "")
	w.by.Click("#import button.primary")
	g.judge(t, w, "received")
	g.open(t, w, list+"/undo", "")
	w.by.Click("main form button")
	g.judge(t, w, "undone")
}

// mistakes are forms that come back with what to do.
func (g *gallery) mistakes(t *testing.T, w *worker, dossier, person string) {
	w.Goto(dossier + "/notes/new")
	w.by.Click("details.context summary")
	w.by.Fill("[name=day]", "31/02/2026")
	w.by.Tell("[name=words]", "Un mot.")
	w.press()
	w.WaitFor("[aria-invalid=true]")
	g.judge(t, w, "refused")
	if got := w.Value("[name=words]"); got != "Un mot." {
		t.Errorf("what was typed became %q", got)
	}
	w.Goto(person + "/appointments/new")
	w.by.Fill("[name=day]", "28/3/2027")
	w.by.Fill("[name=hour]", "2h30")
	w.press()
	w.WaitFor("[aria-invalid=true]")
	g.judge(t, w, "refused")
	w.Goto(person + "/edit")
	w.by.Fill("[name=birth]", "31/02/1980")
	w.press()
	w.WaitFor("[aria-invalid=true]")
	g.judge(t, w, "refused")
	if got := w.Value("[name=birth]"); got != "31/02/1980" {
		t.Errorf("what was typed became %q", got)
	}
}

// otherPages are those of a lead, an administrator, reception, and a colleague
// who greets another.
func (g *gallery) otherPages(t *testing.T, p *Product, people published) {
	sophie := g.seat(t, p, people.account(t, "sophie"))
	for _, path := range []string{"/today", "/cases", "/persons", "/administration"} {
		g.open(t, sophie, path, "lead")
	}
	g.open(t, sophie, sophie.link("a[href^='/administration/services/']"), "lead")
	sophie.Goto("/persons")
	person := sophie.link("ul.rows a[href^='/persons/']")
	g.open(t, sophie, person, "lead")
	g.open(t, sophie, person+"/refer", "lead")
	karim := g.seat(t, p, people.account(t, "karim"))
	for _, path := range []string{"/today", "/persons", person} {
		g.open(t, karim, path, "reception")
	}
	karim.Goto("/persons/new")
	karim.by.Tell("[name=called]", "Aurore Plandrive 2/4/88\nZoé Plandrive 9 ans\nMarcel")
	karim.by.Click("button[name=then][value=person]")
	karim.on("/households/")
	g.judge(t, karim, "")
	helene := g.seat(t, p, people.account(t, "helene"))
	for _, path := range []string{"/today", "/cases", "/persons", "/administration", "/administration/invitations"} {
		g.open(t, helene, path, "administrator")
	}
	g.open(t, helene, "/administration/services/new", "")
	helene.Goto("/administration")
	g.open(t, helene, helene.link("a[href$='/name']"), "")
	helene.Goto("/administration")
	member := helene.link("ul.rows li:nth-child(4) a[href^='/administration/members/']") // Lucie
	g.open(t, helene, member, "")
	g.open(t, helene, helene.link("a[href$='/end']"), "")
	helene.Goto(member)
	g.open(t, helene, helene.link("a[href$='/close']"), "")
	helene.Goto("/administration/invitations")
	slip := &invited{account: account{Name: "Rosa Vinhal", Login: "rosa", Passphrase: "mot tissage balise carton"}, service: "Logement"}
	helene.invite(&house{}, slip)
	g.open(t, helene, helene.Path(), "")
	rosa := withMouse(Launch(t).Device("rosa", Options{Base: p.URL}), slip.account)
	rosa.enrol(&house{}, slip)
	g.open(t, rosa, "/today", "waits")
	g.open(t, rosa, "/persons", "waits")
	rosa.Goto("/persons/new") // she holds no key of the service yet: no form, and who can welcome her
	contains(t, "the page of who waits for a key", rosa.Text("main"), "il vous en manque encore la clé", "Inès")
	if rosa.Sees("[name=called]") {
		t.Error("who waits for a key is asked what she cannot send")
	}
	ines := g.seat(t, p, people.account(t, "ines"))
	g.open(t, ines, "/today", "greets")
	g.open(t, ines, ines.link("a[href^='/welcome/']"), "")
	ines.press()
	ines.WaitText("C’est fait")
	rosa.receive("Aurore Plandrive")
}
