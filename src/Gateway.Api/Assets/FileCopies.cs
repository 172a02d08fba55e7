using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Engine.Jobs;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Assets;
using Gateway.Model.Answers;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Silo.Reads;

namespace Gateway.Api.Assets;

/// <summary>Copies an uploaded file to another account, once: the copy is kept and found again.</summary>
internal sealed class FileCopies(IAssetStore assets, AssetGrain grain, AccountReads reads, JobIdSource ids)
{
    /// <summary>The file as <paramref name="target"/> knows it; null when it cannot be brought there.</summary>
    public async Task<string?> OnAsync(AssetHome home, AccountId target, CancellationToken cancellationToken)
    {
        if (home.Account == target) return home.UpstreamId;
        if (home.File is not { } file) return null;
        var copies = await assets.CopiesAsync(file.Id, cancellationToken);
        return copies.FirstOrDefault(copy => copy.Account == target)?.UpstreamId ?? await CopyAsync(file, target, cancellationToken);
    }

    /// <summary>Deletes a file's copies where they lie. One that cannot be reached stays behind, and nobody can name it.</summary>
    public async Task DeleteAsync(Asset file, CancellationToken cancellationToken)
    {
        foreach (var copy in await assets.CopiesAsync(file.Id, cancellationToken))
        {
            var body = new JsonObject { ["file_id"] = JsonNode.Parse(copy.UpstreamId), ["purpose"] = copy.Purpose };
            await reads.AskAsync(copy.Account, new UpstreamRead.DeleteFile(JsonSerializer.SerializeToUtf8Bytes(body)), cancellationToken);
        }
    }

    private async Task<string?> CopyAsync(Asset file, AccountId target, CancellationToken cancellationToken)
    {
        var opened = await reads.OpenAsync(file.Account, file.UpstreamId, cancellationToken);
        if (opened.Content is not { } source) return IsGone(opened.Instead!) ? null : throw new ApiException(ApiError.UpstreamUnavailable);
        using var owned = source;

        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(file.Purpose ?? ""), "purpose");
        var content = new StreamContent(new ContentStream(source));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", NameOf(file));

        var answer = await reads.UploadAsync(target, form, cancellationToken);
        if (answer.Error is not null || JsonValues.Text(answer.Body, "file.file_id") is not { Length: > 0 } upstreamId)
            return IsGone(answer) ? null : throw new ApiException(ApiError.UpstreamUnavailable);
        await grain.RegisterAsync(
            file with { Id = new AssetId(ids.Next().Value), Account = target, UpstreamId = upstreamId, CopyOf = file.Id },
            cancellationToken);
        return upstreamId;
    }

    // What its owner called it, without what would end the header it is written into.
    private static string NameOf(Asset file) =>
        file.FileName is { Length: > 0 } name
            ? string.Concat(name.Select(letter => letter is '"' or '\\' || char.IsControl(letter) ? '_' : letter))
            : "file";

    // Refused for what the file is; anything else is trouble that may pass.
    private static bool IsGone(ReadAnswer answer) => answer.Error is { Class: ErrorClass.Caller or ErrorClass.Moderation };

    /// <summary>Reads content as a stream, which lets its idle time-out see every arrival.</summary>
    private sealed class ContentStream(IFileContent content) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            content.ReadAsync(buffer);
    }
}
