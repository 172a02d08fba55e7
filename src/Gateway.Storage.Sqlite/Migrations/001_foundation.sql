-- The tables of the foundation. Same number, names and columns as in the other dialect.
-- Times are milliseconds since 1970 (UTC). State documents are JSON; the columns beside them exist to be indexed or checked.

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

-- One row per start of a node (L2). batch_no rises with each batch of its runner and ends the doubt about a commit (T6).
CREATE TABLE node (
    incarnation  TEXT    NOT NULL PRIMARY KEY,
    number       INTEGER NOT NULL CHECK (number BETWEEN 0 AND 1023),
    status       TEXT    NOT NULL CHECK (status IN ('live', 'dead')),
    started_at   INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    batch_no     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID, STRICT;

CREATE UNIQUE INDEX node_live_number ON node (number) WHERE status = 'live';

-- No index on what changes: an account row is written with every turn.
CREATE TABLE account (
    id       TEXT    NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 32 AND id NOT GLOB '*[^0-9]*'),
    version  INTEGER NOT NULL CHECK (version > 0),
    max_jobs INTEGER NOT NULL CHECK (max_jobs BETWEEN 1 AND 10),
    running  INTEGER NOT NULL CHECK (running BETWEEN 0 AND 10),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    used     INTEGER NOT NULL CHECK (used >= 0),
    deleted  INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    state    TEXT    NOT NULL CHECK (json_valid(state))
) WITHOUT ROWID, STRICT;

CREATE TABLE team (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    weight     INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 1000),
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE api_token (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       TEXT    NOT NULL UNIQUE,
    team       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) WITHOUT ROWID, STRICT;

-- Hot and narrow: bodies live elsewhere.
CREATE TABLE job (
    id       INTEGER NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL CHECK (version > 0),
    team     TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('chat', 'video', 'image', 'speech', 'music')),
    lane     TEXT    NOT NULL,
    status   TEXT    NOT NULL CHECK (status IN ('queued', 'submitting', 'running', 'unknown', 'succeeded', 'failed', 'cancelled', 'expired')),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    attempt  INTEGER NOT NULL CHECK (attempt >= 0),
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    account  TEXT,
    lease    TEXT,
    state    TEXT    NOT NULL CHECK (json_valid(state)),
    CHECK (status NOT IN ('submitting', 'running', 'unknown') OR (account IS NOT NULL AND lease IS NOT NULL)),
    CHECK (status <> 'queued' OR lease IS NULL)
) STRICT;

-- The queue: lane heads by priority, then age (ids rise with time).
CREATE INDEX job_queue ON job (lane, priority DESC, id) WHERE status = 'queued';
CREATE INDEX job_active ON job (status, kind) WHERE status IN ('queued', 'submitting', 'running', 'unknown');
CREATE INDEX job_team ON job (team, id);
CREATE INDEX job_team_status ON job (team, status, id);

CREATE TABLE job_body (
    job  INTEGER NOT NULL,
    part TEXT    NOT NULL CHECK (part IN ('request', 'result')),
    data BLOB    NOT NULL,
    PRIMARY KEY (job, part)
) WITHOUT ROWID, STRICT;

CREATE TABLE job_event (
    job    INTEGER NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    status TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    state  TEXT    NOT NULL,
    PRIMARY KEY (job, seq)
) WITHOUT ROWID, STRICT;

-- One charge per lease (C4).
CREATE TABLE charge (
    lease_id TEXT    NOT NULL PRIMARY KEY,
    account  TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    charged  INTEGER NOT NULL CHECK (charged >= 0),
    job      INTEGER,
    at       INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- By day alone: charges then append to both indexes. By account too, a batch would write a page per account.
CREATE INDEX charge_day ON charge (day);

CREATE TABLE idempotency (
    team        TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    job         INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    answer      TEXT,
    PRIMARY KEY (team, key)
) WITHOUT ROWID, STRICT;

CREATE TABLE audit (
    id     INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  TEXT    NOT NULL,
    action TEXT    NOT NULL,
    target TEXT    NOT NULL,
    detail TEXT
) STRICT;

CREATE TABLE parked_obligation (
    id     INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    detail TEXT    NOT NULL,
    error  TEXT    NOT NULL
) STRICT;

INSERT INTO team (id, name, weight, created_at) VALUES ('default', 'default', 1, 0);
