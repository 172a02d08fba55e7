using System.Net.Http.Headers;
using Gateway.Api.Http;
using Gateway.Grains.Accounts;
using Gateway.Grains.Assets;
using Gateway.Grains.Jobs;
using Gateway.Grains.Routing;
using Gateway.Grains.Storage;
using Gateway.Grains.Upstreams;
using Gateway.Grains.Upstreams.Platform;

namespace Gateway.Api.Surfaces.MiniMax.Affinity;

/// <summary>Copies an uploaded file to another account, once: the copy is kept and found again.</summary>
internal sealed class FileCopies(IAssetStore assets, AssetGrain grain, RouterGrain router, Credentials credentials, PlatformReads reads, JobIdSource ids)
{
    /// <summary>The file as <paramref name="target"/> knows it; null when it cannot be brought there.</summary>
    public async Task<string?> OnAsync(AssetHome home, AccountId target, CancellationToken cancellationToken)
    {
        if (home.Account == target) return home.UpstreamId;
        if (home.File is not { } file) return null;
        var copies = await assets.CopiesAsync(file.Id, cancellationToken);
        return copies.FirstOrDefault(copy => copy.Account == target)?.UpstreamId ?? await CopyAsync(file, target, cancellationToken);
    }

    private async Task<string?> CopyAsync(Asset file, AccountId target, CancellationToken cancellationToken)
    {
        if (TargetOf(file.Account) is not { } from || TargetOf(target) is not { } to) return null;
        using var source = await reads.OpenAsync(from, $"{PlatformPaths.FileContent}?file_id={file.UpstreamId}", cancellationToken);
        // What comes as JSON is a refusal; files are binary.
        if (source is not { Status: 200 } || source.ContentType.StartsWith("application/json", StringComparison.Ordinal)) return null;

        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(file.Purpose ?? ""), "purpose");
        var content = new StreamContent(new ExchangeStream(source));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", file.FileName is { Length: > 0 } name ? name : "file");

        var answer = await reads.UploadAsync(to, PlatformPaths.UploadFile, form, cancellationToken);
        if (answer.Error is not null || JsonValues.Text(answer.Body, "file.file_id") is not { Length: > 0 } upstreamId) return null;
        await grain.RegisterAsync(file with { Id = new AssetId(ids.Next().Value), Account = target, UpstreamId = upstreamId, CopyOf = file.Id }, cancellationToken);
        return upstreamId;
    }

    private UpstreamAccount? TargetOf(AccountId id) => router.Find(id) is { } account ? credentials.For(account) : null;

    /// <summary>Reads an exchange as a stream, which lets its idle time-out see every arrival.</summary>
    private sealed class ExchangeStream(CallExchange exchange) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => exchange.ReadAsync(buffer);
    }
}
