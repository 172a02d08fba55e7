using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Gateway.Benchmarks.Running;

/// <summary>
/// A PostgreSQL to measure on: a database of its own on the server that <c>GATEWAY_TEST_POSTGRES</c> names, else on a cluster
/// made from the installed binaries and thrown away at the end. Durable as shipped: fsync and synchronous_commit stay on.
/// </summary>
internal sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private const string Variable = "GATEWAY_TEST_POSTGRES";
    private const string User = "postgres";

    private readonly string _server;
    private readonly string? _directory;

    private ThrowAwayPostgres(string server, string? directory)
    {
        _server = server;
        _directory = directory;
    }

    private static string Binaries => Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    public static async Task<ThrowAwayPostgres> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return new ThrowAwayPostgres(given, directory: null);

        var directory = Directory.CreateTempSubdirectory("gateway-pg-").FullName;
        var port = FreePort();
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", User, directory);
        await AsUserAsync($"{Binaries}/initdb", "-D", $"{directory}/data", "-U", User, "-A", "trust", "-E", "UTF8", "--no-instructions");
        await AsUserAsync($"{Binaries}/pg_ctl", "-D", $"{directory}/data", "-w", "-l", $"{directory}/log", "-o", $"-p {port} -k {directory} -c listen_addresses=127.0.0.1", "start");

        var postgres = new ThrowAwayPostgres($"Host=127.0.0.1;Port={port};Username={User}", directory);
        // Ctrl-C and a failed run must not leave a server behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => postgres.StopNow();
        return postgres;
    }

    /// <summary>Makes an empty database and answers its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"bench_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(_server);
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_server) { Database = name }.ToString();
    }

    public async Task DropAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await using var source = NpgsqlDataSource.Create(_server);
        await using var drop = source.CreateCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        await drop.ExecuteNonQueryAsync();
    }

    /// <summary>The settings that make a commit durable, as the server has them.</summary>
    public async Task<string> DurabilityAsync()
    {
        await using var source = NpgsqlDataSource.Create(_server);
        await using var show = source.CreateCommand("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')");
        return (string)(await show.ExecuteScalarAsync())!;
    }

    public ValueTask DisposeAsync()
    {
        StopNow();
        return ValueTask.CompletedTask;
    }

    private void StopNow()
    {
        if (_directory is null || !Directory.Exists(_directory)) return;
        using var stop = Start(Demoted($"{Binaries}/pg_ctl", "-D", $"{_directory}/data", "-m", "immediate", "-w", "stop"));
        stop.WaitForExit();
        Directory.Delete(_directory, recursive: true);
    }

    private static Task AsUserAsync(params string[] command) => RunAsync(Demoted(command));

    // The server's programs refuse root.
    private static string[] Demoted(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["runuser", "-u", User, "--", .. command] : command;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }

    // No pipes: the server would inherit and hold them.
    private static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cd / && exec \"$@\" >/dev/null", "sh", .. command]))!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
