-- What was decided about a question of a test, or about one mark, after the test: proposed, approved where the test asks
-- for a second person, and applied attempt by attempt.
CREATE TABLE correction (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    -- From 1 in each test; later ones stand above earlier ones.
    number BIGINT NOT NULL,
    bank TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'applying', 'applied', 'refused')),
    proposed_by TEXT COLLATE "C" REFERENCES person (id),
    proposed_at_ms BIGINT NOT NULL,
    decided_by TEXT COLLATE "C" REFERENCES person (id),
    decided_at_ms BIGINT,
    UNIQUE (test_id, number)
);
CREATE INDEX correction_applying ON correction (state) WHERE state = 'applying';

-- The correction of the whole test from which an attempt's result follows.
ALTER TABLE amendment ADD COLUMN correction_id TEXT COLLATE "C" REFERENCES correction (id);
CREATE UNIQUE INDEX amendment_correction ON amendment (correction_id, attempt_id) WHERE correction_id IS NOT NULL;
