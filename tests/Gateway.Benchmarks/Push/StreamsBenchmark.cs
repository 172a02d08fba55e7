using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Benchmarks.Calls;
using Gateway.Benchmarks.Running;

namespace Gateway.Benchmarks.Push;

/// <summary>
/// Many open event streams on one gateway: what an idle one costs, and how soon a change of status reaches its client while all are
/// open. The jobs wait in a paused queue, so that nothing but what is measured happens; a cancel is the change.
/// </summary>
internal static class StreamsBenchmark
{
    private static readonly object Chat = new
    {
        kind = "chat",
        request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
    };

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (idle, changes) = (arguments.Whole("streams", 5_000), arguments.Whole("changes", 1_000));
        await using var resources = new Resources();
        var upstream = resources.Own(await FixedUpstream.StartAsync());
        var gateway = resources.Own(await GatewayChild.StartAsync(upstream.Url, accounts: 1));
        (await gateway.Http.PostAsJsonAsync("/v1/admin/queue/pause", new { all = true })).EnsureSuccessStatusCode();

        await ChangeAsync(gateway.Http, 200); // warm
        var alone = await ChangeAsync(gateway.Http, changes);
        var jobs = await SubmitAsync(gateway.Http, idle);
        var memory = gateway.Memory;
        List<OpenStream> streams = [];
        foreach (var job in jobs) streams.Add(resources.Own(await OpenStream.OpenAsync(gateway.Http, job)));
        Console.WriteLine(
            $"{idle} idle streams: {(gateway.Memory - memory) / 1024.0 / idle:N1} KB each (of {memory / 1024 / 1024} MB before and " +
                $"{gateway.Memory / 1024 / 1024} MB after)");

        // A stream asks every 15 s whether its caller may still listen, and keeps its connection alive.
        var cpu = gateway.Cpu;
        await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System);
        Console.WriteLine($"CPU while nothing happens: {(gateway.Cpu - cpu).TotalSeconds / 30:P1} of a core");

        var among = await ChangeAsync(gateway.Http, changes);
        Console.WriteLine("| from the cancel's request to its event at the client | p50 ms | p99 ms | most ms |");
        Console.WriteLine("|---|---:|---:|---:|");
        Print("no other stream open", alone);
        Print($"{idle} other streams open", among);
        return 0;
    }

    // Four at a time: nobody waits for the client here, which shares the machine.
    private static async Task<List<double>> ChangeAsync(HttpClient http, int changes)
    {
        var times = new List<double>();
        foreach (var jobs in (await SubmitAsync(http, changes)).Chunk(4))
            times.AddRange(await Task.WhenAll(jobs.Select(job => ChangeOneAsync(http, job))));
        times.Sort();
        return times;
    }

    private static async Task<double> ChangeOneAsync(HttpClient http, string job)
    {
        await using var stream = await OpenStream.OpenAsync(http, job);
        var before = TimeProvider.System.GetTimestamp();
        var cancel = http.PostAsync($"/v1/jobs/{job}/cancel", content: null);
        await stream.ReadUntilAsync("event: job.cancelled");
        var time = TimeProvider.System.GetElapsedTime(before);
        (await cancel).EnsureSuccessStatusCode().Dispose();
        return time.TotalMilliseconds;
    }

    private static async Task<List<string>> SubmitAsync(HttpClient http, int count)
    {
        List<string> jobs = [];
        foreach (var batch in Enumerable.Repeat(Chat, count).Chunk(100))
        {
            using var answer = (await http.PostAsJsonAsync("/v1/jobs/batch", new { jobs = batch })).EnsureSuccessStatusCode();
            var items = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items");
            jobs.AddRange(items.EnumerateArray().Select(item => item.GetProperty("job").GetProperty("id").GetString()!));
        }

        return jobs;
    }

    private static void Print(string what, List<double> sorted) =>
        Console.WriteLine(
            $"| {what} | {Load.Percentile(sorted, 0.5):N1} | {Load.Percentile(sorted, 0.99):N1} | {Load.Percentile(sorted, 1):N1} |");
}
