// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// town is the house of the story.
type town struct {
	t       *testing.T
	house   *house
	product *Product
	browser *Browser

	helene, lucie, karim, sophie, thomas, ines *worker
}

func valmont() *house {
	who := func(name, login, passphrase, service, role string) *invited {
		return &invited{account: account{Name: name, Login: login, Passphrase: passphrase}, service: service, role: role}
	}
	return &house{
		organisation: "CCAS de Valmont", services: []string{"Action sociale", "Logement"}, own: "reception",
		people: []*invited{
			who("Lucie Petit", "lucie", "moulin gravier quirtaban sept", "Action sociale", "worker"),
			who("Karim Benaïssa", "karim", "horloge lampion dolmarive huit", "Action sociale", "reception"),
			who("Sophie Lambert", "sophie", "verger ponton falquinor neuf", "Action sociale", "lead"),
			who("Thomas Ndiaye", "thomas", "cordage phare bruvantil dix", "Action sociale", "worker"),
			who("Inès Carvalho", "ines", "toiture porche galvirond onze", "Logement", "worker"),
		},
	}
}

// settle starts the product on an empty folder and brings in those who are
// named, each on a device of her own.
func settle(t *testing.T, opt Options, sit func(*Device, account) *worker, names ...string) *town {
	t.Helper()
	w := &town{t: t, house: valmont(), product: StartProduct(t, "serve"), browser: Launch(t)}
	w.house.people = slices.DeleteFunc(w.house.people, func(one *invited) bool { return !slices.Contains(names, one.Login) })
	opt.Base = w.product.URL
	w.helene = sit(w.browser.Device("Hélène", opt), account{Name: "Hélène Garnier", Login: "helene", Passphrase: "clocher lavoir montrelune six"})
	w.helene.found(w.product.StartLink(), w.house)
	seats := map[string]**worker{"lucie": &w.lucie, "karim": &w.karim, "sophie": &w.sophie, "thomas": &w.thomas, "ines": &w.ines}
	for _, slip := range w.house.people {
		one := sit(w.browser.Device(slip.Name, opt), slip.account)
		one.enrol(w.house, slip)
		*seats[slip.Login] = one
	}
	return w
}

// TestStory tells the whole story, as seven people on six devices. Acts follow
// one another: what one writes the next reads.
func TestStory(t *testing.T) {
	t.Parallel()
	w := settle(t, Options{}, withMouse, "lucie", "karim", "sophie", "thomas", "ines")
	s := &story{town: w}
	s.play(
		act{"the lead decides who usually reads", s.leadDecides},
		act{"reception receives somebody with one field", s.receptionReceives},
		act{"a first note opens the dossier and says by name who will read it", s.firstNote},
		act{"a reserved note, a shared one, a scratchpad", s.otherInks},
		act{"a colleague reads, and it is shown", s.colleagueReads},
		act{"a correction keeps the first text", s.corrects},
		act{"a note is narrowed in one click and widened in two", s.narrowsAndWidens},
		act{"a note leaves the wrong dossier", s.moves},
		act{"the lead names a referent and reads nothing", s.leadRefers},
		act{"an administrator shares a machine and reads nothing", s.administrator},
		act{"outside, a dossier looks as what does not exist", s.outside},
		act{"who can read, who has read", s.readers},
		act{"two people edit, both texts stay", s.twoEdit},
		act{"two windows of one person correct the same note", s.twoWindows},
		act{"a veiled session keeps what was typed", s.veils},
		act{"a lost network keeps the text, then sends it", s.losesNetwork},
		act{"a restart logs nobody out", s.restarts},
		act{"somebody signs out", s.signsOut},
		act{"nothing confided is on the disk or in the log", s.leaksNothing},
	)
}

// act is one thing that people do, in words.
type act struct {
	name string
	play func()
}

// play plays acts one after the other, and keeps what is confided in them out
// of the log.
func (s *story) play(acts ...act) {
	s.product.Forbid(s.confided()...)
	for _, a := range acts {
		begun := time.Now()
		a.play()
		s.t.Logf("%5.1f s  %s", time.Since(begun).Seconds(), a.name)
	}
}

type story struct {
	*town
	nadia, paul, amar string // paths of the persons
	dossier, other    string // paths of Nadia's dossier and of Paul's
	omar              *worker
}

// What is confided in the story. The tokens at their ends stand nowhere else.
var told = map[string]string{
	"nadia":    "Nadia Zorvaskine",
	"paul":     "Paul Brixoundel",
	"amar":     "Amar Velquistone",
	"contact":  "SMS seulement, demander dremolande",
	"phone":    "06 39 98 47 12",
	"language": "parlure quenvoise",
	"first":    "Bailleur rappelé, plan envoyé, voir trelvanque.",
	"reserved": "Elle me confie sa peur, mot palgronier.",
	"shared":   "Nous avons rempli ensemble le dossier mirtoubel.",
	"scratch":  "Reparler du travail, penser à couplantre.",
	"fixed":    "Bailleur rappelé, plan signé, voir sourvange.",
	"wrong":    "Quittance reçue, à ranger chez gantrevole.",
	"second":   "Premier entretien avec Paul, chez nalquibert.",
	"karim":    "Appeler le matin, dit tarvouzin.",
	"lucie":    "Appeler le soir, dit ploncadre.",
	"draft":    "Commencé avant la pause, jamais fini, lomaquiste.",
	"veiled":   "Ajouté pendant que l’écran se voilait, burquenal.",
	"lost":     "Écrit sans réseau, au fond du couloir, sertifolane.",
	"day code": "482 913",
}

// confided lists every token of what was typed, and the secrets that were
// printed or chosen.
func (s *story) confided() []string {
	var all []string
	for name, words := range told {
		if name == "day code" || name == "phone" {
			continue
		}
		fields := strings.Fields(words)
		all = append(all, strings.ToLower(strings.Trim(fields[len(fields)-1], ".")))
	}
	all = append(all, "Zorvaskine", "Brixoundel", "Velquistone", told["phone"], "0639984712", "montrelune")
	for _, one := range s.house.people { // a word alone may be a column's name: "position" was
		all = append(all, strings.Join(strings.Fields(one.Passphrase)[1:4], " "))
	}
	return append(all, s.house.printed...)
}

func (s *story) leadDecides() {
	w := s.sophie
	w.menu()
	w.by.Click("a[href='/administration']")
	w.by.Click("text:Action sociale")
	w.by.Click("text:Thomas Ndiaye")
	w.press()
	w.WaitText("C’est enregistré.")
}

func (s *story) receptionReceives() {
	s.nadia = s.karim.receive(told["nadia"])
	s.karim.tells("her page", "main", told["nadia"])
	s.amar = s.karim.receive(told["amar"])
	if s.karim.Sees("a[href$='/notes/new']") {
		s.t.Error("reception is offered to write a note")
	}
}

func (s *story) firstNote() {
	w := s.lucie
	w.go_("/persons")
	w.by.Click("a[href='" + s.nadia + "/notes/new']")
	w.WaitText("Cette première note ouvre le dossier")
	line := w.jot(jot{words: told["first"]})
	contains(s.t, "the audience line", line, "vous et Thomas Ndiaye — 2 personnes", "Pas l’accueil", "Pas "+told["nadia"])
	s.dossier = w.Path()
	w.tells("the dossier", "main", told["nadia"], "Note enregistrée")
	if strings.Contains(s.dossier, "#") {
		s.t.Errorf("the address is %s", s.dossier)
	}
}

func (s *story) otherInks() {
	w := s.lucie
	newNote := "a[href='" + s.dossier + "/notes/new']"
	for _, n := range []struct {
		jot
		says []string
	}{
		{jot{ink: "reserved", words: told["reserved"]}, []string{"Lira cette note : vous — 1 personne"}},
		{jot{ink: "shared", words: told["shared"]}, []string{"vous et Thomas Ndiaye", told["nadia"] + " la lira aussi"}},
		{jot{ink: "scratch", words: told["scratch"]}, []string{"Vous seul·e", "Un juge pourrait la demander"}},
	} {
		w.by.Click(newNote)
		contains(s.t, "the audience line of "+n.ink, w.jot(n.jot), n.says...)
	}
	if got := len(w.notes()); got != 4 {
		s.t.Errorf("%d notes in the dossier, want 4: %q", got, w.notes())
	}
}

func (s *story) colleagueReads() {
	w := s.thomas
	w.go_("/cases")
	w.by.Click("a[href='" + s.dossier + "']")
	w.on(s.dossier)
	seen := strings.Join(w.notes(), " ")
	contains(s.t, "what the colleague reads", seen, told["first"], told["shared"])
	lacks(s.t, "what the colleague reads", w.HTML(), "palgronier", "couplantre")
	s.lucie.Goto(s.dossier)
	s.lucie.tells("the first note", "main", "Lu par 2 sur 2")
}

func (s *story) corrects() {
	w := s.lucie
	w.by.Click(w.under(told["first"], "correct"))
	w.by.Fill("[name=words]", told["fixed"])
	w.press()
	w.on(s.dossier)
	w.WaitText(told["fixed"])
	w.by.Click(w.under(told["fixed"], "versions"))
	w.tells("the versions", "main", told["first"], told["fixed"], "Version 2", "Version 1")
	w.by.Click("a[href='" + s.dossier + "']")
}

func (s *story) narrowsAndWidens() {
	w := s.lucie
	w.by.Click(w.under(told["fixed"], "readers"))
	w.by.Click("form[action$='/narrow'] button")
	w.tells("the narrowing", "main", "ne peut plus lire la note", "Thomas Ndiaye")
	s.thomas.Goto(s.dossier)
	lacks(s.t, "the dossier for who was taken out", s.thomas.HTML(), "sourvange", "trelvanque")
	w.by.Click("a[href='" + s.dossier + "']")
	w.by.Click(w.under(told["reserved"], "readers"))
	w.by.Click("text:Thomas Ndiaye")
	w.by.Click("button[name=reason][value=advice]")
	w.WaitText("Votre collègue peut lire cette note")
	s.thomas.Goto(s.dossier)
	s.thomas.tells("the dossier for who was let in", "main", told["reserved"])
}

func (s *story) moves() {
	w := s.lucie
	w.go_("/persons/new")
	w.by.Tell("[name=called]", told["paul"])
	w.by.Click("button[name=then][value=note]")
	w.jot(jot{words: told["second"]})
	s.other = w.Path()
	w.by.Click("a[href='" + s.other + "/notes/new']")
	w.jot(jot{words: told["wrong"]})
	w.by.Click(w.under(told["wrong"], "move"))
	w.by.Click("button[name=case][value='" + strings.TrimPrefix(s.dossier, "/cases/") + "']")
	w.tells("the move", "main", "La note est déplacée")
	w.by.Click("main a.primary")
	w.on("/cases/")
	seen := w.Path()
	w.go_("/cases")
	w.by.Click("a[href='" + s.dossier + "']")
	w.tells("the right dossier", "main", told["wrong"])
	w.go_("/cases")
	w.by.Click("a[href='" + s.other + "']")
	w.tells("the wrong dossier", "main", "Une note a été déplacée")
	lacks(s.t, "the wrong dossier", w.HTML(), "gantrevole")
	if seen != s.other && seen != s.dossier {
		s.t.Errorf("after the move one lands on %s", seen)
	}
}

func (s *story) leadRefers() {
	w := s.sophie
	w.go_("/persons")
	w.by.Click("a[href='" + s.amar + "']")
	w.by.Click("a[href='" + s.amar + "/refer']")
	w.by.Click("text:Thomas Ndiaye")
	w.press()
	w.on(s.amar)
	w.go_("/cases")
	w.on("/cases")
	lacks(s.t, "the dossiers of a lead", w.Text("main"), told["amar"], told["nadia"])
	s.thomas.go_("/cases")
	s.thomas.tells("the dossiers of the referent", "main", told["amar"])
}

// administrator enrols on a machine where somebody is at work.
func (s *story) administrator() {
	slip := &invited{account: account{Name: "Omar Diallo", Login: "omar", Passphrase: "tableau serrure wolquembre douze"}, role: "administrator"}
	w := s.helene
	w.menu()
	w.by.Click("a[href='/administration']")
	w.by.Click("a[href='/administration/invitations']")
	w.invite(s.house, slip)
	s.omar = withMouse(w.Device, slip.account)
	s.omar.enrol(s.house, slip)
	s.omar.tells("the header", "header", "Omar Diallo")
	for _, path := range []string{"/cases", "/persons", "/today", "/administration"} {
		s.omar.Goto(path)
		lacks(s.t, "an administrator's "+path, s.omar.HTML(), "Zorvaskine", "Velquistone", "Brixoundel")
	}
	s.omar.sameAsAbsent(s.nadia, s.dossier, s.dossier+"/readers")
	s.omar.Goto("/today")
	s.omar.veil()
	w.WaitText("Aussi sur cet ordinateur")
	w.by.Click("main ul.rows a.button")
	w.lift("")
	w.tells("the header after the switch", "header", "Hélène Garnier")
}

// sameAsAbsent fails unless pages look as those of addresses that do not exist.
func (w *worker) sameAsAbsent(paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		status, page := w.withheldAs(path)
		none, want := w.withheldAs(absent(path))
		if status != 404 || none != 404 || page != want {
			w.t.Errorf("%s: %s answers %d, an address that does not exist %d; same page: %v", w.Name, path, status, none, page == want)
		}
		lacks(w.t, path, page, "Zorvaskine", "Nadia", "trelvanque")
	}
}

func (s *story) outside() {
	s.thomas.go_("/cases")
	s.thomas.by.Click("a[href='" + s.dossier + "']")
	s.thomas.WaitFor("article.note")
	note := s.thomas.Attr("article.note a[href^='/notes/']", "href")
	s.ines.sameAsAbsent(s.nadia, s.nadia+"/edit", s.nadia+"/notes/new", s.dossier, s.dossier+"/readers", s.dossier+"/notes/new", note)
	for _, w := range []*worker{s.karim, s.sophie} {
		w.sameAsAbsent(s.dossier, s.dossier+"/readers", s.dossier+"/readers/add", s.dossier+"/notes/new", note)
		w.Goto(s.nadia)
		w.tells("her page for "+w.named.Name, "main", told["nadia"])
		lacks(s.t, "her page for "+w.named.Name, w.HTML(), s.dossier, "trelvanque", "mirtoubel")
	}
}

func (s *story) readers() {
	w := s.lucie
	w.go_("/cases")
	w.by.Click("a[href='" + s.dossier + "']")
	w.by.Click("a[href='" + s.dossier + "/readers']")
	w.on(s.dossier + "/readers")
	w.WaitFor("table")
	can := strings.Join(w.Texts("section:nth-of-type(1) table th"), " · ")
	contains(s.t, "who can read", can, "Vous", "Thomas Ndiaye", "Action sociale, accueil", "Administration technique")
	s.shoot(w, "readers")
	has := strings.Join(w.Texts("section:nth-of-type(2) table tr"), " · ")
	contains(s.t, "who has read", has, "Thomas Ndiaye")
	if !strings.Contains(has, "aujourd’hui") && !strings.Contains(has, "hier") { // midnight may pass during the story
		s.t.Errorf("who has read does not say when: %s", has)
	}
	lacks(s.t, "who can read, who has read", can+has, "Inès", "Omar", "Hélène")
}

// shoot takes the pictures of a page at three widths, in both schemes and on
// paper, when somebody asked to look at them.
func (w *town) shoot(by *worker, name string) {
	if os.Getenv("DEPOSITAIRE_SHOTS") != "" {
		by.Portfolio(name)
	}
}

func (s *story) twoEdit() {
	for _, w := range []*worker{s.karim, s.lucie} {
		w.go_("/persons")
		w.by.Click("a[href='" + s.nadia + "']")
		w.by.Click("a[href='" + s.nadia + "/edit']")
	}
	s.karim.by.Tell("[name=language]", told["karim"])
	s.karim.by.Tell("[name=phone]", told["phone"])
	s.karim.press()
	s.karim.on(s.nadia)
	s.lucie.by.Tell("[name=language]", told["lucie"])
	s.lucie.press()
	s.lucie.tells("the conflict", "main", "Karim Benaïssa a modifié", told["karim"])
	if got := s.lucie.Value("[name=language]"); got != told["lucie"] {
		s.t.Errorf("what was typed became %q", got)
	}
	s.lucie.by.Fill("[name=language]", told["language"])
	s.lucie.press()
	s.lucie.tells("her page", "main", told["language"])
	s.lucie.by.Click("a[href='" + s.nadia + "/contact']")
	s.lucie.by.Tell("[name=contact]", told["contact"])
	s.lucie.press()
	s.lucie.tells("her page", "main", told["contact"])
}

// twoWindows corrects the same note in two windows of one person.
func (s *story) twoWindows() {
	s.lucie.Goto(s.dossier)
	path := s.lucie.Attr(s.lucie.under(told["shared"], "correct"), "href")
	tab := withMouse(s.lucie.Tab(), s.lucie.named)
	for _, one := range []*worker{s.lucie, tab} {
		one.Goto(path)
	}
	s.lucie.by.Tell("[name=words]", told["shared"]+" Un.")
	s.lucie.press()
	s.lucie.on(s.dossier)
	tab.by.Tell("[name=words]", told["shared"]+" Deux.")
	tab.press()
	tab.tells("the conflict on a note", "main", told["shared"]+" Un.")
	if got := tab.Value("[name=words]"); got != told["shared"]+" Deux." {
		s.t.Errorf("what was typed became %q", got)
	}
	tab.press()
	tab.WaitText("Deux.")
}

// veils: one tab veils while another is being written in.
func (s *story) veils() {
	w := s.lucie
	w.Goto(s.dossier)
	w.by.Click("a[href='" + s.dossier + "/notes/new']")
	w.by.Tell("[name=words]", told["draft"])
	w.WaitText("Brouillon gardé")
	other := withMouse(w.Tab(), w.named)
	other.Goto("/today")
	other.veil()
	w.by.Fill("[name=words]", told["veiled"])
	w.press()
	w.WaitText("Votre texte est gardé comme brouillon")
	lacks(s.t, "the veil", w.HTML(), "burquenal", "Zorvaskine", told["paul"])
	w.lift("")
	w.Goto("/security/day-code")
	w.by.Fill("[name=day_code]", told["day code"])
	w.press()
	w.go_("/today")
	w.on("/today")
	w.WaitFor("a.who[href^='/drafts/']")
	rows := w.Texts("a.who[href^='/drafts/']")
	if len(rows) != 2 {
		s.t.Errorf("%d drafts wait, want the one kept while typing and the one kept by the veil: %q", len(rows), rows)
	}
	var kept []string
	for _, path := range ask[[]string](w.Device, "list the drafts", `[...document.querySelectorAll("a.who[href^='/drafts/']")].map(a => a.getAttribute('href'))`) {
		w.Goto(path)
		kept = append(kept, w.Value("[name=words]"))
	}
	contains(s.t, "what waits", strings.Join(kept, " "), told["draft"], told["veiled"])
	w.veil()
	w.lift(told["day code"])
	// Back on the form that waits, its newest text in the field and the other beside it.
	w.WaitFor("[name=words]")
	contains(s.t, "the form after the veil", w.Value("[name=words]")+w.Text("main"), told["draft"], told["veiled"])
	saved := w.Value("[name=words]")
	w.press()
	w.on(s.dossier)
	w.tells("the dossier", "main", saved)
}

func (s *story) losesNetwork() {
	w := s.lucie
	w.Goto(s.dossier + "/notes/new")
	w.Offline(true)
	w.by.Tell("[name=words]", told["lost"])
	w.WaitText("Pas de réseau")
	w.press()
	if got := w.Value("[name=words]"); got != told["lost"] {
		s.t.Errorf("without network the text became %q", got)
	}
	lacks(s.t, "what a script could find on the device", w.Kept(), "sertifolane")
	w.Offline(false)
	w.on(s.dossier)
	w.WaitText(told["lost"])
}

func (s *story) restarts() {
	s.product.Stop()
	s.product.Start()
	for _, w := range []*worker{s.lucie, s.karim, s.thomas} {
		w.Goto("/today")
		w.tells("the header after a restart", "header", w.named.Name)
	}
}

func (s *story) signsOut() {
	w := s.lucie
	w.Goto("/today")
	w.signOut()
	w.on("/signin")
	w.Goto(s.dossier)
	w.on("/signin")
	lacks(s.t, "the sign-in page", w.HTML(), "Zorvaskine")
	w.signIn() // a browser that is known: no paper code
	w.Goto(s.dossier)
	w.tells("the dossier", "main", told["nadia"])
}

func (s *story) leaksNothing() {
	for _, word := range s.confided() {
		for _, where := range s.product.OnDisk(word) {
			s.t.Errorf("%q is on the disk: %s", word, where)
		}
	}
	// The search finds what is there.
	if err := os.WriteFile(filepath.Join(s.product.Data, "planted"), []byte(hex.EncodeToString([]byte(told["first"]))), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if found := s.product.OnDisk("trelvanque"); len(found) != 1 {
		s.t.Errorf("a planted token was found in %q", found)
	}
}
