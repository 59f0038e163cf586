-- A slip of paper with which one person signs in to sit one test. Code and token are kept as SHA-256 only.
CREATE TABLE slip (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    code_hash TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    made_by TEXT REFERENCES person (id),
    made_at_ms INTEGER NOT NULL,
    cancelled_by TEXT REFERENCES person (id),
    cancelled_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX slip_valid ON slip (test_id, person_id) WHERE cancelled_at_ms IS NULL;
CREATE UNIQUE INDEX slip_code ON slip (code_hash) WHERE cancelled_at_ms IS NULL;
CREATE UNIQUE INDEX slip_token ON slip (token_hash);

-- The slip with which somebody signed in. One device at a time: a second one has to end the session of the first.
ALTER TABLE session ADD COLUMN slip_id TEXT REFERENCES slip (id);
CREATE UNIQUE INDEX session_slip ON session (slip_id) WHERE slip_id IS NOT NULL;

-- Who has tried signing in, saving and display before a test; it counts nowhere.
CREATE TABLE device_check (
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    shape TEXT,
    word TEXT,
    saved_at_ms INTEGER NOT NULL,
    passed_at_ms INTEGER,
    PRIMARY KEY (test_id, person_id)
) STRICT;
