using System.Globalization;
using System.Security.Cryptography;
using Gateway.Cluster.Tests.Processes;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Simulator;
using Gateway.Storage.Postgres;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Cluster.Tests.Cluster;

/// <summary>
/// Two API nodes and three silos as processes on one PostgreSQL, each behind a network of its own; the simulator lives here,
/// so that it outlives them all.
/// </summary>
internal sealed class TestCluster
{
    /// <summary>Short, so that a death is noticed and its leases are adopted within a round.</summary>
    public static readonly TimeSpan NodeLease = TimeSpan.FromSeconds(4);

    /// <summary>What a job of unknown fate holds its slot for.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(9);

    // Exit codes a node may end with by itself: in good order, or because it was declared dead (a supervisor starts the next).
    private static readonly int[] AllowedEnds = [0, 1];

    private const int MostStarts = 20;
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(300);

    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-chaos-").FullName;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly SemaphoreSlim _launching = new(1, 1);
    private readonly List<GatewayProcess> _started = [];
    private readonly List<string> _crashes = [];
    private int _turn;

    private TestCluster(OwnPostgres postgres, MiniMaxSimulator simulator)
    {
        Postgres = postgres;
        Simulator = simulator;
        // Without a pool: what it keeps open would be stale after each restart of the server.
        Store = new PostgresGatewayStore(PostgresDatabase.Open($"{postgres.ConnectionString};Pooling=false"), new StoreClock());
        Nodes = [.. new[] { NodeRole.Api, NodeRole.Api, NodeRole.Silo, NodeRole.Silo, NodeRole.Silo }.Select((role, i) =>
            new ClusterNode($"{role.ToString().ToLowerInvariant()}-{i}", role, new FaultProxy(Port(postgres))))];
    }

    public OwnPostgres Postgres { get; }

    public MiniMaxSimulator Simulator { get; }

    /// <summary>The judge's own way to the database, around every proxy.</summary>
    public IGatewayStore Store { get; }

    public IReadOnlyList<ClusterNode> Nodes { get; }

    public string Logs => _directory;

    public static async Task<TestCluster> StartAsync(SimulatorOptions simulated)
    {
        var cluster = new TestCluster(await OwnPostgres.StartAsync(), await MiniMaxSimulator.StartAsync(simulated));
        await cluster.Store.MigrateAsync(CancellationToken.None);
        foreach (var node in cluster.Nodes) await cluster.LaunchAsync(node);
        return cluster;
    }

    /// <summary>An API node's address; each in turn, dead or alive, as a simple load balancer does it.</summary>
    public Uri NextApi()
    {
        var nodes = Of(NodeRole.Api);
        return nodes[Math.Abs(Interlocked.Increment(ref _turn) % nodes.Count)].Url;
    }

    public IReadOnlyList<ClusterNode> Of(NodeRole role) => [.. Nodes.Where(node => node.Role == role)];

    /// <summary>Starts the next process of a node and waits until it is ready.</summary>
    public async Task LaunchAsync(ClusterNode node, TimeSpan clockOffset = default)
    {
        // One after another: who registers meanwhile is the one that was started.
        await _launching.WaitAsync();
        try
        {
            var before = await LiveAsync();
            var url = GatewayProcess.FreeUrl();
            var process = await StartUntilReadyAsync(node, url, clockOffset);
            (node.Process, node.Url, node.ClockOffset, node.IsDown) = (process, url, clockOffset, false);
            node.Incarnation = (await LiveAsync()).Except(before).LastOrDefault() ?? "";
        }
        finally
        {
            _launching.Release();
        }
    }

    public async Task KillAsync(ClusterNode node)
    {
        node.IsDown = true;
        await node.Process!.EndAsync(Unix.Kill, TimeSpan.FromSeconds(30));
    }

    /// <summary>A rolling upgrade's step: the next one first, then the old one in good order.</summary>
    public async Task ReplaceAsync(ClusterNode node)
    {
        var old = node.Process!;
        await LaunchAsync(node);
        var code = await old.EndAsync(Unix.Terminate, TimeSpan.FromSeconds(40));
        if (code != 0) _crashes.Add($"{node} ended with {code} when it was told to stop:\n{old.Tail()}");
    }

    /// <summary>Starts again what ends without the test's doing, as a supervisor does, until it is told to stop.</summary>
    public async Task SuperviseAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await RestartEndedAsync();
            await Task.Delay(BetweenStarts, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RestartEndedAsync()
    {
        foreach (var node in Nodes.Where(node => !node.IsDown && node.Process is { HasExited: true }).ToList())
        {
            var code = await node.Process!.WaitForExitAsync(TimeSpan.FromSeconds(5));
            if (!AllowedEnds.Contains(code)) _crashes.Add($"{node} ended by itself with {code}:\n{node.Process.Tail()}");
            await LaunchAsync(node);
        }
    }

    /// <summary>Every node runs, hears the database and goes by the right clock; the upstream plays no tricks.</summary>
    public async Task HealAsync()
    {
        Simulator.Script.Clear();
        foreach (var node in Nodes) node.Link.Fault = LinkFault.None;
        foreach (var node in Nodes.Where(node => node.ClockOffset != TimeSpan.Zero && !node.IsDown).ToList()) await KillAsync(node);
        foreach (var node in Nodes.Where(node => node.IsDown).ToList()) await LaunchAsync(node);
        await RestartEndedAsync();
    }

    /// <summary>Nodes that ended by themselves in a way none may, since the last time they were asked for.</summary>
    public IReadOnlyList<string> TakeCrashes()
    {
        string[] crashes = [.. _crashes];
        _crashes.Clear();
        return crashes;
    }

    public async Task EndAsync(bool keepLogs)
    {
        foreach (var process in _started) await process.DisposeAsync();
        foreach (var node in Nodes) await node.Link.DisposeAsync();
        await Store.DisposeAsync();
        await Simulator.DisposeAsync();
        await Postgres.DisposeAsync();
        _launching.Dispose();
        if (!keepLogs) Directory.Delete(_directory, recursive: true);
    }

    // Nobody while the database is down.
    private async Task<IReadOnlyList<string>> LiveAsync()
    {
        await using var source = NpgsqlDataSource.Create($"{Postgres.ConnectionString};Pooling=false");
        try
        {
            return await source.ListAsync(
                "SELECT incarnation FROM node WHERE status = 'live' ORDER BY started_at",
                reader => reader.GetString(0),
                CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            return [];
        }
    }

    // A start may meet a database that is down, or last so long on a busy machine that the neighbours bury the node.
    private async Task<GatewayProcess> StartUntilReadyAsync(ClusterNode node, Uri url, TimeSpan clockOffset)
    {
        for (var starts = 1; ; starts++)
        {
            var process = await StartAsync(node, url, clockOffset);
            try
            {
                await process.WaitUntilReadyAsync();
                return process;
            }
            catch (InvalidOperationException) when (starts < MostStarts && process.HasExited)
            {
                await Task.Delay(BetweenStarts, TimeProvider.System); // a supervisor starts the next
            }
        }
    }

    private async Task<GatewayProcess> StartAsync(ClusterNode node, Uri url, TimeSpan clockOffset)
    {
        var log = Path.Combine(_directory, $"{_started.Count:000}-{node}.log");
        var process = await GatewayProcess.StartAsync(ProgramOf(node.Role, clockOffset), url, log, SettingsOf(node), _directory);
        _started.Add(process);
        return process;
    }

    private static string[] ProgramOf(NodeRole role, TimeSpan clockOffset) => (role, clockOffset) switch
    {
        (_, var off) when off != TimeSpan.Zero =>
            ["Gateway.Cluster.Tests.dll", "node", role == NodeRole.Api ? "api" : "silo", off.ToString("c", CultureInfo.InvariantCulture)],
        (NodeRole.Api, _) => ["Gateway.Api.dll"],
        _ => ["Gateway.Silo.dll"],
    };

    private Dictionary<string, string> SettingsOf(ClusterNode node) => new()
    {
        ["ConnectionStrings__Gateway"] = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Port = node.Link.Port }.ToString(),
        ["Gateway__EncryptionKey"] = _key,
        ["Gateway__AdminToken"] = Client.Token,
        ["Gateway__Role"] = node.Role == NodeRole.Api ? "api" : "all",
        ["Gateway__NodeLease"] = NodeLease.ToString("c", CultureInfo.InvariantCulture),
        ["Gateway__Limits__video__LongestRun"] = LongestRun.ToString("c", CultureInfo.InvariantCulture),
        ["Gateway__ChoresEvery"] = "00:00:00.500",
        ["Gateway__PaceOff"] = "true",
    };

    private static int Port(OwnPostgres postgres) => new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Port;
}
