using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.Jobs;

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
            actions.RunAsync(
                id, caller, "queued or unknown", (job, jobs) => jobs.FailAsync(job.Id, caller.Name, cancellationToken),
                cancellationToken)).WithName("AdminFailJob");
        jobs.MapPost("/{id}/resubmit", (string id, Caller caller, JobActions actions, CancellationToken cancellationToken) =>
            actions.RunAsync(
                id,
                caller,
                "unknown",
                (job, jobs) => jobs.ResubmitAsync(job.Id, caller.Name, cancellationToken),
                cancellationToken)).WithName("AdminResubmitJob");
        jobs.MapPost(
            "/{id}/redrive",
            (string id, Caller caller, JobActions actions, CancellationToken cancellationToken) =>
                actions.RedriveAsync(id, caller, cancellationToken)).WithName("AdminRedriveJob");
    }

    private static async Task<IResult> AdoptAsync(
        string id, HttpContext context, Caller caller, JobActions actions, CancellationToken cancellationToken)
    {
        string? task = null;
        var body = await context.Request.ReadBodyAsync(LargestBody, cancellationToken);
        foreach (var field in JsonObjectReader.Fields(body))
            task = field.Name == "taskId"
                ? field.Text(body, LongestTaskId)
                : throw new ApiException(ApiError.Field(field.Name, "is no field here; the field is taskId"));
        return await actions.AdoptAsync(
            id,
            task ?? throw new ApiException(ApiError.Field("taskId", "must be the upstream's id of the task")),
            caller,
            cancellationToken);
    }
}
