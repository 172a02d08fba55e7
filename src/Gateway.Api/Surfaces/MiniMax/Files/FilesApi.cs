using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Assets;
using Gateway.Api.Auth;
using Gateway.Api.Bodies;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Surfaces.MiniMax.Answers;
using Gateway.Engine.Bodies;
using Gateway.Engine.Storage;
using Gateway.Engine.Upstreams;
using Gateway.Grains.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Silo.Reads;

namespace Gateway.Api.Surfaces.MiniMax.Files;

/// <summary>MiniMax's files (docs/minimax.md, "Files"): each is asked of the account that has it, under the gateway's id.</summary>
internal static class FilesApi
{
    private const int MostListed = 1000;

    /// <summary>What the caller uploaded, newest first. Results of jobs are found by the ids their tasks name.</summary>
    public static async Task<IResult> ListAsync(
        HttpContext context, Caller caller, IAssetStore assets, AssetFinder finder, CancellationToken cancellationToken)
    {
        var purpose = context.Request.Query["purpose"].ToString();
        JsonArray files = [];
        foreach (var file in await assets.ListAsync(AssetKind.File, caller.IsAdmin ? null : caller.Team, MostListed, cancellationToken))
        {
            if (!finder.Exists(file.Account) || (purpose.Length > 0 && file.Purpose != purpose)) continue;
            files.Add(new JsonObject
            {
                ["file_id"] = file.Id.Shown,
                ["bytes"] = file.Bytes,
                ["created_at"] = file.CreatedAt.ToUnixTimeSeconds(),
                ["filename"] = file.FileName,
                ["purpose"] = file.Purpose,
            });
        }

        return Results.Json(new JsonObject { ["files"] = files, ["base_resp"] = NativeAnswers.SuccessNode() });
    }

    /// <summary>The file's description, with a fresh link each time.</summary>
    public static async Task<IResult> RetrieveAsync(
        HttpContext context, Caller caller, AssetFinder finder, AccountReads reads, CancellationToken cancellationToken)
    {
        var (id, home) = await FindAsync(context.Request.Query["file_id"], caller, finder, cancellationToken);
        var answer = await reads.AskAsync(home.Account, new UpstreamRead.File(home.UpstreamId), cancellationToken);
        return NativeAnswers.Relay(answer, id, "file.file_id");
    }

    /// <summary>The file itself, as it comes.</summary>
    public static async Task<IResult> ContentAsync(
        HttpContext context, Caller caller, AssetFinder finder, AccountReads reads, CancellationToken cancellationToken)
    {
        var (_, home) = await FindAsync(context.Request.Query["file_id"], caller, finder, cancellationToken);
        var opened = await reads.OpenAsync(home.Account, home.UpstreamId, cancellationToken);
        return opened.Content is { } content ? new RelayedContent(content) : NativeAnswers.Relay(opened.Instead!);
    }

    public static async Task<IResult> DeleteAsync(
        HttpContext context, Caller caller, AssetFinder finder, FileCopies copies, AssetGrain assets, AccountReads reads,
        BodyLimitOptions bodies, CancellationToken cancellationToken)
    {
        var body = await context.Request.ReadBodyAsync(bodies.Own, cancellationToken);
        JsonObjectReader.Fields(body);
        var value = SoleValue.Find(body, "file_id") ?? throw new ApiException(NativeErrors.Invalid("file_id", "file_id is missing"));

        var (id, home) = await FindAsync(value.Text(body), caller, finder, cancellationToken);
        var splice = new JsonSplice(body);
        splice.Replace(value.Bytes, Encoding.UTF8.GetBytes(home.UpstreamId)); // a number there, whatever the caller wrote
        var answer = await reads.AskAsync(home.Account, new UpstreamRead.DeleteFile(splice.ToArray()), cancellationToken);
        if (answer.Error is null && home.File is { } file)
        {
            await copies.DeleteAsync(file, cancellationToken);
            await assets.ForgetAsync(file.Id);
        }

        return NativeAnswers.Relay(answer, id, "file_id");
    }

    // The id as it is written in answers: what led here may have zeros in front, which no JSON number has.
    private static async Task<(string Id, AssetHome Home)> FindAsync(
        string? id, Caller caller, AssetFinder finder, CancellationToken cancellationToken) =>
        AssetId.TryParse(id, out var parsed) && await finder.FileAsync(id, caller, cancellationToken) is { } home
            ? (parsed.ToString(), home)
            : throw new ApiException(NativeErrors.UnknownFile);
}
