-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What statistics are made of (T-10): how many times, in a service and a month. A row
-- is a count, not an encounter: nothing tells one from another, nor in which order
-- they came, nor who received or was received.

CREATE TABLE tally (
  number ${serial},
  service ${blob} NOT NULL REFERENCES entity (id),
  month INTEGER NOT NULL,
  act TEXT NOT NULL,
  medium TEXT NOT NULL,
  theme TEXT NOT NULL,
  times BIGINT NOT NULL CHECK (times >= 0),
  UNIQUE (service, month, act, medium, theme)
);
