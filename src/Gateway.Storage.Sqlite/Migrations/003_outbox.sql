-- What is to be told about changes of jobs: put in with the change, removed once its receiver has taken it.
-- Rows of one job and kind go out in the order of seq. A claim is a due_at in the future, so a dead sender's rows come back by themselves.

CREATE TABLE outbox (
    job      INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('callback', 'webhook')),
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    host     TEXT    NOT NULL,
    url      TEXT    NOT NULL,
    due_at   INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    tries    INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    PRIMARY KEY (job, kind, seq)
) WITHOUT ROWID, STRICT;

-- By receiver, so that a slow one is stepped over at once.
CREATE INDEX outbox_due ON outbox (host, due_at);
