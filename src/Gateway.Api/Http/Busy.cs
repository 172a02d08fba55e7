using Gateway.Grains.Routing;
using Gateway.Model.Accounts;

namespace Gateway.Api.Http;

/// <summary>Nobody is free: 429 with the reasons and a Retry-After.</summary>
internal static class Busy
{
    // Slots free up at any moment; useapi.net's own clients wait 20 s, which suits tasks that run for minutes.
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The vendor has no room for this model: no account's fault, and no other account would help.</summary>
    public const string Overloaded = "upstream_overloaded";

    /// <summary>The team has its share of what all teams share; others may well be served.</summary>
    public const string TeamShare = "team_share";

    public static ApiError Error(NobodyFree nobody) => nobody.Share is { } share
        ? new(429, TeamShare, share.Sentence, RetryAfter: Wait(nobody))
        : nobody.Reasons.Count == 1 && nobody.Reasons.ContainsKey(RefusalReason.Overloaded)
        ? new(503, Overloaded, "The upstream is overloaded.", RetryAfter: Wait(nobody))
        : new(429, "no_free_account", $"No account is free: {nobody.Describe()}.", RetryAfter: Wait(nobody));

    /// <summary>Until somebody may be free: the next instant that is known, where somebody is merely full no later than usual.</summary>
    public static TimeSpan Wait(NobodyFree nobody)
    {
        if (nobody.Wait is not { } wait) return Default;
        if (nobody.Reasons.ContainsKey(RefusalReason.NoFreeSlot) && wait > Default) return Default;
        return wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > Longest ? Longest : wait;
    }
}
