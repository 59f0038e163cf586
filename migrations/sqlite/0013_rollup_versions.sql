-- A number that grows whenever stored figures of a test are computed anew: whatever is worked out from its attempts may
-- be kept as long as it stands.
CREATE TABLE rollup_version (
    test_id TEXT PRIMARY KEY NOT NULL REFERENCES test (id),
    version INTEGER NOT NULL
) STRICT;
