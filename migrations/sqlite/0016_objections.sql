-- What a member says against a question of an own sitting, and what was answered.
CREATE TABLE objection (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    -- From 1, in the paper.
    position INTEGER NOT NULL,
    -- The question by which objections are answered together.
    bank TEXT NOT NULL,
    question TEXT NOT NULL,
    note TEXT NOT NULL,
    -- When the note got its present words.
    written_at_ms INTEGER NOT NULL,
    -- How often it was written.
    writings INTEGER NOT NULL,
    withdrawn_at_ms INTEGER,
    upheld INTEGER CHECK (upheld IN (0, 1)),
    answer TEXT,
    answered_by TEXT REFERENCES person (id),
    answered_at_ms INTEGER
) STRICT;
-- One that is open for each question of a sitting.
CREATE UNIQUE INDEX objection_open ON objection (attempt_id, position)
    WHERE withdrawn_at_ms IS NULL AND answered_at_ms IS NULL;
CREATE INDEX objection_attempt ON objection (attempt_id);
CREATE INDEX objection_test ON objection (test_id);
