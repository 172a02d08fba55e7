using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;

namespace Gateway.Silo;

/// <summary>
/// Hands queued jobs to accounts with capacity. It claims from lanes that can be served now, so a full lane blocks no other
/// and a claim costs the same however many jobs wait. It proposes; the dispatch turn decides (Q1).
/// </summary>
internal sealed partial class Dispatcher(
    IQueryStore queries,
    JobGrain jobs,
    RouterGrain router,
    LiveOperations live,
    Submitter submitter,
    SlotSignal signal,
    Backlog backlog,
    DispatchOptions options,
    NodeLife life,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>Heads looked at per lane and pass: as many turns as make a good batch.</summary>
    private const int MostHeads = 64;

    protected override async Task ExecuteAsync(CancellationToken stopped)
    {
        // At the first word of a stop, not after the last stream has ended: what would be sent meanwhile may be cut.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stopped, host.ApplicationStopping);
        var stoppingToken = stopping.Token;
        signal.Listen(backlog.Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunPassesAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // A lost database, mostly: the next wake or the next look tries again.
                LogPassFailed(failure);
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, stoppingToken);
                backlog.Wake();
            }
        }
    }

    private async Task RunPassesAsync(CancellationToken stoppingToken)
    {
        foreach (var lane in await queries.LanesAsync(stoppingToken)) backlog.Add(lane);
        while (true)
        {
            while (await PassAsync(stoppingToken))
            {
                // As long as something moved, something more may.
            }

            if (await backlog.WaitAsync(options.LookEvery, time, stoppingToken)) continue;

            // The safety net: what another node queued or changed without a hint reaching this one.
            await router.RefreshAsync(stoppingToken);
            foreach (var lane in await queries.LanesAsync(stoppingToken)) backlog.Add(lane);
        }
    }

    /// <summary>One look at all lanes that can be served. True when a job was dispatched.</summary>
    private async Task<bool> PassAsync(CancellationToken stoppingToken)
    {
        if (!life.IsProven) return false;
        List<JobState> heads = [];
        var failed = false;
        foreach (var lane in backlog.Lanes())
        {
            var work = Work.FromLane(lane);
            if (IsOrphan(work)) failed |= await FailLaneAsync(lane, stoppingToken);
            else if (router.CanServeNow(work)) heads.AddRange(await TakeHeadsAsync(lane, stoppingToken));
        }

        // Across lanes: priority, then age.
        heads.Sort(static (left, right) => left.Priority != right.Priority ? right.Priority.CompareTo(left.Priority) : left.Id.CompareTo(right.Id));
        return await DispatchAsync(heads) || failed;
    }

    // The lane leaves the set before the look, so that a job that arrives meanwhile puts it back.
    private async Task<IReadOnlyList<JobState>> TakeHeadsAsync(string lane, CancellationToken stoppingToken)
    {
        backlog.Remove(lane);
        var heads = await queries.LaneHeadsAsync(lane, MostHeads, stoppingToken);
        if (heads.Count > 0) backlog.Add(lane);
        return heads;
    }

    // Picks happen in order as the calls start; their turns then share a batch.
    private async Task<bool> DispatchAsync(List<JobState> heads)
    {
        HashSet<string> full = [];
        List<Task<bool>> dispatches = [];
        foreach (var job in heads)
        {
            if (full.Contains(job.Lane)) continue;
            if (router.CanServeNow(job.Work)) dispatches.Add(DispatchAsync(job));
            else full.Add(job.Lane);
        }

        var moved = await Task.WhenAll(dispatches);
        return moved.Contains(true);
    }

    private async Task<bool> DispatchAsync(JobState job)
    {
        var moved = false;
        var request = new RouteRequest(job.Work, job.Id, job.Attempt + 1) { Avoid = job.Refusals.Select(refusal => refusal.Account).ToHashSet() };
        await router.TryRouteAsync(request, async (account, lease) =>
        {
            var (refusal, dispatched) = await DispatchAsync(job, account, lease);
            moved |= dispatched;
            return refusal;
        });
        return moved;
    }

    private async Task<(Refusal? Refusal, bool Moved)> DispatchAsync(JobState job, AccountState account, LeaseRequest request)
    {
        live.Enter(request.Id);
        try
        {
            var result = await jobs.DispatchAsync(job.Id, account.Id, request);
            if (result.Lease is { } lease)
            {
                submitter.Start(result.Job!, lease, account);
                return (null, true);
            }

            live.Leave(request.Id);
            return (result.Refusal, false);
        }
        catch
        {
            live.Leave(request.Id);
            throw;
        }
    }

    private bool IsOrphan(Work work) => work.Pinned is { } pinned && router.Find(pinned) is not { Deleted: false };

    private async Task<bool> FailLaneAsync(string lane, CancellationToken stoppingToken)
    {
        var heads = await TakeHeadsAsync(lane, stoppingToken);
        await Task.WhenAll(heads.Select(job => jobs.FailQueuedAsync(job.Id, new JobError("account_deleted", "The account this job was pinned to was deleted."))));
        return heads.Count > 0;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A dispatch pass failed.")]
    private partial void LogPassFailed(Exception failure);
}

/// <summary>Settings of the dispatcher (<c>Gateway:Dispatch</c>).</summary>
internal sealed class DispatchOptions
{
    /// <summary>How often the store is looked at without a hint. Default 2 s; null switches it off (tests do).</summary>
    public TimeSpan? LookEvery { get; set; } = TimeSpan.FromSeconds(2);
}
