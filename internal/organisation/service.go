// SPDX-License-Identifier: AGPL-3.0-or-later

package organisation

import (
	"context"
	"slices"
	"strings"

	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/journal"
	"depositaire.org/depositaire/internal/policy"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom"
)

// Place is a service with its missions.
type Place struct {
	record.Service
	Missions []record.Mission
}

// Services returns every service and its missions.
func (r *Room) Services(ctx context.Context) ([]Place, error) {
	services, err := r.read.Services(ctx)
	if err != nil {
		return nil, err
	}
	var all []Place
	for _, s := range services {
		missions, err := r.read.Missions(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, Place{s, missions})
	}
	return all, nil
}

// Ready reports whether a service has its Office: until its first member has
// enrolled, nothing can be sealed there.
func (r *Room) Ready(ctx context.Context, s record.ServiceID) (bool, error) {
	return r.strong.HasOffice(ctx, s)
}

// AddService makes a service under at least one mission (S-10), at the first
// start or years later. Its Office comes with its first member: Settle. Faults
// stand at "service" and "mission".
func (r *Room) AddService(ctx context.Context, by *strongroom.Unlocked, name string, codes []record.MissionCode, emergency bool) (record.ServiceID, error) {
	if err := may(by, policy.Administer, policy.Subject{}); err != nil {
		return record.ServiceID{}, err
	}
	var faults fault.Fields
	s := record.Service{ID: record.NewID[record.Service](), Name: line(&faults, "service", name), Emergency: emergency}
	if len(codes) == 0 || slices.ContainsFunc(codes, unknownMission) {
		faults.Add("mission", "form.choice")
	}
	if err := r.nameTaken(ctx, &faults, s); err != nil {
		return record.ServiceID{}, err
	}
	if err := faults.Err(); err != nil {
		return record.ServiceID{}, err
	}
	err := r.do(ctx, by, func(a *strongroom.Act) error {
		return a.Journal(ctx, journal.Created, journal.ForHouse)
	}, func(tx Tx) error {
		if err := tx.PutService(ctx, s); err != nil {
			return err
		}
		return putMissions(ctx, tx, s.ID, codes)
	})
	return s.ID, err
}

func putMissions(ctx context.Context, tx Tx, s record.ServiceID, codes []record.MissionCode) error {
	return each(codes, func(c record.MissionCode) error {
		return tx.PutMission(ctx, record.Mission{ID: record.NewID[record.Mission](), Service: s, Code: c})
	})
}

// nameTaken notes a fault when another service has the name: two that read alike
// would be told apart by nobody.
func (r *Room) nameTaken(ctx context.Context, faults *fault.Fields, s record.Service) error {
	there, err := r.read.Services(ctx)
	same := func(o record.Service) bool { return o.ID != s.ID && strings.EqualFold(o.Name, s.Name) }
	if s.Name != "" && slices.ContainsFunc(there, same) {
		faults.Add("service", "fault.service_taken")
	}
	return err
}

// ChangeService gives a service another name, and missions beside those it has:
// a mission is the legal ground of what was written under it, and stays. Faults
// stand at "service" and "mission".
func (r *Room) ChangeService(ctx context.Context, by *strongroom.Unlocked, id record.ServiceID, name string, more []record.MissionCode) error {
	if err := may(by, policy.Administer, policy.Subject{}); err != nil {
		return err
	}
	s, err := r.read.Service(ctx, id)
	if err != nil {
		return err
	}
	has, err := r.read.Missions(ctx, id)
	if err != nil {
		return err
	}
	var faults fault.Fields
	s.Name = line(&faults, "service", name)
	if slices.ContainsFunc(more, unknownMission) {
		faults.Add("mission", "form.choice")
	}
	if err := r.nameTaken(ctx, &faults, s); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	more = slices.DeleteFunc(slices.Clone(more), func(c record.MissionCode) bool {
		return slices.ContainsFunc(has, func(m record.Mission) bool { return m.Code == c })
	})
	return r.do(ctx, by, func(a *strongroom.Act) error {
		return a.Journal(ctx, journal.Wrote, journal.ForHouse)
	}, func(tx Tx) error {
		if err := tx.SetService(ctx, s); err != nil {
			return err
		}
		return putMissions(ctx, tx, s.ID, more)
	})
}

func unknownMission(c record.MissionCode) bool { return !slices.Contains(record.Missions(), c) }

// TakeFunction gives an administrator a function of her own in a service that
// she made: in a small house who administers works too, and the pages name both.
// Settle then makes the Office when there is none. A fault stands at "role".
func (r *Room) TakeFunction(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID, role record.Role) error {
	if !role.InService() {
		return fault.Field("role", "form.choice")
	}
	f := record.Function{Member: by.Member(), Service: s, Role: role}
	held, err := r.read.Functions(ctx, f.Member)
	if err != nil {
		return err
	}
	if !slices.Contains(held, f) {
		if err := r.AddFunction(ctx, by, f); err != nil {
			return err
		}
	}
	return r.Settle(ctx, by)
}

// Settle makes the Office, the emergency key and their lock of each service of a
// member's that has none: the first enrolled member makes them (secrecy.md §4).
// It is called after founding, after enrolment and at each unlock by a slot, and
// does nothing the second time.
func (r *Room) Settle(ctx context.Context, by *strongroom.Unlocked) error {
	functions, err := r.read.Functions(ctx, by.Member())
	if err != nil {
		return err
	}
	for _, f := range functions {
		if !f.Role.InService() {
			continue // an account with house roles only never receives an Office
		}
		if err := r.settle(ctx, by, f.Service); err != nil {
			return err
		}
	}
	return nil
}

func (r *Room) settle(ctx context.Context, by *strongroom.Unlocked, s record.ServiceID) error {
	if has, err := r.strong.HasOffice(ctx, s); err != nil || has {
		return err
	}
	return r.strong.Do(ctx, by, func(a *strongroom.Act) error {
		if has, err := r.strong.HasOffice(ctx, s); err != nil || has {
			return err // a colleague was quicker
		}
		if err := a.MakeService(ctx, s); err != nil {
			return err
		}
		return a.Journal(ctx, journal.Created, journal.ForHouse)
	}, nil)
}
