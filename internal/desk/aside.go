// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/confided"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// asideMinutes is how long a browser keeps what was put aside.
const asideMinutes = 10

// putAside gives words to the browser they came from, sealed to who typed them, and
// names them. A cookie keeps the last ones only; the server keeps nothing.
func (d *Desk) putAside(w http.ResponseWriter, by *strongroom.Unlocked, cookie string, words confided.Text) (string, error) {
	id := record.NewID[record.Draft]()
	sealed, err := d.Strong.SealDraft(by, id, strongroom.Words{record.TagForm: words})
	if err != nil {
		return "", err
	}
	web.SetCookie(w, cookie, id.String()+"."+base64.RawURLEncoding.EncodeToString(sealed), asideMinutes*60)
	return id.String(), nil
}

// asideOf opens what was put aside under a name, while its browser keeps it: nothing
// of another's, of another name, or older than ten minutes.
func (d *Desk) asideOf(r *http.Request, by *strongroom.Unlocked, cookie, id string) confided.Text {
	c, err := r.Cookie(cookie)
	if err != nil {
		return confided.Text{}
	}
	of, sealed, _ := strings.Cut(c.Value, ".")
	name, err := record.ParseID[record.Draft](of)
	if err != nil || of != id {
		return confided.Text{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return confided.Text{}
	}
	kept, err := d.Strong.UnsealDraft(by, name, raw)
	if err != nil || d.now().After(time.Unix(kept.At, 0).Add(asideMinutes*time.Minute)) {
		return confided.Text{}
	}
	return kept.Words[record.TagForm]
}
