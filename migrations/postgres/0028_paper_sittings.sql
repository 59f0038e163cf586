-- Papers that were printed for members who sit on paper; what they wrote is entered by one person and checked by another.
CREATE TABLE paper_sitting (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    number BIGINT NOT NULL,
    branch_id TEXT COLLATE "C" NOT NULL REFERENCES branch (id),
    seed TEXT NOT NULL,
    paper TEXT NOT NULL,
    question_count BIGINT NOT NULL,
    full_marks BIGINT NOT NULL,
    -- printed, entered, checked or void.
    state TEXT NOT NULL,
    printed_at_ms BIGINT NOT NULL,
    printed_by TEXT COLLATE "C" REFERENCES person (id),
    -- Position and response in the paper's labels, as JSON.
    responses TEXT,
    digest TEXT,
    entered_at_ms BIGINT,
    entered_by TEXT COLLATE "C" REFERENCES person (id),
    ended_at_ms BIGINT,
    ended_by TEXT COLLATE "C" REFERENCES person (id),
    reason TEXT,
    attempt_id TEXT COLLATE "C"
);
CREATE INDEX paper_sitting_test ON paper_sitting (test_id, person_id);
-- One paper of a member waits at a time.
CREATE UNIQUE INDEX paper_sitting_open ON paper_sitting (test_id, person_id) WHERE state IN ('printed', 'entered');
