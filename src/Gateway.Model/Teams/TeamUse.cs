using System.Collections.Immutable;
using Gateway.Model.Accounts;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Model.Teams;

/// <summary>
/// What a team with limits uses, as it is under the lock of its row: whoever would use more holds that lock, so a limit is
/// exact across nodes. Who uses less does not: a release marks its own hold, and the next turn that holds the team's row
/// counts it (no turn but a limited team's own waits for the row).
/// </summary>
/// <param name="Day">The day <paramref name="Used"/> is of; it never goes back.</param>
/// <param name="Used">Credits that settled leases of the day cost.</param>
/// <param name="Holds">Leases that run.</param>
/// <param name="Queued">Jobs in the queue, counted up to the team's limit.</param>
internal sealed record TeamUse(DateOnly Day, long Used, ImmutableArray<TeamHold> Holds, int Queued = 0)
{
    public static readonly TeamUse Nothing = new(DateOnly.MinValue, 0, []);

    /// <summary>Settled holds that are counted in <see cref="Used"/> and need no row any more.</summary>
    public ImmutableArray<LeaseId> Counted { get; init; } = [];

    public long Reserved => Holds.Where(hold => hold.Day == Day).Aggregate(0L, (sum, hold) => CreditSums.Plus(sum, hold.Reserved));

    /// <summary>The use at <paramref name="now"/>: the day begun, settled holds counted.</summary>
    public TeamUse At(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var day = today > Day ? today : Day;
        var settled = Holds.Where(hold => hold.Charged is not null).ToList();
        return this with
        {
            Day = day,
            Used = settled.Where(hold => hold.Day == day).Aggregate(
                day == Day ? Used : 0, (sum, hold) => CreditSums.Plus(sum, hold.Charged!.Value)),
            Holds = Holds.RemoveAll(hold => hold.Charged is not null),
            Counted = Counted.AddRange(settled.Select(hold => hold.Lease)),
        };
    }

    /// <summary>Why one more lease is one too many; null when it is not. A lease that is held already is not one more.</summary>
    public Refusal? Refuse(TeamLimits limits, LeaseId lease, long ceiling)
    {
        if (Holds.Any(hold => hold.Lease == lease)) return null;
        if (Holds.Length >= limits.MaxRunning) return new Refusal(RefusalReason.TeamAtLimit);
        return limits.DailyCredits is { } most && (Int128)Used + Reserved + ceiling > most
            ? new Refusal(RefusalReason.TeamOutOfCredits, NextDay)
            : null;
    }

    public TeamUse Hold(LeaseId lease, long ceiling) =>
        Holds.Any(hold => hold.Lease == lease) ? this : this with { Holds = Holds.Add(new TeamHold(lease, Day, ceiling) { IsNew = true }) };

    private DateTimeOffset NextDay => new(Day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
}
