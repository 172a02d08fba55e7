using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.ChatJobs;

/// <summary>A test of chats that stream as jobs.</summary>
public abstract class ChatJobTest : GatewayTest
{
    private protected ChatJobTest(TestData data)
        : base(data)
    {
    }

    private protected override void Configure() => Gateway["Gateway:Prices:platform/chat"] = "1";

    private protected static object Chat(string content = "hi", bool stream = true) =>
        new { model = "MiniMax-M2", stream, messages = new[] { new { role = "user", content } } };

    private protected async Task<string> SubmitChatAsync(string content = "hi", Client? by = null, params (string, string)[] headers) =>
        (await (by ?? Admin).PostAsync("/v1/jobs", new { kind = "chat", request = Chat(content) }, headers)).Expect(202).Text("id");

    private protected Task<HttpResponseMessage> OpenStreamAsync(string id, string? lastEventId = null, Client? by = null) =>
        (by ?? Admin).OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/stream", null, lastEventId is null ? [] : [("Last-Event-ID", lastEventId)]);

    private protected async Task<SseReader> StreamAsync(string id, string? lastEventId = null, Client? by = null) =>
        new(await OpenStreamAsync(id, lastEventId, by), Patience);

    /// <summary>What the upstream sent, as it is told with ids.</summary>
    private protected static string Joined(params IEnumerable<SseEvent>[] parts) =>
        string.Concat(parts.SelectMany(part => part).Select(frame => $"data: {frame.Data}\n\n"));

    /// <summary>The frames as the simulator sends them, one for each time the gate lets one through.</summary>
    private protected async Task<SseEvent> NextAsync(HeldGate gate, SseReader stream)
    {
        await EventuallyAsync(() => Task.FromResult(gate.ReleaseNext()));
        return (await stream.NextAsync())!;
    }

    /// <summary>Lines as they were, but for those the gateway put in.</summary>
    private protected static string WithoutIds(byte[] told) =>
        string.Concat(Encoding.UTF8.GetString(told).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(frame => !frame.StartsWith("retry:", StringComparison.Ordinal))
        .Select(frame => $"{string.Join('\n', frame.Split('\n').Where(line => !line.StartsWith("id: ", StringComparison.Ordinal)))}\n\n"));
}
