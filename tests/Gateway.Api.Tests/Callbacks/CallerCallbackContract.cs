using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Model.Ids;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Callbacks;

/// <summary>A caller's own <c>callback_url</c>, honoured as MiniMax honours it.</summary>
public abstract class CallerCallbackContract : OutboxTest
{
    private protected CallerCallbackContract(TestData data)
        : base(data)
    {
    }

    private protected CallbackReceiver Receiver { get; private set; } = null!;

    private protected override async Task<IAsyncDisposable> StartReceiverAsync() => Receiver = await CallbackReceiver.StartAsync();

    private protected Task<Answer> SubmitAsync(object? url, params (string, string)[] headers) =>
        Admin.PostAsync("/v1/video_generation", new { model = "MiniMax-Hailuo-02", prompt = "a calm sea", callback_url = url }, headers);

    private async Task<string> TaskAsync() => (await SubmitAsync(Receiver.Url)).ExpectBaseResp(200, 0).Text("task_id");

    private async Task RefusedAsync(object? url, params string[] words)
    {
        (await SubmitAsync(url)).ExpectBaseResp(200, 2013, ["callback_url", .. words]);
        Assert.Equal(0, Sim.Ledger.Count(Operation.VideoSubmit));
        Assert.Empty((await Admin.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray());
    }

    [Fact]
    public async Task The_statuses_of_a_task_arrive_once_and_in_order_in_the_vendors_words()
    {
        var id = await TaskAsync();
        Assert.Equal(1, Receiver.Challenges);
        var processing = await Receiver.NextAsync(Patience);
        Assert.Equal(
            $$$"""{"task_id":"{{{id}}}","status":"processing","file_id":"","base_resp":{"status_code":0,"status_msg":"success"}}""",
            processing.ToJsonString());

        Sim.FinishAllTasks();
        var success = await Receiver.NextAsync(Patience);
        Assert.Equal(
            (id, "success", 0),
            (success["task_id"]!.ToString(), success["status"]!.ToString(), success["base_resp"]!["status_code"]!.GetValue<int>()));
        Assert.Equal("Success", (await Admin.GetAsync($"/v1/query/video_generation?task_id={id}")).Text("status"));
        Assert.Equal(0, (await Admin.GetAsync($"/v1/files/retrieve?file_id={success["file_id"]}")).BaseResp);
        var upstream = Assert.Single(Sim.Ledger.Tasks());
        Assert.DoesNotContain(upstream.TaskId, success.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain($"{upstream.FileId}", success.ToJsonString(), StringComparison.Ordinal);

        await OutboxEmptyAsync();
        Assert.False(Receiver.HasMore);
    }

    [Fact]
    public async Task A_failure_and_a_cancel_are_told_as_failed()
    {
        var failing = await TaskAsync();
        Assert.Equal(["processing"], await Receiver.WordsAsync(1, Patience));
        Sim.FinishAllTasks(new TaskFailure());
        var failed = await Receiver.NextAsync(Patience);
        Assert.Equal(
            (failing, "failed", 1027),
            (failed["task_id"]!.ToString(), failed["status"]!.ToString(), failed["base_resp"]!["status_code"]!.GetValue<int>()));

        var cancelled = await TaskAsync();
        (await Admin.PostAsync($"/v1/jobs/{cancelled}/cancel")).Expect(200);
        Assert.Equal(["processing", "failed"], await Receiver.WordsAsync(2, Patience));
    }

    [Fact]
    public async Task The_callers_address_does_not_reach_the_upstream_and_every_other_byte_does()
    {
        var body = $$"""{ "model":"MiniMax-Hailuo-02","\u0063allback_URL" : "{{Receiver.Url}}",  "prompt":"\u00e9 ünïcödé" }""";
        (await Admin.PostAsync("/v1/video_generation", body)).ExpectBaseResp(200, 0);
        Assert.Equal(
            """{ "model":"MiniMax-Hailuo-02",  "prompt":"\u00e9 ünïcödé" }""",
            Assert.Single(Sim.Ledger.Requests(Operation.VideoSubmit)).Body);
        Assert.Equal(["processing"], await Receiver.WordsAsync(1, Patience));
    }

    [Fact]
    public async Task The_form_of_the_address_is_checked_before_it_is_called()
    {
        foreach (var wrong in new object[] { "", "receiver.example/hook", "ftp://receiver.example/", "https://me:pw@receiver.example/", "http://receiver.example/" + new string('x', 2048), 7, true, new[] { Receiver.Url }, new { url = Receiver.Url } })
            await RefusedAsync(wrong, "http");
        (await Admin.PostAsync("/v1/video_generation", "{\"model\":\"MiniMax-Hailuo-02\",\"prompt\":\"x\",\"callback_url\":\"http://a.example/\\ud800\"}")).ExpectBaseResp(200, 2013, "callback_url");
        Assert.Equal(0, Receiver.Challenges);
        (await SubmitAsync(url: null)).ExpectBaseResp(200, 0);
    }

    [Fact]
    public async Task A_receiver_that_does_not_meet_the_challenge_is_no_receiver()
    {
        Receiver.MeetChallenge = static (_, context) =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await RefusedAsync(Receiver.Url, "answered 404");
        Receiver.MeetChallenge = static (body, context) =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync(body);
        };
        await RefusedAsync(Receiver.Url, "answered 500");
        Receiver.MeetChallenge = static (_, context) =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await RefusedAsync(Receiver.Url, "answered 302");
        foreach (var wrong in new[] { "", "ok", "{}", """{"challenge":"another"}""", """{"challenge":7}""", "[]", "\"x\"", new string('x', 100_000) })
        {
            Receiver.MeetChallenge = (_, context) => context.Response.WriteAsync(wrong);
            await RefusedAsync(Receiver.Url, "unchanged");
        }

        Receiver.MeetChallenge = static (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        await RefusedAsync(Receiver.Url, "within 3 s");
        await Receiver.DisposeAsync();
        await RefusedAsync(Receiver.Url, "connection failed");
    }

    [Fact]
    public async Task Without_leave_an_inner_receiver_is_refused_and_not_called()
    {
        Gateway["Gateway:Webhooks:AllowedNetworks:0"] = "10.0.0.0/8";
        await Gateway.RestartAsync();
        var refused = (await SubmitAsync(Receiver.Url)).ExpectBaseResp(200, 2013, "callback_url", "not at a public address");
        Assert.DoesNotContain("127.0.0.1", refused.Body, StringComparison.Ordinal);
        await RefusedAsync(Receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "not at a public address");
        await RefusedAsync("http://169.254.169.254/latest/meta-data/", "not at a public address");
        Assert.Equal(0, Receiver.Challenges);
    }

    [Fact]
    public async Task P5_a_replay_challenges_nobody_and_makes_no_second_task()
    {
        var first = (await SubmitAsync(Receiver.Url, ("Idempotency-Key", "k-1"))).ExpectBaseResp(200, 0);
        Receiver.MeetChallenge = static (_, context) => context.Response.WriteAsync("{}");
        var again = (await SubmitAsync(Receiver.Url, ("Idempotency-Key", "k-1"))).ExpectBaseResp(200, 0);
        Assert.Equal((first.Body, "true"), (again.Body, again.Header("Idempotency-Replayed")));
        Assert.Equal((1, 1), (Receiver.Challenges, Sim.Ledger.Count(Operation.VideoSubmit)));

        // A refusal uses no key.
        (await SubmitAsync(Receiver.Url, ("Idempotency-Key", "k-2"))).ExpectBaseResp(200, 2013, "callback_url");
        Receiver.MeetChallenge = static (body, context) => context.Response.WriteAsync(body);
        (await SubmitAsync(Receiver.Url, ("Idempotency-Key", "k-2"))).ExpectBaseResp(200, 0);
    }

    [Fact]
    public async Task A_receiver_that_is_down_hears_it_all_when_it_is_back_over_a_restart_of_the_gateway()
    {
        Receiver.Answers = 503;
        var id = await TaskAsync();
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        await EventuallyAsync(() => Task.FromResult(Receiver.Refused >= 2));
        await Gateway.RestartAsync();
        await EventuallyAsync(() => Task.FromResult(Receiver.Refused >= 4));

        Receiver.Answers = 200;
        Assert.Equal(["processing", "success"], await Receiver.WordsAsync(2, Patience));
        await OutboxEmptyAsync();
        Assert.False(Receiver.HasMore);
    }

    [Fact]
    public async Task The_job_api_takes_a_callback_too_and_refuses_in_its_own_dialect()
    {
        var request = new JsonObject { ["model"] = "MiniMax-Hailuo-02", ["prompt"] = "x", ["callback_url"] = Receiver.Url };
        (await Admin.PostAsync("/v1/jobs", new JsonObject { ["kind"] = "video", ["request"] = request.DeepClone() })).Expect(202);
        Assert.Equal(["processing"], await Receiver.WordsAsync(1, Patience));

        request["callback_url"] = "nowhere";
        (await Admin.PostAsync("/v1/jobs", new JsonObject { ["kind"] = "video", ["request"] = request.DeepClone() })).ExpectProblem(400, "invalid_request", "request.callback_url", "http");
        request["callback_url"] = Receiver.Url;
        Receiver.MeetChallenge = static (_, context) => context.Response.WriteAsync("{}");
        (await Admin.PostAsync("/v1/jobs", new JsonObject { ["kind"] = "video", ["request"] = request })).ExpectProblem(400, "invalid_request", "callback_url", "unchanged");
    }

    [Fact]
    public async Task The_second_api_and_templates_are_told_in_their_own_shapes()
    {
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "a calm sea" });
        var v2 = (
            await Admin.PostAsync(
                "/v2/video_generation",
                new JsonObject
                {
                    ["model"] = "MiniMax-H3",
                    ["content"] = content,
                    ["resolution"] = "768P",
                    ["duration"] = 5,
                    ["ratio"] = "16:9",
                    ["callback_url"] = Receiver.Url,
                })).Expect(200).Text("task_id");
        Assert.Equal([(v2, "queued"), (v2, "running")], [V2(await Receiver.NextAsync(Patience)), V2(await Receiver.NextAsync(Patience))]);
        Sim.FinishAllTasks();
        var done = await Receiver.NextAsync(Patience);
        Assert.Equal((v2, "succeeded"), V2(done));
        Assert.NotNull(done["task"]!["content"]!["url"]);

        var template = (
            await Admin.PostAsync(
                "/v1/video_template_generation",
                new { template_id = "t-1", callback_url = Receiver.Url })).ExpectBaseResp(200, 0).Text("task_id");
        Assert.Equal(["processing"], await Receiver.WordsAsync(1, Patience));
        Sim.FinishAllTasks();
        var made = await Receiver.NextAsync(Patience);
        Assert.Equal((template, "success"), (made["task_id"]!.ToString(), made["status"]!.ToString()));
        Assert.StartsWith("http", made["video_url"]!.ToString(), StringComparison.Ordinal);

        (await Admin.PostAsync("/v2/video_generation", new JsonObject { ["model"] = "MiniMax-H3", ["content"] = content.DeepClone(), ["callback_url"] = "nowhere" })).Expect(400);

        static (string, string) V2(JsonObject told) => (told["task"]!["id"]!.ToString(), told["task"]!["status"]!.ToString());
    }

    [Fact]
    public async Task The_callers_address_is_told_to_nobody()
    {
        var id = await TaskAsync();
        Assert.DoesNotContain("of-the-caller", (await JobAsync(id)).Body, StringComparison.Ordinal);
        Receiver.Answers = 500;
        Sim.FinishAllTasks();
        await EndAsync(id);
        await EventuallyAsync(() => Task.FromResult(Receiver.Refused >= 1));
        Assert.True(JobId.TryParse(id, out var job));
        Assert.Contains(
            "of-the-caller",
            (await Gateway.Services.GetRequiredService<IQueryStore>().JobAsync(job, Patience))!.CallbackUrl,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.Journal.Lines, line => line.Contains("of-the-caller", StringComparison.Ordinal));
    }
}

public sealed class SqliteCallerCallbacks() : CallerCallbackContract(new SqliteData());

public sealed class PostgresCallerCallbacks() : CallerCallbackContract(new PostgresData());
