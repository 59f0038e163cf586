-- What a member says against a question of an own sitting, and what was answered.
CREATE TABLE objection (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    attempt_id TEXT COLLATE "C" NOT NULL REFERENCES attempt (id),
    -- From 1, in the paper.
    position BIGINT NOT NULL,
    -- The question by which objections are answered together.
    bank TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    -- When the note got its present words.
    written_at_ms BIGINT NOT NULL,
    -- How often it was written.
    writings BIGINT NOT NULL,
    withdrawn_at_ms BIGINT,
    upheld BOOLEAN,
    answer TEXT COLLATE "C",
    answered_by TEXT COLLATE "C" REFERENCES person (id),
    answered_at_ms BIGINT
);
-- One that is open for each question of a sitting.
CREATE UNIQUE INDEX objection_open ON objection (attempt_id, position)
    WHERE withdrawn_at_ms IS NULL AND answered_at_ms IS NULL;
CREATE INDEX objection_attempt ON objection (attempt_id);
CREATE INDEX objection_test ON objection (test_id);
