-- What organizers of a branch said of a sheet of questions that didn't say it itself; an empty place is the whole unit.
CREATE TABLE sheet_hint (
    place TEXT COLLATE "C" NOT NULL,
    heading TEXT COLLATE "C" NOT NULL,
    named_columns TEXT COLLATE "C" NOT NULL,
    named_kinds TEXT COLLATE "C" NOT NULL,
    said_at_ms BIGINT NOT NULL,
    PRIMARY KEY (place, heading)
);
