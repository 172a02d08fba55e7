using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>What one account would say to some work now.</summary>
/// <param name="Account">Which.</param>
/// <param name="Refusal">Why not; null when it would take it.</param>
/// <param name="Ceiling">The most credits it may cost there.</param>
/// <param name="Slots">How many it may have at once.</param>
internal sealed record AccountExplanation(AccountId Account, Refusal? Refusal, long Ceiling, int Slots)
{
    /// <summary>Whether it may take the work sooner or later: its list has the model.</summary>
    public bool IsPossible => Refusal is not { Reason: RefusalReason.ModelNotServed, Until: null };

    /// <summary>Whether it may take the work without anybody changing it.</summary>
    public bool MayHelp => Refusal is null or { Until: not null } or { Reason: RefusalReason.NoFreeSlot };
}
