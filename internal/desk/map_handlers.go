// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// MapPage is GET /map: every page that the reader may go to by herself.
type MapPage struct {
	web.Page
	Groups []Group
}

// Group is a part of the map. Name is a key under "map.".
type Group struct {
	Name   string
	Places []Place
}

// Place is a page of the map. Label is a key of the catalogue.
type Place struct{ Path, Label string }

// reach is who may go to a place.
type reach func(*visit) bool

// mapped is every place that needs no id in its address and is no step of a longer
// act, in the order shown. A test holds it against what each route answers.
var mapped = []struct {
	group string
	to    reach
	Place
}{
	{"work", toMembers, Place{"/today", "nav.today"}},
	{"work", toMembers, Place{"/cases", "nav.cases"}},
	{"work", toServices, Place{"/persons", "nav.persons"}},
	{"work", toServices, Place{"/persons/new", "page.person_new.title"}},
	{"work", toServices, Place{"/conversations/new", "page.count.title"}},
	{"work", toServices, Place{"/imports", "page.imports.title"}},
	{"work", toServices, Place{"/appointments/new", "page.appointment.title"}},
	{"self", toSignedOut, Place{"/signin", "page.signin.title"}},
	{"self", toSignedOut, Place{"/invitation", "page.signin.invitation"}},
	{"self", toMembers, Place{"/security", "nav.security"}},
	{"self", toMembers, Place{"/security/passphrase", "page.passphrase.title"}},
	{"self", toMembers, Place{"/security/paper", "page.paper_code.title"}},
	{"self", toMembers, Place{"/security/day-code", "page.day_code.title"}},
	{"house", toLeads, Place{"/administration", "nav.administration"}},
	{"house", toLeads, Place{"/administration/invitations", "page.invite.title"}},
	{"house", toAdministrators, Place{"/administration/services/new", "page.administration.add_service"}},
	{"about", toAnybody, Place{"/help", "page.help.title"}},
	{"about", toAnybody, Place{"/notice", "page.notice.title"}},
	{"about", toAnybody, Place{"/accessibilite", "page.accessibility.title"}},
	{"about", toAnybody, Place{"/map", "page.map.title"}},
}

func toAnybody(*visit) bool { return true }

func toSignedOut(v *visit) bool { return v.Unlocked == nil }

func toMembers(v *visit) bool { return v.Unlocked != nil }

func toServices(v *visit) bool { return toMembers(v) && len(v.Unlocked.Actor().Services()) > 0 }

func toAdministrators(v *visit) bool {
	return toMembers(v) && v.Unlocked.Actor().Has(record.RoleAdministrator, record.ServiceID{})
}

func toLeads(v *visit) bool {
	if toMembers(v) {
		for _, f := range v.Unlocked.Actor().Functions {
			if f.Role == record.RoleLead {
				return true
			}
		}
	}
	return toAdministrators(v)
}

func (d *Desk) siteMap(w http.ResponseWriter, r *http.Request) error {
	v, err := d.visit(w, r)
	if err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "map", &MapPage{d.base(r, ""), mapOf(v)})
}

// mapOf is the map of one visitor.
func mapOf(v *visit) []Group {
	var all []Group
	for _, p := range mapped {
		if !p.to(v) {
			continue
		}
		if len(all) == 0 || all[len(all)-1].Name != p.group {
			all = append(all, Group{Name: p.group})
		}
		last := &all[len(all)-1]
		last.Places = append(last.Places, p.Place)
	}
	return all
}
