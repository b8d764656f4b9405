// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
)

// A tale is an organisation whose every field holds a canary of its own, written
// through the pages, and what a test needs to knock at its door again: so that
// builds which could not have written it meet the same one.
type tale struct {
	Clock    time.Time
	IDs      map[string]string            // "case nadia" and its like
	Cookies  map[string]map[string]string // by actor
	Canaries []canary
}

// canary is a random token in one field: a leak names itself.
type canary struct{ Secret, Field, Token string }

// teller writes a tale.
type teller struct {
	*hall
	tale
	t  testing.TB
	in map[string]*browser
}

// tell makes the organisation of the access matrix in a folder.
func tell(t testing.TB, dir string) {
	t.Helper()
	s := &teller{t: t, in: map[string]*browser{}}
	s.IDs, s.Cookies = map[string]string{}, map[string]map[string]string{}
	s.hall = emptyHall(t, dir)
	s.people()
	s.records()
	s.leavings()
	s.waiting()
	s.in["karim"].post("/administration/services/"+s.IDs["service north"], url.Values{"session": {"1"}, "ink": {"case"}})
	s.Clock = s.now()
	for login, b := range s.in {
		s.Cookies[login] = b.cookies
	}
	ok(t, s.db.Close())
	settle(t, filepath.Join(dir, "depositaire.db"))
	raw, err := json.Marshal(s.tale)
	ok(t, err)
	ok(t, os.WriteFile(filepath.Join(dir, "tale.json"), raw, 0o600))
}

// settle leaves everything in the database's own file, for it to be copied.
func settle(t testing.TB, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	ok(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	ok(t, err)
	ok(t, db.Close())
}

// canary returns a fresh token for one field of a secret.
func (s *teller) canary(secret, field string) string {
	token := strings.ToLower(rand.Text())[:14]
	token = strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c - '0' + 'a'
		}
		return c
	}, token)
	s.Canaries = append(s.Canaries, canary{secret, field, token})
	return token
}

// people founds two services and hires everybody of the oracle.
func (s *teller) people() {
	s.found(s.t)
	for _, login := range []string{"odile", "karim", "lucie", "rose", "paul", "ada"} {
		s.in[login] = s.devices[login]
	}
	north := serviceOf(s.t, s.hall)
	s.IDs["service north"] = north
	south, err := s.desk.Organisation.AddService(s.t.Context(), s.unlocked("ada"), "Logement", []record.MissionCode{record.MissionHousing}, true)
	ok(s.t, err)
	s.IDs["service south"] = south.String()
	at := func(id string, role record.Role) record.Function {
		service, _ := record.ParseID[record.Service](id)
		return record.Function{Service: service, Role: role}
	}
	for _, login := range []string{"ines", "marc", "anna", "tom", "lena", "solo", "gone"} {
		s.join("odile", login, at(north, record.RoleWorker))
	}
	s.join("ada", "newt", at(north, record.RoleWorker))
	s.join("ada", "hugo", at(south.String(), record.RoleWorker))
	s.join("ada", "vera", at(south.String(), record.RoleReception))
	s.join("ada", "luc", at(south.String(), record.RoleLead))
	s.join("odile", "mina", at(north, record.RoleWorker), at(south.String(), record.RoleWorker))
	for _, login := range []string{"vera", "luc", "mina"} {
		s.in["hugo"].post("/welcome/"+south.String()+"/"+s.member(login), url.Values{"session": {"1"}}).at(s.t, "/today")
	}
	s.join("ada", "dora", at("", record.RoleDirector))
	s.join("ada", "dpo", at("", record.RoleDPO))
	for login := range s.in {
		s.IDs["member "+login] = s.member(login)
	}
	s.in["veiled"] = s.as(s.t, "karim")
	s.in["veiled"].post("/veil", url.Values{"session": {"1"}})
	s.in["nobody"] = s.browser(s.t)
}

func (s *teller) member(login string) string { return memberOf(s.t, s.hall, login) }

// join invites somebody into her functions, and enrols her through the pages.
func (s *teller) join(by, login string, functions ...record.Function) {
	s.t.Helper()
	code, _, err := s.desk.Organisation.Invite(s.t.Context(), s.unlocked(by), organisation.Newcomer{
		Name: strings.ToUpper(login[:1]) + login[1:] + " Martin", Regime: record.RegimeProfession, Functions: functions,
	})
	ok(s.t, err)
	b := s.browser(s.t)
	a := b.submit(b.get("/invitation"), "/invitation", "invitation_code", code)
	a = b.submit(a, "/invitation/identity", "login", login)
	a = b.submit(a, "/invitation/passphrase", "new_passphrase", phrase, "again", phrase)
	b.submit(a, "/invitation/paper", "paper_code", a.code(s.t, 0)).at(s.t, "/today")
	s.in[login], s.devices[login] = b, b
}

// unlocked is somebody's keys, as her own browser puts them in hand.
func (s *teller) unlocked(login string) *strongroom.Unlocked {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for k, v := range s.in[login].cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	v, err := s.desk.Signin.Who(s.t.Context(), cookiesOf(r), signin.Use{Active: true, Device: journal.DeviceDesk})
	ok(s.t, err)
	if v.Unlocked == nil {
		s.t.Fatalf("%s is not unlocked", login)
	}
	return v.Unlocked
}

// identity is somebody received: a canary in each field of her form.
func (s *teller) identity(by, name string) string {
	s.t.Helper()
	secret := "identity " + name
	b := s.in[by]
	v := b.get("/persons/new").fields(s.t, "/persons/new")
	v.Set("then", "person")
	for field, form := range map[string]string{"name": "called", "language": "language", "contact": "contact"} {
		v.Set(form, s.canary(secret, field))
	}
	phone := "06" + digitsOnly(rand.Text() + rand.Text() + rand.Text())[:8]
	s.Canaries = append(s.Canaries, canary{secret, "phone", spacedDigits(phone)})
	v.Set("phone", phone)
	path := b.post("/persons/new", v).path
	b.submit(b.get(path+"/edit"), path+"/edit", "last_name", s.canary(secret, "family")).at(s.t, path)
	b.submit(b.get(path+"/contact"), path+"/contact", "contact_answer", "asked", "way", "sms",
		"hours", s.canary(secret, "hours"), "answerer", s.canary(secret, "answerer"), "if_other", s.canary(secret, "if other")).at(s.t, path)
	s.IDs["person "+name] = strings.TrimPrefix(path, "/persons/")
	return path
}

// relate links two persons of the tale, with a canary in the words of it.
func (s *teller) relate(by, name, other string) {
	s.t.Helper()
	b, at := s.in[by], "/persons/"+s.IDs["person "+name]+"/relations"
	for _, c := range s.Canaries {
		if c.Secret != "identity "+other || c.Field != "name" {
			continue
		}
		found := b.submit(b.get(at), at, "filter", c.Token)
		a := b.submit(found, at, "kin", s.IDs["person "+other], "nature", "partner", "custody", s.canary("identity "+name, "custody"))
		s.IDs["relation of "+name] = strings.TrimPrefix(link(s.t, a, "Modifier"), at+"/")
	}
}

func digitsOnly(s string) string {
	return strings.Map(func(c rune) rune { return '0' + c%10 }, s)
}

// spacedDigits is a number as pages show it.
func spacedDigits(s string) string {
	return s[:2] + "\u00a0" + s[2:4] + "\u00a0" + s[4:6] + "\u00a0" + s[6:8] + "\u00a0" + s[8:]
}

// write writes a note with a canary and keeps its id.
func (s *teller) write(by, place, name string, typed ...string) string {
	s.t.Helper()
	at := s.in[by].note(place, s.canary("note "+name, "words")+" l’a dit.", typed...)
	s.IDs["note "+name] = noteOf(s.t, s.in[by].get(at))
	return at
}

// attach puts a document with its canaries, one of them in its file.
func (s *teller) attach(by, at, name string) {
	s.t.Helper()
	secret := "document " + name
	a := s.in[by].attach(at+"/documents", s.canary(secret, "title"), "scan.pdf", []byte("%PDF-1.7 "+s.canary(secret, "file")))
	s.IDs[secret] = strings.TrimPrefix(a.path, "/documents/")
}

// records are the persons and their cases: what is confided.
func (s *teller) records() {
	karim := s.in["karim"]
	nadia, yann := s.identity("rose", "nadia"), s.identity("karim", "yann")
	awa, samir := s.identity("rose", "awa"), s.identity("vera", "samir")
	s.identity("rose", "piotr")
	iris := s.identity("rose", "iris")
	s.relate("rose", "nadia", "yann")
	a := s.write("karim", nadia, "team")
	s.IDs["case nadia"] = strings.TrimPrefix(a, "/cases/")
	for _, login := range []string{"ines", "marc", "lena", "gone"} {
		karim.post(a+"/readers/add", url.Values{"session": {"1"}, "member": {s.member(login)}, "reason": {"pair"}}).at(s.t, a+"/readers")
	}
	s.admit("anna", 0, s.now().Add(2*time.Minute))
	s.admit("tom", record.Minute(s.now().AddDate(0, 1, 0).Unix()/60), time.Time{})
	second := s.canary("note team", "second version")
	n := "/notes/" + s.IDs["note team"]
	karim.submit(karim.get(n+"/correct"), n+"/correct", "words", second)
	s.write("karim", a, "named", "ink", "reserved", "reader", s.member("ines"))
	s.write("ines", a, "own", "ink", "reserved")
	s.write("ines", a, "by ines")
	s.write("karim", a, "shared", "ink", "shared")
	s.write("karim", a, "scratch", "ink", "scratch")
	s.write("karim", a, "widened")
	karim.post("/notes/"+s.IDs["note widened"]+"/widen", url.Values{"session": {"1"}, "member": {s.member("solo")}, "reason": {"advice"}})
	s.write("karim", a, "narrowed")
	s.in["marc"].get(a).says(s.t, "l’a dit")
	karim.post("/notes/"+s.IDs["note narrowed"]+"/narrow", url.Values{"session": {"1"}, "reader": {s.member("marc")}})

	d := s.write("karim", yann, "of yann")
	s.IDs["case yann"] = strings.TrimPrefix(d, "/cases/")
	s.write("karim", a, "moved")
	s.IDs["note stub"] = s.IDs["note moved"]
	karim.post("/notes/"+s.IDs["note moved"]+"/move", url.Values{"session": {"1"}, "case": {s.IDs["case yann"]}})
	s.IDs["note moved"] = s.other(karim.get(d), s.IDs["note of yann"])

	b := s.write("lucie", awa, "of awa")
	s.IDs["case awa"] = strings.TrimPrefix(b, "/cases/")
	s.write("lucie", b, "shared with awa", "ink", "shared")
	c := s.write("hugo", samir, "of samir")
	s.IDs["case samir"] = strings.TrimPrefix(c, "/cases/")

	s.attach("karim", a, "paper")
	s.write("karim", a, "with a paper", "ink", "reserved", "reader", s.member("ines"))
	s.attach("karim", "/notes/"+s.IDs["note with a paper"], "beside")
	s.attach("hugo", c, "of samir’s")

	s.expects("karim", "appointment nadia", nadia)
	s.expects("lucie", "appointment alone", "")
	s.expects("hugo", "appointment samir", samir)

	paul := s.in["paul"]
	page := paul.get(iris + "/refer")
	opened := page.fields(s.t, iris+"/refer").Get("case")
	paul.submit(page, iris+"/refer", "member", s.member("karim")).at(s.t, iris)
	s.IDs["case iris"] = opened
}

// expects gives somebody an appointment with whoever gives it, on the tale's day, with
// a canary in each field.
func (s *teller) expects(by, name, person string) {
	s.t.Helper()
	place := s.canary(name, "spot")
	if person == "" {
		s.in[by].expects("", place, "called", s.canary(name, "called"))
	} else {
		s.in[by].expects(person, place)
	}
	s.IDs[name] = appointmentSaying(s.t, s.in[by].get("/today"), place)
}

// other is the note of a page that is not the one named.
func (s *teller) other(a answer, but string) string {
	for n := range elements(a.doc) {
		if id := strings.TrimPrefix(attr(n, "id"), "note-"); n.Data == "article" && id != but {
			return id
		}
	}
	s.t.Fatalf("%s shows one note", a.path)
	return ""
}

// admit lets a colleague read Nadia's case at times that no form offers.
func (s *teller) admit(login string, since record.Minute, until time.Time) {
	s.t.Helper()
	id, _ := record.ParseID[record.Case](s.IDs["case nadia"])
	m, _ := record.ParseID[record.Member](s.member(login))
	w := strongroom.Widening{To: m, Reason: record.ReasonPair, Since: since}
	if !until.IsZero() {
		w.Until = record.Minute(until.Unix() / 60)
	}
	ok(s.t, s.desk.Cases.Admit(context.Background(), s.unlocked("karim"), id, w))
}

// leavings are those who read once.
func (s *teller) leavings() {
	a := "/cases/" + s.IDs["case nadia"]
	for _, login := range []string{"anna", "lena", "gone"} {
		s.in[login].get(a).at(s.t, a)
	}
	s.in["karim"].post(a+"/readers/"+s.member("lena")+"/stop", url.Values{"session": {"1"}}).at(s.t, a+"/readers")
	s.in["ada"].post("/administration/members/"+s.member("gone")+"/close", url.Values{"session": {"1"}, "confirmed": {"yes"}}).at(s.t, "/administration")
	s.pass(150 * time.Second)
	for login, b := range s.in {
		if login != "nobody" && login != "gone" && login != "veiled" {
			b.get("/today").at(s.t, "/today")
		}
	}
	s.write("karim", a, "after") // under a key that those who left never had
}

// waiting is what is not finished: drafts and invitations.
func (s *teller) waiting() {
	for _, d := range []struct{ by, place, field string }{
		{"karim", "/cases/" + s.IDs["case nadia"] + "/notes", "words"}, {"rose", "/persons/new", "called"}, {"hugo", "/cases/" + s.IDs["case samir"] + "/notes", "words"},
	} {
		id := record.NewID[record.Draft]().String()
		s.IDs["draft of "+d.by] = id
		a := s.in[d.by].post(draftsPath, url.Values{"session": {"1"}, "draft": {id}, "at": {d.place}, "keep": {d.field}, d.field: {s.canary("draft of "+d.by, d.field)}, "service": {s.IDs["service north"]}})
		if a.status != http.StatusOK {
			s.t.Fatalf("a draft answers %d", a.status)
		}
	}
	for by, service := range map[string]string{"rose": "north", "hugo": "south"} {
		thing := "list of " + by
		a := s.in[by].submit(s.in[by].get("/imports"), "/imports", "service", s.IDs["service "+service],
			"list", "Prénom;Nom;NIR\n"+s.canary(thing, "name")+";"+s.canary(thing, "family_name")+";1850578006084\n")
		s.IDs[thing] = strings.TrimPrefix(a.path, "/imports/")
	}
	for by, name := range map[string]string{"ada": "Noé Petit", "paul": "Zoé Petit"} {
		b := s.in[by]
		a := b.submit(b.get("/administration/invitations"), "/administration/invitations", "name", name, "role", "reception", "regime", "function")
		s.IDs["slip of "+by] = strings.TrimPrefix(a.path, "/slips/")
		s.Canaries = append(s.Canaries, canary{"slip of " + by, "code", a.code(s.t, 0)})
	}
	all, err := s.db.Invitations(s.t.Context())
	ok(s.t, err)
	for _, i := range all {
		for _, by := range []string{"ada", "paul"} {
			if i.Inviter.String() == s.member(by) {
				s.IDs["invitation of "+by] = i.ID.String()
			}
		}
	}
	slots, err := s.db.Slots(s.t.Context(), s.unlocked("lucie").Member())
	ok(s.t, err)
	s.IDs["slot of lucie"] = slots[0].ID.String()
	s.as(s.t, "lucie") // on another browser
	a := s.in["lucie"].get("/security")
	s.IDs["session of lucie"] = record.NewID[record.Session]().String()
	devices, err := s.db.Devices(s.t.Context(), s.unlocked("lucie").Member())
	ok(s.t, err)
	s.IDs["device of lucie"] = hex.EncodeToString(devices[0].Hash[:])
	for f := range elements(a.doc) {
		if rest, found := strings.CutPrefix(attr(f, "action"), "/security/sessions/"); found {
			s.IDs["session of lucie"] = strings.TrimSuffix(rest, "/end")
		}
	}
}

func TestTellTheTale(t *testing.T) {
	dir := os.Getenv("DEPOSITAIRE_TEST_TALE")
	if dir == "" {
		dir = t.TempDir()
	}
	tell(t, dir)
}
