using System.Diagnostics;
using Npgsql;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>A PostgreSQL of one test's own, to be stopped under load and started again on the same port and data.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-own-postgres-").FullName;
    private readonly int _port = GatewayProcess.FreeUrl().Port;
    private readonly string _binaries;
    private ChildProcess? _server;

    private OwnPostgres(string binaries) => _binaries = binaries;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=gateway;Database=postgres";

    private string Log => Path.Combine(_directory, "server.log");

    public static async Task<OwnPostgres> StartAsync()
    {
        var postgres = new OwnPostgres(FindBinaries() ?? throw new InvalidOperationException("No PostgreSQL is installed: initdb and postgres are needed."));
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", postgres._directory);
        await RunAsync([.. AsUser(), Path.Combine(postgres._binaries, "initdb"), "-D", postgres.Data, "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        await postgres.LaunchAsync();
        return postgres;
    }

    /// <summary>
    /// Like <c>pg_ctl stop -m immediate</c>: every session is cut, the next start recovers from the log. With
    /// <see cref="Unix.Interrupt"/> like <c>-m fast</c>: sessions are told, and a checkpoint is written.
    /// </summary>
    public async Task StopAsync(int signal = Unix.Quit) => await _server!.EndAsync(signal, TimeSpan.FromSeconds(30));

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
        _server = await ChildProcess.StartAsync(Log, new Dictionary<string, string>(), "/", [
            .. AsUser(), Path.Combine(_binaries, "postgres"), "-D", Data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300"]);
        while (!await IsUpAsync())
        {
            if (_server.HasExited) throw new InvalidOperationException($"PostgreSQL ended at start:\n{await File.ReadAllTextAsync(Log)}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Copies everything to another server with PostgreSQL's own tools, as it is in one instant; whoever uses this one goes on.</summary>
    public async Task RestoreToAsync(OwnPostgres other)
    {
        var file = Path.Combine(_directory, "dump");
        await RunAsync(Path.Combine(_binaries, "pg_dump"), "--format=custom", $"--file={file}", $"--dbname={Libpq}");
        await RunAsync(Path.Combine(_binaries, "pg_restore"), "--exit-on-error", $"--dbname={other.Libpq}", file);
    }

    private string Libpq => $"host=127.0.0.1 port={_port} user=gateway dbname=postgres";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync();
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    // PostgreSQL refuses to run as root. setpriv becomes the server itself, so that the id we signal is the server's.
    private static string[] AsUser() => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

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

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {await output}{errors}");
    }

    private static string? FindBinaries() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).OrderDescending().FirstOrDefault(path => File.Exists(Path.Combine(path, "postgres")))
        : null;
}
