-- Ids are UUIDv7 text made by the program; times are Unix milliseconds UTC (*_at_ms); points are hundredths;
-- *_folded columns hold the form in which a text is compared. The twin for PostgreSQL has the same tables and columns.

CREATE TABLE branch (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL,
    code_folded TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id TEXT REFERENCES branch (id),
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX branch_parent ON branch (parent_id);

CREATE TABLE person (
    id TEXT PRIMARY KEY NOT NULL,
    login TEXT NOT NULL,
    login_folded TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    number TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- argon2id in PHC form, or `first:` and the SHA-256 of a generated first password; nothing: can't sign in.
    password TEXT,
    must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    created_at_ms INTEGER NOT NULL
) STRICT;

-- A role is held at a branch (none: the whole unit) and covers everything below it. Ended ones stay: they are the history.
CREATE TABLE role (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    branch_id TEXT REFERENCES branch (id),
    from_at_ms INTEGER NOT NULL,
    until_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX role_one_membership ON role (person_id) WHERE role = 'member' AND until_at_ms IS NULL;
CREATE INDEX role_person ON role (person_id);
CREATE INDEX role_branch ON role (branch_id);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    created_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person_id);

CREATE TABLE bank (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    branch_id TEXT REFERENCES branch (id),
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
    created_at_ms INTEGER NOT NULL
) STRICT;

-- An edition is visible once `number` is set, by one last statement of its load.
CREATE TABLE edition (
    id TEXT PRIMARY KEY NOT NULL,
    bank_id TEXT NOT NULL REFERENCES bank (id),
    number INTEGER,
    title TEXT NOT NULL,
    source TEXT,
    topics TEXT NOT NULL,
    digest TEXT NOT NULL,
    question_count INTEGER NOT NULL,
    loaded_by TEXT REFERENCES person (id),
    loaded_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX edition_number ON edition (bank_id, number);

CREATE TABLE question (
    edition_id TEXT NOT NULL REFERENCES edition (id),
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    difficulty INTEGER NOT NULL,
    option_count INTEGER NOT NULL,
    family TEXT,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (edition_id, id)
) STRICT;

CREATE TABLE test (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    branch_id TEXT REFERENCES branch (id),
    definition TEXT NOT NULL,
    opens_at_ms INTEGER NOT NULL,
    closes_at_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    -- The draw's secret, its commitment, and the very text that the commitment covers.
    secret TEXT NOT NULL,
    commitment TEXT NOT NULL,
    draw_statement TEXT NOT NULL,
    cancelled_reason TEXT,
    finished_at_ms INTEGER,
    created_by TEXT REFERENCES person (id),
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE test_edition (
    test_id TEXT NOT NULL REFERENCES test (id),
    edition_id TEXT NOT NULL REFERENCES edition (id),
    PRIMARY KEY (test_id, edition_id)
) STRICT;

CREATE TABLE test_audience (
    test_id TEXT NOT NULL REFERENCES test (id),
    branch_id TEXT NOT NULL REFERENCES branch (id),
    excepted INTEGER NOT NULL CHECK (excepted IN (0, 1)),
    PRIMARY KEY (test_id, branch_id, excepted)
) STRICT;

-- A person's own window in a test.
CREATE TABLE test_window (
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    extra_minutes INTEGER NOT NULL,
    opens_at_ms INTEGER,
    closes_at_ms INTEGER,
    reason TEXT NOT NULL,
    PRIMARY KEY (test_id, person_id)
) STRICT;

-- What a person said of somebody's presence; `sat` and `absent` follow from attempts and are never stored.
CREATE TABLE presence (
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT REFERENCES person (id),
    set_at_ms INTEGER NOT NULL,
    PRIMARY KEY (test_id, person_id)
) STRICT;

-- Who was in the audience, and the tree as it stood, when the test closed.
CREATE TABLE closed_member (
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    branch_id TEXT NOT NULL REFERENCES branch (id),
    PRIMARY KEY (test_id, person_id)
) STRICT;
CREATE TABLE closed_branch (
    test_id TEXT NOT NULL REFERENCES test (id),
    branch_id TEXT NOT NULL REFERENCES branch (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent_id TEXT,
    position INTEGER NOT NULL,
    PRIMARY KEY (test_id, branch_id)
) STRICT;

CREATE TABLE attempt (
    id TEXT PRIMARY KEY NOT NULL,
    test_id TEXT NOT NULL REFERENCES test (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL,
    -- Where the member stood at the start.
    branch_id TEXT NOT NULL REFERENCES branch (id),
    seed TEXT NOT NULL,
    paper TEXT NOT NULL,
    question_count INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    deadline_at_ms INTEGER NOT NULL,
    -- Saves at or below it belong to a device that was taken over; `holder` is the session that took over.
    save_base INTEGER NOT NULL,
    holder TEXT,
    finished_at_ms INTEGER,
    finished_by TEXT,
    marks TEXT,
    score INTEGER,
    full_marks INTEGER NOT NULL,
    receipt TEXT,
    UNIQUE (test_id, person_id, number)
) STRICT;
CREATE UNIQUE INDEX attempt_open ON attempt (test_id, person_id) WHERE finished_at_ms IS NULL;
CREATE INDEX attempt_person ON attempt (person_id);
CREATE INDEX attempt_deadline ON attempt (deadline_at_ms) WHERE finished_at_ms IS NULL;

CREATE TABLE response (
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    position INTEGER NOT NULL,
    save INTEGER NOT NULL,
    -- JSON in the paper's labels; nothing: taken back.
    response TEXT,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, position)
) STRICT;

-- The chain of everything that changes a mark. It holds digests and internal ids only, so that details can be
-- deleted after their time and the chain stays verifiable.
CREATE TABLE trace (
    seq INTEGER PRIMARY KEY NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail_digest TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE TABLE trace_detail (
    seq INTEGER PRIMARY KEY NOT NULL REFERENCES trace (seq),
    actor_id TEXT,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE trace_head (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL
) STRICT;
INSERT INTO trace_head (one, seq, digest) VALUES (1, 0, '');
CREATE INDEX trace_subject ON trace (subject);
