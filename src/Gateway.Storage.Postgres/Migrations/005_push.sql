-- The feed of a team's events, and what webhooks need. Same number, names and columns as in the other dialect.

-- feed is the transaction that wrote the row. Transactions end in another order than they begin, so a reader stops below the
-- oldest one that still runs: whatever it has passed by then is complete (P2).
ALTER TABLE job_event ADD COLUMN feed xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE job_event ADD COLUMN team text COLLATE "C";
UPDATE job_event SET team = job.team FROM job WHERE job.id = job_event.job;
ALTER TABLE job_event ALTER COLUMN team SET NOT NULL;

CREATE INDEX job_event_feed ON job_event (team, feed, job, seq);

-- What a team's webhooks are signed with, sealed; for a while after a rotation the previous one signs too.
CREATE TABLE webhook_secret (
    team           text        COLLATE "C" NOT NULL PRIMARY KEY,
    current        text        NOT NULL,
    previous       text,
    previous_until timestamptz
);

-- Endpoints that said 410: they are called no more until a test call or a redelivery is taken.
CREATE TABLE webhook_disabled (
    team text        COLLATE "C" NOT NULL,
    url  text        COLLATE "C" NOT NULL,
    at   timestamptz NOT NULL,
    PRIMARY KEY (team, url)
);

-- What became of each message, for its team. What waits to be sent stands in the outbox.
CREATE TABLE webhook_delivery (
    job      bigint      NOT NULL,
    seq      bigint      NOT NULL CHECK (seq >= 1),
    team     text        COLLATE "C" NOT NULL,
    type     text        NOT NULL,
    url      text        NOT NULL,
    outcome  text        COLLATE "C" NOT NULL CHECK (outcome IN ('delivered', 'waiting', 'given_up', 'disabled')),
    tries    int         NOT NULL CHECK (tries >= 0),
    answer   int,
    why      text,
    first_at timestamptz NOT NULL,
    tried_at timestamptz NOT NULL,
    next_at  timestamptz,
    PRIMARY KEY (job, seq)
);

CREATE INDEX webhook_delivery_team ON webhook_delivery (team, job, seq);

-- What is pruned is found by its age.
CREATE INDEX idempotency_age ON idempotency (expires_at);
