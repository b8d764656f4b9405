// SPDX-License-Identifier: AGPL-3.0-or-later

package crowd

import "strings"

// none is a name put together without that part.
var none = []string{""}

// origins are the names that are heard at a counter in France. Roots and endings
// are put together by arithmetic: plausible, of nobody in particular.
var origins = []origin{
	{
		share: 46,
		first1: strings.Fields(`Marie Jean Pierre Nathalie Michel Isabelle Philippe Sylvie Alain Catherine Patrick Martine Nicolas
			Françoise Christophe Valérie Daniel Monique Stéphane Sandrine Laurent Véronique Éric Céline David Chantal Julien Sophie
			Sébastien Stéphanie Thomas Aurélie Olivier Élodie Frédéric Émilie Thierry Brigitte Gérard Jacqueline Bernard Christine
			Léa Lucas Manon Hugo Chloé Théo Camille Léo Zoé Noé Inès Raphaël Jade Gaël Loïc Yann Maëlle Anaïs Benoît Cécile Hervé
			Joëlle Régis Odile Guy Huguette Lucien Ginette Marcel Yvette Roger Solange René Colette Kévin Jessica Dylan Cindy
			Mickaël Ophélie Quentin Océane Florian Mélissa Jérémy Laëtitia Ludovic Delphine Fabien Karine Gwenaëlle Maxime`),
		first2:  strings.Fields(`Marie Pierre Claude Luc Paul Louis Christine Hélène Thérèse Laure Michel François Yves Noëlle`),
		before:  []string{"", "", "", "", "", "Le ", "De ", "De La ", "Du ", "D'"},
		roots:   strings.Fields(`Mar Ber Gau Per Rou Fon Vas Cha Del Mor Lam Tis Bou Car Gir Lef Gui Hau Bri Cor Dup Fer Gar Her Jol Lan Mer Nor Pas Qué Ren Sau Tho Val Arn Bar Cou Dau Éve For Gros Hum Jac Lar Mil Nav Ol Pel Rich Sal Ter Ver Bois Champ Clé Fau Grand Mont Pont Ray Ser Vil`),
		endings: strings.Fields(`tin nard thier rin sel taine seur lier mare reau let sier chet rier ard ève gnon vière tier mont dier rand net lain geon let lot quet ron sard tel vet zier beau court cel dry feuille guet main ot ette eau ault aud ier on in elle aire oux ais`),
	},
	{
		share: 21,
		first1: strings.Fields(`Mohamed Fatima Ahmed Aïcha Karim Nadia Rachid Samira Youssef Khadija Mehdi Leïla Omar Zineb Hassan Amina
			Abdelkader Yasmina Mustapha Malika Said Houria Nabil Soraya Ali Zohra Brahim Hafida Kamel Djamila Bilal Sabrina Hamza
			Meriem Ilyes Naïma Farid Ouarda Tarek Hayat Abderrahmane Rahma Hicham Latifa Reda Siham Slimane Warda Noureddine Wafa
			Yacine Ghania Lakhdar Chérifa Anis Dounia Ayoub Hanane Walid Ikram Messaoud Kheira Sofiane Rachida Oussama Salima`),
		before: []string{"", "", "", "Ben ", "Ben", "Bou", "El ", "Aït ", "Ould "},
		roots: strings.Fields(`Mokr Haddad Mansour Rahm Bouaz Amr Zid Said Kac Hamd Cherif Belk Slim Brah Khel Djell Ghez Tal Mess Yous Nass Fer Had Zer
			Achour Bachir Chaouch Daoud Farès Gharb Hachem Idr Jabr Kadd Lahm Mahd Nour Ouar Rez Saad Tahar Wahb Yah Zouaou Abd Badr Chet Dris Fass Habib Kass`),
		endings: strings.Fields(`ani ane aoui i a oun our em ia eddine allah ar ech ouche oub ine ache ouk`),
	},
	{
		share: 13,
		first1: strings.Fields(`Mamadou Fatoumata Ibrahim Aminata Ousmane Mariam Bakary Aïssatou Moussa Kadiatou Abdoulaye Djénéba Boubacar
			Salimata Cheick Hawa Lassana Binta Souleymane Rokia Modibo Assa Amadou Coumba Idrissa Oumou Seydou Awa Alassane Nana
			Koffi Akissi Kouamé Adjoa Yao Affoué Emmanuel Grâce Blessing Prince Divine Merveille Christ Exaucé Jonathan Naomie`),
		first2:  strings.Fields(`Paul Marie Blaise`),
		before:  none,
		roots:   strings.Fields(`Tra Dia Sisso Cama Kou Bam Dem Coul Fof Sang Kon Sid Touré Dou Ba Ndia Sarr Gue Mba Nko Oko Ngu Tcha Mbo Ama Kaba Keï Bako Doum Gba Kouya Ouat Sawa Zon Ilbou`),
		endings: strings.Fields(`oré rra ko ra yaté bélé aré ibaly ana ibé é ta ly ye ne mba du ssé nga tara dogo go oua la yoko ndé`),
	},
	{
		share: 6,
		first1: strings.Fields(`Piotr Katarzyna Sergueï Oksana Andrzej Svetlana Dmytro Tetiana Milan Jelena Krzysztof Małgorzata Ivan Natalia
			Volodymyr Oleksandra Dragan Ljiljana Paweł Agnieszka Igor Ludmila Bogdan Irina Zoran Vesna Yuriy Halyna Stanisław Wanda`),
		before:  none,
		roots:   strings.Fields(`Kowal Petr Iva Shev Zieli Popes Nowa Mazur Wójci Kravt Bond Tymo Jovan Nikol Pavl Stojan Marin Lewando Wiśnie Dąbrow Kamin Szym Woźnia Kozl Jankow Mihai Ionesc Dumitr Radul Horv`),
		endings: strings.Fields(`ski ska czyk enko chenko ov ova ović ić escu u wicz ak ek ew iuk ko yn`),
	},
	{
		share: 6,
		first1: strings.Fields(`José Maria João Ana Manuel Rosa António Fernanda Tiago Inês Luís Conceição Carlos Teresa Miguel Lucía Rui Beatriz
			Jorge Carmen Paulo Filomena Hugo Esperanza Nuno Graça Diego Dolores Vasco Amália`),
		before:  []string{"", "", "Da ", "Dos ", "De "},
		roots:   strings.Fields(`Olive Ferre Per San Cos Silv Garc Rodr Fern Lop Gom Mart Alv Mour Card Teix Carv Mend Nun Piment Bat Fonse Ram Corr Vieg`),
		endings: strings.Fields(`ira eira tos ta ía íguez ez andez es eda oso alho onça el ista ca ão as os`),
	},
	{
		share:   4,
		first1:  strings.Fields(`Mehmet Ayşe Mustafa Fatma Güler Emre Hüseyin Zeynep İbrahim Elif Murat Hatice Yusuf Özlem Kemal Songül Cem Şirin Hakan Derya`),
		before:  none,
		roots:   strings.Fields(`Yıl Öz Kay Dem Şah Çel Ars Doğ Kılı Ayd Yav Güne Kurt Koç Er Ak Kara Top Tek Bulu`),
		endings: strings.Fields(`maz türk a ir in ik lan an ç uz ş oğlu taş dağ kan soy bal men gün baş`),
	},
	{
		share:   4,
		first1:  []string{"Thi Mai", "Van Hung", "Ngoc Lan", "Minh", "Thi Hoa", "Duc", "Linh", "Trần Thị", "Quang", "Mei", "Lin", "Wei", "Xiu", "Jun", "Kim", "Sopheap", "Dara", "Chanthou", "Anh", "Bao"},
		before:  none,
		roots:   strings.Fields(`Nguy N'Guy Tr Ph Hoa Hu Vo Ch Da Bu Do Ho L Ly Zh Wa Xi Su Seng Ke`),
		endings: strings.Fields(`en ên an am ng ynh u oi ong ao eng ien inh eun ean`),
	},
}
