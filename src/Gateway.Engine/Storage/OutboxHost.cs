using Gateway.Model.Outbox;

namespace Gateway.Engine.Storage;

/// <summary>A receiver that messages wait for.</summary>
/// <param name="Host">Its <see cref="OutboxMessage.Host"/>.</param>
/// <param name="DueAt">When the first of them is due.</param>
internal sealed record OutboxHost(string Host, DateTimeOffset DueAt);
