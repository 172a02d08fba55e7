using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Push;

/// <summary>API nodes A and C and workers on one PostgreSQL, as processes, with polling off: what reaches another node is a hint.</summary>
internal sealed class NodeGroup : IAsyncDisposable
{
    private readonly Dictionary<string, string> _settings;
    private readonly List<GatewayProcess> _nodes = [];
    private readonly string _directory;
    private readonly TestDatabase _database;

    private NodeGroup(string directory, TestDatabase database, MiniMaxSimulator simulator)
    {
        (_directory, _database, Simulator) = (directory, database, simulator);
        (UrlA, UrlC) = (GatewayProcess.FreeUrl(), GatewayProcess.FreeUrl());
        (A, C) = (new Client(UrlA), new Client(UrlC));
        _settings = new(database.Settings())
        {
            ["Gateway__AdminToken"] = Client.Token,
            ["Gateway__PaceOff"] = "true",
            ["Gateway__NodeLease"] = "00:00:03",
            ["Gateway__ChoresEvery"] = "00:00:01",
            ["Gateway__Dispatch__LookEvery"] = "",
            ["Gateway__Webhooks__LookEvery"] = "",
        };
    }

    public MiniMaxSimulator Simulator { get; }

    public Uri UrlA { get; }

    public Uri UrlC { get; }

    public Client A { get; }

    public Client C { get; }

    public static async Task<NodeGroup> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("gateway-nodes-").FullName;
        var database = await TestDatabase.CreateAsync(Database.Postgres, directory, "nodes");
        var group = new NodeGroup(directory, database, await MiniMaxSimulator.StartAsync(new SimulatorOptions { ManualTasks = true }));
        await group.StartWorkerAsync();
        await group.StartAsync("Gateway.Api.dll", group.UrlA, ("Gateway__Role", "api"));
        await group.StartAsync("Gateway.Api.dll", group.UrlC, ("Gateway__Role", "api"));
        return group;
    }

    public Task<GatewayProcess> StartWorkerAsync() => StartAsync("Gateway.Silo.dll", GatewayProcess.FreeUrl());

    public Task KillFirstWorkerAsync() => _nodes[0].KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        A.Dispose();
        C.Dispose();
        await Simulator.DisposeAsync();
        await _database.DropAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<GatewayProcess> StartAsync(string program, Uri url, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in more) settings[name] = value;
        var node = await GatewayProcess.StartAsync([program], url, Path.Combine(_directory, $"{_nodes.Count}.log"), settings, _directory);
        _nodes.Add(node);
        await node.WaitUntilReadyAsync();
        return node;
    }
}
