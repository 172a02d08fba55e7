using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Storage;

/// <summary>Who owns which file, voice and cover, and on which account it lives.</summary>
internal interface IAssetStore
{
    Task<Asset?> FindAsync(AssetId id, CancellationToken cancellationToken);

    Task<Asset?> FindAsync(AssetKind kind, AccountId account, string upstreamId, CancellationToken cancellationToken);

    /// <summary>All of a kind that go by this upstream id, on whatever account and of whatever team.</summary>
    Task<IReadOnlyList<Asset>> NamedAsync(AssetKind kind, string upstreamId, CancellationToken cancellationToken);

    /// <summary>A team's, or everybody's (null), newest first; no copies.</summary>
    Task<IReadOnlyList<Asset>> ListAsync(AssetKind kind, TeamId? team, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<Asset>> CopiesAsync(AssetId of, CancellationToken cancellationToken);
}
