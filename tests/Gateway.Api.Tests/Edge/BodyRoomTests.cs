using System.Net.Sockets;
using System.Text;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Bodies;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Edge;

/// <summary>H3: what bodies take in memory is bounded, for the node and for each team, and is given back.</summary>
public sealed class BodyRoomTests : GatewayTest
{
    private const int Largest = 1024 * 1024;
    private const string Path = "/v1/text/chatcompletion_v2";

    private BodyBudget Budget => Gateway.Services.GetRequiredService<BodyBudget>();

    private protected override void Configure()
    {
        Gateway["Gateway:Bodies:Own"] = $"{Largest}";
        Gateway["Gateway:Bodies:Native"] = $"{Largest}";
        Gateway["Gateway:Bodies:TeamMemory"] = $"{Largest * 3 / 2}";
        Gateway["Gateway:Bodies:Memory"] = $"{Largest * 2}";
    }

    private static string Chat(int bytes) => """{"model":"MiniMax-M2","messages":[{"role":"user","content":"x"}]}""" is var empty
        ? empty.Replace("\"x\"", $"\"{new string('x', bytes - empty.Length + 1)}\"", StringComparison.Ordinal)
        : "";

    [Fact]
    public async Task H3_a_team_keeps_at_most_its_share_and_the_node_at_most_its_memory_and_all_of_it_comes_back()
    {
        await AddAccountAsync("key-a", 10);
        var (a, b, c) = (await AddTeamAsync("a"), await AddTeamAsync("b"), await AddTeamAsync("c"));
        using var held = Sim.Hold(Operation.Chat);
        var first = a.PostAsync(Path, Chat(Largest));
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        Assert.Equal(Largest, Budget.Held);

        var second = await a.PostAsync(Path, Chat(Largest));
        second.ExpectBaseResp(429, 1002, $"take {Largest} of the {Largest * 3 / 2} bytes it may keep");
        Assert.Equal("5", second.Header("Retry-After"));
        var other = b.PostAsync(Path, Chat(Largest));
        await Sim.WaitForAsync(Operation.Chat, 2, Patience);

        (await c.PostAsync(Path, Chat(Largest / 2))).ExpectBaseResp(
            503, 1033, $"take {Largest * 2} of the {Largest * 2} bytes this node keeps");
        (await c.PostAsync("/v1/jobs", new { kind = "chat", request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } } })).ExpectProblem(503, "body_memory");
        held.Release();
        (await first).Expect(200);
        (await other).Expect(200);

        await EventuallyAsync(() => Task.FromResult(Budget.Held == 0));
        (await a.PostAsync(Path, Chat(Largest))).Expect(200);
        await EventuallyAsync(() => Task.FromResult(Budget.Held == 0));
        var metrics = (await Admin.GetAsync("/metrics")).Expect(200).Body;
        Assert.Contains("gateway_bodies_refused_total 3", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_body_bytes 0", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H3_a_body_of_unknown_length_takes_room_as_it_grows()
    {
        await AddAccountAsync("key-a", 10);
        using var held = Sim.Hold(Operation.Chat);
        var first = SendInPiecesAsync(Chat(Largest - 100));
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        Assert.InRange(Budget.Held, Largest - 100, Largest + 1);
        (await SendInPiecesAsync(Chat(Largest - 100))).ExpectBaseResp(429, 1002, "Send it again when others are answered");
        held.Release();
        (await first).Expect(200);
        await EventuallyAsync(() => Task.FromResult(Budget.Held == 0));
    }

    private async Task<Answer> SendInPiecesAsync(string body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway.Address, Path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = new("Bearer", GatewayUnderTest.AdminToken);
        using var response = await http.SendAsync(request, Patience);
        return await Client.ReadAsync(response, Patience);
    }

    [Fact]
    public async Task H3_a_large_body_that_hardly_comes_is_refused_and_gives_its_room_back()
    {
        Gateway["Gateway:Bodies:LeastRate"] = $"{64 * 1024}";
        await Gateway.RestartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, Patience);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {Path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {GatewayUnderTest.AdminToken}\r\nContent-Type: " +
                    $"application/json\r\nContent-Length: {Largest}\r\n\r\n{{"),
            Patience);
        await EventuallyAsync(() => Task.FromResult(Budget.Held == Largest));

        using var reader = new StreamReader(stream);
        Assert.Contains(" 408 ", await reader.ReadLineAsync(Patience), StringComparison.Ordinal);
        Assert.Contains("must come with 65536 bytes a second", await reader.ReadToEndAsync(Patience), StringComparison.Ordinal);
        await EventuallyAsync(() => Task.FromResult(Budget.Held == 0));
    }

    [Fact]
    public async Task H3_a_job_whose_body_has_no_room_waits_for_it()
    {
        await AddAccountAsync("key-a", 10);
        using var held = Sim.Hold(Operation.Chat);
        var request = new { kind = "chat", request = System.Text.Json.Nodes.JsonNode.Parse(Chat(Largest - 1000)) };
        string[] ids =
        [
            (await Admin.PostAsync("/v1/jobs", request)).Expect(202).Text("id"),
            (await Admin.PostAsync("/v1/jobs", request)).Expect(202).Text("id")
        ];
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        var small = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "chat",
                    request = new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
                })).Expect(202).Text("id");
        await Sim.WaitForAsync(Operation.Chat, 2, Patience); // the small one goes past

        Assert.InRange(Budget.Held, Largest - 1000, Largest + 1000);
        held.Release();
        foreach (var id in ids.Append(small)) Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        await EventuallyAsync(() => Task.FromResult(Budget.Held == 0));
    }
}
