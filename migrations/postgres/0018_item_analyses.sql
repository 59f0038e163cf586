-- How the questions of a settled test behaved, for the whole unit and for large branches: worked out from its attempts,
-- and true as long as the version of the test's stored figures stands and the program works them out in the same form.
CREATE TABLE item_analysis (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    -- Empty: above several top branches.
    branch_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    form BIGINT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (test_id, branch_id)
);
