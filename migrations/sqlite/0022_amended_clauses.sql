-- Articles of regulations that were amended, as somebody noted them.
CREATE TABLE amended_clause (
    id TEXT PRIMARY KEY NOT NULL,
    -- Whose note it is; none: the whole unit's.
    branch_id TEXT REFERENCES branch (id),
    regulation TEXT NOT NULL,
    -- None: all of the regulation.
    article INTEGER,
    amended_on TEXT NOT NULL,
    note TEXT NOT NULL,
    noted_by TEXT REFERENCES person (id),
    noted_at_ms INTEGER NOT NULL
) STRICT;

-- Questions that somebody checked against an amended text, with the digest of what they were then.
CREATE TABLE checked_question (
    amended_clause_id TEXT NOT NULL REFERENCES amended_clause (id),
    bank_id TEXT NOT NULL REFERENCES bank (id),
    question_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    checked_by TEXT REFERENCES person (id),
    checked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (amended_clause_id, bank_id, question_id)
) STRICT;
