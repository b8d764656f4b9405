-- Written by the tests of this package with -update; do not edit.
CREATE TABLE appointment (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE REFERENCES object (id),
  service BLOB NOT NULL REFERENCES entity (id),
  member BLOB NOT NULL REFERENCES entity (id),
  person BLOB REFERENCES entity (id),
  start BIGINT NOT NULL,
  length INTEGER NOT NULL,
  answer SMALLINT NOT NULL
);
CREATE INDEX appointment_person ON appointment (person) WHERE person IS NOT NULL;
CREATE INDEX appointment_service ON appointment (service, start);
CREATE TABLE backup (
  day BIGINT NOT NULL UNIQUE
);
CREATE TABLE canary (
  number INTEGER PRIMARY KEY,
  content BLOB NOT NULL
);
CREATE TABLE "case" (
  number INTEGER NOT NULL UNIQUE REFERENCES entity (number),
  service BLOB NOT NULL REFERENCES entity (id),
  mission BLOB NOT NULL REFERENCES mission (id),
  open BOOLEAN NOT NULL
);
CREATE TABLE case_person (
  number INTEGER NOT NULL REFERENCES entity (number),
  place SMALLINT NOT NULL,
  person INTEGER NOT NULL REFERENCES entity (number),
  UNIQUE (number, person)
);
CREATE INDEX case_person_person ON case_person (person);
CREATE TRIGGER checkpoint_no_DELETE BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
CREATE TRIGGER checkpoint_no_UPDATE BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,
  size BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL,
  UNIQUE (size, minute)
);
CREATE TABLE circle (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind SMALLINT NOT NULL,
  service BLOB,
  member BLOB,
  person BLOB,
  epoch INTEGER NOT NULL
);
CREATE INDEX circle_scratchpad ON circle (key) WHERE kind = 7;
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  member BLOB NOT NULL REFERENCES entity (id),
  made BIGINT NOT NULL
, label BLOB);
CREATE INDEX device_member ON device (member);
CREATE TABLE draft (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  author BLOB NOT NULL REFERENCES entity (id),
  form SMALLINT NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX draft_author ON draft (author);
CREATE TABLE entity (
  number INTEGER PRIMARY KEY,
  kind SMALLINT NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  spent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE epoch (
  key INTEGER PRIMARY KEY,
  circle INTEGER NOT NULL REFERENCES circle (key),
  number INTEGER NOT NULL,
  public BLOB NOT NULL,
  print BLOB NOT NULL,
  back BLOB NOT NULL,
  UNIQUE (circle, number)
);
CREATE TABLE file (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  object INTEGER NOT NULL UNIQUE REFERENCES object (key),
  size BIGINT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32)
);
CREATE TABLE finding (
  number INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  many INTEGER NOT NULL,
  minute BIGINT NOT NULL
);
CREATE TABLE function (
  number INTEGER PRIMARY KEY,
  member BLOB NOT NULL REFERENCES entity (id),
  service BLOB REFERENCES entity (id),
  role TEXT NOT NULL
);
CREATE UNIQUE INDEX function_house ON function (member, role) WHERE service IS NULL;
CREATE INDEX function_member ON function (member);
CREATE UNIQUE INDEX function_service ON function (service, member, role) WHERE service IS NOT NULL;
CREATE TABLE incident (
  number INTEGER PRIMARY KEY,
  kind SMALLINT NOT NULL,
  taken BIGINT NOT NULL,
  found BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  sentence TEXT NOT NULL
);
CREATE INDEX incident_open ON incident (recorded) WHERE recorded = 0;
CREATE TABLE invitation (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  code BLOB NOT NULL UNIQUE,
  member BLOB NOT NULL REFERENCES entity (id),
  inviter BLOB REFERENCES entity (id),
  until BIGINT NOT NULL,
  sealed BLOB NOT NULL
);
CREATE TRIGGER journal_no_DELETE BEFORE DELETE ON journal WHEN NOT EXISTS (SELECT 1 FROM journal j JOIN leaf f ON f.entry = j.number
		JOIN purge p ON p.below > f.sequence AND p.minute - j.minute >= 525600 WHERE j.number = OLD.number) BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_UPDATE BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  minute BIGINT NOT NULL,
  body BLOB NOT NULL
);
CREATE TRIGGER journal_slip_no_DELETE BEFORE DELETE ON journal_slip WHEN NOT EXISTS (SELECT 1 FROM journal j JOIN leaf f ON f.entry = j.number
		JOIN purge p ON p.below > f.sequence AND p.minute - j.minute >= 525600 WHERE j.number = OLD.entry) BEGIN SELECT RAISE(ABORT, 'journal_slip is append-only'); END;
CREATE TRIGGER journal_slip_no_UPDATE BEFORE UPDATE ON journal_slip BEGIN SELECT RAISE(ABORT, 'journal_slip is append-only'); END;
CREATE TABLE journal_slip (
  key INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL,
  circle INTEGER NOT NULL REFERENCES circle (key),
  epoch INTEGER NOT NULL,
  person BLOB,
  service BLOB,
  sealed BLOB NOT NULL CHECK (length(sealed) <= 512)
);
CREATE INDEX journal_slip_circle ON journal_slip (circle, entry);
CREATE TABLE known (
  service INTEGER NOT NULL REFERENCES entity (number),
  person INTEGER NOT NULL REFERENCES entity (number),
  UNIQUE (service, person)
);
CREATE INDEX known_person ON known (person);
CREATE TRIGGER leaf_no_DELETE BEFORE DELETE ON leaf BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
CREATE TRIGGER leaf_no_UPDATE BEFORE UPDATE ON leaf BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
CREATE TABLE leaf (
  sequence INTEGER PRIMARY KEY,
  entry INTEGER,
  link INTEGER,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  CHECK ((entry IS NULL) <> (link IS NULL))
);
CREATE UNIQUE INDEX leaf_entry ON leaf (entry) WHERE entry IS NOT NULL;
CREATE UNIQUE INDEX leaf_link ON leaf (link) WHERE link IS NOT NULL;
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder BLOB NOT NULL,
  until BIGINT NOT NULL
);
CREATE TRIGGER link_no_DELETE BEFORE DELETE ON link BEGIN SELECT RAISE(ABORT, 'link is append-only'); END;
CREATE TRIGGER link_no_UPDATE BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'link is append-only'); END;
CREATE TABLE link (
  key INTEGER PRIMARY KEY,
  class SMALLINT NOT NULL,
  entitles SMALLINT NOT NULL,
  recipient_kind SMALLINT NOT NULL,
  recipient BLOB,
  target_kind SMALLINT NOT NULL,
  target BLOB,
  epoch INTEGER NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  at BIGINT NOT NULL,
  author BLOB,
  commitment BLOB NOT NULL,
  sealed_hash BLOB NOT NULL,
  prev BLOB NOT NULL,
  signature BLOB NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX link_until ON link (until) WHERE until <> 0;
CREATE TABLE lock (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  owner INTEGER NOT NULL REFERENCES entity (number),
  public BLOB NOT NULL,
  threshold SMALLINT NOT NULL
);
CREATE INDEX lock_owner ON lock (owner);
CREATE TABLE mark (
  key INTEGER PRIMARY KEY,
  circle INTEGER REFERENCES circle (key),
  object INTEGER REFERENCES object (key),
  reader BLOB NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (circle, reader),
  UNIQUE (object, reader),
  CHECK ((circle IS NULL) <> (object IS NULL))
);
CREATE TABLE member (
  number INTEGER NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL,
  login TEXT NOT NULL UNIQUE,
  regime TEXT NOT NULL,
  state SMALLINT NOT NULL,
  kem BLOB NOT NULL,
  sign BLOB NOT NULL,
  letter_box BLOB NOT NULL
);
CREATE TABLE mission (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  service BLOB NOT NULL REFERENCES entity (id),
  code TEXT NOT NULL
);
CREATE INDEX mission_service ON mission (service);
CREATE TRIGGER node_no_DELETE BEFORE DELETE ON node BEGIN SELECT RAISE(ABORT, 'node is append-only'); END;
CREATE TRIGGER node_no_UPDATE BEFORE UPDATE ON node BEGIN SELECT RAISE(ABORT, 'node is append-only'); END;
CREATE TABLE node (
  position INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
);
CREATE TABLE object (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16)
);
CREATE TABLE organisation (
  number INTEGER NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL
);
CREATE TRIGGER purge_no_DELETE BEFORE DELETE ON purge BEGIN SELECT RAISE(ABORT, 'purge is append-only'); END;
CREATE TRIGGER purge_no_UPDATE BEFORE UPDATE ON purge BEGIN SELECT RAISE(ABORT, 'purge is append-only'); END;
CREATE TABLE purge (
  below INTEGER PRIMARY KEY,
  since BIGINT NOT NULL,
  minute BIGINT NOT NULL CHECK (minute - since >= 525600),
  entry BLOB NOT NULL,
  note TEXT NOT NULL,
  FOREIGN KEY (below, since) REFERENCES checkpoint (size, minute)
);
CREATE TABLE schema_version (number INTEGER PRIMARY KEY);
CREATE TABLE seat (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  kind SMALLINT NOT NULL,
  public BLOB NOT NULL,
  proved BIGINT NOT NULL
);
CREATE TABLE service (
  number INTEGER NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL,
  emergency BOOLEAN NOT NULL
);
CREATE TABLE session (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  member BLOB NOT NULL REFERENCES entity (id),
  started BIGINT NOT NULL,
  last_use BIGINT NOT NULL,
  deposit BOOLEAN NOT NULL,
  sealed BLOB NOT NULL,
  day_salt BLOB NOT NULL,
  day_half BLOB NOT NULL,
  day_tries SMALLINT NOT NULL
);
CREATE INDEX session_member ON session (member);
CREATE TABLE share (
  lock INTEGER NOT NULL REFERENCES lock (number),
  place SMALLINT NOT NULL,
  seat BLOB NOT NULL REFERENCES seat (id),
  sealed BLOB NOT NULL,
  UNIQUE (lock, place)
);
CREATE TABLE slip (
  key INTEGER PRIMARY KEY,
  object INTEGER NOT NULL REFERENCES object (key),
  circle INTEGER NOT NULL REFERENCES circle (key),
  epoch INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (object, circle)
);
CREATE INDEX slip_circle ON slip (circle);
CREATE TABLE slot (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  member BLOB NOT NULL REFERENCES entity (id),
  kind SMALLINT NOT NULL,
  salt BLOB NOT NULL,
  public BLOB NOT NULL,
  sealed BLOB NOT NULL,
  credential BLOB NOT NULL,
  cred_id BLOB UNIQUE,
  made BIGINT NOT NULL,
  proved BIGINT NOT NULL
, label BLOB);
CREATE INDEX slot_member ON slot (member);
CREATE TABLE tally (
  number INTEGER PRIMARY KEY,
  service BLOB NOT NULL REFERENCES entity (id),
  month INTEGER NOT NULL,
  act TEXT NOT NULL,
  medium TEXT NOT NULL,
  theme TEXT NOT NULL,
  times BIGINT NOT NULL CHECK (times >= 0),
  UNIQUE (service, month, act, medium, theme)
);
CREATE TABLE version (
  key INTEGER PRIMARY KEY,
  object INTEGER NOT NULL REFERENCES object (key),
  number INTEGER NOT NULL,
  minute BIGINT NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (object, number)
);
CREATE TABLE waiting (
  number INTEGER PRIMARY KEY,
  entry INTEGER,
  link INTEGER,
  CHECK ((entry IS NULL) <> (link IS NULL))
);
CREATE TABLE wrap (
  key INTEGER PRIMARY KEY,
  circle INTEGER REFERENCES circle (key),
  object INTEGER REFERENCES object (key),
  recipient_kind SMALLINT NOT NULL,
  recipient BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  form SMALLINT NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (circle, recipient, recipient_kind),
  CHECK ((circle IS NULL) <> (object IS NULL))
);
CREATE UNIQUE INDEX wrap_object ON wrap (object, recipient, recipient_kind) WHERE object IS NOT NULL;
CREATE INDEX wrap_recipient ON wrap (recipient, recipient_kind, key);
