// SPDX-License-Identifier: AGPL-3.0-or-later

package store

import (
	"context"

	"depositaire.org/depositaire/internal/record"
)

// Organisation returns the organisation that the database is.
func (r Reader) Organisation(ctx context.Context) (record.Organisation, error) {
	return one(ctx, r, func(row row, o *record.Organisation) error {
		return row.Scan((*toID)(&o.ID), &o.Name)
	}, `SELECT e.id, o.name FROM organisation o JOIN entity e ON e.number = o.number`)
}

// Services returns every service.
func (r Reader) Services(ctx context.Context) ([]record.Service, error) {
	return list(ctx, r, scanService,
		`SELECT e.id, s.name, s.emergency FROM service s JOIN entity e ON e.number = s.number ORDER BY s.number`)
}

// Service returns one service.
func (r Reader) Service(ctx context.Context, id record.ServiceID) (record.Service, error) {
	return one(ctx, r, scanService,
		`SELECT e.id, s.name, s.emergency FROM service s JOIN entity e ON e.number = s.number WHERE e.id = $1`, ident(id))
}

func scanService(row row, s *record.Service) error {
	return row.Scan((*toID)(&s.ID), &s.Name, &s.Emergency)
}

// Missions returns the missions of a service.
func (r Reader) Missions(ctx context.Context, service record.ServiceID) ([]record.Mission, error) {
	return list(ctx, r, func(row row, m *record.Mission) error {
		return row.Scan((*toID)(&m.ID), (*toID)(&m.Service), &m.Code)
	}, `SELECT id, service, code FROM mission WHERE service = $1 ORDER BY number`, ident(service))
}

// Members returns every account, closed ones included.
func (r Reader) Members(ctx context.Context) ([]record.Member, error) {
	return list(ctx, r, scanMember, `
		SELECT e.id, m.name, m.login, m.regime, m.state, m.kem, m.sign, m.letter_box
		FROM member m JOIN entity e ON e.number = m.number ORDER BY m.number`)
}

// Names returns every account without its public keys, which are long: who is who
// in a sentence.
func (r Reader) Names(ctx context.Context) ([]record.Member, error) {
	scan := func(row row, m *record.Member) error {
		return row.Scan((*toID)(&m.ID), &m.Name, &m.Login, &m.Regime, number(&m.State))
	}
	return list(ctx, r, scan, `
		SELECT e.id, m.name, m.login, m.regime, m.state
		FROM member m JOIN entity e ON e.number = m.number ORDER BY m.number`)
}

// Member returns one account.
func (r Reader) Member(ctx context.Context, id record.MemberID) (record.Member, error) {
	return one(ctx, r, scanMember, `
		SELECT e.id, m.name, m.login, m.regime, m.state, m.kem, m.sign, m.letter_box
		FROM entity e JOIN member m ON m.number = e.number WHERE e.id = $1`, ident(id))
}

// MemberByLogin returns the account whose login is exactly login.
func (r Reader) MemberByLogin(ctx context.Context, login string) (record.Member, error) {
	if texts(login) != nil {
		return record.Member{}, withheld()
	}
	return one(ctx, r, scanMember, `
		SELECT e.id, m.name, m.login, m.regime, m.state, m.kem, m.sign, m.letter_box
		FROM member m JOIN entity e ON e.number = m.number WHERE m.login = $1`, login)
}

func scanMember(row row, m *record.Member) error {
	return row.Scan((*toID)(&m.ID), &m.Name, &m.Login, &m.Regime, number(&m.State),
		(*toBytes)(&m.Keys.KEM), (*toBytes)(&m.Keys.Sign), (*toBytes)(&m.Keys.LetterBox))
}

// Functions returns what a member does.
func (r Reader) Functions(ctx context.Context, member record.MemberID) ([]record.Function, error) {
	return list(ctx, r, scanFunction,
		`SELECT member, service, role FROM function WHERE member = $1 ORDER BY number`, ident(member))
}

// ServiceFunctions returns who does what in a service.
func (r Reader) ServiceFunctions(ctx context.Context, service record.ServiceID) ([]record.Function, error) {
	return list(ctx, r, scanFunction,
		`SELECT member, service, role FROM function WHERE service = $1 ORDER BY number`, ident(service))
}

// HouseFunctions returns who does what for the whole organisation.
func (r Reader) HouseFunctions(ctx context.Context) ([]record.Function, error) {
	return list(ctx, r, scanFunction, `SELECT member, service, role FROM function WHERE service IS NULL ORDER BY member, role`)
}

func scanFunction(row row, f *record.Function) error {
	return row.Scan((*toID)(&f.Member), (*toID)(&f.Service), &f.Role)
}

// addEntity makes the row that an owner's internal keys start from.
func (tx *Tx) addEntity(ctx context.Context, o record.Owner) error {
	if err := tx.record(ctx); err != nil {
		return err
	}
	return tx.put(ctx, `INSERT INTO entity (kind, id) VALUES ($1, $2)`, o.Kind, ident(o.ID))
}

// ownerNumber returns an owner's internal number.
func (r Reader) ownerNumber(ctx context.Context, o record.Owner) (int64, error) {
	return one(ctx, r, scanNumber, `SELECT number FROM entity WHERE kind = $1 AND id = $2`, o.Kind, ident(o.ID))
}

// exists tells place whether an owner is there.
func (tx *Tx) exists(ctx context.Context, o record.Owner) func() error {
	return func() error { _, err := tx.ownerNumber(ctx, o); return err }
}

// PutOrganisation adds the organisation; a second one is a Conflict.
func (tx *Tx) PutOrganisation(ctx context.Context, o record.Organisation) error {
	if err := texts(o.Name); err != nil {
		return err
	}
	if err := tx.addEntity(ctx, record.OwnerOf(record.OwnerOrganisation, o.ID)); err != nil {
		return err
	}
	n, err := tx.exec(ctx, `
		INSERT INTO organisation (number, name)
		SELECT e.number, $2 FROM entity e
		WHERE e.id = $1 AND NOT EXISTS (SELECT 1 FROM organisation)`, ident(o.ID), o.Name)
	if err == nil && n == 0 {
		err = conflict()
	}
	return err
}

// PutService adds a service.
func (tx *Tx) PutService(ctx context.Context, s record.Service) error {
	if err := texts(s.Name); err != nil {
		return err
	}
	if err := tx.addEntity(ctx, record.OwnerOf(record.OwnerService, s.ID)); err != nil {
		return err
	}
	return tx.put(ctx, `
		INSERT INTO service (number, name, emergency)
		SELECT number, $2, $3 FROM entity WHERE id = $1`, ident(s.ID), s.Name, s.Emergency)
}

// SetService replaces everything of a service but its id.
func (tx *Tx) SetService(ctx context.Context, s record.Service) error {
	if err := texts(s.Name); err != nil {
		return err
	}
	return tx.set(ctx, `
		UPDATE service SET name = $2, emergency = $3
		WHERE number = (SELECT number FROM entity WHERE id = $1)`, ident(s.ID), s.Name, s.Emergency)
}

// PutMission adds a mission to its service.
func (tx *Tx) PutMission(ctx context.Context, m record.Mission) error {
	return tx.put(ctx, `INSERT INTO mission (id, service, code) VALUES ($1, $2, $3)`,
		ident(m.ID), ident(m.Service), m.Code)
}

// PutMember adds an account; a login that is taken is a Conflict.
func (tx *Tx) PutMember(ctx context.Context, m record.Member) error {
	if err := texts(m.Name, m.Login); err != nil {
		return err
	}
	if err := tx.addEntity(ctx, record.OwnerOf(record.OwnerMember, m.ID)); err != nil {
		return err
	}
	return tx.put(ctx, `
		INSERT INTO member (number, name, login, regime, state, kem, sign, letter_box)
		SELECT number, $2, $3, $4, $5, $6, $7, $8 FROM entity WHERE id = $1`,
		ident(m.ID), m.Name, m.Login, m.Regime, m.State,
		sealed(m.Keys.KEM), sealed(m.Keys.Sign), sealed(m.Keys.LetterBox))
}

// SetMember replaces everything of an account but its id.
func (tx *Tx) SetMember(ctx context.Context, m record.Member) error {
	if err := texts(m.Name, m.Login); err != nil {
		return err
	}
	return tx.set(ctx, `
		UPDATE member SET name = $2, login = $3, regime = $4, state = $5, kem = $6, sign = $7, letter_box = $8
		WHERE number = (SELECT number FROM entity WHERE id = $1)`,
		ident(m.ID), m.Name, m.Login, m.Regime, m.State,
		sealed(m.Keys.KEM), sealed(m.Keys.Sign), sealed(m.Keys.LetterBox))
}

// PutFunction gives a member a role.
func (tx *Tx) PutFunction(ctx context.Context, f record.Function) error {
	return tx.put(ctx, `INSERT INTO function (member, service, role) VALUES ($1, $2, $3)`,
		ident(f.Member), ident(f.Service), f.Role)
}

// DropFunction takes a role away, if it is held.
func (tx *Tx) DropFunction(ctx context.Context, f record.Function) error {
	if f.Service.IsZero() {
		return tx.put(ctx, `DELETE FROM function WHERE member = $1 AND service IS NULL AND role = $2`,
			ident(f.Member), f.Role)
	}
	return tx.put(ctx, `DELETE FROM function WHERE member = $1 AND service = $2 AND role = $3`,
		ident(f.Member), ident(f.Service), f.Role)
}
