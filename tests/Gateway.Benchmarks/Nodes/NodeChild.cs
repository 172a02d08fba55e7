using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Benchmarks.Running;

namespace Gateway.Benchmarks.Nodes;

/// <summary>
/// What a process is told: who the members are (nobody: every account is at home everywhere), how long and with how many callers.
/// </summary>
internal sealed record NodeCommand(string[] Members, double Seconds, int Callers, int Seed);

/// <summary>One process of the benchmark, seen from its parent. It ends when its input closes.</summary>
internal sealed class NodeChild : IAsyncDisposable
{
    public const string Verb = "nodes-process";

    /// <summary>What passes between the two, a line each. A round that ended nothing has no percentiles.</summary>
    public static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Process _process;

    private NodeChild(Process process, string incarnation)
    {
        _process = process;
        Incarnation = incarnation;
    }

    public string Incarnation { get; }

    public static async Task<NodeChild> StartAsync(string database)
    {
        var self = Environment.ProcessPath!;
        string[] assembly = self.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(NodeChild).Assembly.Location] : [];
        var process = Process.Start(
            new ProcessStartInfo(self, [.. assembly, Verb, "--database", database])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        return new NodeChild(
            process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process did not start."));
    }

    public async Task<Measure> RunAsync(NodeCommand command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, Json));
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<Measure>(
            await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process ended."), Json)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
