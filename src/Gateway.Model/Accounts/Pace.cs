using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gateway.Model.Accounts;

/// <summary>
/// How fast an account went of late, family by family, and what that taught (Q7). Only families that were counted are in here.
/// </summary>
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
