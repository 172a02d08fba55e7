-- Several nodes on one database. Same number, names and columns as in the other dialect; here there is one node, whose batches never wait for another's rows.

-- A node takes part in the hash of homes from its second beat on, until it leaves (Q6). Who leaves hands its running jobs over.
ALTER TABLE node ADD COLUMN beats INTEGER NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1));
