using Gateway.Api.Tests.Support;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;
using Gateway.Silo.Chores;

namespace Gateway.Api.Tests.Jobs;

/// <summary>What was kept long enough goes, in small steps, and nothing else does.</summary>
public abstract class RetentionContract : GatewayTest
{
    private readonly ShiftedClock _clock;

    private protected RetentionContract(TestData data, ShiftedClock clock)
        : base(data, clock) => _clock = clock;

    private protected override void Configure()
    {
        Gateway["Gateway:Retention:Step"] = "3";
        Gateway["Gateway:Retention:Pause"] = "00:00:00.001";
    }

    private Task PruneAsync() => Gateway.Services.GetRequiredService<Pruner>().PruneAsync(Patience);

    private async Task<string> CancelledAsync(object? body = null, params (string, string)[] headers)
    {
        var id = (await Admin.PostAsync("/v1/jobs", body ?? VideoJob(), headers)).Expect(202).Text("id");
        (await Admin.PostAsync($"/v1/jobs/{id}/cancel")).Expect(200);
        return id;
    }

    private async Task<bool> ExistsAsync(string id) => (await Admin.GetAsync($"/v1/jobs/{id}")).Status == 200;

    // A day has a beat every few seconds; the test's has one when it says so.
    private async Task PassAsync(TimeSpan time)
    {
        await Gateway.StopAsync();
        _clock.Advance(time);
        await Gateway.StartAsync();
    }

    [Fact]
    public async Task P5_jobs_go_thirty_days_after_their_end_and_their_keys_have_gone_before()
    {
        var account = await AddAccountAsync("key-a", 3);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        var (first, second) = (await CancelledAsync(headers: ("Idempotency-Key", "k")), await CancelledAsync());
        await PassAsync(TimeSpan.FromDays(29));
        var late = await SubmitVideoAsync();
        await PruneAsync();
        Assert.True(await ExistsAsync(first));
        // The key is gone: it names another job now.
        Assert.NotEqual(first, await CancelledAsync(headers: ("Idempotency-Key", "k")));

        await PassAsync(TimeSpan.FromDays(2));
        await PruneAsync();
        Assert.False(await ExistsAsync(first));
        Assert.False(await ExistsAsync(second));
        Assert.True(await ExistsAsync(late));
        (await Admin.GetAsync($"/v1/jobs/{first}/events")).ExpectProblem(404, "job_not_found");
        Assert.True(JobId.TryParse(first, out var gone));
        Assert.Empty(await Gateway.Services.GetRequiredService<IQueryStore>().EventsAsync(gone, 0, 10, Patience));
        Assert.Null(
            await Gateway.Services.GetRequiredService<IBodyStore>().ReadAsync(gone, BodyPart.Request, new BodyRef(1, null), Patience));
    }

    [Fact]
    public async Task A_job_that_ended_late_is_kept_from_its_end_on_and_one_that_has_not_ended_is_kept()
    {
        var account = await AddAccountAsync("key-a", 3);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        Gateway["Gateway:MaxQueueAge"] = "365.00:00:00";
        await Gateway.RestartAsync();
        var (endedLate, waiting) = (await SubmitVideoAsync(), await SubmitVideoAsync());
        await PassAsync(TimeSpan.FromDays(29));
        (await Admin.PostAsync($"/v1/jobs/{endedLate}/cancel")).Expect(200);
        await PassAsync(TimeSpan.FromDays(20));
        await PruneAsync();
        Assert.True(await ExistsAsync(endedLate));
        Assert.True(await ExistsAsync(waiting));
        await PassAsync(TimeSpan.FromDays(11));
        await PruneAsync();
        Assert.False(await ExistsAsync(endedLate));
        Assert.True(await ExistsAsync(waiting));
    }

    [Fact]
    public async Task Large_bodies_go_with_their_jobs()
    {
        var account = await AddAccountAsync("key-a", 3);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        var id = await CancelledAsync(VideoJob(new string('x', 100_000)));
        Assert.True(JobId.TryParse(id, out var job));
        var request = (await Gateway.Services.GetRequiredService<IQueryStore>().JobAsync(job, Patience))!.Request;
        Assert.NotNull(request.LargeId);
        await PassAsync(TimeSpan.FromDays(31));
        await PruneAsync();
        Assert.Null(await Gateway.Services.GetRequiredService<IBodyStore>().ReadAsync(job, BodyPart.Request, request, Patience));
    }

    [Fact]
    public async Task P3_resuming_before_pruned_history_yields_one_event_marked_snapshot()
    {
        var account = await AddAccountAsync("key-a", 3);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        using var before = new SseReader(await Admin.OpenAsync(HttpMethod.Get, "/v1/events"), Patience);
        await CancelledAsync();
        var seen = (await before.NextAsync())!.Id!;
        await PassAsync(TimeSpan.FromDays(31));
        await PruneAsync();
        using var feed = new SseReader(await Admin.OpenAsync(HttpMethod.Get, "/v1/events", null, ("Last-Event-ID", seen)), Patience);
        var next = await SubmitVideoAsync();
        (await Admin.PostAsync($"/v1/jobs/{next}/cancel")).Expect(200);
        var first = (await feed.NextAsync())!.Json;
        Assert.Equal((next, true), (first["id"]!.ToString(), first["snapshot"]!.GetValue<bool>()));
        Assert.False((await feed.NextAsync())!.Json.ContainsKey("snapshot"));
    }

    [Fact]
    public async Task The_queue_keeps_moving_during_a_prune()
    {
        var account = await AddAccountAsync("key-a", 5);
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = false })).Expect(200);
        var old = new List<string>();
        for (var i = 0; i < 60; i++) old.Add(await CancelledAsync());
        await PassAsync(TimeSpan.FromDays(31));
        (await Admin.PatchAsync($"/v1/admin/accounts/{account}", new { enabled = true })).Expect(200);

        var prune = PruneAsync();
        for (var i = 0; i < 10; i++)
        {
            var id = await SubmitVideoAsync();
            await WaitForAsync(id, "running");
            Sim.FinishAllTasks();
            await WaitForAsync(id, "succeeded");
        }

        await prune;
        foreach (var id in old) Assert.False(await ExistsAsync(id));
        Assert.Equal(10, (await Admin.GetAsync("/v1/jobs")).Json["jobs"]!.AsArray().Count);
        await SlotsAsync(account, 0);
    }

    [Fact]
    public async Task P5_a_retention_shorter_than_the_keys_refuses_to_start()
    {
        await Gateway.StopAsync();
        Gateway["Gateway:Retention:Jobs"] = "1.00:00:00";
        Assert.Contains(
            "Gateway:Retention:Jobs",
            (await Assert.ThrowsAsync<GatewaySetupException>(Gateway.StartAsync)).Message,
            StringComparison.Ordinal);
    }
}

public sealed class SqliteRetention() : RetentionContract(new SqliteData(), new ShiftedClock());

public sealed class PostgresRetention() : RetentionContract(new PostgresData(), new ShiftedClock());
