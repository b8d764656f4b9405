// SPDX-License-Identifier: AGPL-3.0-or-later

package desk

import (
	"net/http"
	"slices"
	"time"

	"depositaire.org/depositaire/internal/organisation"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/signin"
	"depositaire.org/depositaire/internal/strongroom"
	"depositaire.org/depositaire/internal/web"
)

func (d *Desk) securityRoutes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /security":                      d.in(d.security),
		"GET /security/passphrase":           d.in(d.passphraseShow),
		"POST /security/passphrase":          d.in(d.passphraseSave),
		"GET /security/paper":                d.in(d.newPaperAsk),
		"POST /security/paper":               d.in(d.newPaperMake),
		"POST /security/paper/prove":         d.in(d.newPaperProve),
		"GET /security/day-code":             d.in(d.dayCodeShow),
		"POST /security/day-code":            d.in(d.dayCodeSave),
		"POST /security/passkey/options":     d.in(d.passkeyOptions),
		"POST /security/passkey":             d.in(d.passkeyAdd),
		"POST /security/slots/{id}/remove":   d.in(d.slotRemove),
		"POST /security/devices/forget":      d.in(d.devicesForget),
		"POST /security/devices/{id}/forget": d.in(d.deviceForget),
		"POST /security/sessions/{id}/end":   d.in(d.sessionEnd),
	}
}

// firstDays is how long an account works with one way of unlocking (secrecy.md §4).
const firstDays = 7 * 24 * time.Hour

func (d *Desk) security(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	v := visitOf(r)
	page := SecurityPage{Page: d.base(r, "security"), DayCode: v.Places[v.Current].DayCode}
	slots, err := d.Signin.Slots(r.Context(), by)
	if err != nil {
		return err
	}
	page.slots(slots)
	for i, one := range slots {
		page.Slots[i].Label = d.Signin.Label(by, one)
	}
	devices, err := d.Signin.Devices(r.Context(), by, v.cookies)
	if err != nil {
		return err
	}
	for _, one := range devices {
		page.Devices = append(page.Devices, DeviceRow{ID: one.ID, Class: one.Class.Reveal(), Since: minute(one.Made), This: one.This})
	}
	sessions, err := d.Signin.Sessions(r.Context(), by, v.cookies)
	if err != nil {
		return err
	}
	for _, one := range sessions {
		page.Sessions = append(page.Sessions, SessionRow{ID: one.ID, Since: time.Unix(one.Started, 0), This: one.This})
	}
	return d.site.Render(w, r, http.StatusOK, "security", &page)
}

// slots lists the ways of unlocking; with fewer than two proved, the page says
// until when a second is waited for.
func (p *SecurityPage) slots(all []record.Slot) {
	proved := 0
	for _, s := range all {
		kind := map[record.SlotKind]string{record.SlotPassphrase: "passphrase", record.SlotPaper: "paper", record.SlotPasskey: "passkey"}[s.Kind]
		p.Slots = append(p.Slots, SlotRow{ID: s.ID.String(), Kind: kind, Made: minute(s.Made), Proved: minute(s.Proved), Opens: true, MayRemove: signin.MayRemove(all, s.ID)})
		if s.Proved != 0 {
			proved++
		}
		if end := minute(s.Made).Add(firstDays); p.Before.IsZero() || end.Before(p.Before) {
			p.Before = end
		}
	}
	p.Alone = proved < 2
}

func (d *Desk) passphrasePage(r *http.Request) *PassphrasePage {
	page := &PassphrasePage{Page: d.base(r, "security"), Action: "/security/passphrase", Offered: strongroom.OfferPassphrase()}
	if !visitOf(r).Renew {
		page.Cancel = "/security"
	}
	return page
}

func (d *Desk) passphraseShow(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	return d.site.Render(w, r, http.StatusOK, "passphrase", d.passphrasePage(r))
}

func (d *Desk) passphraseSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page := d.passphrasePage(r)
	if f.Ticked("other") {
		return d.site.Render(w, r, http.StatusOK, "passphrase", page)
	}
	me, err := d.Directory.Member(r.Context(), by.Member())
	if err != nil {
		return err
	}
	house, err := d.Directory.Organisation(r.Context())
	if err != nil {
		return err
	}
	chosen := newPassphrase(f, me.Name, me.Login, house.Name)
	if err := f.Err(); err != nil {
		return web.Again("passphrase", page, err)
	}
	set, err := d.Signin.NewPassphrase(r.Context(), by, visitOf(r).cookies, chosen)
	if err != nil {
		return again("passphrase", page, err)
	}
	setAll(w, set)
	return d.site.SeeOther(w, r, "/security", "security_saved")
}

func (d *Desk) newPaperAsk(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	return d.site.Render(w, r, http.StatusOK, "confirm", &ConfirmPage{
		Page: d.base(r, "security"), What: "new_paper", Action: "/security/paper", Cancel: "/security",
	})
}

// newPaperMake shows another code. The old one opens until the new one was typed
// back, so that a page lost costs another code and no more.
func (d *Desk) newPaperMake(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	page, err := d.newPaperPage(r)
	if err != nil {
		return err
	}
	if page.Code, err = d.Signin.NewPaper(r.Context(), by); err != nil {
		return err
	}
	return d.site.Render(w, r, http.StatusOK, "paper_code", page)
}

func (d *Desk) newPaperPage(r *http.Request) (*PaperCodePage, error) {
	return d.paperSheet(r, "security", "/security/paper/prove")
}

func (d *Desk) newPaperProve(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	page, err := d.newPaperPage(r)
	if err != nil {
		return err
	}
	if err := d.Signin.ProvePaper(r.Context(), by, f.Secret("paper_code")); err != nil {
		return again("paper_code", page, err)
	}
	p, err := d.Organisation.Progress(r.Context(), by)
	if err != nil {
		return err
	}
	if p.Step < organisation.StepInvitations {
		return d.site.SeeOther(w, r, stepPath(by, p), "security_saved")
	}
	return d.site.SeeOther(w, r, "/security", "security_saved")
}

func (d *Desk) dayCodeShow(w http.ResponseWriter, r *http.Request, _ *strongroom.Unlocked) error {
	page := DayCodePage{Page: d.base(r, "security")}
	if at := r.URL.Query().Get("back"); web.Local(at) {
		page.Back = at
	}
	return d.site.Render(w, r, http.StatusOK, "day_code", &page)
}

func (d *Desk) dayCodeSave(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := d.Signin.SetDayCode(r.Context(), by, visitOf(r).cookies, digits(f.Secret("day_code"))); err != nil {
		return again("day_code", &DayCodePage{Page: d.base(r, "security"), Back: back(f)}, err)
	}
	return d.site.SeeOther(w, r, back(f), "security_saved")
}

func (d *Desk) passkeyOptions(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	c, err := d.Signin.BeginPasskey(r.Context(), by)
	if err != nil {
		return err
	}
	return writeOptions(w, c)
}

// passkeyAdd ends the making of a passkey, or asks for one more touch.
func (d *Desk) passkeyAdd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	label := f.Name("passkey_label", 60)
	if err := f.Err(); err != nil {
		return err
	}
	c, err := d.Signin.AddPasskey(r.Context(), by, visitOf(r).cookies, answerOf(f), label)
	if err != nil {
		return err
	}
	http.SetCookie(w, c.Set)
	if c.Options == nil {
		return d.site.SeeOther(w, r, "/security", "security_saved")
	}
	return d.site.Render(w, r, http.StatusOK, "passkey_more", &PasskeyMorePage{Page: d.base(r, "security"), Options: string(c.Options), Label: label})
}

func (d *Desk) slotRemove(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	id, err := path[record.Slot](r, "id")
	if err != nil {
		return err
	}
	slots, err := d.Signin.Slots(r.Context(), by)
	if err != nil {
		return err
	}
	label := ""
	if at := slices.IndexFunc(slots, func(s record.Slot) bool { return s.ID == id }); at >= 0 {
		label = d.Signin.Label(by, slots[at]).Reveal()
	}
	if done, err := d.confirmed(w, r, ConfirmPage{What: "remove_passkey", Subject: label, Action: r.URL.Path, Cancel: "/security"}); !done {
		return err
	}
	if err := d.Signin.RemoveSlot(r.Context(), by, id); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/security", "security_saved")
}

// confirmed asks once more before an act that cannot be undone; done says that
// the answer was yes.
func (d *Desk) confirmed(w http.ResponseWriter, r *http.Request, page ConfirmPage) (done bool, err error) {
	if r.Method == http.MethodPost {
		f, err := web.ReadForm(r)
		if err != nil || f.Ticked("confirmed") {
			return err == nil, err
		}
	}
	page.Page = d.base(r, "")
	return false, d.site.Render(w, r, http.StatusOK, "confirm", &page)
}

func (d *Desk) deviceForget(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if err := d.Signin.ForgetDevice(r.Context(), by, r.PathValue("id")); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/security", "security_saved")
}

func (d *Desk) devicesForget(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if err := d.Signin.ForgetDevices(r.Context(), by); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/security", "security_saved")
}

func (d *Desk) sessionEnd(w http.ResponseWriter, r *http.Request, by *strongroom.Unlocked) error {
	if err := d.Signin.EndSession(r.Context(), by, r.PathValue("id")); err != nil {
		return err
	}
	return d.site.SeeOther(w, r, "/security", "security_saved")
}
