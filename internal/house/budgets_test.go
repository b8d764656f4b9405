// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The hard limits of style.md. Medians and p90 are aims: printed, not failed.
const (
	maxFunction  = 80   // lines, signature and braces included
	maxFile      = 600  // lines
	maxTestFile  = 1000 // lines
	maxInterface = 12   // methods
	maxSeal      = 1500 // lines of strongroom/internal/seal, to be audited in an afternoon
)

const seal = "strongroom/internal/seal"

var longExplained = regexp.MustCompile(`nolint:\S*funlen`)

// checkLimits fails on what is over a hard limit. A function may be longer with
// //nolint:funlen // reason.
func checkLimits(tr *tree) (findings []string) {
	sealed := 0
	for _, f := range tr.files {
		n, limit := lines(f.src), maxFile
		if f.test {
			limit = maxTestFile
		}
		if n > limit {
			findings = append(findings, fmt.Sprintf("%s: %d lines, more than %d", f.path, n, limit))
		}
		if f.test {
			continue
		}
		if f.room == seal {
			sealed += n
		}
		findings = append(findings, tr.overLimits(f)...)
	}
	if sealed > maxSeal {
		findings = append(findings, fmt.Sprintf("%s: %d lines, more than %d", seal, sealed, maxSeal))
	}
	return findings
}

func (tr *tree) overLimits(f *file) (findings []string) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if l := tr.span(n); l > maxFunction && !longExplained.MatchString(docSource(n)) {
				findings = append(findings, fmt.Sprintf("%s: %s has %d lines, more than %d", tr.at(n), n.Name.Name, l, maxFunction))
			}
		case *ast.InterfaceType:
			if l := n.Methods.NumFields(); l > maxInterface {
				findings = append(findings, fmt.Sprintf("%s: an interface of %d methods, more than %d", tr.at(n), l, maxInterface))
			}
		}
		return true
	})
	return findings
}

// docSource returns the raw doc comment: Text drops directives.
func docSource(d *ast.FuncDecl) (s string) {
	if d.Doc != nil {
		for _, c := range d.Doc.List {
			s += c.Text + "\n"
		}
	}
	return s
}

func lines(src string) int { return strings.Count(src, "\n") }

// span returns the lines a node takes.
func (tr *tree) span(n ast.Node) int {
	return tr.fset.Position(n.End()).Line - tr.fset.Position(n.Pos()).Line + 1
}

// TestBudgets prints the numbers of style.md: read them with make budgets. A
// jump is explained in the commit.
func TestBudgets(t *testing.T) {
	tr := root(t)
	var functions, files, complexity, methods []int
	code, comments, tests := 0, 0, 0
	for _, f := range tr.files {
		if f.test {
			tests += lines(f.src)
			continue
		}
		files = append(files, lines(f.src))
		code += lines(f.src) - strings.Count(f.src, "\n\n")
		for _, g := range f.Comments {
			comments += tr.span(g)
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				functions = append(functions, tr.span(n))
				complexity = append(complexity, cyclomatic(n))
			case *ast.InterfaceType:
				methods = append(methods, n.Methods.NumFields())
			}
			return true
		})
	}
	if len(functions) == 0 {
		t.Fatal("no function found")
	}
	t.Logf("function lines     %s   aims: median 12, p90 45", spread(functions))
	t.Logf("cyclomatic         %s   aim: p90 9", spread(complexity))
	t.Logf("file lines         %s   aims: median 120, p90 450", spread(files))
	t.Logf("interface methods  %s   aim: 5", spread(methods))
	t.Logf("comments           %d %% of the lines   aim: 12 to 22", 100*comments/code)
	t.Logf("test / code        %.2f   aim: 0.8", float64(tests)/float64(code))
	t.Logf("modules            %d in the binary   limit: %d", len(tr.modules(false)), maxModules)
}

// spread describes a list by its median, ninth decile and maximum.
func spread(n []int) string {
	if len(n) == 0 {
		return "none"
	}
	slices.Sort(n)
	return fmt.Sprintf("median %3d  p90 %3d  max %3d  of %d", n[len(n)/2], n[len(n)*9/10], n[len(n)-1], len(n))
}

// cyclomatic counts the ways through a function: one, and one more per branch.
func cyclomatic(d *ast.FuncDecl) int {
	ways := 1
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			ways++
		case *ast.CaseClause:
			if n.List != nil {
				ways++
			}
		case *ast.CommClause:
			if n.Comm != nil {
				ways++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				ways++
			}
		}
		return true
	})
	return ways
}
