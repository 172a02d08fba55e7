using Gateway.Api.Auth;
using Gateway.Api.Http;
using Gateway.Api.Native;
using Gateway.Grains.Routing;
using Gateway.Model.Ids;
using Gateway.Model.Json;
using Gateway.Model.Kinds;
using Gateway.Model.Operations;

namespace Gateway.Api.Assets;

/// <summary>
/// Decides on which account a request runs that names files, voices, covers or tasks, and puts that account's ids in the
/// place of the gateway's. A file on another account is copied there; what cannot be copied decides; what cannot be
/// brought together is refused, never silently wrong.
/// </summary>
internal sealed class AssetPlacement(AssetFinder finder, FileCopies copies, RouterGrain router)
{
    /// <param name="caller">Whose request it is.</param>
    /// <param name="native">What it asks for; a pin of its own stays.</param>
    /// <param name="body">Its native body.</param>
    /// <param name="cancellationToken">Ends the wait for a copy.</param>
    /// <exception cref="ApiException">It names what the caller has not, or what cannot be brought together.</exception>
    public async Task<Placement> PlaceAsync(Caller caller, NativeRequest native, byte[] body, CancellationToken cancellationToken)
    {
        var work = native.Work;
        var homes = await HomesAsync(caller, native, body, cancellationToken);
        return homes.Count == 0
            ? new Placement(work, body)
            : await PlaceAsync(work, body, homes, work.Pinned ?? Choose(work, homes), cancellationToken);
    }

    /// <summary>
    /// Places a request on another account than one that turned out to be unable to serve it, such as one that may not clone;
    /// null when what it names is bound there, or no other account is able either.
    /// </summary>
    public async Task<Placement?> ElsewhereAsync(
        Caller caller, NativeRequest native, byte[] body, AccountId except, CancellationToken cancellationToken)
    {
        var work = native.Work;
        var homes = await HomesAsync(caller, native, body, cancellationToken);
        if (work.Pinned is not null || homes.Count == 0 || homes.Exists(entry => entry.Home.File is null)) return null;
        return router.PickAble(work, except) is { } other ? await PlaceAsync(work, body, homes, other.Id, cancellationToken) : null;
    }

    private async Task<List<(AssetRef Ref, AssetHome Home)>> HomesAsync(
        Caller caller, NativeRequest native, byte[] body, CancellationToken cancellationToken)
    {
        List<(AssetRef Ref, AssetHome Home)> homes = [];
        if (!native.MayNameAssets) return homes;
        Dictionary<(AssetRefKind, string), AssetHome?> known = [];
        foreach (var named in AssetRefs.Find(OperationTable.Of(native.Work), body, cancellationToken))
        {
            if (!known.TryGetValue((named.Kind, named.Name), out var home))
                known[(named.Kind, named.Name)] = home = await FindAsync(named, caller, cancellationToken);
            if (home is not null) homes.Add((named, home));
        }

        return homes;
    }

    private async Task<Placement> PlaceAsync(
        Work work, byte[] body, List<(AssetRef Ref, AssetHome Home)> homes, AccountId target, CancellationToken cancellationToken)
    {
        var splice = new JsonSplice(body);
        foreach (var (named, home) in homes)
            splice.ReplaceId(named.Bytes, named.Type, await BringAsync(named, home, target, cancellationToken));
        return new Placement(work with { Pinned = target, Units = UnitsOf(work, homes) }, splice.ToArray());
    }

    // A text that lies in a file costs as much as one that stands in the body, and only here it is known how long it is. What unpacks is of
    // any length.
    private static int UnitsOf(Work work, List<(AssetRef Ref, AssetHome Home)> homes)
    {
        if (OperationTable.Of(work).Units != UnitRule.Characters
            || homes.Find(entry => entry.Ref.Kind == AssetRefKind.File) is not { Home: { } text })
            return work.Units;
        return Math.Max(
            work.Units,
            NativeUnits.OfTextFile(
                text.File is { FileName: { } name } file && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? file.Bytes : null));
    }

    // Null: no asset of the gateway's, such as a voice that every account has.
    private async Task<AssetHome?> FindAsync(AssetRef named, Caller caller, CancellationToken cancellationToken) => named.Kind switch
    {
        AssetRefKind.Voice => await finder.NamedAsync(AssetKind.Voice, named.Name, caller, cancellationToken),
        AssetRefKind.Cover => await finder.NamedAsync(AssetKind.Cover, named.Name, caller, cancellationToken),
        AssetRefKind.Task =>
            await finder.TaskAsync(named.Name, caller, cancellationToken) ?? throw new ApiException(NativeErrors.UnknownTask),
        _ => await finder.FileAsync(named.Name, caller, cancellationToken) ?? throw new ApiException(NativeErrors.UnknownFile),
    };

    private AccountId Choose(Work work, List<(AssetRef Ref, AssetHome Home)> homes)
    {
        // What cannot be copied decides.
        if (homes.Find(entry => entry.Home.File is null) is { Home: { } bound }) return bound.Account;

        // Else the account that has most of the files already, if it can do the work at all; else any that can.
        var byFiles = homes.GroupBy(entry => entry.Home.Account).OrderByDescending(group => group.Count()).Select(group => group.Key);
        foreach (var account in byFiles)
            if (router.CouldServe(account, work)) return account;
        return router.PickAble(work)?.Id ?? homes[0].Home.Account;
    }

    private async Task<string> BringAsync(AssetRef named, AssetHome home, AccountId target, CancellationToken cancellationToken)
    {
        if (home.Account == target) return home.UpstreamId;
        if (await copies.OnAsync(home, target, cancellationToken) is { } copy) return copy;
        throw new ApiException(
            NativeErrors.Invalid(
                FieldOf(named),
                $"{FieldOf(named)} {named.Name} lives on another account than the rest of this request and cannot be brought there: " +
                    $"upload or make it again"));
    }

    private static string FieldOf(AssetRef named) => named.Kind switch
    {
        AssetRefKind.Voice => "voice_id",
        AssetRefKind.Cover => "cover_feature_id",
        AssetRefKind.Task => "task_id",
        _ => "file_id",
    };
}
