-- Pages that were printed, signed by hand and scanned: of a settled test, or of a signed year of the annual assessment.
CREATE TABLE signed_page (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    test_id TEXT COLLATE "C" REFERENCES test (id) ON DELETE CASCADE,
    assessment_id TEXT COLLATE "C" REFERENCES assessment (id) ON DELETE CASCADE,
    title TEXT COLLATE "C" NOT NULL,
    -- pdf, jpg or png, by what is in it.
    kind TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    sent_by TEXT COLLATE "C" REFERENCES person (id),
    CHECK ((test_id IS NULL) <> (assessment_id IS NULL))
);
-- The same file stands once.
CREATE UNIQUE INDEX signed_page_test ON signed_page (test_id, digest) WHERE test_id IS NOT NULL;
CREATE UNIQUE INDEX signed_page_assessment ON signed_page (assessment_id, digest) WHERE assessment_id IS NOT NULL;
