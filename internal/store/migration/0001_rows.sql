-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One text for both databases; migrate.go says what the tokens become.
-- What may stand in clear is secrecy.md §2bis, column by column in
-- storetest/columns.txt. Every optional reference is NULL when it names nothing.

-- What owns circles, objects and chains. spent is the highest order that a
-- deleted object of this owner had: the journal names orders, so none returns.
CREATE TABLE entity (
  number ${serial},
  kind SMALLINT NOT NULL,
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16),
  spent INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE organisation (
  number ${key} NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL
);

CREATE TABLE service (
  number ${key} NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL,
  emergency BOOLEAN NOT NULL
);

CREATE TABLE mission (
  number ${serial},
  id ${blob} NOT NULL UNIQUE,
  service ${blob} NOT NULL REFERENCES entity (id),
  code TEXT NOT NULL
);
CREATE INDEX mission_service ON mission (service);

CREATE TABLE member (
  number ${key} NOT NULL UNIQUE REFERENCES entity (number),
  name TEXT NOT NULL,
  login TEXT NOT NULL UNIQUE,
  regime TEXT NOT NULL,
  state SMALLINT NOT NULL,
  kem ${blob} NOT NULL,
  sign ${blob} NOT NULL,
  letter_box ${blob} NOT NULL
);

CREATE TABLE function (
  number ${serial},
  member ${blob} NOT NULL REFERENCES entity (id),
  service ${blob} REFERENCES entity (id),
  role TEXT NOT NULL
);
CREATE UNIQUE INDEX function_service ON function (service, member, role) WHERE service IS NOT NULL;
CREATE UNIQUE INDEX function_house ON function (member, role) WHERE service IS NULL;
CREATE INDEX function_member ON function (member);

CREATE TABLE slot (
  number ${serial},
  id ${blob} NOT NULL UNIQUE,
  member ${blob} NOT NULL REFERENCES entity (id),
  kind SMALLINT NOT NULL,
  salt ${blob} NOT NULL,
  public ${blob} NOT NULL,
  sealed ${blob} NOT NULL,
  credential ${blob} NOT NULL,
  cred_id ${blob} UNIQUE,
  made BIGINT NOT NULL,
  proved BIGINT NOT NULL
);
CREATE INDEX slot_member ON slot (member);

CREATE TABLE device (
  number ${serial},
  hash ${blob} NOT NULL UNIQUE,
  member ${blob} NOT NULL REFERENCES entity (id),
  made BIGINT NOT NULL
);
CREATE INDEX device_member ON device (member);

CREATE TABLE session (
  number ${serial},
  hash ${blob} NOT NULL UNIQUE,
  member ${blob} NOT NULL REFERENCES entity (id),
  started BIGINT NOT NULL,
  last_use BIGINT NOT NULL,
  deposit BOOLEAN NOT NULL,
  sealed ${blob} NOT NULL,
  day_salt ${blob} NOT NULL,
  day_half ${blob} NOT NULL,
  day_tries SMALLINT NOT NULL
);
CREATE INDEX session_member ON session (member);

CREATE TABLE invitation (
  number ${serial},
  id ${blob} NOT NULL UNIQUE,
  code ${blob} NOT NULL UNIQUE,
  member ${blob} NOT NULL REFERENCES entity (id),
  inviter ${blob} REFERENCES entity (id),
  until BIGINT NOT NULL,
  sealed ${blob} NOT NULL
);

CREATE TABLE seat (
  number ${serial},
  id ${blob} NOT NULL UNIQUE,
  kind SMALLINT NOT NULL,
  public ${blob} NOT NULL,
  proved BIGINT NOT NULL
);

CREATE TABLE lock (
  number ${serial},
  id ${blob} NOT NULL UNIQUE,
  owner ${key} NOT NULL REFERENCES entity (number),
  public ${blob} NOT NULL,
  threshold SMALLINT NOT NULL
);
CREATE INDEX lock_owner ON lock (owner);

CREATE TABLE share (
  lock ${key} NOT NULL REFERENCES lock (number),
  place SMALLINT NOT NULL,
  seat ${blob} NOT NULL REFERENCES seat (id),
  sealed ${blob} NOT NULL,
  UNIQUE (lock, place)
);

-- The rows of one owner stand together: key = entity.number * 2^20 + n, n from 1.

CREATE TABLE circle (
  key ${key} PRIMARY KEY,
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16),
  kind SMALLINT NOT NULL,
  service ${blob},
  member ${blob},
  person ${blob},
  epoch INTEGER NOT NULL
);
CREATE INDEX circle_scratchpad ON circle (key) WHERE kind = 7;

CREATE TABLE epoch (
  key ${key} PRIMARY KEY,
  circle ${key} NOT NULL REFERENCES circle (key),
  number INTEGER NOT NULL,
  public ${blob} NOT NULL,
  print ${blob} NOT NULL,
  back ${blob} NOT NULL,
  UNIQUE (circle, number)
);

CREATE TABLE object (
  key ${key} PRIMARY KEY,
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16)
);

CREATE TABLE wrap (
  key ${key} PRIMARY KEY,
  circle ${key} REFERENCES circle (key),
  object ${key} REFERENCES object (key),
  recipient_kind SMALLINT NOT NULL,
  recipient ${blob} NOT NULL,
  epoch INTEGER NOT NULL,
  form SMALLINT NOT NULL,
  sealed ${blob} NOT NULL,
  UNIQUE (circle, recipient, recipient_kind),
  UNIQUE (object, recipient, recipient_kind),
  CHECK ((circle IS NULL) <> (object IS NULL))
);
CREATE INDEX wrap_recipient ON wrap (recipient, recipient_kind, key);

-- n is the link's place in its chain plus one.
CREATE TABLE link (
  key ${key} PRIMARY KEY,
  class SMALLINT NOT NULL,
  entitles SMALLINT NOT NULL,
  recipient_kind SMALLINT NOT NULL,
  recipient ${blob},
  target_kind SMALLINT NOT NULL,
  target ${blob},
  epoch INTEGER NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  at BIGINT NOT NULL,
  author ${blob},
  commitment ${blob} NOT NULL,
  sealed_hash ${blob} NOT NULL,
  prev ${blob} NOT NULL,
  signature ${blob} NOT NULL,
  sealed ${blob} NOT NULL
);
CREATE INDEX link_until ON link (until) WHERE until <> 0;
${append_only link};

CREATE TABLE slip (
  key ${key} PRIMARY KEY,
  object ${key} NOT NULL REFERENCES object (key),
  circle ${key} NOT NULL REFERENCES circle (key),
  epoch INTEGER NOT NULL,
  sealed ${blob} NOT NULL,
  UNIQUE (object, circle)
);
CREATE INDEX slip_circle ON slip (circle);

CREATE TABLE version (
  key ${key} PRIMARY KEY,
  object ${key} NOT NULL REFERENCES object (key),
  number INTEGER NOT NULL,
  minute BIGINT NOT NULL,
  sealed ${blob} NOT NULL,
  UNIQUE (object, number)
);

CREATE TABLE mark (
  key ${key} PRIMARY KEY,
  circle ${key} REFERENCES circle (key),
  object ${key} REFERENCES object (key),
  reader ${blob} NOT NULL,
  sealed ${blob} NOT NULL,
  UNIQUE (circle, reader),
  UNIQUE (object, reader),
  CHECK ((circle IS NULL) <> (object IS NULL))
);

CREATE TABLE draft (
  number ${serial},
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16),
  author ${blob} NOT NULL REFERENCES entity (id),
  form SMALLINT NOT NULL,
  sealed ${blob} NOT NULL
);
CREATE INDEX draft_author ON draft (author);

CREATE TABLE known (
  service ${key} NOT NULL REFERENCES entity (number),
  person ${key} NOT NULL REFERENCES entity (number),
  UNIQUE (service, person)
);
CREATE INDEX known_person ON known (person);

CREATE TABLE "case" (
  number ${key} NOT NULL UNIQUE REFERENCES entity (number),
  service ${blob} NOT NULL REFERENCES entity (id),
  mission ${blob} NOT NULL REFERENCES mission (id),
  open BOOLEAN NOT NULL
);

CREATE TABLE case_person (
  number ${key} NOT NULL REFERENCES entity (number),
  place SMALLINT NOT NULL,
  person ${key} NOT NULL REFERENCES entity (number),
  UNIQUE (number, person)
);
CREATE INDEX case_person_person ON case_person (person);

CREATE TABLE journal (
  number ${serial},
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16),
  minute BIGINT NOT NULL,
  body ${blob} NOT NULL
);
${append_only journal};

-- A slip names its person's objects only, in at most 512 bytes (secrecy.md §8).
CREATE TABLE journal_slip (
  number ${serial},
  entry ${key} NOT NULL REFERENCES journal (number),
  circle ${key} NOT NULL REFERENCES circle (key),
  epoch INTEGER NOT NULL,
  person ${blob},
  service ${blob},
  sealed ${blob} NOT NULL CHECK (length(sealed) <= 512)
);
CREATE INDEX journal_slip_circle ON journal_slip (circle, entry);
${append_only journal_slip};
