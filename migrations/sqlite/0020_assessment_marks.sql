-- Marks of an annual assessment that are entered by hand. One that was replaced or taken back stays: it is the history.
CREATE TABLE assessment_mark (
    id TEXT PRIMARY KEY NOT NULL,
    assessment_id TEXT NOT NULL REFERENCES assessment (id),
    -- The name of the list in the rules.
    list TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    -- Hundredths, as they were entered.
    points INTEGER NOT NULL,
    full_points INTEGER NOT NULL,
    -- Where it comes from, and why.
    source TEXT NOT NULL,
    -- What was entered together has one number, under which the chain of changes speaks of it.
    entry_id TEXT NOT NULL,
    given_by TEXT REFERENCES person (id),
    given_at_ms INTEGER NOT NULL,
    ended_entry_id TEXT,
    ended_by TEXT REFERENCES person (id),
    ended_at_ms INTEGER
) STRICT;
-- One that stands for each member and list.
CREATE UNIQUE INDEX assessment_mark_standing ON assessment_mark (assessment_id, list, person_id)
    WHERE ended_at_ms IS NULL;
CREATE INDEX assessment_mark_of ON assessment_mark (assessment_id);
