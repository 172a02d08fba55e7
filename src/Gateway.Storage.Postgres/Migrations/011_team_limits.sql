-- What limited teams may use and use. Same number, names and columns as in the other dialect.

-- limits: the state document of TeamLimits; null is none. used: credits of used_day, without what still runs.
ALTER TABLE team ADD COLUMN limits text, ADD COLUMN used_day date, ADD COLUMN used bigint NOT NULL DEFAULT 0 CHECK (used >= 0);

-- One row per lease of a limited team. A release only fills in charged: it waits for no other row. The next turn that holds
-- the team's row counts what is charged into used and removes it.
CREATE TABLE team_hold (
    lease    text   COLLATE "C" NOT NULL PRIMARY KEY,
    team     text   COLLATE "C" NOT NULL,
    day      date   NOT NULL,
    reserved bigint NOT NULL CHECK (reserved >= 0),
    charged  bigint CHECK (charged >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE INDEX team_hold_team ON team_hold (team);
