-- Several nodes on one database. Same number, names and columns as in the other dialect.

-- A node takes part in the hash of homes from its second beat on, until it leaves (Q6). Who leaves hands its running jobs over.
ALTER TABLE node ADD COLUMN beats bigint NOT NULL DEFAULT 0;
ALTER TABLE node ADD COLUMN leaving boolean NOT NULL DEFAULT false;

-- The connection on which a node waits for rows of others counts its batches here (T4, T6): the node's own row it only shares.
CREATE TABLE node_wait (
    incarnation text   COLLATE "C" NOT NULL PRIMARY KEY,
    batch_no    bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
