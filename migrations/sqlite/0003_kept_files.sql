-- Sheets between being looked at and being loaded; each only for the one who sent it, and for a day.
CREATE TABLE kept_file (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    sheet TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_file_person ON kept_file (person_id);

-- What a unit has said of a heading of its sheets; no meaning: the column isn't read.
CREATE TABLE learned_heading (
    sheet TEXT NOT NULL,
    heading TEXT NOT NULL,
    meaning TEXT NOT NULL,
    PRIMARY KEY (sheet, heading)
) STRICT;
