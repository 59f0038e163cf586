-- Figures of each test by branch: a branch's own members (`whole` 0), and the branch with all below it (1). They follow
-- from attempts, presence, people and the tree, and may be thrown away and computed again.
CREATE TABLE rollup (
    test_id TEXT NOT NULL REFERENCES test (id),
    branch_id TEXT NOT NULL,
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    counts TEXT NOT NULL,
    topics TEXT NOT NULL,
    PRIMARY KEY (test_id, branch_id, whole)
) STRICT;

-- What has changed since: a branch of a test. No test: every test that isn't settled; no branch: all branches. Rows are
-- only added and taken away, so that nobody waits for anybody.
CREATE TABLE rollup_dirty (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    test_id TEXT,
    branch_id TEXT
) STRICT;
INSERT INTO rollup_dirty (test_id) SELECT id FROM test;

CREATE INDEX attempt_branch ON attempt (test_id, branch_id);
CREATE INDEX closed_member_branch ON closed_member (test_id, branch_id);
