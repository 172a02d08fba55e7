using Gateway.Engine.Upstreams;
using Gateway.Model.Accounts;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>
/// What work means at an account: whether its driver serves it, what it may cost, how fast it may go and how long it may take.
/// </summary>
internal sealed class WorkTerms(IUpstreamRegistry upstreams, PriceTable prices, PaceTable paces, KindLimits limits)
{
    public KindLimits Limits => limits;

    public bool Serves(AccountState account, Work work) => upstreams.Serves(account, work);

    /// <summary>The most it may cost there, in credits (C1).</summary>
    public long Ceiling(AccountState account, Work work) => prices.Ceiling(account.Driver, work);

    /// <summary>How fast such work may go there; null for as fast as the account takes it.</summary>
    public PaceLimit? Pace(AccountState account, Work work) => paces.Of(account.Driver, work);
}
