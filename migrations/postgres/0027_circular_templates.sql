-- A unit's own template for circulars: a Word document with places to be filled in.
CREATE TABLE circular_template (
    branch_id TEXT COLLATE "C" PRIMARY KEY NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    content BYTEA NOT NULL,
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    kept_at_ms BIGINT NOT NULL,
    kept_by TEXT COLLATE "C" REFERENCES person (id)
);
