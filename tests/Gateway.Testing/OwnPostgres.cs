using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Gateway.Testing;

/// <summary>
/// A PostgreSQL of its own, made from the installed binaries: it can be stopped under load and started again on the same port and
/// data. However this process ends, server and files go with it. Durable as shipped: fsync and synchronous_commit stay on.
/// </summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-own-postgres-").FullName;
    private readonly string[] _settings;
    private readonly string _binaries;
    private readonly string[] _asUser;
    private ChildProcess? _server;

    private OwnPostgres(string binaries, PostgresUser? user, string[] settings)
    {
        _binaries = binaries;
        _asUser = user?.Prefix ?? [];
        _settings = settings;
        User = user?.Name;
    }

    /// <summary>Whom it runs as where this process is root's; null where it runs as we do.</summary>
    public string? User { get; }

    public int Port { get; } = FreePort();

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=gateway;Database=postgres";

    private string Log => Path.Combine(_directory, "server.log");

    /// <param name="settings">Settings of the server's own, such as <c>max_connections=20</c>.</param>
    public static async Task<OwnPostgres> StartAsync(params string[] settings)
    {
        var postgres = await CreateAsync(settings);
        await postgres.InitialiseAsync();
        await postgres.LaunchAsync();
        return postgres;
    }

    /// <summary>A standby that follows this server.</summary>
    public async Task<OwnPostgres> StartStandbyAsync()
    {
        var standby = await CreateAsync([]);
        await Command.RunAsync(
            [.. _asUser, Path.Combine(_binaries, "pg_basebackup"), "-h", "127.0.0.1", "-p", $"{Port}", "-U", "gateway", "-D", standby.Data, "-R", "-c", "fast", "--no-sync"]);
        await standby.LaunchAsync();
        return standby;
    }

    /// <summary>
    /// Like <c>pg_ctl stop</c>: immediate cuts every session and the next start recovers from the log, fast ends in good order.
    /// </summary>
    public async Task StopAsync(int signal = Unix.Quit) => await _server!.EndAsync(signal, TimeSpan.FromSeconds(30));

    /// <summary>Asks a role for its password, which the others need not have.</summary>
    public async Task DemandPasswordAsync(string role)
    {
        var rules = Path.Combine(Data, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all {role} 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(rules)}");
        await RunAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Runs one statement; answers the first column of its rows as text.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{ConnectionString};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync()) rows.Add(reader.GetValue(0).ToString()!);
        return rows;
    }

    /// <summary>Ends when a statement finds a row.</summary>
    public async Task WaitForAsync(string sql)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await RunAsync(sql)).Count == 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"Nothing was found by: {sql}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Changes a setting of the running server; null takes the change back.</summary>
    public async Task SetAsync(string setting, string? value)
    {
        var before = (await RunAsync("SELECT pg_conf_load_time()::text")).Single();
        await RunAsync(value is null ? $"ALTER SYSTEM RESET {setting}" : $"ALTER SYSTEM SET {setting} = '{value}'");
        await RunAsync("SELECT pg_reload_conf()");
        // The server reads it a moment later, and tells its sessions in the same moment: on a busy machine a commit may come in between.
        await WaitForAsync($"SELECT 1 WHERE pg_conf_load_time() > '{before}'");
    }

    /// <summary>Signals the server and every session of it.</summary>
    public void Signal(int signal)
    {
        foreach (var session in Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(IsOurs).ToList())
            Unix.Signal(session, signal);
    }

    // Of /proc/<id>/stat, behind the name in brackets: the state, then the parent.
    private bool IsOurs(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return process == _server!.Id || stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{_server.Id}";
        }
        catch (IOException)
        {
            return false; // it has ended meanwhile
        }
    }

    public async Task LaunchAsync()
    {
        _server = await ChildProcess.StartServerAsync(Log, Unix.Quit, _directory, [
            .. _asUser, Path.Combine(_binaries, "postgres"), "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c",
            "unix_socket_directories=", "-c", "max_connections=300", .. _settings.SelectMany(setting => new[] { "-c", setting })]);
        while (!await IsUpAsync())
        {
            if (_server.HasExited) throw new InvalidOperationException($"PostgreSQL ended at start:\n{await File.ReadAllTextAsync(Log)}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>
    /// Copies everything to another server with PostgreSQL's own tools, as it is in one instant; whoever uses this one goes on.
    /// </summary>
    public async Task RestoreToAsync(OwnPostgres other)
    {
        var file = Path.Combine(_directory, "dump");
        await Command.RunAsync(Path.Combine(_binaries, "pg_dump"), "--format=custom", $"--file={file}", $"--dbname={Libpq}");
        await Command.RunAsync(Path.Combine(_binaries, "pg_restore"), "--exit-on-error", $"--dbname={other.Libpq}", file);
    }

    private string Libpq => $"host=127.0.0.1 port={Port} user=gateway dbname=postgres";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<OwnPostgres> CreateAsync(string[] settings)
    {
        var binaries = PostgresBinaries.Folder
            ?? throw new InvalidOperationException("No PostgreSQL is installed: initdb and postgres are needed.");
        var postgres = new OwnPostgres(binaries, await PostgresUser.FindAsync(), settings);
        if (postgres.User is { } user) await Command.RunAsync("chown", user, postgres._directory);
        return postgres;
    }

    private string Data => Path.Combine(_directory, "data");

    // Another collation than "C" by default, as in most real databases: an ORDER BY that forgets COLLATE "C" shows.
    private async Task InitialiseAsync()
    {
        string[] basics =
        [
            .. _asUser, Path.Combine(_binaries, "initdb"), "-D", Data, "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--no-sync"
        ];
        var (code, _) = await Command.TryAsync([.. basics, "--locale-provider=icu", "--icu-locale=en-US"]);
        if (code != 0) await Command.RunAsync(basics);
    }

    private async Task<bool> IsUpAsync()
    {
        try
        {
            await using var source = NpgsqlDataSource.Create($"{ConnectionString};Pooling=false;Timeout=2");
            await using var connection = await source.OpenConnectionAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
