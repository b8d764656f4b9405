// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

// The oracle of the access matrix: who may see and do what in the organisation
// that matrix_seed_test.go tells, written by hand from law.md (S-, C-, D-),
// product.md (P) and secrecy.md (Z). It calls no line of the product.

// functions are the actors by what they do.
var functions = map[string]string{
	"worker":   "karim lucie ines marc anna tom lena solo mina hugo",
	"newcomer": "newt", // a worker to whom nobody has given a key yet
	"desk":     "rose vera",
	"lead":     "paul luc",
	"boss":     "odile", // leads, and administers
	"admin":    "ada",
	"house":    "dora dpo",
	"veiled":   "veiled",
	"nobody":   "nobody gone", // without a session, or with one of a closed account
}

// stance says who stands where towards one thing: nobody else stands anywhere.
type stance struct{ thing, stands, law string }

const (
	north = "worker:karim lucie ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt"
	south = "worker:hugo mina; desk:vera; lead:luc"
)

// stances are about the things of the tale.
var stances = []stance{
	{"person nadia", "team:karim ines marc; worker:lucie anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-11 continuity in a service; Z §2 accueil"},
	{"person yann", "team:karim; worker:lucie ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-11; Z §2"},
	{"person awa", "team:lucie; worker:karim ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-11; Z §2"},
	{"person iris", "team:karim; worker:lucie ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-11; Z §2"},
	{"person piotr", north, "S-11; Z §2"},
	{"person samir", "team:hugo; worker:mina; desk:vera; lead:luc", "C-13 a service sees whom it knows; Z §2 services"},
	{"person absent", "", "Z §2: the same words and statements"},

	{"case nadia", "referent:karim; reads:ines marc; holds:solo", "S-10 named recipients; Z §5: not before since, not after until, not once ended"},
	{"case yann", "referent:karim", "S-10; S-20"},
	{"case awa", "referent:lucie", "S-10; S-20"},
	{"case iris", "referent:karim", "S-23: who named the referent keeps no key"},
	{"case samir", "referent:hugo", "C-13; S-10"},
	{"case absent", "", "Z §2"},

	{"note team", "author:karim; reads:ines marc", "S-10"},
	{"note after", "author:karim; reads:ines marc", "S-10; Z §2 epochs"},
	{"note by ines", "author:ines; referent:karim; reads:marc", "S-10; S-32"},
	{"note named", "author:karim; reads:ines", "S-10: réservé to a named reader"},
	{"note with a paper", "author:karim; reads:ines", "S-10"},
	{"note own", "author:ines", "Z §2: réservé, the referent included"},
	{"note shared", "author:karim; reads:ines marc", "S-10; Z §2 avec la personne"},
	{"note scratch", "author:karim", "S-34"},
	{"note widened", "author:karim; reads:ines marc; holds:solo", "S-10: one object, nothing else"},
	{"note narrowed", "author:karim; reads:ines", "S-10: a reader was taken away"},
	{"note stub", "author:karim; reads:ines marc", "Z §2: moving leaves a stub"},
	{"note moved", "author:karim", "S-10: read by the readers of its new case"},
	{"note of yann", "author:karim", "S-10"},
	{"note of awa", "author:lucie", "S-10"},
	{"note shared with awa", "author:lucie", "S-10"},
	{"note of samir", "author:hugo", "C-13; S-10"},
	{"note absent", "", "Z §2"},

	{"document paper", "author:karim; reads:ines marc", "S-10 S-20: the team's"},
	{"document beside", "author:karim; reads:ines", "S-10: read by the readers of its note"},
	{"document of samir’s", "author:hugo", "C-13; S-10"},
	{"document absent", "", "Z §2"},

	{"appointment nadia", "hers:karim; worker:lucie ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-30; Z §2 Counter"},
	{"appointment alone", "hers:lucie; worker:karim ines marc anna tom lena solo mina; desk:rose; lead:paul odile; newcomer:newt", "S-36; Z §2 accueil"},
	{"appointment samir", "hers:hugo; worker:mina; desk:vera; lead:luc", "C-13; Z §2"},
	{"appointment absent", "", "Z §2"},

	{"draft of karim", "hers:karim", "S-33"},
	{"draft of rose", "hers:rose", "S-33"},
	{"draft of hugo", "hers:hugo", "S-33"},
	{"draft absent", "", "S-33"},
	{"list of rose", "hers:rose", "S-33: a list of persons is its giver's until she decides"},
	{"list of hugo", "hers:hugo", "S-33"},
	{"list absent", "", "S-33"},
	{"slip of ada", "hers:ada", "Z §4: a code is handed over by who made it"},
	{"slip of paul", "hers:paul", "Z §4"},
	{"slip absent", "", "Z §4"},
	{"invitation of ada", "hers:ada odile", "Z §4: the inviter and the administrators"},
	{"invitation of paul", "hers:paul ada odile", "Z §4"},
	{"invitation absent", "", "Z §4"},
	{"slot of lucie", "hers:lucie", "Z §5: a slot is its owner's"},
	{"slot absent", "", "Z §5"},
	{"session of lucie", "hers:lucie", "Z §4"},
	{"session absent", "", "Z §4"},
	{"device of lucie", "hers:lucie", "Z §4"},
	{"device absent", "", "Z §4"},
	{"service north", north, "S-01; P §5 a team's own settings"},
	{"service south", south, "S-01; P §5"},
	{"service absent", "", "S-01"},
	{"member mina", "", "S-21: administering opens nothing"},
	{"member absent", "", "S-21"},
}

// caseOf is where a note or a document stands.
var caseOf = map[string]string{
	"team": "nadia", "after": "nadia", "by ines": "nadia", "named": "nadia", "own": "nadia", "shared": "nadia", "scratch": "nadia",
	"widened": "nadia", "narrowed": "nadia", "stub": "nadia", "moved": "yann", "of yann": "yann", "of awa": "awa", "shared with awa": "awa", "of samir": "samir",
	"with a paper": "nadia", "paper": "nadia", "beside": "nadia", "of samir’s": "samir",
}

// row is what a route answers: for each place one may stand in, or each function
// where it is about no thing; "nadia.reads" stands before "reads", "out" is who
// stands nowhere, and "!" says that it writes: everywhere else not one row of the
// record changes. about is the kind of thing in its path, shows the secrets that
// the page may show to who may know them.
type row struct{ route, about, answers, shows, law string }

// A veiled session writes nothing but a draft, sealed to its member (Z §4).
//
// Without a word about them: who stands nowhere gets the page of what does not
// exist; who has no session the door (303, or 403 after a form), who is veiled
// the veil (403).
const (
	anyMember     = "worker:200 newcomer:200 desk:200 lead:200 boss:200 admin:200 house:200"
	serving       = "worker:200 newcomer:200 desk:200 lead:200 boss:200 admin:422 house:422"
	leading       = "worker:422 newcomer:422 desk:422 lead:200 boss:200 admin:200 house:422"
	administering = "worker:422 newcomer:422 desk:422 lead:422 boss:200 admin:200 house:422"
	inviting      = "worker:422 newcomer:422 desk:422 paul:303! luc:422 boss:303! admin:303! house:422"
	goesOn        = "worker:303 newcomer:303 desk:303 lead:303 boss:303 admin:303 house:303"
	asks          = "worker:422 newcomer:422 desk:422 lead:422 boss:422 admin:422 house:422"
	over          = "worker:410 newcomer:410 desk:410 lead:410 boss:410 admin:410 house:410"
	public        = " nobody:200 veiled:200"
)

var rows = []row{
	{"GET /cases/{id}", "case", "referent:200 reads:200 holds:200", "identity note document", "S-10 S-20"},
	{"POST /cases/{id}/search", "case", "referent:303 reads:303 holds:303", "", "Z §4: what is looked for stands in no table"},
	{"GET /cases/{id}/search/{search}", "case", "referent:200 reads:200 holds:200", "", "Z §4: ten minutes, for who looked"},
	{"GET /cases/{id}/readers", "case", "referent:200 reads:200 holds:200", "identity", "S-19"},
	{"GET /cases/{id}/readers/{member}/receipt", "case", "referent:200 reads:200 holds:200", "identity", "S-16 S-19; Z §8"},
	{"GET /cases/{id}/readers/{member}/receipt/proof", "case", "referent:200 reads:200 holds:200", "", "S-16 S-19; Z §8"},
	{"GET /cases/{id}/readers/add", "case", "referent:200 reads:200 holds:422", "identity", "S-10"},
	{"POST /cases/{id}/readers/add", "case", "referent:303! reads:303! holds:422", "identity", "S-10"},
	{"POST /cases/{id}/readers/{member}/stop", "case", "nadia.referent:303! nadia.reads:303! holds:422 referent:422", "", "S-10: the referent stays"},
	{"GET /cases/{id}/notes/new", "case", "referent:200 reads:200 holds:422", "identity", "S-20 S-32"},
	{"POST /cases/{id}/notes", "case", "referent:303! reads:303! holds:422 veiled:403!", "identity", "S-20 S-32"},
	{"POST /cases/{id}/notes/audience", "case", "referent:200 reads:200 holds:422", "identity", "S-20"},

	{"GET /cases/{id}/documents/new", "case", "referent:200 reads:200 holds:422", "identity", "S-20 S-32"},
	{"POST /cases/{id}/documents", "case", "referent:422 reads:422 holds:422", "identity", "S-20 S-32: a form without its file"},
	{"GET /notes/{note}/documents/new", "note", "stub.author:422 author:200 referent:422 reads:422 holds:422", "identity note", "S-32: beside one's own note"},
	{"POST /notes/{note}/documents", "note", "author:422 referent:422 reads:422 holds:422", "identity note", "S-32: a form without its file"},
	{"GET /documents/{document}", "document", "author:200 reads:200", "identity document", "S-20"},
	{"GET /documents/{document}/content", "document", "author:200 reads:200", "document", "S-20"},
	{"GET /documents/{document}/keep", "document", "author:200 reads:200", "document", "S-20"},
	{"POST /documents/{document}/remove", "document", "author:303! reads:422", "identity document", "S-32: an author's paper is hers"},

	{"GET /notes/{note}/correct", "note", "stub.author:422 author:200 referent:422 reads:422 holds:422", "identity note", "S-32: an author's text is hers"},
	{"POST /notes/{note}/correct", "note", "stub.author:422 author:303! referent:422 reads:422 holds:422 veiled:403!", "identity note", "S-32"},
	{"GET /notes/{note}/versions", "note", "author:200 referent:200 reads:200 holds:200", "identity note", "S-32: both versions and their authors"},
	{"GET /notes/{note}/readers", "note", "author:200 referent:200 reads:200 holds:200", "identity", "S-19"},
	{"POST /notes/{note}/widen", "note", "stub.author:422 scratch.author:422 author:303! referent:303! reads:422 holds:422", "identity", "S-10; P §2.5"},
	{
		"POST /notes/{note}/narrow", "note",
		"with_a_paper.author:422 stub.author:422 scratch.author:422 own.author:422 moved.author:422 of_yann.author:422 of_awa.author:422 shared_with_awa.author:422 of_samir.author:422 author:200! referent:422 reads:422 holds:422",
		"identity", "P §2.5: narrowing is its author's; without another reader there is nothing to narrow, and a paper beside keeps its readers",
	},
	{"GET /notes/{note}/move", "note", "stub.author:422 author:200 referent:422 reads:422 holds:422", "identity note", "S-32"},
	{
		"POST /notes/{note}/move", "note",
		"with_a_paper.author:422 stub.author:422 of_awa.author:422 shared_with_awa.author:422 of_samir.author:422 by_ines.author:404 own.author:404 author:200! referent:422 reads:404 holds:422",
		"identity note", "S-10 S-32: into a case where one writes, not into its own",
	},
	{"POST /notes/{note}/move", "target", "yann:200! iris:200! nadia:422 awa:404 samir:404 absent:404", "", "S-10: only into a case that one reads"},

	{"GET /persons/{id}", "person", "team:200 worker:200 desk:200 lead:200", "identity", "S-11; Z §2"},
	{"GET /persons/{id}/edit", "person", "team:200 worker:200 desk:200 lead:200", "identity", "S-11; Z §2"},
	{"POST /persons/{id}/edit", "person", "team:303! worker:303! desk:303! lead:303!", "identity", "S-11; Z §2"},
	{"GET /persons/{id}/contact", "person", "team:200 worker:200 desk:200 lead:200", "identity", "S-11; Z §2"},
	{"POST /persons/{id}/contact", "person", "team:303! worker:303! desk:303! lead:303!", "identity", "S-11; Z §2"},
	{"GET /persons/{id}/relations", "person", "team:200 worker:200 desk:200 lead:200", "identity", "S-30: a link is shown to who reads both"},
	{"POST /persons/{id}/relations", "person", "samir.mina:303! samir.worker:404 samir.desk:404 samir.lead:404 samir.team:404 piotr.worker:422 piotr.desk:422 piotr.lead:422 team:303! worker:303! desk:303! lead:303!", "identity", "S-30: written by who may write both"},
	{"GET /persons/{id}/relations/{relation}", "person", "nadia.team:200 nadia.worker:200 nadia.desk:200 nadia.lead:200 team:404 worker:404 desk:404 lead:404", "identity", "S-30"},
	{"POST /persons/{id}/relations/{relation}", "person", "nadia.team:303! nadia.worker:303! nadia.desk:303! nadia.lead:303! team:404 worker:404 desk:404 lead:404", "identity", "S-30"},
	{"GET /persons/{id}/relations/{relation}/separate", "person", "nadia.team:200 nadia.worker:200 nadia.desk:200 nadia.lead:200 team:404 worker:404 desk:404 lead:404", "", "S-30; S-41"},
	{"POST /persons/{id}/relations/{relation}/separate", "person", "nadia.team:303! nadia.worker:303! nadia.desk:303! nadia.lead:303! team:404 worker:404 desk:404 lead:404", "identity", "S-30; S-41"},
	{"GET /persons/{id}/merge", "person", "team:200 worker:200 desk:200 lead:200", "identity", "S-30; Z §2 Services"},
	{"POST /persons/{id}/merge", "person", "samir.mina:303! samir.worker:404 samir.desk:404 samir.lead:404 samir.team:404 piotr.worker:422 piotr.desk:422 piotr.lead:422 team:303! worker:303! desk:303! lead:303!", "identity", "Z §2 Services: said by who may write both"},
	{"POST /persons/{id}/unmerge", "person", "team:303 worker:303 desk:303 lead:303", "identity", "Z §2 Services: one record has nothing to part"},
	{"GET /persons/{id}/refer", "person", "team:422 worker:422 desk:422 lead:200", "identity", "P §5: a lead names referents"},
	{"POST /persons/{id}/refer", "person", "team:422 worker:422 desk:422 lead:303!", "identity", "P §5; S-23"},
	{"GET /persons/{person}/notes/new", "person", "team:303 worker:200 desk:422 lead:422", "identity", "P §5: the first note opens a dossier, by who carries cases"},
	{"POST /persons/{person}/notes", "person", "team:303! worker:303! desk:422 lead:422 veiled:403!", "identity", "P §5"},
	{"POST /persons/{person}/notes/audience", "person", "team:200 worker:200 desk:422 lead:422", "identity", "S-20"},
	{"POST /search", "", "worker:303 newcomer:303 desk:303 lead:303 boss:303 admin:422 house:422", "", "Z §4: what is looked for stands in no table"},
	{"GET /conversations/new", "", serving, "", "S-37"},
	{"POST /conversations", "", "worker:303! newcomer:303! desk:303! lead:303! boss:303! admin:422 house:422", "", "S-37 T-10: a count that names nobody"},
	{"GET /conversations/{search}", "", serving, "", "S-37"},
	{"POST /conversations/{search}/undo", "", goesOn, "", "S-37: of one's own, for ten minutes"},
	{"GET /search/{search}", "", serving, "", "Z §4: ten minutes, for who looked"},
	{"GET /persons", "", serving, "identity", "Z §2: the services of the session, nothing else"},
	{"POST /persons", "", serving, "identity", "Z §2"},
	{"GET /persons/new", "", "worker:200 newcomer:303 desk:200 lead:200 boss:200 admin:422 house:422", "", "P §5: a newcomer without a key goes to who can welcome her"},
	{"POST /persons/new", "", "worker:303! newcomer:422 desk:303! lead:303! boss:303! admin:422 house:422", "", "P §5; S-36"},
	{"GET /households/{draft}", "draft", "of_rose.hers:200", "draft", "S-33: lines that wait are their author's"},
	{"POST /households/{draft}", "draft", "of_rose.hers:303!", "", "S-33; S-30"},
	{"GET /cases", "", anyMember, "identity", "S-10"},
	{"POST /cases", "", anyMember, "identity", "S-10"},
	{"GET /today", "", anyMember, "identity draft appointment", "S-33; P §5"},

	{"GET /agenda/{date}", "", serving, "identity appointment", "P §5: hers, or the house's at its desk"},
	{"GET /appointments/new", "", "worker:200 newcomer:303 desk:200 lead:200 boss:200 admin:422 house:422", "", "S-36 P-03"},
	{"POST /appointments/new", "", "worker:303! newcomer:422 desk:303! lead:303! boss:303! admin:422 house:422", "", "S-36 P-03"},
	{"GET /persons/{person}/appointments/new", "person", "team:200 worker:200 desk:200 lead:200", "identity", "P §5: reception and colleagues"},
	{"POST /persons/{person}/appointments/new", "person", "team:303! worker:303! desk:303! lead:303!", "identity", "P §5"},
	{"GET /appointments/{id}", "appointment", "hers:200 worker:200 desk:200 lead:200", "identity appointment", "P §5; Z §2 Counter"},
	{"POST /appointments/{id}", "appointment", "hers:303! worker:303! desk:303! lead:303!", "identity appointment", "P §5"},
	{"POST /appointments/{id}/answer", "appointment", "hers:303! desk:303! worker:422 lead:422 newcomer:422", "", "ux 7.1: reception and the member say who came"},

	{"POST /drafts", "", "worker:200! newcomer:200! desk:200! lead:200! boss:200! admin:200! house:200! veiled:403!", "", "S-33"},
	{"POST /drafts", "draft", "hers:200! absent.out:200! out:404 veiled:403!", "", "S-33: nobody writes over somebody else's; a new id is a new draft"},
	{"GET /drafts/{draft}", "draft", "hers:200 out:303", "draft identity", "S-33"},
	{"POST /drafts/{draft}/discard", "draft", "hers:303! out:303", "", "S-33"},
	{"GET /imports", "", "worker:200 newcomer:422 desk:200 lead:200 boss:200 admin:422 house:422", "", "P §5; S-36"},
	{"POST /imports", "", "worker:303! newcomer:422 desk:303! lead:303! boss:303! admin:422 house:422", "", "P §5: kept for its giver alone"},
	{"GET /imports/{list}", "list", "hers:200", "list", "S-33"},
	{"POST /imports/{list}", "list", "hers:303!", "", "P §5; S-36"},
	{"POST /imports/{list}/discard", "list", "hers:303!", "", "S-33"},
	{"GET /imports/{list}/undo", "list", "hers:200", "", "S-33"},
	{"POST /imports/{list}/undo", "list", "hers:303!", "", "S-33"},
	{"GET /slips/{draft}", "slip", "hers:200", "slip", "Z §4"},
	{"POST /administration/invitations/{id}/cancel", "invitation", "hers:303!", "", "Z §4"},
	{"GET /administration/invitations", "", leading, "", "Z §4"},
	{"POST /administration/invitations", "", inviting, "", "Z §4: a lead into her own service"},
	{"GET /start/invitations", "", leading, "", "Z §4"},
	{"POST /start/invitations", "", inviting, "", "Z §4"},

	{"GET /welcome/{service}/{member}", "service", "north.worker:200 north.desk:200 north.lead:200", "", "Z §4 Accueillir: by who holds the key"},
	{"POST /welcome/{service}/{member}", "service", "north.worker:303! north.desk:303! north.lead:303! worker:303 desk:303 lead:303 newcomer:303 out:303", "", "Z §4"},
	{"GET /administration", "", leading, "", "P §5"},
	{"GET /administration/services/new", "", administering, "", "Z §4: services are made by administrators"},
	{"POST /administration/services/new", "", "worker:422 newcomer:422 desk:422 lead:422 boss:303! admin:303! house:422", "", "Z §4"},
	{"GET /administration/services/{id}/name", "service", "absent.odile:404 absent.ada:404 odile:200 ada:200 lead:422 worker:422 desk:422 newcomer:422 out:422", "", "Z §4"},
	{"POST /administration/services/{id}/name", "service", "absent.odile:404 absent.ada:404 odile:303! ada:303! lead:422 worker:422 desk:422 newcomer:422 out:422", "", "Z §4"},
	{"GET /administration/services/{id}", "service", "worker:200 lead:200 desk:422 newcomer:404 out:422", "", "P §5: a team's own settings, under its key"},
	{"POST /administration/services/{id}", "service", "worker:303! lead:303! desk:422 newcomer:404 out:422", "", "P §5"},
	{"GET /administration/members/{id}", "member", "absent.odile:404 absent.ada:404 odile:200 ada:200 out:422", "", "S-21"},
	{"POST /administration/members/{id}", "member", "absent.odile:404 absent.ada:404 odile:303! ada:303! out:422", "", "S-21"},
	{"GET /administration/members/{id}/functions/{function}/end", "member", "absent.odile:404 absent.ada:404 odile:200 ada:200 out:422", "", "S-21"},
	{"POST /administration/members/{id}/functions/{function}/end", "member", "absent.odile:404 absent.ada:404 odile:303! ada:303! out:422", "", "S-21"},
	{"GET /administration/members/{id}/close", "member", "absent.odile:404 absent.ada:404 odile:200 ada:200 out:422", "", "S-21"},
	{"POST /administration/members/{id}/close", "member", "absent.odile:404 absent.ada:404 odile:303! ada:303! out:422", "", "S-21"},

	{"GET /security", "", anyMember, "", "Z §4"},
	{"GET /security/passphrase", "", anyMember, "", "Z §4"},
	{"POST /security/passphrase", "", asks, "", "Z §4"},
	{"GET /security/paper", "", anyMember, "", "Z §4"},
	{"POST /security/paper", "", "worker:200! newcomer:200! desk:200! lead:200! boss:200! admin:200! house:200!", "", "Z §4"},
	{"POST /security/paper/prove", "", asks, "", "Z §4"},
	{"GET /security/day-code", "", anyMember, "", "Z §4"},
	{"POST /security/day-code", "", asks, "", "Z §4"},
	{"POST /security/passkey/options", "", anyMember, "", "Z §4"},
	{"POST /security/passkey", "", over, "", "Z §4"},
	{"POST /security/slots/{id}/remove", "slot", "hers:422", "", "Z §4: a passphrase is replaced, not removed"},
	{"POST /security/sessions/{id}/end", "session", "hers:303!", "", "Z §4"},
	{"POST /security/devices/forget", "", "worker:303! newcomer:303! desk:303! lead:303! boss:303! admin:303! house:303!", "", "Z §4"},

	{"POST /security/devices/{id}/forget", "device", "hers:303!", "", "Z §4"},
	{"GET /witness", "", goesOn, "", "Z §5: what a browser remembers"},
	{"POST /witness", "", goesOn, "", "Z §5"},
	{"GET /help", "", anyMember + public, "", "A-05: help in the same place for everybody"},
	{"GET /notice", "", anyMember + public, "", "D-15: whoever speaks to a person may tell her"},
	{"GET /accessibilite", "", anyMember + public, "", "A-03: one click from everywhere"},
	{"GET /map", "", anyMember + public, "", "A-04"},
	{"GET /receipts/check", "", anyMember + public, "", "Z §8: receipts are verified by anybody"},

	{"GET /{$}", "", goesOn + " veiled:303", "", "Z §4"},
	{"POST /language", "", goesOn + " nobody:303 veiled:303", "", "E-01"},
	{"GET /signin", "", anyMember + public, "", "Z §4"},
	{"POST /signin", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"POST /signin/passkey/options", "", anyMember + public, "", "Z §4"},
	{"POST /signin/passkey", "", over + " nobody:410 veiled:410", "", "Z §4"},
	{"GET /lift", "", goesOn + " veiled:200", "", "Z §4"},
	{"POST /lift", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"POST /lift/passkey/options", "", "worker:404 newcomer:404 desk:404 lead:404 boss:404 admin:404 house:404 nobody:403 veiled:404", "", "Z §4"},
	{"POST /lift/passkey", "", over + " nobody:403 veiled:410", "", "Z §4"},
	{"POST /veil", "", goesOn + " nobody:303 veiled:303", "", "Z §4"},
	{"POST /signout", "", "worker:303! newcomer:303! desk:303! lead:303! boss:303! admin:303! house:303! nobody:303 veiled:303!", "", "Z §4"},

	{"GET /start", "", goesOn, "", "Z §4: founded once"},
	{"POST /start", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"POST /start/passphrase", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"GET /start/{code}", "", "worker:404 newcomer:404 desk:404 lead:404 boss:404 admin:404 house:404 nobody:404 veiled:404", "", "Z §4"},
	{"GET /start/paper", "", goesOn, "", "Z §4"},
	{"POST /start/paper", "", goesOn, "", "Z §4"},
	{"GET /start/envelopes", "", goesOn, "", "Z §4"},
	{"POST /start/envelopes", "", goesOn, "", "Z §4"},
	{"GET /start/controls", "", goesOn, "", "Z §4"},
	{"POST /start/controls", "", goesOn, "", "Z §4"},
	{"GET /start/dpo", "", goesOn, "", "Z §4"},
	{"POST /start/dpo", "", goesOn, "", "Z §4"},
	{"GET /start/dpo-control", "", goesOn, "", "Z §4"},
	{"POST /start/dpo-control", "", goesOn, "", "Z §4"},
	{"GET /start/services", "", goesOn, "", "Z §4"},
	{"POST /start/services", "", goesOn, "", "Z §4"},
	{"GET /start/done", "", administering, "", "Z §4"},
	{"GET /invitation", "", anyMember + public, "", "Z §4"},
	{"POST /invitation", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"GET /invitation/identity", "", goesOn + " veiled:303", "", "Z §4"},
	{"POST /invitation/identity", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"GET /invitation/passphrase", "", goesOn + " veiled:303", "", "Z §4"},
	{"POST /invitation/passphrase", "", asks + " nobody:422 veiled:422", "", "Z §4"},
	{"GET /invitation/paper", "", goesOn, "", "Z §4"},
	{"POST /invitation/paper", "", goesOn, "", "Z §4"},
}
