using System.Net;
using System.Net.Sockets;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Api.Tests.Callbacks;

/// <summary>MiniMax tells us that a task has moved. Polling is as good as off here: what is noticed is noticed by that.</summary>
public abstract class UpstreamCallbackContract : GatewayTest
{
    private readonly string _address = $"http://127.0.0.1:{FreePort()}";

    private protected UpstreamCallbackContract(TestData data)
        : base(data)
    {
    }

    private protected override void Configure()
    {
        Gateway["urls"] = _address;
        Gateway["Gateway:PublicUrl"] = _address;
        Gateway["Gateway:Follow:MinInterval"] = "01:00:00";
        Gateway["Gateway:Follow:MaxInterval"] = "01:00:00";
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>The address we gave the vendor with its latest submit.</summary>
    private string OurUrl() =>
        System.Text.Json.Nodes.JsonNode.Parse(Sim.Ledger.Requests(Operation.VideoSubmit)[^1].Body!)!["callback_url"]!.ToString();

    private string OurPath() => new Uri(OurUrl()).AbsolutePath;

    private Task<Answer> TellAsync(string path, object body) => Nobody.PostAsync(path, body);

    [Fact]
    public async Task J2_the_end_of_a_task_is_noticed_by_its_callback_alone()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Callbacks().Any(call => call.Status == "processing" && call.Delivered)));

        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Callbacks().Count == 3));
        Assert.All(Sim.Ledger.Callbacks(), call => Assert.True(call.Delivered, call.ToString()));
    }

    [Fact]
    public async Task The_vendor_is_given_an_address_of_ours_that_names_no_account_and_nothing_else_of_the_body_changes()
    {
        var account = await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync("a calm\\u00e9 sea");
        await WaitForAsync(job, "running");
        var sent = Assert.Single(Sim.Ledger.Requests(Operation.VideoSubmit)).Body!;
        Assert.StartsWith($"{_address}/v1/callbacks/minimax/{job}-", OurUrl(), StringComparison.Ordinal);
        Assert.DoesNotContain(account, OurUrl(), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"callback_url":"{{OurUrl()}}",{{"\"model\":\"MiniMax-Hailuo-02\",\"prompt\":\"a calm\\\\u00e9 sea\"}"}}""", sent);
    }

    [Fact]
    public async Task A_challenge_comes_back_unchanged_and_needs_nothing_but_the_token()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync(), "running");
        foreach (var challenge in new[] { "\"abc\"", "\"\\u00e9\\\"\\/\"", "\"\"" })
        {
            var answer = (await TellAsync(OurPath(), $$"""{"x":1, "challenge" : {{challenge}} }""")).Expect(200);
            Assert.Equal($$"""{"challenge":{{challenge}}}""", answer.Body);
            Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_forged_token_is_a_404_and_leads_to_no_poll()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        // by the callback that says it is processing
        await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Count(Operation.VideoQuery) == 1));
        var polls = Sim.Ledger.Count(Operation.VideoQuery);
        var path = OurPath();
        foreach (var forged in new[] { path[..^1] + (path[^1] == '0' ? '1' : '0'), path[..path.LastIndexOf('-')], path.Replace(job, "1", StringComparison.Ordinal), "/v1/callbacks/minimax/x", "/v1/callbacks/minimax/" + new string('a', 5000) })
        {
            (await TellAsync(forged, new { challenge = "abc" })).ExpectBaseResp(404, 2013);
            (await TellAsync(forged, new { task_id = "1", status = "success" })).ExpectBaseResp(404, 2013);
        }

        Assert.Equal(polls, Sim.Ledger.Count(Operation.VideoQuery));
    }

    [Fact]
    public async Task J2_a_lie_in_a_callback_changes_nothing_but_the_time_of_a_poll()
    {
        Gateway["Gateway:Follow:HintInterval"] = "00:00:00.001";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        var task = Assert.Single(Sim.Ledger.Tasks());
        foreach (var lie in new[] { """{"task_id":"ID","status":"success","file_id":"1","base_resp":{"status_code":0}}""", """{"status":"failed","base_resp":{"status_code":1027}}""", "not json", "[]", "", "{\"challenge\":7}", "{\"status\":\"\\ud800\"}" })
        {
            var polls = Sim.Ledger.Count(Operation.VideoQuery);
            (await TellAsync(OurPath(), lie.Replace("ID", task.TaskId, StringComparison.Ordinal))).Expect(200);
            await EventuallyAsync(() => Task.FromResult(Sim.Ledger.Count(Operation.VideoQuery) > polls));
        }

        Assert.Equal("running", (await JobAsync(job)).Text("status"));
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
    }

    [Fact]
    public async Task J2_so_is_the_end_of_a_video_of_the_second_api_and_of_a_template()
    {
        await AddAccountAsync("key-a", 2);
        var v2 = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "video",
                    request = new
                    {
                        model = "MiniMax-H3",
                        content = new[] { new { type = "text", text = "a calm sea" } },
                        resolution = "768P",
                        duration = 5,
                        ratio = "16:9",
                    },
                })).Expect(202).Text("id");
        var template = (
            await Admin.PostAsync("/v1/jobs", new { kind = "video", request = new { template_id = "t-1" } })).Expect(202).Text("id");
        await WaitForAsync(v2, "running");
        await WaitForAsync(template, "running");
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(v2)).Text("status"));
        Assert.Equal("succeeded", (await EndAsync(template)).Text("status"));
    }

    [Fact]
    public async Task The_token_of_a_job_that_is_over_is_a_404()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Sim.FinishAllTasks();
        await EndAsync(job);
        await EventuallyAsync(async () => (await TellAsync(OurPath(), new { status = "success" })).Status == 404);
        (await TellAsync(OurPath(), new { challenge = "abc" })).ExpectBaseResp(404, 2013);
    }

    [Fact]
    public async Task L4_a_cancelled_jobs_slot_is_freed_by_the_callback_of_its_task()
    {
        var account = await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        (await Admin.PostAsync($"/v1/jobs/{job}/cancel")).Expect(200);
        await SlotsAsync(account, 1);
        Sim.FinishAllTasks();
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task A_callback_that_is_too_large_is_not_read()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync(), "running");
        (await TellAsync(OurPath(), new string('x', 70_000))).ExpectBaseResp(413, 2013);
    }

    [Fact]
    public async Task A_task_that_is_followed_on_after_a_restart_hears_its_callback_too()
    {
        await AddAccountAsync("key-a");
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        await Gateway.RestartAsync();
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
    }
}

public sealed class SqliteUpstreamCallbacks() : UpstreamCallbackContract(new SqliteData());

public sealed class PostgresUpstreamCallbacks() : UpstreamCallbackContract(new PostgresData())
{
    [PostgresFact]
    public async Task J2_a_callback_that_reaches_another_node_is_looked_into_there()
    {
        await AddAccountAsync("key-a");
        // Its address is not the public one, so the vendor's callbacks reach the first node while this one sends and follows.
        await using var other = new GatewayUnderTest(Data)
        {
            ["Gateway:PublicUrl"] = Gateway.Address.ToString(),
            ["Gateway:Follow:MinInterval"] = "01:00:00",
            ["Gateway:Follow:MaxInterval"] = "01:00:00",
        };
        await other.StartAsync();
        using var http = new HttpClient();
        var caller = new Client(other, http, GatewayUnderTest.AdminToken, Patience);
        var job = (await caller.PostAsync("/v1/jobs", VideoJob())).Expect(202).Text("id");
        await WaitForAsync(job, "running");

        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
        Assert.Empty(other.Journal.Errors);
    }
}
