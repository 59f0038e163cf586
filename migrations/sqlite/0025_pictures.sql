-- Pictures of questions, named by what they show; texts hold the names.
CREATE TABLE picture (
    name TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    added_at_ms INTEGER NOT NULL
) STRICT;
