using Gateway.Engine.Upstreams;
using Gateway.Model.Ids;
using Gateway.Model.Jobs;

namespace Gateway.Silo.Content;

/// <summary>Copies the assets of one job, those that are not copied yet, one after the other.</summary>
internal sealed partial class AssetCopier(
    JobAssets assets, ResultCopies copies, ResultRoom room, ResultOptions options, ILogger<AssetCopier> logger)
{
    private const int Chunk = 64 * 1024;
    private const int LongestType = 200;

    public async Task<CopyOutcome> CopyAsync(JobState job, CancellationToken cancellationToken)
    {
        var there = await copies.NumbersAsync(job.Id, cancellationToken);
        for (var n = 0; ; n++)
            if (!there.Contains(n) && await CopyAsync(job, n, cancellationToken) is { } end) return end;
    }

    // Null to go on with the next one.
    private async Task<CopyOutcome?> CopyAsync(JobState job, int n, CancellationToken cancellationToken)
    {
        switch (await assets.OpenAsync(job, n, [], cancellationToken))
        {
            case OpenedAsset.NoSuch:
                return new CopyOutcome.Done();
            case OpenedAsset.Gone:
                return new CopyOutcome.Gone();
            case OpenedAsset.Held held:
                using (var bytes = new MemoryStream(held.Bytes, writable: false))
                    return await KeepAsync(
                        job.Id,
                        n,
                        new Source(held.ContentType, held.Bytes.Length, buffer => bytes.ReadAsync(buffer, cancellationToken)),
                        cancellationToken);
            case OpenedAsset.Streamed { Exchange: var exchange }:
                using (exchange)
                    return exchange.Status != StatusCodes.Status200OK
                        ? new CopyOutcome.Trouble($"the upstream's storage answered {exchange.Status}")
                        : await KeepAsync(
                            job.Id,
                            n,
                            new Source(TypeOf(exchange), exchange.Response.Content.Headers.ContentLength ?? 0, exchange.ReadAsync),
                            cancellationToken);
            default:
                return new CopyOutcome.Trouble("the upstream gave no useful answer");
        }
    }

    private async Task<CopyOutcome?> KeepAsync(JobId job, int n, Source source, CancellationToken cancellationToken)
    {
        if (source.Length > options.MaxFileBytes) return TooLarge(job, n);
        if (!await room.HasAsync(source.Length, cancellationToken))
            return new CopyOutcome.Trouble($"the copies take up the {options.MaxBytes} bytes of Gateway:Results:MaxBytes", IsOurs: true);
        try
        {
            await using var file = copies.Begin(job, n);
            if (!await WriteAsync(file, source, cancellationToken)) return TooLarge(job, n);
            await copies.KeepAsync(file, source.ContentType, cancellationToken);
            room.Take(file.Bytes);
            return null;
        }
        catch (ResultDirectoryException failure)
        {
            return new CopyOutcome.Trouble(failure.Message, IsOurs: true);
        }
    }

    /// <summary>False when it turned out too large.</summary>
    private async Task<bool> WriteAsync(IncomingFile file, Source source, CancellationToken cancellationToken)
    {
        var buffer = new byte[Chunk];
        while (await source.ReadAsync(buffer) is var read and > 0)
        {
            if (file.Bytes + read > options.MaxFileBytes) return false;
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return true;
    }

    private CopyOutcome? TooLarge(JobId job, int n)
    {
        LogTooLarge(n, job, options.MaxFileBytes);
        return null;
    }

    private static string TypeOf(UpstreamExchange exchange) =>
        exchange.PassableType is { Length: <= LongestType } type ? type : "application/octet-stream";

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Asset {N} of job {Job} is larger than Gateway:Results:MaxFileBytes ({Most}) and is not copied.")]
    private partial void LogTooLarge(int n, JobId job, long most);

    /// <summary>Where the bytes of an asset come from; a length of 0 is not known.</summary>
    private sealed record Source(string ContentType, long Length, Func<Memory<byte>, ValueTask<int>> ReadAsync);
}
