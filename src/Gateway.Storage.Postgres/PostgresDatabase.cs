using Gateway.Engine.Storage;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>
/// The connections to one PostgreSQL: a pool for reads and bodies, one connection per batch runner, two for notices. Statements have
/// time-outs on the server's side too, so that a lost client leaves no lock behind.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>A statement of a turn or a read that takes longer is ended by the server.</summary>
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(15);

    /// <summary>A lock that is not had by then is given up; the batch runs again.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A host that was down or not the primary is asked again so soon: a fail-over is over when the new primary is.</summary>
    private const int HostRecheckSeconds = 1;

    private readonly NpgsqlConnectionStringBuilder _settings;

    private PostgresDatabase(NpgsqlConnectionStringBuilder settings)
    {
        _settings = settings;
        Reads = Open(Tuned("gateway reads", settings.ShouldSerialize("Maximum Pool Size") ? settings.MaxPoolSize : 16));
        Turns = Open(Tuned("gateway turns", maxPool: 8));
        Notices = Open(Tuned("gateway hints", maxPool: 2, more: "-c synchronous_commit=off"));
    }

    public NpgsqlDataSource Reads { get; }

    public NpgsqlDataSource Turns { get; }

    /// <summary>One connection that listens, one that tells. Notices are no promise: their commits wait for no disk.</summary>
    public NpgsqlDataSource Notices { get; }

    /// <exception cref="GatewaySetupException">The connection string cannot be read.</exception>
    public static PostgresDatabase Open(string connectionString)
    {
        try
        {
            return new PostgresDatabase(new NpgsqlConnectionStringBuilder(connectionString));
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            throw new GatewaySetupException($"ConnectionStrings:Gateway is no PostgreSQL connection string: {wrong.Message}", wrong);
        }
    }

    /// <summary>With the operator's settings alone: migrations may take longer than any time-out here.</summary>
    public NpgsqlDataSource OpenPlain(Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_settings.ToString());
        change?.Invoke(settings);
        return Open(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Notices.DisposeAsync();
        await Turns.DisposeAsync();
        await Reads.DisposeAsync();
    }

    // Of several hosts the one that takes writes, whichever it is now: a connection to a standby serves nothing here.
    private static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.Host?.Contains(',') is not true) return new NpgsqlDataSourceBuilder(settings.ToString()).Build();

        var target = Target(settings.TargetSessionAttributes);
        settings.TargetSessionAttributes = null; // said below; Npgsql refuses to be told twice
        if (!settings.ShouldSerialize("Host Recheck Seconds")) settings.HostRecheckSeconds = HostRecheckSeconds;
        return new NpgsqlDataSourceBuilder(settings.ToString()).BuildMultiHost().WithTargetSession(target);
    }

    private static TargetSessionAttributes Target(string? asked) => asked switch
    {
        null or "read-write" => TargetSessionAttributes.ReadWrite,
        "primary" => TargetSessionAttributes.Primary,
        _ =>
            throw new ArgumentException(
                $"Target Session Attributes is '{asked}'; it must be primary or read-write, because the gateway writes."),
    };

    private NpgsqlConnectionStringBuilder Tuned(string name, int maxPool, string more = "")
    {
        var settings = new NpgsqlConnectionStringBuilder(_settings.ToString())
        {
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ApplicationName = name,
            Enlist = false,
            CommandTimeout = (int)StatementTimeout.TotalSeconds + 5, // the server's time-out speaks first
            MaxPoolSize = maxPool,
            Timeout = _settings.ShouldSerialize("Timeout") ? _settings.Timeout : 5,
        };
        settings.Options =
            $"{settings.Options} -c statement_timeout={Milliseconds(StatementTimeout)} -c lock_timeout={Milliseconds(LockTimeout)} -c " +
                $"idle_in_transaction_session_timeout=30000 {more}".Trim();
        return settings;
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
