-- What organizers of a branch said of a sheet of questions that didn't say it itself; an empty place is the whole unit.
CREATE TABLE sheet_hint (
    place TEXT NOT NULL,
    heading TEXT NOT NULL,
    named_columns TEXT NOT NULL,
    named_kinds TEXT NOT NULL,
    said_at_ms INTEGER NOT NULL,
    PRIMARY KEY (place, heading)
) STRICT;
