using Gateway.Model.Accounts;

namespace Gateway.Model.Teams;

/// <summary>What an admin changes of a team's limits: each by itself, null takes one away.</summary>
internal sealed record TeamLimitsPatch
{
    public Optional<int?> MaxRunning { get; init; }

    public Optional<int?> MaxQueued { get; init; }

    public Optional<long?> DailyCredits { get; init; }

    public Optional<int?> RequestsPerMinute { get; init; }

    public Optional<int?> Class { get; init; }

    /// <summary>Takes all of them away.</summary>
    public static TeamLimitsPatch ToNone => To(TeamLimits.None);

    /// <summary>Replaces all of them.</summary>
    public static TeamLimitsPatch To(TeamLimits limits) => new()
    {
        MaxRunning = limits.MaxRunning,
        MaxQueued = limits.MaxQueued,
        DailyCredits = limits.DailyCredits,
        RequestsPerMinute = limits.RequestsPerMinute,
        Class = limits.Class,
    };

    public TeamLimits Apply(TeamLimits limits) => new(
        MaxRunning.Or(limits.MaxRunning), MaxQueued.Or(limits.MaxQueued), DailyCredits.Or(limits.DailyCredits),
        RequestsPerMinute.Or(limits.RequestsPerMinute),
        Class.Or(limits.Class));
}
