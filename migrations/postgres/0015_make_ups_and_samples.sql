-- The only people who take a test, where not everybody in its branches does.
CREATE TABLE test_member (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    PRIMARY KEY (test_id, person_id)
);

-- What a test goes by besides its definition, fixed when it was made: the test it makes up for with the questions that
-- stood on papers of that one, and everybody whom its members were drawn from.
CREATE TABLE test_basis (
    test_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES test (id),
    first_test_id TEXT COLLATE "C" REFERENCES test (id),
    drawn_before TEXT COLLATE "C" NOT NULL,
    frame TEXT COLLATE "C" NOT NULL
);
CREATE INDEX test_basis_first ON test_basis (first_test_id);
