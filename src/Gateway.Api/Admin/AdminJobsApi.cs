using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces;
using Gateway.Api.Surfaces.Jobs;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Silo.Following;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Admin;

/// <summary>What an operator decides about single jobs (J4): each action is audited and answers with the job.</summary>
internal static class AdminJobsApi
{
    private const int LargestBody = 64 * 1024;

    /// <summary>The longest task id a driver accepts.</summary>
    private const int LongestTaskId = 128;

    public static void MapAdminJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/admin/jobs").ForAdmins(ProblemDialect.Instance).WithTags("Admin");
        jobs.MapPost("/cancel", BulkCancelApi.CancelAnyAsync).WithName("AdminCancelJobs");
        jobs.MapPost("/{id}/adopt", AdoptAsync).WithName("AdminAdoptJob");
        jobs.MapPost("/{id}/fail", (string id, Caller caller, JobActions actions, CancellationToken cancellationToken) =>
            actions.RunAsync(id, caller, "queued or unknown", (job, jobs) => jobs.FailAsync(job.Id, caller.Name, cancellationToken), cancellationToken)).WithName("AdminFailJob");
        jobs.MapPost("/{id}/resubmit", (string id, Caller caller, JobActions actions, CancellationToken cancellationToken) =>
            actions.RunAsync(id, caller, "unknown", (job, jobs) => jobs.ResubmitAsync(job.Id, caller.Name, cancellationToken), cancellationToken)).WithName("AdminResubmitJob");
        jobs.MapPost("/{id}/redrive", (string id, Caller caller, JobActions actions, CancellationToken cancellationToken) => actions.RedriveAsync(id, caller, cancellationToken)).WithName("AdminRedriveJob");
    }

    private static async Task<IResult> AdoptAsync(string id, HttpContext context, Caller caller, JobActions actions, CancellationToken cancellationToken)
    {
        string? task = null;
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        foreach (var field in JsonObjectReader.Fields(body))
            task = field.Name == "taskId" ? field.Text(body, LongestTaskId) : throw new ApiException(ApiError.Field(field.Name, "is no field here; the field is taskId"));
        return await actions.AdoptAsync(id, task ?? throw new ApiException(ApiError.Field("taskId", "must be the upstream's id of the task")), caller, cancellationToken);
    }
}

/// <summary>The actions behind the admin's job routes.</summary>
internal sealed class JobActions(JobGrain jobs, IQueryStore queries, JobsMapping mapping, Redrives redrives, RouterGrain router, Follower follower, LiveOperations live, Gateway.Grains.Turns.NodeIdentity node)
{
    public async Task<IResult> RunAsync(string id, Caller caller, string allowed, Func<JobState, JobGrain, Task<OperatorResult>> act, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, cancellationToken);
        var result = await act(job, jobs);
        if (!result.IsDone) throw Wrong(result.Job ?? job, allowed);
        return await AnswerAsync(result.Job!, caller, StatusCodes.Status200OK, cancellationToken);
    }

    public Task<IResult> AdoptAsync(string id, string task, Caller caller, CancellationToken cancellationToken) => RunAsync(id, caller, "unknown and still have its slot", async (job, grain) =>
    {
        if (job.Account is not { } account) return new OperatorResult(job, IsDone: false);
        var result = await grain.AdoptAsync(job.Id, account, task, caller.Name, cancellationToken);
        // A lease of another node is resumed by its keeper.
        if (result.IsDone && router.Find(account)?.FindLease(result.Job!.Lease!.Value) is { } lease && lease.Owner == node.Incarnation && !live.Contains(lease.Id))
            follower.Resume(account, lease with { TaskId = task });
        return result;
    }, cancellationToken);

    public async Task<IResult> RedriveAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        var old = await FindAsync(id, caller, cancellationToken);
        if (old.Status is not (JobStatus.Failed or JobStatus.Expired or JobStatus.Cancelled)) throw Wrong(old, "failed, expired or cancelled");
        var submission = await redrives.RunAsync(old, cancellationToken)
            ?? throw new ApiException(new ApiError(409, "request_gone", "The request of the job is no longer kept.", [new FieldError("id", "must be the id of a job whose request is kept")]));
        if (submission is not JobSubmission.Accepted accepted) throw new ApiException(IdempotentAnswers.Explain(submission));

        await jobs.AuditAsync(caller.Name, "job.redrive", old.Id.ToString(), $"as {accepted.Job.Id}", cancellationToken);
        return await AnswerAsync(accepted.Job, caller, StatusCodes.Status202Accepted, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(JobState job, Caller caller, int status, CancellationToken cancellationToken) =>
        Results.Json(await mapping.ViewAsync(job, caller, cancellationToken), JobsJson.Own.JobView, statusCode: status);

    private async Task<JobState> FindAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken)
            ?? throw new ApiException(new ApiError(404, "job_not_found", "There is no such job.", [new FieldError("id", "must be the id of a job")]));

    private static ApiException Wrong(JobState job, string allowed) =>
        new(new ApiError(409, "job_status", $"The job is {job.Status.Name}.", [new FieldError("id", $"must be a job that is {allowed}")]));
}
