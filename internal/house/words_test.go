// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

const licenceHeader = "// SPDX-License-Identifier: AGPL-3.0-or-later\n"

// checkLicenceHeader wants the licence on the first line of every Go file.
func checkLicenceHeader(tr *tree) (findings []string) {
	for _, f := range tr.files {
		if !strings.HasPrefix(f.src, licenceHeader) {
			findings = append(findings, fmt.Sprintf("%s: the first line is not %q", f.path, strings.TrimSpace(licenceHeader)))
		}
	}
	return findings
}

// checkPackageComment wants exactly one package comment per package.
func checkPackageComment(tr *tree) (findings []string) {
	comments := map[string]int{}
	var folders []string
	for _, f := range tr.files {
		if strings.HasSuffix(f.Name.Name, "_test") {
			continue
		}
		dir := path.Dir(f.path)
		folders = append(folders, dir)
		if f.Doc != nil {
			comments[dir]++
		}
	}
	slices.Sort(folders)
	for _, dir := range slices.Compact(folders) {
		if n := comments[dir]; n != 1 {
			findings = append(findings, fmt.Sprintf("%s: %d package comments, not one", dir, n))
		}
	}
	return findings
}

// checkExported wants a comment on every exported name, methods included.
func checkExported(tr *tree) (findings []string) {
	for _, f := range tr.files {
		if f.test || f.Name.Name == "main" {
			continue
		}
		for _, d := range f.Decls {
			for _, id := range undocumented(d) {
				findings = append(findings, fmt.Sprintf("%s: %s is exported and has no comment", tr.at(id), id.Name))
			}
		}
	}
	return findings
}

func undocumented(d ast.Decl) (bare []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			bare = append(bare, d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			ids, documented := namesOf(s)
			for _, id := range ids {
				if id.IsExported() && !documented && d.Doc == nil {
					bare = append(bare, id)
				}
			}
		}
	}
	return bare
}

// exportedReceiver reports whether a declaration is a function, or a method of
// an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			exported = id.IsExported()
		}
		_, generic := n.(*ast.IndexExpr)
		return !exported || !generic
	})
	return exported
}

func namesOf(s ast.Spec) (ids []*ast.Ident, documented bool) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}, s.Doc != nil || s.Comment != nil
	case *ast.ValueSpec:
		return s.Names, s.Doc != nil || s.Comment != nil
	}
	return nil, true
}

// types yields every named type of the files with its declaration.
func types(files []*file, yield func(*file, *ast.TypeSpec)) {
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok {
				yield(f, s)
			}
			return true
		})
	}
}

// checkTypeNames keeps the word "service" for the people: record.Service is where
// they work, and no Go type is called so (style.md).
func checkTypeNames(tr *tree) (findings []string) {
	types(tr.product(), func(f *file, s *ast.TypeSpec) {
		name := s.Name.Name
		if strings.HasSuffix(strings.ToLower(name), "service") && (f.room != "record" || name != "Service") {
			findings = append(findings, fmt.Sprintf("%s: type %s ends in Service, a word of the people's", tr.at(s), name))
		}
	})
	return findings
}

var (
	countingType = regexp.MustCompile(`^(?i:tally|cell$|statistic)|Tally|Statistic`)
	workerField  = regexp.MustCompile(`(?i)member|author|actor|referent`)
)

// checkTallies refuses a statistic that could count a worker (C-03, product.md
// §7): a field of a tally type whose name or type speaks of a member.
func checkTallies(tr *tree) (findings []string) {
	types(tr.product(), func(f *file, s *ast.TypeSpec) {
		st, ok := s.Type.(*ast.StructType)
		if !ok || f.room != "tally" && !countingType.MatchString(s.Name.Name) {
			return
		}
		for _, field := range st.Fields.List {
			from, to := tr.fset.Position(field.Pos()), tr.fset.Position(field.End())
			if text := f.src[from.Offset:to.Offset]; workerField.MatchString(text) {
				findings = append(findings, fmt.Sprintf("%s: %s has a dimension that counts workers: %s", tr.at(field), s.Name.Name, text))
			}
		}
	})
	return findings
}

var (
	nolint          = regexp.MustCompile(`^//\s*nolint`)
	nolintExplained = regexp.MustCompile(`^//nolint:[a-z0-9,]+ // \S`)
	todo            = regexp.MustCompile(`^//\s*(TODO|FIXME|XXX)\b`)
	todoExplained   = regexp.MustCompile(`^// TODO\(#[0-9]+\): \S`)
	skipExplained   = regexp.MustCompile(`-short|#[0-9]`)
)

// checkExceptions wants each linter's exception explained, each TODO and each
// skipped test with the number of its issue. A test that needs more than SQLite
// may skip itself when asked to by -short, and says so.
func checkExceptions(tr *tree) (findings []string) {
	for _, f := range tr.files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				switch {
				case nolint.MatchString(c.Text) && !nolintExplained.MatchString(c.Text):
					findings = append(findings, fmt.Sprintf("%s: write //nolint:linter // why", tr.at(c)))
				case todo.MatchString(c.Text) && !todoExplained.MatchString(c.Text):
					findings = append(findings, fmt.Sprintf("%s: write TODO(#issue): what", tr.at(c)))
				}
			}
		}
		findings = append(findings, tr.silentSkips(f)...)
	}
	return findings
}

func (tr *tree) silentSkips(f *file) (findings []string) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !f.test {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
			return true
		}
		if len(call.Args) > 0 {
			if lit, ok := call.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING && skipExplained.MatchString(lit.Value) {
				return true
			}
		}
		findings = append(findings, fmt.Sprintf("%s: a skipped test names -short or its issue (#12)", tr.at(call)))
		return true
	})
	return findings
}
