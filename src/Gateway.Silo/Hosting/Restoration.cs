using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Silo.Hosting;

/// <summary>
/// S3: a copy of the data may be older than what happened. Taking it up makes every job that had not ended unknown, before
/// anything else runs; without being told so, a start refuses a marked copy. It may be killed at any step and run again.
/// </summary>
internal sealed class Restoration(GatewayEngine engine, StoreOptions options, NodeLeaseOptions lease, JobOptions jobs)
{
    private const int PageSize = 500;
    private static readonly JobStatus[] NotEnded = [JobStatus.Queued, JobStatus.Submitting, JobStatus.Running];

    private readonly IGatewayStore _store = engine.Store;

    /// <summary>Takes up the copy this start was told of. Answers how many jobs became unknown; null when it was told of none.</summary>
    /// <exception cref="GatewaySetupException">It is a copy and this start was not told, or another node lives on it.</exception>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.Restored) return await TakeUpAsync(cancellationToken);
            if (await _store.Copies.FindMarkAsync(cancellationToken) is not { } mark) return null;
            throw new GatewaySetupException(
                $"This data is {mark}. Start it once with --restored to take it up: jobs that had not ended become 'unknown', because " +
                    $"they may have been sent since.");
        }
        catch
        {
            await _store.Nodes.LeaveAsync(engine.Node.Incarnation, CancellationToken.None);
            throw;
        }
    }

    private async Task<int> TakeUpAsync(CancellationToken cancellationToken)
    {
        // The mark first, the look second: a node that starts meanwhile is seen here, or sees the mark.
        var isFirst = await _store.Copies.MarkAsync("a copy whose restore was begun and not ended", cancellationToken);
        await RefuseOthersAsync(isFirst, cancellationToken);
        await _store.Copies.LeapAsync(cancellationToken);
        var jobs = await LoseSightOfAllAsync(cancellationToken);
        await _store.Copies.UnmarkAsync(cancellationToken);
        return jobs;
    }

    // A mark that was there is a backup's, or of a restore that has begun: it stays.
    private async Task RefuseOthersAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var others = await SoleNode.CountOthersAsync(_store.Nodes, engine.Node.Incarnation, lease.NodeLease, cancellationToken);
        if (others == 0) return;
        if (isFirst) await _store.Copies.UnmarkAsync(cancellationToken);
        throw new GatewaySetupException(
            $"--restored needs the data for itself, and {others} other {(others == 1 ? "node lives" : "nodes live")} on it: stop all, " +
                $"wait {lease.NodeLease.TotalSeconds:0} s, and start one with --restored.");
    }

    private async Task<int> LoseSightOfAllAsync(CancellationToken cancellationToken)
    {
        await using var turns = _store.OpenTurnStore(engine.Node);
        var runner = new BatchRunner(
            turns, engine.Node, new BatchOptions(), TimeProvider.System, NullLogger<BatchRunner>.Instance, LockPlan.WaitForAll);
        var jobs = 0;
        foreach (var status in NotEnded)
            while (
                await _store.Queries.JobsAsync(
                    new JobFilter(null, status, null, null, null, PageSize), cancellationToken) is { Count: > 0 } page)
                jobs += await LoseSightAsync(runner, page, cancellationToken);

        await RunAsync(runner, [new AuditTurn("operator", "data.restored", "jobs", $"{jobs} became unknown")], cancellationToken);
        return jobs;
    }

    private async Task<int> LoseSightAsync(BatchRunner runner, IReadOnlyList<JobState> page, CancellationToken cancellationToken)
    {
        var moved = await RunAsync(runner, [.. page.Select(job => new RestoreJobTurn(job.Id, jobs.MaxQueueAge))], cancellationToken);
        return moved.Count(done => done);
    }

    // Batches one after the other: nobody else asks for turns yet.
    private static async Task<bool[]> RunAsync(BatchRunner runner, IReadOnlyList<Turn<bool>> turns, CancellationToken cancellationToken)
    {
        var answers = Task.WhenAll(turns.Select(turn => runner.RunAsync(turn, cancellationToken)));
        while (runner.Waiting > 0) await runner.RunBatchAsync(cancellationToken);
        return await answers;
    }
}
