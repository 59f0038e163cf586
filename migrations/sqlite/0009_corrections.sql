-- What was decided about a question of a test, or about one mark, after the test: proposed, approved where the test asks
-- for a second person, and applied attempt by attempt.
CREATE TABLE correction (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    -- From 1 in each test; later ones stand above earlier ones.
    number INTEGER NOT NULL,
    bank TEXT NOT NULL,
    question TEXT NOT NULL,
    change TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'applying', 'applied', 'refused')),
    proposed_by TEXT REFERENCES person (id),
    proposed_at_ms INTEGER NOT NULL,
    decided_by TEXT REFERENCES person (id),
    decided_at_ms INTEGER,
    UNIQUE (test_id, number)
) STRICT;
CREATE INDEX correction_applying ON correction (state) WHERE state = 'applying';

-- The correction of the whole test from which an attempt's result follows.
ALTER TABLE amendment ADD COLUMN correction_id TEXT REFERENCES correction (id);
CREATE UNIQUE INDEX amendment_correction ON amendment (correction_id, attempt_id) WHERE correction_id IS NOT NULL;
