using Gateway.Model.Accounts;

namespace Gateway.Grains.Routing;

/// <summary>Why nobody is free: how many accounts refuse for which reason, and when asking again may help.</summary>
/// <param name="Reasons">Accounts per reason; empty when no account could ever serve the work.</param>
/// <param name="Until">The earliest instant at which a timed refusal ends; null when only a release or a change helps.</param>
internal sealed record NobodyFree(IReadOnlyDictionary<RefusalReason, int> Reasons, DateTimeOffset? Until)
{
    /// <summary>What is free is about to be given to whoever waited before.</summary>
    public static readonly NobodyFree OthersWait = new(new Dictionary<RefusalReason, int> { [RefusalReason.NoFreeSlot] = 1 }, Until: null);

    /// <summary><see cref="Until"/> as a wait, counted from when it was asked; null with it.</summary>
    public TimeSpan? Wait { get; private init; }

    /// <summary>The team's share that is used up; null when it is the accounts.</summary>
    public TeamShare? Share { get; init; }

    /// <summary>Whether every account is out because it, or its credential, was refused: no wait for a slot helps.</summary>
    public bool IsOfDoubts =>
        Reasons.Count > 0
            && Reasons.Keys.All(reason => reason is RefusalReason.AuthFailed or RefusalReason.Parked or RefusalReason.Suspect);

    /// <summary>Whether somebody may be free within <paramref name="wait"/>.</summary>
    /// <param name="wait">How long.</param>
    /// <param name="evenByRest">Whether an account is waited for that rests, or only one that is busy.</param>
    public bool MayEndWithin(TimeSpan wait, bool evenByRest) => Reasons.ContainsKey(RefusalReason.NoFreeSlot) ||
        (Wait <= wait && Reasons.Keys.Any(reason => EndsByItself(reason, evenByRest)));

    private static bool EndsByItself(RefusalReason reason, bool evenByRest) =>
        reason is RefusalReason.Paced or RefusalReason.Overloaded
            || (evenByRest && reason is not (RefusalReason.AuthFailed or RefusalReason.Parked));

    /// <summary>What the accounts said at <paramref name="now"/>.</summary>
    public static NobodyFree At(DateTimeOffset now, IReadOnlyDictionary<RefusalReason, int> reasons, DateTimeOffset? until) =>
        new(reasons, until) { Wait = until - now };

    /// <summary>The team's own limit: no account was asked.</summary>
    public static NobodyFree AtLimit(DateTimeOffset now, Refusal refusal) =>
        At(now, new Dictionary<RefusalReason, int> { [refusal.Reason] = 0 }, refusal.Until);

    /// <summary>The team's share is used up: no account was asked.</summary>
    public static NobodyFree AtShare(DateTimeOffset now, TeamShare share) =>
        At(now, new Dictionary<RefusalReason, int> { [RefusalReason.TeamAtShare] = 0 }, until: null) with { Share = share };

    /// <summary>In words, for people: it names counts and reasons, never accounts.</summary>
    public string Describe() => Share is { } share ? share.Describe()
        : Reasons.Count == 0 ? "no account can serve this"
        : string.Join(
            ", ",
            Reasons.OrderByDescending(reason => reason.Value).Select(
                reason => reason.Value == 0 ? Words(reason.Key) : $"{reason.Value} {Words(reason.Key)}"));

    /// <summary>The same, naming what is counted once: <c>2 accounts full, 1 over budget</c>.</summary>
    public string Describe(string counted)
    {
        var words = Describe();
        var digits = words.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits <= 0 ? words : $"{words[..digits]} {counted}{(words[..digits] == "1" ? "" : "s")}{words[digits..]}";
    }

    private static string Words(RefusalReason reason) => reason switch
    {
        RefusalReason.NoFreeSlot => "full",
        RefusalReason.OutOfCredits => "over budget",
        RefusalReason.CoolingDown => "cooling down",
        RefusalReason.Paced => "at the vendor's pace",
        RefusalReason.Expired or RefusalReason.ExpiresTooSoon => "with an expiring token",
        RefusalReason.AuthFailed => "with a refused credential",
        RefusalReason.Parked => "parked because the upstream refused them",
        RefusalReason.Suspect => "about to be probed because the upstream refused them",
        RefusalReason.OperationNotServed => "without the permission",
        RefusalReason.Overloaded => "overloaded at the vendor",
        RefusalReason.Contended => "in use by another node at this moment",
        RefusalReason.Draining => "draining",
        RefusalReason.Disabled => "disabled",
        RefusalReason.TeamAtLimit => "the team is at its limit of what may run at once",
        RefusalReason.TeamAtShare => "the team's share of slots is used up",
        RefusalReason.TeamOutOfCredits => "the team has no credits left today",
        _ => "without the model or kind",
    };
}
