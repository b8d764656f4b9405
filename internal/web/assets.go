// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed asset
var assetFiles embed.FS

// Assets are the site's own files, served under a name that changes with their
// content, so that a browser may keep them for ever.
type Assets struct {
	paths map[string]string // style.css → /asset/style.3f9a0c2b41.css
	files map[string]asset  // by path
}

type asset struct {
	kind          string
	plain, zipped []byte
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// LoadAssets names and compresses the embedded files.
func LoadAssets() (*Assets, error) {
	a := &Assets{paths: map[string]string{}, files: map[string]asset{}}
	entries, err := fs.ReadDir(assetFiles, "asset")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	for _, entry := range entries {
		if err := a.add(entry.Name()); err != nil {
			return nil, fmt.Errorf("web: asset %s: %w", entry.Name(), err)
		}
	}
	return a, nil
}

func (a *Assets) add(name string) error {
	plain, err := fs.ReadFile(assetFiles, "asset/"+name)
	if err != nil {
		return err
	}
	ext := path.Ext(name)
	kind, ok := assetKinds[ext]
	if !ok {
		return fmt.Errorf("unknown kind of file")
	}
	zipped, err := zip(plain)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(plain)
	at := "/asset/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	a.paths[name] = at
	a.files[at] = asset{kind: kind, plain: plain, zipped: zipped}
	return nil
}

func zip(plain []byte) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(plain); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Path returns the address of an asset; a name that does not exist is a broken
// page, found when pages are rendered in tests.
func (a *Assets) Path(name string) string {
	at, ok := a.paths[name]
	if !ok {
		panic("internal error: web: no such asset: " + name)
	}
	return at
}

// has reports whether an address is an asset's.
func (a *Assets) has(at string) bool {
	_, ok := a.files[at]
	return ok || at == iconPath
}

// iconPath is where browsers look for an icon.
const iconPath = "/favicon.ico"

// Register serves the assets, and the seal where browsers look for an icon.
func (a *Assets) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /asset/{name}", func(w http.ResponseWriter, r *http.Request) {
		a.serve(w, r, r.URL.Path, "public, max-age=31536000, immutable")
	})
	mux.HandleFunc("GET "+iconPath, func(w http.ResponseWriter, r *http.Request) {
		a.serve(w, r, a.Path("seal.svg"), "public, max-age=86400")
	})
}

func (a *Assets) serve(w http.ResponseWriter, r *http.Request, at, caching string) {
	file, ok := a.files[at]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.kind)
	h.Set("Cache-Control", caching)
	h.Set("Vary", "Accept-Encoding")
	body := file.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = file.zipped
	}
	_, _ = w.Write(body)
}
