using Gateway.Engine.Storage;
using Gateway.Engine.Turns;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sqlite;

/// <summary>Everything the gateway keeps, in one directory. For one process: a second one is refused at start.</summary>
internal sealed class SqliteGatewayStore(SqliteDatabase database, SqliteBodyFile file, StoreClock clock) : IGatewayStore
{
    private readonly SqliteNodeStore _nodes = new(database, clock);

    public SqliteGatewayStore(SqliteDatabase database, StoreClock clock)
        : this(database, new SqliteBodyFile(database), clock)
    {
    }

    public IQueryStore Queries { get; } = new SqliteQueryStore(database);

    public IBodyStore Bodies { get; } = new SqliteBodyStore(database, file, clock);

    public IStreamStore Streams { get; } = new SqliteStreamStore(database, file);

    public IAssetStore Assets { get; } = new SqliteAssetStore(database);

    public INodeStore Nodes => _nodes;

    public IOutboxStore Outbox { get; } = new SqliteOutboxStore(database);

    public IWebhookStore Webhooks { get; } = new SqliteWebhookStore(database);

    public IFeedStore Feed { get; } = new SqliteFeedStore(database);

    public IRetentionStore Retention { get; } = new SqliteRetentionStore(database, file);

    public INoticeChannel Notices { get; } = new SqliteNoticeChannel();

    public ICopyStore Copies { get; } = new SqliteCopyStore(database);

    public IKeyStore Keys { get; } = new SqliteKeyStore(database);

    public ITokenStore Tokens { get; } = new SqliteTokenStore(database);

    public IResultStore Results { get; } = new SqliteResultStore(database);

    public IUpkeepStore Upkeep { get; } = new SqliteUpkeepStore(database);

    public Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            SqliteMigrations.Run(database);
        }
        catch (SqliteException wrong)
        {
            throw new GatewaySetupException($"The database in '{database.Directory}' cannot be used: {wrong.Message}", wrong);
        }

        // The file lock proves that nobody is alive: what they left is adopted at once, not after their leases (L5).
        _nodes.BuryAll();
        return Task.CompletedTask;
    }

    public ITurnStore OpenTurnStore(NodeIdentity node) => new SqliteTurnStore(database, node, clock);

    public ITurnStore? OpenWaitingStore(NodeIdentity node) => null;

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        database.Dispose();
        return ValueTask.CompletedTask;
    }
}
