namespace Gateway.Engine.Bodies;

/// <summary>Why there is no room.</summary>
/// <param name="IsOfTeam">The team's share is full; else the node's memory is.</param>
/// <param name="Held">Bytes that are kept already.</param>
/// <param name="Limit">Bytes that may be.</param>
/// <param name="Wanted">Bytes more that were asked for.</param>
internal sealed record BodyShortage(bool IsOfTeam, long Held, long Limit, long Wanted);
