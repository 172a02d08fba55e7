using Gateway.Engine.Assets;
using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Gateway.Model.Assets;
using Gateway.Model.Ids;

namespace Gateway.Grains.Assets;

/// <summary>Keeps who owns which asset. What was made is written down before its maker hears of it.</summary>
internal sealed class AssetGrain(BatchRunner runner, IAssetStore assets)
{
    /// <summary>
    /// Notes an asset; answers the one that is there then. What was noted under the same name on the same account with a lower
    /// id is forgotten: the upstream gives a name again only once it is free, and tells nobody when a voice expires. But a voice that
    /// another team has noted stays theirs until they delete it: teams choose these names, and one must not take over another's.
    /// </summary>
    public async Task<Asset> RegisterAsync(Asset asset, CancellationToken cancellationToken)
    {
        var noted = await runner.RunAsync(new NoteAssetTurn(asset), CancellationToken.None);
        return await assets.FindAsync(asset.Kind, asset.Account, asset.UpstreamId, cancellationToken) ?? noted;
    }

    /// <summary>Forgets an asset and its copies.</summary>
    public Task ForgetAsync(AssetId id) => runner.RunAsync(new ForgetAssetTurn(id), CancellationToken.None);
}
