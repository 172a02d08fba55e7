using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;

namespace Gateway.Silo.Queueing;

/// <summary>
/// One look at what waits: queued jobs and this node's waiting calls, in one order (Q2, Q3). It claims from lanes that can be served now,
/// so a full lane blocks no other and a claim costs the same however many jobs wait. It proposes; the dispatch turn decides (Q1).
/// </summary>
internal sealed class DispatchPass(
    IQueryStore queries, JobGrain jobs, RouterGrain router, Submitter submitter, WaitingLanes lanes, CallAdmission admission,
    RoleOptions role, NodeLife life)
{
    /// <summary>Heads looked at per queue and pass: as many turns as make a good batch.</summary>
    private const int MostHeads = 64;

    /// <summary>After a head was found in another node's hands; its batch takes milliseconds.</summary>
    private static readonly TimeSpan LookForHeld = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads which queues there are; at start, and after trouble.</summary>
    public async Task FillAsync(CancellationToken stoppingToken)
    {
        if (role.TakesJobs) lanes.Backlog.Add(await queries.QueuesAsync(stoppingToken));
    }

    /// <summary>One look at all that can be served. True when something was.</summary>
    public async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        if (!life.IsProven || !lanes.Backlog.IsWaiting) return false;
        await router.RefreshStaleAsync(stoppingToken);
        List<QueueKey> open = [];
        Aside aside = new([], []);
        var failed = false;
        foreach (var lane in role.TakesJobs ? lanes.Backlog.Queues().GroupBy(queue => queue.Lane) : [])
        {
            var work = Work.FromLane(lane.Key);
            if (work.Pinned is { } pinned && await router.IsGoneAsync(pinned, stoppingToken))
                failed |= await FailLaneAsync([.. lane], stoppingToken);
            else if (lanes.Pauses.Find(lane.Key) is null && router.CanServeNow(work))
                open.AddRange(lane.Where(queue => IsOpen(queue, work)));
        }

        var waiting = new WaitingQueues(
            await TakeHeadsAsync(open, stoppingToken), [.. lanes.Backlog.Calls().Where(call => router.WhyTeamWaits(call.Team) is null)]);
        return await ServeAsync(waiting, aside, stoppingToken) || failed;

        bool IsOpen(QueueKey queue, Work work)
        {
            if (router.WhyTeamWaits(queue.Team) is not null) return false;
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
        lanes.Backlog.Remove(queues);
        try
        {
            var heads = await queries.HeadsAsync(queues, Math.Max(1, router.FreeSlots(MostHeads)), stoppingToken);
            lanes.Backlog.Add(heads.Select(QueueKey.Of));
            return heads;
        }
        catch
        {
            lanes.Backlog.Add(queues);
            throw;
        }
    }

    // Picks happen in order as the calls start; their turns then share a batch.
    private async Task<bool> ServeAsync(WaitingQueues waiting, Aside aside, CancellationToken stoppingToken)
    {
        var pass = lanes.BeginPass();
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
            served.Add(next.Call is { } call ? admission.ServeAsync(call, stoppingToken) : DispatchAsync(next.Job!));
        }

        lanes.Holds.SetAside(aside.Jobs, aside.Calls);
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
        var request = new RouteRequest(job.Work, job.Id, job.Attempt + 1)
        {
            Team = job.Team,
            Avoid = job.Refusals.Select(refusal => refusal.Account).ToHashSet(),
        };
        var walk = router.Walk(request, asksStore: false);
        while (await walk.NextAsync(CancellationToken.None) is { } next)
        {
            using var offer = next;
            var result = await jobs.DispatchAsync(job.Id, offer.Account.Id, offer.Lease);
            if (result.Refusal is { } refusal)
            {
                offer.Refuse(refusal);
                continue;
            }

            if (result.Lease is not { } lease) return IsTakenElsewhere(result);
            offer.Take();
            submitter.Start(result.Job!, lease, result.Account!);
            return true;
        }

        return false;
    }

    // Another node was quicker: there are other heads. Or it holds the job just now: its batch takes milliseconds.
    private bool IsTakenElsewhere(DispatchResult result)
    {
        if (result.Job is null) lanes.WakeAfter(LookForHeld);
        return result.Job is not null;
    }

    private async Task<bool> FailLaneAsync(IReadOnlyCollection<QueueKey> queues, CancellationToken stoppingToken)
    {
        var heads = await TakeHeadsAsync(queues, stoppingToken);
        await Task.WhenAll(
            heads.Select(
                job => jobs.FailQueuedAsync(job.Id, new JobError("account_deleted", "The account this job was pinned to was deleted."))));
        return heads.Count > 0;
    }
}
