// SPDX-License-Identifier: AGPL-3.0-or-later

package main

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// server is the real program, built and run on folders of its own.
type server struct {
	t       testing.TB
	dir     string // holds data, logs and temporary, each a folder
	address string
	binary  string
	process *exec.Cmd
	ended   chan error
}

func (s *server) folder(name string) string { return filepath.Join(s.dir, name) }

// build makes the program, with more arguments of go build.
func build(t testing.TB, more ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "depositaire")
	c := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", file}, more...), "../../cmd/depositaire")...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// serve runs it until the test ends.
func serve(t testing.TB, binary string, environment ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), binary: binary, ended: make(chan error, 1)}
	for _, name := range []string{"data", "logs", "temporary", "secrets", "backup"} {
		must(t, os.Mkdir(s.folder(name), 0o700))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.address = l.Addr().String()
	must(t, l.Close())
	log, err := os.Create(filepath.Join(s.folder("logs"), "log"))
	must(t, err)
	s.process = exec.Command(binary, "serve", "-data", s.folder("data"), "-secrets", filepath.Join(s.folder("secrets"), "host.json"), "-listen", s.address, "-url", "http://"+s.named())
	s.process.Stdout, s.process.Stderr = log, log
	s.process.Env = append(os.Environ(), append(environment, "TMPDIR="+s.folder("temporary"))...)
	must(t, s.process.Start())
	go func() { s.ended <- s.process.Wait() }()
	t.Cleanup(func() { s.stop(); _ = log.Close() })
	return s
}

// named is the address that browsers type: a passkey wants a name.
func (s *server) named() string { return strings.Replace(s.address, "127.0.0.1", "localhost", 1) }

// stop ends the program as an operator does.
func (s *server) stop() {
	if s.process.ProcessState != nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		_ = s.process.Process.Kill()
	}
}

// command runs one of the program's commands on the same folders.
func (s *server) command(args ...string) string {
	s.t.Helper()
	c := exec.CommandContext(s.t.Context(), s.binary, args...)
	c.Env = append(os.Environ(), "TMPDIR="+s.folder("temporary"))
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s: %v: %s", args[0], err, out)
	}
	return string(out)
}

var startLink = regexp.MustCompile(`/start/\S+`)

// start is the link of the first start, as the program prints it.
func (s *server) start() string {
	s.t.Helper()
	for range 200 {
		said, err := os.ReadFile(filepath.Join(s.folder("logs"), "log"))
		must(s.t, err)
		if link := startLink.Find(said); link != nil {
			return string(link)
		}
		time.Sleep(50 * time.Millisecond)
	}
	said, _ := os.ReadFile(filepath.Join(s.folder("logs"), "log"))
	s.t.Fatalf("no link of the first start: %s", said)
	return ""
}

// hand is somebody with a browser of her own.
type hand struct {
	*server
	client  *http.Client
	cookies map[string]string
}

// page is what came back in the end.
type page struct {
	status int
	path   string
	doc    *html.Node
	raw    string
}

func (s *server) hand() *hand {
	return &hand{s, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, map[string]string{}}
}

func (h *hand) get(path string) page { return h.ask(http.MethodGet, path, nil) }

func (h *hand) post(path string, form url.Values) page { return h.ask(http.MethodPost, path, form) }

// ask sends what a browser sends, and follows redirects.
func (h *hand) ask(method, path string, form url.Values) page {
	h.t.Helper()
	for range 8 {
		r, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.named()+path, strings.NewReader(form.Encode()))
		must(h.t, err)
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Accept-Language", "fr")
		for _, name := range slices.Sorted(maps.Keys(h.cookies)) {
			r.AddCookie(&http.Cookie{Name: name, Value: h.cookies[name]})
		}
		answer, err := h.client.Do(r)
		must(h.t, err)
		raw, err := io.ReadAll(answer.Body)
		must(h.t, err)
		_ = answer.Body.Close()
		for _, c := range answer.Cookies() {
			h.cookies[c.Name] = c.Value
			if c.MaxAge < 0 {
				delete(h.cookies, c.Name)
			}
		}
		if answer.StatusCode == http.StatusSeeOther {
			method, path, form = http.MethodGet, answer.Header.Get("Location"), nil
			continue
		}
		doc, err := html.Parse(strings.NewReader(string(raw)))
		must(h.t, err)
		return page{answer.StatusCode, r.URL.Path, doc, string(raw)}
	}
	h.t.Fatal("redirects do not end")
	return page{}
}

// submit fills the form of a page that posts to action, and sends it.
func (h *hand) submit(p page, action string, typed ...string) page {
	h.t.Helper()
	v := url.Values{}
	found := false
	for f := range p.doc.Descendants() {
		if f.Data != "form" || attr(f, "action") != action {
			continue
		}
		found = true
		for n := range f.Descendants() {
			name, kind := attr(n, "name"), attr(n, "type")
			_, checked := find1(n, "checked")
			if n.Data == "input" && name != "" && (kind != "radio" && kind != "checkbox" || checked) {
				v.Add(name, attr(n, "value"))
			}
			if n.Data == "option" {
				if _, selected := find1(n, "selected"); selected {
					v.Set(attr(n.Parent, "name"), attr(n, "value"))
				}
			}
		}
	}
	if !found {
		h.t.Fatalf("no form to %s on %s (%d): %s", action, p.path, p.status, p.text())
	}
	for pair := range slices.Chunk(typed, 2) {
		v.Set(pair[0], pair[1])
	}
	next := h.post(action, v)
	if next.status >= 400 {
		h.t.Fatalf("%s answers %d: %s", action, next.status, next.text())
	}
	return next
}

func find1(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, name string) string {
	v, _ := find1(n, name)
	return v
}

func (p page) text() string {
	var b strings.Builder
	for n := range p.doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// code is the n-th code that a page shows.
func (p page) code(t testing.TB, n int) string {
	t.Helper()
	var all []string
	for e := range p.doc.Descendants() {
		if attr(e, "class") == "code" && e.FirstChild != nil {
			all = append(all, strings.TrimSpace(e.FirstChild.Data))
		}
	}
	if n >= len(all) {
		t.Fatalf("%s shows %d codes: %s", p.path, len(all), p.text())
	}
	return all[n]
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// article is the id of the first note of a page.
func (p page) article(t testing.TB) string {
	t.Helper()
	for e := range p.doc.Descendants() {
		if id, found := strings.CutPrefix(attr(e, "id"), "note-"); found && e.Data == "article" {
			return id
		}
	}
	t.Fatalf("%s shows no note: %s", p.path, p.text())
	return ""
}
