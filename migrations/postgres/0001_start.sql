-- Ids are UUIDv7 text made by the program; times are Unix milliseconds UTC (*_at_ms); points are hundredths;
-- *_folded columns hold the form in which a text is compared. The twin for SQLite has the same tables and columns.

CREATE TABLE branch (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    code_folded TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    parent_id TEXT COLLATE "C" REFERENCES branch (id),
    position BIGINT NOT NULL
);
CREATE INDEX branch_parent ON branch (parent_id);

CREATE TABLE person (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    login_folded TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    -- argon2id in PHC form, or `first:` and the SHA-256 of a generated first password; nothing: can't sign in.
    password TEXT COLLATE "C",
    must_change BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- A role is held at a branch (none: the whole unit) and covers everything below it. Ended ones stay: they are the history.
CREATE TABLE role (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    role TEXT COLLATE "C" NOT NULL,
    branch_id TEXT COLLATE "C" REFERENCES branch (id),
    from_at_ms BIGINT NOT NULL,
    until_at_ms BIGINT
);
CREATE UNIQUE INDEX role_one_membership ON role (person_id) WHERE role = 'member' AND until_at_ms IS NULL;
CREATE INDEX role_person ON role (person_id);
CREATE INDEX role_branch ON role (branch_id);

CREATE TABLE session (
    token_hash TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    created_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE bank (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    branch_id TEXT COLLATE "C" REFERENCES branch (id),
    shared BOOLEAN NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- An edition is visible once `number` is set, by one last statement of its load.
CREATE TABLE edition (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    bank_id TEXT COLLATE "C" NOT NULL REFERENCES bank (id),
    number BIGINT,
    title TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C",
    topics TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    question_count BIGINT NOT NULL,
    loaded_by TEXT COLLATE "C" REFERENCES person (id),
    loaded_at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX edition_number ON edition (bank_id, number);

CREATE TABLE question (
    edition_id TEXT COLLATE "C" NOT NULL REFERENCES edition (id),
    id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    difficulty BIGINT NOT NULL,
    option_count BIGINT NOT NULL,
    family TEXT COLLATE "C",
    retired BOOLEAN NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (edition_id, id)
);

CREATE TABLE test (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    branch_id TEXT COLLATE "C" REFERENCES branch (id),
    definition TEXT COLLATE "C" NOT NULL,
    opens_at_ms BIGINT NOT NULL,
    closes_at_ms BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    -- The draw's secret, its commitment, and the very text that the commitment covers.
    secret TEXT COLLATE "C" NOT NULL,
    commitment TEXT COLLATE "C" NOT NULL,
    draw_statement TEXT COLLATE "C" NOT NULL,
    cancelled_reason TEXT COLLATE "C",
    finished_at_ms BIGINT,
    created_by TEXT COLLATE "C" REFERENCES person (id),
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE test_edition (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    edition_id TEXT COLLATE "C" NOT NULL REFERENCES edition (id),
    PRIMARY KEY (test_id, edition_id)
);

CREATE TABLE test_audience (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    branch_id TEXT COLLATE "C" NOT NULL REFERENCES branch (id),
    excepted BOOLEAN NOT NULL,
    PRIMARY KEY (test_id, branch_id, excepted)
);

-- A person's own window in a test.
CREATE TABLE test_window (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    extra_minutes BIGINT NOT NULL,
    opens_at_ms BIGINT,
    closes_at_ms BIGINT,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (test_id, person_id)
);

-- What a person said of somebody's presence; `sat` and `absent` follow from attempts and are never stored.
CREATE TABLE presence (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    state TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    set_by TEXT COLLATE "C" REFERENCES person (id),
    set_at_ms BIGINT NOT NULL,
    PRIMARY KEY (test_id, person_id)
);

-- Who was in the audience, and the tree as it stood, when the test closed.
CREATE TABLE closed_member (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    branch_id TEXT COLLATE "C" NOT NULL REFERENCES branch (id),
    PRIMARY KEY (test_id, person_id)
);
CREATE TABLE closed_branch (
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    branch_id TEXT COLLATE "C" NOT NULL REFERENCES branch (id),
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    parent_id TEXT COLLATE "C",
    position BIGINT NOT NULL,
    PRIMARY KEY (test_id, branch_id)
);

CREATE TABLE attempt (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    test_id TEXT COLLATE "C" NOT NULL REFERENCES test (id),
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    number BIGINT NOT NULL,
    -- Where the member stood at the start.
    branch_id TEXT COLLATE "C" NOT NULL REFERENCES branch (id),
    seed TEXT COLLATE "C" NOT NULL,
    paper TEXT COLLATE "C" NOT NULL,
    question_count BIGINT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    deadline_at_ms BIGINT NOT NULL,
    -- Saves at or below it belong to a device that was taken over; `holder` is the session that took over.
    save_base BIGINT NOT NULL,
    holder TEXT COLLATE "C",
    finished_at_ms BIGINT,
    finished_by TEXT COLLATE "C",
    marks TEXT COLLATE "C",
    score BIGINT,
    full_marks BIGINT NOT NULL,
    receipt TEXT COLLATE "C",
    UNIQUE (test_id, person_id, number)
);
CREATE UNIQUE INDEX attempt_open ON attempt (test_id, person_id) WHERE finished_at_ms IS NULL;
CREATE INDEX attempt_person ON attempt (person_id);
CREATE INDEX attempt_deadline ON attempt (deadline_at_ms) WHERE finished_at_ms IS NULL;

CREATE TABLE response (
    attempt_id TEXT COLLATE "C" NOT NULL REFERENCES attempt (id),
    position BIGINT NOT NULL,
    save BIGINT NOT NULL,
    -- JSON in the paper's labels; nothing: taken back.
    response TEXT COLLATE "C",
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (attempt_id, position)
);

-- The chain of everything that changes a mark. It holds digests and internal ids only, so that details can be
-- deleted after their time and the chain stays verifiable.
CREATE TABLE trace (
    seq BIGINT PRIMARY KEY NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail_digest TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL
);
CREATE TABLE trace_detail (
    seq BIGINT PRIMARY KEY NOT NULL REFERENCES trace (seq),
    actor_id TEXT COLLATE "C",
    detail TEXT COLLATE "C" NOT NULL
);
CREATE TABLE trace_head (
    one BIGINT PRIMARY KEY NOT NULL CHECK (one = 1),
    seq BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL
);
INSERT INTO trace_head (one, seq, digest) VALUES (1, 0, '');
CREATE INDEX trace_subject ON trace (subject);
