using Gateway.Benchmarks.Running;

namespace Gateway.Benchmarks.Calls;

/// <summary>
/// How long the upstream works on for a caller that has left: from the caller's disconnect to the upstream's notice of it.
/// </summary>
internal static class LeaveBenchmark
{
    private static readonly byte[] Chat =
        """{"model":"MiniMax-M2","stream":true,"messages":[{"role":"user","content":"hi"}]}"""u8.ToArray();

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var resources = new Resources();
        var upstream = resources.Own(await FixedUpstream.StartAsync());
        var gateway = resources.Own(await GatewayChild.StartAsync(upstream.Url, accounts: 1, ("Gateway__PaceOff", "true")));
        List<double> times = [];
        for (var round = 0; round < arguments.Whole("rounds", 200); round++) times.Add(await LeaveAsync(gateway.Http, upstream));

        times.Sort();
        Console.WriteLine(
            $"from the caller's disconnect to the upstream's notice, {times.Count} streams: p50 {times[times.Count / 2]:N1} ms, p99 " +
                $"{times[(times.Count * 99 / 100) - 1]:N1} ms, most {times[^1]:N1} ms");
        return 0;
    }

    private static async Task<double> LeaveAsync(HttpClient http, FixedUpstream upstream)
    {
        var leave = upstream.NextLeaveAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/text/chatcompletion_v2") { Content = new ByteArrayContent(Chat) };
        request.Content.Headers.ContentType = new("application/json");
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var stream = await answer.Content.ReadAsStreamAsync();
        _ = await stream.ReadAsync(new byte[1024]);

        var before = TimeProvider.System.GetTimestamp();
        answer.Dispose();
        return TimeProvider.System.GetElapsedTime(before, await leave).TotalMilliseconds;
    }
}
