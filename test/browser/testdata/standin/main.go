// SPDX-License-Identifier: AGPL-3.0-or-later

// Command standin takes the product's place while the harness is tested: the
// same commands and flags, and a few pages, good and bad.
package main

import (
	"compress/gzip"
	"context"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

//go:embed pages
var pages embed.FS

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: standin serve|demo|fail")
		os.Exit(2)
	}
	set := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	data := set.String("data", "", "folder")
	listen := set.String("listen", "", "address")
	asJSON := set.Bool("json", false, "print the demo as JSON")
	leak := set.String("leak", "", "a secret to write to the log")
	_ = set.Parse(os.Args[2:])
	switch os.Args[1] {
	case "serve":
		fmt.Printf("Open http://%s/start/abc-def in a browser.\n", *listen)
	case "demo":
		if *asJSON {
			_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"people": []map[string]string{{"name": "Julie", "passphrase": "quatre mots de test"}}})
		}
	default:
		fmt.Fprintln(os.Stderr, "standin: refused")
		os.Exit(3)
	}
	if *leak != "" {
		fmt.Fprintf(os.Stderr, "about %s\n", *leak)
	}
	_ = os.WriteFile(filepath.Join(*data, "standin.db"), []byte("kept: "+*leak), 0o600)
	serve(*listen)
}

func serve(listen string) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/", static)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(400 * time.Millisecond)
		fmt.Fprint(w, "late")
	})
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "last", Value: "1", Path: "/", HttpOnly: true})
		http.Redirect(w, r, "/saved?text="+template.URLQueryEscaper(r.FormValue("text")), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) })
	mux.HandleFunc("GET /", page)
	server := &http.Server{Addr: listen, Handler: mux}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.ListenAndServe(); err != nil && err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func static(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, pages, "pages/"+filepath.Base(r.URL.Path))
}

func page(w http.ResponseWriter, r *http.Request) {
	name := strings.Trim(r.URL.Path, "/")
	if name == "" {
		name = "today"
	}
	status := http.StatusOK
	body, err := pages.ReadFile("pages/" + name + ".html")
	if err != nil {
		status = http.StatusNotFound
		body, _ = pages.ReadFile("pages/withheld.html")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzip.NewWriter(w)
	defer func() { _ = z.Close() }()
	fmt.Fprint(z, strings.NewReplacer("{{text}}", template.HTMLEscapeString(r.FormValue("text")), "{{ua}}", template.HTMLEscapeString(r.UserAgent()), "{{lang}}", r.Header.Get("Accept-Language")).Replace(string(body)))
}
