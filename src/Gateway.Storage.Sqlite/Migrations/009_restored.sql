-- A job that waited in the queue of a backup is unknown after a restore, and has neither account nor lease (S3).
-- Same number and name as in the other dialect.

-- SQLite cannot drop a check, and a copy of the table would take as long as it is large. What a check says is nowhere in the rows:
-- the text alone is changed, as https://sqlite.org/lang_altertable.html describes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'NOT IN (''submitting'', ''running'', ''unknown'') OR', 'NOT IN (''submitting'', ''running'') OR')
WHERE type = 'table' AND name = 'job';
PRAGMA writable_schema = RESET;
