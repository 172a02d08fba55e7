using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Npgsql;

namespace Gateway.Storage.Postgres;

/// <summary>Assets on PostgreSQL.</summary>
internal sealed class PostgresAssetStore(NpgsqlDataSource source) : IAssetStore
{
    private const string ById = "SELECT state FROM asset WHERE id = $1";

    public Task<Asset?> FindAsync(AssetId id, CancellationToken cancellationToken) =>
        source.FirstAsync(ById, Read, cancellationToken, id.Value);

    private const string ByPlace = "SELECT state FROM asset WHERE kind = $1 AND account = $2 AND upstream_id = $3";

    public Task<Asset?> FindAsync(AssetKind kind, AccountId account, string upstreamId, CancellationToken cancellationToken) =>
        source.FirstAsync(ByPlace, Read, cancellationToken, kind.Name, account.Value, upstreamId);

    private const string ByName = "SELECT state FROM asset WHERE kind = $1 AND upstream_id = $2 ORDER BY id";

    public Task<IReadOnlyList<Asset>> NamedAsync(AssetKind kind, string upstreamId, CancellationToken cancellationToken) =>
        source.ListAsync(ByName, Read, cancellationToken, kind.Name, upstreamId);

    private const string Newest = """
        SELECT state FROM asset WHERE kind = $1 AND ($2::text IS NULL OR team = $2) AND copy_of IS NULL ORDER BY id DESC LIMIT $3
        """;

    public Task<IReadOnlyList<Asset>> ListAsync(AssetKind kind, TeamId? team, int limit, CancellationToken cancellationToken) =>
        source.ListAsync(Newest, Read, cancellationToken, kind.Name, team?.Value, limit);

    private const string Copies = "SELECT state FROM asset WHERE copy_of = $1 ORDER BY id";

    public Task<IReadOnlyList<Asset>> CopiesAsync(AssetId of, CancellationToken cancellationToken) =>
        source.ListAsync(Copies, Read, cancellationToken, of.Value);

    private static Asset Read(NpgsqlDataReader reader) => StateJson.ReadAsset(reader.GetString(0));
}
