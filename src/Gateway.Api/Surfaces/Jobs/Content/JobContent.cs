using Gateway.Api.Http;
using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Answers;
using Gateway.Model.Jobs;
using Gateway.Model.Kinds;
using Gateway.Silo.Content;

namespace Gateway.Api.Surfaces.Jobs.Content;

/// <summary>
/// The asset a job made, streamed through the gateway: a caller needs no account's link. Our own copy where there is one, else
/// what the upstream keeps.
/// </summary>
internal sealed class JobContent(ResultCopies copies, JobAssets assets, IStreamStore streams)
{
    private static readonly ApiError Gone = new(
        410, "content_gone", "The upstream no longer keeps what this job made, or its link has expired and cannot be renewed.");

    /// <summary>Opens the nth asset of a job.</summary>
    /// <exception cref="ApiException">It has none, not yet, or no more.</exception>
    public async Task<IResult> OpenAsync(JobState job, int n, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!job.Status.IsTerminal)
            throw new ApiException(
                new ApiError(409, "job_not_finished", $"The job is {job.Status.Name}; its content is there at its end."));
        if (job.Result is null)
            throw new ApiException(
                new ApiError(409, "job_not_succeeded", $"The job is {job.Status.Name}; only a job that succeeded has content."));
        if (job.IsStreamed) return n == 0 ? new StreamedContent(streams, job) : throw new ApiException(NotFound(1));
        if (await copies.FindAsync(job.Id, n, cancellationToken) is var (copy, file)) return new CopiedContent(copy, file);

        return await assets.OpenAsync(job, n, [.. RangeOf(request)], cancellationToken) switch
        {
            OpenedAsset.Held held => new HeldContent(held),
            OpenedAsset.Streamed streamed => new LinkedContent(streamed.Exchange),
            OpenedAsset.NoSuch none => throw new ApiException(NotFound(none.Count)),
            OpenedAsset.Gone => throw new ApiException(Gone),
            _ => throw new ApiException(ApiError.UpstreamUnavailable),
        };
    }

    private static ApiError NotFound(int count) =>
        new(
            404,
            "content_not_found",
            count == 0 ? "This job made no asset; read its result." : $"This job made {count}, counted from 0.",
            [new FieldError("n", "must be below the number of assets")]);

    private static IEnumerable<(string Name, string Value)> RangeOf(HttpRequest request)
    {
        // A range is of a GET alone (RFC 9110, 14.2).
        if (HttpMethods.IsHead(request.Method)) yield break;
        foreach (var name in new[] { "Range", "If-Range" })
            // one that cannot be sent is none
            if (UpstreamWords.OfNobody.Header(request.Headers[name].ToString()) is { Length: > 0 } value) yield return (name, value);
    }
}
