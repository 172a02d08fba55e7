using System.Collections.Immutable;
using Gateway.Model.Kinds;

namespace Gateway.Model.Jobs;

/// <summary>Where the webhooks of a job go, and its caller's own word for it.</summary>
/// <param name="Url">The receiver; null for none.</param>
/// <param name="Ref">The caller's own word for the job, returned with each message and in the job's JSON.</param>
/// <param name="Events">Of which changes it wants to hear beside the job's end; null for that alone.</param>
internal sealed record Reply(string? Url, string? Ref = null, ImmutableArray<JobStatus>? Events = null)
{
    /// <summary>Long enough for an id or two; it stands twice in a message that must stay below 20 kB (P4).</summary>
    public const int MaxRefLength = 512;

    /// <summary>Whether the receiver hears of a change. The end is always told: whoever asks for more waits for it as well.</summary>
    public bool Wants(JobStatus status) => Url is not null && (status.IsTerminal || Events?.Contains(status) == true);
}
