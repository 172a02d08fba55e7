using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Gateway.Testing;

/// <summary>
/// The PostgreSQL of a test run: the server <c>GATEWAY_TEST_POSTGRES</c> names, else a throw-away cluster made from the
/// installed binaries. One per process, started at its first use.
/// </summary>
/// <remarks>
/// The cluster is a child of a shell that waits for the end of its standard input, which this process holds. However this
/// process ends, kill -9 included, the pipe closes, and the shell stops the server and removes its files.
/// </remarks>
public sealed class PostgresServer
{
    /// <summary>Why a test is skipped.</summary>
    public const string Missing = $"No PostgreSQL: neither {Setting} is set nor are initdb and postgres installed.";

    private const string Setting = "GATEWAY_TEST_POSTGRES";

    private static readonly Lazy<Task<PostgresServer>> Started = new(StartAsync);
    private static readonly Lazy<string?> Binaries = new(FindBinaries);

    private readonly string _connectionString;

    private PostgresServer(string connectionString) => _connectionString = connectionString;

    /// <summary>
    /// Whether tests that need PostgreSQL run: where there is one, and always with <c>CI</c> set. They fail there without a
    /// server: nobody reads the list of skipped tests there.
    /// </summary>
    public static bool IsDemanded =>
        Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } || Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || Binaries.Value is not null;

    /// <summary>The server of this run. A test that asks for it where there is none is skipped, or fails, as <see cref="IsDemanded"/> says.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        Assert.SkipUnless(IsDemanded, Missing);
        return Started.Value;
    }

    /// <summary>Makes an empty database and answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string hint = "test")
    {
        var name = $"gateway_{new string([.. hint.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(20)])}_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(Unpooled(_connectionString));
        await using var command = source.CreateCommand($"CREATE DATABASE \"{name}\"");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_connectionString) { Database = name }.ToString();
    }

    /// <summary>Removes a database together with whoever is still connected to it.</summary>
    public static async Task DropDatabaseAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        await using var source = NpgsqlDataSource.Create(Unpooled(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres" }.ToString()));
        await using var command = source.CreateCommand($"DROP DATABASE IF EXISTS \"{settings.Database}\" WITH (FORCE)");
        await command.ExecuteNonQueryAsync();
    }

    private static string Unpooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();

    private static async Task<PostgresServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } given) return new PostgresServer(given);
        var binaries = Binaries.Value ?? throw new InvalidOperationException($"No PostgreSQL: set {Setting}, or install the server (initdb, postgres).");

        var user = await UnprivilegedUserAsync();
        var directory = Directory.CreateTempSubdirectory("gateway-postgres-").FullName;
        if (user is not null) await RunAsync(null, "chown", user, directory);

        await InitialiseAsync(user, binaries, Path.Combine(directory, "data"));
        return await LaunchAsync(user, binaries, directory, FreePort());
    }

    // PostgreSQL refuses to run as root.
    private static async Task<string?> UnprivilegedUserAsync()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var (code, _) = await TryAsync(null, "id", "-u", "postgres");
        return code == 0 ? "postgres" : "nobody";
    }

    // Another collation than "C" by default, as in most real databases: an ORDER BY that forgets COLLATE "C" shows.
    private static async Task InitialiseAsync(string? user, string binaries, string data)
    {
        string[] basics = [Path.Combine(binaries, "initdb"), "-D", data, "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        var (code, _) = await TryAsync(user, [.. basics, "--locale-provider=icu", "--icu-locale=en-US"]);
        if (code != 0) await RunAsync(user, basics);
    }

    private const string Watchdog = """
        "$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 2>&1 &
        server=$!
        cat > /dev/null
        kill -QUIT $server
        wait $server
        rm -rf "$2"
        """;

    private static async Task<PostgresServer> LaunchAsync(string? user, string binaries, string directory, int port)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new ConcurrentQueue<string>();
        var watchdog = Create(user, ["/bin/sh", "-c", Watchdog, "watchdog", binaries, directory, port.ToString(CultureInfo.InvariantCulture)]);
        watchdog.EnableRaisingEvents = true;
        watchdog.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"PostgreSQL ended at start: {string.Join('\n', said)}"));
        watchdog.OutputDataReceived += (_, line) =>
        {
            // Read for as long as the server lives: a full pipe would stop it.
            if (ready.Task.IsCompleted || line.Data is null) return;
            said.Enqueue(line.Data);
            if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult();
        };
        watchdog.Start();
        watchdog.BeginOutputReadLine();
        watchdog.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(watchdog);

        await ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return new PostgresServer($"Host=127.0.0.1;Port={port};Username=gateway;Database=postgres;Include Error Detail=true");
    }

    // The orderly end. A disorderly one closes the same pipe.
    private static void Stop(Process watchdog)
    {
        watchdog.StandardInput.Close();
        watchdog.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static string? FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).Select(path => Path.Combine(path, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static Process Create(string? user, string[] command)
    {
        string[] all = user is null ? command : ["runuser", "-u", user, "--", .. command];
        return new Process
        {
            StartInfo = new ProcessStartInfo(all[0], all[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            },
        };
    }

    private static async Task RunAsync(string? user, params string[] command)
    {
        var (code, output) = await TryAsync(user, command);
        if (code != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {code}: {output}");
    }

    private static async Task<(int Code, string Output)> TryAsync(string? user, params string[] command)
    {
        using var process = Create(user, command);
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
