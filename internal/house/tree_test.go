// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// tree is the repository as the rules see it: every Go file parsed whatever its
// build tags, the documents and the templates as text.
type tree struct {
	fsys     fs.FS
	fset     *token.FileSet
	module   string            // path of the product's module
	requires []string          // modules of its go.mod, sorted
	files    []*file           // Go files, sorted by path
	texts    map[string]string // documents and templates by path
}

// file is one Go file.
type file struct {
	*ast.File
	path string
	src  string
	test bool   // _test.go
	room string // room of the product's module; "" in a module of its own (test/…)
}

// skipped are folders that hold no source of ours; so does any whose name
// begins with a dot.
var skipped = []string{"bin", "demo-data", "node_modules", "testdata"}

// load reads a repository. It fails on one that has no Go file: every rule
// would pass.
func load(fsys fs.FS) (*tree, error) {
	tr := &tree{fsys: fsys, fset: token.NewFileSet(), texts: map[string]string{}}
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	tr.readModule(string(mod))
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(skipped, d.Name())):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return tr.read(name)
	})
	if err == nil && len(tr.files) == 0 {
		err = errors.New("no Go file found")
	}
	return tr, err
}

var requireLine = regexp.MustCompile(`(?m)^(?:require )?\s*([\w.-]+\.[\w./-]+) v\S+`)

func (tr *tree) readModule(mod string) {
	for _, line := range strings.Split(mod, "\n") {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			tr.module = strings.TrimSpace(name)
		}
	}
	for _, m := range requireLine.FindAllStringSubmatch(mod, -1) {
		tr.requires = append(tr.requires, m[1])
	}
	slices.Sort(tr.requires)
}

func (tr *tree) read(name string) error {
	switch path.Ext(name) {
	case ".md", ".tmpl", ".html":
		b, err := fs.ReadFile(tr.fsys, name)
		tr.texts[name] = string(b)
		return err
	case ".go":
		return tr.parse(name)
	}
	return nil
}

func (tr *tree) parse(name string) error {
	src, err := fs.ReadFile(tr.fsys, name)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(tr.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	tr.files = append(tr.files, &file{
		File: f, path: name, src: string(src),
		test: strings.HasSuffix(name, "_test.go"), room: tr.roomOf(name),
	})
	return nil
}

// roomOf returns the room of a file: its folder, without "internal/"; "" when
// the file belongs to another module.
func (tr *tree) roomOf(name string) string {
	dir := path.Dir(name)
	for d := dir; d != "."; d = path.Dir(d) {
		if tr.exists(d + "/go.mod") {
			return ""
		}
	}
	return strings.TrimPrefix(dir, "internal/")
}

func (tr *tree) exists(name string) bool {
	_, err := fs.Stat(tr.fsys, name)
	return err == nil
}

// product yields the files that end in the binary.
func (tr *tree) product() []*file {
	return slices.DeleteFunc(slices.Clone(tr.files), func(f *file) bool { return f.test || f.room == "" })
}

// rooms returns the rooms of the tree, sorted, tests included.
func (tr *tree) rooms() []string {
	var all []string
	for _, f := range tr.files {
		if f.room != "" {
			all = append(all, f.room)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// at prints where a node is, as path:line.
func (tr *tree) at(n ast.Node) string {
	p := tr.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// paths returns the paths of the texts with the given extensions, sorted.
func (tr *tree) paths(ext ...string) []string {
	var all []string
	for name := range tr.texts {
		if slices.Contains(ext, path.Ext(name)) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// importPath returns the path of an import.
func importPath(s *ast.ImportSpec) string { return strings.Trim(s.Path.Value, `"`) }

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// importName returns the name by which a file calls an import.
func importName(s *ast.ImportSpec) string {
	if s.Name != nil {
		return s.Name.Name
	}
	p := importPath(s)
	if majorVersion.MatchString(path.Base(p)) {
		p = path.Dir(p)
	}
	return path.Base(p)
}
