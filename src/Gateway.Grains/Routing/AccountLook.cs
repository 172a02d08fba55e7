using Gateway.Model.Accounts;
using Gateway.Model.Ids;

namespace Gateway.Grains.Routing;

/// <summary>One look for an account, and the earliest instant at which one that refused may take it.</summary>
internal sealed class AccountLook(RouteRequest request, HashSet<AccountId> refused, DateTimeOffset now)
{
    public RouteRequest Request => request;

    public HashSet<AccountId> Refused => refused;

    public DateTimeOffset Now => now;

    public DateTimeOffset? Until { get; private set; }

    public void Hear(Refusal refusal)
    {
        if (refusal.Until is { } until && !(Until < until)) Until = until;
    }
}
