-- What teams made on an account outside of jobs: files, voices, covers. Same number, names and columns as in the other dialect.

CREATE TABLE asset (
    id          bigint NOT NULL PRIMARY KEY,
    team        text   COLLATE "C" NOT NULL,
    kind        text   COLLATE "C" NOT NULL CHECK (kind IN ('file', 'voice', 'cover')),
    account     text   COLLATE "C" NOT NULL,
    upstream_id text   COLLATE "C" NOT NULL CHECK (length(upstream_id) BETWEEN 1 AND 256),
    copy_of     bigint,
    state       text   NOT NULL
);

-- One owner for each name on an account; by name alone for whoever names a voice.
CREATE UNIQUE INDEX asset_place ON asset (kind, upstream_id, account);
CREATE INDEX asset_team ON asset (kind, team, id);
CREATE INDEX asset_copy ON asset (copy_of) WHERE copy_of IS NOT NULL;
