// SPDX-License-Identifier: AGPL-3.0-or-later

package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Pages are the parsed templates of one door: one set per page.
type Pages struct {
	byName  map[string]*template.Template
	buffers sync.Pool // of *bytes.Buffer, empty and wiped
}

// widest bounds the buffers that are kept from one page to the next.
const widest = 1 << 18

// ParsePages parses every folder of root as one page: root/<page>/*.tmpl with
// the shared files root/*.tmpl. A page defines "title" and "main"; the shared
// files define "layout". The pages named "error" and "continue" must be there.
func ParsePages(root fs.FS) (*Pages, error) {
	shared, err := template.New("").ParseFS(root, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	folders, err := fs.Glob(root, "*/*.tmpl")
	if err != nil || len(folders) == 0 {
		return nil, fmt.Errorf("web: no page found: %w", err)
	}
	pages := &Pages{byName: map[string]*template.Template{}}
	for _, file := range folders {
		if err := pages.add(root, shared, path.Dir(file)); err != nil {
			return nil, fmt.Errorf("web: page %s: %w", path.Dir(file), err)
		}
	}
	for _, name := range []string{"error", "continue"} {
		if pages.byName[name] == nil {
			return nil, fmt.Errorf("web: no page named %s", name)
		}
	}
	return pages, nil
}

func (p *Pages) add(root fs.FS, shared *template.Template, name string) error {
	if p.byName[name] != nil {
		return nil
	}
	set, err := shared.Clone()
	if err != nil {
		return err
	}
	if set, err = set.ParseFS(root, name+"/*.tmpl"); err != nil {
		return err
	}
	for _, part := range []string{"layout", "title", "main"} {
		if set.Lookup(part) == nil {
			return fmt.Errorf("template %q is missing", part)
		}
	}
	p.byName[name] = set
	return nil
}

// Names returns the names of the pages, for tests that visit them all.
func (p *Pages) Names() []string {
	var names []string
	for name := range p.byName {
		names = append(names, name)
	}
	return names
}

// Execute renders one part of a page: "layout" for the whole of it.
func (p *Pages) Execute(name, part string, page Pager) (out []byte, err error) {
	err = p.render(name, part, page, func(b []byte) { out = bytes.Clone(b) })
	return out, err
}

// render gives one part of a page to show, once it is complete. The bytes are
// wiped when show returns: they hold what was confided.
func (p *Pages) render(name, part string, page Pager, show func([]byte)) error {
	set := p.byName[name]
	if set == nil {
		return fmt.Errorf("web: no page named %s", name)
	}
	buf, ok := p.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer p.wipe(buf)
	if err := set.ExecuteTemplate(buf, part, page); err != nil {
		return fmt.Errorf("web: page %s: %w", name, err)
	}
	show(buf.Bytes())
	return nil
}

func (p *Pages) wipe(buf *bytes.Buffer) {
	clear(buf.Bytes())
	if buf.Reset(); buf.Cap() <= widest {
		p.buffers.Put(buf)
	}
}

// Render shows a whole page. Nothing is written before the page is complete:
// on error the caller returns it, and the error page is shown instead.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, name string, page Pager) error {
	return s.Pages.render(name, "layout", page, func(b []byte) {
		if page.base().Flash != "" {
			SetCookie(w, flashCookie, "", -1)
		}
		writeHTML(w, r, status, b)
	})
}

// RenderPart shows one template of a page, for a script that replaces it.
func (s *Site) RenderPart(w http.ResponseWriter, r *http.Request, name, part string, page Pager) error {
	return s.Pages.render(name, part, page, func(b []byte) { writeHTML(w, r, http.StatusOK, b) })
}

// Attach gives a file to keep: no browser shows it as a page of this site.
func Attach(w http.ResponseWriter, kind, name string, b []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(b) // the browser left: nobody to tell
}

func writeHTML(w http.ResponseWriter, r *http.Request, status int, b []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the browser left: nobody to tell
	}
}

// Local reports whether a path stays on this site: "//host" and "/\host" do not.
func Local(p string) bool {
	return strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.ContainsAny(p, "\\\r\n\t")
}
