namespace Gateway.Model.Accounts;

/// <summary>One family's last minute on one account.</summary>
internal sealed record FamilyPace(string Family)
{
    /// <summary>The most tokens one answer can report: whatever a broken upstream says, the sums stay sums.</summary>
    private const long MostTokens = 1_000_000_000;

    public RateWindow? Requests { get; init; }

    public RateWindow? Tokens { get; init; }

    /// <summary>Until when the vendor's refusal rests the family.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    public LearnedLimit? Learned { get; init; }

    public FamilyPace CountRequest(DateTimeOffset now) => this with { Requests = RateWindow.Add(Requests, 1, now) };

    public FamilyPace CountTokens(long tokens, DateTimeOffset now) =>
        this with { Tokens = RateWindow.Add(Tokens, Math.Min(tokens, MostTokens), now) };

    public FamilyPace Refused(DateTimeOffset until, DateTimeOffset now)
    {
        var tried = Requests?.Sum(now) ?? 0;
        return this with
        {
            RestsUntil = RestsUntil > until ? RestsUntil : until,
            Learned = tried == 0 ? Learned : LearnedLimit.Refused(Learned, tried, now),
        };
    }

    /// <summary>The requests per minute in force; 0 for no limit.</summary>
    public int RpmAt(PaceLimit limit, DateTimeOffset now) =>
        limit.Rpm == 0 || Learned is null ? limit.Rpm : Learned.LimitAt(now, limit.Rpm);

    /// <summary>The earliest instant at which the family takes one more request if nothing else happens; null when it does now.</summary>
    public DateTimeOffset? BusyUntil(PaceLimit limit, DateTimeOffset now)
    {
        if (!(RestsUntil > now) && Admits(limit, now)) return null;
        var at = RestsUntil > now ? RestsUntil.Value : now;
        // A few steps: thirteen buckets can leave each window, and a limit rises at most ten times.
        while (!Admits(limit, at) && NextChange(limit, at) is { } next) at = next;
        return at;
    }

    public bool IsIdle(DateTimeOffset now) =>
        !(RestsUntil > now)
            && !(Learned?.At > now - LearnedLimit.Recovery)
            && Requests?.NextLeaves(now) is null
            && Tokens?.NextLeaves(now) is null;

    private bool Admits(PaceLimit limit, DateTimeOffset at) =>
        (limit.Rpm == 0 || Requests is null || Requests.Sum(at) < RpmAt(limit, at)) &&
        (limit.Tpm == 0 || Tokens is null || Tokens.Sum(at) < limit.Tpm);

    private DateTimeOffset? NextChange(PaceLimit limit, DateTimeOffset at) => Earliest(
        limit.Rpm == 0 ? null : Earliest(Requests?.NextLeaves(at), Learned?.NextRise(at, limit.Rpm)),
        limit.Tpm == 0 ? null : Tokens?.NextLeaves(at));

    private static DateTimeOffset? Earliest(DateTimeOffset? left, DateTimeOffset? right) => left is null || right < left ? right : left;
}
