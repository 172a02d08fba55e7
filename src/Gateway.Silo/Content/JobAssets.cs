using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Grains.Routing;
using Gateway.Model.Jobs;
using Gateway.Model.Native;
using Gateway.Silo.Outbound;

namespace Gateway.Silo.Content;

/// <summary>
/// Opens what jobs made, where the upstream keeps it. A link that has expired is renewed once where the upstream can be asked about
/// what it made: files, templates and the second video API. Pictures, speech and music answered at once leave nothing to ask about.
/// </summary>
internal sealed class JobAssets(FreshLinks links, IBodyStore bodies, RouterGrain router, LinkHttp http)
{
    /// <summary>Opens the nth asset of a job that succeeded.</summary>
    /// <param name="job">Which.</param>
    /// <param name="n">Counted from 0.</param>
    /// <param name="range">The caller's <c>Range</c> and <c>If-Range</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<OpenedAsset> OpenAsync(
        JobState job, int n, IReadOnlyList<(string Name, string Value)> range, CancellationToken cancellationToken)
    {
        if (!FreshAnswers.CanAsk(job))
            return await StoredAsync(job, cancellationToken) is { } stored
                ? await OpenAsync(job, stored, n, range, cancellationToken)
                : new OpenedAsset.Gone();

        var known = await links.OfAsync(job, useless: null, cancellationToken);
        var opened = await OpenAsync(job, known, n, range, cancellationToken);
        return opened is OpenedAsset.Gone && !known.IsGone
            ? await OpenAsync(job, await links.OfAsync(job, useless: known, cancellationToken), n, range, cancellationToken)
            : opened;
    }

    // Where the upstream cannot be asked, a link from the job's end is better than none; what it keeps no more is not behind such a link
    // either.
    private async Task<OpenedAsset> OpenAsync(
        JobState job, JobLinks known, int n, IReadOnlyList<(string Name, string Value)> range, CancellationToken cancellationToken)
    {
        if (known.Assets is { } assets) return await OpenAsync(job, assets, n, range, cancellationToken);
        if (await StoredAsync(job, cancellationToken) is { Count: > 0 } stored
            && await OpenAsync(job, stored, n, range, cancellationToken) is not OpenedAsset.Gone and var opened)
            return opened;
        return known.IsGone ? new OpenedAsset.Gone() : new OpenedAsset.Unavailable();
    }

    private async Task<OpenedAsset> OpenAsync(
        JobState job, IReadOnlyList<ContentSource> assets, int n, IReadOnlyList<(string Name, string Value)> range,
        CancellationToken cancellationToken)
    {
        if (n >= assets.Count) return new OpenedAsset.NoSuch(assets.Count);
        return assets[n] switch
        {
            ContentSource.Held held => new OpenedAsset.Held(held.Bytes, held.ContentType),
            ContentSource.Linked linked => await FollowAsync(job, linked.Url, range, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<OpenedAsset> FollowAsync(
        JobState job, Uri link, IReadOnlyList<(string Name, string Value)> range, CancellationToken cancellationToken)
    {
        var account = job.Account is { } id ? router.Find(id)?.BaseUrl : null;
        if (await http.OpenAsync(link, account, range, cancellationToken) is not { } exchange) return new OpenedAsset.Unavailable();
        if (exchange.Status is 200 or 206 or 416) return new OpenedAsset.Streamed(exchange);

        using var useless = exchange;
        return exchange.Status is 400 or 401 or 403 or 404 or 410 ? new OpenedAsset.Gone() : new OpenedAsset.Unavailable();
    }

    private async Task<IReadOnlyList<ContentSource>?> StoredAsync(JobState job, CancellationToken cancellationToken) =>
        job.Result is { } result && await bodies.ReadAsync(job.Id, BodyPart.Result, result, cancellationToken) is { } bytes
            ? NativeContent.Of(bytes)
            : null;
}
