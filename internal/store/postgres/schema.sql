-- Written by the tests of this package with -update; do not edit.
"case" CONSTRAINT case_mission_fkey FOREIGN KEY (mission) REFERENCES mission(id)
"case" CONSTRAINT case_number_fkey FOREIGN KEY (number) REFERENCES entity(number)
"case" CONSTRAINT case_number_key UNIQUE (number)
"case" CONSTRAINT case_service_fkey FOREIGN KEY (service) REFERENCES entity(id)
appointment CONSTRAINT appointment_id_fkey FOREIGN KEY (id) REFERENCES object(id)
appointment CONSTRAINT appointment_id_key UNIQUE (id)
appointment CONSTRAINT appointment_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
appointment CONSTRAINT appointment_person_fkey FOREIGN KEY (person) REFERENCES entity(id)
appointment CONSTRAINT appointment_pkey PRIMARY KEY (number)
appointment CONSTRAINT appointment_service_fkey FOREIGN KEY (service) REFERENCES entity(id)
appointment INDEX CREATE INDEX appointment_person ON appointment USING btree (person) WHERE (person IS NOT NULL)
appointment INDEX CREATE INDEX appointment_service ON appointment USING btree (service, start)
appointment INDEX CREATE UNIQUE INDEX appointment_id_key ON appointment USING btree (id)
appointment INDEX CREATE UNIQUE INDEX appointment_pkey ON appointment USING btree (number)
appointment.answer smallint NOT NULL
appointment.id bytea NOT NULL
appointment.length integer NOT NULL
appointment.member bytea NOT NULL
appointment.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
appointment.person bytea
appointment.service bytea NOT NULL
appointment.start bigint NOT NULL
backup CONSTRAINT backup_day_key UNIQUE (day)
backup INDEX CREATE UNIQUE INDEX backup_day_key ON backup USING btree (day)
backup.day bigint NOT NULL
canary CONSTRAINT canary_pkey PRIMARY KEY (number)
canary INDEX CREATE UNIQUE INDEX canary_pkey ON canary USING btree (number)
canary.content bytea NOT NULL
canary.number bigint NOT NULL
case INDEX CREATE UNIQUE INDEX case_number_key ON "case" USING btree (number)
case.mission bytea NOT NULL
case.number bigint NOT NULL
case.open boolean NOT NULL
case.service bytea NOT NULL
case_person CONSTRAINT case_person_number_fkey FOREIGN KEY (number) REFERENCES entity(number)
case_person CONSTRAINT case_person_number_person_key UNIQUE (number, person)
case_person CONSTRAINT case_person_person_fkey FOREIGN KEY (person) REFERENCES entity(number)
case_person INDEX CREATE INDEX case_person_person ON case_person USING btree (person)
case_person INDEX CREATE UNIQUE INDEX case_person_number_person_key ON case_person USING btree (number, person)
case_person.number bigint NOT NULL
case_person.person bigint NOT NULL
case_person.place smallint NOT NULL
checkpoint CONSTRAINT checkpoint_pkey PRIMARY KEY (number)
checkpoint CONSTRAINT checkpoint_root_check CHECK ((length(root) = 32))
checkpoint CONSTRAINT checkpoint_size_minute_key UNIQUE (size, minute)
checkpoint INDEX CREATE UNIQUE INDEX checkpoint_pkey ON checkpoint USING btree (number)
checkpoint INDEX CREATE UNIQUE INDEX checkpoint_size_minute_key ON checkpoint USING btree (size, minute)
checkpoint TRIGGER CREATE TRIGGER checkpoint_append_only BEFORE DELETE OR UPDATE ON checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change()
checkpoint TRIGGER CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
checkpoint.minute bigint NOT NULL
checkpoint.note text NOT NULL
checkpoint.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
checkpoint.root bytea NOT NULL
checkpoint.size bigint NOT NULL
circle CONSTRAINT circle_id_check CHECK ((length(id) = 16))
circle CONSTRAINT circle_id_key UNIQUE (id)
circle CONSTRAINT circle_pkey PRIMARY KEY (key)
circle INDEX CREATE INDEX circle_scratchpad ON circle USING btree (key) WHERE (kind = 7)
circle INDEX CREATE UNIQUE INDEX circle_id_key ON circle USING btree (id)
circle INDEX CREATE UNIQUE INDEX circle_pkey ON circle USING btree (key)
circle.epoch integer NOT NULL
circle.id bytea NOT NULL
circle.key bigint NOT NULL
circle.kind smallint NOT NULL
circle.member bytea
circle.person bytea
circle.service bytea
device CONSTRAINT device_hash_key UNIQUE (hash)
device CONSTRAINT device_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
device CONSTRAINT device_pkey PRIMARY KEY (number)
device INDEX CREATE INDEX device_member ON device USING btree (member)
device INDEX CREATE UNIQUE INDEX device_hash_key ON device USING btree (hash)
device INDEX CREATE UNIQUE INDEX device_pkey ON device USING btree (number)
device.hash bytea NOT NULL
device.label bytea
device.made bigint NOT NULL
device.member bytea NOT NULL
device.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
draft CONSTRAINT draft_author_fkey FOREIGN KEY (author) REFERENCES entity(id)
draft CONSTRAINT draft_id_check CHECK ((length(id) = 16))
draft CONSTRAINT draft_id_key UNIQUE (id)
draft CONSTRAINT draft_pkey PRIMARY KEY (number)
draft INDEX CREATE INDEX draft_author ON draft USING btree (author)
draft INDEX CREATE UNIQUE INDEX draft_id_key ON draft USING btree (id)
draft INDEX CREATE UNIQUE INDEX draft_pkey ON draft USING btree (number)
draft.author bytea NOT NULL
draft.form smallint NOT NULL
draft.id bytea NOT NULL
draft.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
draft.sealed bytea NOT NULL
entity CONSTRAINT entity_id_check CHECK ((length(id) = 16))
entity CONSTRAINT entity_id_key UNIQUE (id)
entity CONSTRAINT entity_pkey PRIMARY KEY (number)
entity INDEX CREATE UNIQUE INDEX entity_id_key ON entity USING btree (id)
entity INDEX CREATE UNIQUE INDEX entity_pkey ON entity USING btree (number)
entity.id bytea NOT NULL
entity.kind smallint NOT NULL
entity.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
entity.spent integer NOT NULL DEFAULT 0
epoch CONSTRAINT epoch_circle_fkey FOREIGN KEY (circle) REFERENCES circle(key)
epoch CONSTRAINT epoch_circle_number_key UNIQUE (circle, number)
epoch CONSTRAINT epoch_pkey PRIMARY KEY (key)
epoch INDEX CREATE UNIQUE INDEX epoch_circle_number_key ON epoch USING btree (circle, number)
epoch INDEX CREATE UNIQUE INDEX epoch_pkey ON epoch USING btree (key)
epoch.back bytea NOT NULL
epoch.circle bigint NOT NULL
epoch.key bigint NOT NULL
epoch.number integer NOT NULL
epoch.print bytea NOT NULL
epoch.public bytea NOT NULL
file CONSTRAINT file_digest_check CHECK ((length(digest) = 32))
file CONSTRAINT file_id_check CHECK ((length(id) = 16))
file CONSTRAINT file_id_key UNIQUE (id)
file CONSTRAINT file_object_fkey FOREIGN KEY (object) REFERENCES object(key)
file CONSTRAINT file_object_key UNIQUE (object)
file CONSTRAINT file_pkey PRIMARY KEY (number)
file INDEX CREATE UNIQUE INDEX file_id_key ON file USING btree (id)
file INDEX CREATE UNIQUE INDEX file_object_key ON file USING btree (object)
file INDEX CREATE UNIQUE INDEX file_pkey ON file USING btree (number)
file.digest bytea NOT NULL
file.id bytea NOT NULL
file.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
file.object bigint NOT NULL
file.size bigint NOT NULL
finding CONSTRAINT finding_pkey PRIMARY KEY (number)
finding INDEX CREATE UNIQUE INDEX finding_pkey ON finding USING btree (number)
finding.code text NOT NULL
finding.many integer NOT NULL
finding.minute bigint NOT NULL
finding.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
function CONSTRAINT function_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
function CONSTRAINT function_pkey PRIMARY KEY (number)
function CONSTRAINT function_service_fkey FOREIGN KEY (service) REFERENCES entity(id)
function INDEX CREATE INDEX function_member ON function USING btree (member)
function INDEX CREATE UNIQUE INDEX function_house ON function USING btree (member, role) WHERE (service IS NULL)
function INDEX CREATE UNIQUE INDEX function_pkey ON function USING btree (number)
function INDEX CREATE UNIQUE INDEX function_service ON function USING btree (service, member, role) WHERE (service IS NOT NULL)
function.member bytea NOT NULL
function.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
function.role text NOT NULL
function.service bytea
incident CONSTRAINT incident_pkey PRIMARY KEY (number)
incident INDEX CREATE INDEX incident_open ON incident USING btree (recorded) WHERE (recorded = 0)
incident INDEX CREATE UNIQUE INDEX incident_pkey ON incident USING btree (number)
incident.found bigint NOT NULL
incident.kind smallint NOT NULL
incident.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
incident.recorded bigint NOT NULL
incident.sentence text NOT NULL
incident.taken bigint NOT NULL
invitation CONSTRAINT invitation_code_key UNIQUE (code)
invitation CONSTRAINT invitation_id_key UNIQUE (id)
invitation CONSTRAINT invitation_inviter_fkey FOREIGN KEY (inviter) REFERENCES entity(id)
invitation CONSTRAINT invitation_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
invitation CONSTRAINT invitation_pkey PRIMARY KEY (number)
invitation INDEX CREATE UNIQUE INDEX invitation_code_key ON invitation USING btree (code)
invitation INDEX CREATE UNIQUE INDEX invitation_id_key ON invitation USING btree (id)
invitation INDEX CREATE UNIQUE INDEX invitation_pkey ON invitation USING btree (number)
invitation.code bytea NOT NULL
invitation.id bytea NOT NULL
invitation.inviter bytea
invitation.member bytea NOT NULL
invitation.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
invitation.sealed bytea NOT NULL
invitation.until bigint NOT NULL
journal CONSTRAINT journal_id_check CHECK ((length(id) = 16))
journal CONSTRAINT journal_id_key UNIQUE (id)
journal CONSTRAINT journal_pkey PRIMARY KEY (number)
journal INDEX CREATE UNIQUE INDEX journal_id_key ON journal USING btree (id)
journal INDEX CREATE UNIQUE INDEX journal_pkey ON journal USING btree (number)
journal TRIGGER CREATE TRIGGER journal_append_only BEFORE DELETE OR UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION journal_refuse_early()
journal TRIGGER CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
journal.body bytea NOT NULL
journal.id bytea NOT NULL
journal.minute bigint NOT NULL
journal.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
journal_slip CONSTRAINT journal_slip_circle_fkey FOREIGN KEY (circle) REFERENCES circle(key)
journal_slip CONSTRAINT journal_slip_pkey PRIMARY KEY (key)
journal_slip CONSTRAINT journal_slip_sealed_check CHECK ((length(sealed) <= 512))
journal_slip INDEX CREATE INDEX journal_slip_circle ON journal_slip USING btree (circle, entry)
journal_slip INDEX CREATE UNIQUE INDEX journal_slip_pkey ON journal_slip USING btree (key)
journal_slip TRIGGER CREATE TRIGGER journal_slip_append_only BEFORE DELETE OR UPDATE ON journal_slip FOR EACH ROW EXECUTE FUNCTION journal_slip_refuse_early()
journal_slip TRIGGER CREATE TRIGGER journal_slip_no_truncate BEFORE TRUNCATE ON journal_slip FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
journal_slip.circle bigint NOT NULL
journal_slip.entry bigint NOT NULL
journal_slip.epoch integer NOT NULL
journal_slip.key bigint NOT NULL
journal_slip.person bytea
journal_slip.sealed bytea NOT NULL
journal_slip.service bytea
known CONSTRAINT known_person_fkey FOREIGN KEY (person) REFERENCES entity(number)
known CONSTRAINT known_service_fkey FOREIGN KEY (service) REFERENCES entity(number)
known CONSTRAINT known_service_person_key UNIQUE (service, person)
known INDEX CREATE INDEX known_person ON known USING btree (person)
known INDEX CREATE UNIQUE INDEX known_service_person_key ON known USING btree (service, person)
known.person bigint NOT NULL
known.service bigint NOT NULL
leaf CONSTRAINT leaf_check CHECK (((entry IS NULL) <> (link IS NULL)))
leaf CONSTRAINT leaf_hash_check CHECK ((length(hash) = 32))
leaf CONSTRAINT leaf_pkey PRIMARY KEY (sequence)
leaf INDEX CREATE UNIQUE INDEX leaf_entry ON leaf USING btree (entry) WHERE (entry IS NOT NULL)
leaf INDEX CREATE UNIQUE INDEX leaf_link ON leaf USING btree (link) WHERE (link IS NOT NULL)
leaf INDEX CREATE UNIQUE INDEX leaf_pkey ON leaf USING btree (sequence)
leaf TRIGGER CREATE TRIGGER leaf_append_only BEFORE DELETE OR UPDATE ON leaf FOR EACH ROW EXECUTE FUNCTION refuse_change()
leaf TRIGGER CREATE TRIGGER leaf_no_truncate BEFORE TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
leaf.entry bigint
leaf.hash bytea NOT NULL
leaf.link bigint
leaf.sequence bigint NOT NULL
lease CONSTRAINT lease_pkey PRIMARY KEY (name)
lease INDEX CREATE UNIQUE INDEX lease_pkey ON lease USING btree (name)
lease.holder bytea NOT NULL
lease.name text NOT NULL
lease.until bigint NOT NULL
link CONSTRAINT link_pkey PRIMARY KEY (key)
link INDEX CREATE INDEX link_until ON link USING btree (until) WHERE (until <> 0)
link INDEX CREATE UNIQUE INDEX link_pkey ON link USING btree (key)
link TRIGGER CREATE TRIGGER link_append_only BEFORE DELETE OR UPDATE ON link FOR EACH ROW EXECUTE FUNCTION refuse_change()
link TRIGGER CREATE TRIGGER link_no_truncate BEFORE TRUNCATE ON link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
link.at bigint NOT NULL
link.author bytea
link.class smallint NOT NULL
link.commitment bytea NOT NULL
link.entitles smallint NOT NULL
link.epoch integer NOT NULL
link.key bigint NOT NULL
link.prev bytea NOT NULL
link.recipient bytea
link.recipient_kind smallint NOT NULL
link.sealed bytea NOT NULL
link.sealed_hash bytea NOT NULL
link.signature bytea NOT NULL
link.since bigint NOT NULL
link.target bytea
link.target_kind smallint NOT NULL
link.until bigint NOT NULL
lock CONSTRAINT lock_id_key UNIQUE (id)
lock CONSTRAINT lock_owner_fkey FOREIGN KEY (owner) REFERENCES entity(number)
lock CONSTRAINT lock_pkey PRIMARY KEY (number)
lock INDEX CREATE INDEX lock_owner ON lock USING btree (owner)
lock INDEX CREATE UNIQUE INDEX lock_id_key ON lock USING btree (id)
lock INDEX CREATE UNIQUE INDEX lock_pkey ON lock USING btree (number)
lock.id bytea NOT NULL
lock.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
lock.owner bigint NOT NULL
lock.public bytea NOT NULL
lock.threshold smallint NOT NULL
mark CONSTRAINT mark_check CHECK (((circle IS NULL) <> (object IS NULL)))
mark CONSTRAINT mark_circle_fkey FOREIGN KEY (circle) REFERENCES circle(key)
mark CONSTRAINT mark_circle_reader_key UNIQUE (circle, reader)
mark CONSTRAINT mark_object_fkey FOREIGN KEY (object) REFERENCES object(key)
mark CONSTRAINT mark_object_reader_key UNIQUE (object, reader)
mark CONSTRAINT mark_pkey PRIMARY KEY (key)
mark INDEX CREATE UNIQUE INDEX mark_circle_reader_key ON mark USING btree (circle, reader)
mark INDEX CREATE UNIQUE INDEX mark_object_reader_key ON mark USING btree (object, reader)
mark INDEX CREATE UNIQUE INDEX mark_pkey ON mark USING btree (key)
mark.circle bigint
mark.key bigint NOT NULL
mark.object bigint
mark.reader bytea NOT NULL
mark.sealed bytea NOT NULL
member CONSTRAINT member_login_key UNIQUE (login)
member CONSTRAINT member_number_fkey FOREIGN KEY (number) REFERENCES entity(number)
member CONSTRAINT member_number_key UNIQUE (number)
member INDEX CREATE UNIQUE INDEX member_login_key ON member USING btree (login)
member INDEX CREATE UNIQUE INDEX member_number_key ON member USING btree (number)
member.kem bytea NOT NULL
member.letter_box bytea NOT NULL
member.login text NOT NULL
member.name text NOT NULL
member.number bigint NOT NULL
member.regime text NOT NULL
member.sign bytea NOT NULL
member.state smallint NOT NULL
mission CONSTRAINT mission_id_key UNIQUE (id)
mission CONSTRAINT mission_pkey PRIMARY KEY (number)
mission CONSTRAINT mission_service_fkey FOREIGN KEY (service) REFERENCES entity(id)
mission INDEX CREATE INDEX mission_service ON mission USING btree (service)
mission INDEX CREATE UNIQUE INDEX mission_id_key ON mission USING btree (id)
mission INDEX CREATE UNIQUE INDEX mission_pkey ON mission USING btree (number)
mission.code text NOT NULL
mission.id bytea NOT NULL
mission.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
mission.service bytea NOT NULL
node CONSTRAINT node_hash_check CHECK ((length(hash) = 32))
node CONSTRAINT node_pkey PRIMARY KEY ("position")
node INDEX CREATE UNIQUE INDEX node_pkey ON node USING btree ("position")
node TRIGGER CREATE TRIGGER node_append_only BEFORE DELETE OR UPDATE ON node FOR EACH ROW EXECUTE FUNCTION refuse_change()
node TRIGGER CREATE TRIGGER node_no_truncate BEFORE TRUNCATE ON node FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
node.hash bytea NOT NULL
node.position bigint NOT NULL
object CONSTRAINT object_id_check CHECK ((length(id) = 16))
object CONSTRAINT object_id_key UNIQUE (id)
object CONSTRAINT object_pkey PRIMARY KEY (key)
object INDEX CREATE UNIQUE INDEX object_id_key ON object USING btree (id)
object INDEX CREATE UNIQUE INDEX object_pkey ON object USING btree (key)
object.id bytea NOT NULL
object.key bigint NOT NULL
organisation CONSTRAINT organisation_number_fkey FOREIGN KEY (number) REFERENCES entity(number)
organisation CONSTRAINT organisation_number_key UNIQUE (number)
organisation INDEX CREATE UNIQUE INDEX organisation_number_key ON organisation USING btree (number)
organisation.name text NOT NULL
organisation.number bigint NOT NULL
purge CONSTRAINT purge_below_since_fkey FOREIGN KEY (below, since) REFERENCES checkpoint(size, minute)
purge CONSTRAINT purge_check CHECK (((minute - since) >= 525600))
purge CONSTRAINT purge_pkey PRIMARY KEY (below)
purge INDEX CREATE UNIQUE INDEX purge_pkey ON purge USING btree (below)
purge TRIGGER CREATE TRIGGER purge_append_only BEFORE DELETE OR UPDATE ON purge FOR EACH ROW EXECUTE FUNCTION refuse_change()
purge TRIGGER CREATE TRIGGER purge_no_truncate BEFORE TRUNCATE ON purge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
purge.below bigint NOT NULL
purge.entry bytea NOT NULL
purge.minute bigint NOT NULL
purge.note text NOT NULL
purge.since bigint NOT NULL
schema_version CONSTRAINT schema_version_pkey PRIMARY KEY (number)
schema_version INDEX CREATE UNIQUE INDEX schema_version_pkey ON schema_version USING btree (number)
schema_version.number bigint NOT NULL
seat CONSTRAINT seat_id_key UNIQUE (id)
seat CONSTRAINT seat_pkey PRIMARY KEY (number)
seat INDEX CREATE UNIQUE INDEX seat_id_key ON seat USING btree (id)
seat INDEX CREATE UNIQUE INDEX seat_pkey ON seat USING btree (number)
seat.id bytea NOT NULL
seat.kind smallint NOT NULL
seat.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
seat.proved bigint NOT NULL
seat.public bytea NOT NULL
service CONSTRAINT service_number_fkey FOREIGN KEY (number) REFERENCES entity(number)
service CONSTRAINT service_number_key UNIQUE (number)
service INDEX CREATE UNIQUE INDEX service_number_key ON service USING btree (number)
service.emergency boolean NOT NULL
service.name text NOT NULL
service.number bigint NOT NULL
session CONSTRAINT session_hash_key UNIQUE (hash)
session CONSTRAINT session_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
session CONSTRAINT session_pkey PRIMARY KEY (number)
session INDEX CREATE INDEX session_member ON session USING btree (member)
session INDEX CREATE UNIQUE INDEX session_hash_key ON session USING btree (hash)
session INDEX CREATE UNIQUE INDEX session_pkey ON session USING btree (number)
session.day_half bytea NOT NULL
session.day_salt bytea NOT NULL
session.day_tries smallint NOT NULL
session.deposit boolean NOT NULL
session.hash bytea NOT NULL
session.last_use bigint NOT NULL
session.member bytea NOT NULL
session.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
session.sealed bytea NOT NULL
session.started bigint NOT NULL
share CONSTRAINT share_lock_fkey FOREIGN KEY (lock) REFERENCES lock(number)
share CONSTRAINT share_lock_place_key UNIQUE (lock, place)
share CONSTRAINT share_seat_fkey FOREIGN KEY (seat) REFERENCES seat(id)
share INDEX CREATE UNIQUE INDEX share_lock_place_key ON share USING btree (lock, place)
share.lock bigint NOT NULL
share.place smallint NOT NULL
share.sealed bytea NOT NULL
share.seat bytea NOT NULL
slip CONSTRAINT slip_circle_fkey FOREIGN KEY (circle) REFERENCES circle(key)
slip CONSTRAINT slip_object_circle_key UNIQUE (object, circle)
slip CONSTRAINT slip_object_fkey FOREIGN KEY (object) REFERENCES object(key)
slip CONSTRAINT slip_pkey PRIMARY KEY (key)
slip INDEX CREATE INDEX slip_circle ON slip USING btree (circle)
slip INDEX CREATE UNIQUE INDEX slip_object_circle_key ON slip USING btree (object, circle)
slip INDEX CREATE UNIQUE INDEX slip_pkey ON slip USING btree (key)
slip.circle bigint NOT NULL
slip.epoch integer NOT NULL
slip.key bigint NOT NULL
slip.object bigint NOT NULL
slip.sealed bytea NOT NULL
slot CONSTRAINT slot_cred_id_key UNIQUE (cred_id)
slot CONSTRAINT slot_id_key UNIQUE (id)
slot CONSTRAINT slot_member_fkey FOREIGN KEY (member) REFERENCES entity(id)
slot CONSTRAINT slot_pkey PRIMARY KEY (number)
slot INDEX CREATE INDEX slot_member ON slot USING btree (member)
slot INDEX CREATE UNIQUE INDEX slot_cred_id_key ON slot USING btree (cred_id)
slot INDEX CREATE UNIQUE INDEX slot_id_key ON slot USING btree (id)
slot INDEX CREATE UNIQUE INDEX slot_pkey ON slot USING btree (number)
slot.cred_id bytea
slot.credential bytea NOT NULL
slot.id bytea NOT NULL
slot.kind smallint NOT NULL
slot.label bytea
slot.made bigint NOT NULL
slot.member bytea NOT NULL
slot.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
slot.proved bigint NOT NULL
slot.public bytea NOT NULL
slot.salt bytea NOT NULL
slot.sealed bytea NOT NULL
tally CONSTRAINT tally_pkey PRIMARY KEY (number)
tally CONSTRAINT tally_service_fkey FOREIGN KEY (service) REFERENCES entity(id)
tally CONSTRAINT tally_service_month_act_medium_theme_key UNIQUE (service, month, act, medium, theme)
tally CONSTRAINT tally_times_check CHECK ((times >= 0))
tally INDEX CREATE UNIQUE INDEX tally_pkey ON tally USING btree (number)
tally INDEX CREATE UNIQUE INDEX tally_service_month_act_medium_theme_key ON tally USING btree (service, month, act, medium, theme)
tally.act text NOT NULL
tally.medium text NOT NULL
tally.month integer NOT NULL
tally.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
tally.service bytea NOT NULL
tally.theme text NOT NULL
tally.times bigint NOT NULL
version CONSTRAINT version_object_fkey FOREIGN KEY (object) REFERENCES object(key)
version CONSTRAINT version_object_number_key UNIQUE (object, number)
version CONSTRAINT version_pkey PRIMARY KEY (key)
version INDEX CREATE UNIQUE INDEX version_object_number_key ON version USING btree (object, number)
version INDEX CREATE UNIQUE INDEX version_pkey ON version USING btree (key)
version.key bigint NOT NULL
version.minute bigint NOT NULL
version.number integer NOT NULL
version.object bigint NOT NULL
version.sealed bytea NOT NULL
waiting CONSTRAINT waiting_check CHECK (((entry IS NULL) <> (link IS NULL)))
waiting CONSTRAINT waiting_pkey PRIMARY KEY (number)
waiting INDEX CREATE UNIQUE INDEX waiting_pkey ON waiting USING btree (number)
waiting.entry bigint
waiting.link bigint
waiting.number bigint NOT NULL GENERATED ALWAYS AS IDENTITY
wrap CONSTRAINT wrap_check CHECK (((circle IS NULL) <> (object IS NULL)))
wrap CONSTRAINT wrap_circle_fkey FOREIGN KEY (circle) REFERENCES circle(key)
wrap CONSTRAINT wrap_circle_recipient_recipient_kind_key UNIQUE (circle, recipient, recipient_kind)
wrap CONSTRAINT wrap_object_fkey FOREIGN KEY (object) REFERENCES object(key)
wrap CONSTRAINT wrap_pkey PRIMARY KEY (key)
wrap INDEX CREATE INDEX wrap_recipient ON wrap USING btree (recipient, recipient_kind, key)
wrap INDEX CREATE UNIQUE INDEX wrap_circle_recipient_recipient_kind_key ON wrap USING btree (circle, recipient, recipient_kind)
wrap INDEX CREATE UNIQUE INDEX wrap_object ON wrap USING btree (object, recipient, recipient_kind) WHERE (object IS NOT NULL)
wrap INDEX CREATE UNIQUE INDEX wrap_pkey ON wrap USING btree (key)
wrap.circle bigint
wrap.epoch integer NOT NULL
wrap.form smallint NOT NULL
wrap.key bigint NOT NULL
wrap.object bigint
wrap.recipient bytea NOT NULL
wrap.recipient_kind smallint NOT NULL
wrap.sealed bytea NOT NULL
