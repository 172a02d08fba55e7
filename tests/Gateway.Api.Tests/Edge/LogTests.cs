using Gateway.Api.Tests.Support;
using Gateway.Engine.Turns;
using Gateway.Silo.Hosting.Logging;
using Gateway.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Gateway.Api.Tests.Edge;

/// <summary>A4: what the log looks like, in normal work and while the database is away.</summary>
public sealed class LogTests
{
    private static readonly Func<string, Exception?, string> Text = (state, _) => state;

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 30, 7, 20, 1, 123, TimeSpan.Zero));
    private readonly Journal _journal = new();
    private readonly OutageLogs _logs;
    private readonly ILogger _logger;

    public LogTests()
    {
        _logs = new OutageLogs(new LoggerFactory([_journal], new LoggerFilterOptions { MinLevel = LogLevel.Trace }), _clock);
        _logger = _logs.CreateLogger("Gateway.Silo.Chores.Heartbeat");
    }

    private IEnumerable<string> Loud => _journal.Lines.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal));

    [Fact]
    public void A4_six_seconds_without_the_database_are_two_lines_however_many_met_it()
    {
        for (var tick = 0; tick < 60; tick++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            Fail(LogLevel.Warning, new StoreException(StoreFailure.Lost, "Connection refused", new NpgsqlException("Failed to connect")));
            Fail(LogLevel.Error, new StoreUnavailableException("The database cannot be reached."));
            Fail(LogLevel.Error, new InvalidOperationException("wrapped", new NpgsqlException("The connection is broken")));
        }

        Assert.Equal(
            "Warning Gateway.Silo.Chores.StoreOutage: The database is lost: Connection refused. What is new is refused until it is back. ",
            Assert.Single(Loud));
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        _logs.Outage.End();
        _logs.Outage.End();
        Assert.Equal("Information Gateway.Silo.Chores.StoreOutage: The database is back after 6.0 s. ", Loud.Last());
        Assert.Equal(2, Loud.Count());
        // with its stack
        Assert.Contains(
            _journal.Lines,
            line => line.StartsWith("Debug", StringComparison.Ordinal) && line.Contains("Failed to connect", StringComparison.Ordinal));
    }

    [Fact]
    public void A4_trouble_that_is_no_absence_keeps_its_level_and_loses_its_stack()
    {
        Fail(LogLevel.Warning, new StoreUnavailableException("The database is too busy."));
        Assert.Equal("Warning Gateway.Silo.Chores.Heartbeat: failed The database is too busy. ", Assert.Single(Loud));
        Assert.False(_logs.Outage.IsOn);
    }

    [Fact]
    public void A4_what_is_a_bug_is_told_with_its_stack_though_the_database_is_away()
    {
        Fail(LogLevel.Warning, new SqliteException("database is locked", 5));
        Fail(LogLevel.Error, new InvalidOperationException("a bug"));
        Fail(LogLevel.Error, new StoreException(StoreFailure.Refused, "a value"));
        Fail(LogLevel.Critical, new StoreException(StoreFailure.Lost, "the end"));
        Assert.Equal(
            ["Error", "Error", "Critical"],
            Loud.Where(line => line.Contains("Heartbeat", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void A4_a_line_has_time_level_a_short_name_and_the_request()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new Dictionary<string, object?> { ["RequestId"] = "req-7", ["RequestPath"] = "/v1/jobs" });
        Assert.Equal("2026-11-30T07:20:01.123Z warn Heartbeat [req-7]: it failed\n", Written("it failed", scopes));
        Assert.Equal("2026-11-30T07:20:01.123Z warn Heartbeat: a  b\n", Written("a\r\nb", null));
        Assert.Equal("2026-11-30T07:20:01.123Z warn Heartbeat:  [31mred\n", Written("\u001b[31mred", null));
    }

    [Fact]
    public void H5_an_exceptions_words_neither_steer_a_terminal_nor_begin_a_line()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var failure = new InvalidOperationException("a\u001b[2J\u202eb\u009b\r\n2026-11-30T07:20:01.123Z info Forged: all is well\u0000");
        new LineFormatter(_clock).Write(
            new LogEntry<string>(LogLevel.Error, "Gateway.Silo.Chores.Heartbeat", default, "it \u2066failed", failure, Text), null, writer);
        Assert.Equal(
            "2026-11-30T07:20:01.123Z fail Heartbeat: it  failed\n      System.InvalidOperationException: a [2J b \n      " +
                "2026-11-30T07:20:01.123Z info Forged: all is well \n",
            writer.ToString());
    }

    private string Written(string message, IExternalScopeProvider? scopes)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new LineFormatter(_clock).Write(
            new LogEntry<string>(LogLevel.Warning, "Gateway.Silo.Chores.Heartbeat", default, message, null, Text), scopes, writer);
        return writer.ToString();
    }

    private void Fail(LogLevel level, Exception failure) => _logger.Log(level, default, "failed", failure, Text);
}
