-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Who is expected when (secrecy.md §2bis). An appointment has the id of the object
-- that keeps its words, and nothing here says why anybody comes.

CREATE TABLE appointment (
  number ${serial},
  id ${blob} NOT NULL UNIQUE REFERENCES object (id),
  service ${blob} NOT NULL REFERENCES entity (id),
  member ${blob} NOT NULL REFERENCES entity (id),
  person ${blob} REFERENCES entity (id),
  start BIGINT NOT NULL,
  length INTEGER NOT NULL,
  answer SMALLINT NOT NULL
);
CREATE INDEX appointment_service ON appointment (service, start);
CREATE INDEX appointment_person ON appointment (person) WHERE person IS NOT NULL;
