-- What reached the server after the end of its attempt. It is never marked by itself: an organizer decides.
CREATE TABLE late_response (
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    position INTEGER NOT NULL,
    save INTEGER NOT NULL,
    -- JSON in the paper's labels; nothing: taken back.
    response TEXT,
    -- By it the member knows what was sent together.
    code TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    -- What stood in its place before it was accepted; no number: nothing did.
    stored_save INTEGER,
    stored_at_ms INTEGER,
    stored TEXT,
    PRIMARY KEY (attempt_id, position)
) STRICT;

-- A decision about the result of an ended attempt. What the result was before stays here.
CREATE TABLE amendment (
    id TEXT PRIMARY KEY NOT NULL,
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    kind TEXT NOT NULL,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    reason TEXT NOT NULL,
    decided_by TEXT REFERENCES person (id),
    decided_at_ms INTEGER NOT NULL,
    marks_before TEXT NOT NULL,
    score_before INTEGER NOT NULL,
    marks TEXT NOT NULL,
    score INTEGER NOT NULL
) STRICT;
CREATE INDEX amendment_attempt ON amendment (attempt_id);
-- Late responses of an attempt are decided about once.
CREATE UNIQUE INDEX amendment_late ON amendment (attempt_id) WHERE kind = 'late-responses';
