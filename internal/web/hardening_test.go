// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/fault"
)

// TestAPageOpensForWhoAskedForIt is the matrix of Fetch Metadata. Its three answers:
// opened, the neutral page, refused.
//
// Seen to kill: same-site judged as same-origin; none without looking at the mode;
// dest not looked at; Sec-Purpose not looked at; Referer and Origin of an old browser
// not looked at.
func TestAPageOpensForWhoAskedForIt(t *testing.T) {
	const opened, neutral, refused = 200, http.StatusForbidden, http.StatusUnprocessableEntity
	for _, tt := range []struct {
		name    string
		headers string // site mode dest, or name=value
		status  int
	}{
		{"a typed address", "none navigate document", opened},
		{"a bookmark on an old phone", "", opened},
		{"a link of ours", "same-origin navigate document", opened},
		{"a link of ours on an old phone", "Referer=http://example.com/today", opened},
		{"a script of ours", "same-origin cors empty", opened},
		{"a reload, which keeps how one came", "same-origin navigate document", opened},
		{"a link in a webmail", "cross-site navigate document", neutral},
		{"a link of the intranet", "same-site navigate document", neutral},
		{"a link of another site on an old phone", "Referer=https://elsewhere.example/x", neutral},
		{"a link of another port", "Referer=http://example.com:8443/x", neutral},
		{"a referrer that is none", "Referer=::", neutral},
		{"a frame of another site", "cross-site navigate iframe", refused},
		{"a frame of ours", "same-origin navigate iframe", refused},
		{"a frame in a frame", "cross-site navigate frame", refused},
		{"an image of another site", "cross-site no-cors image", refused},
		{"an image of ours", "same-origin no-cors image", refused},
		{"a script of another site", "cross-site no-cors script", refused},
		{"a style sheet", "same-site no-cors style", refused},
		{"an object", "cross-site navigate object", refused},
		{"an embed", "cross-site navigate embed", refused},
		{"a worker", "same-origin same-origin worker", refused},
		{"a manifest", "same-origin cors manifest", refused},
		{"a film", "cross-site no-cors video", refused},
		{"a fetch of another site", "cross-site cors empty", refused},
		{"a fetch of a neighbour", "same-site cors empty", refused},
		{"a beacon", "cross-site no-cors empty", refused},
		{"an extension that fetches", "none cors empty", refused},
		{"a value that nobody knows", "sideways navigate document", neutral},
		{"a frame on a browser that does not say whose", "Sec-Fetch-Dest=iframe", refused},
		{"a fetch of another site on an old phone", "Origin=https://elsewhere.example", refused},
		{"a browser that guesses", "Sec-Purpose=prefetch", refused},
		{"a browser that draws ahead", "Sec-Purpose=prefetch;prerender", refused},
		{"an old one that guesses", "Purpose=prefetch", refused},
		{"an older one that guesses", "X-Moz=prefetch", refused},
		{"one that makes a thumbnail", "X-Purpose=preview", refused},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			t.Run(method+" "+tt.name, func(t *testing.T) {
				s, _ := testSite(t)
				r := httptest.NewRequest(method, "/cases/1", nil)
				comes(r, tt.headers)
				reached := false
				mux := http.NewServeMux()
				s.Handle(mux, "GET /cases/{id}", func(http.ResponseWriter, *http.Request) error { reached = true; return nil })
				w := httptest.NewRecorder()
				s.Wrap(mux).ServeHTTP(w, r)
				if w.Code != tt.status || reached != (tt.status == opened) {
					t.Errorf("%d, reached %v; want %d", w.Code, reached, tt.status)
				}
			})
		}
	}
}

// comes sets the headers that a browser would.
func comes(r *http.Request, headers string) {
	if name, value, ok := strings.Cut(headers, "="); ok {
		r.Header.Set(name, value)
		return
	}
	for i, value := range strings.Fields(headers) {
		r.Header.Set([]string{"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"}[i], value)
	}
}

// TestTheNeutralPageSaysNothingOfTheAddress: its one link leads there, nothing else
// differs, and it leads nowhere else.
//
// Seen to kill: the path left at the foot of the page; an address of another host
// followed.
func TestTheNeutralPageSaysNothingOfTheAddress(t *testing.T) {
	s, _ := testSite(t)
	page := func(target string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
		comes(r, "cross-site navigate document")
		w := serve(s, "GET /cases/{id}", func(http.ResponseWriter, *http.Request) error { return nil }, r)
		return w.Code, w.Body.String()
	}
	known, a := page("/cases/1")
	unknown, b := page("/no/such/page")
	if known != unknown || strings.ReplaceAll(a, "/cases/1", "@") != strings.ReplaceAll(b, "/no/such/page", "@") || strings.Count(a, "/cases/1") != 1 {
		t.Errorf("%d %s\n%d %s", known, a, unknown, b)
	}
	if _, with := page("/lift?session=1"); !strings.Contains(with, `href="/lift?session=1"`) {
		t.Errorf("the query is lost: %s", with)
	}
	if _, away := page("//elsewhere.example/x"); !strings.Contains(away, `href="/"`) {
		t.Errorf("leads elsewhere: %s", away)
	}
	if _, script := page(`/"><script>alert(1)</script>`); strings.Contains(script, "<script") {
		t.Errorf("markup: %s", script)
	}
}

func TestAssetsAreServedToWhateverAsks(t *testing.T) {
	s, _ := testSite(t)
	mux := http.NewServeMux()
	s.Assets.Register(mux)
	for _, at := range []string{s.Assets.Path("style.css"), s.Assets.Path("page.js"), s.Assets.Path("seal.svg"), "/favicon.ico"} {
		r := httptest.NewRequest(http.MethodGet, at, nil)
		comes(r, "same-origin no-cors style")
		w := httptest.NewRecorder()
		s.Wrap(mux).ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %d %v", at, w.Code, w.Header())
		}
	}
}

// TestOnlyOurHostIsAnswered: against a name of somebody else's that leads here.
//
// Seen to kill: an empty Host that lets any in; loopback names without their port;
// loopback names for a site that is not on loopback.
func TestOnlyOurHostIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name, ours, host string
		answered         bool
	}{
		{"the address given", "dossiers.example.org", "dossiers.example.org", true},
		{"in capitals", "dossiers.example.org", "Dossiers.Example.ORG", true},
		{"another name", "dossiers.example.org", "elsewhere.example", false},
		{"another port", "dossiers.example.org", "dossiers.example.org:8443", false},
		{"a name that ends like ours", "dossiers.example.org", "dossiers.example.org.elsewhere.example", false},
		{"the machine's number", "dossiers.example.org", "127.0.0.1", false},
		{"no host", "dossiers.example.org", "", false},
		{"localhost, by its number", "localhost:8080", "127.0.0.1:8080", true},
		{"localhost, by its longer number", "localhost:8080", "[::1]:8080", true},
		{"a name rebound to localhost", "localhost:8080", "elsewhere.example:8080", false},
		{"localhost on another port", "localhost:8080", "localhost:9090", false},
		{"a site that was given no address", "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, logs := testSite(t)
			s.Host = tt.ours
			r := httptest.NewRequest(http.MethodGet, "/x", nil)
			r.Host = tt.host
			reached := false
			w := serve(s, "GET /x", func(http.ResponseWriter, *http.Request) error { reached = true; return nil }, r)
			if reached != tt.answered || !tt.answered && w.Code != http.StatusMisdirectedRequest {
				t.Errorf("reached %v, status %d", reached, w.Code)
			}
			if !tt.answered && (!strings.Contains(logs.String(), "fault.wrong_host") || tt.host != "" && strings.Contains(w.Body.String(), tt.host)) {
				t.Errorf("%s\n%s", logs, w.Body)
			}
		})
	}
}

// TestANetworkIsWhoeverAskedTheProxy.
//
// Seen to kill: X-Forwarded-For believed from anybody; its first address taken; an
// IPv6 address taken whole.
func TestANetworkIsWhoeverAskedTheProxy(t *testing.T) {
	for _, tt := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"nobody before us", "203.0.113.9:4711", nil, "203.0.113.9"},
		{"a client that lies", "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		{"a proxy of ours", "10.0.0.2:4711", []string{"203.0.113.9"}, "203.0.113.9"},
		{"a client that lies to our proxy", "10.0.0.2:4711", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"in two headers", "10.0.0.2:4711", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{"a proxy that says nothing", "10.0.0.2:4711", nil, "10.0.0.2"},
		{"a proxy that says nonsense", "10.0.0.2:4711", []string{"unknown"}, "10.0.0.2"},
		{"a subscriber's many addresses", "[2001:db8:1:2:3:4:5:6]:4711", nil, "2001:db8:1:2::/64"},
		{"a proxy by its longer address", "[::ffff:10.0.0.2]:4711", []string{"2001:db8:1:2::9"}, "2001:db8:1:2::/64"},
		{"a pipe", "@", nil, "@"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := testSite(t)
			s.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
			r := httptest.NewRequest(http.MethodGet, "/x", nil)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-For"] = tt.forwarded
			got := ""
			serve(s, "GET /x", func(_ http.ResponseWriter, r *http.Request) error { got = Network(r); return nil }, r)
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestANetworkHasOnlySoManyRequestsUnderWay.
//
// Seen to kill: no leave; one crowd for everybody; the limit not looked at.
func TestANetworkHasOnlySoManyRequestsUnderWay(t *testing.T) {
	s, _ := testSite(t)
	s.Limits.AtOnce = 2
	inside, goOn := make(chan struct{}, 10), make(chan struct{})
	mux := http.NewServeMux()
	s.Handle(mux, "GET /x", func(_ http.ResponseWriter, r *http.Request) error {
		inside <- struct{}{}
		select {
		case <-goOn:
		case <-r.Context().Done():
		}
		return nil
	})
	wrapped := s.Wrap(mux)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	ask := func(from string) int {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/x", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		wrapped.ServeHTTP(w, r)
		return w.Code
	}
	done := make(chan int, 10)
	begin := func(from string) {
		go func() { done <- ask(from) }()
		select {
		case <-inside:
		case <-ctx.Done():
			t.Error(from, "did not come in")
		}
	}
	begin("203.0.113.9:1")
	begin("203.0.113.9:2")
	if got := ask("203.0.113.9:3"); got != http.StatusTooManyRequests {
		t.Errorf("a third: %d", got)
	}
	begin("198.51.100.1:1")
	close(goOn)
	for range 3 {
		if got := <-done; got != http.StatusOK {
			t.Errorf("%d", got)
		}
	}
	if got := ask("203.0.113.9:4"); got != http.StatusOK {
		t.Errorf("after the others left: %d", got)
	}
}

// listening serves h with the limits of Server, on this machine.
func listening(t *testing.T, h http.Handler) (*http.Server, string) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := Server("", h)
	server.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(func() { _ = server.Close() })
	return server, serveOn(server, l)
}

func serveOn(server *http.Server, l net.Listener) string {
	go func() { _ = server.Serve(l) }()
	return l.Addr().String()
}

// raw sends bytes as they are and returns the answers' status lines and bodies.
func raw(t *testing.T, at, sent string) string {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(c, sent); err != nil {
		return err.Error()
	}
	got, _ := io.ReadAll(c)
	return string(got)
}

// TestWhatIsNoRequestIsRefusedInAFewWords: malformed and ambiguous requests, as
// they come from the wire.
//
// Seen to kill: MaxHeaderBytes left to net/http's megabyte; the host not looked at;
// a connection kept after a body in chunks.
func TestWhatIsNoRequestIsRefusedInAFewWords(t *testing.T) {
	s, _ := testSite(t)
	mux := http.NewServeMux()
	s.Handle(mux, "POST /form", func(w http.ResponseWriter, r *http.Request) error {
		if _, err := ReadForm(r); err != nil {
			return err
		}
		_, err := io.WriteString(w, "read")
		return err
	})
	s.Handle(mux, "GET /secret", func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, "smuggled")
		return err
	})
	s.Handle(mux, "/", s.NotFound)
	_, at := listening(t, s.Wrap(mux))
	const form = "POST /form HTTP/1.1\r\nHost: example.com\r\nOrigin: http://example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	const hidden = "GET /secret HTTP/1.1\r\nHost: example.com\r\n\r\n"
	for _, tt := range []struct{ name, sent, status string }{
		{"a form as it should be", form + "Connection: close\r\nContent-Length: 3\r\n\r\na=b", "200"},
		{"two lengths", form + "Content-Length: 3\r\nContent-Length: 40\r\n\r\na=b" + hidden, "400"},
		{"a length with a sign", form + "Content-Length: +3\r\n\r\na=b" + hidden, "400"},
		{"an encoding nobody has", form + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden, "501"},
		{"two encodings", form + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden, "400 501"},
		{"a length and an encoding", form + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, "200 400"},
		{"a space before a colon", form + "Content-Length : 3\r\n\r\na=b" + hidden, "400"},
		{"an encoding, and more behind it", form + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden, "200"},
		{"a chunk with a false length", form + "Transfer-Encoding: chunked\r\n\r\nzz\r\na=b\r\n0\r\n\r\n" + hidden, "422 400"},
		{"no host", "GET /secret HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
		{"two hosts", "GET /secret HTTP/1.1\r\nHost: example.com\r\nHost: elsewhere.example\r\n\r\n", "400"},
		{"an old request without a host", "GET /secret HTTP/1.0\r\n\r\n", "421"},
		{"the address of another site", "GET http://elsewhere.example/secret HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "421"},
		{"headers that do not end", "GET /secret HTTP/1.1\r\nHost: example.com\r\nX-A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		{"a method that is none", "G€T /secret HTTP/1.1\r\nHost: example.com\r\n\r\n", "400"},
		{"no method of ours", "DEBUG /secret HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "422"},
		{"a trace", "TRACE /secret HTTP/1.1\r\nHost: example.com\r\nOrigin: http://example.com\r\nConnection: close\r\n\r\n", "404"},
		{"a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "421 422 404"},
		{"a path that is none", "GET /%zz HTTP/1.1\r\nHost: example.com\r\n\r\n", "400"},
		{"a line break in a path", "GET /%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "404"},
		{"another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 400 421"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := raw(t, at, tt.sent)
			answers := strings.Count(got, "HTTP/1.")
			status := (got + strings.Repeat(" ", 12))[9:12]
			if answers != 1 || !strings.Contains(tt.status, status) || strings.Contains(got, "smuggled") || strings.Contains(got, "X-Injected") {
				t.Errorf("%d answers:\n%s", answers, got)
			}
			for _, leak := range []string{"goroutine", ".go:", "/internal/", "elsewhere.example"} {
				if strings.Contains(got, leak) {
					t.Errorf("says %q:\n%s", leak, got)
				}
			}
		})
	}
}

// TestASlowSenderIsLeft: the server's own limits, a thousand times shorter.
//
// Seen to kill: no ReadHeaderTimeout; no ReadTimeout.
func TestASlowSenderIsLeft(t *testing.T) {
	for _, tt := range []struct{ name, sent string }{
		{"who never ends her headers", "GET / HTTP/1.1\r\nHost: example.com\r\n"},
		{"who never ends her form", "POST /form HTTP/1.1\r\nHost: example.com\r\nOrigin: http://example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := testSite(t)
			mux := http.NewServeMux()
			s.Handle(mux, "POST /form", func(_ http.ResponseWriter, r *http.Request) error {
				_, err := ReadForm(r)
				return err
			})
			server := Server("", s.Wrap(mux))
			for _, limit := range []*time.Duration{&server.ReadHeaderTimeout, &server.ReadTimeout, &server.WriteTimeout, &server.IdleTimeout} {
				if *limit <= 0 || *limit > 2*time.Minute {
					t.Fatalf("a time of %v", *limit)
				}
				*limit /= 200
			}
			var config net.ListenConfig
			l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = server.Close() }()
			at := serveOn(server, l)
			var dialer net.Dialer
			c, err := dialer.DialContext(t.Context(), "tcp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			_, _ = io.WriteString(c, tt.sent)
			_ = c.SetReadDeadline(time.Now().Add(4 * time.Second))
			if _, err := io.Copy(io.Discard, bufio.NewReader(c)); err != nil {
				t.Errorf("still there after four seconds: %v", err)
			}
		})
	}
}

// TestARefusalOfPaceSaysWhenToComeBack.
//
// Seen to kill: no Retry-After.
func TestARefusalOfPaceSaysWhenToComeBack(t *testing.T) {
	s, _ := testSite(t)
	w := serve(s, "GET /x", func(http.ResponseWriter, *http.Request) error { return fault.New(fault.TooMany, "fault.hasty") }, httptest.NewRequest(http.MethodGet, "/x", nil))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "en peu de temps") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestAFormIsReadFromItsBodyAlone: an answer in the address is no answer, and the
// first of two counts wherever one is asked for.
//
// Seen to kill: the address read with the body.
func TestAFormIsReadFromItsBodyAlone(t *testing.T) {
	s, _ := testSite(t)
	r := post("/notes?words=address&more=address", map[string][]string{"words": {"body", "again"}})
	serve(s, "POST /notes", func(_ http.ResponseWriter, r *http.Request) error {
		f, err := ReadForm(r)
		if err != nil {
			return err
		}
		if got := f.Line("words", 100); got != "body" || f.Line("more", 100) != "" || f.Ticked("more") {
			t.Errorf("read %q and %q", got, f.Line("more", 100))
		}
		return nil
	}, r)
}

// TestScriptsKeepNothingAndBuildNoCode: nothing stays in the browser after a session,
// and nothing that was typed runs.
//
// Seen to kill: a draft kept in localStorage; a script that is evaluated; text that becomes
// HTML.
func TestScriptsKeepNothingAndBuildNoCode(t *testing.T) {
	files, err := assetFiles.ReadDir("asset")
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".js") {
			continue
		}
		scripts++
		b, err := assetFiles.ReadFile("asset/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"localStorage", "sessionStorage", "indexedDB", "caches", "serviceWorker", "document.cookie", "eval(", "new Function", "document.write", "insertAdjacentHTML", "outerHTML", "innerHTML", "postMessage", "importScripts"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s says %s", f.Name(), word)
			}
		}
	}
	if scripts == 0 {
		t.Fatal("no script found")
	}
}

// TestEveryKindOfFaultHasItsPage: a status of its own, a whole page, what to do next,
// and nothing of the cause.
//
// Seen to kill: a kind without a status; the cause printed.
func TestEveryKindOfFaultHasItsPage(t *testing.T) {
	kinds := 0
	for k := fault.Internal; k == fault.Internal || k.String() != fault.Internal.String(); k++ {
		kinds++
		t.Run(k.String(), func(t *testing.T) {
			s, _ := testSite(t)
			h := func(http.ResponseWriter, *http.Request) error { return fault.Because(k, errors.New(secret)) }
			w := serve(s, "GET /x", h, httptest.NewRequest(http.MethodGet, "/x", nil))
			page, body := s.Blank("fr", "/x"), w.Body.String()
			if w.Code < 400 || w.Code == http.StatusUnauthorized || w.Code == http.StatusMethodNotAllowed {
				t.Errorf("status %d", w.Code)
			}
			for _, key := range []string{"fault." + k.String(), "fault." + k.String() + ".next"} {
				if !strings.Contains(body, page.T(key)) {
					t.Errorf("does not say %q:\n%s", page.T(key), body)
				}
			}
			if strings.Contains(body, secret) {
				t.Errorf("says its cause:\n%s", body)
			}
		})
	}
	if kinds < 10 {
		t.Errorf("%d kinds", kinds)
	}
}
