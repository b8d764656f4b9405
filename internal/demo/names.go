// SPDX-License-Identifier: AGPL-3.0-or-later

package demo

import (
	"fmt"
	"strings"

	"depositaire.org/depositaire/internal/demo/crowd"
	"depositaire.org/depositaire/internal/people"
	"depositaire.org/depositaire/internal/record"
)

// cast is where names are drawn from: of varied origins, paired by arithmetic.
// Who comes out exists nowhere.
type cast struct{ first, family, languages []string }

func newCast() cast {
	return cast{
		first: strings.Fields("Nadia Mamadou Chantal Zoé Ahmed Mireille Ibrahim Rosa Lin Patrick Fatoumata Élodie Sergueï Aïcha " +
			"Jean-Luc Ngoc Samira Bakary Odette Mehdi Yolande Tiago Amina Gérard Salimata Noé Leïla Ousmane Josiane Dragan " +
			"Maryam Loïc Awa Christiane Rachid Thi-Lan Hervé Khadija Milan Solange"),
		family: strings.Fields("Belkacem Traoré Vasseur Haddad Le-Goff Oliveira Nguyen Kowalski Diarra Bonnet Mansouri Petrov " +
			"Chevalier Sissoko Rahmani Ferreira Marchand Yilmaz Camara Delattre Hoang Sow Guérin Popescu Bouaziz Lemaire Keïta " +
			"Roussel Amrani Da-Silva Moulin Touré Zidi Carpentier Ivanova Mercier Bakayoko Perrin Saïdi Tessier Costa Barbier Cissé"),
		languages: strings.Fields("français arabe bambara portugais français français russe"),
	}
}

// story is how many persons the story has; those after come out of the crowd.
const story = 12

// identity returns the nth synthetic person, the same each time.
func (c cast) identity(n int) people.Form {
	f := people.Form{
		Name: c.first[n%len(c.first)], FamilyName: c.family[(n*7+n/len(c.first))%len(c.family)],
		Birth: fmt.Sprintf("%d/%d/%d", 1+n*11%28, 1+n*5%12, 1938+n*17%68),
	}
	if n >= story {
		who := crowd.Person(n - story)
		f.Name, f.FamilyName, f.Birth = who.First, who.Family, who.Birth()
	}
	switch n % 4 {
	case 0:
		f.Phone, f.Contact = phone(n), "Appeler le matin. Ne pas laisser de message."
		f.NoVoice = true
	case 1:
		f.Phone = phone(n)
	case 2:
		f.Birth = ""
		f.Answers = people.Answers{"birth": record.AnswerDeclined, "phone": record.AnswerUnwritten}
	}
	f.Language = c.languages[n%len(c.languages)]
	return f
}

// phone is in a range that the French numbering plan keeps for fiction.
func phone(n int) string { return fmt.Sprintf("06 39 98 %02d %02d", n/100%100, n%100) }

// short is a first name as a sign-in name.
func short(name string) string {
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	return strings.NewReplacer("é", "e", "è", "e", "ï", "i").Replace(first)
}
