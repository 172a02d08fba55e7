-- A job that waited in the queue of a backup is unknown after a restore, and has neither account nor lease (S3).
-- Same number and name as in the other dialect.

-- Not validated: every row there is keeps the narrower rule, and a scan would hold the table for as long as it is large.
ALTER TABLE job DROP CONSTRAINT job_check;
ALTER TABLE job ADD CONSTRAINT job_check CHECK (status NOT IN ('submitting', 'running') OR (account IS NOT NULL AND lease IS NOT NULL)) NOT VALID;
