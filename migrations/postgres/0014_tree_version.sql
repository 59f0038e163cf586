-- A number that grows with every change of the tree, so that nobody reads all branches to learn that nothing has changed.
CREATE TABLE tree_version (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO tree_version (one, version) VALUES (1, 0);
