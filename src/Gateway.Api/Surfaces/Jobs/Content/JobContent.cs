using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax;
using Gateway.Api.Surfaces.MiniMax.Affinity;
using Gateway.Api.Surfaces.MiniMax.Tasks;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Turns;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;
using Gateway.Silo.Outbound;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>
/// The asset a job made, streamed through the gateway: a caller needs no account's link, and a link that has expired is
/// asked for anew where the upstream still can.
/// </summary>
internal sealed class JobContent(AssetFinder finder, AccountReads reads, TaskQueries tasks, IBodyStore bodies, IStreamStore streams, RouterGrain router, LinkHttp links)
{
    private static readonly ApiError Gone = new(410, "content_gone", "The upstream no longer keeps what this job made.");

    /// <summary>Opens the nth asset of a job.</summary>
    /// <exception cref="ApiException">It has none, not yet, or no more.</exception>
    public async Task<IResult> OpenAsync(JobState job, int n, Caller caller, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!job.Status.IsTerminal) throw new ApiException(new ApiError(409, "job_not_finished", $"The job is {job.Status.Name}; its content is there at its end."));
        if (job.Result is not { } result) throw new ApiException(new ApiError(409, "job_not_succeeded", $"The job is {job.Status.Name}; only a job that succeeded has content."));

        if (job.IsStreamed) return n == 0 ? new StreamedContent(streams, job) : throw NotAmong(1);
        var sources = PlatformContent.Of(await DescribeAsync(job, result, caller, cancellationToken));
        if (n >= sources.Count) throw NotAmong(sources.Count);
        return sources[n] switch
        {
            ContentSource.Held held => new HeldContent(held),
            ContentSource.Linked linked => await FollowAsync(job, linked.Url, request, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static ApiException NotAmong(int count) =>
        new(new ApiError(404, "content_not_found", count == 0 ? "This job made no asset; read its result." : $"This job made {count}, counted from 0.", [new FieldError("n", "must be below the number of assets")]));

    /// <summary>The upstream's words about the asset, as fresh as they can be had.</summary>
    private async Task<byte[]> DescribeAsync(JobState job, BodyRef result, Caller caller, CancellationToken cancellationToken)
    {
        if (job.FileId is not null) return await DescribeFileAsync(job, caller, cancellationToken);
        if (TaskOf(job.Operation) is { } task) return await tasks.DescribeAsync(task, job, cancellationToken);
        return await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) ?? throw new ApiException(Gone);
    }

    private async Task<byte[]> DescribeFileAsync(JobState job, Caller caller, CancellationToken cancellationToken)
    {
        if (await finder.FileAsync(job.Id.ToString(), caller, cancellationToken) is not { } home) throw new ApiException(Gone);
        var answer = await reads.GetAsync(home.Account, $"{PlatformPaths.RetrieveFile}?file_id={Uri.EscapeDataString(home.UpstreamId)}", cancellationToken);
        return answer.Error is not { } error ? answer.Body
            : throw new ApiException(error.Class == ErrorClass.Caller ? Gone : NativeAnswers.Unavailable);
    }

    private async Task<IResult> FollowAsync(JobState job, Uri link, HttpRequest request, CancellationToken cancellationToken)
    {
        var account = job.Account is { } id ? router.Find(id)?.BaseUrl : null;
        var exchange = await links.OpenAsync(link, account, RangeOf(request), cancellationToken) ?? throw new ApiException(NativeAnswers.Unavailable);
        if (exchange.Status is 200 or 206 or 416) return new LinkedContent(exchange);

        using var useless = exchange;
        throw new ApiException(exchange.Status is 400 or 401 or 403 or 404 or 410 ? Gone : NativeAnswers.Unavailable);
    }

    private static IEnumerable<(string Name, string Value)> RangeOf(HttpRequest request)
    {
        foreach (var name in new[] { "Range", "If-Range" })
            if (request.Headers[name].ToString() is { Length: > 0 } value) yield return (name, value);
    }

    private static NativeTask? TaskOf(WorkOperation operation) => operation switch
    {
        WorkOperation.VideoV2 => NativeTask.VideoV2,
        WorkOperation.VideoContext => NativeTask.VideoContext,
        WorkOperation.VideoRegeneration => NativeTask.VideoRegeneration,
        WorkOperation.VideoTemplate => NativeTask.Template,
        _ => null,
    };
}
