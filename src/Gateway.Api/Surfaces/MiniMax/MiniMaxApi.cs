using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Push;
using Gateway.Grains.Accounts;
using Gateway.Grains.Hosting;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Silo;

namespace Gateway.Api.Surfaces.MiniMax;

/// <summary>MiniMax's own API on MiniMax's own paths: calls (<see cref="NativeCalls"/>), video as a job, files as reads.</summary>
internal static class MiniMaxApi
{
    public static void MapMiniMax(this IEndpointRouteBuilder routes)
    {
        var native = routes.MapGroup("").ForCallers(MiniMaxDialect.Instance).WithTags("MiniMax");
        foreach (var call in NativeCalls.All)
        {
            native.MapPost(call.Path, (HttpContext context, Caller caller, CallRelay relay, GatewayOptions options, CancellationToken cancellationToken) =>
                CallAsync(call, context, caller, relay, options, cancellationToken)).WithName(call.Name);
        }

        native.MapPost(PlatformPaths.VideoGeneration, SubmitVideoAsync).WithName("NativeVideoSubmit");
        native.MapGet(PlatformPaths.QueryVideo, QueryVideoAsync).WithName("NativeVideoQuery");
        native.MapGet(PlatformPaths.RetrieveFile, RetrieveFileAsync).WithName("NativeFileRetrieve");
    }

    private static async Task CallAsync(NativeCall call, HttpContext context, Caller caller, CallRelay relay, GatewayOptions options, CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        // Ignoring it would bill a repeated request twice while its sender feels safe; /v1/jobs honours it.
        if (headers.Key is not null && call.Kind != JobKind.Chat) throw new ApiException(ApiError.NotBuilt("Idempotency-Key", "Idempotency-Key on a paid call (POST /v1/jobs has it)"));

        var body = await context.Request.ReadBodyAsync(options.Bodies.Native, cancellationToken);
        var request = NativeRequest.Read(body);
        await relay.RunAsync(context, call.Path, new Work(call.Kind, ModelOf(request), Units: request.UnitsOf(call.Kind)), body, headers);
    }

    private static async Task<IResult> SubmitVideoAsync(
        HttpContext context, Caller caller, JobQueue queue, IdempotentAnswers answers, JobWaiter waiter, RouterGrain router, GatewayOptions options, CancellationToken cancellationToken)
    {
        var headers = SubmitHeaders.Read(context.Request, caller);
        var body = await context.Request.ReadBodyAsync(options.Bodies.Native, cancellationToken);
        var request = NativeRequest.Read(body);
        if (request.HasCallback) throw new ApiException(ApiError.NotBuilt("callback_url", "'callback_url'"));

        var work = new Work(JobKind.Video, ModelOf(request));
        var spec = new JobSpec(caller.Team, work, body, Priority: 5, headers.MayQueue, headers.Key, SubmitHeaders.Fingerprint(context.Request, body));
        return (await answers.RunAsync(
            headers.Key,
            () => queue.SubmitAsync(spec, cancellationToken),
            async accepted => MiniMaxMapping.Created(await VerdictAsync(accepted)),
            job => Task.FromResult(MiniMaxMapping.Created(job)),
            context)).ToResult();

        // With a free slot the upstream's verdict is the answer, else the queued task (J11).
        async Task<JobState> VerdictAsync(JobSubmission.Accepted accepted) => accepted.IsBeingSent || router.CanServeNow(work)
            ? await waiter.WaitAsync(accepted.Job, HasVerdict, KindLimits.FirstByte, cancellationToken)
            : accepted.Job;
    }

    private static async Task<IResult> QueryVideoAsync(HttpContext context, Caller caller, IQueryStore queries, IBodyStore bodies, CancellationToken cancellationToken)
    {
        if (await queries.FindVisibleAsync(context.Request.Query["task_id"], caller, cancellationToken) is not { Kind: JobKind.Video } job)
            return Results.Json(MiniMaxMapping.UnknownTask, MiniMaxJson.Default.BaseRespAnswer);
        if (job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes)
            return Results.Bytes(bytes, "application/json");
        return Results.Json(MiniMaxMapping.Status(job), MiniMaxJson.Default.TaskStatus);
    }

    private static async Task<IResult> RetrieveFileAsync(
        HttpContext context, Caller caller, IQueryStore queries, RouterGrain router, Credentials credentials, PlatformReads reads, CancellationToken cancellationToken)
    {
        if (await queries.FindVisibleAsync(context.Request.Query["file_id"], caller, cancellationToken) is not { FileId: { } fileId, Account: { } account } job ||
            router.Find(account) is not { } owner || credentials.For(owner) is not { } target)
            return Results.Json(MiniMaxMapping.UnknownFile, MiniMaxJson.Default.BaseRespAnswer);

        var answer = await reads.GetAsync(target, $"{PlatformPaths.RetrieveFile}?file_id={Uri.EscapeDataString(fileId)}", cancellationToken);
        if (answer.Error is null && MiniMaxMapping.File(answer.Body, job.Id) is { } file) return Results.Bytes(file, "application/json");
        throw new ApiException(Relay(answer.Error));
    }

    // An upstream's trouble is relayed in its code; that the gateway's own credential failed there is not the caller's business.
    private static ApiError Relay(UpstreamError? error) => error is { Class: ErrorClass.Caller or ErrorClass.Moderation }
        ? new ApiError(400, "upstream_refused", error.Message)
        : new ApiError(503, "upstream_unavailable", "The upstream did not answer usefully; try again.", RetryAfter: TimeSpan.FromSeconds(5));

    private static bool HasVerdict(JobState job) => job.Status is not (JobStatus.Queued or JobStatus.Submitting);

    private static string ModelOf(NativeRequest request) => request.Model ?? throw new ApiException(ApiError.Field("model", NativeRequest.ModelRule));
}
