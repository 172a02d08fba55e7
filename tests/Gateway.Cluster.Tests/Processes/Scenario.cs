using System.Net;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Processes;

/// <summary>
/// A simulator in this process, so that it outlives every gateway, and gateways as processes on one database. What a passed
/// scenario leaves is removed; a failed one keeps its logs and says where.
/// </summary>
internal sealed class Scenario : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Dictionary<string, string> _settings;
    private readonly List<GatewayProcess> _started = [];
    private bool _passed;

    private Scenario(string directory, TestDatabase database, MiniMaxSimulator simulator, IReadOnlyDictionary<string, string>? settings)
    {
        _directory = directory;
        Database = database;
        Simulator = simulator;
        Client = new Client(Url);
        _settings = new(database.Settings())
        {
            ["Gateway__AdminToken"] = Client.Token,
            ["Gateway__NodeLease"] = "00:00:03",
            ["Gateway__PaceOff"] = "true",
            ["Gateway__ChoresEvery"] = "00:00:00.500",
            ["Gateway__Limits__video__LongestRun"] = "00:00:20",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) _settings[name] = value;
    }

    public Uri Url { get; } = GatewayProcess.FreeUrl();

    public TestDatabase Database { get; }

    public MiniMaxSimulator Simulator { get; }

    public Client Client { get; }

    /// <summary>The gateway started last.</summary>
    public GatewayProcess Gateway => _started[^1];

    public string Directory => _directory;

    public static async Task<Scenario> CreateAsync(
        Database kind, SimulatorOptions? simulator = null, IReadOnlyDictionary<string, string>? settings = null,
        Func<string, Task<TestDatabase>>? database = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("gateway-cluster-").FullName;
        var data = database is null ? await TestDatabase.CreateAsync(kind, directory, "cluster") : await database(directory);
        return new Scenario(directory, data, await MiniMaxSimulator.StartAsync(simulator), settings);
    }

    /// <summary>Starts a gateway on the scenario's data and waits until it is ready.</summary>
    public async Task<GatewayProcess> StartAsync()
    {
        var gateway = await LaunchAsync();
        await gateway.WaitUntilReadyAsync();
        return gateway;
    }

    /// <summary>Starts a gateway without waiting for it.</summary>
    public async Task<GatewayProcess> LaunchAsync(
        Uri? url = null, IReadOnlyDictionary<string, string?>? changes = null, params string[] args)
    {
        var settings = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in changes ?? new Dictionary<string, string?>())
        {
            if (value is null) settings.Remove(name);
            else settings[name] = value;
        }

        var log = Path.Combine(_directory, $"gateway-{_started.Count:000}.log");
        var gateway = await GatewayProcess.StartAsync(url ?? Url, log, settings, _directory, args);
        _started.Add(gateway);
        return gateway;
    }

    /// <summary>Kills the running gateway and starts the next on the same data.</summary>
    public async Task RestartAsync()
    {
        await Gateway.KillAsync();
        await StartAsync();
    }

    /// <summary>Ends the running gateway in good order; its exit code must be 0.</summary>
    public async Task StopAsync()
    {
        Gateway.Signal(Unix.Terminate);
        var code = await Gateway.WaitForExitAsync(TimeSpan.FromSeconds(40));
        Assert.True(code == 0, $"The gateway ended with {code}:\n{Gateway.Tail()}");
    }

    /// <summary>Ends when the running gateway says that it takes work, or that it does not.</summary>
    public async Task WaitForReadyAsync(bool isReady)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (true)
        {
            var reply = await Client.SendAsync(HttpMethod.Get, "/readyz");
            if (reply.Status is HttpStatusCode.OK == isReady && reply.Status is not null) return;
            if (Gateway.HasExited) throw new InvalidOperationException($"The gateway ended:\n{Gateway.Tail()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Ends when the running gateway has logged a text.</summary>
    public async Task WaitForLogAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (!Gateway.Output().Contains(text, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }

    /// <summary>Lines the gateways logged as errors, by how often.</summary>
    public IReadOnlyDictionary<string, int> LoggedErrors() => _started
        .SelectMany(gateway => Errors(gateway.Output().Split('\n')))
        .GroupBy(line => line).ToDictionary(group => group.Key, group => group.Count());

    public void Passed() => _passed = true;

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _started) await gateway.DisposeAsync();
        Client.Dispose();
        await Simulator.DisposeAsync();
        if (!_passed)
        {
            Console.WriteLine($"Logs and data of the failed scenario: {_directory}");
            return;
        }

        await Database.DropAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    // "{time} fail {who}: {message}"; ids in the message are blanked so that equal messages count together.
    private static IEnumerable<string> Errors(string[] lines)
    {
        foreach (var line in lines)
        {
            if (line.Split(' ', 3) is [_, "fail" or "crit", var message])
                yield return System.Text.RegularExpressions.Regex.Replace(message.Trim(), "[0-9a-f]{8,}", "…");
            if (line.StartsWith("Unhandled exception", StringComparison.Ordinal)) yield return line;
        }
    }
}
