using System.Collections.Immutable;

namespace Gateway.Grains.Jobs;

/// <summary>Where the webhooks of a job go.</summary>
/// <param name="Url">The receiver.</param>
/// <param name="Ref">The caller's own word for the job, returned with each message.</param>
/// <param name="Events">Of which changes it wants to hear; null for the job's end alone.</param>
internal sealed record Reply(string Url, string? Ref = null, ImmutableArray<JobStatus>? Events = null)
{
    /// <summary>Long enough for an id or two; it stands twice in a message that must stay below 20 kB (P4).</summary>
    public const int MaxRefLength = 512;

    public bool Wants(JobStatus status) => Events is { } events ? events.Contains(status) : status.IsTerminal;
}
