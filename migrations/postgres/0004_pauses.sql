-- An attempt that stands still takes no saves and doesn't end; what it stood still is added to its deadline.
ALTER TABLE attempt ADD COLUMN paused_at_ms BIGINT;
ALTER TABLE attempt ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;

-- Who was paused in a test: one person, a branch with all below it, or everyone.
CREATE TABLE pause (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    branch_id TEXT REFERENCES branch (id),
    person_id TEXT REFERENCES person (id),
    from_at_ms BIGINT NOT NULL,
    until_at_ms BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX pause_test ON pause (test_id);

-- What was said to those who sit a test: to one person, to a branch with all below it, or to everyone.
CREATE TABLE message (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    branch_id TEXT REFERENCES branch (id),
    person_id TEXT REFERENCES person (id),
    text TEXT NOT NULL,
    sent_by TEXT REFERENCES person (id),
    sent_at_ms BIGINT NOT NULL
);
CREATE INDEX message_test ON message (test_id);
