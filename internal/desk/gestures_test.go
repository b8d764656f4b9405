// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/record"
)

// gesture is one thing that somebody does, and what is to be seen of it: all of
// it or nothing.
type gesture struct {
	name  string
	do    func(*scene)
	shows []fact // after, not before
	hides []fact // before, not after
	once  bool   // what its answer said cannot be had again: it is not tried again
	apart bool   // several acts: some may be done and others not
}

// gestures are the life of a house, in order: every transaction of the product is
// in one of them.
func gestures() []gesture {
	var all []gesture
	for _, part := range [][]gesture{foundings(), arrivals(), writings(), changes(), doors(), endings()} {
		all = append(all, part...)
	}
	return all
}

func foundings() []gesture {
	return []gesture{
		{
			name: "found", once: true,
			do: func(s *scene) {
				b := s.by("odile")
				a := b.submit(b.get("/start/"+startCode), "/start", "organisation", "CCAS de Valmont", "name", "Odile Faure", "login", "odile")
				b.submit(a, "/start/passphrase", "new_passphrase", phrase, "again", phrase).at(s.t, "/start/paper")
			},
			shows: []fact{{"odile", "/today", "Odile Faure"}},
		},
		{
			name: "prove a paper code",
			do: func(s *scene) {
				a := s.by("odile").get("/start/paper")
				s.know("odile's paper", a.code(s.t, 0))
				s.by("odile").submit(a, "/start/paper", "paper_code", a.code(s.t, 0)).at(s.t, "/start/envelopes")
			},
			shows: []fact{{"odile", "/start/paper", "/start/envelopes"}},
		},
		{
			name: "prove the envelopes",
			do: func(s *scene) {
				a := s.by("odile").get("/start/envelopes")
				words := []string{a.code(s.t, 0), a.code(s.t, 3), a.code(s.t, 6)}
				a = s.by("odile").submit(a, "/start/envelopes")
				s.by("odile").submit(a, "/start/controls", "control_1", words[0], "control_2", words[1], "control_3", words[2]).at(s.t, "/start/dpo")
			},
			shows: []fact{{"odile", "/start/envelopes", "/start/dpo"}},
		},
		{
			name: "prove the DPO's envelope",
			do: func(s *scene) {
				a := s.by("odile").get("/start/dpo")
				word := a.code(s.t, 0)
				s.by("odile").submit(s.by("odile").submit(a, "/start/dpo"), "/start/dpo-control", "control_dpo", word).at(s.t, "/start/services")
			},
			shows: []fact{{"odile", "/start/dpo", "/start/services"}},
		},
		{
			name: "make a service and take a function",
			do: func(s *scene) {
				a := s.by("odile").get("/start/services")
				s.by("odile").submit(a, "/start/services", "service", "Action sociale", "mission", "general", "role", "lead").at(s.t, "/start/invitations")
			},
			shows: []fact{{"odile", "/start/services", "/start/invitations"}},
		},
	}
}

// comes are an invitation and an enrolment. Colleagues after the first come in one
// gesture: what they do was done already, step by step.
func comes(by, login, name, role string) []gesture {
	invite := func(s *scene) {
		a := s.by(by).submit(s.by(by).get("/administration/invitations"), "/administration/invitations", "name", name, "role", role, "regime", "profession")
		a.says(s.t, name)
		s.know(login+"'s code", a.code(s.t, 0))
	}
	enrol := func(s *scene) {
		b := s.by(login)
		a := b.submit(b.get("/invitation"), "/invitation", "invitation_code", s.at(login+"'s code"))
		a = b.submit(a, "/invitation/identity", "login", login)
		b.submit(a, "/invitation/passphrase", "new_passphrase", phrase, "again", phrase).at(s.t, "/invitation/paper")
	}
	prove := func(s *scene) {
		a := s.by(login).get("/invitation/paper")
		s.know(login+"'s paper", a.code(s.t, 0))
		s.by(login).submit(a, "/invitation/paper", "paper_code", a.code(s.t, 0)).at(s.t, "/today")
	}
	return []gesture{
		{name: "invite " + login, do: invite, shows: []fact{{by, "/administration", name}}},
		{name: "enrol " + login, do: enrol, once: true, shows: []fact{{login, "/today", name}}},
		{name: "prove the paper of " + login, do: prove, shows: []fact{{login, "/invitation/paper", "/today"}}},
	}
}

func arrivals() []gesture {
	all := comes("odile", "karim", "Karim Benaïssa", "worker")
	for _, c := range [][]string{{"lucie", "Lucie Petit", "worker"}, {"rose", "Rose Lemoine", "reception"}, {"paul", "Paul Roche", "lead"}, {"ada", "Ada Simon", "administrator"}} {
		steps := comes("odile", c[0], c[1], c[2])
		all = append(all, gesture{name: "bring " + c[0], once: true, do: func(s *scene) {
			for _, g := range steps {
				g.do(s)
			}
		}, shows: steps[1].shows})
	}
	all = append(all, comes("ada", "nina", "Nina Faure", "worker")...) // who holds no key of the service
	return append(all,
		gesture{
			name: "welcome nina",
			do: func(s *scene) {
				at := link(s.t, s.by("karim").get("/today"), "Accueillir Nina")
				s.by("karim").submit(s.by("karim").get(at), at).says(s.t, "C’est fait.")
			},
			hides: []fact{{"karim", "/today", "Accueillir Nina"}},
		},
		gesture{
			name: "receive a person",
			do: func(s *scene) {
				s.know("nadia", s.by("rose").receive("Confié-Nadia"))
			},
			shows: []fact{{"karim", "/persons", "Confié-Nadia"}, {"nina", "/persons", "Confié-Nadia"}},
		},
		gesture{
			name: "give a list",
			do: func(s *scene) {
				a := s.by("rose").submit(s.by("rose").get("/imports"), "/imports", "list", "Prénom;Nom\nConfié-Un;Deux\nConfié-Trois;Quatre\n")
				a.says(s.t, "2 personnes seront reçues.")
				s.know("list", a.path)
			},
			shows: []fact{{"rose", "/imports", "2 lignes à relire"}},
		},
		gesture{
			name: "receive a list",
			do: func(s *scene) {
				s.by("rose").submit(s.by("rose").get(s.at("list")), s.at("list")).at(s.t, "/imports")
			},
			shows: []fact{{"karim", "/persons", "Confié-Un"}, {"karim", "/persons", "Confié-Trois"}},
		},
		gesture{
			name: "take a list back",
			do: func(s *scene) {
				at := s.at("list") + "/undo"
				s.by("rose").submit(s.by("rose").get(at), at).at(s.t, "/imports")
			},
			hides: []fact{{"karim", "/persons", "Confié-Un"}, {"karim", "/persons", "Confié-Trois"}},
		},
		gesture{
			name: "correct an identity",
			do: func(s *scene) {
				at := s.at("nadia") + "/edit"
				s.by("rose").submit(s.by("rose").get(at), at, "called", "Confié-Nadège").at(s.t, s.at("nadia"))
			},
			shows: []fact{{"karim", "nadia", "Confié-Nadège"}},
		},
		gesture{
			name: "give an appointment",
			do: func(s *scene) {
				at := s.at("nadia") + "/appointments/new"
				s.by("rose").submit(s.by("rose").get(at), at, "hour", "14h", "spot", "Bureau-dix", "member", memberOf(s.t, s.h, "karim")).says(s.t, "Bureau-dix")
				s.know("appointment", "/appointments/"+appointmentSaying(s.t, s.by("karim").get("/today"), "Bureau-dix"))
			},
			shows: []fact{{"karim", "/today", "Bureau-dix"}, {"rose", "/today", "Bureau-dix"}},
		},
		gesture{
			name: "say that somebody arrived",
			do: func(s *scene) {
				s.by("rose").post(s.at("appointment")+"/answer", url.Values{"session": {"1"}, "answer": {"arrived"}})
			},
			shows: []fact{{"karim", "/today", "Corriger"}},
		},
		gesture{
			name: "move an appointment",
			do: func(s *scene) {
				s.by("karim").submit(s.by("karim").get(s.at("appointment")), s.at("appointment"), "spot", "Bureau-onze").says(s.t, "Bureau-onze")
			},
			shows: []fact{{"karim", "/today", "Bureau-onze"}},
			hides: []fact{{"karim", "/today", "Bureau-dix"}},
		},
		gesture{
			name: "count a conversation without a name",
			do: func(s *scene) {
				page := s.by("rose").get("/conversations/new")
				a := s.by("rose").submit(page, "/conversations", "theme", "housing", "medium", "office")
				a.says(s.t, "Compté")
				s.know("conversation", a.path)
			},
		},
		gesture{
			name: "take a conversation back",
			do: func(s *scene) {
				s.by("rose").submit(s.by("rose").get(s.at("conversation")), s.at("conversation")+"/undo").at(s.t, "/today")
			},
		},
		gesture{
			name: "refer a person",
			do: func(s *scene) {
				s.know("solène", s.by("paul").receive("Confié-Solène"))
				page := s.by("paul").get(s.at("solène") + "/refer")
				s.by("paul").submit(page, s.at("solène")+"/refer", "member", choice(s.t, page, "Lucie Petit")).at(s.t, s.at("solène"))
			},
			shows: []fact{{"lucie", "/cases", "Confié-Solène"}},
		},
		gesture{
			name: "let the lines of a household wait",
			do: func(s *scene) {
				page := s.by("rose").get("/persons/new")
				form := page.fields(s.t, "/persons/new")
				form.Set("called", "Confié-Odette\nConfié-Rémi 9 ans")
				form.Set("then", "person")
				a := s.by("rose").post("/persons/new", form)
				a.says(s.t, "Confié-Rémi")
				s.know("lines", a.path)
			},
			shows: []fact{{"rose", "/today", "Confié-Odette"}},
		},
		gesture{
			name: "receive a household",
			do: func(s *scene) {
				a := s.by("rose").submit(s.by("rose").get(s.at("lines")), s.at("lines"))
				a.says(s.t, "Les personnes sont créées", "Confié-Rémi")
				s.know("odette", a.path)
			},
			shows: []fact{{"karim", "/persons", "Confié-Odette"}, {"karim", "/persons", "Confié-Rémi"}},
		},
		gesture{
			name: "note how she is reached without risk",
			do: func(s *scene) {
				at := s.at("odette") + "/contact"
				s.by("rose").submit(s.by("rose").get(at), at, "contact_answer", "asked", "way", "sms", "answerer", "Confié-sœur").at(s.t, s.at("odette"))
			},
			shows: []fact{{"karim", "odette", "Confié-sœur"}, {"karim", "odette", "Ne pas téléphoner."}},
		},
		gesture{
			name: "link two persons",
			do: func(s *scene) {
				at := s.at("odette") + "/relations"
				found := s.by("rose").submit(s.by("rose").get(at), at, "filter", "Confié-Solène")
				a := s.by("rose").submit(found, at, "kin", strings.TrimPrefix(s.at("solène"), "/persons/"), "nature", "partner", "custody", "Confié-garde")
				s.know("link", linkTo(s.t, a, "Solène"))
				s.know("links of odette", at)
			},
			shows: []fact{{"karim", "odette", "Confié-garde"}, {"karim", "solène", "Confié-garde"}},
		},
		gesture{
			name: "bring two records of one person together",
			do: func(s *scene) {
				at := s.at("odette") + "/merge"
				found := s.by("rose").submit(s.by("rose").get(at), at, "filter", "Confié-Solène")
				s.by("rose").submit(found, at, "kin", strings.TrimPrefix(s.at("solène"), "/persons/")).at(s.t, s.at("odette"))
			},
			shows: []fact{{"karim", "odette", "Autre fiche de la même personne"}, {"karim", "solène", "Autre fiche de la même personne"}},
		},
		gesture{
			name: "set two records apart again",
			do: func(s *scene) {
				at := s.at("odette")
				s.by("rose").submit(s.by("rose").get(at), at+"/unmerge").at(s.t, at)
			},
			hides: []fact{{"karim", "odette", "Autre fiche de la même personne"}, {"karim", "solène", "Autre fiche de la même personne"}},
		},
		gesture{
			name: "correct a link",
			do: func(s *scene) {
				s.by("rose").submit(s.by("rose").get(s.at("link")), s.at("link"), "custody", "Confié-alternance").at(s.t, s.at("links of odette"))
			},
			shows: []fact{{"karim", "odette", "Confié-alternance"}, {"karim", "solène", "Confié-alternance"}},
		},
		gesture{
			name: "separate two persons",
			do: func(s *scene) {
				at := s.at("link") + "/separate"
				if a := s.by("rose").submit(s.by("rose").get(at), at); a.status != http.StatusOK || a.path == at {
					s.t.Errorf("%d %s", a.status, a.path)
				}
			},
			hides: []fact{{"karim", "odette", "Confié-alternance"}, {"karim", "solène", "Confié-alternance"}},
		},
		gesture{
			name: "expect who will have died",
			do: func(s *scene) {
				at := s.at("odette") + "/appointments/new"
				a := s.by("rose").submit(s.by("rose").get(at), at, "day", "7/12/2026", "hour", "14h", "member", memberOf(s.t, s.h, "karim"))
				s.know("last appointment", "/appointments/"+appointmentSaying(s.t, a, "Confié-Odette"))
			},
			shows: []fact{{"karim", "/agenda/2026-12-07", "Confié-Odette"}},
		},
		gesture{
			name: "note a death",
			do: func(s *scene) {
				at := s.at("odette") + "/edit"
				s.by("rose").submit(s.by("rose").get(at), at, "died", "1/11/2026").at(s.t, s.at("odette"))
			},
			shows: []fact{{"karim", "odette", "Plus aucun message"}, {"karim", "last appointment", "Rétablir"}},
			hides: []fact{{"karim", "last appointment", "Annuler ce rendez-vous"}},
		},
	)
}

// writes is a note in an ink, of the case known as place, or of a person.
func writes(name, who, place, ink, words string) gesture {
	return gesture{
		name: name,
		do: func(s *scene) {
			s.h.pass(time.Second)
			page := s.by(who).get(s.at(place) + "/notes/new") // or where her dossier is
			at := strings.TrimSuffix(page.path, "/new")
			form := page.fields(s.t, at)
			form.Set("words", words)
			form.Set("ink", ink)
			a := s.by(who).post(at, form)
			a.says(s.t, words)
			s.know("case of "+place, a.path)
			s.know(words, "/notes/"+noteSaying(s.t, a, words))
		},
		shows: []fact{{who, "case of " + place, words}},
	}
}

func writings() []gesture {
	first := writes("write the first note", "karim", "nadia", "case", "Confié-un.")
	second := writes("write in another dossier", "lucie", "solène", "case", "Confié-ailleurs.")
	for _, g := range []*gesture{&first, &second} { // the address is told by the answer alone
		g.shows = nil
	}
	first.shows = []fact{{"karim", "/cases", "Confié-Nadège"}}
	inCase := func(g gesture) gesture {
		g.shows[0].at = "case of nadia"
		return g
	}
	return []gesture{
		first, second,
		inCase(writes("write a reserved note", "karim", "case of nadia", "reserved", "Confié-réservé.")),
		inCase(writes("write with the person", "karim", "case of nadia", "shared", "Confié-partagé.")),
		inCase(writes("write in the scratchpad", "karim", "case of nadia", "scratch", "Confié-brouillard.")),
		{
			name: "admit a reader",
			do: func(s *scene) {
				at := s.at("case of nadia") + "/readers/add"
				page := s.by("karim").get(at)
				s.by("karim").submit(page, at, "member", choice(s.t, page, "Nina Faure"), "reason", "pair", "until", "2026-12-24").at(s.t, s.at("case of nadia")+"/readers")
			},
			shows: []fact{{"nina", "case of nadia", "Confié-un."}},
		},
		{
			name: "read for the first time",
			do:   func(s *scene) { s.by("nina").get(s.at("case of nadia")).says(s.t, "Confié-un.") },
		},
		inCase(writes("write after somebody left", "karim", "case of nadia", "case", "Confié-deux.")),
		{
			name: "find a word never read",
			do: func(s *scene) {
				nina := s.by("nina")
				nina.follow(nina.post(s.at("case of nadia")+"/search", url.Values{"session": {"1"}, "within": {"deux"}})).says(s.t, "Confié-deux.")
			},
		},
	}
}

// corrects writes another version of the first note.
func corrects(words string) func(*scene) {
	return func(s *scene) {
		at := s.at("Confié-un.") + "/correct"
		s.by("karim").submit(s.by("karim").get(at), at, "words", words).at(s.t, s.at("case of nadia"))
	}
}

func changes() []gesture {
	return []gesture{
		{
			name: "correct a note", do: corrects("Confié-corrigé."),
			shows: []fact{{"karim", "case of nadia", "Confié-corrigé."}, {"nina", "case of nadia", "Confié-corrigé."}},
			hides: []fact{{"karim", "case of nadia", "Confié-un."}},
		},
		{
			name: "widen a reserved note",
			do: func(s *scene) {
				page := s.by("karim").get(s.at("Confié-réservé.") + "/readers")
				s.by("karim").submit(page, s.at("Confié-réservé.")+"/widen", "member", choice(s.t, page, "Lucie Petit"), "reason", "advice").says(s.t, "Lucie Petit")
			},
			shows: []fact{{"lucie", "case of nadia", "Confié-réservé."}},
		},
		{
			name: "narrow a note",
			do: func(s *scene) {
				form := url.Values{"session": {"1"}, "reader": {memberOf(s.t, s.h, "lucie")}}
				s.by("karim").post(s.at("Confié-réservé.")+"/narrow", form).says(s.t, "ne peut plus lire")
			},
			hides: []fact{{"lucie", "case of nadia", "Confié-réservé."}},
		},
		{
			name: "narrow a note of the case",
			do: func(s *scene) {
				form := url.Values{"session": {"1"}, "reader": {memberOf(s.t, s.h, "nina")}}
				s.by("karim").post(s.at("Confié-deux.")+"/narrow", form)
				if strings.Contains(s.by("nina").get(s.at("case of nadia")).body, "Confié-deux.") {
					s.t.Error("nina still reads it")
				}
			},
			hides: []fact{{"nina", "case of nadia", "Confié-deux."}},
		},
		{
			name: "move a note",
			do: func(s *scene) {
				s.know("other", s.by("karim").note(s.by("karim").receive("Confié-Autre"), "Confié-là."))
				a := s.by("karim").post(s.at("Confié-deux.")+"/move", url.Values{"session": {"1"}, "case": {strings.TrimPrefix(s.at("other"), "/cases/")}})
				a.says(s.t, "dossier")
				s.by("karim").get(s.at("other")).says(s.t, "Confié-deux.")
			},
			hides: []fact{{"karim", "case of nadia", "Confié-deux."}},
		},
		{
			name: "end a reader's place",
			do: func(s *scene) {
				a := s.by("karim").get(s.at("case of nadia") + "/readers")
				action := ""
				for n := range elements(a.doc) {
					if n.Data == "form" && strings.HasSuffix(attr(n, "action"), "/stop") {
						action = attr(n, "action")
					}
				}
				s.by("karim").submit(a, action)
				if got := s.by("nina").get(s.at("case of nadia")); got.status != http.StatusNotFound {
					s.t.Errorf("nina gets %d", got.status)
				}
			},
			hides: []fact{{"nina", "case of nadia", "Confié-corrigé."}},
		},
		writes("write under a new epoch", "karim", "case of nadia", "case", "Confié-ensuite."),
		{
			name: "set a service",
			do: func(s *scene) {
				at := "/administration/services/" + serviceOf(s.t, s.h)
				s.by("paul").submit(s.by("paul").get(at), at, "ink", "reserved").at(s.t, at)
			},
		},
		{
			name: "keep a draft",
			do: func(s *scene) {
				at := s.at("case of nadia")
				form := s.by("karim").get(at+"/notes/new").fields(s.t, at+"/notes")
				form.Set("words", "Brouillon-un")
				if a := s.by("karim").post("/drafts", form); a.status != http.StatusOK {
					s.t.Errorf("%d", a.status)
				}
			},
			shows: []fact{{"karim", "/today", "Brouillon-un"}},
		},
		{
			name: "discard a draft",
			do: func(s *scene) {
				a := s.by("karim").get(link(s.t, s.by("karim").get("/today"), "Reprendre"))
				form := a.fields(s.t, s.at("case of nadia")+"/notes")
				s.by("karim").post("/drafts/"+form.Get("draft")+"/discard", form).says(s.t, "Le brouillon est effacé.")
			},
			hides: []fact{{"karim", "/today", "Brouillon-un"}},
		},
	}
}

// session signs somebody in from a browser of her own.
func session(s *scene, browser, login string) answer {
	b := s.by(browser)
	b.cookies["__Host-device"] = s.by(login).cookies["__Host-device"]
	return b.submit(b.get("/signin"), "/signin", "login", login, "passphrase", phrase)
}

func doors() []gesture {
	veil := url.Values{"session": {"1"}}
	return []gesture{
		{
			name: "sign in on a known device",
			do:   func(s *scene) { session(s, "lucie2", "lucie").at(s.t, "/today") },
		},
		{
			name: "sign in on a new device",
			do: func(s *scene) {
				b := s.by("lucie3")
				b.submit(b.get("/signin"), "/signin", "login", "lucie", "passphrase", phrase, "paper_code", s.at("lucie's paper")).at(s.t, "/today")
			},
		},
		{
			name: "choose a day code",
			do: func(s *scene) {
				b := s.by("lucie2")
				b.submit(b.get("/security/day-code"), "/security/day-code", "day_code", "482913")
				b.get("/security").says(s.t, "Un code est en place")
			},
		},
		{
			name: "veil the screen",
			do: func(s *scene) {
				b := s.by("lucie2")
				form := b.get(s.at("case of solène")+"/notes/new").fields(s.t, s.at("case of solène")+"/notes")
				form.Set("words", "Brouillon-voilé")
				s.know("what lucie types", form.Encode())
				b.post("/veil", veil)
			},
			once: true,
		},
		{
			name: "type behind the veil",
			do: func(s *scene) {
				form, err := url.ParseQuery(s.at("what lucie types"))
				ok(s.t, err)
				if a := s.by("lucie2").send(request("/drafts", form)); a.status != http.StatusForbidden || !strings.Contains(visible(a.doc), "gardé") {
					s.t.Errorf("%d %s", a.status, visible(a.doc))
				}
			},
		},
		{
			name: "lift by the day code",
			do: func(s *scene) {
				b := s.by("lucie2")
				b.submit(b.get("/lift?session=1"), "/lift", "day_code", "111111").says(s.t, "n’ouvre rien")
				b.submit(b.get("/lift?session=1"), "/lift", "day_code", "482913").at(s.t, "/today")
			},
			shows: []fact{{"lucie2", "/today", "Brouillon-voilé"}},
		},
		{
			name: "veil and lift by the passphrase",
			do: func(s *scene) {
				b := s.by("lucie3")
				b.post("/veil", veil)
				if a := b.get("/lift?session=1"); a.path == "/lift" {
					b.submit(a, "/lift", "passphrase", phrase)
				}
				b.get("/today").at(s.t, "/today")
			},
		},
		{
			name: "change a passphrase",
			do: func(s *scene) {
				b := s.by("lucie2")
				b.submit(b.get("/security/passphrase"), "/security/passphrase", "new_passphrase", phrase, "again", phrase).at(s.t, "/security")
			},
		},
		{
			name: "replace a paper code",
			do: func(s *scene) {
				b := s.by("lucie2")
				a := b.submit(b.get("/security/paper"), "/security/paper")
				b.submit(a, "/security/paper/prove", "paper_code", a.code(s.t, 0)).at(s.t, "/security")
				s.know("lucie's paper", a.code(s.t, 0))
			},
		},
		{
			name: "ask for too much: a slot that is needed",
			do: func(s *scene) {
				slots, err := s.h.db.Slots(s.t.Context(), mustMember(s, "lucie"))
				ok(s.t, err)
				at := "/security/slots/" + slots[0].ID.String() + "/remove"
				if a := s.by("lucie2").post(at, url.Values{"session": {"1"}, "confirmed": {"yes"}}); a.status != http.StatusUnprocessableEntity {
					s.t.Errorf("it answers %d", a.status)
				}
			},
		},
		{
			name: "come back after half a minute",
			do: func(s *scene) {
				s.h.pass(30 * time.Second)
				s.by("lucie2").get("/today").at(s.t, "/today")
			},
		},
		{
			name: "end another session",
			do: func(s *scene) {
				session(s, "paul2", "paul").at(s.t, "/today")
				others := s.by("paul").get("/security")
				for n := range elements(others.doc) {
					if action := attr(n, "action"); n.Data == "form" && strings.HasSuffix(action, "/end") {
						s.by("paul").submit(others, action) // one more when an attempt before was cut short
					}
				}
				s.by("paul2").get("/today").at(s.t, "/signin")
			},
		},
		{
			name: "forget the devices, and sign out",
			do: func(s *scene) {
				b := s.by("lucie2")
				page := b.get("/security")
				for n := range elements(page.doc) {
					if action := attr(n, "action"); n.Data == "form" && strings.HasPrefix(action, "/security/devices/") && action != "/security/devices/forget" {
						b.post(action, veil)
					}
				}
				b.post("/security/devices/forget", veil)
				b.post("/signout", veil)
				b.get("/today").at(s.t, "/signin")
			},
			once: true,
		},
	}
}

func endings() []gesture {
	return []gesture{
		{
			name: "invite and cancel",
			do: func(s *scene) {
				b := s.by("ada")
				b.submit(b.get("/administration/invitations"), "/administration/invitations", "name", "Zoé Brun", "role", "worker", "regime", "profession")
				a := b.get("/administration")
				for n := range elements(a.doc) {
					if action := attr(n, "action"); n.Data == "form" && strings.HasSuffix(action, "/cancel") {
						b.submit(b.submit(a, action), action, "confirmed", "yes")
						return
					}
				}
				s.t.Error("nobody waits")
			},
		},
		{
			name: "close a member",
			do: func(s *scene) {
				at := "/administration/members/" + memberOf(s.t, s.h, "nina") + "/close"
				s.by("ada").submit(s.by("ada").get(at), at).says(s.t, "Le compte est fermé")
			},
			hides: []fact{{"nina", "/today", "Nina Faure"}},
		},
		{
			name: "give rows their place, and sign",
			do: func(s *scene) {
				_, err := s.watch.Register.Sequence(s.t.Context())
				ok(s.t, err)
				_, err = s.watch.Register.Checkpoint(s.t.Context())
				ok(s.t, err)
			},
		},
		{
			name: "the clock, two months later",
			do: func(s *scene) {
				s.h.pass(60 * 24 * time.Hour)
				ok(s.t, s.h.jobs.Tick(s.t.Context()))
				ok(s.t, s.h.desk.Signin.Expire(s.t.Context()))
			},
			apart: true,
		},
		{
			name: "purge, thirteen months later",
			do: func(s *scene) {
				s.h.pass(400 * 24 * time.Hour)
				ok(s.t, s.watch.Purge(s.t.Context()))
				s.h.pass(400 * 24 * time.Hour)
				ok(s.t, s.watch.Purge(s.t.Context()))
			},
		},
	}
}

func mustMember(s *scene, login string) record.MemberID {
	m, err := s.h.db.MemberByLogin(s.t.Context(), login)
	ok(s.t, err)
	return m.ID
}

// TestTheGesturesCanBeDone: each shows what it says.
func TestTheGesturesCanBeDone(t *testing.T) {
	s := enter(t, t.TempDir(), newHands())
	for _, g := range gestures() {
		before := s.finds(append(g.shows, g.hides...))
		if why := s.attempt(g.do); why != "" {
			t.Fatalf("%s: %s", g.name, why)
		}
		after := s.finds(append(g.shows, g.hides...))
		for _, f := range g.shows {
			if before[f] || !after[f] {
				t.Errorf("%s: %v is found before: %v, after: %v", g.name, f, before[f], after[f])
			}
		}
		for _, f := range g.hides {
			if !before[f] || after[f] {
				t.Errorf("%s: %v is hidden before: %v, after: %v", g.name, f, !before[f], !after[f])
			}
		}
	}
	if len(s.wrong) > 0 {
		t.Errorf("%s", strings.Join(s.wrong, "\n"))
	}
}
