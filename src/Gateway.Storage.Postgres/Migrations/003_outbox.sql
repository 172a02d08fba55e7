-- What is to be told about changes of jobs: put in with the change, removed once its receiver has taken it.
-- Rows of one job and kind go out in the order of seq. A claim is a due_at in the future, so a dead sender's rows come back by themselves.

CREATE TABLE outbox (
    job      bigint      NOT NULL,
    kind     text        COLLATE "C" NOT NULL CHECK (kind IN ('callback', 'webhook')),
    seq      bigint      NOT NULL CHECK (seq >= 1),
    host     text        COLLATE "C" NOT NULL,
    url      text        NOT NULL,
    due_at   timestamptz NOT NULL,
    first_at timestamptz NOT NULL,
    tries    int         NOT NULL DEFAULT 0 CHECK (tries >= 0),
    PRIMARY KEY (job, kind, seq)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- By receiver, so that a slow one is stepped over at once.
CREATE INDEX outbox_due ON outbox (host, due_at);
