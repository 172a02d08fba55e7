using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Api.Views;
using Gateway.Engine.Storage;
using Gateway.Grains.Routing;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Assets;

/// <summary>
/// Leads a caller's ids to the accounts that know them. What is another team's, or lives on an account that was deleted,
/// looks like what does not exist.
/// </summary>
internal sealed class AssetFinder(IAssetStore assets, IQueryStore queries, RouterGrain router)
{
    /// <summary>A file: one that was uploaded, or the result of a job; null when the caller has none of that id.</summary>
    public async Task<AssetHome?> FileAsync(string? id, Caller caller, CancellationToken cancellationToken)
    {
        if (!AssetId.TryParse(id, out var parsed)) return null;
        if (await assets.FindAsync(parsed, cancellationToken) is { Kind: AssetKind.File, CopyOf: null } file)
            return IsOf(caller, file) && Exists(file.Account) ? new AssetHome(file.Account, file.UpstreamId, file) : null;
        return await queries.FindVisibleAsync(id, caller, cancellationToken) is { FileId: { } made, Account: { } account }
            && Exists(account)
            ? new AssetHome(account, made)
            : null;
    }

    /// <summary>
    /// The caller's voice or cover of that name; null when no team has noted one, so that the name is the upstream's own.
    /// </summary>
    /// <exception cref="ApiException">Others have one of that name and the caller has not.</exception>
    public async Task<AssetHome?> NamedAsync(AssetKind kind, string name, Caller caller, CancellationToken cancellationToken)
    {
        var known = await assets.NamedAsync(kind, name, cancellationToken);
        if (known.Count == 0) return null;
        var own = known.FirstOrDefault(asset => asset.Team == caller.Team && Exists(asset.Account))
            ?? known.FirstOrDefault(asset => IsOf(caller, asset) && Exists(asset.Account));
        return own is not null
            ? new AssetHome(own.Account, own.UpstreamId)
            : throw new ApiException(kind == AssetKind.Voice ? NativeErrors.UnknownVoice : NativeErrors.UnknownCover);
    }

    /// <summary>
    /// A name that another team's voice has, on whatever account, is not given again: what names it later would be led to one of them.
    /// </summary>
    /// <exception cref="ApiException">Another team's voice has it.</exception>
    public async Task RequireFreeVoiceAsync(string name, Caller caller, CancellationToken cancellationToken)
    {
        foreach (var voice in await assets.NamedAsync(AssetKind.Voice, name, cancellationToken))
            if (voice.Team != caller.Team && Exists(voice.Account)) throw new ApiException(NativeErrors.TakenVoice);
    }

    /// <summary>The upstream's task behind a job of the caller's; null when there is none.</summary>
    public async Task<AssetHome?> TaskAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await queries.FindVisibleAsync(id, caller, cancellationToken) is { IsForgotten: false, TaskId: { } task, Account: { } account }
            && Exists(account)
            ? new AssetHome(account, task)
            : null;

    public bool Exists(AccountId account) => router.Find(account) is { Deleted: false };

    private static bool IsOf(Caller caller, Asset asset) => caller.IsAdmin || asset.Team == caller.Team;
}
