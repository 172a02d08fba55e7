using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Benchmarks.Calls;
using Gateway.Benchmarks.Running;
using Gateway.Testing;

namespace Gateway.Benchmarks.Nodes;

/// <summary>
/// How soon a worker starts what an API node took in: each a process of its own on one PostgreSQL, with polling off, so that a
/// hint is what carries it. One job after another; times are the store's own.
/// </summary>
internal static class StartsBenchmark
{
    private static readonly object Chat = new
    {
        kind = "chat",
        request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
    };

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var resources = new Resources();
        var upstream = resources.Own(await FixedUpstream.StartAsync());
        (string, string)[] shared =
        [
            ("ConnectionStrings__Gateway", await postgres.CreateDatabaseAsync("bench")),
            ("Gateway__EncryptionKey", Convert.ToBase64String(new byte[32])),
            ("Gateway__Dispatch__LookEvery", ""), ("Gateway__PaceOff", "true"),
        ];
        var api = resources.Own(await GatewayChild.StartAsync(upstream.Url, accounts: 5, [.. shared, ("Gateway__Role", "api")]));
        resources.Own(await GatewayChild.StartAsync("Gateway.Silo.dll", shared));

        await RoundAsync(api.Http, 50); // warm
        Console.WriteLine("| round | submit to start: p50 ms | p90 | p99 | most | the submit's own request: p50 ms | p90 |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        for (var round = 1; round <= arguments.Whole("rounds", 3); round++)
        {
            var (starts, submits) = await RoundAsync(api.Http, arguments.Whole("jobs", 150));
            Console.WriteLine(
                $"| {round} | {At(starts, 0.5)} | {At(starts, 0.9)} | {At(starts, 0.99)} | {At(starts, 1)} | {At(submits, 0.5)} | " +
                    $"{At(submits, 0.9)} |");
        }

        return 0;
    }

    private static async Task<(List<double> Starts, List<double> Submits)> RoundAsync(HttpClient http, int jobs)
    {
        List<double> starts = [], submits = [];
        for (var job = 0; job < jobs; job++)
        {
            var before = TimeProvider.System.GetTimestamp();
            var submitted = await ReadAsync(await http.PostAsJsonAsync("/v1/jobs", Chat));
            submits.Add(TimeProvider.System.GetElapsedTime(before).TotalMilliseconds);
            var ended = await ReadAsync(await http.GetAsync($"/v1/jobs/{submitted.GetProperty("id").GetString()}?wait=30"));
            starts.Add(
                (ended.GetProperty("startedAt").GetDateTimeOffset() - ended.GetProperty("createdAt").GetDateTimeOffset()).TotalMilliseconds);
        }

        starts.Sort();
        submits.Sort();
        return (starts, submits);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var read = answer.EnsureSuccessStatusCode();
        return await read.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string At(List<double> sorted, double share) => $"{Load.Percentile(sorted, share):N1}";
}
