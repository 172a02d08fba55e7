using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Submitting;
using Gateway.Api.Views;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Polling;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Admin;

/// <summary>The actions behind the admin's job routes.</summary>
internal sealed class JobActions(
    JobGrain jobs, IQueryStore queries, JobsMapping mapping, Redrives redrives, RouterGrain router, TaskPoller poller, LiveOperations live,
    NodeIdentity node)
{
    public async Task<IResult> RunAsync(
        string id, Caller caller, string allowed, Func<JobState, JobGrain, Task<OperatorResult>> act, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, cancellationToken);
        var result = await act(job, jobs);
        if (!result.IsDone) throw Wrong(result.Job ?? job, allowed);
        return await AnswerAsync(result.Job!, caller, StatusCodes.Status200OK, cancellationToken);
    }

    public Task<IResult> AdoptAsync(string id, string task, Caller caller, CancellationToken cancellationToken) =>
        RunAsync(id, caller, "unknown and still have its slot", async (job, grain) =>
    {
        if (job.Account is not { } account) return new OperatorResult(job, IsDone: false);
        var result = await grain.AdoptAsync(job.Id, account, task, caller.Name, cancellationToken);
        // A lease of another node is resumed by the rescuer of that node.
        if (result.IsDone
            && router.Find(account)?.FindLease(result.Job!.Lease!.Value) is { } lease
            && lease.Owner == node.Incarnation
            && !live.Contains(lease.Id))
            poller.Resume(account, lease with { TaskId = task });
        return result;
    }, cancellationToken);

    public async Task<IResult> RedriveAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        var old = await FindAsync(id, caller, cancellationToken);
        if (old.Status is not (JobStatus.Failed or JobStatus.Expired or JobStatus.Cancelled))
            throw Wrong(old, "failed, expired or cancelled");
        var submission = await redrives.RunAsync(old, cancellationToken)
            ?? throw new ApiException(
                new ApiError(
                    409, "request_gone", "The request of the job is no longer kept.",
                    [new FieldError("id", "must be the id of a job whose request is kept")]));
        if (submission is not JobSubmission.Accepted accepted) throw new ApiException(IdempotentAnswers.Explain(submission));

        await jobs.AuditAsync(caller.Name, "job.redrive", old.Id.ToString(), $"as {accepted.Job.Id}", cancellationToken);
        return await AnswerAsync(accepted.Job, caller, StatusCodes.Status202Accepted, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(JobState job, Caller caller, int status, CancellationToken cancellationToken) =>
        Results.Json(await mapping.ViewAsync(job, caller, cancellationToken), JobsJson.Own.JobView, statusCode: status);

    private async Task<JobState> FindAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken)
            ?? throw new ApiException(
                new ApiError(404, "job_not_found", "There is no such job.", [new FieldError("id", "must be the id of a job")]));

    private static ApiException Wrong(JobState job, string allowed) =>
        new(new ApiError(409, "job_status", $"The job is {job.Status.Name}.", [new FieldError("id", $"must be a job that is {allowed}")]));
}
