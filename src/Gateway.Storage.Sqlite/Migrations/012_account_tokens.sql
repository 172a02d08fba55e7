-- Which account has which credential: one each. Same number, name and columns as in the other dialect.

-- hash: keyed, never the credential. Beside the account's row, which every turn writes. A tombstone's row counts for nothing.
CREATE TABLE account_token (
    hash    TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL UNIQUE
) WITHOUT ROWID, STRICT;
