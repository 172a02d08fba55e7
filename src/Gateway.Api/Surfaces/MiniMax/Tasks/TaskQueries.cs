using Gateway.Api.Auth;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Grains.Upstreams.Platform.Tasks;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Native queries: the job in MiniMax's words; its result, with links that work, once it has one.</summary>
internal sealed class TaskQueries(IQueryStore queries, IBodyStore bodies, RouterGrain router, Credentials credentials, PlatformReads reads)
{
    /// <summary>The query of a task API of the first kind, which names the task in its query string.</summary>
    public static Delegate Of(NativeTask task) => async (HttpContext context, Caller caller, TaskQueries queries, CancellationToken cancellationToken) =>
        await queries.FindAsync(task, context.Request.Query["task_id"], caller, cancellationToken) is { } job
            ? Results.Bytes(await queries.DescribeAsync(task, job, cancellationToken), "application/json")
            : throw new Http.ApiException(NativeErrors.UnknownTask);

    /// <summary>The task, or null when it is unknown, another team's, or of another API.</summary>
    public async Task<JobState?> FindAsync(NativeTask task, string? id, Caller caller, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken) is { } job && task.Has(job) ? job : null;

    public async Task<byte[]> DescribeAsync(NativeTask task, JobState job, CancellationToken cancellationToken)
    {
        if (job.Result is null) return task.Words.Status(job);
        return (task.Words.HasFreshLinks ? await AskAnewAsync(job, cancellationToken) : null)
            ?? await bodies.ReadAsync(job.Id, BodyPart.Result, job.Result, cancellationToken)
            ?? task.Words.Status(job);
    }

    // A link of an earlier answer may have expired; where the upstream cannot be asked, it is still better than none.
    private async Task<byte[]?> AskAnewAsync(JobState job, CancellationToken cancellationToken)
    {
        if (job is not { TaskId: { } taskId, Account: { } id } || router.Find(id) is not { } account || credentials.For(account) is not { } target) return null;
        if (PlatformTasks.Of(job.Kind, job.Operation) is not { } tasks) return null;
        var answer = await reads.GetAsync(target, tasks.QueryPath(taskId), cancellationToken);
        return answer.Trouble is null && tasks.ReadPoll(job.Id, answer.Status, answer.Body) is PollOutcome.Succeeded fresh ? fresh.Result : null;
    }
}
