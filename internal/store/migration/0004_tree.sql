-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The journal's tree (secrecy.md §8): every entry and every link is a leaf.

-- The slips of one entry stand together, key = entry * 2^20 + n, n from 1: a row
-- is read with its slips, to be hashed, without an index that each opening would
-- have to fill. For the same reason entry is no reference.
CREATE TABLE journal_slip_before AS SELECT * FROM journal_slip;
DROP TABLE journal_slip;
CREATE TABLE journal_slip (
  key ${key} PRIMARY KEY,
  entry ${key} NOT NULL,
  circle ${key} NOT NULL REFERENCES circle (key),
  epoch INTEGER NOT NULL,
  person ${blob},
  service ${blob},
  sealed ${blob} NOT NULL CHECK (length(sealed) <= 512)
);
INSERT INTO journal_slip (key, entry, circle, epoch, person, service, sealed)
  SELECT entry * 1048576 + ROW_NUMBER() OVER (PARTITION BY entry ORDER BY number), entry, circle, epoch, person, service, sealed
  FROM journal_slip_before;
DROP TABLE journal_slip_before;
CREATE INDEX journal_slip_circle ON journal_slip (circle, entry);

-- What the sequencer has not taken yet. On PostgreSQL rows become visible in
-- another order than that of their numbers: only a queue misses none.
CREATE TABLE waiting (
  number ${serial},
  entry ${key},
  link ${key},
  CHECK ((entry IS NULL) <> (link IS NULL))
);
INSERT INTO waiting (entry) SELECT number FROM journal ORDER BY number;
INSERT INTO waiting (link) SELECT key FROM link ORDER BY key;

-- A leaf outlives its row: no reference.
CREATE TABLE leaf (
  sequence ${key} PRIMARY KEY,
  entry ${key},
  link ${key},
  hash ${blob} NOT NULL CHECK (length(hash) = 32),
  CHECK ((entry IS NULL) <> (link IS NULL))
);
CREATE UNIQUE INDEX leaf_entry ON leaf (entry) WHERE entry IS NOT NULL;
CREATE UNIQUE INDEX leaf_link ON leaf (link) WHERE link IS NOT NULL;
${append_only leaf};

-- The hashes above the leaves, at their positions of golang.org/x/mod/sumdb/tlog.
CREATE TABLE node (
  position ${key} PRIMARY KEY,
  hash ${blob} NOT NULL CHECK (length(hash) = 32)
);
${append_only node};

CREATE TABLE checkpoint (
  number ${serial},
  size BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  root ${blob} NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL,
  UNIQUE (size, minute)
);
${append_only checkpoint};

-- Entries go only below a checkpoint that is twelve months old (525,600 minutes).
CREATE TABLE purge (
  below ${key} PRIMARY KEY,
  since BIGINT NOT NULL,
  minute BIGINT NOT NULL CHECK (minute - since >= 525600),
  entry ${blob} NOT NULL,
  note TEXT NOT NULL,
  FOREIGN KEY (below, since) REFERENCES checkpoint (size, minute)
);
${append_only purge};
${purgeable journal number};
${purgeable journal_slip entry};

-- What one process does at a time, and until when it is its turn.
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder ${blob} NOT NULL,
  until BIGINT NOT NULL
);
