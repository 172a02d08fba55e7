using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Gateway.Cluster.Tests.Processes;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Cluster.Tests.Push;

/// <summary>Clients of one API node follow a job submitted at another and run by a worker, all in processes of their own.</summary>
public sealed class PushTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly string[] History = ["job.queued", "job.submitting", "job.running", "job.succeeded"];

    [PostgresFact]
    public async Task P1_events_socket_and_long_poll_on_one_API_node_tell_of_a_job_submitted_at_another()
    {
        await using var nodes = await NodeGroup.StartAsync();
        await nodes.A.AddAccountAsync(1, nodes.Simulator.BaseUrl, maxJobs: 1);
        var job = await SubmitAsync(nodes);
        using var events = await nodes.A.EventsAsync(job);
        var read = events.Content.ReadAsStringAsync();
        var socket = SocketAsync(nodes.UrlA, job);
        await nodes.Simulator.WaitForAcceptedAsync(1);
        await nodes.A.WaitForStatusAsync(job, Patience, "running");
        var poll = nodes.A.JobAsync(job, wait: 15);

        nodes.Simulator.FinishAllTasks();
        Assert.Equal("succeeded", (await poll).GetProperty("status").GetString());
        Assert.Equal(
            History,
            (await read.WaitAsync(Patience)).Split('\n')
                .Where(line => line.StartsWith("event: ", StringComparison.Ordinal))
                .Select(line => line["event: ".Length..]));
        Assert.Equal(History, await socket.WaitAsync(Patience));
    }

    [PostgresFact]
    public async Task Q5_a_node_that_dies_makes_way_for_what_waits()
    {
        await using var nodes = await NodeGroup.StartAsync();
        await nodes.A.AddAccountAsync(1, nodes.Simulator.BaseUrl, maxJobs: 1);
        var first = await SubmitAsync(nodes);
        await nodes.A.WaitForStatusAsync(first, Patience, "running");
        var second = await SubmitAsync(nodes, "second");
        await nodes.StartWorkerAsync();
        await nodes.KillFirstWorkerAsync();

        // Whoever buried it follows its job to the end; the slot's next job is dispatched by the other worker.
        nodes.Simulator.FinishAllTasks();
        await nodes.A.WaitForStatusAsync(first, Patience, "succeeded");
        await nodes.A.WaitForStatusAsync(second, Patience, "running");
        Assert.Equal(2, nodes.Simulator.Ledger.Count(Operation.VideoSubmit));
    }

    // The account was made at A; C hears of it.
    private static async Task<string> SubmitAsync(NodeGroup nodes, string name = "first")
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            var reply = await nodes.C.SubmitAsync(name);
            if (reply.Status == System.Net.HttpStatusCode.Accepted) return reply.Body.GetProperty("id").GetString()!;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private static async Task<IReadOnlyList<string>> SocketAsync(Uri url, string job)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {Client.Token}");
        await socket.ConnectAsync(new UriBuilder(new Uri(url, "/v1/ws")) { Scheme = "ws" }.Uri, CancellationToken.None);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"type":"subscribe","jobs":["{{job}}"]}""").AsMemory(),
            WebSocketMessageType.Text,
            endOfMessage: true,
            CancellationToken.None);
        List<string> events = [];
        var buffer = new byte[32 * 1024];
        while (events.Count < History.Length)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            var message = JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, part.Count));
            if (message.TryGetProperty("event", out var told)) events.Add(told.GetString()!);
        }

        return events;
    }
}
