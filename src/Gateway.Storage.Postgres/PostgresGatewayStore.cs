using Gateway.Engine.Storage;
using Gateway.Engine.Turns;

namespace Gateway.Storage.Postgres;

/// <summary>Everything the gateway keeps, on one PostgreSQL that any number of nodes share.</summary>
internal sealed class PostgresGatewayStore(PostgresDatabase database, StoreClock clock) : IGatewayStore
{
    public IQueryStore Queries { get; } = new PostgresQueryStore(database.Reads);

    public IBodyStore Bodies { get; } = new PostgresBodyStore(database.Reads);

    public IStreamStore Streams { get; } = new PostgresStreamStore(database.Reads);

    public IAssetStore Assets { get; } = new PostgresAssetStore(database.Reads);

    public INodeStore Nodes { get; } = new PostgresNodeStore(database.Reads, clock);

    public IOutboxStore Outbox { get; } = new PostgresOutboxStore(database.Reads);

    public IWebhookStore Webhooks { get; } = new PostgresWebhookStore(database.Reads);

    public IFeedStore Feed { get; } = new PostgresFeedStore(database.Reads);

    public IRetentionStore Retention { get; } = new PostgresRetentionStore(database.Reads);

    public INoticeChannel Notices { get; } = new PostgresNoticeChannel(database.Notices);

    public ICopyStore Copies { get; } = new PostgresCopyStore(database.Reads);

    public IKeyStore Keys { get; } = new PostgresKeyStore(database.Reads);

    public ITokenStore Tokens { get; } = new PostgresTokenStore(database.Reads);

    public IResultStore Results { get; } = new PostgresResultStore(database.Reads);

    public IUpkeepStore Upkeep { get; } = new PostgresUpkeepStore(database.Reads);

    public Task MigrateAsync(CancellationToken cancellationToken) => PostgresMigrations.RunAsync(database, cancellationToken);

    public ITurnStore OpenTurnStore(NodeIdentity node) => new PostgresTurnStore(database, node, clock, BatchCounter.Own);

    public ITurnStore? OpenWaitingStore(NodeIdentity node) => new PostgresTurnStore(database, node, clock, BatchCounter.Waiting);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
