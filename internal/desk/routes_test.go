// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"depositaire.org/depositaire/internal/record"
)

// visitors are who every route is asked by, in the order of the table's columns.
var visitors = []string{"nobody", "veiled", "reception", "inside", "outside", "lead", "administrator"}

// The answers of the table, for each of visitors.
const (
	open       = "200 200 200 200 200 200 200" // the door: for anybody
	members    = "303 403 200 200 200 200 200"
	services   = "303 403 200 200 200 200 422" // who works in a service
	hers       = "303 403 404 200 404 404 404" // the dossier's team
	leads      = "303 403 422 422 422 200 200"
	founders   = "303 403 303 303 303 303 303" // a step that is done goes on
	deed       = "403 403 303 303 303 303 303"
	deedInside = "403 403 404 303 404 404 404"
	asksInside = "403 403 404 422 404 404 404" // an empty form, in the dossier
	askedAgain = "403 403 422 422 422 422 422"
	withheld   = "403 403 404 404 404 404 404"
)

// routes says how each route of the desk answers each visitor. Posts carry the
// visitor's own session number and nothing else.
var routes = map[string]string{
	"GET /{$}":                     "303 303 303 303 303 303 303",
	"POST /language":               "422 422 422 422 422 422 422",
	"GET /signin":                  open,
	"POST /signin":                 "422 422 422 422 422 422 422",
	"POST /signin/passkey/options": open,
	"POST /signin/passkey":         "410 410 410 410 410 410 410",
	"GET /lift":                    "303 200 303 303 303 303 303",
	"POST /lift":                   "422 422 422 422 422 422 422",
	"POST /lift/passkey/options":   "403 404 404 404 404 404 404",
	"POST /lift/passkey":           "403 410 410 410 410 410 410",

	"POST /drafts":                 "422 422 422 422 422 422 422",
	"GET /drafts/{draft}":          "303 403 303 303 303 303 303",
	"POST /drafts/{draft}/discard": deed,

	"GET /imports":                 services,
	"POST /imports":                "403 403 422 422 422 422 422",
	"GET /imports/{list}":          "303 403 404 404 404 404 404",
	"POST /imports/{list}":         withheld,
	"POST /imports/{list}/discard": withheld,
	"GET /imports/{list}/undo":     "303 403 404 404 404 404 404",
	"POST /imports/{list}/undo":    withheld,

	"GET /start":              "303 403 303 303 303 303 303",
	"POST /start":             "422 422 422 422 422 422 422",
	"POST /start/passphrase":  "422 422 422 422 422 422 422",
	"GET /start/{code}":       "404 404 404 404 404 404 404",
	"GET /start/paper":        founders,
	"POST /start/paper":       deed,
	"GET /start/envelopes":    founders,
	"POST /start/envelopes":   deed,
	"GET /start/controls":     founders,
	"POST /start/controls":    deed,
	"GET /start/dpo":          founders,
	"POST /start/dpo":         deed,
	"GET /start/dpo-control":  founders,
	"POST /start/dpo-control": deed,
	"GET /start/services":     founders,
	"POST /start/services":    deed,
	"GET /start/invitations":  leads,
	"POST /start/invitations": askedAgain,
	"GET /start/done":         "303 403 422 422 422 422 200",

	"GET /invitation":                              open,
	"POST /invitation":                             "422 422 422 422 422 422 422",
	"GET /invitation/identity":                     "303 303 303 303 303 303 303",
	"POST /invitation/identity":                    "422 422 422 422 422 422 422",
	"GET /invitation/passphrase":                   "303 303 303 303 303 303 303",
	"POST /invitation/passphrase":                  "422 422 422 422 422 422 422",
	"GET /invitation/paper":                        founders,
	"POST /invitation/paper":                       deed,
	"GET /administration/invitations":              leads,
	"POST /administration/invitations":             askedAgain,
	"GET /slips/{draft}":                           "303 403 404 404 404 404 404",
	"POST /administration/invitations/{id}/cancel": "403 403 200 200 200 200 200", // asks once more

	"POST /search": askedAgain,

	"GET /conversations/new":            services,
	"POST /conversations":               askedAgain,
	"GET /conversations/{search}":       services,
	"POST /conversations/{search}/undo": deed,

	"GET /search/{search}": services,

	"GET /persons":             services,
	"POST /persons":            "403 403 200 200 200 200 422",
	"GET /persons/new":         services,
	"POST /persons/new":        askedAgain,
	"GET /households/{draft}":  "303 403 404 404 404 404 404",
	"POST /households/{draft}": withheld,

	"GET /persons/{id}":          "303 403 200 200 200 200 404",
	"GET /persons/{id}/edit":     "303 403 200 200 200 200 404",
	"POST /persons/{id}/edit":    "403 403 409 409 409 409 404", // without the version that was shown
	"GET /persons/{id}/contact":  "303 403 200 200 200 200 404",
	"POST /persons/{id}/contact": "403 403 409 409 409 409 404", // without the version that was shown

	"GET /persons/{id}/relations":                      "303 403 200 200 200 200 404",
	"POST /persons/{id}/relations":                     "403 403 200 200 200 200 404", // looks for nobody
	"GET /persons/{id}/relations/{relation}":           "303 403 404 404 404 404 404", // of a link that is not there
	"POST /persons/{id}/relations/{relation}":          withheld,
	"GET /persons/{id}/relations/{relation}/separate":  "303 403 404 404 404 404 404",
	"POST /persons/{id}/relations/{relation}/separate": withheld,

	"GET /persons/{id}/merge":    "303 403 200 200 200 200 404",
	"POST /persons/{id}/merge":   "403 403 200 200 200 200 404", // looks for nobody
	"POST /persons/{id}/unmerge": "403 403 303 303 303 303 404", // of one record

	"GET /persons/{id}/refer":  "303 403 422 422 422 200 404",
	"POST /persons/{id}/refer": "403 403 422 422 422 422 404",

	"GET /agenda/{date}":                      "303 403 404 404 404 404 404", // of a day that is none
	"GET /appointments/new":                   services,
	"POST /appointments/new":                  askedAgain,
	"GET /persons/{person}/appointments/new":  "303 403 200 200 200 200 404",
	"POST /persons/{person}/appointments/new": "403 403 422 422 422 422 404",
	"GET /appointments/{id}":                  "303 403 200 200 200 200 404",
	"POST /appointments/{id}":                 "403 403 422 422 422 422 404",
	"POST /appointments/{id}/answer":          "403 403 422 422 422 422 404",

	"GET /cases":                             members,
	"POST /cases":                            "403 403 200 200 200 200 200",
	"GET /cases/{id}":                        hers,
	"GET /cases/{id}/readers":                hers,
	"GET /cases/{id}/readers/add":            hers,
	"POST /cases/{id}/search":                asksInside,
	"GET /cases/{id}/search/{search}":        hers,
	"POST /cases/{id}/readers/add":           asksInside,
	"POST /cases/{id}/readers/{member}/stop": withheld, // of somebody who has no place

	"GET /cases/{id}/readers/{member}/receipt":       "303 403 404 404 404 404 404",
	"GET /cases/{id}/readers/{member}/receipt/proof": "303 403 404 404 404 404 404",
	"GET /receipts/check":                            open,

	"GET /help":          open,
	"GET /notice":        open,
	"GET /accessibilite": open,
	"GET /map":           open,

	"GET /cases/{id}/notes/new":             hers,
	"POST /cases/{id}/notes":                asksInside,
	"POST /cases/{id}/notes/audience":       asksInside,
	"GET /persons/{person}/notes/new":       "303 403 422 303 200 422 404", // her dossier is where one writes
	"POST /persons/{person}/notes":          "403 403 422 422 422 422 404",
	"POST /persons/{person}/notes/audience": "403 403 422 422 422 422 404",
	"GET /notes/{note}/correct":             hers,
	"POST /notes/{note}/correct":            asksInside,
	"GET /notes/{note}/versions":            hers,
	"GET /notes/{note}/readers":             hers,
	"POST /notes/{note}/narrow":             asksInside,
	"POST /notes/{note}/widen":              asksInside,
	"GET /cases/{id}/documents/new":         hers,
	"POST /cases/{id}/documents":            asksInside,
	"GET /notes/{note}/documents/new":       hers,
	"POST /notes/{note}/documents":          asksInside,
	"GET /documents/{document}":             "303 403 404 404 404 404 404",
	"GET /documents/{document}/content":     "303 403 404 404 404 404 404",
	"GET /documents/{document}/keep":        "303 403 404 404 404 404 404",
	"POST /documents/{document}/remove":     withheld,
	"GET /notes/{note}/move":                hers,
	"POST /notes/{note}/move":               asksInside,

	"GET /witness":  "303 403 303 303 303 303 303",
	"POST /witness": deed,

	"GET /today":                        members,
	"GET /welcome/{service}/{member}":   "303 403 404 404 404 404 404",
	"POST /welcome/{service}/{member}":  deed,
	"GET /administration":               leads,
	"GET /administration/members/{id}":  "303 403 422 422 422 422 200",
	"POST /administration/members/{id}": askedAgain,

	"GET /administration/members/{id}/functions/{function}/end":  "303 403 422 422 422 422 404", // of a function that is not hers
	"POST /administration/members/{id}/functions/{function}/end": "403 403 422 422 422 422 404",

	"GET /administration/members/{id}/close":  "303 403 422 422 422 422 200",
	"POST /administration/members/{id}/close": "403 403 422 422 422 422 200",
	"GET /administration/services/new":        "303 403 422 422 422 422 200",
	"POST /administration/services/new":       askedAgain,
	"GET /administration/services/{id}/name":  "303 403 422 422 422 422 200",
	"POST /administration/services/{id}/name": askedAgain,
	"GET /administration/services/{id}":       "303 403 422 200 200 200 422",
	"POST /administration/services/{id}":      "403 403 422 422 422 422 422",

	"GET /security":                      members,
	"GET /security/passphrase":           members,
	"POST /security/passphrase":          askedAgain,
	"GET /security/paper":                members,
	"POST /security/paper":               "403 403 200 200 200 200 200",
	"POST /security/paper/prove":         askedAgain,
	"GET /security/day-code":             members,
	"POST /security/day-code":            askedAgain,
	"POST /security/passkey/options":     "403 403 200 200 200 200 200",
	"POST /security/passkey":             "403 403 410 410 410 410 410",
	"POST /security/slots/{id}/remove":   "403 403 200 200 200 200 200", // asks once more
	"POST /security/sessions/{id}/end":   withheld,
	"POST /security/devices/{id}/forget": withheld,
	"POST /security/devices/forget":      deed,

	// last: they end the visitor's own session
	"POST /veil":    "303 303 303 303 303 303 303",
	"POST /signout": "303 303 303 303 303 303 303",
}

// last are the routes that end what the others need.
var last = []string{"POST /security/devices/forget", "POST /veil", "POST /signout"}

// TestEveryRouteAnswersEveryVisitor knocks at each route as each visitor.
//
// Seen to kill: 403 for what is withheld.
func TestEveryRouteAnswersEveryVisitor(t *testing.T) {
	h := ownSite(t)
	rose := h.as(t, "rose")
	karim := h.as(t, "karim")
	person := rose.receive("Aïssatou")
	at := karim.note(person, "Une note pour les routes.")
	veiled := h.as(t, "karim")
	veiled.post("/veil", url.Values{"session": {"1"}})
	who := map[string]*browser{
		"nobody": h.browser(t), "veiled": veiled, "reception": rose, "inside": karim,
		"outside": h.as(t, "lucie"), "lead": h.as(t, "paul"), "administrator": h.as(t, "ada"),
	}
	karim.expects(person, "Bureau 7")
	ids := map[string]string{
		"/appointments/": appointmentSaying(t, karim.get("/today"), "Bureau 7"),
		"/persons/":      strings.TrimPrefix(person, "/persons/"), "/cases/": strings.TrimPrefix(at, "/cases/"),
		"/notes/":                   noteOf(t, karim.get(at)),
		"/administration/services/": serviceOf(t, h), "/administration/members/": memberOf(t, h, "rose"),
	}
	var order []string
	for pattern := range h.desk.Routes() {
		if routes[pattern] == "" {
			t.Errorf("%s is not in the table", pattern)
		}
		if !slices.Contains(last, pattern) {
			order = append(order, pattern)
		}
	}
	slices.Sort(order)
	for _, pattern := range append(order, last...) {
		want := strings.Fields(routes[pattern])
		var got []string
		for _, visitor := range visitors {
			got = append(got, who[visitor].try(pattern, ids))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %v\nwant %v", pattern, got, want)
		}
	}
	for pattern := range routes {
		if h.desk.Routes()[pattern] == nil {
			t.Errorf("%s is in the table and nowhere else", pattern)
		}
	}
	if strings.Contains(h.logs.String(), "panic") {
		t.Error("a page panicked")
	}
}

// try asks for a route and returns the status; redirects are not followed.
func (b *browser) try(pattern string, ids map[string]string) string {
	b.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	path = strings.TrimSuffix(path, "{$}")
	for prefix, id := range ids {
		if rest, found := strings.CutPrefix(path, prefix+"{"); found {
			_, rest, _ = strings.Cut(rest, "}")
			path = prefix + id + rest
		}
	}
	for strings.Contains(path, "{") {
		before, rest, _ := strings.Cut(path, "{")
		_, after, _ := strings.Cut(rest, "}")
		path = before + record.NewID[record.Member]().String() + after
	}
	r := httptest.NewRequest(method, path, nil)
	if method == http.MethodPost {
		form := url.Values{}
		if b.cookies["__Host-s1"] != "" {
			form.Set("session", "1")
		}
		r = request(path, form)
	}
	a := b.send(r)
	if strings.Contains(visible(a.doc), "Quelque chose n’a pas marché") {
		b.t.Errorf("%s: an internal error", pattern)
	}
	return strconv.Itoa(a.status)
}

func noteOf(t testing.TB, a answer) string {
	t.Helper()
	n := first(a.doc, func(n *html.Node) bool { return n.Data == "article" })
	if n == nil {
		t.Fatalf("%s shows no note", a.path)
	}
	return strings.TrimPrefix(attr(n, "id"), "note-")
}

func serviceOf(t testing.TB, h *hall) string {
	t.Helper()
	all, err := h.db.Services(t.Context())
	ok(t, err)
	return all[0].ID.String()
}

func memberOf(t testing.TB, h *hall, login string) string {
	t.Helper()
	m, err := h.db.MemberByLogin(t.Context(), login)
	ok(t, err)
	return m.ID.String()
}

// TestWhatDoesNotExistLooksLikeWhatIsNotHers compares the pages of both.
//
// Seen to kill: a refusal of what one may not see.
func TestWhatDoesNotExistLooksLikeWhatIsNotHers(t *testing.T) {
	h := testSite(t)
	karim, lucie := h.as(t, "karim"), h.as(t, "lucie")
	at := karim.note(h.as(t, "rose").receive("Piotr"), "Rien qu’à l’équipe.")
	note := noteOf(t, karim.get(at))
	nowhere := record.NewID[record.Case]().String()
	numbers := strings.NewReplacer("Numéro", "")
	for _, path := range []string{at, at + "/readers", at + "/readers/add", at + "/notes/new", "/notes/" + note + "/correct", "/notes/" + note + "/readers", "/notes/" + note + "/move"} {
		absent := strings.Replace(strings.Replace(path, strings.TrimPrefix(at, "/cases/"), nowhere, 1), note, nowhere, 1)
		a, b := lucie.get(path), lucie.get(absent)
		if a.status != b.status || plainBody(a) != plainBody(b) {
			t.Errorf("%s: %d and %d\n%s\n%s", path, a.status, b.status, numbers.Replace(visible(a.doc)), visible(b.doc))
		}
	}
}

// plainBody leaves out what differs between any two requests: the request's
// number and the page's own address.
func plainBody(a answer) string {
	var lines []string
	for line := range strings.Lines(a.body) {
		if !strings.Contains(line, "Numéro") && !strings.Contains(line, `name="back"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
