// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func loadAssets(t *testing.T) *Assets {
	t.Helper()
	a, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAssetsAreServedForEver(t *testing.T) {
	a := loadAssets(t)
	mux := http.NewServeMux()
	a.Register(mux)
	r := httptest.NewRequest("GET", a.Path("style.css"), nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	zr, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	css, err := io.ReadAll(zr)
	if err != nil || !strings.Contains(string(css), "--paper") {
		t.Errorf("not the style sheet (%v)", err)
	}
	if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers %v", w.Header())
	}
	for path, status := range map[string]int{"/asset/style.css": 404, "/asset/style.0000000000.css": 404, "/favicon.ico": 200} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status {
			t.Errorf("%s: %d, want %d", path, w.Code, status)
		}
	}
}

// TestAssetsStayLight: architecture.md §3, 10 KB of style and 10 KB of script.
func TestAssetsStayLight(t *testing.T) {
	weights := map[string]int{}
	for at, file := range loadAssets(t).files {
		ext := at[strings.LastIndex(at, ".")+1:]
		weights[ext] += len(file.zipped)
	}
	for _, ext := range []string{"css", "js"} {
		t.Logf("%s: %d bytes compressed", ext, weights[ext])
		if weights[ext] == 0 || weights[ext] > 10<<10 {
			t.Errorf("%s weighs %d bytes", ext, weights[ext])
		}
	}
}

func TestScriptsSayWhatBreaksWithoutThem(t *testing.T) {
	seen := 0
	for at, file := range loadAssets(t).files {
		if !strings.HasSuffix(at, ".js") {
			continue
		}
		seen++
		if !regexp.MustCompile(`^// SPDX[^\n]*\n// Without this file `).Match(file.plain) {
			t.Errorf("%s does not start by saying what breaks without it", at)
		}
		// What came after ES2018, and what would load from or keep elsewhere.
		late := regexp.MustCompile(`\?\?|\?\.[a-z\[(]|\bimport\b|localStorage|sessionStorage|indexedDB|https?://|\beval\(|new Function|catch \{`)
		if found := late.Find(file.plain); found != nil {
			t.Errorf("%s uses %s", at, found)
		}
	}
	if seen == 0 {
		t.Fatal("no script found")
	}
}

func TestStyleIsReadyForEveryReader(t *testing.T) {
	a := loadAssets(t)
	css := string(a.files[a.Path("style.css")].plain)
	for _, want := range []string{"[hidden]{display:none!important}", "prefers-reduced-motion", "forced-colors", "@media print", "prefers-color-scheme:dark"} {
		if !strings.Contains(css, want) {
			t.Errorf("no %s", want)
		}
	}
	physical := regexp.MustCompile(`(margin|padding|border)-(left|right|top|bottom)|[;{](left|right|top|bottom|width|height|max-width|min-width):|text-align:(left|right)|url\(|@import`)
	if found := physical.FindString(css); found != "" {
		t.Errorf("%q would not turn round for right-to-left, or loads something", found)
	}
}

// TestContrast computes look.md's promise: every text colour is at least 7:1 on
// paper and surface, text on buttons too, the ring and field borders 3:1.
func TestContrast(t *testing.T) {
	a := loadAssets(t)
	css := string(a.files[a.Path("style.css")].plain)
	blocks := regexp.MustCompile(`(?s):root\{(.*?)\}`).FindAllStringSubmatch(css, 2)
	if len(blocks) != 2 {
		t.Fatal("light and dark tokens not found")
	}
	for i, scheme := range []string{"light", "dark"} {
		tokens := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{6})`).FindAllStringSubmatch(blocks[i][1], -1) {
			tokens[m[1]] = m[2]
		}
		check := func(fore, back string, least float64) {
			t.Helper()
			if got := contrast(t, tokens[fore], tokens[back]); got < least {
				t.Errorf("%s: %s on %s is %.2f:1, want %.0f:1", scheme, fore, back, got, least)
			}
		}
		for _, back := range []string{"paper", "surface"} {
			for _, fore := range []string{"ink", "muted", "action", "danger", "office", "case", "reserved", "shared", "scratch"} {
				check(fore, back, 7)
			}
			check("focus", back, 3)
		}
		check("on-action", "action", 7)
		check("on-danger", "danger", 7)
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}
