-- The rules by which a year is assessed at a branch and below; an empty place is the whole unit.
CREATE TABLE assessment (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    year BIGINT NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    definition TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    changed_by TEXT COLLATE "C" REFERENCES person (id),
    changed_at_ms BIGINT NOT NULL,
    UNIQUE (year, place)
);

-- What was added to somebody's result or taken from it, with the reason. Ended ones stay: they are the history.
CREATE TABLE assessment_adjustment (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES assessment (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    points BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    given_by TEXT COLLATE "C" REFERENCES person (id),
    given_at_ms BIGINT NOT NULL,
    ended_by TEXT COLLATE "C" REFERENCES person (id),
    ended_at_ms BIGINT
);
CREATE INDEX assessment_adjustment_of ON assessment_adjustment (assessment_id);

-- A result as it was signed: rules, results, the digest over both, and who signed.
CREATE TABLE assessment_signing (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES assessment (id),
    number BIGINT NOT NULL,
    definition TEXT COLLATE "C" NOT NULL,
    results TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    signers TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    signed_by TEXT COLLATE "C" REFERENCES person (id),
    signed_at_ms BIGINT NOT NULL,
    UNIQUE (assessment_id, number)
);
