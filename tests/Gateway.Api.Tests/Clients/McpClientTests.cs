using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Clients;

/// <summary>MiniMax's own client, with nothing changed but its host and key.</summary>
public sealed class McpClientTests : GatewayTest
{
    [McpFact]
    public async Task MiniMaxs_own_MCP_client_makes_speech_an_image_and_a_video()
    {
        await AddAccountAsync("key-a", 2);
        var team = await AddTeamAsync("studio");
        await using var client = await McpClient.StartAsync(Gateway.Address, team.Token!, Patience);

        Assert.Contains(
            "http",
            await client.CallAsync("text_to_audio", new JsonObject { ["text"] = "Hello from behind the gateway." }),
            StringComparison.Ordinal);
        Assert.Contains(
            "http", await client.CallAsync("text_to_image", new JsonObject { ["prompt"] = "a lamp" }), StringComparison.Ordinal);

        // It polls every 20 s by itself; asynchronously the test decides when to ask.
        var submitted = await client.CallAsync(
            "generate_video", new JsonObject { ["prompt"] = "a calm sea", ["model"] = "MiniMax-Hailuo-02", ["asyncMode"] = true });
        var task = System.Text.RegularExpressions.Regex.Match(submitted, @"\d{15,}").Value;
        await WaitForAsync(task, "running");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(task)).Text("status"));
        Assert.Contains(
            ".mp4", await client.CallAsync("query_video_generation", new JsonObject { ["taskId"] = task }), StringComparison.Ordinal);
    }
}
