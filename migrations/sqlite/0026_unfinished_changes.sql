-- A question that has mistakes waits as well, as a bank's file would hold it, until somebody mends it.
ALTER TABLE bank_change ADD COLUMN state TEXT NOT NULL DEFAULT 'sound';

-- Titles, topics and order of a bank as they are to be in its next edition.
CREATE TABLE bank_outline (
    bank_id TEXT PRIMARY KEY NOT NULL REFERENCES bank (id),
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- The digest of the outline of the edition that was changed.
    base_digest TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    changed_by TEXT REFERENCES person (id)
) STRICT;

-- What its sender said of a file that is kept; nothing of sheets of people and branches.
ALTER TABLE kept_file ADD COLUMN said TEXT;

-- Questions of a kept file as they were mended; no body: it is left out.
CREATE TABLE kept_question (
    file_id TEXT NOT NULL REFERENCES kept_file (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    body TEXT,
    digest TEXT NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;

CREATE INDEX question_sequence ON question (edition_id, sequence);
