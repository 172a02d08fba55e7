using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// V1: a vendor that takes its time is waited for, as long as its kind may run or a setting says; and what may be running is not sent
/// again.
/// </summary>
public abstract class VendorPatienceContract : GatewayTest
{
    private static readonly TimeSpan Song = TimeSpan.FromSeconds(170);
    private static readonly TimeSpan Thought = TimeSpan.FromSeconds(240);

    private readonly LeapingClock _clock;

    private protected VendorPatienceContract(TestData data)
        : this(data, new LeapingClock())
    {
    }

    private VendorPatienceContract(TestData data, LeapingClock clock)
        : base(data, clock) => _clock = clock;

    private protected override void Configure()
    {
        Gateway["Gateway:NodeLease"] = "10:00:00"; // a leap is no sign of a dead node here
        Gateway[VendorWork.PriceOfChat.Name] = VendorWork.PriceOfChat.Value;
    }

    private Task<string> AddAsync(string key) => AddAccountAsync(key, 2, ("dailyCredits", 100_000));

    private async Task LimitAsync(string kind, string limit)
    {
        Gateway[$"Gateway:Limits:{kind}:{limit}"] = "00:00:01";
        await Gateway.RestartAsync();
    }

    private async Task UsedAsync(string account, int credits)
    {
        await SlotsAsync(account, 0);
        var shown = (await AccountAsync(account))["credits"]!;
        Assert.Equal((credits, 0), (shown["used"]!.GetValue<int>(), shown["reserved"]!.GetValue<int>()));
    }

    [Fact]
    public async Task V1_a_call_whose_first_byte_takes_minutes_is_answered_and_sent_once()
    {
        var account = await AddAsync("key-a");
        await AddAsync("key-b");
        (await Admin.PostAsync($"/v1/admin/accounts/{(await Admin.GetAsync("/v1/minimax/accounts")).Json.Select(entry => entry.Key).Single(id => id != account)}/drain")).Expect(200);
        var used = 0;
        foreach (var work in VendorWork.All)
        {
            var before = Sim.Ledger.Count(work.Operation);
            using var held = Sim.Hold(work.Operation);
            var call = Admin.PostAsync(work.Path, work.Body);
            await Sim.WaitForAsync(work.Operation, before + 1, Patience);
            _clock.Leap(Song);
            held.Release();

            (await call).Expect(200);
            Assert.Equal(before + 1, Sim.Ledger.Count(work.Operation));
            await UsedAsync(account, used += work.Price);
        }
    }

    [Fact]
    public async Task V1_a_call_whose_head_comes_at_once_and_whose_answer_takes_minutes_is_answered()
    {
        await AddAsync("key-a");
        foreach (var work in VendorWork.Whole)
        {
            var before = Sim.Ledger.Count(work.Operation);
            Sim.Script.Next(work.Operation, new FaultEffect.Answer(work.OneAnswer, HeadFirst: true));
            using var held = Sim.HoldFrames(work.Operation);
            var call = Admin.PostAsync(work.Path, work.Body);
            await Sim.WaitForAsync(work.Operation, before + 1, Patience);
            await EventuallyAsync(() => Task.FromResult(held.Waiting == 1));
            _clock.Leap(Song);
            held.Release();

            (await call).Expect(200);
            Assert.Equal(before + 1, Sim.Ledger.Count(work.Operation));
        }
    }

    [Fact]
    public async Task V1_a_stream_that_thinks_for_minutes_goes_on_and_its_caller_hears_that_it_lives()
    {
        var account = await AddAsync("key-a");
        foreach (var work in VendorWork.Streamed)
        {
            Sim.Script.Next(work.Operation, Says.Stream(work.Frames));
            using var held = Sim.HoldFrames(work.Operation);
            var opening = Admin.OpenAsync(HttpMethod.Post, work.Path, work.Body);
            await EventuallyAsync(() => Task.FromResult(held.ReleaseNext()));
            using var stream = new SseReader(await opening, Patience);
            Assert.Equal(work.Frames[0], (await stream.NextAsync())!.Data);

            _clock.Leap(Thought);
            await stream.BeginAsync(); // a block that is no event, while the vendor still says nothing
            held.Release();
            Assert.Equal(work.Frames.Skip(1), (await stream.AllAsync()).Select(frame => frame.Data));
            await SlotsAsync(account, 0);
        }
    }

    [Fact]
    public async Task V1_a_job_whose_answer_takes_minutes_succeeds_and_is_sent_once()
    {
        var account = await AddAsync("key-a");
        foreach (var work in VendorWork.Jobs)
        {
            var before = Sim.Ledger.Count(work.Operation);
            using var held = Sim.Hold(work.Operation);
            var id = (await Admin.PostAsync("/v1/jobs", $$"""{"kind":"{{work.Kind}}","request":{{work.Body}}}""")).Expect(202).Text("id");
            await Sim.WaitForAsync(work.Operation, before + 1, Patience);
            _clock.Leap(Song);
            held.Release();

            var job = await EndAsync(id);
            Assert.True(job.Text("status") == "succeeded", $"{work}: {job.Body}");
            Assert.Equal(before + 1, Sim.Ledger.Count(work.Operation));
            await SlotsAsync(account, 0);
        }
    }

    [Fact]
    public async Task V1_a_submit_of_a_task_whose_answer_takes_minutes_is_accepted_once()
    {
        await AddAsync("key-a");
        foreach (var task in VendorTask.All)
        {
            using var held = Sim.Hold(task.Submit);
            var submit = Admin.PostAsync(task.Path, task.Body);
            await Sim.WaitForAsync(task.Submit, 1, Patience);
            _clock.Leap(Song);
            held.Release();
            (await submit).Expect(200);

            var id = (await Admin.GetAsync("/v1/jobs?limit=1")).Json["jobs"]![0]!["id"]!.ToString();
            await WaitForAsync(id, "running");
            Sim.FinishAllTasks();
            Assert.Equal("succeeded", (await EndAsync(id)).Text("status"));
            Assert.Equal(1, Sim.Ledger.Count(task.Submit));
        }
    }

    [Fact]
    public async Task V1_a_chat_without_a_stream_that_stays_silent_to_its_limit_is_not_sent_again()
    {
        await LimitAsync("chat", "FirstByte");
        var accounts = new[] { await AddAsync("key-a"), await AddAsync("key-b") };
        Sim.Script.Always(Operation.Chat, new FaultEffect.Hang(Accepted: true));

        (await Admin.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body)).ExpectBaseResp(503, 1033);

        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
        foreach (var account in accounts) await SlotsAsync(account, 0);
        var used = 0;
        foreach (var account in accounts) used += (await AccountAsync(account))["credits"]!["used"]!.GetValue<int>();
        Assert.Equal(VendorWork.Chat.Price, used);
    }

    [Fact]
    public async Task V1_the_first_byte_of_each_kind_has_its_own_limit()
    {
        foreach (var work in new[] { VendorWork.Music, VendorWork.Speech, VendorWork.Image })
        {
            await LimitAsync(work.Kind!, "FirstByte");
            var account = await AddAsync($"key-{work.Kind}");
            Sim.Script.Next(work.Operation, new FaultEffect.Hang(Accepted: true));

            (await Admin.PostAsync(work.Path, work.Body)).ExpectBaseResp(503, 1033);

            Assert.Equal(1, Sim.Ledger.Count(work.Operation));
            await UsedAsync(account, work.Price);
            (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
        }
    }

    [Fact]
    public async Task V1_a_stream_that_is_silent_beyond_its_limit_breaks_off_and_is_charged()
    {
        await LimitAsync("chat", "Idle");
        var account = await AddAsync("key-a");
        await AddAsync("key-b");
        Sim.Script.Always(Operation.Chat, Says.Stream(VendorWork.ChatStream.Frames));
        using var held = Sim.HoldFrames(Operation.Chat);
        var opening = Admin.OpenAsync(HttpMethod.Post, VendorWork.ChatStream.Path, VendorWork.ChatStream.Body);
        await EventuallyAsync(() => Task.FromResult(held.ReleaseNext()));
        using var stream = new SseReader(await opening, Patience);
        Assert.NotNull(await stream.NextAsync());

        await EndOfAsync(stream);

        await Sim.WaitForAbortedAsync(1, Patience);
        Assert.Equal(1, Sim.Ledger.Count(Operation.Chat));
        await SlotsAsync(account, 0);
    }

    /// <summary>However it ends: cut off, or with an error's frame.</summary>
    private static async Task EndOfAsync(SseReader stream)
    {
        try
        {
            Assert.All(await stream.AllAsync(), frame => Assert.NotEqual("0", frame.Json["base_resp"]?["status_code"]?.ToString()));
        }
        catch (IOException)
        {
            // Cut off.
        }
    }
}

public sealed class SqliteVendorPatience() : VendorPatienceContract(new SqliteData());

public sealed class PostgresVendorPatience() : VendorPatienceContract(new PostgresData());
