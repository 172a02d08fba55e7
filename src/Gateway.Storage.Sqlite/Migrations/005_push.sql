-- The feed of a team's events, and what webhooks need. Same number, names and columns as in the other dialect.

-- feed rises in the order of commits: one writer, and ids of removed rows are not given again. Whoever reads past one has seen all before it (P2).
CREATE TABLE job_event_with_feed (
    feed   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job    INTEGER NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    status TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    state  TEXT    NOT NULL,
    team   TEXT    NOT NULL,
    UNIQUE (job, seq)
) STRICT;

INSERT INTO job_event_with_feed (job, seq, status, at, state, team)
SELECT job, seq, status, at, state, state ->> '$.team' FROM job_event ORDER BY at, job, seq;
DROP TABLE job_event;
ALTER TABLE job_event_with_feed RENAME TO job_event;

CREATE INDEX job_event_feed ON job_event (team, feed);

-- What a team's webhooks are signed with, sealed; for a while after a rotation the previous one signs too.
CREATE TABLE webhook_secret (
    team           TEXT NOT NULL PRIMARY KEY,
    current        TEXT NOT NULL,
    previous       TEXT,
    previous_until INTEGER
) WITHOUT ROWID, STRICT;

-- Endpoints that said 410: they are called no more until a test call or a redelivery is taken.
CREATE TABLE webhook_disabled (
    team TEXT    NOT NULL,
    url  TEXT    NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (team, url)
) WITHOUT ROWID, STRICT;

-- What became of each message, for its team. What waits to be sent stands in the outbox.
CREATE TABLE webhook_delivery (
    job      INTEGER NOT NULL,
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    team     TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    url      TEXT    NOT NULL,
    outcome  TEXT    NOT NULL CHECK (outcome IN ('delivered', 'waiting', 'given_up', 'disabled')),
    tries    INTEGER NOT NULL CHECK (tries >= 0),
    answer   INTEGER,
    why      TEXT,
    first_at INTEGER NOT NULL,
    tried_at INTEGER NOT NULL,
    next_at  INTEGER,
    PRIMARY KEY (job, seq)
) WITHOUT ROWID, STRICT;

CREATE INDEX webhook_delivery_team ON webhook_delivery (team, job, seq);

-- What is pruned is found by its age.
CREATE INDEX idempotency_age ON idempotency (expires_at);
