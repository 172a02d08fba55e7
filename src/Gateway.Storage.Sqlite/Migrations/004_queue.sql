-- The queue: times of jobs, one queue per lane, team and priority, pauses. Same number, names and columns as in the other dialect.

-- not_before: waits for its time, or out a back-off; null is ready. wake_at: when the job's next timed move is due.
-- failure: the error's code of a job that failed.
ALTER TABLE job ADD COLUMN not_before INTEGER;
ALTER TABLE job ADD COLUMN wake_at INTEGER;
ALTER TABLE job ADD COLUMN failure TEXT;

-- An id begins with the milliseconds since 2025; a queue keeps a job for a day.
UPDATE job SET wake_at = (id >> 22) + 1735689600000 + 86400000 WHERE status = 'queued';
UPDATE job SET failure = state ->> '$.error.code' WHERE status = 'failed';

-- What is not ready yet is not in here: a claim never walks over it.
DROP INDEX job_queue;
CREATE INDEX job_queue ON job (lane, team, priority, id) WHERE status = 'queued' AND not_before IS NULL;
CREATE INDEX job_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_failure ON job (failure, id) WHERE failure IS NOT NULL;

CREATE TABLE queue_pause (
    target TEXT    NOT NULL PRIMARY KEY,
    actor  TEXT    NOT NULL,
    at     INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
