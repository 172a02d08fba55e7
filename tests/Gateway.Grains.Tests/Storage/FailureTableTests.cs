using Gateway.Engine.Turns;
using Gateway.Storage.Postgres;
using Gateway.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Grains.Tests.Storage;

/// <summary>S4, T7: what each database's errors mean, by table.</summary>
public sealed class FailureTableTests
{
    private const string Unreachable = "The database cannot be reached.";

    // Strings, because the enum is not public: a test class must be.
    [Theory]
    [InlineData("08006", "Lost", Unreachable)] // connection failure
    [InlineData("0A000", "Lost", Unreachable)] // a cached plan after a migration by a newer node: a new connection has none
    [InlineData("22P05", "Refused", "The database refused a value.")]
    [InlineData("23502", "Refused", "The database refused a value.")]
    [InlineData("23505", "Taken", "The database has such a row already.")]
    [InlineData("25006", "Lost", "The database is read-only.")]
    [InlineData("25P02", "Lost", Unreachable)]
    [InlineData("26000", "Lost", Unreachable)] // a prepared statement that a pooler between has lost
    [InlineData("28P01", "Lost", Unreachable)] // a password changed while we run
    [InlineData("40001", "Conflict", "The database is too busy.")]
    [InlineData("40003", "Lost", Unreachable)]
    [InlineData("40P01", "Conflict", "The database is too busy.")]
    [InlineData("42501", "Lost", "The database is not set up as the gateway needs it.")]
    [InlineData("42804", "Refused", "The database refused a statement.")]
    [InlineData("42P01", "Lost", "The database is not set up as the gateway needs it.")]
    [InlineData("53100", "Lost", "The database's disk is full.")]
    [InlineData("53200", "Lost", "The database has run out of resources.")]
    [InlineData("53300", "Lost", "The database has no connection free.")]
    [InlineData("54000", "Refused", "The database refused a value.")]
    [InlineData("55P03", "Busy", "The database is too busy.")]
    [InlineData("57014", "Slow", "The database is too slow.")]
    [InlineData("57P01", "Lost", "The database is stopping.")]
    [InlineData("57P02", "Lost", "The database is stopping.")]
    [InlineData("57P03", "Lost", "The database is starting or stopping.")]
    [InlineData("58030", "Lost", Unreachable)] // I/O error
    [InlineData("XX000", "Lost", Unreachable)]
    public void S4_Each_error_of_PostgreSQL_has_its_meaning(string sqlState, string failure, string why)
    {
        var told = new PostgresException("the server's words", "ERROR", "ERROR", sqlState);

        Assert.Equal(failure, PostgresFailures.Classify(sqlState).ToString());
        Assert.Equal(failure, PostgresFailures.Classify(told)?.ToString());
        Assert.Equal(why, PostgresFailures.Why(told));
        Assert.Equal($"the server's words ({sqlState})", PostgresFailures.Explain(told));
    }

    [Theory]
    [InlineData("28P01", true)]
    [InlineData("3D000", true)]
    [InlineData("42501", true)]
    [InlineData("42P01", true)]
    [InlineData("22023", true)]
    [InlineData("25006", false)] // a standby becomes a primary
    [InlineData("53300", false)]
    [InlineData("57P03", false)]
    public void S1_What_a_start_waits_for_is_told_from_what_the_operator_must_change(string sqlState, bool isOfTheSetUp) =>
        Assert.Equal(isOfTheSetUp, PostgresFailures.IsOfTheSetUp(sqlState));

    [Fact]
    public void S4_What_the_wire_says_is_a_lost_database_and_a_bug_is_not()
    {
        Assert.Equal(StoreFailure.Lost, PostgresFailures.Classify(new NpgsqlException("broken pipe")));
        Assert.Equal(StoreFailure.Lost, PostgresFailures.Classify(new TimeoutException()));
        Assert.Null(PostgresFailures.Classify(new ArgumentOutOfRangeException()));
        Assert.Equal("one line: another", PostgresFailures.Explain(new NpgsqlException("one\nline", new IOException("another"))));
    }

    [Theory]
    [InlineData(5, "Lost", "The database is locked by somebody else.")]
    [InlineData(8, "Lost", "The database is read-only.")]
    [InlineData(10, "Lost", Unreachable)] // I/O error
    [InlineData(11, "Lost", Unreachable)] // malformed
    [InlineData(13, "Lost", "The database's disk is full.")]
    [InlineData(14, "Lost", Unreachable)] // cannot be opened
    [InlineData(18, "Refused", "The database refused a value.")]
    [InlineData(19, "Refused", "The database refused a value.")]
    [InlineData(20, "Refused", "The database refused a value.")]
    [InlineData(1299, "Refused", "The database refused a value.")] // a constraint, NOT NULL
    [InlineData(1555, "Taken", "The database has such a row already.")]
    [InlineData(2067, "Taken", "The database has such a row already.")]
    public void S4_Each_error_of_SQLite_has_its_meaning(int code, string failure, string why)
    {
        var told = new SqliteException("SQLite's words", code & 0xff, code);

        Assert.Equal(failure, SqliteFailures.Classify(told).ToString());
        Assert.Equal(why, SqliteFailures.Why(told));
    }
}
