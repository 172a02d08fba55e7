using Gateway.Engine.Notifiers;
using Gateway.Engine.Storage;
using Gateway.Engine.Teams;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Accounts;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>
/// Hands free slots to what waits: queued jobs and this node's waiting calls, in one order (Q2, Q3). It claims from lanes that
/// can be served now, so a full lane blocks no other and a claim costs the same however many jobs wait. It proposes;
/// the dispatch turn decides (Q1). With <c>Gateway:Role</c> api it serves calls alone.
/// </summary>
internal sealed partial class Dispatcher(
    IQueryStore queries,
    JobGrain jobs,
    RouterGrain router,
    LiveOperations live,
    Submitter submitter,
    SlotNotifier signal,
    Backlog backlog,
    QueueOrder order,
    QueuePauses pauses,
    QueueHolds holds,
    TeamLimitsView teams,
    CallAdmission gate,
    RoleOptions role,
    NodeLife life,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>Heads looked at per queue and pass: as many turns as make a good batch.</summary>
    private const int MostHeads = 64;

    /// <summary>After a head was found in another node's hands; its batch takes milliseconds.</summary>
    private static readonly TimeSpan LookForHeld = TimeSpan.FromMilliseconds(50);

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
        if (role.TakesJobs) backlog.Add(await queries.QueuesAsync(stoppingToken));
        while (true)
        {
            while (await PassAsync(stoppingToken))
            {
                // As long as something moved, something more may.
            }

            await backlog.WaitAsync(time, stoppingToken);
        }
    }

    /// <summary>One look at all that can be served. True when something was.</summary>
    private async Task<bool> PassAsync(CancellationToken stoppingToken)
    {
        if (!life.IsProven || !backlog.IsWaiting) return false;
        await router.RefreshStaleAsync(stoppingToken);
        List<QueueKey> open = [];
        Aside aside = new([], []);
        var failed = false;
        foreach (var lane in role.TakesJobs ? backlog.Queues().GroupBy(queue => queue.Lane) : [])
        {
            var work = Work.FromLane(lane.Key);
            if (work.Pinned is { } pinned && await router.IsGoneAsync(pinned, stoppingToken)) failed |= await FailLaneAsync([.. lane], stoppingToken);
            else if (pauses.Find(lane.Key) is null && router.CanServeNow(work)) open.AddRange(lane.Where(queue => IsOpen(queue, work)));
        }

        var waiting = new WaitingQueues(await TakeHeadsAsync(open, stoppingToken), [.. backlog.Calls().Where(call => teams.WhyClosed(call.Team) is null)]);
        return await ServeAsync(waiting, aside, stoppingToken) || failed;

        bool IsOpen(QueueKey queue, Work work)
        {
            if (teams.WhyClosed(queue.Team) is not null) return false;
            if (!router.WaitsForShare(work, queue.Team)) return true;
            aside.Jobs.Add(queue);
            return false;
        }
    }

    /// <summary>Queues whose heads wait for something of their own, so that they hold back nobody.</summary>
    private readonly record struct Aside(HashSet<QueueKey> Jobs, HashSet<QueueKey> Calls)
    {
        public HashSet<QueueKey> Of(Head head) => head.Call is null ? Jobs : Calls;
    }

    // The queues leave the set before the look, so that a job that arrives meanwhile puts its own back.
    private async Task<IReadOnlyList<JobState>> TakeHeadsAsync(IReadOnlyCollection<QueueKey> queues, CancellationToken stoppingToken)
    {
        if (queues.Count == 0) return [];
        backlog.Remove(queues);
        try
        {
            var heads = await queries.HeadsAsync(queues, Math.Max(1, router.FreeSlots(MostHeads)), stoppingToken);
            backlog.Add(heads.Select(QueueKey.Of));
            return heads;
        }
        catch
        {
            backlog.Add(queues);
            throw;
        }
    }

    // Picks happen in order as the calls start; their turns then share a batch.
    private async Task<bool> ServeAsync(WaitingQueues waiting, Aside aside, CancellationToken stoppingToken)
    {
        var pass = order.Begin(time.GetUtcNow());
        List<Task<bool>> served = [];
        while (waiting.Next(pass, head => router.HoldsShare(head.Work, head.Team) is not null) is { } next)
        {
            if (!router.CanServeNow(next.Request))
            {
                if (next.Call is { Request.Except.Count: > 0 }) waiting.Take(next); // accounts it has tried may be free for those behind it
                else if (!router.IsOpenFor(next.OfAnybody)) waiting.DropLike(next);
                else if (!router.IsOpenFor(next.OfTeam)) aside.Of(next).UnionWith(waiting.DropOfTeam(next));
                else StandAside(next);
                continue;
            }

            waiting.Take(next);
            pass.Pick(next.Queue, next.Work);
            served.Add(next.Call is { } call ? gate.ServeAsync(call, stoppingToken) : DispatchAsync(next.Job!));
        }

        holds.SetAside(aside.Jobs, aside.Calls);
        var moved = await Task.WhenAll(served);
        return moved.Contains(true);

        // What is about this job alone must not hold up its lane, nor the teams behind it.
        void StandAside(Head head)
        {
            waiting.Take(head);
            aside.Of(head).Add(head.Queue);
        }
    }

    private async Task<bool> DispatchAsync(JobState job)
    {
        var moved = false;
        var request = new RouteRequest(job.Work, job.Id, job.Attempt + 1) { Team = job.Team, Avoid = job.Refusals.Select(refusal => refusal.Account).ToHashSet() };
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
                submitter.Start(result.Job!, lease, result.Account!);
                return (null, true);
            }

            live.Leave(request.Id);
            if (result is { Job: null, Refusal: null }) signal.WakeAt(time.GetUtcNow() + LookForHeld);
            return (result.Refusal, result is { Job: not null, Refusal: null }); // another node was quicker: there are other heads
        }
        catch
        {
            live.Leave(request.Id);
            throw;
        }
    }

    private async Task<bool> FailLaneAsync(IReadOnlyCollection<QueueKey> queues, CancellationToken stoppingToken)
    {
        var heads = await TakeHeadsAsync(queues, stoppingToken);
        await Task.WhenAll(heads.Select(job => jobs.FailQueuedAsync(job.Id, new JobError("account_deleted", "The account this job was pinned to was deleted."))));
        return heads.Count > 0;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A dispatch pass failed.")]
    private partial void LogPassFailed(Exception failure);
}
