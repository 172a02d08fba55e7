using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Storage.Sqlite;

/// <summary>
/// One prepared statement, bound by position: straight on SQLite's own calls. A command of Microsoft.Data.Sqlite looks
/// every parameter up by name and makes a reader per run, which costs a batch more than SQLite itself does.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Binds the next parameter; so do its namesakes.</summary>
    public SqliteStatement With(long value) => Bound(raw.sqlite3_bind_int64(_statement, ++_bound, value));

    public SqliteStatement With(long? value) => value is { } known ? With(known) : Bound(raw.sqlite3_bind_null(_statement, ++_bound));

    public SqliteStatement With(string? value) =>
        Bound(value is null ? raw.sqlite3_bind_null(_statement, ++_bound) : raw.sqlite3_bind_text(_statement, ++_bound, value));

    /// <summary>Text that is UTF-8 already.</summary>
    public SqliteStatement WithUtf8(ReadOnlySpan<byte> text) => Bound(raw.sqlite3_bind_text(_statement, ++_bound, text));

    // An empty span has no address, and no address would bind NULL.
    public SqliteStatement WithBlob(ReadOnlySpan<byte> data) =>
        Bound(data.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, ++_bound, 0) : raw.sqlite3_bind_blob(_statement, ++_bound, data));

    /// <summary>Runs a statement without rows. Answers how many rows it changed.</summary>
    public int Run()
    {
        try
        {
            while (Step()) { }
            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs the statement and maps its first row; null when there is none.</summary>
    public T? First<T>(Func<SqliteStatement, T> map)
    {
        try
        {
            return Step() ? map(this) : default;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs the statement and maps its rows.</summary>
    public IReadOnlyList<T> All<T>(Func<SqliteStatement, T> map)
    {
        try
        {
            List<T> rows = [];
            while (Step()) rows.Add(map(this));
            return rows;
        }
        finally
        {
            Reset();
        }
    }

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? IntegerOrNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : Integer(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : Text(column);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Integer(column));

    public void Dispose() => _statement.Dispose();

    private bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE) return code == raw.SQLITE_ROW;
        Check(code);
        return false;
    }

    // A reset repeats the code of a failed step, which has been thrown already.
    private void Reset()
    {
        _bound = 0;
        raw.sqlite3_reset(_statement);
    }

    private SqliteStatement Bound(int code)
    {
        Check(code);
        return this;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection);
}
