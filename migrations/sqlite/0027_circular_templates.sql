-- A unit's own template for circulars: a Word document with places to be filled in.
CREATE TABLE circular_template (
    branch_id TEXT PRIMARY KEY NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    content BLOB NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    kept_at_ms INTEGER NOT NULL,
    kept_by TEXT REFERENCES person (id)
) STRICT;
