-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The ciphertext files that stand outside the database (secrecy.md §9). A row is
-- written after its file is on the disk; a file without a row is swept.
CREATE TABLE file (
  number ${serial},
  id ${blob} NOT NULL UNIQUE CHECK (length(id) = 16),
  object ${key} NOT NULL UNIQUE REFERENCES object (key),
  size BIGINT NOT NULL,
  digest ${blob} NOT NULL CHECK (length(digest) = 32)
);
