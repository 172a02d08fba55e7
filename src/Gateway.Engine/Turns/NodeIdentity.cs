namespace Gateway.Engine.Turns;

/// <summary>Who this process is to the store: one incarnation per start, never used again (L2).</summary>
/// <param name="Incarnation">The key of its row in table node, and the owner on its leases.</param>
/// <param name="Number">Unlike any live node's; part of the ids it makes. Given again once its holder is dead.</param>
/// <param name="IdsAfter">
/// No earlier holder of the number made an id later than this, by what is stored: not ahead of its clock, nor by a clock that has been
/// set back since. Ids made from here on repeat none of theirs.
/// </param>
internal sealed record NodeIdentity(string Incarnation, int Number, DateTimeOffset IdsAfter = default);
