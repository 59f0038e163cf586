-- Pictures of questions, named by what they show; texts hold the names.
CREATE TABLE picture (
    name TEXT COLLATE "C" PRIMARY KEY,
    content BYTEA NOT NULL,
    added_at_ms BIGINT NOT NULL
);
