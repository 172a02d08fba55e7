using System.Data.Common;
using Gateway.Engine.Turns;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Silo.Chores;

/// <summary>
/// One absence of the database as this node sees it: told once when it begins, and once when it is over. Whatever fails meanwhile for
/// want of it is no news.
/// </summary>
internal sealed partial class StoreOutage(TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private long? _since;

    public bool IsOn
    {
        get
        {
            lock (_lock) return _since is not null;
        }
    }

    /// <summary>Something failed. Answers whether that is no news because the database is away.</summary>
    public bool Explains(Exception? failure)
    {
        if (failure is null || Find(failure) is not { } ofTheStore) return false;
        if (LossOf(ofTheStore) is { } why) Begin(why);
        // What the store refuses for a reason of its own is news, whatever else is wrong; what nobody sent to it is none.
        return IsOn && (ofTheStore is StoreUnavailableException || LossOf(ofTheStore) is not null);
    }

    /// <summary>
    /// What the database had against it, in one line; null where the failure is none of the database's, or is about a value.
    /// </summary>
    public static string? WhyOf(Exception? failure) =>
        Find(failure) is { } ofTheStore ? LossOf(ofTheStore) ?? ofTheStore.Message.ReplaceLineEndings(" ") : null;

    /// <summary>The database took or told something.</summary>
    public void End()
    {
        long since;
        lock (_lock)
        {
            if (_since is not { } began) return;
            since = began;
            _since = null;
        }

        LogBack(time.GetElapsedTime(since).TotalSeconds);
    }

    private void Begin(string why)
    {
        lock (_lock)
        {
            if (_since is not null) return;
            _since = time.GetTimestamp();
        }

        LogLost(why);
    }

    private static Exception? Find(Exception? failure)
    {
        while (failure is not (null or DbException or StoreUnavailableException or StoreException)) failure = failure.InnerException;
        return failure is StoreException { Failure: StoreFailure.Refused or StoreFailure.Taken or StoreFailure.Fenced } ? null : failure;
    }

    // In one line; null where the database is there and only would not do something. A pool of ours that is exhausted is no absence.
    private static string? LossOf(Exception failure) => failure switch
    {
        StoreException { Failure: StoreFailure.Lost } lost => lost.Message,
        PostgresException told => PostgresFailures.Classify(told.SqlState) == StoreFailure.Lost ? PostgresFailures.Explain(told) : null,
        NpgsqlException wire => PostgresFailures.IsPoolExhausted(wire) ? null : PostgresFailures.Explain(wire),
        SqliteException file => SqliteFailures.Classify(file) == StoreFailure.Lost ? file.Message : null,
        StoreUnavailableException { InnerException: { } inner } when Find(inner) is { } cause => LossOf(cause),
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is lost: {Why}. What is new is refused until it is back.")]
    private partial void LogLost(string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back after {Seconds:0.0} s.")]
    private partial void LogBack(double seconds);
}
