// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

// witnessCookie makes each browser a witness of the journal: it keeps the last
// checkpoint it was shown, and a whole older database contradicts it (secrecy.md
// §5). Browsers keep a cookie for 400 days at most.
const (
	witnessCookie = "__Host-journal"
	witnessLasts  = 400 * 24 * time.Hour
)

// WitnessPage is GET /witness: this browser remembers another journal.
type WitnessPage struct {
	web.Page
	Seen   time.Time // when the remembered checkpoint was signed
	Number int64     // of entries, then
	Print  string    // of the remembered root
}

func (d *Desk) witnessRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /witness":  d.in(d.witness),
		"POST /witness": d.in(d.witnessTold),
	}
}

// testimony is what a browser remembers; ok is false when it remembers nothing.
func testimony(r *http.Request) (c record.Checkpoint, ok bool) {
	cookie, err := r.Cookie(witnessCookie)
	if err != nil {
		return c, false
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != 3 {
		return c, false
	}
	size, errSize := strconv.ParseInt(parts[0], 10, 64)
	root, errRoot := base64.RawURLEncoding.DecodeString(parts[1])
	minute, errMinute := strconv.ParseInt(parts[2], 10, 64)
	if errSize != nil || errRoot != nil || errMinute != nil || len(root) != len(c.Root) {
		return c, false
	}
	return record.Checkpoint{Size: size, Root: [32]byte(root), Minute: record.Minute(minute)}, true
}

// remember compares what the browser remembers with the journal, then gives it
// the newest checkpoint. What contradicts the journal stays where it is, until its
// owner says that she told somebody; the house's journal and the log say it too.
func (d *Desk) remember(w http.ResponseWriter, r *http.Request, o signin.Opened) (sound bool, err error) {
	if was, ok := testimony(r); ok {
		if sound, err = d.Register.Consistent(r.Context(), was.Size, was.Root); err != nil {
			return false, err
		}
		if !sound {
			d.site.Log.ErrorContext(r.Context(), "a browser remembers another journal", "size", was.Size)
			return false, d.Signin.Contradicted(r.Context(), o.Member, deviceOf(r))
		}
	}
	return true, d.handOut(w, r)
}

func (d *Desk) handOut(w http.ResponseWriter, r *http.Request) error {
	c, err := d.Register.Head(r.Context())
	if err != nil || c.Size == 0 {
		return err
	}
	value := fmt.Sprintf("%d.%s.%d", c.Size, base64.RawURLEncoding.EncodeToString(c.Root[:]), c.Minute)
	web.SetCookie(w, witnessCookie, value, int(witnessLasts.Seconds()))
	return nil
}

func (d *Desk) witness(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	was, ok := testimony(r)
	sound, err := d.Register.Consistent(r.Context(), was.Size, was.Root)
	if err != nil {
		return err
	}
	if !ok || sound {
		return d.site.SeeOther(w, r, "/today", "")
	}
	page := WitnessPage{Page: d.base(r, ""), Seen: minute(was.Minute), Number: was.Size, Print: base64.StdEncoding.EncodeToString(was.Root[:])}
	return d.site.Render(w, r, http.StatusOK, "witness", &page)
}

// witnessTold begins anew: the contradiction was told to somebody.
func (d *Desk) witnessTold(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	if err := d.handOut(w, r); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/today", "")
}
