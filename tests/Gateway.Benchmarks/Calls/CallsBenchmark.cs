using Gateway.Benchmarks.Running;

namespace Gateway.Benchmarks.Calls;

/// <summary>
/// Chat through the gateway beside chat without it, and what pacing adds. CPU is the gateway's own; for the direct way it is
/// this process's, which is load generator and upstream in one.
/// </summary>
internal static class CallsBenchmark
{
    private static readonly byte[] Chat = """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}"""u8.ToArray();

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var resources = new Resources();
        var callers = arguments.Whole("callers", 32);
        var upstream = resources.Own(await FixedUpstream.StartAsync());
        var free = resources.Own(await GatewayChild.StartAsync(upstream.Url, accounts: 5, ("Gateway__PaceOff", "true")));
        // A limit nobody reaches: counting is what costs.
        var paced = resources.Own(
            await GatewayChild.StartAsync(
                upstream.Url, accounts: 5, ("Gateway__Pace__platform/chat-m2__Rpm", "100000000"),
                ("Gateway__Pace__platform/chat-m2__Tpm", "100000000000")));
        using var direct = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = upstream.Url };

        Cell[] cells =
        [
            new("direct", callers, (length, round) => Load.RunAsync(callers, length, round, (_, leave) => AskAsync(direct, leave))),
            new("gateway, pacing off", callers, (length, round) => RunAsync(free, callers, length, round)),
            new("gateway, paced", callers, (length, round) => RunAsync(paced, callers, length, round)),
        ];
        Rounds.Print(
            await Rounds.RunAsync(cells, arguments.Whole("rounds", 5), TimeSpan.FromSeconds(arguments.Number("seconds", 3))), "chat");
        return 0;
    }

    private static async Task<Measure> RunAsync(GatewayChild gateway, int callers, TimeSpan length, int round)
    {
        var before = gateway.Cpu;
        var measure = await Load.RunAsync(callers, length, round, (_, leave) => AskAsync(gateway.Http, leave));
        return measure with { CpuMicros = (gateway.Cpu - before).TotalMicroseconds / Math.Max(1, measure.PerSecond * length.TotalSeconds) };
    }

    private static async Task AskAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Chat);
        content.Headers.ContentType = new("application/json");
        using var answer = await http.PostAsync("/v1/text/chatcompletion_v2", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }
}
