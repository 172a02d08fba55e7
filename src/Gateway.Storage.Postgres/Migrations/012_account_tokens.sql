-- Which account has which credential: one each. Same number, name and columns as in the other dialect.

-- hash: keyed, never the credential. Beside the account's row, which every turn writes. A tombstone's row counts for nothing.
CREATE TABLE account_token (
    hash    text COLLATE "C" NOT NULL PRIMARY KEY,
    account text COLLATE "C" NOT NULL UNIQUE
);
