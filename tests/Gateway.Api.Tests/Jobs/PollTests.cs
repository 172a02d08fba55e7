using Gateway.Api.Tests.Support;
using Gateway.Api.Tests.Vendor;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Jobs;

/// <summary>Polls of a host that hangs: they end, and nobody else waits for them.</summary>
public sealed class PollTests : GatewayTest
{
    private readonly LeapingClock _clock;

    public PollTests()
        : this(new LeapingClock())
    {
    }

    private PollTests(LeapingClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private protected override void Configure()
    {
        Gateway["Gateway:NodeLease"] = "10:00:00"; // a leap is no sign of a dead node here
        Gateway["Gateway:Follow:MaxPolls"] = "8";
    }

    private async Task<string> SubmitAsync(string account)
    {
        var job = (
            await Admin.PostAsync(
                "/v1/jobs",
                new
                {
                    kind = "video",
                    account,
                    request = new { model = "MiniMax-Hailuo-02", prompt = "a calm sea" },
                })).Expect(202).Text("id");
        await WaitForAsync(job, "running");
        return job;
    }

    [Fact]
    public async Task H9_a_host_that_hangs_does_not_delay_a_healthy_ones_video()
    {
        await using var hangs = await MiniMaxSimulator.StartAsync(Upstream, Patience);
        var sick = await AddAccountAsync("key-a", 10, ("url", hangs.BaseUrl.ToString()));
        var well = await AddAccountAsync("key-b");
        using var held = hangs.Hold(Operation.VideoQuery);
        for (var i = 0; i < 10; i++) await SubmitAsync(sick);
        await EventuallyAsync(() => Task.FromResult(held.Waiting == 4));

        var job = await SubmitAsync(well);
        Sim.FinishAllTasks();

        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
        Assert.Equal(4, held.Waiting); // and not because they had ended
    }

    [Fact]
    public async Task H9_a_poll_is_given_up_after_ten_seconds_and_asked_again()
    {
        var account = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.VideoQuery);
        var job = await SubmitAsync(account);
        await Sim.WaitForAsync(Operation.VideoQuery, 1, Patience);

        _clock.Leap(TimeSpan.FromSeconds(10));

        await Sim.WaitForAbortedAsync(1, Patience);
        await Sim.WaitForAsync(Operation.VideoQuery, 2, Patience);
        held.Release();
        Sim.FinishAllTasks();
        Assert.Equal("succeeded", (await EndAsync(job)).Text("status"));
    }

    [Fact]
    public async Task H9_a_poll_under_way_is_cut_at_the_hard_end()
    {
        Gateway["Gateway:Follow:PollTimeout"] = "10:00:00";
        await Gateway.RestartAsync();
        var account = await AddAccountAsync("key-a");
        using var held = Sim.Hold(Operation.VideoQuery);
        var job = await SubmitAsync(account);
        await Sim.WaitForAsync(Operation.VideoQuery, 1, Patience);

        _clock.Leap(TimeSpan.FromMinutes(45));

        await Sim.WaitForAbortedAsync(1, Patience);
        Assert.Equal("failed", (await EndAsync(job)).Text("status"));
        await SlotsAsync(account, 0);
        Assert.Equal(1, Sim.Ledger.Count(Operation.VideoQuery));
    }
}
