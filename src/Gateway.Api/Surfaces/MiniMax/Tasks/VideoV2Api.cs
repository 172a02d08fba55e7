using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Jobs;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Model.Native;
using Gateway.Model.Operations;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.MiniMax.Tasks;

/// <summary>
/// What the second video API offers beside submits: a query by path, a list, and deletion (docs/minimax.md, "Video, second API").
/// </summary>
internal static class VideoV2Api
{
    private static readonly IReadOnlyList<NativeTask> Tasks = NativeTask.Of(TaskApi.VideoV2);

    /// <summary>MiniMax forgets a task then.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    public static async Task<IResult> QueryAsync(string task_id, Caller caller, TaskQueries queries, CancellationToken cancellationToken)
    {
        var (task, job) = await FindAsync(task_id, caller, queries, cancellationToken);
        return Results.Bytes(await queries.DescribeAsync(task, job, cancellationToken), "application/json");
    }

    public static async Task<IResult> ListAsync(
        HttpContext context, Caller caller, IQueryStore queries, IBodyStore bodies, TimeProvider time, CancellationToken cancellationToken)
    {
        var page = V2ListQuery.Read(context.Request.Query);
        var oldest = JobIdSource.FirstAt(time.GetUtcNow() - Memory);
        List<JobState> found = [];
        var filter = new JobFilter(
            caller.IsAdmin ? null : caller.Team, Status: null, JobKind.Video, Account: null, Before: null, V2ListQuery.MostLooked);
        foreach (var job in await queries.JobsAsync(filter, cancellationToken))
            if (job.Id.CompareTo(oldest) >= 0 && Tasks.Any(task => task.Has(job)) && page.Wants(job)) found.Add(job);

        JsonArray items = [];
        foreach (var job in found.Skip(page.Skip).Take(page.Size)) items.Add(await ItemAsync(job, bodies, cancellationToken));
        return Results.Json(new JsonObject { ["items"] = items, ["total"] = found.Count });
    }

    /// <summary>Queued: cancelled, free of charge. Ended: its record is deleted. Running: refused, as there.</summary>
    public static async Task<IResult> DeleteAsync(
        string task_id, Caller caller, TaskQueries queries, JobGrain jobs, Canceller canceller, CancellationToken cancellationToken)
    {
        var (_, job) = await FindAsync(task_id, caller, queries, cancellationToken);
        switch (job.Status)
        {
            case JobStatus.Queued when await jobs.CancelAsync(job.Id, cancellationToken) is { Status: JobStatus.Cancelled } cancelled:
                return Deleted(cancelled, "cancelled");
            case JobStatus.Running when await TakeBackAsync() is { } answer:
                return answer;
            case JobStatus.Succeeded or JobStatus.Failed or JobStatus.Expired:
                await canceller.AskAsync(job, cancellationToken);
                await jobs.ForgetAsync(job.Id);
                return Deleted(job, "deleted");
            default:
                throw new ApiException(NativeErrors.Invalid("task_id", $"task is {V2Task.StatusOf(job)}"));
        }

        async Task<IResult?> TakeBackAsync() => await canceller.TakeBackAsync(job, cancellationToken) switch
        {
            CancelOutcome.Taken => Deleted(job with { Status = JobStatus.Cancelled }, "cancelled"),
            CancelOutcome.Deleted => Deleted(job with { Status = JobStatus.Failed }, "deleted"),
            CancelOutcome.Trouble => throw new ApiException(ApiError.UpstreamUnavailable),
            _ => null,
        };
    }

    private static async Task<(NativeTask Task, JobState Job)> FindAsync(
        string id, Caller caller, TaskQueries queries, CancellationToken cancellationToken)
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
        Results.Json(new V2Deleted(job.Id.ToString(), action, V2Task.StatusOf(job)), NativeTasksJson.Own.V2Deleted);
}
