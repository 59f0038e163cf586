-- Papers that were printed for members who sit on paper; what they wrote is entered by one person and checked by another.
CREATE TABLE paper_sitting (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL,
    branch_id TEXT NOT NULL REFERENCES branch (id),
    seed TEXT NOT NULL,
    paper TEXT NOT NULL,
    question_count INTEGER NOT NULL,
    full_marks INTEGER NOT NULL,
    -- printed, entered, checked or void.
    state TEXT NOT NULL,
    printed_at_ms INTEGER NOT NULL,
    printed_by TEXT REFERENCES person (id),
    -- Position and response in the paper's labels, as JSON.
    responses TEXT,
    digest TEXT,
    entered_at_ms INTEGER,
    entered_by TEXT REFERENCES person (id),
    ended_at_ms INTEGER,
    ended_by TEXT REFERENCES person (id),
    reason TEXT,
    attempt_id TEXT
) STRICT;
CREATE INDEX paper_sitting_test ON paper_sitting (test_id, person_id);
-- One paper of a member waits at a time.
CREATE UNIQUE INDEX paper_sitting_open ON paper_sitting (test_id, person_id) WHERE state IN ('printed', 'entered');
