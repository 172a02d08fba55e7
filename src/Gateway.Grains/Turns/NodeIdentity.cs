namespace Gateway.Grains.Turns;

/// <summary>Who this process is to the store: one incarnation per start, never used again (L2).</summary>
/// <param name="Incarnation">The key of its row in table node, and the owner on its leases.</param>
/// <param name="Number">0 … 1023, unlike any live node's; part of the job ids it makes.</param>
internal sealed record NodeIdentity(string Incarnation, int Number);
