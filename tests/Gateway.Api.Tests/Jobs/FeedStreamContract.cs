using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Jobs;

/// <summary>All events of a team over SSE.</summary>
public abstract class FeedStreamContract : GatewayTest
{
    private protected FeedStreamContract(TestData data)
        : base(data)
    {
    }

    private async Task<SseReader> FeedAsync(Client by, string query = "", params (string, string)[] headers) =>
        new(await by.OpenAsync(HttpMethod.Get, $"/v1/events{query}", null, headers), Patience);

    private static (string Job, string? Name) Of(SseEvent? told) => (told!.Json["id"]!.ToString(), told.Name);

    [Fact]
    public async Task P2_a_team_hears_all_its_jobs_from_now_on_and_no_others()
    {
        await AddAccountAsync("key-a", 3);
        var (blue, red) = (await AddTeamAsync("blue"), await AddTeamAsync("red"));
        await WaitForAsync(await SubmitVideoAsync(by: blue), "running");
        using var feed = await FeedAsync(blue);
        Assert.Equal("no", Assert.Single(feed.Response.Headers.GetValues("X-Accel-Buffering")));
        using var everything = await FeedAsync(Admin);

        var other = await SubmitVideoAsync(by: red);
        await WaitForAsync(other, "running");
        var own = await SubmitVideoAsync(by: blue);
        await WaitForAsync(own, "running");
        foreach (var name in new[] { "job.queued", "job.submitting", "job.running" }) Assert.Equal((own, name), Of(await feed.NextAsync()));
        Assert.NotNull(feed.Retry);
        foreach (var job in new[] { other, own })
            foreach (var name in new[] { "job.queued", "job.submitting", "job.running" })
                Assert.Equal((job, name), Of(await everything.NextAsync()));
    }

    [Fact]
    public async Task P2_a_reconnect_goes_on_after_the_last_event_seen_also_after_a_restart()
    {
        await AddAccountAsync("key-a", 3);
        using var feed = await FeedAsync(Admin);
        var first = await SubmitVideoAsync();
        await WaitForAsync(first, "running");
        await feed.NextAsync();
        var seen = (await feed.NextAsync())!;
        Assert.Equal((first, "job.submitting"), Of(seen));
        Sim.FinishAllTasks();
        await EndAsync(first);
        await Gateway.RestartAsync();

        using var resumed = await FeedAsync(Admin, "", ("Last-Event-ID", seen.Id!));
        Assert.Equal((first, "job.running"), Of(await resumed.NextAsync()));
        var last = (await resumed.NextAsync())!;
        Assert.Equal((first, "job.succeeded"), Of(last));
        Assert.Equal("Success", last.Json["result"]!["status"]!.ToString());
        Assert.False(last.Json.ContainsKey("snapshot"));
        using var byQuery = await FeedAsync(Admin, $"?after={last.Id}&team=default");
        var second = await SubmitVideoAsync();
        Assert.Equal((second, "job.queued"), Of(await byQuery.NextAsync()));
        Assert.Equal((second, "job.queued"), Of(await resumed.NextAsync()));
    }

    [Fact]
    public async Task P2_a_client_that_is_cut_before_its_first_event_misses_nothing()
    {
        await AddAccountAsync("key-a", 3);
        var (blue, red) = (await AddTeamAsync("blue"), await AddTeamAsync("red"));
        await WaitForAsync(await SubmitVideoAsync(by: blue), "running");
        string place;
        using (var cut = await FeedAsync(blue))
        {
            await cut.BeginAsync();
            place = cut.LastEventId!;
        }

        await SubmitVideoAsync(by: red);
        var missed = await SubmitVideoAsync(by: blue);
        await WaitForAsync(missed, "running");
        using var resumed = await FeedAsync(blue, "", ("Last-Event-ID", place));
        foreach (var name in new[] { "job.queued", "job.submitting", "job.running" })
        {
            var told = await resumed.NextAsync();
            Assert.Equal((missed, name), Of(told));
            Assert.False(told!.Json.ContainsKey("snapshot"));
        }
    }

    [Fact]
    public async Task P3_whoever_comes_back_too_late_or_from_another_database_gets_one_event_marked_snapshot()
    {
        await AddAccountAsync("key-a", 3);
        using var ahead = await FeedAsync(Admin, "", ("Last-Event-ID", "999999999999-1-1"));
        await ahead.BeginAsync();
        Assert.Null(ahead.LastEventId); // with an id of its own he would come back as one who has missed nothing
        await SubmitVideoAsync();
        Assert.True((await ahead.NextAsync())!.Json["snapshot"]!.GetValue<bool>());
        Assert.False((await ahead.NextAsync())!.Json.ContainsKey("snapshot"));
    }

    [Fact]
    public async Task Wrong_ids_and_teams_are_named()
    {
        (await Admin.GetAsync("/v1/events", ("Last-Event-ID", "x"))).ExpectProblem(400, "invalid_request", "Last-Event-ID", "feed");
        (await Admin.GetAsync("/v1/events?team=*")).ExpectProblem(400, "invalid_request", "team");
        (await Nobody.GetAsync("/v1/events")).ExpectProblem(401, "unauthorized");
    }
}

public sealed class SqliteFeedStream() : FeedStreamContract(new SqliteData());

public sealed class PostgresFeedStream() : FeedStreamContract(new PostgresData());

/// <summary>With a clock that the test moves.</summary>
public sealed class FeedStreamClockTests : GatewayTest
{
    private readonly ShiftedClock _clock;

    public FeedStreamClockTests()
        : this(new ShiftedClock())
    {
    }

    private FeedStreamClockTests(ShiftedClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    [Fact]
    public async Task S2_a_token_that_has_expired_ends_its_open_streams_though_they_are_busy()
    {
        await AddAccountAsync("key-a", 3);
        var team = await AddTeamAsync("blue", new { expiresAt = _clock.GetUtcNow().AddSeconds(30).ToString("O") });
        using var feed = new SseReader(await team.OpenAsync(HttpMethod.Get, "/v1/events"), Patience);
        var id = await SubmitVideoAsync(by: team);
        Assert.Equal("job.queued", (await feed.NextAsync())!.Name);
        using var job = new SseReader(await team.OpenAsync(HttpMethod.Get, $"/v1/jobs/{id}/events"), Patience);
        Assert.Equal("job.queued", (await job.NextAsync())!.Name);
        _clock.Advance(TimeSpan.FromMinutes(1));
        while (await feed.NextAsync() is not null)
        {
            // Up to the stream's end.
        }

        while (await job.NextAsync() is not null)
        {
            // Up to the stream's end.
        }
    }
}
