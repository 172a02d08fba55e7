using Gateway.Cluster.Tests.Chaos;
using Gateway.Cluster.Tests.Cluster;

namespace Gateway.Cluster.Tests.Rounds;

/// <summary>One round: a healthy cluster, load, harm amid it, quiet, judgement. Its seed tells scenario, victim and load.</summary>
internal sealed class ChaosRound(TestCluster cluster, Population population, IChaosScenario scenario, int seed)
{
    // Promises do not depend on promptness: a loaded machine may take longer than the 20 s a round should.
    private static readonly TimeSpan TimeToSubmit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TimeToSettle = TimeSpan.FromSeconds(30);

    private readonly Random _dice = new(seed);

    public async Task<RoundReport> RunAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        await cluster.HealAsync();
        var allowances = await population.GrantAsync();
        cluster.Simulator.Ledger.Reset();

        // Names are of this run: a seed may come again on the same cluster.
        var plan = LoadPlan.Roll(_dice, $"seed {seed}, after {population.Earlier.Count} jobs", scenario.LoadFor);
        var load = new MixedLoad(population, plan);
        await scenario.PrepareAsync(cluster, _dice);
        var watching = await UnderHarmAsync(load);

        var judge = new Judge(cluster.Store.Queries, cluster.Simulator.Ledger.Snapshot(), load.Jobs, population.MaxJobs)
        {
            Earlier = population.Earlier,
            Cancelled = load.Cancelled,
            Allowances = allowances,
        };
        var violations = await judge.JudgeAsync();
        population.Earlier.UnionWith(load.Jobs.Values);
        return new RoundReport(
            seed, scenario.Name, load.Jobs.Count, plan.Calls.Count, judge.FailedUnknown, TimeProvider.System.GetElapsedTime(started),
            [.. violations, .. watching, .. Others(load)]);
    }

    private async Task<IReadOnlyList<Violation>> UnderHarmAsync(MixedLoad load)
    {
        var head = await cluster.Store.Feed.HeadAsync(CancellationToken.None);
        var feed = new EventWatcher(population.Admin, "/v1/events", head.ToString());
        using var end = new CancellationTokenSource();
        Task[] attending = [feed.FollowAsync(end.Token), cluster.SuperviseAsync(end.Token)];
        try
        {
            await Task.WhenAll(
                WithinAsync(scenario.LoadFor + TimeToSubmit, patience => load.RunAsync(patience, end.Token)),
                scenario.StrikeAsync(cluster, _dice));
            await WithinAsync(TimeToSettle, SettleAsync);
            await WithinAsync(TimeToSubmit, load.SubmitAgainAsync);
            return await new WatchJudge(cluster.Store.Queries).JudgeAsync([.. load.Jobs.Values], load.Watched, feed);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(attending);
        }
    }

    private IEnumerable<Violation> Others(MixedLoad load) =>
        load.Troubles.Concat(population.TakeWrong()).Concat(cluster.TakeCrashes()).Select(what => new Violation(Promise.Sound, what));

    private static async Task WithinAsync(TimeSpan time, Func<CancellationToken, Task> work)
    {
        using var patience = new CancellationTokenSource(time, TimeProvider.System);
        await work(patience.Token);
    }

    // Until every job has ended and every slot is free; what has not by then is the judge's to find.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && !await IsQuietAsync())
            await Task.Delay(
                TimeSpan.FromMilliseconds(100), TimeProvider.System,
                cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> IsQuietAsync()
    {
        var queries = cluster.Store.Queries;
        var unfinished = await queries.CountsAsync(CancellationToken.None);
        var accounts = await queries.AccountsAsync(CancellationToken.None);
        return unfinished.Sum(count => count.Count) == 0 && accounts.All(account => account.Leases.IsEmpty);
    }
}
