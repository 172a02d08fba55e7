using System.Collections.Frozen;
using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Grains.Routing;

/// <summary>What is looked for.</summary>
/// <param name="Work">The work.</param>
/// <param name="Job">The job, or null for a call.</param>
/// <param name="Attempt">The attempt the lease will be for.</param>
/// <param name="MaxJobs">The request's own limit (L9).</param>
internal sealed record RouteRequest(Work Work, JobId? Job = null, int Attempt = 0, int? MaxJobs = null)
{
    /// <summary>Whose work it is; null for nobody's in particular.</summary>
    public TeamId? Team { get; init; }

    /// <summary>Accounts not asked at all: they had their say.</summary>
    public IReadOnlySet<AccountId> Except { get; init; } = NoAccounts;

    /// <summary>Accounts asked only when no other fits, now or once it is free: they refused this work before (J7).</summary>
    public IReadOnlySet<AccountId> Avoid { get; init; } = NoAccounts;

    private static readonly IReadOnlySet<AccountId> NoAccounts = FrozenSet<AccountId>.Empty;
}
