-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Nearly all wraps are of a circle's key. The index of the wraps of objects' keys
-- held them all, under NULL: 230 bytes a person, in no order.
CREATE TABLE wrap_before AS SELECT * FROM wrap;
DROP TABLE wrap;
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
  CHECK ((circle IS NULL) <> (object IS NULL))
);
INSERT INTO wrap (key, circle, object, recipient_kind, recipient, epoch, form, sealed)
  SELECT key, circle, object, recipient_kind, recipient, epoch, form, sealed FROM wrap_before;
DROP TABLE wrap_before;
CREATE UNIQUE INDEX wrap_object ON wrap (object, recipient, recipient_kind) WHERE object IS NOT NULL;
CREATE INDEX wrap_recipient ON wrap (recipient, recipient_kind, key);
