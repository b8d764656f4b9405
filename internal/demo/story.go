// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"context"
	"time"

	"depositaire.org/depositaire/internal/agenda"
	"depositaire.org/depositaire/internal/casework"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// days is how far back the story begins.
const days = 21

// The people of the story, by the names of staff.
const (
	lead      = "Sophie Lambert"
	reception = "Karim Benali"
	lucie     = "Lucie Moreau"
	thomas    = "Thomas Ndiaye"
	ines      = "Inès Carvalho"
)

// line is one note of the story. The first on somebody opens her dossier.
type line struct {
	day     int // since the beginning
	by      string
	person  int
	ink     record.CircleKind
	named   []string // of a reserved note
	kind    record.NoteKind
	origin  record.Origin
	minutes int
	words   string
}

// lines are what was written, in order. Every word is invented.
func lines() []line {
	return []line{
		{2, lucie, 0, record.CaseCircle, nil, record.NoteInterview, record.OriginPerson, 45, "Vient pour une facture d'électricité de 412 € reçue hier. Deux enfants, travaille à mi-temps. Souhaite d'abord comprendre ce qu'elle doit payer ; nous appelons le fournisseur ensemble au prochain rendez-vous."},
		{3, ines, 9, record.CaseCircle, nil, record.NoteVisit, record.OriginObserved, 60, "Visite au logement. Humidité dans la chambre, fenêtre qui ne ferme plus. Photos prises par Monsieur, gardées par lui. Il écrit au bailleur, je relis avec lui vendredi."},
		{4, lucie, 0, record.CaseCircle, nil, record.NoteCall, record.OriginThird, 10, "Le fournisseur accepte un échéancier en six fois et suspend la coupure. Courrier de confirmation annoncé sous huit jours."},
		{6, thomas, 1, record.CaseCircle, nil, record.NoteInterview, record.OriginPerson, 50, "Premier entretien à sa demande. Fin de droits au chômage le mois prochain. Veut reprendre la conduite de bus ; sa visite médicale est à refaire."},
		{7, lucie, 0, record.Reserved, nil, record.NoteInterview, record.OriginPerson, 30, "Me confie qu'elle a peur de recevoir des appels à la maison et ne veut pas en parler à d'autres pour l'instant. Je lui ai dit qui lirait ces lignes. Nous en reparlons quand elle le voudra."},
		{8, lucie, 2, record.CaseCircle, nil, record.NoteInterview, record.OriginPerson, 40, "Sort d'hospitalisation lundi. Demande une aide au retour à domicile, trois heures par semaine. Sa fille passe le dimanche."},
		{9, thomas, 1, record.Shared, nil, record.NoteProcedure, record.OriginUnsaid, 20, "Ce que nous avons décidé ensemble : prendre rendez-vous à la médecine préventive, rassembler trois relevés de carrière, revenir le 12 avec le courrier de l'agence."},
		{11, thomas, 3, record.CaseCircle, nil, record.NoteLetter, record.OriginDocument, 15, "Reçu la notification de la caisse : allocation logement suspendue faute de quittance. Monsieur apporte les deux dernières jeudi."},
		{12, lucie, 2, record.Shared, nil, record.NoteCall, record.OriginUnsaid, 10, "Le service d'aide à domicile commence mardi à 9 h. Numéro à appeler en cas d'absence : celui de l'accueil."},
		{13, lucie, 0, record.Scratchpad, nil, record.NoteOther, record.OriginUnsaid, 0, "Penser à demander pour la cantine. Relire l'échéancier avant mercredi."},
		{14, thomas, 1, record.CaseCircle, nil, record.NoteMeeting, record.OriginAnalysis, 30, "Point avec la conseillère emploi, Madame présente. Deux pistes : remplacement l'été, formation longue à l'automne. Elle choisit la première."},
		{16, ines, 9, record.CaseCircle, nil, record.NoteCall, record.OriginThird, 10, "Le bailleur annonce un passage de l'artisan la semaine prochaine, entre 8 h et 12 h."},
		{17, lucie, 0, record.Reserved, []string{thomas}, record.NoteInterview, record.OriginPerson, 25, "Elle accepte que Thomas soit au courant avant la visite que nous faisons à deux. Ne pas l'appeler après 18 h."},
		{19, lucie, 2, record.CaseCircle, nil, record.NoteVisit, record.OriginObserved, 35, "Premier passage de l'aide à domicile : la marche de l'entrée est dangereuse, devis demandé au menuisier."},
		{20, thomas, 3, record.CaseCircle, nil, record.NoteCall, record.OriginPerson, 5, "Quittances transmises ce matin. La caisse rétablit le versement, rappel compris, au prochain mois."},
	}
}

// teller writes the story, and remembers where things are.
type teller struct {
	*maker
	begin   time.Time
	persons []record.PersonID
	cases   map[int]record.CaseID // by person
	notes   []record.ObjectID     // by line
}

// tell receives a dozen people, writes five dossiers, then does once each what
// is done to a note: correct, widen, move, admit, read.
func (m *maker) tell(ctx context.Context) error {
	t := &teller{maker: m, begin: m.Clock.Now(), cases: map[int]record.CaseID{}}
	for _, step := range []func(context.Context) error{t.receive, t.assign, t.write, t.correct, t.widen, t.move, t.admit, t.read, t.expect} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// receive is reception's morning: nine people at the social service, three at
// the housing one.
func (t *teller) receive(ctx context.Context) error {
	names := newCast()
	for n := range story {
		by, service := reception, social
		if n >= 9 {
			by, service = ines, housing
		}
		u, err := t.unlock(ctx, by)
		if err != nil {
			return err
		}
		id := record.NewID[record.Person]()
		all := []people.Newcomer{{ID: id, Form: names.identity(n)}}
		if n == 0 {
			all[0].Form.Birth = "2/4/1988"
			all = append(all, children(all[0].Form)...)
		}
		if err := t.People.Receive(ctx, u, people.Household{Service: t.services[service], All: all}); err != nil {
			return err
		}
		t.persons = append(t.persons, id)
		t.Clock.Advance(9 * time.Minute)
	}
	return nil
}

// children are those of the first person of the story: a family of three.
func children(of people.Form) []people.Newcomer {
	var all []people.Newcomer
	for _, c := range []people.Form{{Name: "Sami", Birth: "9 ans"}, {Name: "Inès", Birth: "4 ans"}} {
		c.FamilyName = of.FamilyName
		all = append(all, people.Newcomer{ID: record.NewID[record.Person](), Form: c, Nature: record.NatureChild})
	}
	return all
}

// assign is the lead's: she opens a dossier for a colleague, and keeps no key.
func (t *teller) assign(ctx context.Context) error {
	u, err := t.unlock(ctx, lead)
	if err != nil {
		return err
	}
	t.cases[3] = record.NewID[record.Case]()
	return t.Cases.Assign(ctx, u, t.cases[3], t.persons[3], t.services[social], t.members[thomas])
}

func (t *teller) write(ctx context.Context) error {
	for _, l := range lines() {
		t.Clock.Set(t.begin.AddDate(0, 0, l.day))
		u, err := t.unlock(ctx, l.by)
		if err != nil {
			return err
		}
		d := t.draft(l)
		if t.cases[l.person], err = t.Casework.AddNote(ctx, u, d); err != nil {
			return err
		}
		t.notes = append(t.notes, d.ID)
		t.Clock.Advance(12 * time.Minute)
	}
	return nil
}

func (t *teller) draft(l line) casework.Draft {
	d := casework.Draft{
		ID: record.NewID[record.Object](), Case: t.cases[l.person], Person: t.persons[l.person],
		Ink: l.ink, Words: l.words, Kind: l.kind, Origin: l.origin, Minutes: l.minutes, Day: t.Clock.Now(),
	}
	for _, name := range l.named {
		d.Named = append(d.Named, t.members[name])
	}
	return d
}

// The lines that something is done to.
const (
	corrected = 2 // Lucie: eight days were five
	widened   = 4 // Lucie lets Thomas read what was reserved to her
)

func (t *teller) correct(ctx context.Context) error {
	l := lines()[corrected]
	u, err := t.unlock(ctx, l.by)
	if err != nil {
		return err
	}
	l.words = "Le fournisseur accepte un échéancier en six fois et suspend la coupure. Courrier de confirmation annoncé sous cinq jours."
	_, err = t.Casework.Correct(ctx, u, t.notes[corrected], 1, t.draft(l))
	return err
}

func (t *teller) widen(ctx context.Context) error {
	u, err := t.unlock(ctx, lucie)
	if err != nil {
		return err
	}
	return t.Casework.Widen(ctx, u, t.notes[widened], strongroom.Widening{To: t.members[thomas], Reason: record.ReasonPair})
}

// move takes a line written in the wrong dossier to the right one; a stub stays.
func (t *teller) move(ctx context.Context) error {
	wrong := line{
		day: 18, by: lucie, person: 2, ink: record.CaseCircle, kind: record.NoteCall, origin: record.OriginPerson, minutes: 5,
		words: "Rappelle que l'échéancier commence le 5 ; le premier versement est fait.",
	}
	u, err := t.unlock(ctx, wrong.by)
	if err != nil {
		return err
	}
	d := t.draft(wrong)
	if _, err := t.Casework.AddNote(ctx, u, d); err != nil {
		return err
	}
	_, err = t.Casework.Move(ctx, u, d.ID, t.cases[0])
	return err
}

// admit lets Thomas into one of Lucie's dossiers while she is away.
func (t *teller) admit(ctx context.Context) error {
	u, err := t.unlock(ctx, lucie)
	if err != nil {
		return err
	}
	until := record.Minute(t.begin.AddDate(0, 1, 0).Unix() / 60)
	return t.Cases.Admit(ctx, u, t.cases[2], strongroom.Widening{To: t.members[thomas], Reason: record.ReasonReplacement, Until: until})
}

// read is what colleagues have read, so that Lu par has somebody to name.
func (t *teller) read(ctx context.Context) error {
	for _, person := range []int{2, 0, 1} {
		t.Clock.Advance(3 * time.Hour)
		u, err := t.unlock(ctx, thomas)
		if err != nil {
			return err
		}
		if _, err := t.Casework.Timeline(ctx, u, t.cases[person]); err != nil {
			return err
		}
	}
	return nil
}

// coming is one appointment of the story's last day, or of the day after.
type coming struct {
	day    int // from the last one
	hour   string
	with   string
	person int    // -1: without a file
	alias  string // of who has none
	length int
	medium record.Medium
	spot   string
	said   record.Presence
}

func comings() []coming {
	return []coming{
		{0, "9h", lucie, 0, "", 30, record.AtOffice, "Bureau 2", record.Came},
		{0, "9h30", thomas, 1, "", 45, record.AtOffice, "Bureau 4", record.Missed},
		{0, "10h30", lucie, 2, "", 60, record.AtHome, "", record.Expected},
		{0, "11h15", thomas, -1, "La dame au parapluie bleu", 20, record.AtOffice, "", record.Arrived},
		{0, "14h", lucie, -1, "Monsieur R., sans dossier", 30, record.AtOffice, "Bureau 2", record.Expected},
		{0, "15h30", lucie, 5, "", 15, record.ByPhone, "", record.Expected},
		{1, "9h", lucie, 3, "", 30, record.AtOffice, "Bureau 2", record.Expected},
		{1, "14h", thomas, 0, "", 45, record.Outside, "Mairie annexe", record.Expected},
	}
}

// expect is reception's book for the last day and the next: with a file, and without.
func (t *teller) expect(ctx context.Context) error {
	t.Clock.Finish()
	last := t.Clock.Now()
	for _, c := range comings() {
		at, err := agenda.At(last.AddDate(0, 0, c.day), c.hour, last.Location())
		if err != nil {
			return err
		}
		f := agenda.Form{
			ID: record.NewID[record.Appointment](), Service: t.services[social], Member: t.members[c.with],
			Start: at, Length: c.length, Medium: c.medium, Spot: c.spot, Alias: c.alias,
		}
		if c.person >= 0 {
			f.Person = t.persons[c.person]
		}
		u, err := t.unlock(ctx, reception)
		if err != nil {
			return err
		}
		if err := t.Agenda.Give(ctx, u, f); err != nil {
			return err
		}
		if c.said == record.Came { // whose appointment it is says so
			u, err = t.unlock(ctx, c.with)
		}
		if err == nil {
			err = t.Agenda.Answer(ctx, u, f.ID, c.said)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
