-- Figures of each test by branch: a branch's own members (`whole` false), and the branch with all below it (true). They
-- follow from attempts, presence, people and the tree, and may be thrown away and computed again.
CREATE TABLE rollup (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    branch_id TEXT COLLATE "C" NOT NULL,
    whole BOOLEAN NOT NULL,
    counts TEXT COLLATE "C" NOT NULL,
    topics TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (test_id, branch_id, whole)
);

-- What has changed since: a branch of a test. No test: every test that isn't settled; no branch: all branches. Rows are
-- only added and taken away, so that nobody waits for anybody.
CREATE TABLE rollup_dirty (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    test_id TEXT COLLATE "C",
    branch_id TEXT COLLATE "C"
);
INSERT INTO rollup_dirty (test_id) SELECT id FROM test;

CREATE INDEX attempt_branch ON attempt (test_id, branch_id);
CREATE INDEX closed_member_branch ON closed_member (test_id, branch_id);
