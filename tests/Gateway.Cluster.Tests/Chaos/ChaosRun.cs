using System.Collections.Concurrent;
using Gateway.Cluster.Tests.Processes;
using Gateway.Model.Ids;
using Gateway.Simulator;

namespace Gateway.Cluster.Tests.Chaos;

/// <summary>
/// Rounds of kill -9 at random moments, while a feeder keeps about 60 jobs running and 40 queued and chats stream. The dice
/// are seeded; what the machine makes of the moments is not.
/// </summary>
internal sealed class ChaosRun(Scenario scenario, int rounds, int seed) : IDisposable
{
    /// <summary>Six accounts of ten slots.</summary>
    private static readonly Dictionary<int, int> VideoAccounts = Enumerable.Range(1, 6).ToDictionary(number => number, _ => 10);

    /// <summary>Chats find a slot here while videos take all others.</summary>
    private const int ChatAccount = 7;

    private const int Outstanding = 100;
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(120);

    private readonly Random _dice = new(seed);
    private readonly ConcurrentDictionary<string, JobId> _jobs = [];
    private readonly ConcurrentBag<Task> _submits = [];
    private readonly SemaphoreSlim _callers = new(24, 24);
    private readonly CancellationTokenSource _feeding = new();
    private readonly List<(int Running, int Queued)> _atKills = [];
    private int _slots;
    private int _named;
    private int _chatsCut;
    private int _kills;

    private Client Client => scenario.Client;

    private MiniMaxSimulator Simulator => scenario.Simulator;

    public static SimulatorOptions SimulatorOptions(int seed) => new()
    {
        Seed = seed,
        MinTaskDuration = TimeSpan.FromSeconds(0.5),
        MaxTaskDuration = TimeSpan.FromSeconds(3),
        Chat = new ChatSettings { BetweenFrames = TimeSpan.FromMilliseconds(40), ContentFrames = 50 },
    };

    public async Task<ChaosReport> RunAsync()
    {
        await scenario.StartAsync();
        foreach (var (number, most) in VideoAccounts) await Client.AddAccountAsync(number, Simulator.BaseUrl, most);
        await Client.AddAccountAsync(ChatAccount, Simulator.BaseUrl, 4, "MiniMax-M2");

        var feeder = FeedAsync();
        var chats = new List<Task>();
        for (var round = 0; round < rounds; round++)
        {
            for (var chat = 0; chat < 3; chat++) chats.Add(ChatAsync($"round {round}, chat {chat}"));
            await RandomMomentAsync();
            await KillAsync();
            await StartAgainAsync();
        }

        await _feeding.CancelAsync();
        await feeder;
        await Task.WhenAll(_submits);
        await Task.WhenAll(chats);
        await WaitForTheEndAsync();
        return await JudgeAsync();
    }

    public void Dispose() => _feeding.Dispose();

    // A job is outstanding from its submit until its task ends at the upstream.
    private async Task FeedAsync()
    {
        while (!_feeding.IsCancellationRequested)
        {
            for (var missing = Outstanding - (_named - Ended()); missing > 0; missing--)
                _submits.Add(SubmitAsync($"seed {seed}, job {++_named}"));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private int Ended() => Simulator.Ledger.Tasks().Count(task => task.Status != "Processing");

    private async Task SubmitAsync(string name)
    {
        await _callers.WaitAsync();
        try
        {
            _jobs[name] = Client.IdOf(await Client.SubmitUntilAcceptedAsync(name));
        }
        finally
        {
            _callers.Release();
        }
    }

    private async Task ChatAsync(string text)
    {
        try
        {
            using var answer = await Client.ChatAsync(text);
            await answer.Content.ReadAsByteArrayAsync();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            Interlocked.Increment(ref _chatsCut);
        }
    }

    // In two rounds of three under full load, else also amid the recovery; some signal, then up to 600 ms.
    private async Task RandomMomentAsync()
    {
        if (_dice.Next(3) > 0) await WaitForLoadAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        try
        {
            var more = _dice.Next(1, 40);
            await (_dice.Next(4) switch
            {
                0 => Simulator.WaitForAcceptedAsync(Simulator.Ledger.Accepted + more, patience.Token),
                1 => Simulator.WaitForAsync(Operation.VideoQuery, Simulator.Ledger.Count(Operation.VideoQuery) + more, patience.Token),
                2 => Simulator.WaitForAsync(Operation.VideoSubmit, Simulator.Ledger.Count(Operation.VideoSubmit) + more, patience.Token),
                _ => Task.CompletedTask,
            });
        }
        catch (OperationCanceledException)
        {
            // The signal did not come: this is a moment too.
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(600)), TimeProvider.System);
    }

    private async Task WaitForLoadAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (Running() < 50 && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(4))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    private int Running() => VideoAccounts.Keys.Sum(number => Simulator.Ledger.Key($"key-{number}").RunningTasks);

    private async Task KillAsync()
    {
        _slots = Math.Max(_slots, Running());
        var tasks = Simulator.Ledger.Tasks();
        _atKills.Add((Running(), _jobs.Count - tasks.Count));
        _kills++;
        await scenario.Gateway.KillAsync();
    }

    // One start in five is killed while it takes up what the life before left behind.
    private async Task StartAgainAsync()
    {
        while (_dice.Next(5) == 0)
        {
            var stillborn = await scenario.LaunchAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(300, 2000)), TimeProvider.System);
            _kills++;
            await stillborn.KillAsync();
        }

        await scenario.StartAsync();
    }

    private async Task WaitForTheEndAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Client.UnfinishedAsync() is var left and > 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeToEnd)
                throw new TimeoutException($"{left} jobs have not ended; seed {seed}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        // The same keys once more: the same jobs, and nothing new.
        await Parallel.ForEachAsync(_jobs, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (entry, cancellationToken) =>
            Assert.Equal(entry.Value.ToString(), await Client.SubmitUntilAcceptedAsync(entry.Key, cancellationToken: cancellationToken)));
        foreach (var number in VideoAccounts.Keys.Append(ChatAccount))
            Assert.True(await Client.LeasesAsync(number) == 0, $"account {number} has leases, seed {seed}");
        await scenario.StopAsync();
    }

    private async Task<ChaosReport> JudgeAsync()
    {
        await using var store = scenario.Database.Open();
        var accounts = new Dictionary<int, int>(VideoAccounts) { [ChatAccount] = 4 };
        var judge = new Judge(store.Queries, Simulator.Ledger.Snapshot(), _jobs, accounts);
        var violations = await judge.JudgeAsync();
        return new ChaosReport
        {
            Rounds = rounds,
            Kills = _kills,
            Jobs = _jobs.Count,
            Succeeded = judge.Succeeded,
            FailedUnknown = judge.FailedUnknown,
            SecondSubmits = judge.SecondSubmits,
            MostAtOnce = judge.MostAtOnce,
            SlotsLeaked = judge.SlotsLeaked,
            ChatsCut = _chatsCut,
            MostRunningAtKill = _slots,
            RunningAtKill = _atKills.Average(kill => kill.Running),
            QueuedAtKill = _atKills.Average(kill => kill.Queued),
            Violations = [.. violations.Select(violation => violation.ToString()), .. Client.Wrong],
        };
    }
}
