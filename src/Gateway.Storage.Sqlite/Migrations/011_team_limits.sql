-- What limited teams may use and use. Same number, names and columns as in the other dialect.

-- limits: the state document of TeamLimits; null is none. used: credits of used_day, without what still runs.
ALTER TABLE team ADD COLUMN limits TEXT;
ALTER TABLE team ADD COLUMN used_day TEXT;
ALTER TABLE team ADD COLUMN used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0);

-- One row per lease of a limited team. A release only fills in charged: it waits for no other row. The next turn that holds
-- the team's row counts what is charged into used and removes it.
CREATE TABLE team_hold (
    lease    TEXT    NOT NULL PRIMARY KEY,
    team     TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    charged  INTEGER CHECK (charged >= 0)
) WITHOUT ROWID, STRICT;

CREATE INDEX team_hold_team ON team_hold (team);
