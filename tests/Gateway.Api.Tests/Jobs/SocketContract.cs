using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Jobs;

/// <summary>Jobs over a socket: the same subscription as over SSE.</summary>
public abstract class SocketContract : GatewayTest
{
    private protected SocketContract(TestData data)
        : base(data)
    {
    }

    private async Task<SocketClient> OpenAsync(string? token = GatewayUnderTest.AdminToken)
    {
        var socket = await new SocketClient(Patience).OpenAsync(Gateway, token);
        if (token is not null) await socket.NextAsync("ready");
        return socket;
    }

    private static object Subscribe(params string[] jobs) => new { type = "subscribe", jobs };

    [Fact]
    public async Task P1_a_socket_follows_many_jobs_from_1_without_a_gap_to_their_ends()
    {
        await AddAccountAsync("key-a", 3);
        var (one, two) = (await SubmitVideoAsync("one"), await SubmitVideoAsync("two"));
        await WaitForAsync(one, "running");
        await WaitForAsync(two, "running");
        using var socket = await OpenAsync();
        await socket.SendAsync(Subscribe(one));
        Assert.Equal(one, (await socket.NextAsync("subscribed"))["jobs"]![0]!.ToString());
        Assert.Equal(
            [$"{one} 1 job.queued", $"{one} 2 job.submitting", $"{one} 3 job.running"],
            [await socket.EventAsync(), await socket.EventAsync(), await socket.EventAsync()]);

        await socket.SendAsync(
            new JsonObject { ["type"] = "subscribe", ["jobs"] = new JsonArray(two), ["after"] = new JsonObject { [two] = 2 } });
        await socket.NextAsync("subscribed");
        Assert.Equal($"{two} 3 job.running", await socket.EventAsync());
        Sim.FinishAllTasks();
        var ends = new[] { await socket.EventAsync(), await socket.EventAsync() };
        Assert.Equal(new[] { $"{one} 4 job.succeeded", $"{two} 4 job.succeeded" }.Order(), ends.Order());
        await socket.SendAsync(new { type = "ping" });
        await socket.NextAsync("pong");
        await socket.CloseAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.ClosedWith);
    }

    [Fact]
    public async Task H18_one_message_subscribes_more_jobs_than_are_read_at_once_and_says_which_are_none()
    {
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/admin/queue/pause", new { all = true })).Expect(200);
        List<string> jobs = [];
        for (var i = 0; i < 70; i++) jobs.Add(await SubmitVideoAsync($"{i}"));
        using var socket = await OpenAsync();
        await socket.SendAsync(Subscribe([.. jobs, "7", jobs[0]]));

        var told = new Dictionary<string, int>();
        while (told.GetValueOrDefault("subscribed") + told.GetValueOrDefault("event") + told.GetValueOrDefault("error") < 70 * 2 + 1)
        {
            var message = (await socket.NextAsync())!;
            var type = message["type"]!.ToString();
            if (type == "error") Assert.Equal(("job_not_found", "7"), (message["code"]!.ToString(), message["job"]!.ToString()));
            told[type] = told.GetValueOrDefault(type) + (message["jobs"]?.AsArray().Count ?? 1);
        }

        Assert.Equal((70, 70, 1), (told["subscribed"], told["event"], told["error"]));
        (await Admin.PostAsync($"/v1/jobs/{jobs[69]}/cancel")).Expect(200);
        Assert.Equal($"{jobs[69]} 2 job.cancelled", await socket.EventAsync());
    }

    [Fact]
    public async Task H18_a_teams_sockets_follow_no_more_jobs_than_the_node_has_room_for_and_an_end_makes_room()
    {
        Gateway["Gateway:Connections:MaxFollowedJobs"] = "2";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        (await Admin.PostAsync("/v1/admin/queue/pause", new { all = true })).Expect(200);
        var red = await AddTeamAsync("red");
        var (one, two, three, other) = (
            await SubmitVideoAsync("1"), await SubmitVideoAsync("2"), await SubmitVideoAsync("3"), await SubmitVideoAsync(by: red));
        using var first = await OpenAsync();
        using var second = await OpenAsync();
        await FollowAsync(first, one);
        await FollowAsync(second, two);
        await second.SendAsync(Subscribe(three));
        var refused = await second.NextAsync("error");
        Assert.Equal(("too_many_jobs", three), (refused["code"]!.ToString(), refused["job"]!.ToString()));
        Assert.Contains("follow 2 jobs", refused["message"]!.ToString(), StringComparison.Ordinal);
        using var others = await OpenAsync(red.Token);
        await FollowAsync(others, other);

        (await Admin.PostAsync($"/v1/jobs/{one}/cancel")).Expect(200);
        Assert.Equal($"{one} 2 job.cancelled", await first.EventAsync());
        await EventuallyFollowAsync();

        async Task FollowAsync(SocketClient socket, string job)
        {
            await socket.SendAsync(Subscribe(job));
            await socket.NextAsync("subscribed");
            Assert.Equal($"{job} 1 job.queued", await socket.EventAsync());
        }

        // The place is given back right after the last event is sent.
        async Task EventuallyFollowAsync()
        {
            do await second.SendAsync(Subscribe(three));
            while ((await second.NextAsync())!["type"]!.ToString() != "subscribed");
            Assert.Equal($"{three} 1 job.queued", await second.EventAsync());
        }
    }

    [Fact]
    public async Task P1_what_is_unsubscribed_is_silent_and_may_be_subscribed_again_from_anywhere()
    {
        await AddAccountAsync("key-a", 3);
        var id = await SubmitVideoAsync();
        await WaitForAsync(id, "running");
        using var socket = await OpenAsync();
        await socket.SendAsync(
            new JsonObject { ["type"] = "subscribe", ["jobs"] = new JsonArray(id), ["after"] = new JsonObject { [id] = 99 } });
        await socket.NextAsync("subscribed");
        await socket.SendAsync(new { type = "unsubscribe", jobs = new[] { id } });
        await socket.NextAsync("unsubscribed");
        Sim.FinishAllTasks();
        await EndAsync(id);
        await socket.SendAsync(new { type = "unsubscribe", jobs = new[] { id } });
        Assert.Equal("not_subscribed", (await socket.NextAsync("error"))["code"]!.ToString());
        await socket.SendAsync(Subscribe(id));
        await socket.NextAsync("subscribed");
        for (var seq = 1; seq <= 4; seq++) Assert.StartsWith($"{id} {seq} ", await socket.EventAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_teams_socket_sees_its_own_jobs_and_no_account()
    {
        await AddAccountAsync("key-a", 3);
        var (blue, red) = (await AddTeamAsync("blue"), await AddTeamAsync("red"));
        var (own, other) = (await SubmitVideoAsync(by: blue), await SubmitVideoAsync(by: red));
        using var socket = await OpenAsync(blue.Token);
        await socket.SendAsync(Subscribe(other, "x", "1", own));
        foreach (var id in new[] { other, "x", "1" })
        {
            var error = await socket.NextAsync("error");
            Assert.Equal(("job_not_found", id), (error["code"]!.ToString(), error["job"]!.ToString()));
        }

        await socket.NextAsync("subscribed");
        var told = await socket.NextAsync("event");
        Assert.Equal(own, told["job"]!["id"]!.ToString());
        Assert.False(told["job"]!.AsObject().ContainsKey("account"));
    }

    [Fact]
    public async Task A_token_comes_in_a_header_or_in_the_first_message_and_never_in_the_address()
    {
        using var late = await OpenAsync(token: null);
        await late.SendAsync(new { type = "auth", token = GatewayUnderTest.AdminToken });
        await late.NextAsync("ready");

        foreach (var first in new object[] { new { type = "auth", token = "wrong" }, new { type = "ping" }, new { type = "auth" } })
        {
            using var wrong = await OpenAsync(token: null);
            await wrong.SendAsync(first);
            Assert.Equal("unauthorized", (await wrong.NextAsync("error"))["code"]!.ToString());
            Assert.Null(await wrong.NextAsync());
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, wrong.ClosedWith);
        }

        using var refused = new SocketClient(Patience);
        await Assert.ThrowsAsync<WebSocketException>(() => refused.OpenAsync(Gateway, "wrong"));
        (await Admin.GetAsync("/v1/ws")).ExpectProblem(426, "websocket_required");
        (await Nobody.GetAsync($"/v1/ws?token={GatewayUnderTest.AdminToken}")).ExpectProblem(400, "invalid_request", "token");
        (await As("wrong").GetAsync("/v1/ws")).ExpectProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Wrong_messages_are_answered_and_too_long_ones_end_the_socket()
    {
        using var socket = await OpenAsync();
        foreach (var wrong in new[] { "", "x", "[]", "null", "7", "{}", "{\"type\":\"dance\"}", "{\"type\":\"subscribe\"}", "{\"type\":\"subscribe\",\"jobs\":[]}", "{\"type\":\"subscribe\",\"jobs\":7}", "{\"type\":\"subscribe\",\"jobs\":[\"\\ud800\"]}", "{\"type\":7}" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(wrong), WebSocketMessageType.Text);
            Assert.Equal("invalid_request", (await socket.NextAsync("error"))["code"]!.ToString());
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"type\":\"subscribe\",\"jobs\":[null]}"), WebSocketMessageType.Text);
        Assert.Equal("job_not_found", (await socket.NextAsync("error"))["code"]!.ToString());

        using var binary = await OpenAsync();
        await binary.SendAsync([1], WebSocketMessageType.Binary);
        Assert.Null(await binary.NextAsync());
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, binary.ClosedWith);

        using var tooLong = await OpenAsync();
        await tooLong.SendAsync(new byte[100 * 1024], WebSocketMessageType.Text);
        Assert.Null(await tooLong.NextAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, tooLong.ClosedWith);
    }

    [Fact]
    public async Task A_stop_sends_sockets_elsewhere()
    {
        using var socket = await OpenAsync();
        var stop = Gateway.StopAsync();
        Assert.Null(await socket.NextAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.ClosedWith);
        await socket.CloseAsync();
        await stop;
    }
}

public sealed class SqliteSockets() : SocketContract(new SqliteData());

public sealed class PostgresSockets() : SocketContract(new PostgresData());
