using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Gateway.Api.Tests.Clients;

/// <summary>
/// MiniMax's own MCP server (npm <c>minimax-mcp-js</c>) as a process, spoken to as an assistant would: JSON-RPC, a line each.
/// </summary>
internal sealed class McpClient : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Folder(), "node_modules", "minimax-mcp-js", "build", "index.js");

    private readonly Process _process;
    private readonly CancellationToken _patience;
    private int _lastId;

    private McpClient(Process process, CancellationToken patience)
    {
        _process = process;
        _patience = patience;
    }

    /// <summary>Whether its tests run: where it is installed, and always in CI, where they fail without it.</summary>
    public static bool IsDemanded => File.Exists(Script) || Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    public static async Task<McpClient> StartAsync(Uri host, string key, CancellationToken patience)
    {
        var start = new ProcessStartInfo("node", [Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MINIMAX_API_HOST"] = host.GetLeftPart(UriPartial.Authority);
        start.Environment["MINIMAX_API_KEY"] = key;
        start.Environment["MINIMAX_RESOURCE_MODE"] = "url";
        start.Environment["MINIMAX_MCP_BASE_PATH"] = Path.GetTempPath();
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();

        var client = new McpClient(process, patience);
        await client.AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = "2024-11-05",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        await client.SayAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
        return client;
    }

    /// <summary>Calls a tool; answers its text.</summary>
    public async Task<string> CallAsync(string tool, JsonObject arguments)
    {
        var result = await AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        return string.Join('\n', result["content"]!.AsArray().Select(part => part!["text"]?.ToString()));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<JsonNode> AskAsync(string method, JsonObject parameters)
    {
        var id = ++_lastId;
        await SayAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
        while (await _process.StandardOutput.ReadLineAsync(_patience) is { } line)
        {
            // Whatever else it prints is no answer.
            if (!line.StartsWith('{') || JsonNode.Parse(line) is not JsonObject answer || answer["id"]?.GetValue<int>() != id) continue;
            return answer["result"] ?? throw new InvalidOperationException(line);
        }

        throw new InvalidOperationException("The MCP server ended.");
    }

    private async Task SayAsync(JsonObject message)
    {
        await _process.StandardInput.WriteLineAsync(message.ToJsonString().AsMemory(), _patience);
        await _process.StandardInput.FlushAsync(_patience);
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
