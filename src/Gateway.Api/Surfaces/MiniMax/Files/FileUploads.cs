using System.Globalization;
using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Bodies;
using Gateway.Engine.Jobs;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Assets;
using Gateway.Grains.Routing;
using Gateway.Model.Answers;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Silo.Reads;
using Microsoft.Net.Http.Headers;

namespace Gateway.Api.Surfaces.MiniMax.Files;

/// <summary>
/// Uploads (docs/minimax.md, "Files"): the form passes through as it comes, to one account that is able to use it; what that account made
/// of it is written down before the caller hears its id.
/// </summary>
internal static class FileUploads
{
    /// <summary>Longer than file systems allow.</summary>
    private const int LongestName = 255;

    // Files serve what only a full host does; a host for speech alone keeps none (docs/minimax.md, "Hosts").
    private static readonly Work Use = new(JobKind.Speech, Model: null, Operation: WorkOperation.SpeechTask);

    public static async Task<IResult> UploadAsync(
        HttpContext context, Caller caller, RouterGrain router, AccountReads reads, AssetGrain assets, JobIdSource ids,
        BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var account = await router.PickAbleAsync(Use, cancellationToken) ?? throw new ApiException(Busy.Error(router.WhyNot(Use)));
        using var body = LimitedBody.Open(context.Request, bodies.Upload);
        using var content = Forwarded(context.Request, body);
        var answer = await reads.UploadAsync(account.Id, content, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        body.ThrowIfRefused();

        if (answer.Error is not null || JsonValues.Text(answer.Body, "file.file_id") is not { Length: > 0 } upstreamId)
            return NativeAnswers.Relay(answer);
        var file = await assets.RegisterAsync(
            Read(answer, upstreamId, account.Id, caller, new AssetId(ids.Next().Value)), cancellationToken);
        return NativeAnswers.Relay(answer, file.Id.ToString(), "file.file_id");
    }

    private static Asset Read(ReadAnswer answer, string upstreamId, AccountId account, Caller caller, AssetId id) => new()
    {
        Id = id,
        Team = caller.Team,
        Kind = AssetKind.File,
        Account = account,
        UpstreamId = upstreamId,
        Purpose = JsonValues.Text(answer.Body, "file.purpose") is { } purpose ? answer.Words.Clean(purpose) : null,
        FileName = Kept(JsonValues.Text(answer.Body, "file.filename")) is { } name ? answer.Words.Clean(name) : null,
        Bytes = long.TryParse(JsonValues.Text(answer.Body, "file.bytes"), CultureInfo.InvariantCulture, out var bytes) ? bytes : null,
    };

    // Of a name without end the end is kept: the upstream goes by its extension.
    private static string? Kept(string? name)
    {
        if (name is not { Length: > LongestName }) return name;
        var end = name[^LongestName..];
        return char.IsLowSurrogate(end[0]) ? end[1..] : end;
    }

    private static StreamContent Forwarded(HttpRequest request, LimitedBody body)
    {
        if (request.ContentType is not { } told
            || UpstreamWords.OfNobody.Header(told) is null
            || !MediaTypeHeaderValue.TryParse(told, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(
                ApiError.Field("Content-Type", "must be multipart/form-data with the fields purpose and file, in ASCII"));

        var content = new StreamContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        content.Headers.ContentLength = request.ContentLength;
        return content;
    }
}
