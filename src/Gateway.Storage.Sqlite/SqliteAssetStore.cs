using Gateway.Engine.Storage;
using Gateway.Model.Accounts;
using Gateway.Model.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Assets on SQLite; see <see cref="SqliteDatabase.Read{T}"/> for why the reads run on the calling thread.</summary>
internal sealed class SqliteAssetStore(SqliteDatabase database) : IAssetStore
{
    private const string ById = "SELECT state FROM asset WHERE id = $id";

    public Task<Asset?> FindAsync(AssetId id, CancellationToken cancellationToken) => FirstAsync(ById, ("$id", id.Value));

    private const string ByPlace = "SELECT state FROM asset WHERE kind = $kind AND account = $account AND upstream_id = $upstream";

    public Task<Asset?> FindAsync(AssetKind kind, AccountId account, string upstreamId, CancellationToken cancellationToken) =>
        FirstAsync(ByPlace, ("$kind", kind.Name), ("$account", account.Value), ("$upstream", upstreamId));

    private const string ByName = "SELECT state FROM asset WHERE kind = $kind AND upstream_id = $upstream ORDER BY id";

    public Task<IReadOnlyList<Asset>> NamedAsync(AssetKind kind, string upstreamId, CancellationToken cancellationToken) =>
        ListAsync(ByName, ("$kind", kind.Name), ("$upstream", upstreamId));

    private const string Newest = """
        SELECT state FROM asset WHERE kind = $kind AND ($team IS NULL OR team = $team) AND copy_of IS NULL ORDER BY id DESC LIMIT $limit
        """;

    public Task<IReadOnlyList<Asset>> ListAsync(AssetKind kind, TeamId? team, int limit, CancellationToken cancellationToken) =>
        ListAsync(Newest, ("$kind", kind.Name), ("$team", team?.Value), ("$limit", limit));

    private const string Copies = "SELECT state FROM asset WHERE copy_of = $id ORDER BY id";

    public Task<IReadOnlyList<Asset>> CopiesAsync(AssetId of, CancellationToken cancellationToken) => ListAsync(Copies, ("$id", of.Value));

    private static Asset Read(SqliteDataReader reader) => StateJson.ReadAsset(reader.GetString(0));

    private async Task<Asset?> FirstAsync(string sql, params (string, object?)[] values) =>
        await ListAsync(sql, values) is [var first, ..] ? first : null;

    private Task<IReadOnlyList<Asset>> ListAsync(string sql, params (string, object?)[] values) =>
        Task.FromResult<IReadOnlyList<Asset>>(database.Read(connection => connection.List(sql, Read, values)));
}
