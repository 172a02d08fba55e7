using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Grains.Jobs;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Simulator;
using Gateway.Testing;

namespace Gateway.Api.Tests.ChatJobs;

/// <summary>A chat that streams as a job: kept as it comes, read from any byte on, and ended like any other job.</summary>
public abstract class ChatJobContract : ChatJobTest
{
    private protected ChatJobContract(TestData data)
        : base(data)
    {
    }

    [Fact]
    public async Task P4_each_frame_is_told_while_the_upstream_still_holds_the_next()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        using var gate = Sim.HoldFrames(Operation.Chat);
        var id = await SubmitChatAsync();
        using var stream = await StreamAsync(id);
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", Assert.Single(stream.Response.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal("submitting", (await JobAsync(id)).Text("status"));

        var frames = new List<SseEvent>();
        for (var i = 0; i < 6; i++) frames.Add(await NextAsync(gate, stream)); // reasoning, four of content, the summary
        Assert.Null(await stream.NextAsync());
        var place = 0;
        foreach (var frame in frames) Assert.Equal($"{place += frame.Data.Length + 8}", frame.Id);

        var job = await EndAsync(id);
        Assert.Equal(("succeeded", "Echo: hi"), (job.Text("status"), job["result"]!["choices"]![0]!["message"]!["content"]!.ToString()));
        Assert.Equal(frames[^1].Data, (await Admin.GetAsync($"/v1/jobs/{id}/result")).Expect(200).Body);
        var content = (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200);
        Assert.Equal((Joined(frames), "text/event-stream"), (content.Body, content.Header("Content-Type")));
        (await Admin.GetAsync($"/v1/jobs/{id}/content/1")).ExpectProblem(404, "content_not_found", "n");
        Assert.Equal(
            ($"/v1/jobs/{id}/stream", $"/v1/jobs/{id}/content"),
            (job["links"]!["stream"]!.ToString(), job["links"]!["content"]!.ToString()));
        // A started thousand of tokens, as the last frame reports them.
        Assert.Equal(1, job["credits"]!["charged"]!.GetValue<int>());
        await SlotsAsync(account, 0);
        using var events = new SseReader(await Admin.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events"), Patience);
        Assert.Equal(
            ["job.queued", "job.submitting", "job.running", "job.succeeded"], (await events.AllAsync()).Select(change => change.Name));
    }

    [Fact]
    public async Task P4_a_client_that_was_dropped_goes_on_where_it_stopped_and_gets_204_after_the_end()
    {
        await AddAccountAsync("key-a");
        using var gate = Sim.HoldFrames(Operation.Chat);
        var id = await SubmitChatAsync();
        List<SseEvent> before = [];
        using (var dropped = await StreamAsync(id))
            for (var i = 0; i < 2; i++) before.Add(await NextAsync(gate, dropped));
        await EventuallyAsync(() => Task.FromResult(gate.ReleaseNext())); // and one that nobody listens to
        using var resumed = await StreamAsync(id, before[^1].Id);
        var next = (await resumed.NextAsync())!;
        gate.Release();
        var after = await resumed.AllAsync();

        var whole = (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200);
        Assert.Equal(whole.Body, Joined(before, [next], after));
        Assert.Equal(whole.Body, WithoutIds((await Admin.GetAsync($"/v1/jobs/{id}/stream")).Expect(200).Bytes));
        Assert.Equal($"{whole.Bytes.Length}", after[^1].Id);
        Assert.Equal(Joined(after), WithoutIds((await Admin.GetAsync($"/v1/jobs/{id}/stream?offset={next.Id}")).Expect(200).Bytes));
        // Half a frame is of no use: it is given again, whole.
        Assert.Equal(
            Joined([next], after),
            WithoutIds((await Admin.GetAsync($"/v1/jobs/{id}/stream?offset={int.Parse(next.Id!) - 1}")).Expect(200).Bytes));
        foreach (var end in new[] { after[^1].Id!, "999999" })
            Assert.Empty((await Admin.GetAsync($"/v1/jobs/{id}/stream", ("Last-Event-ID", end))).Expect(204).Body);
        (await Admin.GetAsync($"/v1/jobs/{id}/stream", ("Last-Event-ID", "x"))).ExpectProblem(400, "invalid_request", "Last-Event-ID", "id of a frame");
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    [Fact]
    public async Task P4_a_stream_waits_with_its_job_in_the_queue_and_outlives_a_restart()
    {
        var account = await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var id = await SubmitChatAsync();
        using var early = await StreamAsync(id, "0");
        (await Admin.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(409, "job_not_finished");
        Sim.FinishAllTasks();
        var frames = await early.AllAsync();
        Assert.Equal(6, frames.Count);
        await SlotsAsync(account, 0);
        await Gateway.RestartAsync();
        using var late = await StreamAsync(id);
        Assert.Equal(frames, await late.AllAsync());
    }

    [Fact]
    public async Task P4_other_teams_and_jobs_without_a_stream_have_none()
    {
        await AddAccountAsync("key-a");
        var (red, blue) = (await AddTeamAsync("red"), await AddTeamAsync("blue"));
        var id = await SubmitChatAsync(by: red);
        using (var own = await StreamAsync(id, by: red)) Assert.Equal(6, (await own.AllAsync()).Count);
        (await blue.GetAsync($"/v1/jobs/{id}/stream")).ExpectProblem(404, "job_not_found", "id");
        (await blue.GetAsync($"/v1/jobs/{id}/content")).ExpectProblem(404, "job_not_found", "id");
        (await Admin.GetAsync("/v1/jobs/1/stream")).ExpectProblem(404, "job_not_found", "id");

        var plain = (await Admin.PostAsync("/v1/jobs", new { kind = "chat", request = Chat(stream: false) })).Expect(202).Text("id");
        (await Admin.GetAsync($"/v1/jobs/{plain}/stream")).ExpectProblem(409, "job_not_streamed");
        (await Admin.GetAsync($"/v1/jobs/{await SubmitVideoAsync()}/stream")).ExpectProblem(409, "job_not_streamed");
    }

    [Fact]
    public async Task J10_an_error_in_the_first_frame_sends_the_chat_to_another_account_and_leaves_no_byte()
    {
        await AddAccountAsync("key-a");
        await AddAccountAsync("key-b");
        Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));
        var id = await SubmitChatAsync();
        using var stream = await StreamAsync(id);
        var frames = await stream.AllAsync();
        Assert.Equal(6, frames.Count);
        Assert.DoesNotContain("rate limit", Joined(frames), StringComparison.Ordinal);
        Assert.Equal(2, (await EndAsync(id))["attempt"]!.GetValue<int>());
        Assert.Equal((1, 1), (Sim.Ledger.Count(Operation.Chat, "key-a"), Sim.Ledger.Count(Operation.Chat, "key-b")));
    }

    [Fact]
    public async Task C3_a_stream_that_breaks_off_fails_its_job_is_charged_and_keeps_what_had_come()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        await AddAccountAsync("key-b", 1, ("dailyCredits", 100));
        foreach (var (effect, code, upstreamCode) in new (FaultEffect, string, int?)[]
        {
            (new FaultEffect.StreamBreak(AfterFrames: 2), "stream_broken", null),
            (new FaultEffect.TruncatedStream(), "stream_broken", null),
            (new FaultEffect.StreamErrorFrame(AfterFrames: 2), "upstream_error", 1000),
        })
        {
            var sent = Sim.Ledger.Count(Operation.Chat);
            Sim.Script.Next(Operation.Chat, effect);
            var id = await SubmitChatAsync();
            using var stream = await StreamAsync(id);
            var frames = await stream.AllAsync();

            var job = await EndAsync(id);
            Assert.Equal(
                ("failed", code, upstreamCode),
                (job.Text("status"), job["error"]!["code"]!.ToString(), job["error"]!["upstreamCode"]?.GetValue<int>()));
            Assert.InRange(job["credits"]!["charged"]!.GetValue<int>(), 1, 100);
            Assert.Equal(("job.failed", id), (frames[^1].Name, frames[^1].Json["id"]!.ToString()));
            Assert.InRange(frames.Count, 3, 6);
            Assert.Null(frames[0].Name);
            Assert.Equal(sent + 1, Sim.Ledger.Count(Operation.Chat)); // J10: never again by our own doing
            (await Admin.GetAsync($"/v1/jobs/{id}/result")).ExpectProblem(409, "job_not_succeeded");
            Assert.Equal(Joined(frames.SkipLast(1)), Joined((await ReadAgainAsync(id)).SkipLast(1)));
            // Whoever saw the last frame alone has not heard of the failure.
            using var resumed = await StreamAsync(id, frames[^2].Id);
            Assert.Equal(frames[^1], Assert.Single(await resumed.AllAsync()));
            Assert.Equal($"{long.Parse(frames[^2].Id!) + 1}", frames[^1].Id);
            (await Admin.GetAsync($"/v1/jobs/{id}/stream", ("Last-Event-ID", frames[^1].Id!))).Expect(204);
        }

        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task J4_a_chat_whose_answer_never_began_is_unknown_and_its_stream_waits()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Chat, new FaultEffect.AcceptThen502());
        var id = await SubmitChatAsync();
        await WaitForAsync(id, "unknown");
        using var stream = await StreamAsync(id);
        Assert.Single((await AccountAsync(account))["leases"]!.AsArray());
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/fail")).Expect(200);
        var told = Assert.Single(await stream.AllAsync());
        Assert.Equal(("job.failed", "1"), (told.Name, told.Id));
        using var again = await StreamAsync(id, "0");
        Assert.Equal(told, Assert.Single(await again.AllAsync()));
    }

    [Fact]
    public async Task L4_a_cancel_leaves_the_upstream_at_once_and_frees_the_slot()
    {
        var account = await AddAccountAsync("key-a", 1, ("dailyCredits", 100));
        using var gate = Sim.HoldFrames(Operation.Chat);
        var id = await SubmitChatAsync();
        using var stream = await StreamAsync(id);
        var first = await NextAsync(gate, stream);
        await WaitForAsync(id, "running");
        Assert.Equal("cancelled", (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200).Text("status"));

        await Sim.WaitForAbortedAsync(1, Patience);
        var last = Assert.Single(await stream.AllAsync());
        Assert.Equal(("job.cancelled", $"{long.Parse(first.Id!) + 1}"), (last.Name, last.Id));
        await SlotsAsync(account, 0);
        Assert.True((await AccountAsync(account))["credits"]!["used"]!.GetValue<int>() > 0); // what is not known to be unbilled is charged
        Assert.Equal("ok", (await AccountAsync(account))["health"]!["state"]!.ToString());
    }

    [Fact]
    public async Task P4_after_an_operators_resubmit_the_stream_says_where_the_answer_begins_anew()
    {
        await AddAccountAsync("key-a", 2);
        using var gate = Sim.HoldFrames(Operation.Chat);
        var id = await SubmitChatAsync();
        using var stream = await StreamAsync(id);
        var first = await NextAsync(gate, stream);
        await WaitForAsync(id, "running");
        await LoseSightAsync(id);
        (await Admin.PostAsync($"/v1/admin/jobs/{id}/resubmit")).Expect(200);
        await Sim.WaitForAbortedAsync(1, Patience); // the first attempt is left as soon as it is not the job's any more
        gate.Release();

        var rest = await stream.AllAsync();
        Assert.Equal(("restart", first.Id, 2), (rest[0].Name, rest[0].Id, rest[0].Json["attempt"]!.GetValue<int>()));
        Assert.Equal(6, rest.Count - 1);
        Assert.Equal(Joined(rest.Skip(1)), (await Admin.GetAsync($"/v1/jobs/{id}/content")).Expect(200).Body);
        using var resumed = await StreamAsync(id, first.Id);
        Assert.Equal(rest, await resumed.AllAsync());
    }

    [Fact]
    public async Task An_answer_without_a_summary_is_its_stream_and_one_in_one_piece_is_its_result()
    {
        await AddAccountAsync("key-a");
        Sim.Chat = new ChatSettings { SummaryFrame = false, DoneMarker = true };
        var id = await SubmitChatAsync();
        var job = await EndAsync(id);
        Assert.Equal(
            ("succeeded", "text/event-stream", $"/v1/jobs/{id}/result"),
            (job.Text("status"), job["result"]!["type"]!.ToString(), job["result"]!["href"]!.ToString()));
        var result = (await Admin.GetAsync($"/v1/jobs/{id}/result")).Expect(200);
        Assert.Equal(job["result"]!["bytes"]!.GetValue<int>(), result.Bytes.Length);
        Assert.EndsWith("data: [DONE]\n\n", result.Body, StringComparison.Ordinal);

        Sim.Script.Next(
            Operation.Chat,
            new FaultEffect.HttpStatus(
                200, """{"choices":[{"message":{"content":"hi"}}],"base_resp":{"status_code":0}}""", "application/json"));
        var whole = await SubmitChatAsync();
        Assert.Equal("succeeded", (await EndAsync(whole)).Text("status"));
        Assert.Equal(
            """{"choices":[{"message":{"content":"hi"}}],"base_resp":{"status_code":0}}""",
            (await Admin.GetAsync($"/v1/jobs/{whole}/result")).Expect(200).Body);
    }

    [Fact]
    public async Task P4_the_stream_of_an_answer_in_one_piece_says_that_its_job_has_ended_and_then_204()
    {
        await AddAccountAsync("key-a");
        Sim.Script.Next(
            Operation.Chat,
            new FaultEffect.HttpStatus(
                200, """{"choices":[{"message":{"content":"hi"}}],"base_resp":{"status_code":0}}""", "application/json"));
        var id = await SubmitChatAsync();
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        foreach (var place in new[] { null, "0" })
        {
            using var stream = await StreamAsync(id, place);
            var told = Assert.Single(await stream.AllAsync());
            Assert.Equal(("job.succeeded", "1", id), (told.Name, told.Id, told.Json["id"]!.ToString()));
        }

        (await Admin.GetAsync($"/v1/jobs/{id}/stream", ("Last-Event-ID", "1"))).Expect(204);
    }

    [Fact]
    public async Task P5_the_same_key_finds_the_job_and_its_stream()
    {
        await AddAccountAsync("key-a");
        var id = await SubmitChatAsync(headers: ("Idempotency-Key", "k"));
        await EndAsync(id);
        Assert.Equal(id, await SubmitChatAsync(headers: ("Idempotency-Key", "k")));
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
    }

    private async Task<IReadOnlyList<SseEvent>> ReadAgainAsync(string id)
    {
        using var stream = await StreamAsync(id);
        return await stream.AllAsync();
    }

    // As a keeper does that finds nobody at work.
    private async Task LoseSightAsync(string id)
    {
        Assert.True(JobId.TryParse(id, out var job));
        var state = (await Gateway.Services.GetRequiredService<IQueryStore>().JobAsync(job, Patience))!;
        var lease = (
            await Gateway.Services.GetRequiredService<IQueryStore>().AccountAsync(
                state.Account!.Value, Patience))!.FindLease(state.Lease!.Value)!;
        await Gateway.Services.GetRequiredService<JobGrain>().LoseSightAsync(job, lease, "nobody knows");
    }
}

public sealed class SqliteChatJobs() : ChatJobContract(new SqliteData());

public sealed class PostgresChatJobs() : ChatJobContract(new PostgresData())
{
    [Fact]
    public async Task P4_a_stream_is_told_by_a_node_that_does_not_write_it()
    {
        await AddAccountAsync("key-a");
        // Its clock stands still, so that it never looks by itself: what it tells it was told.
        await using var other = new GatewayUnderTest(Data, new ManualClock(TimeProvider.System.GetUtcNow()));
        other["Gateway:Role"] = "api";
        await other.StartAsync();
        using var http = new HttpClient();
        var there = new Client(other, http, GatewayUnderTest.AdminToken, Patience);

        using var gate = Sim.HoldFrames(Operation.Chat);
        var id = await SubmitChatAsync();
        using var stream = await StreamAsync(id, by: there);
        for (var i = 0; i < 6; i++) Assert.Null((await NextAsync(gate, stream)).Name);
        Assert.Null(await stream.NextAsync());
        Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
        Assert.Empty(other.Journal.Errors);
    }
}
