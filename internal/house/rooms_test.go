// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// checkRooms compares the table of rooms with the folders and with what they
// import. Tests may import any room: they end in no binary.
func checkRooms(tr *tree) []string {
	p, findings := tr.plan()
	if len(p.rooms) == 0 {
		return findings
	}
	rooms := tr.rooms()
	for _, room := range rooms {
		if !slices.Contains(p.rooms, room) {
			findings = append(findings, fmt.Sprintf("room %s has no row in %s", room, architecture))
		}
	}
	for _, room := range p.rooms {
		if !slices.Contains(rooms, room) {
			findings = append(findings, fmt.Sprintf("%s: room %s has no folder: open a room when its first line is needed", architecture, room))
		}
	}
	for _, room := range p.rooms {
		may, unknown := p.expand(p.may[room], "room "+room)
		findings = append(findings, unknown...)
		findings = append(findings, tr.strayImports(room, may)...)
	}
	return findings
}

func (tr *tree) strayImports(room string, may []string) (findings []string) {
	for _, f := range tr.product() {
		if f.room != room {
			continue
		}
		for _, s := range f.Imports {
			other, ours := tr.roomOfImport(importPath(s))
			if ours && !allows(may, other) {
				findings = append(findings, fmt.Sprintf("%s: room %s may not import %s", tr.at(s), room, other))
			}
		}
	}
	return findings
}

// roomOfImport returns the room that an import path names, if it is one of ours.
func (tr *tree) roomOfImport(p string) (string, bool) {
	rest, ours := strings.CutPrefix(p, tr.module+"/")
	return strings.TrimPrefix(rest, "internal/"), ours
}

// permit is one row of the tables of imports and of uses: what, and who may.
type permit struct {
	what  string
	rooms []string
}

// permits reads such a table.
func (tr *tree) permits(head string) ([]permit, []string) {
	p, _ := tr.plan() // its own findings are those of checkRooms
	t, findings := tr.tableOf(architecture, head)
	var all []permit
	for _, row := range t.rows {
		if len(row) != 3 || row[2] == "" {
			findings = append(findings, fmt.Sprintf("%s: row %q is not %s, rooms, why", architecture, row[0], head))
			continue
		}
		rooms, unknown := p.expand(names(row[1]), head+" "+row[0])
		findings = append(findings, unknown...)
		for _, what := range names(row[0]) {
			all = append(all, permit{what: what, rooms: rooms})
		}
	}
	return all, findings
}

// checkImports compares the table of imports with what the product imports from
// outside. A module without a row is refused; so is a standard package that a
// row keeps for other rooms.
func checkImports(tr *tree) []string {
	all, findings := tr.permits("import")
	for _, f := range tr.product() {
		for _, s := range f.Imports {
			name := importPath(s)
			if importName(s) == "." {
				findings = append(findings, fmt.Sprintf("%s: a dot import hides what is used", tr.at(s)))
			}
			if _, ours := tr.roomOfImport(name); ours {
				continue
			}
			row, found := closest(all, name)
			host, _, _ := strings.Cut(name, "/")
			switch {
			case found && !allows(row.rooms, f.room):
				findings = append(findings, fmt.Sprintf("%s: room %s may not import %s (row %s)", tr.at(s), f.room, name, row.what))
			case !found && strings.Contains(host, "."):
				findings = append(findings, fmt.Sprintf("%s: module %s has no row in %s", tr.at(s), name, architecture))
			}
		}
	}
	return findings
}

// closest returns the longest row that covers an import: the path itself, or
// "a/b/…" for everything at and under a/b.
func closest(all []permit, name string) (best permit, found bool) {
	longest := 0
	for _, p := range all {
		prefix, subtree := strings.CutSuffix(p.what, "/…")
		covers := name == prefix || subtree && strings.HasPrefix(name, prefix+"/")
		if covers && len(prefix) > longest {
			best, found, longest = p, true, len(prefix)
		}
	}
	return best, found
}

// checkUses compares the table of uses with the product's code: "time.Now" is a
// name of a package (by its import path, rooms by theirs), ".Reveal" a method of
// anything, in Go and in templates.
func checkUses(tr *tree) []string {
	all, findings := tr.permits("use")
	for _, f := range tr.product() {
		packages := tr.importsByName(f)
		ast.Inspect(f.File, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			full := "." + sel.Sel.Name
			if x, ok := sel.X.(*ast.Ident); ok && packages[x.Name] != "" {
				full = packages[x.Name] + full
			}
			for _, p := range all {
				if p.what == full && !allows(p.rooms, f.room) {
					findings = append(findings, fmt.Sprintf("%s: room %s may not use %s", tr.at(sel), f.room, p.what))
				}
			}
			return true
		})
	}
	return append(findings, tr.usesInTemplates(all)...)
}

func (tr *tree) importsByName(f *file) map[string]string {
	byName := map[string]string{}
	for _, s := range f.Imports {
		room, _ := tr.roomOfImport(importPath(s))
		byName[importName(s)] = room
	}
	return byName
}

func (tr *tree) usesInTemplates(all []permit) (findings []string) {
	for _, name := range tr.paths(".tmpl", ".html") {
		if !strings.HasPrefix(name, "internal/") {
			continue
		}
		room, _, _ := strings.Cut(strings.TrimPrefix(name, "internal/"), "/")
		for _, p := range all {
			if strings.HasPrefix(p.what, ".") && strings.Contains(tr.texts[name], p.what) && !allows(p.rooms, room) {
				findings = append(findings, fmt.Sprintf("%s: room %s may not use %s", name, room, p.what))
			}
		}
	}
	return findings
}
