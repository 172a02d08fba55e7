using Gateway.Api.Tests.Support;
using Gateway.Api.Tests.Vendor;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Catalog;

/// <summary>An upstream that hangs costs whoever lists models five seconds, once a minute, and others nothing.</summary>
public sealed class ModelPatienceTests : GatewayTest
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly LeapingClock _clock;

    public ModelPatienceTests()
        : this(new LeapingClock())
    {
    }

    private ModelPatienceTests(LeapingClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private protected override void Configure() => Gateway["Gateway:NodeLease"] = "10:00:00"; // a leap is no sign of a dead node here

    [Fact]
    public async Task H13_a_host_that_hangs_is_left_out_after_five_seconds_and_asked_again_after_a_minute()
    {
        await using var hangs = await MiniMaxSimulator.StartAsync(Upstream, Patience);
        using var held = hangs.Hold(Operation.Models);
        var team = await AddTeamAsync("one");
        await AddAccountAsync("key-c");
        (await team.GetAsync("/v1/models")).Expect(200); // kept: the leap must find nobody else half-way
        await AddAccountAsync("key-a", 1, ("url", hangs.BaseUrl.ToString()));
        await AddAccountAsync("key-b", 1, ("url", hangs.BaseUrl.ToString()));

        var first = team.GetAsync("/v1/models");
        var second = Admin.GetAsync("/v1/models");
        await hangs.WaitForAsync(Operation.Models, 1, Patience);
        _clock.Leap(LongestWait);

        foreach (var answer in new[] { await first, await second, await team.GetAsync("/v1/models") })
            Assert.Equal(8, answer.Expect(200)["data"]!.AsArray().Count);
        Assert.Equal((1, 1), (hangs.Ledger.Count(Operation.Models), Sim.Ledger.Count(Operation.Models)));

        _clock.Leap(TimeSpan.FromMinutes(1.1));
        held.Release();
        (await team.GetAsync("/v1/models")).Expect(200);
        Assert.Equal((2, 2), (hangs.Ledger.Count(Operation.Models), Sim.Ledger.Count(Operation.Models)));
    }

    [Fact]
    public async Task H13_that_nobody_answered_is_kept_for_a_minute_and_said_at_once()
    {
        using var held = Sim.Hold(Operation.Models);
        await AddAccountAsync("key-a");
        var first = Admin.GetAsync("/v1/models");
        await Sim.WaitForAsync(Operation.Models, 1, Patience);
        _clock.Leap(LongestWait);

        (await first).ExpectBaseResp(503, 1033);
        (await Admin.GetAsync("/v1/models")).ExpectBaseResp(503, 1033);

        Assert.Equal(1, Sim.Ledger.Count(Operation.Models));
    }
}
