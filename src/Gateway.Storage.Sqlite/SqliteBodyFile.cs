using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>The file of what is written outside of turns: large bodies and streams (T8). One writer, any number of readers.</summary>
internal sealed class SqliteBodyFile(SqliteDatabase database) : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS large_body (
            id TEXT NOT NULL PRIMARY KEY, job INTEGER NOT NULL, created_at INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS large_body_age ON large_body (created_at);
        CREATE TABLE IF NOT EXISTS job_stream (
            job INTEGER NOT NULL, start INTEGER NOT NULL CHECK (start >= 0), attempt INTEGER NOT NULL CHECK (attempt >= 1),
            data BLOB NOT NULL CHECK (length(data) > 0), PRIMARY KEY (job, start)) STRICT;
        """;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private SqliteConnection? _writer; // opened when first needed, and when that failed, again

    /// <summary>Writes, off the caller's thread: tens of megabytes take a while to reach the disk.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => SqliteDatabase.Guard(() => write(_writer ??= Open())), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Reads off the caller's thread, on a connection that waits for no writer.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        Task.Run(() => SqliteDatabase.Guard(() =>
    {
        if (!_readers.TryTake(out var connection)) connection = Open();
        try
        {
            return read(connection);
        }
        finally
        {
            _readers.Add(connection);
        }
    }), cancellationToken);

    public void Dispose()
    {
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _writer?.Dispose();
        _gate.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = database.OpenBodies();
        connection.Run(Schema);
        return connection;
    }
}
