-- Marks of an annual assessment that are entered by hand. One that was replaced or taken back stays: it is the history.
CREATE TABLE assessment_mark (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES assessment (id),
    -- The name of the list in the rules.
    list TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id),
    -- Hundredths, as they were entered.
    points BIGINT NOT NULL,
    full_points BIGINT NOT NULL,
    -- Where it comes from, and why.
    source TEXT COLLATE "C" NOT NULL,
    -- What was entered together has one number, under which the chain of changes speaks of it.
    entry_id TEXT COLLATE "C" NOT NULL,
    given_by TEXT COLLATE "C" REFERENCES person (id),
    given_at_ms BIGINT NOT NULL,
    ended_entry_id TEXT COLLATE "C",
    ended_by TEXT COLLATE "C" REFERENCES person (id),
    ended_at_ms BIGINT
);
-- One that stands for each member and list.
CREATE UNIQUE INDEX assessment_mark_standing ON assessment_mark (assessment_id, list, person_id)
    WHERE ended_at_ms IS NULL;
CREATE INDEX assessment_mark_of ON assessment_mark (assessment_id);
