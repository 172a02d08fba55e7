-- Copies of what jobs made. Same number, names and columns as in the other dialect.

-- To be copied: put in with the job's end. A claim is a due_at in the future, so a dead node's rows come back by themselves.
CREATE TABLE result_due (
    job      INTEGER NOT NULL PRIMARY KEY,
    due_at   INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    tries    INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0)
) STRICT;

CREATE INDEX result_due_at ON result_due (due_at);

-- The copies that lie in the results' directory, by job and number.
CREATE TABLE result_copy (
    job          INTEGER NOT NULL,
    n            INTEGER NOT NULL CHECK (n >= 0),
    bytes        INTEGER NOT NULL CHECK (bytes >= 0),
    content_type TEXT    NOT NULL,
    copied_at    INTEGER NOT NULL,
    PRIMARY KEY (job, n)
) WITHOUT ROWID, STRICT;

CREATE INDEX result_copy_age ON result_copy (copied_at);
