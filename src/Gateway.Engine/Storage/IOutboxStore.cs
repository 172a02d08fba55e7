using Gateway.Model.Outbox;

namespace Gateway.Engine.Storage;

/// <summary>
/// Messages that wait to be sent. Turns put them in; senders of any node take them out. A claim is a due time in the future:
/// a sender that dies leaves its messages to whoever looks after that.
/// </summary>
internal interface IOutboxStore
{
    /// <summary>Who messages wait for. Costs one index step per receiver, however many messages wait.</summary>
    Task<IReadOnlyList<OutboxHost>> HostsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes due messages to a receiver until an instant: of each job the first one only. What is due behind another one is
    /// put off until that one's turn.
    /// </summary>
    Task<IReadOnlyList<OutboxMessage>> ClaimAsync(
        string host, int limit, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>The message is told, or given up; the job's next one is due now.</summary>
    Task RemoveAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Gives a claimed message back, to be sent then.</summary>
    Task PostponeAsync(OutboxMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>Puts a message in that was told, or given up, before; one that still waits is due now, as if it were new.</summary>
    Task AddAgainAsync(OutboxMessage message, DateTimeOffset now, CancellationToken cancellationToken);
}
