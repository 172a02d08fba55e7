using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Api.Submitting;
using Gateway.Api.Surfaces.Jobs.Content;
using Gateway.Api.Views;
using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Queueing;

namespace Gateway.Api.Surfaces.Jobs;

/// <summary>The gateway's own job API.</summary>
internal static class JobsApi
{
    private const int MostListed = 200;
    private const int LongestPoll = 60;

    // Whoever plays or fetches a file may ask for its length first.
    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").ForCallers(ProblemDialect.Instance).WithTags("Jobs");
        jobs.MapPost("", SubmitAsync).Takes("dryRun").WithName("SubmitJob");
        jobs.MapPost("/batch", JobBatches.SubmitAsync).WithName("SubmitJobs");
        jobs.MapGet("", ListAsync).Takes(JobFilterReader.Parameters).WithName("ListJobs");
        jobs.MapGet("/{id}", GetAsync).Takes("wait", "after").WithName("GetJob");
        jobs.MapPost("/cancel", BulkCancelApi.CancelOwnAsync).WithName("CancelJobs");
        jobs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelJob");
        jobs.MapGet("/{id}/explain", ExplainAsync).WithName("ExplainJob");
        jobs.MapGet("/{id}/result", ResultAsync).WithName("GetJobResult");
        jobs.MapMethods("/{id}/content", GetOrHead, FirstContentAsync).WithName("GetJobContent");
        jobs.MapMethods("/{id}/content/{n:int:min(0)}", GetOrHead, ContentAsync).WithName("GetJobContentPart");
        jobs.MapGet("/{id}/events", EventsAsync).Takes("after").WithName("StreamJobEvents");
        jobs.MapGet("/{id}/stream", StreamAsync).Takes("offset").WithName("StreamJobAnswer");
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext context, Caller caller, JobSubmits submits, JobDryRuns dryRuns, BodyLimitOptions bodies,
        CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(bodies.Own, cancellationToken);
        return IsDryRun(context.Request)
            ? await dryRuns.RunAsync(caller, JobSubmits.Read(context, caller, body, headers).Draft, cancellationToken)
            : (await submits.SubmitAsync(context, caller, body, headers, cancellationToken)).ToResult();
    }

    private static bool IsDryRun(HttpRequest request) => request.Query["dryRun"].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw new ApiException(ApiError.Field("dryRun", "must be 'true' or 'false'")),
    };

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, Caller caller, IQueryStore queries, JobsMapping mapping, JobWaiter waiter,
        CancellationToken cancellationToken)
    {
        var faults = new FieldFaults();
        var wait = faults.Try(() => Query(context, "wait", 0, LongestPoll));
        var after = faults.Try(() => Query(context, "after", 0, long.MaxValue));
        faults.ThrowIfAny();
        var job = await FindAsync(id, caller, queries, cancellationToken);
        if (wait is { } seconds) job = await waiter.WaitAsync(job, after, TimeSpan.FromSeconds(seconds), cancellationToken);
        return Results.Json(await mapping.ViewAsync(job, caller, cancellationToken), JobsJson.Own.JobView);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, Caller caller, IQueryStore queries, RouterGrain router, JobsMapping mapping,
        CancellationToken cancellationToken)
    {
        var filter = JobFilterReader.Read(context.Request.Query, caller, MostListed);
        if (filter.Account is { } named) filter = filter with { Account = router.Resolve(named) };
        // One more than asked for tells whether there is a next page.
        var jobs = await queries.JobsAsync(filter with { Limit = filter.Limit + 1 }, cancellationToken);
        var page = await mapping.ListAsync([.. jobs.Take(filter.Limit)], caller, cancellationToken);
        return Results.Json(new JobsPage(page, jobs.Count > filter.Limit ? page[^1].Id : null), JobsJson.Own.JobsPage);
    }

    private static async Task<IResult> CancelAsync(
        string id, Caller caller, IQueryStore queries, Canceller canceller, JobsMapping mapping, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, queries, cancellationToken);
        var cancelled = await canceller.CancelAsync(job, cancellationToken) ?? job;
        return Results.Json(await mapping.ViewAsync(cancelled, caller, cancellationToken), JobsJson.Own.JobView);
    }

    private static async Task<IResult> ResultAsync(
        string id, HttpContext context, Caller caller, IQueryStore queries, IBodyStore bodies, IStreamStore streams,
        CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, queries, cancellationToken);
        if (job.Result is not { } result)
            throw new ApiException(
                new ApiError(409, "job_not_succeeded", $"The job is {job.Status.Name}; only a job that succeeded has a result."));
        if (result.IsStream) return new StreamedContent(streams, job);
        context.Response.BeForeign();
        return await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes
            ? Results.Bytes(bytes, result.ContentType)
            : throw new ApiException(new ApiError(404, "result_gone", "The result is no longer kept."));
    }

    private static async Task<IResult> ExplainAsync(
        string id, Caller caller, IQueryStore queries, JobExplanations explanations, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, queries, cancellationToken);
        return Results.Json(await explanations.ExplainAsync(job, caller, cancellationToken), ExplainJson.Own.ExplainView);
    }

    private static Task<IResult> FirstContentAsync(
        string id, HttpContext context, Caller caller, IQueryStore queries, JobContent content, CancellationToken cancellationToken) =>
        ContentAsync(id, 0, context, caller, queries, content, cancellationToken);

    private static async Task<IResult> ContentAsync(
        string id, int n, HttpContext context, Caller caller, IQueryStore queries, JobContent content,
        CancellationToken cancellationToken) =>
        await content.OpenAsync(await FindAsync(id, caller, queries, cancellationToken), n, context.Request, cancellationToken);

    private static async Task<IResult> EventsAsync(
        string id, HttpContext context, Caller caller, IQueryStore queries, JobEventStream stream, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, queries, cancellationToken);
        return stream.Open(job, caller, JobEventStream.LastEventId(context.Request));
    }

    private static async Task<IResult> StreamAsync(
        string id, HttpContext context, Caller caller, IQueryStore queries, JobStream stream, CancellationToken cancellationToken)
    {
        var job = await FindAsync(id, caller, queries, cancellationToken);
        return await stream.OpenAsync(job, caller, JobStream.LastByte(context.Request), cancellationToken);
    }

    private static async Task<JobState> FindAsync(string id, Caller caller, IQueryStore queries, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken)
            ?? throw new ApiException(
                new ApiError(404, "job_not_found", "There is no such job.", [new FieldError("id", "must be the id of a job of yours")]));

    private static long? Query(HttpContext context, string name, long least, long most)
    {
        if (!context.Request.Query.TryGetValue(name, out var values)) return null;
        return long.TryParse(values, System.Globalization.NumberStyles.None, null, out var value) && value >= least && value <= most
            ? value
            : throw new ApiException(
                ApiError.Field(
                    name, most == long.MaxValue ? "must be a whole number from 0" : $"must be a whole number from {least} to {most}"));
    }
}
