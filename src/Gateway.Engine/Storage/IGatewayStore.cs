using Gateway.Engine.Turns;

namespace Gateway.Engine.Storage;

/// <summary>One database: everything the gateway keeps.</summary>
internal interface IGatewayStore : IAsyncDisposable
{
    IQueryStore Queries { get; }

    IBodyStore Bodies { get; }

    IStreamStore Streams { get; }

    IAssetStore Assets { get; }

    INodeStore Nodes { get; }

    IOutboxStore Outbox { get; }

    IWebhookStore Webhooks { get; }

    IFeedStore Feed { get; }

    IRetentionStore Retention { get; }

    INoticeChannel Notices { get; }

    ICopyStore Copies { get; }

    IKeyStore Keys { get; }

    ITokenStore Tokens { get; }

    IResultStore Results { get; }

    IUpkeepStore Upkeep { get; }

    /// <summary>Brings the schema up to date, under a lock; a newer schema than this program's stops the start.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>A connection for one batch runner.</summary>
    ITurnStore OpenTurnStore(NodeIdentity node);

    /// <summary>The connection on which a node waits for rows that others hold (T4); null where there are no others.</summary>
    ITurnStore? OpenWaitingStore(NodeIdentity node);
}
