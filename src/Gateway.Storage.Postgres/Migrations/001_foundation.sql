-- The tables of the foundation. Same number, names and columns as in the other dialect.
-- State documents are JSON text; the columns beside them exist to be indexed or checked.

CREATE TABLE setting (
    key   text NOT NULL PRIMARY KEY,
    value text NOT NULL
);

-- One row per start of a node (L2). batch_no rises with each batch of its runner and ends the doubt about a commit (T6).
CREATE TABLE node (
    incarnation  text        COLLATE "C" NOT NULL PRIMARY KEY,
    number       int         NOT NULL CHECK (number BETWEEN 0 AND 1023),
    status       text        NOT NULL CHECK (status IN ('live', 'dead')),
    started_at   timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL,
    batch_no     bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX node_live_number ON node (number) WHERE status = 'live';

-- No index on what changes and half of each page free: an account row is written with every turn (HOT updates).
CREATE TABLE account (
    id       text    COLLATE "C" NOT NULL PRIMARY KEY CHECK (id ~ '^[0-9]{1,32}$'),
    version  bigint  NOT NULL CHECK (version > 0),
    max_jobs int     NOT NULL CHECK (max_jobs BETWEEN 1 AND 10),
    running  int     NOT NULL CHECK (running BETWEEN 0 AND 10),
    reserved bigint  NOT NULL CHECK (reserved >= 0),
    used     bigint  NOT NULL CHECK (used >= 0),
    deleted  boolean NOT NULL,
    state    text    NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Plain storage: a state document changes with every turn, compressing it would cost more than it saves.
ALTER TABLE account ALTER COLUMN state SET STORAGE PLAIN;

CREATE TABLE team (
    id         text        COLLATE "C" NOT NULL PRIMARY KEY,
    name       text        NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    weight     int         NOT NULL CHECK (weight BETWEEN 1 AND 1000),
    created_at timestamptz NOT NULL
);

CREATE TABLE api_token (
    id         text        COLLATE "C" NOT NULL PRIMARY KEY,
    hash       text        COLLATE "C" NOT NULL UNIQUE,
    team       text        COLLATE "C" NOT NULL,
    scopes     text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);

-- Hot and narrow: bodies live elsewhere.
CREATE TABLE job (
    id       bigint NOT NULL PRIMARY KEY,
    version  bigint NOT NULL CHECK (version > 0),
    team     text   COLLATE "C" NOT NULL,
    kind     text   NOT NULL CHECK (kind IN ('chat', 'video', 'image', 'speech', 'music')),
    lane     text   COLLATE "C" NOT NULL,
    status   text   COLLATE "C" NOT NULL CHECK (status IN ('queued', 'submitting', 'running', 'unknown', 'succeeded', 'failed', 'cancelled', 'expired')),
    priority int    NOT NULL CHECK (priority BETWEEN 0 AND 9),
    attempt  int    NOT NULL CHECK (attempt >= 0),
    seq      bigint NOT NULL CHECK (seq >= 1),
    account  text   COLLATE "C",
    lease    text   COLLATE "C",
    state    text   NOT NULL,
    CHECK (status NOT IN ('submitting', 'running', 'unknown') OR (account IS NOT NULL AND lease IS NOT NULL)),
    CHECK (status <> 'queued' OR lease IS NULL)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The queue: lane heads by priority, then age (ids rise with time).
CREATE INDEX job_queue ON job (lane, priority DESC, id) WHERE status = 'queued';
CREATE INDEX job_active ON job (status, kind) WHERE status IN ('queued', 'submitting', 'running', 'unknown');
CREATE INDEX job_team ON job (team, id);
CREATE INDEX job_team_status ON job (team, status, id);

CREATE TABLE job_body (
    job  bigint NOT NULL,
    part text   NOT NULL CHECK (part IN ('request', 'result')),
    data bytea  NOT NULL,
    PRIMARY KEY (job, part)
);

-- Bodies above 64 KB, written before the turn and outside its transaction (T8). SQLite keeps them in a file of their own.
CREATE TABLE large_body (
    id         text        COLLATE "C" NOT NULL PRIMARY KEY,
    job        bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    data       bytea       NOT NULL
);

CREATE INDEX large_body_age ON large_body (created_at);

CREATE TABLE job_event (
    job    bigint      NOT NULL,
    seq    bigint      NOT NULL CHECK (seq >= 1),
    status text        NOT NULL,
    at     timestamptz NOT NULL,
    state  text        NOT NULL,
    PRIMARY KEY (job, seq)
);

-- One charge per lease (C4).
CREATE TABLE charge (
    lease_id text        COLLATE "C" NOT NULL PRIMARY KEY,
    account  text        COLLATE "C" NOT NULL,
    day      date        NOT NULL,
    kind     text        NOT NULL,
    reserved bigint      NOT NULL CHECK (reserved >= 0),
    charged  bigint      NOT NULL CHECK (charged >= 0),
    job      bigint,
    at       timestamptz NOT NULL
);

-- By day alone: charges then append to both indexes. By account too, a batch would write a page per account.
CREATE INDEX charge_day ON charge (day);

CREATE TABLE idempotency (
    team        text        COLLATE "C" NOT NULL,
    key         text        COLLATE "C" NOT NULL,
    fingerprint text        NOT NULL,
    job         bigint      NOT NULL,
    expires_at  timestamptz NOT NULL,
    answer      text,
    PRIMARY KEY (team, key)
);

CREATE TABLE audit (
    id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL,
    actor  text        NOT NULL,
    action text        NOT NULL,
    target text        NOT NULL,
    detail text
);

CREATE TABLE parked_obligation (
    id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL,
    kind   text        NOT NULL,
    detail text        NOT NULL,
    error  text        NOT NULL
);

INSERT INTO team (id, name, weight, created_at) VALUES ('default', 'default', 1, '1970-01-01Z');
