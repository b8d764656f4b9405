// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/pace"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// everyRoute returns a request for each route that the desk serves, by its pattern.
func (h *hall) everyRoute(t *testing.T) map[string]func() *http.Request {
	t.Helper()
	karim := h.as(t, "karim")
	at := karim.note(h.as(t, "rose").receive("Aminata"), "Ce que seule l’équipe lit.")
	ids := map[string]string{"/cases/": strings.TrimPrefix(at, "/cases/"), "/notes/": noteOf(t, karim.get(at))}
	all := map[string]func() *http.Request{}
	for pattern := range h.desk.Routes() {
		method, path := address(pattern, ids)
		all[pattern] = func() *http.Request {
			if method == http.MethodPost {
				return request(path, url.Values{"session": {"1"}})
			}
			return httptest.NewRequest(method, path, nil)
		}
	}
	if len(all) < 60 {
		t.Fatalf("%d routes", len(all))
	}
	return all
}

// address fills a pattern with ids, known ones where there are some.
func address(pattern string, ids map[string]string) (method, path string) {
	method, path, _ = strings.Cut(strings.TrimSuffix(pattern, "{$}"), " ")
	for prefix, id := range ids {
		if rest, found := strings.CutPrefix(path, prefix+"{"); found {
			_, rest, _ = strings.Cut(rest, "}")
			path = prefix + id + rest
		}
	}
	return method, regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, record.NewID[record.Member]().String())
}

// TestEveryRouteCarriesItsHeaders: to nobody and to a member, and where no route is.
//
// Seen to kill: a header left out; no-store left out; unsafe-inline in the policy;
// trusted types left out; a route served outside the middleware.
func TestEveryRouteCarriesItsHeaders(t *testing.T) {
	h := testSite(t)
	all := h.everyRoute(t)
	all["nowhere"] = func() *http.Request { return httptest.NewRequest(http.MethodGet, "/no/such/page", nil) }
	for name, b := range map[string]*browser{"nobody": h.browser(t), "karim": h.as(t, "karim")} {
		for pattern, r := range all {
			if slices.Contains(last, pattern) {
				continue
			}
			head := b.copy(t).send(r()).header
			for header, want := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
				"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Origin-Agent-Cluster": "?1",
			} {
				if got := head.Get(header); got != want {
					t.Errorf("%s, %s: %s is %q", name, pattern, header, got)
				}
			}
			checkPolicy(t, pattern, head)
		}
	}
}

// checkPolicy wants nothing inline, nothing from elsewhere, no frame, no base.
func checkPolicy(t *testing.T, pattern string, head http.Header) {
	t.Helper()
	directives := map[string]string{}
	for d := range strings.SplitSeq(head.Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
		directives[name] = value
	}
	for name, want := range map[string]string{
		"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'", "script-src": "'self'", "style-src": "'self'",
		"require-trusted-types-for": "'script'", "trusted-types": "'none'",
	} {
		if directives[name] != want {
			t.Errorf("%s: %s is %q", pattern, name, directives[name])
		}
	}
	if p := head.Get("Content-Security-Policy"); strings.Contains(p, "unsafe") || strings.Contains(p, "http") || strings.Contains(p, "*") || strings.Contains(p, "data:") {
		t.Errorf("%s: %s", pattern, p)
	}
	for _, sensor := range []string{"camera=()", "microphone=()", "geolocation=()"} {
		if !strings.Contains(head.Get("Permissions-Policy"), sensor) {
			t.Errorf("%s: the policy of permissions lacks %s", pattern, sensor)
		}
	}
}

// TestEveryCookieIsForThisHostAlone: out of reach of scripts, of other sites and of
// neighbours.
//
// Seen to kill: a cookie without its prefix, without HttpOnly, with SameSite=Lax; one
// with a domain.
func TestEveryCookieIsForThisHostAlone(t *testing.T) {
	h := testSite(t)
	seen := map[string]bool{}
	watch := func(head http.Header) {
		for _, line := range head.Values("Set-Cookie") {
			name, rest, _ := strings.Cut(line, "=")
			seen[strings.TrimRight(name, "0123456789")] = true
			for _, want := range []string{"; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Strict"} {
				if !strings.Contains(rest+";", want) {
					t.Errorf("%s lacks %s", name, want)
				}
			}
			if !strings.HasPrefix(name, "__Host-") || strings.Contains(rest, "Domain") {
				t.Errorf("%s may come from a neighbour", name)
			}
		}
	}
	b := h.browser(t)
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/start/"+startCode, nil),
		request("/language", url.Values{"language": {"en"}, "back": {"/"}}),
		request("/signin", url.Values{"login": {"karim"}, "passphrase": {phrase}, "paper_code": {h.papers["karim"]}}),
		request("/veil", url.Values{"session": {"1"}}),
		request("/signin/passkey/options", nil),
		request("/lift", url.Values{"session": {"1"}, "passphrase": {phrase}}),
	} {
		watch(b.send(r).header)
	}
	for _, r := range h.everyRoute(t) {
		watch(b.send(r()).header)
	}
	for _, name := range []string{"__Host-s", "__Host-half", "__Host-device", "__Host-passkey", "__Host-language", "__Host-offered", "__Host-flash", "__Host-start"} {
		if !seen[name] {
			t.Errorf("%s was not seen", name)
		}
	}
}

// TestAnotherSiteOpensNothing: every page, asked for by another site in every way a
// browser has, with the cookies of a member. Nothing is written: no entry, no use of
// her session. Nothing confided is shown, and the answer is the same for every page.
//
// Seen to kill: the middleware left out; safe methods let through; a page served
// before it.
func TestAnotherSiteOpensNothing(t *testing.T) {
	h := testSite(t)
	all := h.everyRoute(t)
	b := h.as(t, "karim")
	pages := 0
	for pattern, r := range all {
		for _, headers := range []string{
			"cross-site navigate document", "same-site navigate document", "cross-site navigate iframe", "cross-site no-cors image",
			"cross-site no-cors script", "cross-site cors empty", "same-site cors empty", "prefetch",
		} {
			h.pass(time.Minute / 60)
			before, r := h.written(), r()
			a := b.copy(t).sendAs(r, headers)
			neutral := strings.HasSuffix(headers, "navigate document") && r.Method == http.MethodGet
			if want := http.StatusUnprocessableEntity; neutral && a.status != http.StatusForbidden || !neutral && a.status != want {
				t.Errorf("%s, %s: %d", pattern, headers, a.status)
			}
			if neutral {
				a.says(t, "Vous venez d’un autre site", "Rien n’a encore été ouvert.")
				pages++
			}
			if h.written() != before {
				t.Errorf("%s, %s: something was written", pattern, headers)
			}
			if strings.Contains(a.body, "Aminata") || strings.Contains(a.body, "équipe lit") || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s, %s: something was opened", pattern, headers)
			}
		}
	}
	if pages == 0 {
		t.Fatal("no page was asked for")
	}
}

// sendAs is send, with what a browser says when the request is not by our own page.
func (b *browser) sendAs(r *http.Request, headers string) answer {
	b.t.Helper()
	b.says = func(r *http.Request) {
		r.Header.Del("Sec-Fetch-Site")
		if headers == "prefetch" {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("Sec-Purpose", "prefetch")
			return
		}
		for i, value := range strings.Fields(headers) {
			r.Header.Set([]string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"}[i], value)
		}
	}
	defer func() { b.says = nil }()
	return b.send(r)
}

// TestTheNeutralPageLeadsOn: one click, and the page opens.
func TestTheNeutralPageLeadsOn(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	person := b.receive("Yanis")
	a := b.sendAs(httptest.NewRequest(http.MethodGet, person, nil), "cross-site navigate document")
	b.get(link(t, a, "Continuer")).says(t, "Yanis")
	for _, headers := range []string{"none navigate document", ""} { // a bookmark, an old phone
		if a := b.sendAs(httptest.NewRequest(http.MethodGet, person, nil), headers); a.status != http.StatusOK {
			t.Errorf("%q: %d", headers, a.status)
		}
	}
}

// TestNoRouteAnswersUnderAnotherName: DNS rebinding, on every route.
//
// Seen to kill: the host not looked at.
func TestNoRouteAnswersUnderAnotherName(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "karim")
	for pattern, r := range h.everyRoute(t) {
		before := h.written()
		a := b.copy(t).sendTo("rebound.example", r())
		if a.status != http.StatusMisdirectedRequest || h.written() != before || len(a.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %d", pattern, a.status)
		}
	}
}

func (b *browser) sendTo(name string, r *http.Request) answer {
	b.says = func(r *http.Request) { r.Host = name }
	defer func() { b.says = nil }()
	return b.send(r)
}

// TestOtherMethodsAndAddressesLookLikeNothing: a method that a route does not have,
// and an address that no route has, answer as what is withheld does.
//
// Seen to kill: the catch-all left out, so that 405 tells which addresses exist.
func TestOtherMethodsAndAddressesLookLikeNothing(t *testing.T) {
	h := testSite(t)
	b := h.as(t, "lucie")
	want := b.send(httptest.NewRequest(http.MethodGet, "/cases/"+record.NewID[record.Case]().String(), nil))
	if want.status != http.StatusNotFound {
		t.Fatalf("a withheld dossier: %d", want.status)
	}
	var addresses []string
	for pattern, r := range h.everyRoute(t) {
		if strings.HasPrefix(pattern, "GET ") {
			addresses = append(addresses, r().URL.Path)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
		for _, at := range addresses {
			if a := b.send(httptest.NewRequest(method, at, nil)); a.status != http.StatusNotFound || a.header.Get("Allow") != "" {
				t.Errorf("%s %s: %d, Allow %q", method, at, a.status, a.header.Get("Allow"))
			}
		}
	}
	for _, at := range []string{"/cases/" + strings.Repeat("a", 5000), "/cases/%00", "/cases/%2e%2e%2fetc", "/cases/é", "/.git/config", "/debug/pprof/", "/metrics", "/asset/", "/cases/" + strings.Repeat("9", 26)} {
		if a := b.get(at); a.status != http.StatusNotFound || strings.Contains(a.body, "page not found") {
			t.Errorf("%s: %d\n%s", at, a.status, visible(a.doc))
		}
	}
}

// TestAPanicKeepsWhatWasTypedAndSaysNothing.
//
// Seen to kill: the visit put inside the middleware, which loses what was typed.
func TestAPanicKeepsWhatWasTypedAndSaysNothing(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	d := newDesk(h.desk.Rooms, h.desk.site, "")
	d.site.Handle(d.mux, "POST /panic", func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := web.ReadForm(r); err != nil {
			return err
		}
		panic("Prénom-Introuvable in a panic")
	})
	h.handler = d.handler()
	a := h.browser(t).post("/panic", url.Values{"words": {"Ce qui était tapé."}, "keep": {"words"}})
	if a.status != http.StatusInternalServerError || !strings.Contains(visible(a.doc), "Ce qui était tapé.") {
		t.Errorf("%d:\n%s", a.status, visible(a.doc))
	}
	if all := a.body + h.logs.String(); strings.Contains(all, "Introuvable") || strings.Contains(a.body, "goroutine") {
		t.Errorf("the panic tells:\n%s", all)
	}
}

// TestACrawlIsSlowedAndSaidOnce: a session that opens every dossier it can is slowed
// to what people read, the house is told once, nobody is shut out.
//
// Seen to kill: no turn taken; every refusal told; a slow-down that a new request
// prolongs for ever.
func TestACrawlIsSlowedAndSaidOnce(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	h.found(t)
	h.desk.site.Limits.Session = pace.Rate{Burst: 20, Every: time.Second}
	h.handler = withVisit(h.desk.site.Wrap(h.desk.mux))
	b := h.as(t, "karim")
	person := b.receive("Salomé")
	h.pass(time.Minute)
	before := h.securityEntries(t)
	refused := 0
	for range 60 {
		if a := b.send(httptest.NewRequest(http.MethodGet, person, nil)); a.status == http.StatusTooManyRequests {
			refused++
			a.says(t, "Beaucoup de pages ont été demandées en peu de temps.")
		}
	}
	if refused != 40 {
		t.Errorf("%d of 60 pages refused, want 40", refused)
	}
	if said := h.securityEntries(t) - before; said != 1 {
		t.Errorf("%d entries, want 1", said)
	}
	h.as(t, "lucie").get(person).says(t, "Salomé") // another session goes on
	h.pass(time.Second)
	b.get(person).says(t, "Salomé")
}

func (h *hall) securityEntries(t *testing.T) int {
	t.Helper()
	house, err := h.db.Organisation(t.Context())
	ok(t, err)
	circles, err := h.db.Circles(t.Context(), record.OwnerOf(record.OwnerOrganisation, house.ID))
	ok(t, err)
	for _, c := range circles {
		if c.Kind == record.HouseJournal {
			all, err := h.db.JournalOf(t.Context(), c.ID, 0, 10_000)
			ok(t, err)
			return len(all)
		}
	}
	t.Fatal("the house has no journal")
	return 0
}

// TestStrangersAreSlowedByTheirNetworkAndMembersAreNot.
//
// Seen to kill: no token taken at an invitation; members taken for strangers.
func TestStrangersAreSlowedByTheirNetworkAndMembersAreNot(t *testing.T) {
	h := emptyHall(t, t.TempDir())
	t.Cleanup(func() { _ = h.db.Close() })
	h.found(t)
	member := h.as(t, "karim")
	h.desk.site.Limits.Strangers = pace.Rate{Burst: 5, Every: time.Hour}
	for _, tt := range []struct {
		name string
		ask  func() *http.Request
	}{
		{"a session guessed", func() *http.Request { return httptest.NewRequest(http.MethodGet, "/today", nil) }},
		{"the door", func() *http.Request { return httptest.NewRequest(http.MethodGet, "/signin", nil) }},
		{"a name and a phrase", func() *http.Request { return request("/signin", url.Values{"login": {"karim"}}) }},
		{"a passkey", func() *http.Request { return request("/signin/passkey/options", nil) }},
		{"an invitation", func() *http.Request { return request("/invitation", url.Values{"invitation_code": {"aaaa-bbbb"}}) }},
		{"a veil", func() *http.Request { return request("/lift", url.Values{"session": {"1"}}) }},
		{"a draft", func() *http.Request { return request("/drafts", url.Values{"session": {"1"}}) }},
		{"a first start", func() *http.Request { return request("/start", url.Values{"login": {"karim"}}) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h.handler = withVisit(h.desk.site.Wrap(h.desk.mux))
			for range 5 {
				if a := h.browser(t).send(tt.ask()); a.status == http.StatusTooManyRequests {
					t.Fatal("slowed too early")
				}
			}
			if a := h.browser(t).send(tt.ask()); a.status != http.StatusTooManyRequests {
				t.Errorf("the sixth: %d", a.status)
			}
			member.copy(t).get("/today").at(t, "/today")
		})
	}
}
