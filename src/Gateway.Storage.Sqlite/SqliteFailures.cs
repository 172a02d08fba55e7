using System.Collections.Frozen;
using Gateway.Engine.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>What SQLite's result codes say: about a transaction, and to callers. https://sqlite.org/rescode.html.</summary>
internal static class SqliteFailures
{
    // A refused value or rule fails again; everything else is trouble of the file or the machine, and works once that has passed.
    private static readonly FrozenDictionary<int, (StoreFailure Failure, string Why)> Table = new Dictionary<int, (StoreFailure, string)>
    {
        [5] = (StoreFailure.Lost, "The database is locked by somebody else."), // BUSY, LOCKED: the whole file, so nobody's row
        [6] = (StoreFailure.Lost, "The database is locked by somebody else."),
        [8] = (StoreFailure.Lost, "The database is read-only."), // READONLY
        [13] = (StoreFailure.Lost, "The database's disk is full."), // FULL
        [18] = (StoreFailure.Refused, "The database refused a value."), // TOOBIG, CONSTRAINT, MISMATCH
        [19] = (StoreFailure.Refused, "The database refused a value."),
        [20] = (StoreFailure.Refused, "The database refused a value."),
        [1555] = (StoreFailure.Taken, "The database has such a row already."), // CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE
        [2067] = (StoreFailure.Taken, "The database has such a row already."),
    }.ToFrozenDictionary();

    public static StoreFailure Classify(SqliteException failure) => Find(failure).Failure;

    /// <summary>What callers are told.</summary>
    public static string Why(SqliteException failure) => Find(failure).Why;

    private static (StoreFailure Failure, string Why) Find(SqliteException failure) =>
        Table.TryGetValue(failure.SqliteExtendedErrorCode, out var known) || Table.TryGetValue(failure.SqliteErrorCode, out known)
            ? known
            : (StoreFailure.Lost, "The database cannot be reached.");
}
