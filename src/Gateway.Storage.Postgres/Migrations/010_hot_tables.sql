-- How the tables that every batch writes are vacuumed. Same number and name as in the other dialect.

-- A node's row is written with each of its batches: few rows, many dead versions.
ALTER TABLE node SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Small enough to be vacuumed without pauses; a row that is looked up through its dead versions slows every turn on it.
ALTER TABLE account SET (autovacuum_vacuum_cost_delay = 0);
ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 0);
