-- Why an edition was made, in the words of whoever published it.
ALTER TABLE edition ADD COLUMN note TEXT;

-- Questions of a bank as they are to be in its next edition.
CREATE TABLE bank_change (
    bank_id TEXT COLLATE "C" NOT NULL REFERENCES bank (id),
    question_id TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- The digest of the question in the edition that was changed; empty: a new question.
    base_digest TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT COLLATE "C" REFERENCES person (id),
    PRIMARY KEY (bank_id, question_id)
);
