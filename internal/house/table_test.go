// SPDX-License-Identifier: AGPL-3.0-or-later

package house

import (
	"fmt"
	"slices"
	"strings"
)

// table is a Markdown table; a row keeps its cells trimmed.
type table struct{ rows [][]string }

// tableOf returns the first table of a document whose first header cell is head.
// A document without it is a finding, never an empty table.
func (tr *tree) tableOf(doc, head string) (table, []string) {
	var block [][]string
	for _, line := range strings.Split(tr.texts[doc]+"\n", "\n") {
		if strings.HasPrefix(line, "|") {
			block = append(block, cells(line))
			continue
		}
		if len(block) > 2 && block[0][0] == head {
			return table{rows: block[2:]}, nil
		}
		block = nil
	}
	return table{}, []string{fmt.Sprintf("%s: no table whose first column is %q", doc, head)}
}

func cells(line string) []string {
	all := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
	for i, c := range all {
		all[i] = strings.TrimSpace(c)
	}
	return all
}

// names reads a cell that lists names: "`a`, `b`, c"; a dash is an empty list.
func names(cell string) []string {
	var all []string
	for name := range strings.SplitSeq(cell, ",") {
		name = strings.Trim(strings.TrimSpace(name), "`")
		if name != "" && name != "–" {
			all = append(all, name)
		}
	}
	return all
}

// plan is the table of rooms.
type plan struct {
	rooms  []string            // in the order of the table
	groups map[string][]string // rooms of a group, by its title
	may    map[string][]string // what a room's row allows: rooms, groups, "anything"
}

const (
	architecture = "ARCHITECTURE.md"
	anything     = "anything" // in a list of imports: every room
	nobody       = "nobody"   // in a list of rooms: none
)

// plan reads the table of rooms. A row with a bold first cell opens a group.
func (tr *tree) plan() (plan, []string) {
	t, findings := tr.tableOf(architecture, "room")
	p := plan{groups: map[string][]string{}, may: map[string][]string{}}
	group := ""
	for _, row := range t.rows {
		if title, ok := strings.CutPrefix(row[0], "**"); ok {
			group, _, _ = strings.Cut(title, "**")
			p.groups[group] = nil
			continue
		}
		if len(row) != 3 || row[1] == "" {
			findings = append(findings, fmt.Sprintf("%s: row %q is not room, purpose, imports", architecture, row[0]))
			continue
		}
		for _, room := range names(row[0]) {
			if _, twice := p.may[room]; twice {
				findings = append(findings, fmt.Sprintf("%s: two rows for room %s", architecture, room))
			}
			p.rooms = append(p.rooms, room)
			p.groups[group] = append(p.groups[group], room)
			p.may[room] = names(row[2])
		}
	}
	return p, findings
}

// expand replaces groups by their rooms. A name that is neither a room nor a
// group is a finding: where says in which row.
func (p plan) expand(list []string, where string) (rooms, findings []string) {
	for _, name := range list {
		group, isGroup := p.groups[name]
		_, isRoom := p.may[name]
		switch {
		case name == nobody:
		case isGroup:
			rooms = append(rooms, group...)
		case isRoom, name == anything:
			rooms = append(rooms, name)
		default:
			findings = append(findings, fmt.Sprintf("%s: %s names %q, which is no room", architecture, where, name))
		}
	}
	return rooms, findings
}

// allows reports whether an expanded list holds a room.
func allows(list []string, room string) bool {
	return slices.Contains(list, room) || slices.Contains(list, anything)
}
