using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Grains.Upstreams.Platform.Tasks;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>What the second video API offers beside submits: a query by path, a list, and deletion (specs 5.4).</summary>
internal static class VideoV2Api
{
    private static readonly NativeTask[] Tasks = [NativeTask.VideoV2, NativeTask.VideoContext, NativeTask.VideoRegeneration];

    /// <summary>MiniMax forgets a task then.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    public static async Task<IResult> QueryAsync(string task_id, Caller caller, TaskQueries queries, CancellationToken cancellationToken)
    {
        var (task, job) = await FindAsync(task_id, caller, queries, cancellationToken);
        return Results.Bytes(await queries.DescribeAsync(task, job, cancellationToken), "application/json");
    }

    public static async Task<IResult> ListAsync(HttpContext context, Caller caller, IQueryStore queries, IBodyStore bodies, TimeProvider time, CancellationToken cancellationToken)
    {
        var page = V2ListQuery.Read(context.Request.Query);
        var oldest = JobIdSource.FirstAt(time.GetUtcNow() - Memory);
        List<JobState> found = [];
        var filter = new JobFilter(caller.IsAdmin ? null : caller.Team, Status: null, JobKind.Video, Account: null, Before: null, V2ListQuery.MostLooked);
        foreach (var job in await queries.JobsAsync(filter, cancellationToken))
            if (job.Id.CompareTo(oldest) >= 0 && Array.Exists(Tasks, task => task.Has(job)) && page.Wants(job)) found.Add(job);

        JsonArray items = [];
        foreach (var job in found.Skip(page.Skip).Take(page.Size)) items.Add(await ItemAsync(job, bodies, cancellationToken));
        return Results.Json(new JsonObject { ["items"] = items, ["total"] = found.Count });
    }

    /// <summary>Queued: cancelled, free of charge. Ended: its record is deleted. Running: refused, as there.</summary>
    public static async Task<IResult> DeleteAsync(
        string task_id, Caller caller, TaskQueries queries, JobGrain jobs, RouterGrain router, Credentials credentials, PlatformReads reads, CancellationToken cancellationToken)
    {
        var (_, job) = await FindAsync(task_id, caller, queries, cancellationToken);
        switch (job.Status)
        {
            case JobStatus.Queued when await jobs.CancelAsync(job.Id, cancellationToken) is { Status: JobStatus.Cancelled } cancelled:
                return Deleted(cancelled, "cancelled");
            case JobStatus.Running when await TakeBackAsync(job):
                return Deleted(job with { Status = JobStatus.Cancelled }, "cancelled");
            case JobStatus.Succeeded or JobStatus.Failed or JobStatus.Expired:
                await AskAsync(job);
                await jobs.ForgetAsync(job.Id);
                return Deleted(job, "deleted");
            default:
                throw new ApiException(NativeErrors.Invalid("task_id", $"task is {V2Task.StatusOf(job)}"));
        }

        async Task<bool> TakeBackAsync(JobState running)
        {
            if (await AskAsync(running) is not { Trouble: null } answer) throw new ApiException(NativeAnswers.Unavailable);
            if (answer.Error is not null) return false;
            // Evidence, from whoever brings it (J2); without the lease at hand the next poll brings it.
            if (running is { Lease: { } id, Account: { } account } && router.Find(account)?.FindLease(id) is { } lease)
                await jobs.EndAttemptAsync(running.Id, account, lease, new AttemptEnd.TakenBack());
            return true;
        }

        async Task<ReadAnswer?> AskAsync(JobState asked)
        {
            if (asked is not { TaskId: { } task, Account: { } id } || router.Find(id) is not { } account || credentials.For(account) is not { } target) return null;
            return await reads.AskAsync(target, HttpMethod.Delete, PlatformTasks.Of(asked.Kind, asked.Operation)!.CancelPath(task)!, content: null, cancellationToken);
        }
    }

    private static async Task<(NativeTask Task, JobState Job)> FindAsync(string id, Caller caller, TaskQueries queries, CancellationToken cancellationToken)
    {
        foreach (var task in Tasks)
            if (await queries.FindAsync(task, id, caller, cancellationToken) is { } job) return (task, job);
        throw new ApiException(NativeErrors.UnknownTask);
    }

    private static async Task<JsonNode?> ItemAsync(JobState job, IBodyStore bodies, CancellationToken cancellationToken)
    {
        if (job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes)
            return JsonNode.Parse(bytes)?["task"]?.DeepClone();
        return JsonSerializer.SerializeToNode(V2Task.Of(job), TaskAnswersJson.Default.V2Task);
    }

    private static IResult Deleted(JobState job, string action) =>
        Results.Json(new V2Deleted(job.Id.ToString(), action, V2Task.StatusOf(job)), NativeTasksJson.Default.V2Deleted);
}
