using Gateway.Api.Assets;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Api.Calls;

/// <summary>A call whose account is chosen as far as what it names decides, and whose body is in that account's words.</summary>
/// <param name="Work">What it needs of an account.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Patience">How long it may wait for a slot.</param>
internal sealed record PlacedCall(Work Work, byte[] Body, TimeSpan Patience)
{
    /// <summary>Writes down what a good answer made, before the caller hears of it; null where nothing is made.</summary>
    public Func<AccountId, byte[], Task>? Note { get; init; }

    /// <summary>Places it anew where the account it was pinned to cannot serve it at all; null when there is no other.</summary>
    public Func<AccountId, Task<Placement?>>? Elsewhere { get; init; }
}
