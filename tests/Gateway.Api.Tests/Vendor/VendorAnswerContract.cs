using System.Text;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// Plays the rows of the tables: what the vendor answers, what is sent, and what must come of it. Rows of one name are played one
/// after the other on one gateway, each with accounts of its own, and all that fail are named.
/// </summary>
public abstract class VendorAnswerContract : GatewayTest
{
    // A row takes tens of milliseconds where it takes what it should. Not the fixture's patience, which is for all rows of a name together.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    { Timeout = Timeout.InfiniteTimeSpan };

    private readonly LeapingClock _clock;

    private protected VendorAnswerContract(TestData data)
        : this(data, new LeapingClock())
    {
    }

    private VendorAnswerContract(TestData data, LeapingClock clock)
        : base(data, clock) => _clock = clock;

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await base.DisposeAsync();
    }

    private protected override void Configure()
    {
        Gateway["Gateway:PaceOff"] = "false"; // a rate limit rests what it is about, not the account
        Gateway["Gateway:Queue:RetryBackOff"] = "00:00:00.050";
        Gateway["Gateway:ChoresEvery"] = "00:00:00.200";
        Gateway[VendorWork.PriceOfChat.Name] = VendorWork.PriceOfChat.Value;
    }

    private protected async Task PlayAsync(IReadOnlyList<VendorRow> rows)
    {
        foreach (var (name, value) in rows[0].Settings) Gateway[name] = value;
        if (rows[0].Settings.Count > 0) await Gateway.RestartAsync();

        var failures = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
            if (await FailureOfAsync(rows[i], i) is { } failure)
                failures.AppendLine().Append(" - ").Append(rows[i].Variation).Append(": ").AppendLine(failure);
        if (failures.Length > 0) Assert.Fail(failures.ToString());
    }

    /// <summary>What is wrong with a row; null when nothing is.</summary>
    private async Task<string?> FailureOfAsync(VendorRow row, int number)
    {
        Sim.Script.Clear();
        Sim.Ledger.Reset();
        using var patience = new CancellationTokenSource(Longest, TimeProvider.System);
        await using var play = new VendorPlay(row, $"key-{number}", Gateway, Sim, _clock, _http, patience.Token);
        try
        {
            await play.RunAsync();
            return null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"nothing more after {Longest.TotalSeconds} s, {play.Waiting}";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.Message; // the other rows of the name are played all the same
        }
    }
}
