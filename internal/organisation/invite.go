// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Newcomer is the form that invites a colleague. Login may be empty: one is made
// from the name. Regime is required: an account without one cannot join (S-01).
// The Member of its functions is ignored.
type Newcomer struct {
	Name      string
	Login     string
	Regime    record.Regime
	Functions []record.Function
}

// Invited is an invitation as pages show it.
type Invited struct {
	ID           record.InvitationID
	Organisation string
	Member       record.Member
	Functions    []record.Function
	Services     []string // the names of the services of its functions, in order
	Inviter      string
	Until        record.Minute
	Expired      bool
}

// Invite makes an account that waits for its holder, and returns the code to
// hand over, shown once and good for 72 hours. Faults stand at "name", "login",
// "regime" and "role".
func (r *Room) Invite(ctx context.Context, by *strongroom.Unlocked, form Newcomer) (string, record.Invitation, error) {
	m, functions, err := r.newcomer(ctx, by, form)
	if err != nil {
		return "", record.Invitation{}, err
	}
	var code string
	var inv record.Invitation
	err = r.do(ctx, by, func(a *strongroom.Act) (err error) {
		code, inv, err = a.Invite(ctx, m, functions)
		return err
	}, func(tx Tx) error {
		return steps(
			func() error { return loginTaken(tx.PutMember(ctx, m)) },
			func() error { return tx.PutCircle(ctx, scratchpad(m.ID)) },
			func() error {
				return each(functions, func(f record.Function) error { return tx.PutFunction(ctx, f) })
			},
			func() error { return tx.PutInvitation(ctx, inv) },
		)
	})
	if err != nil {
		return "", record.Invitation{}, err
	}
	return code, inv, nil
}

// loginTaken turns the conflict on a sign-in name into a fault at its field: the
// other columns of a new account are random.
func loginTaken(err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return fault.Field("login", "fault.login_taken")
	}
	return err
}

// newcomer reads the form and asks policy for each function.
func (r *Room) newcomer(ctx context.Context, by *strongroom.Unlocked, form Newcomer) (record.Member, []record.Function, error) {
	var faults fault.Fields
	m := record.Member{
		ID: record.NewID[record.Member](), Name: line(&faults, "name", form.Name),
		Regime: form.Regime, State: record.MemberInvited,
	}
	if !slices.Contains(record.Regimes(), form.Regime) {
		faults.Add("regime", "form.missing")
	}
	if len(form.Functions) == 0 || slices.ContainsFunc(form.Functions, misplaced) {
		faults.Add("role", "form.choice")
	}
	if strings.TrimSpace(form.Login) != "" {
		m.Login = login(&faults, form.Login)
	}
	if err := faults.Err(); err != nil {
		return m, nil, err
	}
	functions := slices.Clone(form.Functions)
	for i := range functions {
		functions[i].Member = m.ID
		if err := r.mayPlace(ctx, by, functions[i]); err != nil {
			return m, nil, err
		}
	}
	var err error
	if m.Login == "" {
		m.Login, err = r.ProposeLogin(ctx, m.Name)
	}
	return m, functions, err
}

// misplaced reports whether a role stands where it is not held.
func misplaced(f record.Function) bool {
	known := slices.Contains(slices.Concat(record.ServiceRoles(), record.HouseRoles()), f.Role)
	return !known || f.Role.InService() == f.Service.IsZero()
}

func (r *Room) mayPlace(ctx context.Context, by *strongroom.Unlocked, f record.Function) error {
	if err := may(by, policy.Invite, policy.Subject{Service: f.Service, Role: f.Role}); err != nil {
		return err
	}
	if f.Service.IsZero() {
		return nil
	}
	_, err := r.read.Service(ctx, f.Service)
	return err
}

// ProposeLogin makes a sign-in name that is free: "julie.martin", then
// "julie.martin2".
func (r *Room) ProposeLogin(ctx context.Context, name string) (string, error) {
	base := plain(name)
	for n := 1; ; n++ {
		proposed := base
		if n > 1 {
			proposed += strconv.Itoa(n)
		}
		_, err := r.read.MemberByLogin(ctx, proposed)
		if fault.KindOf(err) == fault.Withheld {
			return proposed, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// plain keeps the letters that every keyboard has, with dots between words.
func plain(name string) string {
	accents := strings.NewReplacer("à", "a", "â", "a", "ä", "a", "á", "a", "ã", "a", "å", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
		"î", "i", "ï", "i", "í", "i", "ñ", "n", "ô", "o", "ö", "o", "ó", "o", "õ", "o", "ø", "o", "ù", "u", "û", "u", "ü", "u", "ú", "u",
		"ÿ", "y", "œ", "oe", "æ", "ae", "ß", "ss")
	words := strings.FieldsFunc(accents.Replace(strings.ToLower(name)), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'
	})
	if len(words) == 0 {
		return "collegue" // a name without a Latin letter: the inviter or the newcomer chooses better
	}
	return strings.Join(words, ".")
}

// Invitations lists the invitations that wait: all of them for an administrator,
// her own for anybody else.
func (r *Room) Invitations(ctx context.Context, by *strongroom.Unlocked) ([]Invited, error) {
	rows, err := r.read.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	var all []Invited
	for _, i := range rows {
		if r.mayCancel(by, i) != nil {
			continue
		}
		shown, err := r.show(ctx, i)
		if err != nil {
			return nil, err
		}
		all = append(all, shown)
	}
	return all, nil
}

func (r *Room) mayCancel(by *strongroom.Unlocked, i record.Invitation) error {
	if i.Inviter == by.Member() {
		return nil
	}
	return may(by, policy.Administer, policy.Subject{})
}

func (r *Room) show(ctx context.Context, i record.Invitation) (Invited, error) {
	o, err := r.read.Organisation(ctx)
	if err != nil {
		return Invited{}, err
	}
	a, err := r.Member(ctx, i.Member)
	if err != nil {
		return Invited{}, err
	}
	inviter, err := r.read.Member(ctx, i.Inviter)
	if err != nil {
		return Invited{}, err
	}
	out := Invited{
		ID: i.ID, Organisation: o.Name, Member: a.Member, Functions: a.Functions,
		Inviter: inviter.Name, Until: i.Until, Expired: i.Until <= r.minute(),
	}
	for _, f := range a.Functions {
		if f.Service.IsZero() {
			continue
		}
		s, err := r.read.Service(ctx, f.Service)
		if err != nil {
			return Invited{}, err
		}
		out.Services = append(out.Services, s.Name)
	}
	return out, nil
}

// CancelInvitation ends an invitation and its account, and frees the sign-in
// name.
func (r *Room) CancelInvitation(ctx context.Context, by *strongroom.Unlocked, id record.InvitationID) error {
	rows, err := r.read.Invitations(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(i record.Invitation) bool { return i.ID == id })
	if at < 0 {
		return fault.New(fault.Withheld, "")
	}
	i := rows[at]
	if r.mayCancel(by, i) != nil { // somebody else's looks like what is not there
		return fault.New(fault.Withheld, "")
	}
	m, err := r.read.Member(ctx, i.Member)
	if err != nil {
		return err
	}
	m.State, m.Login = record.MemberClosed, m.ID.String()
	return r.do(ctx, by, func(a *strongroom.Act) error { return a.CancelInvitation(ctx, i) }, func(tx Tx) error {
		if err := stillWaits(ctx, tx, i); err != nil {
			return err
		}
		if err := tx.DropInvitation(ctx, i.ID); err != nil {
			return err
		}
		return closeRows(ctx, tx, m)
	})
}

// stillWaits refuses an invitation that was used or cancelled meanwhile.
func stillWaits(ctx context.Context, tx Tx, i record.Invitation) error {
	_, err := tx.Invitation(ctx, i.Code)
	if fault.KindOf(err) == fault.Withheld {
		return fault.New(fault.Expired, "fault.invitation_expired")
	}
	return err
}

// Invited returns what the holder of a code is shown before she enrols. A code
// that was mistyped is a fault at "invitation_code"; one that is over, or was
// never made, is fault.Expired.
func (r *Room) Invited(ctx context.Context, code string) (Invited, error) {
	i, err := r.byCode(ctx, code)
	if err != nil {
		return Invited{}, err
	}
	return r.show(ctx, i)
}

func (r *Room) byCode(ctx context.Context, code string) (record.Invitation, error) {
	public, err := strongroom.CodePublic(code)
	if err != nil {
		return record.Invitation{}, fault.Field("invitation_code", "fault.code_mistyped")
	}
	i, err := r.read.Invitation(ctx, public)
	if fault.KindOf(err) == fault.Withheld || err == nil && i.Until <= r.minute() {
		return record.Invitation{}, fault.New(fault.Expired, "fault.invitation_expired")
	}
	return i, err
}

// Enrol makes the keys of the holder of a code, under the sign-in name and the
// passphrase that she chose, and keeps her paper code until she types it back.
// Faults stand at "invitation_code", "login" and "passphrase". Her session
// begins with the secret returned; Settle comes next.
func (r *Room) Enrol(ctx context.Context, code, name, passphrase string, device journal.Device) (strongroom.Enrolled, error) {
	i, err := r.byCode(ctx, code)
	if err != nil {
		return strongroom.Enrolled{}, err
	}
	a, err := r.Member(ctx, i.Member)
	if err != nil {
		return strongroom.Enrolled{}, err
	}
	var faults fault.Fields
	a.Login = login(&faults, name)
	if err := faults.Err(); err != nil {
		return strongroom.Enrolled{}, err
	}
	e := strongroom.Enrolment{
		Invitation: i, Member: a.Member, Functions: a.Functions,
		Code: code, Passphrase: passphrase, Device: device,
	}
	out, err := r.strong.Enrol(ctx, e, func(ctx context.Context, out strongroom.Enrolled, act *strongroom.Act) error {
		if err := keepNew(act, out.Member.ID, Codes{Paper: out.Paper}); err != nil {
			return err
		}
		return r.write(ctx, func(tx Tx) error { return putEnrolled(ctx, tx, i, out, act) })
	})
	if err != nil {
		return strongroom.Enrolled{}, err
	}
	return out, nil
}

func putEnrolled(ctx context.Context, tx Tx, i record.Invitation, out strongroom.Enrolled, a *strongroom.Act) error {
	return steps(
		func() error { return stillWaits(ctx, tx, i) },
		func() error { return tx.DropInvitation(ctx, i.ID) },
		func() error { return loginTaken(tx.SetMember(ctx, out.Member)) },
		func() error { return each(typed(out.Slots), func(s record.Slot) error { return tx.PutSlot(ctx, s) }) },
		func() error { return a.Apply(ctx, tx) },
	)
}
