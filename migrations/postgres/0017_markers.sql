-- Who marks the written answers of a test beside those who organize it.
CREATE TABLE marker (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    named_by TEXT COLLATE "C" REFERENCES person (id),
    named_at_ms BIGINT NOT NULL,
    PRIMARY KEY (test_id, person_id)
);
CREATE INDEX marker_person ON marker (person_id);

-- Marks of which a result is made only with others, in the order in which they were given.
CREATE TABLE given_mark (
    attempt_id TEXT COLLATE "C" NOT NULL REFERENCES attempt (id),
    position BIGINT NOT NULL,
    -- From 1.
    number BIGINT NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    points BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    given_at_ms BIGINT NOT NULL,
    PRIMARY KEY (attempt_id, position, number),
    UNIQUE (attempt_id, position, person_id)
);
