-- What reached the server after the end of its attempt. It is never marked by itself: an organizer decides.
CREATE TABLE late_response (
    attempt_id TEXT COLLATE "C" NOT NULL REFERENCES attempt (id),
    position BIGINT NOT NULL,
    save BIGINT NOT NULL,
    -- JSON in the paper's labels; nothing: taken back.
    response TEXT COLLATE "C",
    -- By it the member knows what was sent together.
    code TEXT COLLATE "C" NOT NULL,
    received_at_ms BIGINT NOT NULL,
    -- What stood in its place before it was accepted; no number: nothing did.
    stored_save BIGINT,
    stored_at_ms BIGINT,
    stored TEXT COLLATE "C",
    PRIMARY KEY (attempt_id, position)
);

-- A decision about the result of an ended attempt. What the result was before stays here.
CREATE TABLE amendment (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    attempt_id TEXT COLLATE "C" NOT NULL REFERENCES attempt (id),
    kind TEXT COLLATE "C" NOT NULL,
    accepted BOOLEAN NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" REFERENCES person (id),
    decided_at_ms BIGINT NOT NULL,
    marks_before TEXT COLLATE "C" NOT NULL,
    score_before BIGINT NOT NULL,
    marks TEXT COLLATE "C" NOT NULL,
    score BIGINT NOT NULL
);
CREATE INDEX amendment_attempt ON amendment (attempt_id);
-- Late responses of an attempt are decided about once.
CREATE UNIQUE INDEX amendment_late ON amendment (attempt_id) WHERE kind = 'late-responses';
