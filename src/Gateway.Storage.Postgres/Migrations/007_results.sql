-- Copies of what jobs made. Same number, names and columns as in the other dialect.

-- To be copied: put in with the job's end. A claim is a due_at in the future, so a dead node's rows come back by themselves.
CREATE TABLE result_due (
    job      bigint      NOT NULL PRIMARY KEY,
    due_at   timestamptz NOT NULL,
    first_at timestamptz NOT NULL,
    tries    int         NOT NULL DEFAULT 0 CHECK (tries >= 0)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE INDEX result_due_at ON result_due (due_at);

-- The copies that lie in the results' directory, by job and number.
CREATE TABLE result_copy (
    job          bigint      NOT NULL,
    n            int         NOT NULL CHECK (n >= 0),
    bytes        bigint      NOT NULL CHECK (bytes >= 0),
    content_type text        NOT NULL,
    copied_at    timestamptz NOT NULL,
    PRIMARY KEY (job, n)
);

CREATE INDEX result_copy_age ON result_copy (copied_at);
