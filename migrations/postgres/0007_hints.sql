-- What a page told about itself while it was sat, where the test asks for it: never a proof, never in a report, and
-- deleted once results are final.
CREATE TABLE hint (
    id TEXT PRIMARY KEY NOT NULL,
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    kind TEXT NOT NULL,
    seconds BIGINT,
    at_ms BIGINT NOT NULL
);
CREATE INDEX hint_attempt ON hint (attempt_id);
