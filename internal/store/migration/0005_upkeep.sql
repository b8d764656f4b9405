-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What backups, restorations and the nightly audit leave (secrecy.md §5, §9).

-- Days since 1970 on which a backup was taken: what was erased before is gone 35
-- days after the last that knew it.
CREATE TABLE backup (
  day BIGINT NOT NULL UNIQUE
);

-- A state that may be older than what was lived. While recorded is 0 the record
-- is read-only: only sessions, drafts, marks and journals are written.
CREATE TABLE incident (
  number ${serial},
  kind SMALLINT NOT NULL,
  taken BIGINT NOT NULL,
  found BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  sentence TEXT NOT NULL
);
CREATE INDEX incident_open ON incident (recorded) WHERE recorded = 0;

-- What the last audit found: kinds and counts, nobody's name or id.
CREATE TABLE finding (
  number ${serial},
  code TEXT NOT NULL,
  many INTEGER NOT NULL,
  minute BIGINT NOT NULL
);

-- The canary dossier: a whole synthetic organisation in one
-- copy, in no table that anything lists (doc/adr/0012).
CREATE TABLE canary (
  number ${key} PRIMARY KEY,
  content ${blob} NOT NULL
);
