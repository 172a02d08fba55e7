using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gateway.Grains.Accounts;

/// <summary>What a vendor lets one account do within a minute, for one family of models.</summary>
/// <param name="Family">Its name, as settings write it.</param>
/// <param name="Rpm">Requests; 0 for no limit.</param>
/// <param name="Tpm">Tokens, read and written; 0 for no limit.</param>
internal sealed record PaceLimit(string Family, int Rpm, long Tpm)
{
    public bool IsLimited => Rpm > 0 || Tpm > 0;
}

/// <summary>How fast an account went of late, family by family, and what that taught (Q7). Only families that were counted are in here.</summary>
internal sealed record Pace(ImmutableArray<FamilyPace> Families)
{
    public FamilyPace? Find(string? family)
    {
        foreach (var entry in Families)
            if (entry.Family == family) return entry;
        return null;
    }

    /// <summary>Counts a request that goes out now.</summary>
    public static Pace? Count(Pace? pace, PaceLimit? limit, DateTimeOffset now)
    {
        if (limit is not { IsLimited: true }) return pace;
        var entry = pace?.Find(limit.Family) ?? new FamilyPace(limit.Family);
        return Put(pace, limit.Rpm > 0 ? entry.CountRequest(now) : entry, now);
    }

    /// <summary>Gives back a request that was counted at <paramref name="at"/> and never sent.</summary>
    public static Pace? TakeBack(Pace? pace, string? family, DateTimeOffset at, DateTimeOffset now) =>
        pace?.Find(family) is { Requests: { } requests } entry ? Put(pace, entry with { Requests = requests.TakeBack(at) }, now) : pace;

    /// <summary>Counts the tokens an answer reported, where the family has a pace.</summary>
    public static Pace? CountTokens(Pace? pace, string? family, long? tokens, DateTimeOffset now) =>
        tokens is { } count and > 0 && pace?.Find(family) is { } entry ? Put(pace, entry.CountTokens(count, now), now) : pace;

    /// <summary>The vendor refused a request of this family: it rests, other families go on.</summary>
    public static Pace Refused(Pace? pace, string family, DateTimeOffset until, DateTimeOffset now) =>
        Put(pace, (pace?.Find(family) ?? new FamilyPace(family)).Refused(until, now), now);

    /// <summary>Forgets rests and learned limits.</summary>
    public Pace Reset() => new([.. Families.Select(family => family with { RestsUntil = null, Learned = null })]);

    // Families nothing is known of any more leave here: the row is hot and must stay short.
    private static Pace Put(Pace? pace, FamilyPace entry, DateTimeOffset now)
    {
        if (pace is null) return new Pace([entry]);
        var kept = 1;
        foreach (var other in pace.Families)
            if (other.Family != entry.Family && !other.IsIdle(now)) kept++;

        var families = new FamilyPace[kept];
        families[0] = entry;
        foreach (var other in pace.Families)
            if (other.Family != entry.Family && !other.IsIdle(now)) families[--kept] = other;
        return new Pace(ImmutableCollectionsMarshal.AsImmutableArray(families));
    }
}

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

    public FamilyPace CountTokens(long tokens, DateTimeOffset now) => this with { Tokens = RateWindow.Add(Tokens, Math.Min(tokens, MostTokens), now) };

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
    public int RpmAt(PaceLimit limit, DateTimeOffset now) => limit.Rpm == 0 || Learned is null ? limit.Rpm : Learned.LimitAt(now, limit.Rpm);

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
        !(RestsUntil > now) && !(Learned?.At > now - LearnedLimit.Recovery) && Requests?.NextLeaves(now) is null && Tokens?.NextLeaves(now) is null;

    private bool Admits(PaceLimit limit, DateTimeOffset at) =>
        (limit.Rpm == 0 || Requests is null || Requests.Sum(at) < RpmAt(limit, at)) &&
        (limit.Tpm == 0 || Tokens is null || Tokens.Sum(at) < limit.Tpm);

    private DateTimeOffset? NextChange(PaceLimit limit, DateTimeOffset at) => Earliest(
        limit.Rpm == 0 ? null : Earliest(Requests?.NextLeaves(at), Learned?.NextRise(at, limit.Rpm)),
        limit.Tpm == 0 ? null : Tokens?.NextLeaves(at));

    private static DateTimeOffset? Earliest(DateTimeOffset? left, DateTimeOffset? right) => left is null || right < left ? right : left;
}
