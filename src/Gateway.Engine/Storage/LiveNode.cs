using Gateway.Engine.Turns;

namespace Gateway.Engine.Storage;

/// <summary>A node that is alive.</summary>
/// <param name="Incarnation">Which.</param>
/// <param name="Number">Its node number.</param>
/// <param name="Beats">How often its heart has beaten.</param>
/// <param name="IsLeaving">It is about to end.</param>
internal sealed record LiveNode(string Incarnation, int Number, long Beats, bool IsLeaving)
{
    /// <summary>Whether its version knows short ids.</summary>
    public bool ReadsShortIds => Number >= NodeNumbers.First;

    /// <summary>Whether accounts may be homed at it (Q6): one beat may be all there is of a start that fails.</summary>
    public bool MayBeHome => Beats >= 2 && !IsLeaving;
}
