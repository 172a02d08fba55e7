using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Cluster.Tests.Processes;
using Gateway.Silo.Connections;

namespace Gateway.Cluster.Tests;

/// <summary>One caller does its worst to a real process: the others are served, and what it took is given back.</summary>
public sealed class AttackTests
{
    private const string Chat = "/v1/text/chatcompletion_v2";
    private const long MegaByte = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task H3_twenty_bodies_of_65_MB_at_once_fit_a_small_container_and_their_memory_comes_back()
    {
        await using var scenario = await StartAsync();
        var (attacker, other) = (await TeamAsync(scenario, "attacker"), await TeamAsync(scenario, "other"));
        var body = Large(65_000_000);

        var attack = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(scenario, attacker, body)));
        var (peak, served) = (0L, 0);
        while (!attack.IsCompleted)
        {
            peak = Math.Max(peak, scenario.Gateway.Resident);
            Assert.Equal(HttpStatusCode.OK, await SendAsync(scenario, other, Small));
            served++;
        }

        var statuses = await attack;
        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.All(
            statuses,
            status =>
                Assert.Contains(
                    status,
                    new HttpStatusCode?[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable }));
        Assert.True(peak < 480 * MegaByte, $"{peak / MegaByte} MB at the most");
        Assert.NotEqual(0, served);
        await EventuallyAsync(() => scenario.Gateway.Resident < 300 * MegaByte);
        scenario.Passed();
    }

    [Fact]
    public async Task H3_senders_that_hardly_send_lose_their_room_to_others()
    {
        await using var scenario = await StartAsync();
        var (attacker, other) = (await TeamAsync(scenario, "attacker"), await TeamAsync(scenario, "other"));
        var body = Large(60_000_000);

        var slow = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => DripAsync(scenario.Url, attacker)));
        Assert.All(slow, answer => Assert.Contains(answer, new[] { "408", "429" }));
        Assert.Contains("408", slow);
        foreach (var token in new[] { other, attacker }) await ServedAsync(scenario, token, body);
        scenario.Passed();
    }

    [Fact]
    public async Task H4_sixteen_thousand_silent_connections_keep_nobody_out()
    {
        await using var scenario = await StartAsync();
        var other = await TeamAsync(scenario, "other");
        var before = scenario.Gateway.Resident;
        var silent = new List<Socket>();
        try
        {
            // As many as this process may open files for, where a machine is narrow.
            var most = Math.Min(16_000, (ConnectionLimits.ReadFileLimit() ?? 1024) / 2);
            for (var i = 0; i < most; i++)
            {
                silent.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await silent[^1].ConnectAsync(IPAddress.Loopback, scenario.Url.Port);
                if (i % 4_000 == 3_999) Assert.Equal(HttpStatusCode.OK, await SendAsync(scenario, other, Small));
            }

            Assert.False(scenario.Gateway.HasExited);
            var grown = scenario.Gateway.Resident - before;
            Assert.True(grown < 100 * MegaByte, $"{grown / MegaByte} MB more");
        }
        finally
        {
            foreach (var socket in silent) socket.Dispose();
        }

        scenario.Passed();
    }

    private static byte[] Small => """{"model":"MiniMax-M2","messages":[{"role":"user","content":"hi"}]}"""u8.ToArray();

    private static byte[] Large(int bytes) =>
        Encoding.UTF8.GetBytes(
            JsonSerializer.Serialize(
                new
                {
                    model = "MiniMax-M2",
                    messages = new[] { new { role = "user", content = "hi" } },
                    padding = new string('x', bytes),
                }));

    private static async Task<Scenario> StartAsync()
    {
        var scenario = await Scenario.CreateAsync(Database.Sqlite);
        await scenario.StartAsync();
        for (var i = 1; i <= 4; i++) await scenario.Client.AddAccountAsync(i, scenario.Simulator.BaseUrl, 10);
        return scenario;
    }

    private static async Task<string> TeamAsync(Scenario scenario, string name)
    {
        var team = (await scenario.Client.SendAsync(HttpMethod.Post, "/v1/admin/teams", new { name })).Body.GetProperty("id").GetString();
        return (
            await scenario.Client.SendAsync(
                HttpMethod.Post, $"/v1/admin/teams/{team}/tokens", new { })).Body.GetProperty("token").GetString()!;
    }

    // Whoever was refused is read away for some seconds more.
    private static async Task ServedAsync(Scenario scenario, string token, byte[] body)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await SendAsync(scenario, token, body) != HttpStatusCode.OK) patience.Token.ThrowIfCancellationRequested();
    }

    // A connection of its own for each: whoever comes late may not have one.
    private static async Task<HttpStatusCode?> SendAsync(Scenario scenario, string token, byte[] body)
    {
        using var http = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(scenario.Url, Chat)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Promises 65 MB and sends a few hundred bytes a second; answers the status it is told.</summary>
    private static async Task<string> DripAsync(Uri url, string token)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, patience.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {Chat} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: " +
                    $"application/json\r\nContent-Length: 65000000\r\n\r\n"),
            patience.Token);
        using var reader = new StreamReader(stream);
        var answer = reader.ReadLineAsync(patience.Token).AsTask();
        while (!answer.IsCompleted)
        {
            // The slowness is the attack itself.
            await stream.WriteAsync(new byte[30], patience.Token);
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token));
        }

        return (await answer)!.Split(' ')[1];
    }

    // Of another process's memory nothing tells when it goes down.
    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!isSo()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
    }
}
