-- Articles of regulations that were amended, as somebody noted them.
CREATE TABLE amended_clause (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    -- Whose note it is; none: the whole unit's.
    branch_id TEXT COLLATE "C" REFERENCES branch (id),
    regulation TEXT COLLATE "C" NOT NULL,
    -- None: all of the regulation.
    article BIGINT,
    amended_on TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    noted_by TEXT COLLATE "C" REFERENCES person (id),
    noted_at_ms BIGINT NOT NULL
);

-- Questions that somebody checked against an amended text, with the digest of what they were then.
CREATE TABLE checked_question (
    amended_clause_id TEXT COLLATE "C" NOT NULL REFERENCES amended_clause (id),
    bank_id TEXT COLLATE "C" NOT NULL REFERENCES bank (id),
    question_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    checked_by TEXT COLLATE "C" REFERENCES person (id),
    checked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (amended_clause_id, bank_id, question_id)
);
