using Gateway.Api.Tests.Support;
using Gateway.Silo.Notices;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>
/// Q5: every source of a wake-up, with all polling off (<c>Gateway:Dispatch:LookEvery</c> and the keeper's chores), for jobs
/// that wait and for calls that wait.
/// </summary>
public sealed class WakeUpTests : GatewayTest
{
    private static readonly DateTimeOffset Noon = new(2027, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly ShiftedClock _clock;

    public WakeUpTests()
        : this(new ShiftedClock())
    {
    }

    private WakeUpTests(ShiftedClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private Task<Answer> ChatAsync(string content = "hi") =>
        Admin.PostAsync(
            "/v1/text/chatcompletion_v2",
            new { model = "MiniMax-M2", max_tokens = 100, messages = new[] { new { role = "user", content } } },
            ("Prefer", "wait=20"));

    private Task WaitingAsync(int calls) =>
        EventuallyAsync(
            async () => (await Nobody.GetAsync("/metrics")).Body.Contains($"\ngateway_calls_waiting {calls}\n", StringComparison.Ordinal));

    /// <summary>A job that waits and a call that waits, until something wakes them.</summary>
    private async Task<Func<Task>> WaitersAsync()
    {
        var job = await SubmitVideoAsync("waits");
        var call = ChatAsync("waits");
        await WaitingAsync(1);
        Assert.Equal("queued", (await JobAsync(job)).Text("status"));
        return async () =>
        {
            await WaitForAsync(job, "running");
            (await call).Expect(200);
        };
    }

    [Fact]
    public void Polling_is_off() => Assert.Null(Gateway.Services.GetRequiredService<DispatchOptions>().LookEvery);

    [Fact]
    public async Task Q5_a_submit_is_sent_at_once()
    {
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync(), "running");
    }

    [Fact]
    public async Task Q5_a_release_wakes()
    {
        await AddAccountAsync("key-a", 2);
        using var held = Sim.Hold(Operation.Chat);
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var busy = ChatAsync("busy");
        await Sim.WaitForAsync(Operation.Chat, 1, Patience);
        var served = await WaitersAsync();
        Sim.FinishAllTasks();
        held.Release();
        await served();
        (await busy).Expect(200);
    }

    [Fact]
    public async Task Q5_a_new_account_wakes()
    {
        var full = await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var served = await WaitersAsync();
        await AddAccountAsync("key-b", 2);
        await served();
        Assert.Single((await AccountAsync(full))["leases"]!.AsArray());
    }

    [Theory]
    [InlineData("more slots")]
    [InlineData("enabled again")]
    [InlineData("resumed")]
    [InlineData("renewed")]
    [InlineData("reset")]
    [InlineData("more credits")]
    [InlineData("another model")]
    public async Task Q5_a_changed_account_wakes(string change)
    {
        Gateway["Gateway:Prices:platform/chat"] = "1";
        await Gateway.RestartAsync();
        var id = await AddAccountAsync("key-a", 3);
        var other = await AddAccountAsync("key-b", 1); // keeps the models servable, and is full
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { enabled = false })).Expect(200);
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { enabled = true })).Expect(200);
        var path = $"/v1/admin/accounts/{id}";

        (Func<Task> close, Func<Task> open) = change switch
        {
            "more slots" => ((Func<Task>)(async () =>
            {
                (await Admin.PatchAsync(path, new { maxJobs = 1 })).Expect(200);
                await WaitForAsync(await SubmitVideoAsync("second blocker"), "running");
            }), (Func<Task>)(async () => (await Admin.PatchAsync(path, new { maxJobs = 3 })).Expect(200))),
            "enabled again" =>
                (async () => (await Admin.PatchAsync(path, new { enabled = false })).Expect(200), async () => (await Admin.PatchAsync(path, new { enabled = true })).Expect(200)),
            "resumed" =>
                (async () => (await Admin.PostAsync($"{path}/drain")).Expect(200), async () => (await Admin.PostAsync($"{path}/resume")).Expect(200)),
            "renewed" => (async () =>
            {
                Sim.SetKey("key-a", new KeySettings { Revoked = true });
                (await Admin.PostAsync($"{path}/validate")).Expect(200);
                Sim.SetKey("key-a", new KeySettings());
            }, async () => await AddAccountAsync("key-a", 3)),
            "reset" => (async () =>
            {
                Sim.Script.Next(Operation.Chat, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));
                (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "x" } } }, ("Prefer", "wait=0"))).Expect(429);
                await SlotsAsync(id, 0);
            }, async () => (await Admin.PostAsync($"{path}/reset")).Expect(200)),
            "more credits" =>
                (async () => (await Admin.PatchAsync(path, new { dailyCredits = 0 })).Expect(200), async () => (await Admin.PatchAsync(path, new { dailyCredits = 100 })).Expect(200)),
            _ =>
                (async () => (await Admin.PatchAsync(path, new { models = new[] { "none" } })).Expect(200), (Func<Task>)(async () => (await Admin.PatchAsync(path, new { models = (string[]?)null })).Expect(200))),
        };
        await close();
        var served = await WaitersAsync();
        await open();
        await served();
        Assert.Single((await AccountAsync(other))["leases"]!.AsArray());
    }

    [Fact]
    public async Task Q5_the_end_of_a_cool_down_wakes()
    {
        await AddAccountAsync("key-a", 2);
        var until = _clock.GetUtcNow().AddSeconds(1.5);
        Sim.Script.Next(
            Operation.Chat, new FaultEffect.BaseResp(2056, $"usage limit exceeded, resets at {until:yyyy-MM-ddTHH:mm:ss.fffZ}"));
        (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "x" } } }, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002);
        var served = await WaitersAsync();
        await served();
        Assert.True(_clock.GetUtcNow() >= until);
        Assert.True(Sim.Ledger.Requests(Operation.VideoSubmit)[0].ReceivedAt >= until.AddMilliseconds(-5));
    }

    [Fact]
    public async Task Q5_the_roll_over_of_the_day_wakes()
    {
        // Berlin's midnight is 23:00 UTC in winter.
        _clock.Show(new DateTimeOffset(2027, 3, 10, 22, 59, 56, TimeSpan.Zero));
        Gateway["Gateway:Prices:platform/chat"] = "1";
        await Gateway.RestartAsync();
        var id = await AddAccountAsync("key-a", 3, ("dailyCredits", 31), ("timeZone", "Europe/Berlin"));
        var first = await SubmitVideoAsync("first");
        await WaitForAsync(first, "running");
        Sim.FinishAllTasks();
        await EndAsync(first);
        (await ChatAsync("last credit")).Expect(200);
        var before = (await AccountAsync(id))["credits"]!;
        Assert.Equal("2027-03-10", before["day"]!.ToString());
        Assert.Equal(new DateTimeOffset(2027, 3, 10, 23, 0, 0, TimeSpan.Zero), before["resetsAt"]!.GetValue<DateTimeOffset>());

        var served = await WaitersAsync();
        await served();

        Assert.True(_clock.GetUtcNow() >= new DateTimeOffset(2027, 3, 10, 23, 0, 0, TimeSpan.Zero));
        await SlotsAsync(id, 1);
        var after = (await AccountAsync(id))["credits"]!;
        Assert.Equal(("2027-03-11", 1, 30), (after["day"]!.ToString(), after["used"]!.GetValue<int>(), after["reserved"]!.GetValue<int>()));
    }

    [Fact]
    public async Task C2_a_job_that_runs_over_midnight_is_charged_to_the_day_it_was_reserved_on()
    {
        _clock.Show(new DateTimeOffset(2027, 3, 10, 23, 59, 57, TimeSpan.Zero));
        await Gateway.RestartAsync();
        var id = await AddAccountAsync("key-a", 3, ("dailyCredits", 30));
        var job = await SubmitVideoAsync();
        await WaitForAsync(job, "running");
        Assert.Equal(("2027-03-10", 30), await DayAsync(id));
        var next = await SubmitVideoAsync("of the next day");
        await WaitForAsync(next, "running");
        Assert.Equal(("2027-03-11", 30), await DayAsync(id));

        Sim.FinishTask(Sim.Ledger.Tasks()[0].TaskId);
        Assert.Equal(30, (await EndAsync(job))["credits"]!["charged"]!.GetValue<int>());
        Assert.Equal(0, (await AccountAsync(id))["credits"]!["used"]!.GetValue<int>());
        Assert.Equal(("2027-03-11", 30), await DayAsync(id));

        async Task<(string, int)> DayAsync(string account)
        {
            var credits = (await AccountAsync(account))["credits"]!;
            return (credits["day"]!.ToString(), credits["reserved"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Q4_a_slot_whose_release_is_on_its_way_is_found_before_anybody_is_refused()
    {
        await AddAccountAsync("key-a");
        for (var call = 0; call < 100; call++)
            (await Admin.PostAsync("/v1/text/chatcompletion_v2", new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = $"{call}" } } }, ("Gateway-Queue", "off"))).Expect(200);
        Assert.Equal(1, Sim.Ledger.Key("key-a").MaxConcurrentChats);
    }

    [Fact]
    public async Task J6_a_job_that_waits_too_long_expires()
    {
        _clock.Show(Noon);
        Gateway["Gateway:ChoresEvery"] = "00:00:00.050";
        Gateway["Gateway:NodeLease"] = "2.00:00:00";
        Gateway["Gateway:Limits:video:LongestRun"] = "2.00:00:00";
        await Gateway.RestartAsync();
        await AddAccountAsync("key-a");
        await WaitForAsync(await SubmitVideoAsync("blocker"), "running");
        var id = await SubmitVideoAsync("patient");
        _clock.Advance(TimeSpan.FromHours(23.9));
        Assert.Equal("queued", (await Admin.GetAsync($"/v1/jobs/{id}?wait=1")).Text("status"));
        _clock.Advance(TimeSpan.FromHours(0.2));
        var expired = await EndAsync(id);
        Assert.Equal(("expired", 0), (expired.Text("status"), expired["credits"]!["reserved"]!.GetValue<int>()));
    }
}
