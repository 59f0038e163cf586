-- The rules by which a year is assessed at a branch and below; an empty place is the whole unit.
CREATE TABLE assessment (
    id TEXT PRIMARY KEY NOT NULL,
    year INTEGER NOT NULL,
    place TEXT NOT NULL,
    definition TEXT NOT NULL,
    revision INTEGER NOT NULL,
    changed_by TEXT REFERENCES person (id),
    changed_at_ms INTEGER NOT NULL,
    UNIQUE (year, place)
) STRICT;

-- What was added to somebody's result or taken from it, with the reason. Ended ones stay: they are the history.
CREATE TABLE assessment_adjustment (
    id TEXT PRIMARY KEY NOT NULL,
    assessment_id TEXT NOT NULL REFERENCES assessment (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    points INTEGER NOT NULL,
    reason TEXT NOT NULL,
    given_by TEXT REFERENCES person (id),
    given_at_ms INTEGER NOT NULL,
    ended_by TEXT REFERENCES person (id),
    ended_at_ms INTEGER
) STRICT;
CREATE INDEX assessment_adjustment_of ON assessment_adjustment (assessment_id);

-- A result as it was signed: rules, results, the digest over both, and who signed.
CREATE TABLE assessment_signing (
    id TEXT PRIMARY KEY NOT NULL,
    assessment_id TEXT NOT NULL REFERENCES assessment (id),
    number INTEGER NOT NULL,
    definition TEXT NOT NULL,
    results TEXT NOT NULL,
    digest TEXT NOT NULL,
    signers TEXT NOT NULL,
    note TEXT NOT NULL,
    signed_by TEXT REFERENCES person (id),
    signed_at_ms INTEGER NOT NULL,
    UNIQUE (assessment_id, number)
) STRICT;
