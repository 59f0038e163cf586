-- The only people who take a test, where not everybody in its branches does.
CREATE TABLE test_member (
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (test_id, person_id)
) STRICT;

-- What a test goes by besides its definition, fixed when it was made: the test it makes up for with the questions that
-- stood on papers of that one, and everybody whom its members were drawn from.
CREATE TABLE test_basis (
    test_id TEXT NOT NULL PRIMARY KEY REFERENCES test (id),
    first_test_id TEXT REFERENCES test (id),
    drawn_before TEXT NOT NULL,
    frame TEXT NOT NULL
) STRICT;
CREATE INDEX test_basis_first ON test_basis (first_test_id);
