using System.Text.Json.Nodes;
using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Routing;

/// <summary>Q7 against an upstream that counts for itself: simulator and gateway read the same clock.</summary>
public sealed class PaceTests : GatewayTest
{
    private const string Image = "/v1/image_generation";

    private static readonly DateTimeOffset Start = new(2027, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly object Picture = new { model = "image-01", prompt = "a lamp" };

    private readonly ShiftedClock _clock;

    public PaceTests()
        : this(new ShiftedClock())
    {
    }

    private PaceTests(ShiftedClock clock)
        : base(new SqliteData(), clock) => _clock = clock;

    private protected override SimulatorOptions Upstream => base.Upstream with { TimeProvider = _clock };

    private protected override void Configure()
    {
        _clock.Show(Start);
        Gateway["Gateway:PaceOff"] = "false";
        Gateway["Gateway:NodeLease"] = "2.00:00:00"; // the clock jumps
        Gateway["Gateway:Dispatch:LookEvery"] = "00:00:01"; // and no timer sees it jump
    }

    private async Task RestartAsync(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) Gateway[name] = value;
        await Gateway.RestartAsync();
    }

    private Task<Answer[]> DrawAsync(int times, int wait) =>
        Task.WhenAll(
            Enumerable.Range(0, times).Select(
                n =>
                    Admin.PostAsync(
                        Image, new { model = "image-01", prompt = $"lamp {n} at {_clock.GetUtcNow():O}" }, ("Prefer", $"wait={wait}"))));

    private async Task<JsonNode> PaceAsync(string account, string family) =>
        (await AccountAsync(account))["pace"]!.AsArray().Single(pace => pace!["family"]!.ToString() == family)!;

    [Fact]
    public async Task Q7_at_the_vendors_own_pace_the_vendor_refuses_nobody()
    {
        await RestartAsync(("Gateway:Pace:platform/image:Rpm", "8"));
        Sim.SetKey("key-a", new KeySettings { Rpm = 8 });
        var account = await AddAccountAsync("key-a", 10);

        var calls = DrawAsync(24, wait: 25);
        for (var minute = 1; minute <= 3; minute++)
        {
            await Sim.WaitForAsync(Operation.Image, 8 * minute, Patience);
            await SlotsAsync(account, 0);
            Assert.Equal(8, (await PaceAsync(account, "image"))["usedRpm"]!.GetValue<int>());
            _clock.Advance(TimeSpan.FromSeconds(66));
        }

        Assert.All(await calls, answer => Assert.Equal(0, answer.Expect(200).BaseResp));
        Assert.Equal(24, Sim.Ledger.Count(Operation.Image)); // a refused one would have been sent again
        Assert.Equal("ok", (await AccountAsync(account))["health"]!["state"]!.ToString());
    }

    [Fact]
    public async Task Q7_a_pace_above_the_vendors_is_learned_from_its_refusals_and_the_account_is_not_punished()
    {
        await RestartAsync(("Gateway:Pace:platform/image:Rpm", "100"));
        Sim.SetKey("key-a", new KeySettings { Rpm = 4 });
        var account = await AddAccountAsync("key-a", 10);

        List<int> refused = [];
        for (var minute = 0; minute < 2; minute++)
        {
            var (sent, served) = (Sim.Ledger.Count(Operation.Image), Sim.Ledger.Key("key-a").AcceptedCalls);
            var answers = await DrawAsync(10, wait: 0);
            Assert.All(answers, answer => Assert.True(answer.Status == 200 || answer.BaseResp == 1002, answer.Body));
            refused.Add(Sim.Ledger.Count(Operation.Image) - sent - (Sim.Ledger.Key("key-a").AcceptedCalls - served));
            await SlotsAsync(account, 0);
            if (minute == 0)
            {
                var pace = await PaceAsync(account, "image");
                Assert.InRange(pace["learnedRpm"]!.GetValue<int>(), 3, 5);
                Assert.Equal((100, true), (pace["rpm"]!.GetValue<int>(), pace["until"]!.GetValue<DateTimeOffset>() > _clock.GetUtcNow()));
                (await Admin.PostAsync("/v1/t2a_v2", new { model = "speech-2.8-turbo", text = "others go on", voice_setting = new { voice_id = "English_Graceful_Lady" } })).Expect(200);
            }

            _clock.Advance(TimeSpan.FromSeconds(66));
        }

        Assert.True(refused[0] >= 1 && refused[1] <= 1 && refused[1] < refused[0], $"refusals per minute: {string.Join(", ", refused)}");
        var health = (await AccountAsync(account))["health"]!;
        Assert.Equal(("ok", 0), (health["state"]!.ToString(), health["blocked"]!.AsArray().Count));
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(100, (await PaceAsync(account, "image"))["learnedRpm"]!.GetValue<int>());
    }

    [Fact]
    public async Task Q7_a_reset_forgets_what_was_learned()
    {
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Image, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));
        (await Admin.PostAsync(Image, Picture, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002, "at the vendor's pace");
        await SlotsAsync(account, 0);
        Assert.Equal(1, (await PaceAsync(account, "image"))["learnedRpm"]!.GetValue<int>());

        var reset = (await Admin.PostAsync($"/v1/admin/accounts/{account}/reset")).Expect(200);

        var pace = reset["pace"]!.AsArray().Single()!;
        Assert.Equal((10, 1, null), (pace["learnedRpm"]!.GetValue<int>(), pace["usedRpm"]!.GetValue<int>(), pace["until"]));
        (await Admin.PostAsync(Image, Picture, ("Prefer", "wait=0"))).Expect(200);
    }

    // One alone in each run: nothing else that happens may wake it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Q5_the_next_instant_of_a_pace_wakes_whoever_waits(bool isJob)
    {
        await RestartAsync(("Gateway:Pace:platform/chat-m2:Rpm", "1"), ("Gateway:Pace:platform/video-v1:Rpm", "1"));
        var start = Start.AddHours(1); // at the beginning of a bucket: it leaves 65 s later
        _clock.Show(start);
        var account = await AddAccountAsync("key-a", 10);
        await WaitForAsync(await SubmitVideoAsync("first"), "running");
        (await ChatAsync()).Expect(200);
        await SlotsAsync(account, 1);
        _clock.Advance(start.AddSeconds(63) - _clock.GetUtcNow());

        if (isJob)
        {
            var job = await SubmitVideoAsync("waits");
            Assert.Equal("queued", (await JobAsync(job)).Text("status"));
            await WaitForAsync(job, "running");
        }
        else
        {
            (await ChatAsync()).Expect(200);
        }

        var sent = Sim.Ledger.Requests(isJob ? Operation.VideoSubmit : Operation.Chat);
        Assert.True(sent[1].ReceivedAt >= start.AddSeconds(65), $"{sent[1].ReceivedAt:O}");
    }

    [Fact]
    public async Task Q7_without_pacing_the_vendors_refusal_rests_the_account()
    {
        await RestartAsync(("Gateway:PaceOff", "true"));
        var account = await AddAccountAsync("key-a");
        Sim.Script.Next(Operation.Image, new FaultEffect.BaseResp(1002, "rate limit exceeded(RPM)"));

        (await Admin.PostAsync(Image, Picture, ("Prefer", "wait=0"))).ExpectBaseResp(429, 1002);

        await SlotsAsync(account, 0);
        var shown = await AccountAsync(account);
        Assert.Equal(("cooling", 0), (shown["health"]!["state"]!.ToString(), shown["pace"]!.AsArray().Count));
    }

    private Task<Answer> ChatAsync() =>
        Admin.PostAsync(
            "/v1/text/chatcompletion_v2",
            new { model = "MiniMax-M2", messages = new[] { new { role = "user", content = "hi" } } },
            ("Prefer", "wait=20"));
}
