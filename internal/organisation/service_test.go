// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"testing"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"github.com/google/go-cmp/cmp"
)

// Seen to kill: ChangeService without nameTaken; ChangeService adding a mission
// again.
func TestAServiceIsRenamedAndKeepsItsMissions(t *testing.T) {
	w := founded(t)
	north := w.service("Nord")
	w.service("Sud")
	u := w.unlock(w.founder)
	for name, c := range map[string]struct {
		name  string
		more  []record.MissionCode
		field string
	}{
		"without a name":               {" ", nil, "service"},
		"the name of another":          {"SUD", nil, "service"},
		"a mission that nobody knows":  {"Est", []record.MissionCode{"profiling"}, "mission"},
		"a name of a thousand letters": {string(make([]rune, 1000)) + "x", nil, "service"},
	} {
		t.Run(name, func(t *testing.T) {
			wantField(t, w.house.ChangeService(ctx, u, north, c.name, c.more), c.field)
		})
	}
	if _, err := w.house.AddService(ctx, u, "sud", []record.MissionCode{record.MissionRSA}, true); err == nil {
		t.Error("two services of one name")
	}
	julie := w.hire(w.founder, "Julie", as(record.RoleLead, north))
	if err := w.house.ChangeService(ctx, w.unlock(julie), north, "Est", nil); fault.KindOf(err) != fault.Refused {
		t.Errorf("a lead renames her service: %v", err)
	}
	must(t, w.house.ChangeService(ctx, u, north, "NORD", []record.MissionCode{record.MissionGeneral, record.MissionRSA}))
	must(t, w.house.ChangeService(ctx, u, north, "Grand Nord", nil))
	places, err := w.house.Services(ctx)
	must(t, err)
	var got []record.MissionCode
	for _, m := range places[0].Missions {
		got = append(got, m.Code)
	}
	if diff := cmp.Diff([]record.MissionCode{record.MissionGeneral, record.MissionRSA}, got); diff != "" || places[0].Name != "Grand Nord" || !places[0].Emergency {
		t.Error(diff, places[0].Service)
	}
	if ready, err := w.house.Ready(ctx, places[1].ID); ready || err != nil {
		t.Errorf("a service nobody entered is ready (%v)", err)
	}
}
