using System.Collections.Frozen;
using Gateway.Engine.Turns;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// What PostgreSQL's errors say: about a transaction, to callers, and to whoever starts the gateway. The only place that knows
/// SQLSTATEs; https://www.postgresql.org/docs/current/errcodes-appendix.html.
/// </summary>
internal static class PostgresFailures
{
    private const string Unreachable = "The database cannot be reached.";
    private const string Unfit = "The database is not set up as the gateway needs it.";

    // By code, else by class (its first two characters), else lost: the server or the way to it is in trouble, and the same works
    // once that has passed.
    private static readonly FrozenDictionary<string, (
        StoreFailure Failure, string Why)> Table = new Dictionary<string, (StoreFailure, string)>
        {
            ["22"] = (StoreFailure.Refused, "The database refused a value."),
            ["23"] = (StoreFailure.Refused, "The database refused a value."),
            ["23505"] = (StoreFailure.Taken, "The database has such a row already."),
            ["25006"] = (StoreFailure.Lost, "The database is read-only."),
            ["40"] = (StoreFailure.Conflict, "The database is too busy."), // 40001 serialisation, 40P01 deadlock
            ["40003"] = (StoreFailure.Lost, Unreachable), // nobody knows whether the statement completed
            ["42"] = (StoreFailure.Refused, "The database refused a statement."),
            ["42501"] = (StoreFailure.Lost, Unfit), // rights, tables and columns are nobody's value: what is owed waits for the operator
            ["42703"] = (StoreFailure.Lost, Unfit),
            ["42P01"] = (StoreFailure.Lost, Unfit),
            ["53"] = (StoreFailure.Lost, "The database has run out of resources."),
            ["53100"] = (StoreFailure.Lost, "The database's disk is full."),
            ["53300"] = (StoreFailure.Lost, "The database has no connection free."),
            ["54"] = (StoreFailure.Refused, "The database refused a value."),
            ["55P03"] = (StoreFailure.Busy, "The database is too busy."),
            ["57014"] = (StoreFailure.Slow, "The database is too slow."),
            ["57P01"] = (StoreFailure.Lost, "The database is stopping."),
            ["57P02"] = (StoreFailure.Lost, "The database is stopping."),
            ["57P03"] = (StoreFailure.Lost, "The database is starting or stopping."),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    // 28 and 3D: who we are and which database; 42: what we may do there. Waiting changes none of it.
    private static readonly FrozenSet<string> OfTheSetUp = ["28", "3D", "42"];

    public static StoreFailure Classify(string sqlState) => Find(sqlState).Failure;

    /// <summary>What an error of Npgsql or of the wire says; null where it is none of theirs.</summary>
    public static StoreFailure? Classify(Exception failure) => failure switch
    {
        PostgresException told => Classify(told.SqlState),
        NpgsqlException or IOException or TimeoutException => StoreFailure.Lost,
        _ => null,
    };

    /// <summary>Whether a start that meets it had better end: waiting will not help.</summary>
    public static bool IsOfTheSetUp(string sqlState) => OfTheSetUp.Contains(sqlState[..2]) || Classify(sqlState) is StoreFailure.Refused;

    /// <summary>What callers are told.</summary>
    public static string Why(Exception failure) => failure switch
    {
        PostgresException told => Find(told.SqlState).Why,
        NpgsqlException exhausted when IsPoolExhausted(exhausted) => "All connections of the gateway to its database are in use.",
        _ => Unreachable,
    };

    /// <summary>What the operator is told, in one line.</summary>
    public static string Explain(Exception failure) => failure switch
    {
        PostgresException told => $"{told.MessageText} ({told.SqlState})",
        AggregateException several => string.Join("; ", several.InnerExceptions.Select(Explain)),
        NpgsqlException { InnerException: { } inner } wrapped when !IsPoolExhausted(wrapped) =>
            $"{OneLine(wrapped.Message)}: {Explain(inner)}",
        _ => OneLine(failure.Message),
    };

    // Npgsql tells it by words alone; they name the setting.
    public static bool IsPoolExhausted(NpgsqlException failure) =>
        failure.Message.Contains("pool has been exhausted", StringComparison.Ordinal);

    private static (StoreFailure Failure, string Why) Find(string sqlState) =>
        Table.TryGetValue(sqlState, out var exact) ? exact
            : Table.TryGetValue(sqlState[..2], out var ofClass) ? ofClass
            : (StoreFailure.Lost, Unreachable);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
