using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Views;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Jobs;
using Gateway.Model.Operations;
using Gateway.Silo.Content;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>Native queries: the job in MiniMax's words; its result, with links that work, once it has one.</summary>
internal sealed class TaskQueries(IQueryStore queries, IBodyStore bodies, FreshAnswers answers)
{
    /// <summary>The query of a task API that names the task in its query string.</summary>
    public static Delegate Of(TaskApi api)
    {
        var task = NativeTask.Of(api).Single();
        return async (HttpContext context, Caller caller, TaskQueries queries, CancellationToken cancellationToken) =>
            await queries.FindAsync(task, context.Request.Query["task_id"], caller, cancellationToken) is { } job
                ? Results.Bytes(await queries.DescribeAsync(task, job, cancellationToken), "application/json")
                : throw new ApiException(NativeErrors.UnknownTask);
    }

    /// <summary>The task, or null when it is unknown, another team's, or of another API.</summary>
    public async Task<JobState?> FindAsync(NativeTask task, string? id, Caller caller, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken) is { } job && task.Has(job) ? job : null;

    public async Task<byte[]> DescribeAsync(NativeTask task, JobState job, CancellationToken cancellationToken)
    {
        if (job.Result is null) return task.Words.Status(job);
        // A link of an earlier answer may have expired; where the upstream cannot be asked, it is still better than none.
        if (task.Words.HasFreshLinks
            && FreshAnswers.CanAsk(job)
            && await answers.AskAsync(job, cancellationToken) is FreshAnswer.Told fresh)
            return fresh.Body;
        return await bodies.ReadAsync(job.Id, BodyPart.Result, job.Result, cancellationToken)
            ?? task.Words.Status(job);
    }
}
