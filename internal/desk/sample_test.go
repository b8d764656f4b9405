// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"slices"
	"testing"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/exchange"
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/locale"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/web"
)

// monday is when the samples happen. Everybody in them is invented.
var monday = time.Date(2026, 11, 23, 9, 42, 0, 0, time.UTC)

func ago(days int) time.Time { return monday.AddDate(0, 0, -days) }

var words = confided.NewText

// maker makes the two pages of one name: a sample full of everything the page
// can show, and its zero value.
type maker func(sample bool) web.Pager

// printed is the part of Page that a Site would give.
func printed(t testing.TB, lang string) web.Page {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := web.LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	site := &web.Site{Catalogues: c, Assets: assets, Now: func() time.Time { return monday }}
	return site.Blank(lang, "/cases/k2v7")
}

// samples lists every page. Keys are the page's name, with "-" and a case when a
// page has several.
func samples(out, in web.Page) map[string]maker {
	all := map[string]maker{}
	for _, group := range []map[string]maker{doorSamples(out, in), startSamples(out), peopleSamples(in), caseSamples(in), noteSamples(in), houseSamples(out, in), helpSamples(out, in)} {
		for name, m := range group {
			all[name] = m
		}
	}
	return all
}

// of returns a maker from a sample and the zero value of its type.
func of[T any, P interface {
	*T
	web.Pager
}](page web.Page, put func(*T, web.Page), fill func(*T)) maker {
	return func(sample bool) web.Pager {
		p := P(new(T))
		put((*T)(p), page)
		if sample {
			fill((*T)(p))
		}
		return p
	}
}

func doorSamples(out, in web.Page) map[string]maker {
	return map[string]maker{
		"signin": of(out, func(p *SigninPage, b web.Page) { p.Page = b }, func(p *SigninPage) {
			p.Login, p.NewDevice, p.Back = "lucie.petit@valmont.example", true, "/cases"
			p.Errors = []*fault.Error{fault.Field("passphrase", "form.missing"), fault.Field("paper_code", "form.missing")}
			p.Banner = "demo"
		}),
		"signin-lost": of(out, func(p *SigninPage, b web.Page) { p.Page = b }, func(p *SigninPage) { p.Lost, p.Alert = true, "fault.sign_in" }),
		"veil": of(out, func(p *VeilPage, b web.Page) { p.Page = b }, func(p *VeilPage) {
			p.Session, p.Chosen, p.Others = 2, Present{2, "Lucie"}, []Present{{1, "Karim"}}
			p.DayCode, p.Passkey, p.Kept, p.Back = true, true, true, "/today"
		}),
		"ended": of(out, func(p *EndedPage, b web.Page) { p.Page = b }, func(p *EndedPage) { p.Kept, p.Back = true, "/today" }),
		"invitation": of(out, func(p *InvitationPage, b web.Page) { p.Page = b }, func(p *InvitationPage) {
			p.Errors = []*fault.Error{fault.Field("invitation_code", "form.missing")}
		}),
		"enrol": of(out, func(p *EnrolPage, b web.Page) { p.Page = b }, func(p *EnrolPage) {
			p.Step, p.Name, p.Role, p.Service, p.Inviter = Step{1, 3}, "Lucie Petit", record.RoleWorker, "Action sociale", "Julie Martin"
			p.Login = "lucie.petit@valmont.example"
		}),
		"passphrase": of(out, func(p *PassphrasePage, b web.Page) { p.Page = b }, func(p *PassphrasePage) {
			p.Step, p.Action, p.Cancel, p.Offered = Step{2, 7}, "/start/passphrase", "/security", "tilleul wagon matin orage cerise lampe"
			p.Carried = []Carried{{"organisation", "CCAS de Valmont"}, {"name", "Julie Martin"}}
			p.Errors = []*fault.Error{fault.Field("new_passphrase", "form.missing")}
		}),
		"paper_code": of(out, func(p *PaperCodePage, b web.Page) { p.Page = b }, func(p *PaperCodePage) {
			p.Step, p.Action, p.Code, p.Name, p.Made = Step{3, 7}, "/start/paper", "7KQM-2XRD-9FTW-HB4N-6VZC-3PJY-8GSA-5LEU", "Julie Martin", monday
			p.Organisation, p.Address = "CCAS de Valmont", "depositaire.valmont.example"
		}),
		"passkey_more": of(in, func(p *PasskeyMorePage, b web.Page) { p.Page = b }, func(p *PasskeyMorePage) { p.Options, p.Label = `{"publicKey":{}}`, words("clé bleue") }),
		"day_code": of(in, func(p *DayCodePage, b web.Page) { p.Page = b }, func(p *DayCodePage) {
			p.Back, p.Errors = "/cases", []*fault.Error{fault.Field("day_code", "form.missing")}
		}),
		"welcome": of(in, func(p *WelcomePage, b web.Page) { p.Page = b }, func(p *WelcomePage) {
			p.ID, p.FirstName, p.Name, p.Role, p.Service = "m7", "Lucie", "Lucie Petit", record.RoleWorker, "Action sociale"
		}),
		"confirm": of(in, func(p *ConfirmPage, b web.Page) { p.Page = b }, func(p *ConfirmPage) {
			p.What, p.Action, p.Cancel = "cancel_invitation", "/administration/invitations/i1/cancel", "/administration"
		}),
	}
}

func startSamples(out web.Page) map[string]maker {
	return map[string]maker{
		"start_name": of(out, func(p *StartNamePage, b web.Page) { p.Page = b }, func(p *StartNamePage) {
			p.Step, p.Organisation, p.Name, p.Login = Step{1, 7}, "", "Julie Martin", "julie.martin@valmont.example"
			p.Errors = []*fault.Error{fault.Field("organisation", "form.missing")}
		}),
		"envelopes": of(out, func(p *EnvelopesPage, b web.Page) { p.Page = b }, func(p *EnvelopesPage) {
			p.Step, p.Action = Step{4, 7}, "/start/envelopes"
			for i, control := range []string{"glycine", "marteau", "estuaire"} {
				p.Envelopes = append(p.Envelopes, Envelope{
					Number: i + 1, Control: control, Organisation: "CCAS de Valmont", Made: monday,
					Code: "QX3M-7TRD-2FKW-9BHN-6VZC-PJ4Y", RootShare: "R1-8GSA-5LEU-HD2K-MWQ7-3XTB",
				})
			}
		}),
		"envelopes-dpo": of(out, func(p *EnvelopesPage, b web.Page) { p.Page = b }, func(p *EnvelopesPage) {
			p.Step, p.Action, p.DPO = Step{5, 7}, "/start/dpo", true
			p.Envelopes = []Envelope{{Number: 4, DPO: true, Control: "boussole", Organisation: "CCAS de Valmont", Made: monday, Code: "QX3M-7TRD-2FKW-9BHN"}}
		}),
		"controls": of(out, func(p *ControlsPage, b web.Page) { p.Page = b }, func(p *ControlsPage) {
			p.Step, p.Action, p.Print = Step{4, 7}, "/start/controls", "/start/envelopes"
		}),
		"controls-dpo": of(out, func(p *ControlsPage, b web.Page) { p.Page = b }, func(p *ControlsPage) {
			p.Step, p.Action, p.Print, p.DPO = Step{5, 7}, "/start/dpo-control", "/start/dpo", true
		}),
		"start_services": of(out, func(p *StartServicesPage, b web.Page) { p.Page = b }, func(p *StartServicesPage) {
			p.Step, p.Missions, p.Roles, p.Role = Step{6, 7}, record.Missions(), record.ServiceRoles(), record.RoleLead
			p.Services = []ServiceDraft{{"Action sociale", record.MissionGeneral}, {"", record.MissionHousing}}
			p.Errors = []*fault.Error{fault.Field("service", "form.missing")}
		}),
		"invite": of(out, func(p *InvitePage, b web.Page) { p.Page = b }, func(p *InvitePage) {
			p.Step, p.Action, p.Finish, p.Name, p.Role, p.Roles = Step{7, 7}, "/start/invitations", "/start/done", "", record.RoleWorker, record.ServiceRoles()
			p.House, p.Regime, p.Regimes = record.HouseRoles(), record.RegimeProfession, record.Regimes()
			p.Services = []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Logement"}}
			p.Waiting = []InvitedRow{{"i1", "Karim Benaïssa", record.RoleWorker, "Action sociale", ago(-3)}}
		}),
		"slip": of(out, func(p *SlipPage, b web.Page) { p.Page = b }, func(p *SlipPage) {
			p.Step, p.Name, p.Role, p.Service, p.Inviter = Step{7, 7}, "Karim Benaïssa", record.RoleWorker, "Action sociale", "Julie Martin"
			p.Address, p.Code, p.Until, p.More, p.Finish = "depositaire.valmont.example", "K7QM-2XRD-9FTW-HB4N", ago(-3), "/start/invitations", "/start/done"
		}),
		"start_done": of(out, func(p *StartDonePage, b web.Page) { p.Page = b }, func(p *StartDonePage) { p.Organisation, p.Works = "CCAS de Valmont", true }),
	}
}

func manyCases(n int) []CaseRow {
	names := []string{"Nadia Mokrani", "Jean Lefèvre", "Aïssatou Diallo", "Piotr Kowalczyk", "Youssef Benali"}
	var rows []CaseRow
	for i := range n {
		rows = append(rows, CaseRow{
			ID: "k" + string(rune('a'+i%26)) + string(rune('a'+i/26)), Name: words(names[i%len(names)]),
			Referent: "Karim Benaïssa", ReferentMe: i%2 == 0, MayNote: true,
		})
	}
	return rows
}

func peopleSamples(in web.Page) map[string]maker {
	form := func(p *PersonForm) {
		p.Words = PersonWords{LastName: words("Mokrani"), Birth: words("31/02/88"), Phone: words("06 00 00 00 00"), Contact: words("SMS seulement")}
		p.Answers.Language, p.NoVoice = record.AnswerDeclined, true
		p.Errors = []*fault.Error{fault.Field("called", "form.missing"), fault.Field("birth", "fault.birth")}
	}
	opened := in
	opened.Seal = true
	return map[string]maker{
		"today": of(opened, func(p *TodayPage, b web.Page) { p.Page = b }, func(p *TodayPage) {
			p.Nav, p.MayCreate, p.Flash = "today", true, "note_saved"
			p.Drafts = []DraftRow{{"d1", words("Jean Lefèvre"), record.NoteCall, words("Bailleur rappelé, plan…"), monday.Add(-21 * time.Minute)}, {"d2", words("Samir"), "", words(""), ago(1)}}
			p.Welcomes = []WelcomeRow{{"m7", "Lucie", "Action sociale"}}
			p.Works, p.Agenda = true, sampleDay(false)
		}),
		"agenda": of(opened, func(p *AgendaPage, b web.Page) { p.Page = b }, func(p *AgendaPage) {
			p.Nav, p.Day, p.Agenda = "today", monday, sampleDay(true)
		}),
		"agenda-empty": of(in, func(p *AgendaPage, b web.Page) { p.Page = b }, func(p *AgendaPage) {
			p.Nav, p.Day, p.Agenda = "today", ago(-1), Day{Date: "2026-11-24", Before: "/agenda/2026-11-23", After: "/agenda/2026-11-25", MayGive: true}
		}),
		"appointment": of(in, func(p *AppointmentPage, b web.Page) { p.Page = b }, func(p *AppointmentPage) {
			sampleAppointment(p)
			p.Services = []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Logement"}}
			p.Errors = []*fault.Error{fault.Field("called", "fault.name_missing"), fault.Field("hour", "fault.hour_skipped"), fault.Field("member", "form.choice")}
		}),
		"appointment-move": of(opened, func(p *AppointmentPage, b web.Page) { p.Page = b }, func(p *AppointmentPage) {
			sampleAppointment(p)
			p.Version, p.Action, p.WithPerson, p.Name, p.Presence = "1", "/appointments/a1", true, words("Nadia Mokrani"), record.Cancelled
		}),
		"today-first": of(in, func(p *TodayPage, b web.Page) { p.Page = b }, func(p *TodayPage) { p.Nav, p.FirstDay, p.MayCreate = "today", true, true }),
		"person_new": of(in, func(p *PersonNewPage, b web.Page) { p.Page = b }, func(p *PersonNewPage) {
			form(&p.PersonForm)
			p.Words.Called = words("Nadia Mokrani 2/4/88\nKarim 31/02/85")
			p.Errors = []*fault.Error{{Kind: fault.Invalid, Field: "called", Key: "fault.line_date", Line: 2}}
			p.ThenNote, p.Services = true, []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Logement"}}
		}),
		"household": of(opened, func(p *HouseholdPage, b web.Page) { p.Page = b }, func(p *HouseholdPage) {
			p.Draft, p.ID, p.Natures = "d1", "p1", record.Natures()
			p.Adults, p.Children, p.Ageless = 2, 1, 1
			p.Rows = []HouseholdRow{
				{N: 1, Name: words("Nadia Mokrani"), Birth: time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC), Age: 38, Known: true},
				{N: 2, Name: words("Karim Mokrani"), Age: 41, Known: true, Nature: record.NaturePartner},
				{N: 3, Name: words("Sami"), Age: 9, Known: true, Nature: record.NatureChild},
				{N: 4, Name: words("Fatma Haddad"), Nature: record.NatureOther, Near: []NearRow{
					{PersonRow{"p7", words("Fatma Hadad"), time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), 76}, true}, {PersonRow{"p8", words("Fatma Haddad"), time.Time{}, 0}, false},
				}},
			}
			p.Errors = []*fault.Error{{Kind: fault.Invalid, Field: "same", Key: "fault.choose", Line: 4}}
		}),
		"contact": of(opened, func(p *ContactPage, b web.Page) { p.Page = b }, func(p *ContactPage) {
			p.ID, p.Name, p.Version, p.Answer, p.Answered = "p1", words("Nadia Mokrani"), 2, asked, []string{asked, "unasked", "declined", "known"}
			p.Ways = []Choice{{ID: "call"}, {ID: "sms", Chosen: true}}
			p.Hours, p.Answerer, p.IfOther, p.Contact = words("Avant 17 h."), words("Sa sœur."), words("Dire que c’est la bibliothèque."), words("Jamais le soir.")
			p.Errors = []*fault.Error{fault.Field("hours", "fault.too_long")}
		}),
		"relations": of(opened, func(p *RelationsPage, b web.Page) { p.Page = b }, func(p *RelationsPage) {
			p.ID, p.Name, p.Family, p.Filter, p.Looked, p.Nature = "p1", words("Nadia Mokrani"), family(), words("mok"), true, record.NatureChild
			p.Offered = []PersonRow{{"p2", words("Samir Mokrani"), time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC), 38}, {"p5", words("Zoé"), time.Time{}, 0}}
			p.Errors = []*fault.Error{fault.Field("kin", "form.choice")}
		}),
		"merge": of(opened, func(p *MergePage, b web.Page) { p.Page = b }, func(p *MergePage) {
			p.ID, p.Name, p.Filter, p.Looked = "p1", words("Nadia Mokrani"), words("mok"), true
			p.Offered = []PersonRow{{"p2", words("Nadya Mokrany"), time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC), 38}}
			p.Errors = []*fault.Error{fault.Field("kin", "form.choice")}
		}),
		"relation": of(opened, func(p *RelationPage, b web.Page) { p.Page = b }, func(p *RelationPage) {
			p.ID, p.PersonID, p.Name, p.Called, p.Version, p.MaySeparate = "r1", "p1", words("Nadia Mokrani"), words("Karim Mokrani"), 2, true
			p.Nature, p.Since, p.Custody = record.NaturePartner, words("2014"), words("Une semaine sur deux.")
		}),
		"person_edit": of(opened, func(p *PersonEditPage, b web.Page) { p.Page = b }, func(p *PersonEditPage) {
			form(&p.PersonForm)
			p.ID, p.Version, p.By, p.At = "p1", "3", "Karim Benaïssa", monday
			p.Theirs = &PersonWords{Called: words("Nadia"), Phone: words("06 11 11 11 11")}
		}),
		"persons": of(opened, func(p *PersonsPage, b web.Page) { p.Page = b }, func(p *PersonsPage) {
			p.Nav, p.MayNote, p.MayCreate, p.Filter, p.Among = "persons", true, true, words("mok"), 2000
			p.Persons = []PersonRow{{"p1", words("Nadia Mokrani"), time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC), 38}, {"p2", words("Samir"), time.Time{}, 40}}
		}),
		"search": of(opened, func(p *SearchPage, b web.Page) { p.Page = b }, func(p *SearchPage) {
			p.Nav, p.ID, p.MayNote, p.MayCreate, p.Search = "search", "s1", true, true, words("mokrany 88")
			p.Found = []FoundRow{
				{ID: "p1", Name: words("Nadia Mokrani"), Birth: time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC), Age: 38, ReferentMe: true},
				{ID: "p2", Name: words("Samir Mokran"), Age: 38, Referent: "Karim Benaïssa"},
			}
		}),
		"search-none": of(in, func(p *SearchPage, b web.Page) { p.Page = b }, func(p *SearchPage) {
			p.Nav, p.ID, p.MayCreate, p.Search = "search", "s1", true, words("xqz")
		}),
		"imports": of(in, func(p *ImportsPage, b web.Page) { p.Page = b }, func(p *ImportsPage) {
			p.Services = []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Logement"}}
			p.Lists = []ListRow{{ID: "l1", At: monday, Waits: true, Lines: 71}, {ID: "l2", At: monday, Received: 60, Until: monday.AddDate(0, 0, 30)}}
		}),
		"import": of(opened, func(p *ImportPage, b web.Page) { p.Page = b }, func(p *ImportPage) {
			p.ID, p.Fresh, p.Alike, p.Refused = "l1", 2, 2, 1
			p.Taken, p.Left = []exchange.Column{{Heading: "Prénom*", Field: exchange.FirstName}, {Heading: "Nom*", Field: exchange.FamilyName}}, []string{"NIR", "Situation"}
			p.Told = []ImportRow{
				{Line: 4, Name: words("LOÏC AIT OUALI"), Birth: time.Date(1973, 9, 7, 0, 0, 0, 0, time.UTC), Outcome: exchange.Alike, Of: 2, OfName: words("Loïc Ait Ouali"), Remarks: []RemarkRow{{"birth", "not_a_date"}}},
				{Line: 5, Name: words("Youssef Autre"), Outcome: exchange.Refused, Remarks: []RemarkRow{{"reference", "number_taken"}}},
				{Line: 7, Name: words("Fatma Hadad"), Outcome: exchange.Alike, Known: true, Near: []PersonRow{{"p7", words("Fatma Haddad"), time.Date(1950, 1, 2, 0, 0, 0, 0, time.UTC), 76}}},
				{Line: 6, Name: words("Zoé N'Guyen"), SamePhone: words("Loïc N'Guyen"), PhoneLine: 3},
			}
			p.Rows = []ImportRow{{Line: 2, Name: words("Loïc Ait Ouali"), Birth: time.Date(1973, 9, 7, 0, 0, 0, 0, time.UTC)}, {Line: 3, Name: words("Loïc N'Guyen"), Age: 40}}
		}),
		"person": of(opened, func(p *PersonPage, b web.Page) { p.Page = b }, func(p *PersonPage) {
			p.ID, p.Name, p.Age, p.Birth = "p1", words("Nadia Mokrani"), 38, time.Date(1988, 4, 2, 0, 0, 0, 0, time.UTC)
			p.Phone, p.Contact = words("06 00 00 00 00"), words("SMS seulement.")
			p.Answers.Language, p.Services, p.Cases = record.AnswerUnwritten, []string{"Action sociale", "Logement"}, manyCases(1)
			p.Reference = words("SI-1004")
			p.Email, p.Address = words("nadia@exemple.test"), []confided.Text{words("12 rue des Lilas"), words("42000 Saint-Étienne")}
			p.MayNote, p.MayEdit, p.MayRefer, p.NoVoice, p.Family = true, true, true, true, family()
			p.Other = &OtherRecord{ID: "p9", Name: words("Nadya Mokrany"), Age: 38, Phone: words("06 00 00 00 01"), Contact: words("Jamais le soir."), Until: ago(-20)}
			p.Reaching = Reaching{Hours: words("Avant 17 h."), Answerer: words("Sa sœur."), IfOther: words("Rappeler."), Forbidden: []record.ContactWay{record.WayCall}, Asked: ago(3)}
		}),
		"person_refer": of(in, func(p *PersonReferPage, b web.Page) { p.Page = b }, func(p *PersonReferPage) {
			p.ID, p.Name, p.Service, p.Colleagues = "p1", words("Nadia Mokrani"), "Action sociale", colleagues()
			p.Errors = []*fault.Error{fault.Field("member", "form.choice")}
		}),
		"cases": of(opened, func(p *CasesPage, b web.Page) { p.Page = b }, func(p *CasesPage) {
			p.Nav, p.Cases, p.More = "cases", manyCases(25), "/cases?from=k9"
		}),
	}
}

func family() Family {
	return Family{
		{ID: "r1", PersonID: "p2", Name: words("Sami"), Called: words("Sami Mokrani"), Age: 9, Nature: record.NatureChild, Custody: words("Une semaine sur deux.")},
		{ID: "r2", PersonID: "p3", Name: words("Inès"), Called: words("Inès Mokrani"), Age: 4, Nature: record.NatureChild, Since: "2/11/2022"},
		{ID: "r3", PersonID: "p4", Name: words("Karim"), Called: words("Karim Mokrani"), Nature: record.NaturePartner, Until: "2024", Sealed: true},
		{ID: "r4", PersonID: "p5", Name: words("Marc Vidal"), Called: words("Marc Vidal"), Nature: record.NatureApart, Sealed: true},
	}
}

func colleagues() []Choice {
	return []Choice{{ID: "m2", Name: "Karim Benaïssa", Detail: "Travail social"}, {ID: "m3", Name: "Lucie Petit", Detail: "Travail social", Chosen: true}}
}

func audience(ink Ink) Audience {
	return Audience{
		Ink: ink, Me: true, Readers: []string{"Karim Benaïssa", "Lucie Petit"}, Person: words("Mme Mokrani"), Team: "Action sociale",
		Emergency: Emergency{Names: []string{"Paul Roche", "Sara Thévenet", "Inès Garcia", "Marc Colin", "Anne Weber", "Léa Simon"}},
	}
}

func timeline() []NoteView {
	note := func(id string, ink Ink, days int, kind record.NoteKind, text string) NoteView {
		return NoteView{ID: id, Words: words(text), Meta: Meta{Ink: ink, Author: "Karim Benaïssa", Day: ago(days), Kind: kind, ReadBy: 2, ReadOf: 3}}
	}
	a := note("n1", InkCase, 3, record.NoteCall, "Bailleur rappelé. Il accepte d’attendre la décision du FSL ; plan d’apurement envoyé ce matin.")
	b := note("n2", InkShared, 11, record.NoteInterview, "Dossier FSL rempli ensemble.\nIl manque la quittance d’octobre : Mme Mokrani la demande à son agence.")
	b.Mine, b.ReadUpToHere, b.Corrected, b.MayCorrect, b.MayNarrow, b.MayMove = true, true, true, true, true, true
	c := note("n3", InkReserved, 11, record.NoteInterview, "Ce qu’elle a dit ce jour-là ne regarde que nous deux. Reprendre doucement à la prochaine visite.")
	c.Mine, c.Named, c.Origin, c.MayNarrow, c.HideRead = true, []string{"Lucie Petit"}, record.OriginPerson, true, true
	d := note("n4", InkScratch, 12, record.NoteOther, "Penser à l’association de quartier pour l’alphabétisation.")
	d.Mine, d.Erases, d.ReadOf = true, ago(-19), 0
	return []NoteView{a, b, c, {ID: "n5", Moved: true, MovedBy: "Karim Benaïssa", MovedAt: ago(12)}, d}
}

func caseSamples(in web.Page) map[string]maker {
	in.Seal, in.Nav = true, "cases"
	return map[string]maker{
		"case": of(in, func(p *CasePage, b web.Page) { p.Page = b }, func(p *CasePage) {
			p.ID, p.PersonID, p.Name, p.Age, p.ReferentMe, p.MayNote = "k1", "p1", words("Nadia Mokrani"), 38, true, true
			p.Language, p.Contact = words("arabe"), words("Préfère les SMS, jamais le soir.")
			p.NoVoice, p.Family, p.Reaching = true, family(), Reaching{Again: true}
			p.Service, p.Opened, p.Notes, p.Readers = "Action sociale", ago(280), timeline(), audience(InkCase)
			p.Beside = []PartReader{{"Paul Roche", 2}}
		}),
		"case-empty": of(in, func(p *CasePage, b web.Page) { p.Page = b }, func(p *CasePage) {
			p.ID, p.PersonID, p.Name, p.Referent, p.Readers = "k1", "p1", words("Aïssatou"), "Karim Benaïssa", audience(InkCase)
		}),
		"count": of(in, func(p *CountPage, b web.Page) { p.Page = b }, func(p *CountPage) {
			p.Nav, p.Medium, p.Mediums, p.Theme, p.Themes = "today", record.AtOffice, record.Mediums(), record.ThemeHousing, record.Themes()
			p.Services = []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Insertion"}}
		}),
		"counted": of(in, func(p *CountedPage, b web.Page) { p.Page = b }, func(p *CountedPage) {
			p.Nav, p.ID, p.Service, p.Medium, p.Theme, p.Times = "today", "f1", "Action sociale", record.ByPhone, record.ThemeUnasked, 12
		}),
		"counted-over": of(in, func(p *CountedPage, b web.Page) { p.Page = b }, func(p *CountedPage) {
			p.Nav, p.ID, p.Over = "today", "f1", true
		}),
		"case_search": of(in, func(p *CaseSearchPage, b web.Page) { p.Page = b }, func(p *CaseSearchPage) {
			p.ID, p.Name, p.Within = "k1", words("Nadia Mokrani"), words("bailleur plan")
			p.Notes = timeline()[:1]
			p.Notes[0].Words = words("Bailleur rappelé, plan d’apurement envoyé.")
		}),
		"case_search-none": of(in, func(p *CaseSearchPage, b web.Page) { p.Page = b }, func(p *CaseSearchPage) {
			p.ID, p.Name, p.Within = "k1", words("Nadia Mokrani"), words("xqz")
		}),
		"case_search-forgotten": of(in, func(p *CaseSearchPage, b web.Page) { p.Page = b }, func(p *CaseSearchPage) {
			p.ID, p.Forgotten = "k1", true
		}),
		"readers": of(in, func(p *ReadersPage, b web.Page) { p.Page = b }, func(p *ReadersPage) {
			p.ID, p.Name, p.Reader, p.MayAdd, p.Emergency = "k1", words("Nadia Mokrani"), "Julie Martin", true, audience(InkCase).Emergency
			p.Rows = []ReaderRow{
				{Grant: "g1", Name: "Julie Martin", Me: true, Referent: true, Identity: true, Case: true, Shared: true, Since: ago(280)},
				{Grant: "g2", Name: "Karim Benaïssa", Reason: record.ReasonReplacement, Identity: true, Case: true, Shared: true, Reserved: 1, Since: ago(3), Until: ago(-13), Stoppable: true},
				{Name: "Action sociale", Reception: 4, Identity: true},
			}
			p.Readings = []ReadingRow{{ago(1), "Karim Benaïssa", false, true, 4}, {ago(3), "Julie Martin", true, false, 1}}
			p.Notes = []NoteRef{{ID: "n1", Day: ago(3), Kind: record.NoteCall}, {ID: "n2", Day: ago(11), Kind: record.NoteInterview, Chosen: true}}
		}),
		"witness": of(in, func(p *WitnessPage, b web.Page) { p.Page = b }, func(p *WitnessPage) {
			p.Seen, p.Number, p.Print = ago(9), 48211, "QEZo9iTtENbm14CBhCvS1xNqbS160mQP14XV4eDTu4Y="
		}),
		"receipt": of(in, func(p *ReceiptPage, b web.Page) { p.Page = b }, func(p *ReceiptPage) {
			p.ID, p.Grant, p.Name, p.Who, p.By = "k1", "g2", words("Nadia Mokrani"), "Karim Benaïssa", "Julie Martin"
			p.Function, p.Reason, p.Case, p.Shared = record.RoleWorker, record.ReasonReplacement, true, true
			p.Since, p.Until, p.Service, p.House, p.Number = ago(3), ago(-13), "Action sociale", "CCAS de Valombre", 1204
			p.Key = "depositaire.org/journal/jgj894dhapnr2r1eznxayxnxx4+0d7d75e4+AX7Q"
		}),
		"reader_add": of(in, func(p *ReaderAddPage, b web.Page) { p.Page = b }, func(p *ReaderAddPage) {
			p.ID, p.Name, p.Notes, p.Colleagues, p.Reasons, p.Until = "k1", words("Nadia Mokrani"), 12, colleagues(), record.UsualReasons(), "31/02/2027"
			p.Errors = []*fault.Error{fault.Field("member", "form.choice"), fault.Field("reason", "form.choice"), fault.Field("until", "form.day")}
		}),
	}
}

func noteSamples(in web.Page) map[string]maker {
	in.Nav = "cases"
	opened := in
	opened.Seal = true
	fill := func(p *NotePage) {
		p.ID, p.Action, p.Cancel, p.Preview, p.DraftTo, p.DraftID = "n9", "/cases/k1/notes", "/cases/k1", "/cases/k1/audience", "/drafts/d1", "d1"
		p.DraftAt, p.Version, p.Name = monday, "1", words("Nadia Mokrani")
		p.Words = words("Quittance d’octobre reçue, dossier FSL complet. Relancer la CAF pour l’APL.")
		p.Kind, p.Kinds, p.Date, p.Origins = record.NoteInterview, record.NoteKinds(), monday, record.Origins()
		p.Ink, p.Inks, p.Usual, p.Readers, p.Audience = InkCase, NoteInks(), InkCase, colleagues(), audience(InkCase)
	}
	return map[string]maker{
		"note": of(in, func(p *NotePage, b web.Page) { p.Page = b }, fill),
		"note-conflict": of(in, func(p *NotePage, b web.Page) { p.Page = b }, func(p *NotePage) {
			fill(p)
			p.Correct, p.Ink = true, InkReserved
			p.Audience = Audience{Ink: InkReserved, Me: true, Readers: []string{"A B", "C D", "E F", "G H", "I J", "K L", "M N", "O P"}, Team: "Logement", Emergency: Emergency{Never: true}}
			p.Theirs = &WordsBy{words("Quittance d’octobre reçue le 20."), "Karim Benaïssa", monday}
			p.Older = &WordsBy{words("Un premier jet."), "", ago(0).Add(-time.Hour)}
			p.Errors = []*fault.Error{fault.Field("words", "form.missing"), fault.Field("day", "form.day"), fault.Field("ink", "form.choice")}
		}),
		"note-from": of(opened, func(p *NotePage, b web.Page) { p.Page = b }, func(p *NotePage) {
			fill(p)
			row := sampleDay(false).Rows[0]
			p.From, p.Minutes = &row, row.Minutes
		}),
		"note-first": of(in, func(p *NotePage, b web.Page) { p.Page = b }, func(p *NotePage) {
			fill(p)
			p.Opens, p.Words, p.Ink, p.Alert = true, words(""), InkScratch, "fault.unavailable"
			p.Audience = Audience{Ink: InkScratch, Me: true, Emergency: Emergency{Never: true}}
		}),
		"note_readers": of(in, func(p *NoteReadersPage, b web.Page) { p.Page = b }, func(p *NoteReadersPage) {
			p.ID, p.CaseID, p.Name, p.Meta = "n2", "k1", words("Nadia Mokrani"), timeline()[1].Meta
			p.Readers = []NoteReader{{ID: "m1", Name: "Julie Martin", Me: true, Wrote: true}, {ID: "m2", Name: "Karim Benaïssa", Removable: true, Read: ago(2)}, {ID: "m3", Name: "Lucie Petit", Removable: true}}
			p.Colleagues, p.Reasons, p.Emergency = []Choice{{ID: "m4", Name: "Paul Roche", Detail: "Logement"}}, record.UsualReasons(), Emergency{Off: true}
			p.Errors = []*fault.Error{fault.Field("member", "form.choice")}
		}),
		"document_new": of(opened, func(p *DocumentNewPage, b web.Page) { p.Page = b }, func(p *DocumentNewPage) {
			p.ID, p.Action, p.Cancel, p.Name, p.Title, p.Date, p.Most = "d1", "/cases/k1/documents", "/cases/k1", words("Nadia Mokrani"), words("Quittance d’octobre"), monday, 20
			p.Beside, p.Audience = monday, Audience{Document: true, Ink: InkCase, Me: true, Readers: []string{"Karim Benaïssa"}, Team: "Action sociale"}
			p.Errors = []*fault.Error{fault.Field("title", "form.missing"), fault.Field("day", "form.day"), fault.Field("file", "fault.file_type")}
		}),
		"document": of(opened, func(p *DocumentPage, b web.Page) { p.Page = b }, func(p *DocumentPage) {
			p.ID, p.CaseID, p.Title, p.Dated, p.At, p.Author, p.Media, p.Length = "d1", "k1", words("Quittance d’octobre"), monday, monday, "Karim Benaïssa", "image", 3<<20
			p.Image, p.Shown, p.Mine, p.MayRemove = true, true, true, true
			p.Audience = Audience{Document: true, Ink: InkCase, Me: true, Readers: []string{"Karim Benaïssa"}, Team: "Action sociale"}
			p.Errors = []*fault.Error{fault.Field("why", "form.missing")}
		}),
		"document-removed": of(in, func(p *DocumentPage, b web.Page) { p.Page = b }, func(p *DocumentPage) {
			p.ID, p.CaseID, p.Removed, p.Author, p.At, p.Why, p.Gone = "d1", "k1", true, "Karim Benaïssa", monday, words("Celle d’une autre"), monday.AddDate(0, 0, 35)
		}),
		"note_move": of(opened, func(p *NoteMovePage, b web.Page) { p.Page = b }, func(p *NoteMovePage) {
			p.ID, p.CaseID, p.Meta, p.Words, p.Cases = "n2", "k1", timeline()[1].Meta, words("Vu ce matin."), manyCases(4)
		}),
		"note_result": of(in, func(p *NoteResultPage, b web.Page) { p.Page = b }, func(p *NoteResultPage) {
			p.Act, p.CaseID, p.Had = "narrowed", "k1", []ReadBy{{"Karim Benaïssa", false, ago(1)}, {"", true, ago(2)}}
		}),
		"note_versions": of(opened, func(p *NoteVersionsPage, b web.Page) { p.Page = b }, func(p *NoteVersionsPage) {
			p.CaseID, p.Name, p.Meta = "k1", words("Nadia Mokrani"), timeline()[1].Meta
			p.Versions = []VersionView{{2, words("Il manque la quittance d’octobre."), "", true, ago(1)}, {1, words("Il manque la quittance."), "Karim Benaïssa", false, ago(2)}}
		}),
	}
}

func houseSamples(out, in web.Page) map[string]maker {
	return map[string]maker{
		"security": of(in, func(p *SecurityPage, b web.Page) { p.Page = b }, func(p *SecurityPage) {
			p.Nav, p.Alone, p.Before, p.DayCode = "security", true, ago(-7), true
			p.Slots = []SlotRow{
				{ID: "l1", Kind: "passphrase", Made: ago(90), Proved: ago(1), Opens: true},
				{ID: "l2", Kind: "paper", Made: ago(90), Opens: true},
				{ID: "l3", Kind: "passkey", Made: ago(20), Proved: ago(0), Opens: true, Label: words("clé bleue"), MayRemove: true},
				{ID: "l4", Kind: "passkey", Made: ago(20)},
			}
			p.Devices = []DeviceRow{{"h1", "desk", ago(90), true}, {"h2", "phone", ago(9), false}, {"h3", "", ago(200), false}}
			p.Sessions = []SessionRow{{"x1", monday, true}, {"x2", ago(1), false}}
		}),
		"administration": of(in, func(p *AdministrationPage, b web.Page) { p.Page = b }, func(p *AdministrationPage) {
			p.Nav, p.Admin, p.Organisation, p.Officer = "administration", true, "CCAS de Valmont", true
			p.Services = []ServiceRow{{"s1", "Action sociale", []record.MissionCode{record.MissionGeneral, record.MissionRSA}, true, 2, true, true}, {"s2", "Logement", []record.MissionCode{record.MissionHousing}, false, 0, false, false}}
			p.Members = []MemberRow{
				{"m1", "Julie Martin", "julie.martin@valmont.example", "active", []FunctionRow{{record.RoleLead, "Action sociale"}, {record.RoleAdministrator, ""}}, true, true},
				{"m2", "Karim Benaïssa", "karim.benaissa@valmont.example", "active", []FunctionRow{{record.RoleWorker, "Action sociale"}}, false, true},
				{"m4", "Paul Roche", "paul.roche@valmont.example", "closed", nil, false, false},
			}
			p.Waiting = []InvitedRow{{"i1", "Lucie Petit", record.RoleWorker, "Action sociale", ago(-3)}}
			p.Alarms = []AlarmRow{{true, p.T("upkeep.no_backup"), p.T("upkeep.no_backup_next")}, {false, p.T("upkeep.audited", 31), ""}}
		}),
		"service": of(in, func(p *ServicePage, b web.Page) { p.Page = b }, func(p *ServicePage) {
			p.ID, p.Name, p.Missions, p.Members = "s1", "Action sociale", []record.MissionCode{record.MissionGeneral}, colleagues()
			p.Ink, p.Inks = InkCase, []Ink{InkCase, InkReserved}
			p.Emergency, p.Holders = true, []string{"Julie Martin", "Karim Benaïssa"}
			p.Errors = []*fault.Error{fault.Field("readers", "form.choice")}
		}),
		"member": of(in, func(p *MemberPage, b web.Page) { p.Page = b }, func(p *MemberPage) {
			p.ID, p.Name, p.Login, p.Close = "m2", "Karim Benaïssa", "karim.benaissa@valmont.example", "/administration/members/m2/close"
			p.Functions = []HeldFunction{
				{FunctionRow{record.RoleWorker, "Action sociale"}, "/administration/members/m2/functions/worker-s1/end"},
				{FunctionRow{record.RoleDPO, ""}, "/administration/members/m2/functions/dpo/end"},
			}
			p.Role, p.Roles = record.RoleLead, slices.Concat(record.ServiceRoles(), record.HouseRoles())
			p.Services = []Choice{{ID: "s1", Name: "Action sociale", Chosen: true}, {ID: "s2", Name: "Logement"}}
			p.Errors = []*fault.Error{fault.Field("role", "fault.function_held")}
		}),
		"ending": of(in, func(p *EndingPage, b web.Page) { p.Page = b }, func(p *EndingPage) {
			p.Action, p.Cancel, p.Name, p.FirstName = "/administration/members/m2/functions/worker-s1/end", "/administration/members/m2", "Karim Benaïssa", "Karim"
			p.Function, p.Leaves, p.Emergency, p.Cases, p.Carries = FunctionRow{record.RoleWorker, "Action sociale"}, true, true, 3, 1
			p.Left = []FunctionRow{{record.RoleReception, "Logement"}, {record.RoleDPO, ""}}
		}),
		"ending-role": of(in, func(p *EndingPage, b web.Page) { p.Page = b }, func(p *EndingPage) {
			p.Action, p.Cancel, p.Name, p.FirstName = "/administration/members/m2/functions/worker-s1/end", "/administration/members/m2", "Karim Benaïssa", "Karim"
			p.Function, p.Left = FunctionRow{record.RoleWorker, "Action sociale"}, []FunctionRow{{record.RoleLead, "Action sociale"}}
		}),
		"ending-refused": of(in, func(p *EndingPage, b web.Page) { p.Page = b }, func(p *EndingPage) {
			p.Cancel, p.Name, p.FirstName, p.Alert = "/administration/members/m2", "Karim Benaïssa", "Karim", "fault.alone_in_cases"
			p.Function, p.Leaves, p.Cases, p.Left = FunctionRow{record.RoleWorker, "Action sociale"}, true, 1, []FunctionRow{{record.RoleDPO, ""}}
		}),
		"ending-account": of(in, func(p *EndingPage, b web.Page) { p.Page = b }, func(p *EndingPage) {
			p.Action, p.Cancel, p.Name, p.FirstName, p.Close = "/administration/members/m2/close", "/administration/members/m2", "Karim Benaïssa", "Karim", true
			p.Leaves, p.Cases, p.Carries, p.Alone = true, 12, 4, 1
		}),
		"service_name": of(in, func(p *ServiceNamePage, b web.Page) { p.Page = b }, func(p *ServiceNamePage) {
			p.Action, p.Name, p.Has = "/administration/services/s1/name", "Action sociale", []record.MissionCode{record.MissionGeneral, record.MissionRSA}
			p.Missions = []MissionChoice{{record.MissionHousing, true}, {record.MissionDomicile, false}}
			p.Errors = []*fault.Error{fault.Field("service", "fault.service_taken"), fault.Field("mission", "form.choice")}
		}),
		"service_name-new": of(in, func(p *ServiceNamePage, b web.Page) { p.Page = b }, func(p *ServiceNamePage) {
			p.Action, p.New = "/administration/services/new", true
			for _, c := range record.Missions() {
				p.Missions = append(p.Missions, MissionChoice{Code: c})
			}
		}),
		"error": of(in, func(p *web.ErrorPage, b web.Page) { p.Page = b }, func(p *web.ErrorPage) {
			p.Kind, p.Sentence, p.Next, p.Number = fault.Unavailable, "fault.unavailable", "fault.unavailable.next", "094200-1a"
			p.Typed = []web.Typed{{Name: "words", Words: words("Quittance reçue.")}}
		}),
		"continue": of(out, func(p *web.ContinuePage, b web.Page) { p.Page = b }, func(p *web.ContinuePage) { p.To = "/cases/k2v7" }),
		"error-withheld": of(in, func(p *web.ErrorPage, b web.Page) { p.Page = b }, func(p *web.ErrorPage) {
			p.Kind, p.Sentence, p.Next = fault.Withheld, "fault.withheld", "fault.withheld.next"
		}),
	}
}

// sampleDay is a day of hers, or of the house at its desk.
func sampleDay(desk bool) Day {
	d := Day{Today: !desk, Date: "2026-11-23", Before: "/agenda/2026-11-22", After: "/agenda/2026-11-24", MayGive: true}
	at := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, time.UTC) }
	d.Rows = []AppointmentRow{
		{ID: "a1", Start: at(9, 0), Minutes: 30, Name: words("Nadia Mokrani"), PersonID: "p1", Medium: record.AtOffice, Spot: words("Bureau 2"), MayNote: !desk, MayMark: true},
		{ID: "a2", Start: at(10, 30), Minutes: 60, Name: words("Jean Lefèvre"), PersonID: "p2", Medium: record.AtHome, Presence: record.Came, MayNote: !desk, MayMark: true},
		{ID: "a3", Start: at(11, 15), Minutes: 20, Name: words("La dame au parapluie bleu"), Medium: record.AtOffice, Presence: record.Cancelled, MayMark: true},
		{ID: "a4", Start: at(14, 0), Minutes: 30, Name: words("Monsieur R."), Medium: record.ByPhone, MayReceive: true, MayMark: true},
	}
	if desk {
		for i := range d.Rows {
			d.Rows[i].Desk, d.Rows[i].With = true, "Karim Benaïssa"
		}
	}
	return d
}

func sampleAppointment(p *AppointmentPage) {
	p.ID, p.Action, p.Cancel, p.TypedDay, p.TypedHour = "a1", "/appointments/new", "/today", "29/3/2026", "2 h"
	p.Length, p.Lengths, p.Medium, p.Mediums = 30, lengths(), record.AtOffice, record.Mediums()
	p.Colleagues, p.Spot, p.Readers = colleagues(), words("Bureau 2"), []string{"Action sociale"}
}
