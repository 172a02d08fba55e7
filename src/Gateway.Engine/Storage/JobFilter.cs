using Gateway.Model.Ids;
using Gateway.Model.Kinds;

namespace Gateway.Engine.Storage;

/// <summary>Which jobs to list: newest first.</summary>
/// <param name="Team">Only this team's; null for all teams (admins).</param>
/// <param name="Status">Only this status.</param>
/// <param name="Kind">Only this kind.</param>
/// <param name="Account">Only this account's.</param>
/// <param name="Before">Only jobs older than this one.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record JobFilter(TeamId? Team, JobStatus? Status, JobKind? Kind, AccountId? Account, JobId? Before, int Limit)
{
    /// <summary>Only jobs that failed with this error code.</summary>
    public string? Failure { get; init; }

    /// <summary>Only jobs of this lane.</summary>
    public string? Lane { get; init; }

    /// <summary>Only jobs that ask for this model.</summary>
    public string? Model { get; init; }

    /// <summary>Only jobs from this one on.</summary>
    public JobId? From { get; init; }
}
